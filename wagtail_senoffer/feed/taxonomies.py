"""The field's code lists as taxonomies of Open Referral UK: pure, and the same everywhere.

Ids are made from the codes, so every installation and every harvester has the same ones.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import override

from ..vocabularies import (
    AREA_LABELS,
    NEEDS,
    PHASE_LABELS,
    PROVISION_LEVEL_LABELS,
    SCHOOL_TYPES,
    Label,
    ResourcedProvision,
)

# Of our own making, for all ids that come from no register.
NAMESPACE = UUID("5b0c0f4e-8f0e-5d0b-9a38-6f1d4a2c7e11")

SEN_TYPES = "sen-types"
SPECIAL_PROVISION = "special-provision"
PROVISION_LEVELS = "provision-levels"
PHASES = "phases"
SCHOOL_TYPE = "school-types"


@dataclass(frozen=True)
class Term:
    """One term of a taxonomy; `parent_id` is that of a broader one, if there is one."""

    id: UUID
    code: str
    name: str
    description: str
    taxonomy: "Taxonomy"
    parent_id: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the term in the shape of HSDS-UK 3.0, with the code as HSDS 3.1 has it."""
        found: dict[str, Any] = {
            "id": str(self.id),
            "code": self.code,
            "name": self.name,
            "term": self.name,
            "description": self.description,
            "taxonomy": self.taxonomy.name,
            "taxonomy_id": str(self.taxonomy.id),
        }
        return found | ({"parent_id": str(self.parent_id)} if self.parent_id else {})


@dataclass(frozen=True)
class Taxonomy:
    """A list of codes."""

    code: str
    name: str
    description: str

    @property
    def id(self) -> UUID:
        """The id, made from the code."""
        return uuid5(NAMESPACE, f"taxonomy:{self.code}")

    def term_id(self, code: str) -> UUID:
        """Return the id of the term with a code."""
        return uuid5(self.id, code)

    def as_json(self) -> dict[str, Any]:
        """Return the taxonomy in the shape of HSDS-UK 3.0."""
        return {"id": str(self.id), "name": self.name, "description": self.description}


TAXONOMIES: dict[str, Taxonomy] = {
    each.code: each
    for each in (
        Taxonomy(
            SEN_TYPES,
            "Types of special educational need",
            "The four broad areas of need of the SEND Code of Practice, and below them the "
            "types of need of the school census.",
        ),
        Taxonomy(
            SPECIAL_PROVISION,
            "Special provision at a school",
            "Whether a mainstream school has resourced provision or a SEN unit, as the register "
            "of schools (GIAS) says it.",
        ),
        Taxonomy(
            PROVISION_LEVELS,
            "Levels of help",
            "Whom a kind of help at a school is for, in the three levels of a provision map.",
        ),
        Taxonomy(PHASES, "Phases of education", "The phases of education that a school can cover."),
        Taxonomy(
            SCHOOL_TYPE,
            "Types of school",
            "The types of establishment of the register of schools (GIAS), by its codes.",
        ),
    )
}


@cache
def terms() -> dict[UUID, Term]:
    """Return all terms by id, each taxonomy's in its order, broader ones first.

    In English, whatever the reader's language: they are the register's own names.
    """
    with override("en"):
        found = [*_sen_types(), *_flat()]
    return {term.id: term for term in found}


@lru_cache(maxsize=1024)
def term(taxonomy: str, code: str) -> Term | None:
    """Return the term of a taxonomy that has a code, or None for an unknown one."""
    return terms().get(TAXONOMIES[taxonomy].term_id(code))


def _sen_types() -> list[Term]:
    areas = [_make(SEN_TYPES, area.value, name) for area, name in AREA_LABELS.items()]
    ids = {each.code: each.id for each in areas}
    return areas + [
        _make(SEN_TYPES, need.code, need.label, ids.get(need.area.value) if need.area else None)
        for need in NEEDS.values()
    ]


def _flat() -> list[Term]:
    lists: dict[str, Iterable[tuple[str, Label]]] = {
        SPECIAL_PROVISION: [
            (each.name.lower(), each.value)
            for each in (ResourcedProvision.RESOURCED, ResourcedProvision.UNIT)
        ],
        PROVISION_LEVELS: [(each.value, name) for each, name in PROVISION_LEVEL_LABELS.items()],
        PHASES: [(each.value, name) for each, name in PHASE_LABELS.items()],
        SCHOOL_TYPE: [(each.code, each.label) for each in SCHOOL_TYPES.values()],
    }
    return [_make(code, *pair) for code, pairs in lists.items() for pair in pairs]


def _make(taxonomy: str, code: str, name: Label, parent_id: UUID | None = None) -> Term:
    of = TAXONOMIES[taxonomy]
    return Term(of.term_id(code), code, str(name), f"{of.name}: {name}", of, parent_id)
