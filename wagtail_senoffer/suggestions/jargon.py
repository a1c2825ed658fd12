"""Terms that a text uses and never explains."""

import re
from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import gettext as _

from ..completeness import Problem
from ..document import Document
from .glossary import Glossary, Term
from .texts import Part, parts_of, suggestion

_WORD = re.compile(r"[^\W_]+")
# What may follow a term that is being explained: “SENCO. That means she plans …”.
_EXPLAINS = re.compile(
    r"[^\w(]{1,3}(?:(?i:that|this|it|which|who|they|she|he) )?"
    r"(?:means?|stands for|is short for|is an?|are|gives|helps|offers)\b"
    # “ELSA (emotional literacy …)”, “ELSA: emotional literacy …”, “ELSA – emotional …”
    r"| ?\((?=[^)\n]{0,100} )|: [a-z]| [–—-] [a-z]",
)
# “emotional literacy support assistant (ELSA)”: at least two words, then the bracket.
_BRACKETED = re.compile(r"(\w+)[ -](\w+) \((?:or |an? |our |also )?[“\"]?$")
_LOOK_BACK = 80
_LIST_OF_WORDS = re.compile(
    r"glossary|jargon|abbreviation|acronym|words? (?:that )?(?:we use|mean|explained)", re.I
)


def unexplained(document: Document, glossary: Glossary) -> Iterator[Problem]:
    """Yield, by section, the terms that are first used there and explained nowhere."""
    wanted = {form: term for term in glossary if not term.known for form in term.forms}
    if not wanted:
        return
    settled = _explained(document, wanted)
    for part in parts_of(document):
        new = {term: use[1] for term, use in _uses(part.text, wanted) if term not in settled}
        settled.update(new)
        if new:
            yield _suggest(part, new)


def _suggest(part: Part, terms: dict[Term, str]) -> Problem:
    message = _(
        "“%(title)s” uses words that not every parent knows. Say what they mean the first time: "
        "%(terms)s."
    )
    named = (
        f"“{said}” ({term.meaning})" if term.meaning else f"“{said}”"
        for term, said in terms.items()
    )
    return suggestion(
        "jargon", message % {"title": part.title, "terms": "; ".join(named)}, part.code
    )


def _explained(document: Document, wanted: dict[str, Term]) -> set[Term]:
    """Return the terms that are explained anywhere, also in what an offer draws on."""
    drawn = (each for section in document.sections for each in section.drawn)
    texts = [part.text for part in parts_of(document)]
    texts += [text for section in drawn for text in (*section.texts(), *section.short_texts())]
    whole = _plain("\n".join(texts))
    found = {term for term in wanted.values() if _is_spelt_out(term, whole)}
    found.update(term for text in texts for term in _explained_in(text, wanted))
    for part in parts_of(document):
        if _LIST_OF_WORDS.search(part.title):
            found.update(term for term, _use in _uses(part.text, wanted))
    return found


def _uses(text: str, wanted: dict[str, Term]) -> Iterator[tuple[Term, re.Match[str]]]:
    """Yield each use of a term with its place."""
    forms = tuple(wanted)
    for match in _pattern(forms).finditer(text):
        yield wanted.get(match[1]) or wanted[_folded(forms)[match[1].casefold()]], match


@lru_cache(maxsize=8)
def _folded(forms: tuple[str, ...]) -> dict[str, str]:
    return {form.casefold(): form for form in forms if not _has_capitals(form)}


@lru_cache(maxsize=8)
def _pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds the terms, longest first; those with capitals only as they are written."""
    longest = sorted(forms, key=len, reverse=True)
    choices = (
        re.escape(form) if _has_capitals(form) else f"(?i:{re.escape(form)})" for form in longest
    )
    return re.compile(rf"(?<!\w)({'|'.join(choices)})(?:['’]?s)?(?!\w)")


def _has_capitals(form: str) -> bool:
    return sum(letter.isupper() for letter in form) > 1


def _explained_in(text: str, wanted: dict[str, Term]) -> Iterator[Term]:
    for term, match in _uses(text, wanted):
        before = text[max(match.start() - _LOOK_BACK, 0) : match.start()]
        if _EXPLAINS.match(text, match.end()) or _is_bracketed(match[1], before):
            yield term


def _is_bracketed(form: str, before: str) -> bool:
    """Say whether words before a bracket stand for the term in it, and are no person's name."""
    words = _BRACKETED.search(before)
    if words is None:
        return False
    name = words[1][0].isupper() and words[2][0].isupper()
    return not name or words[2][0] == next(reversed([c for c in form if c.isupper()]), "")


def _is_spelt_out(term: Term, whole: str) -> bool:
    full = _plain(term.explained_as)
    return bool(full) and f" {full}" in f" {whole}"


def _plain(text: str) -> str:
    """Return the words of a text alone, so that commas and hyphens make no difference."""
    return " ".join(_WORD.findall(text.replace("&", " and ").casefold()))
