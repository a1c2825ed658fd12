"""A service of the feed in the columns of Outpost's import file. Pure.

Outpost (wearefuturegov/outpost) is an open-source directory that some councils use.
"""

from collections.abc import Iterator
from typing import Any

from ..rulesets import Ruleset, Rulesets
from .items import Json

QUESTION_SET = "outpost-7"
QUESTIONS = (
    *("outcomes", "recent_send_training", "parental_involvement", "information_sharing"),
    *("environment_accessibility", "how_to_start", "future_plans"),
)
COLUMNS = (
    *("is_local_offer", "send_needs_support", "support_description", "recent_send_report"),
    *QUESTIONS,
)

# Outpost knows five needs; what is none of them stands in our own column.
_NEEDS = {
    "ASD": ("Autism",),
    "HI": ("Hearing impairment",),
    "VI": ("Visual impairment",),
    "MSI": ("Hearing impairment", "Visual impairment"),
    "PD": ("Mobility",),
    **dict.fromkeys(("SPLD", "MLD", "SLD", "PMLD"), ("Cognitive",)),
}


def local_offer(body: Json, rulesets: Rulesets) -> list[str]:
    """Return the cells of one school's service.

    Each is part of the council's Local Offer (SEND Regulations 2014, Schedule 2), whether
    the school wrote an Offer of its own or only its report.
    """
    report, offer = body.get("send_information_report", {}), body.get("send_local_offer", {})
    return [
        "TRUE",
        ";".join(_needs(body)),
        offer.get("description") or body.get("description", ""),
        report.get("url", ""),
        *_answers(report, offer, rulesets.get(QUESTION_SET)),
    ]


def _needs(body: Json) -> list[str]:
    codes = [each["taxonomy_term"].get("code", "") for each in body.get("attributes", ())]
    return list(dict.fromkeys(name for code in codes for name in _NEEDS.get(code, ())))


def _answers(report: Json, offer: Json, ruleset: Ruleset | None) -> Iterator[str]:
    """Yield the answers to Outpost's questions, drawn from the report where there are none."""
    own: dict[str, str] = {}
    if offer.get("question_set") == QUESTION_SET:
        own = {x["code"]: x.get("answer", "") for x in offer.get("survey_answers", ())}
    # Several may have one code: the first counts, as it does in a Document.
    sections = {each["code"]: each for each in reversed(report.get("sections", []))}
    for code in QUESTIONS:
        rule = ruleset.section(code) if ruleset else None
        drawn = _drawn(sections, rule.answers_from) if rule else ""
        yield own.get(code) or drawn


def _drawn(sections: dict[str, Json], codes: tuple[str, ...]) -> str:
    """Return what a report says in some sections; in one that answers two of them, once."""
    asked = (sections.get(code, {}) for code in codes)
    targets = dict.fromkeys(x.get("answered_in") or x["code"] for x in asked if x)
    texts = (text for code in targets for text in _texts(sections.get(code, {})))
    return "\n".join(texts)


def _texts(found: Any) -> Iterator[str]:
    """Yield every rich text within a section as plain text, its own before those in its rows."""
    if isinstance(found, list):
        for each in found:
            yield from _texts(each)
    elif isinstance(found, dict):
        if "html" in found and "text" in found:
            yield found["text"]
        for each in found.values():
            yield from _texts(each)
