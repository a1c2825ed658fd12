"""Completes a report with what is kept for its council, where the school wrote nothing itself.

The words become part of the Document: a change is published when the school publishes (P8).
"""

from typing import Any
from uuid import uuid5

from .document import Document, Section
from .models.councils import CouncilContacts, contacts_of
from .rulesets import Rulesets

# The sections that can come from a council, and the field of each that does.
FIELDS = {"support_contacts": "contacts", "la_local_offer": "local_offer_url"}


def with_council(document: Document, rulesets: Rulesets) -> Document:
    """Return a report with its council's local offer and services where it names none.

    The school's own come first: a local offer's address is added to a section without one,
    the services only to a section that says nothing at all. At most one query.
    """
    missing = [code for code in FIELDS if _is_open(document.section(code))]
    kept = contacts_of(document.school.la_name) if missing else None
    for code in missing if kept else ():
        document = _completed(document, code, kept, rulesets)
    return document


def kept_value(kept: CouncilContacts, code: str) -> Any:
    """Return what a council's entry says in a section's field; empty if it says nothing."""
    return kept.contacts() if code == "support_contacts" else kept.offer_url()


def _is_open(section: Section | None) -> bool:
    """Say whether a section leaves room for the council's entry."""
    if section is None:
        return True
    if section.code == "la_local_offer":
        return not (section.local_offer_url or section.answered_in)
    return not (section.has_content() or section.answered_in)


def _completed(
    document: Document, code: str, kept: CouncilContacts, rulesets: Rulesets
) -> Document:
    value = kept_value(kept, code)
    rule = rulesets.section(document.kind, code)
    if not (value and rule):
        return document
    found = document.section(code)
    section = found or Section(
        id=uuid5(document.key, f"{code}/1"), code=code, title=rule.title, question=rule.question
    )
    section = section.model_copy(update={FIELDS[code]: value, "kept_by": kept.la_name})
    sections = [section if each is found else each for each in document.sections]
    if found is None:
        sections.insert(_place(sections, code, rulesets, document), section)
    return document.model_copy(update={"sections": tuple(sections)})


def _place(sections: list[Section], code: str, rulesets: Rulesets, document: Document) -> int:
    """Return where a section belongs: before the first of those that are asked for after it."""
    asked = [rule.code for each in rulesets.for_kind(document.kind) for rule in each.sections]
    later = {*asked[asked.index(code) + 1 :], "additional"}
    return next((n for n, each in enumerate(sections) if each.code in later), len(sections))
