"""What Open Referral UK has no words for: the `send_` members of a service. Pure."""

from typing import Any

from ..document import Document, Section
from ..rulesets import Kind, Rulesets
from ..vocabularies import NEEDS
from .items import Json, Offering, Published, moment


def information_report(report: Published, rulesets: Rulesets) -> Json:
    """Return a SEN information report, each section with the paragraphs that it answers.

    SEND Regulations 2014, Schedule 1 and, for the council's own offer, Schedule 2; Children
    and Families Act 2014, section 69(3)(b).
    """
    document = report.document
    return _heading(report) | {
        "approved_by": document.approval.by,
        "approved_on": document.approval.on and document.approval.on.isoformat(),
        "sections": [_section(each, document, rulesets) for each in document.sections],
    }


def inclusion_strategy(strategy: Published | None) -> Json | None:
    """Return the inclusion strategy, if one is published."""
    if strategy is None:
        return None
    sections = [_plain_section(each) for each in strategy.document.sections]
    return _heading(strategy) | {"sections": sections}


def local_offer(offer: Published, report: Published | None) -> Json:
    """Return a School Offer as questions and answers: the shape that Outpost reads."""
    document = offer.document
    return _heading(offer) | {
        "description": document.introduction.text,
        "link": report.url if report else "",
        "question_set": document.question_set,
        "survey_answers": [
            {"code": each.code, "question": each.question or each.title, "answer": answer(each)}
            for each in document.sections
            if each.has_content()
        ],
    }


def provenance(offering: Offering) -> list[Json]:
    """Return which Versions an item was made of, and the heads of their hash chains."""
    return [
        {
            "kind": kind.value,
            "key": str(found.document.key),
            "locale": found.document.locale,
            "url": found.url,
            "document": f"{found.url}versions/{found.number}/document.json",
            "version": found.number,
            "published": moment(found.published),
            "sha256": found.sha256,
            "record_hash": found.record_hash,
        }
        for kind, found in sorted(offering.items())
    ]


def answer(section: Section) -> str:
    """Return all that an answer says as plain text, one thing a line."""
    return "\n".join(_lines(section))


def _lines(section: Section) -> list[str]:
    found = [str(NEEDS[code].label) for code in section.needs if code in NEEDS]
    if section.senco:
        found.append(_joined(section.senco.name, section.senco.email, section.senco.phone))
    found += section.texts()
    found += [_joined(x.name, x.about, x.phone, x.email, x.url) for x in section.contacts]
    found += [x.name for x in section.provisions]
    found += [_joined(x.text, x.url) for x in section.links]
    found += [_joined(x.title, x.url) for x in section.documents]
    found.append(section.local_offer_url)
    for drawn in section.drawn:
        found += _lines(drawn)
    return [line for line in found if line]


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _heading(published: Published) -> Json:
    document = published.document
    return {
        "url": published.url,
        "version": published.number,
        "published": moment(published.published),
        "assured": moment(published.assured),
        "academic_year": document.academic_year,
        "review_date": document.review_date.isoformat() if document.review_date else "",
    }


def _section(section: Section, document: Document, rulesets: Rulesets) -> Json:
    rule = rulesets.section(Kind.REPORT, section.code)
    found = _plain_section(section)
    if rule:
        found |= {
            "schedule_1": list(rule.schedule_1),
            "section_69": list(rule.section_69),
            "schedule_2": list(rule.schedule_2),
            "legal_basis": rule.reference,
        }
    target = document.answer(section.code)
    return found | {"answered_in": target.code if target and target.code != section.code else ""}


def _plain_section(section: Section) -> Json:
    """Return a section as its Document has it, its text as HTML and plain."""
    left_out = {"id", "body", "drawn", "answered_in"}
    data: dict[str, Any] = section.model_dump(mode="json", exclude_defaults=True, exclude=left_out)
    return {"id": str(section.id), **data, "html": section.body.html, "text": section.body.text}
