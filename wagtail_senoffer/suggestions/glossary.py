"""Words that schools use and parents may not know, and how to say what they mean."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).parent / "glossary.toml"


@dataclass(frozen=True)
class Term:
    """A term: other ways to write it, the full words for it, and what it means.

    One that is `known` is never suggested: parents of this school know it.
    """

    term: str
    meaning: str = ""
    explained_as: str = ""
    also: tuple[str, ...] = ()
    known: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        """Every way to write it."""
        return (self.term, *self.also)


Glossary = tuple[Term, ...]


@cache
def shipped_glossary() -> Glossary:
    """Return the terms that come with the package."""
    data = tomllib.loads(SHIPPED.read_text("utf-8"))
    return tuple(Term(**{**each, "also": tuple(each.get("also", ()))}) for each in data["terms"])


def merge(glossary: Glossary, own: Iterable[Term]) -> Glossary:
    """Return a glossary with a school's own terms: they replace those of the same name.

    A term of the school that is another way to write one of ours takes only that way.
    """
    terms = {each.term.casefold(): each for each in own if each.term}
    kept = (_without(each, terms.keys()) for each in glossary)
    return (*(each for each in kept if each is not None), *terms.values())


def _without(term: Term, names: Iterable[str]) -> Term | None:
    left = [form for form in term.forms if form.casefold() not in names]
    if not left or left[0] != term.term:
        return None
    return Term(term.term, term.meaning, term.explained_as, tuple(left[1:]), term.known)
