"""Reads rulesets from TOML and says precisely what is wrong with one that can't be read."""

import hashlib
import tomllib
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails

from ..vocabularies import Level, Mode

SHIPPED = Path(__file__).parent

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=50)]
RulesetId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$", max_length=100)]
Sentence = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class RulesetError(Exception):
    """A ruleset can't be used. The text names the file, the key and what was expected."""


class Basis(StrEnum):
    """What gives a ruleset its force."""

    LAW = "law"
    STATUTORY_GUIDANCE = "statutory-guidance"
    GRANT_CONDITION = "grant-condition"
    QUESTION_SET = "question-set"
    LOCAL = "local"


class Kind(StrEnum):
    """The kinds of Document."""

    SCHOOL = "school"
    REPORT = "sen-information-report"
    OFFER = "school-offer"
    STRATEGY = "inclusion-strategy"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SectionRule(_Strict):
    """One section that a ruleset asks for, with what its writer and its readers are told."""

    code: Code
    title: Sentence
    question: Sentence
    guidance: Sentence
    examples: tuple[Sentence, ...] = ()
    reference: Sentence
    schedule_1: tuple[Sentence, ...] = ()
    section_69: tuple[Sentence, ...] = ()
    schedule_2: tuple[Sentence, ...] = ()
    theme: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z-]*$")]
    levels: Annotated[dict[Mode, Level], Field(min_length=1)]
    answers_from: tuple[Code, ...] = ()

    @property
    def modes(self) -> tuple[Mode, ...]:
        """The modes of school that the section is meant for."""
        return tuple(self.levels)

    def level_for(self, mode: Mode | None) -> Level | None:
        """Return how strongly the section is asked of a school, or None if it is not."""
        return self.levels.get(mode) if mode else None


class Ruleset(_Strict):
    """A set of sections with its basis, source and dates. Old ones are never edited."""

    id: RulesetId
    title: Sentence
    basis: Basis
    kind: Kind
    source: Sentence
    effective_from: date
    effective_to: date | None = None
    due: date | None = None
    cycle: str = ""
    wording_checked: bool = False
    sections: Annotated[tuple[SectionRule, ...], Field(min_length=1)]

    @field_validator("kind")
    @classmethod
    def _kind_fits_the_basis(cls, kind: Kind, info: ValidationInfo) -> Kind:
        """Refuse a ruleset that nothing would ever ask: it would be ignored without a word."""
        if (kind is Kind.OFFER) != (info.data.get("basis") is Basis.QUESTION_SET):
            raise ValueError("expected 'school-offer' for a question set, and only for one")
        if kind is Kind.SCHOOL:
            raise ValueError("expected the kind of a document with sections")
        return kind

    @field_validator("effective_to")
    @classmethod
    def _ends_after_it_starts(cls, end: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("effective_from")
        if start and end and end < start:
            raise ValueError(f"expected a day from effective_from ({start}) on")
        return end

    @field_validator("sections")
    @classmethod
    def _codes_are_unique(cls, sections: tuple[SectionRule, ...]) -> tuple[SectionRule, ...]:
        seen: set[str] = set()
        for section in sections:
            if section.code in seen:
                raise ValueError(f"expected each code once, and '{section.code}' stands twice")
            seen.add(section.code)
        return sections

    @property
    def is_question_set(self) -> bool:
        """Whether a school chooses this set for its offer."""
        return self.basis is Basis.QUESTION_SET

    @property
    def binds(self) -> bool:
        """Whether a missing required section is an error: by law, or by the school's choice."""
        return self.basis in (Basis.LAW, Basis.QUESTION_SET)

    def in_force(self, on: date) -> bool:
        """Say whether the ruleset counts on the given day (both ends included)."""
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)

    def section(self, code: str) -> SectionRule | None:
        """Return the section with that code, or None."""
        return next((section for section in self.sections if section.code == code), None)


class Rulesets:
    """All rulesets that an installation knows, in the order in which they were loaded."""

    def __init__(self, rulesets: tuple[Ruleset, ...]) -> None:
        self._by_id = {ruleset.id: ruleset for ruleset in rulesets}

    def __iter__(self) -> Iterator[Ruleset]:
        return iter(self._by_id.values())

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 of all that the rulesets say: two installations with the same agree."""
        text = "\n".join(each.model_dump_json() for each in self)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, ruleset_id: str) -> Ruleset | None:
        """Return the ruleset with that id, or None."""
        return self._by_id.get(ruleset_id)

    def for_kind(self, kind: Kind) -> list[Ruleset]:
        """Return the rulesets for a kind of Document, question sets apart."""
        return [each for each in self if each.kind is kind and not each.is_question_set]

    def question_sets(self) -> list[Ruleset]:
        """Return the question sets that a School Offer can be written to."""
        return [each for each in self if each.is_question_set]

    def section(self, kind: Kind, code: str) -> SectionRule | None:
        """Return the first section of that code among the rulesets of a kind, in force or not."""
        found = (each.section(code) for each in self if each.kind is kind)
        return next((section for section in found if section), None)


def _explain(path: Path, error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    # What stands in the wrong place is worth showing, a whole table is not.
    simple = not isinstance(first["input"], dict | list)
    found = f" (found {first['input']!r:.80})" if simple else ""
    return f"{path.name}: {where}: {_expected(first)}{found}"


def _expected(error: ErrorDetails) -> str:
    """Return what a ruleset needs at the place of an error, in its own words."""
    if error["type"] == "extra_forbidden":
        model = SectionRule if error["loc"][0] == "sections" else Ruleset
        return f"unknown key; expected {', '.join(model.model_fields)}"
    if error["type"].startswith("date_"):
        return "expected a date without quotes, such as 2026-09-01"
    return error["msg"].removeprefix("Value error, ")


def load_file(path: Path) -> Ruleset:
    """Read one ruleset. Raises RulesetError that names file, key and what was expected."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RulesetError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RulesetError(f"{path.name}: is not UTF-8 text: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise RulesetError(f"{path.name}: is not valid TOML: {error}") from error
    try:
        return Ruleset.model_validate(data)
    except ValidationError as error:
        raise RulesetError(_explain(path, error)) from error


def _check_mapping(rulesets: dict[str, Ruleset], files: dict[str, Path]) -> None:
    """Refuse a question that draws on a section that no report has."""
    known = {
        section.code
        for ruleset in rulesets.values()
        if ruleset.kind is Kind.REPORT
        for section in ruleset.sections
    }
    for ruleset in rulesets.values():
        for section in ruleset.sections:
            unknown = [code for code in section.answers_from if code not in known]
            if unknown:
                raise RulesetError(
                    f"{files[ruleset.id].name}: sections.{section.code}.answers_from: expected "
                    f"section codes of a report ruleset (found {unknown[0]!r})"
                )


@cache
def load(extra: tuple[Path, ...] = ()) -> Rulesets:
    """Return the shipped rulesets and the project's own.

    `extra` holds paths of TOML files. Raises RulesetError for a file that can't be
    used, and for one that takes an id that is taken: what was law stays readable as
    it was, so a project adds a ruleset under a new id instead of replacing one.
    """
    found: dict[str, Ruleset] = {}
    files: dict[str, Path] = {}
    for path in (*sorted(SHIPPED.glob("*.toml"), key=_load_order), *extra):
        ruleset = load_file(path)
        if ruleset.id in found:
            raise RulesetError(
                f"{path.name}: id: '{ruleset.id}' is already defined by {files[ruleset.id].name}; "
                "a ruleset can't be replaced, give yours another id"
            )
        found[ruleset.id], files[ruleset.id] = ruleset, path
    _check_mapping(found, files)
    return Rulesets(tuple(found.values()))


def _load_order(path: Path) -> tuple[int, str]:
    """Law first, so that sections stand in its order; then by name."""
    return (0 if path.name == "england-sir-2014.toml" else 1, path.name)
