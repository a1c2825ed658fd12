"""Reads the demo content and makes pages of it, through the same doors as an editor."""

import tomllib
from pathlib import Path
from typing import Any

from wagtail.models import Page

from wagtail_senoffer.models import (
    InclusionStrategyPage,
    SchoolOfferPage,
    SchoolPage,
    SENInformationReportPage,
)

FOLDER = Path(__file__).parent / "content"
SCHOOLS = ("larkfield-primary", "little-otters", "heronsgate")
_SIGNATURE = ("academic_year", "approved_by", "approved_on", "review_date", "introduction")


def read(name: str) -> dict[str, Any]:
    """Return the content of one demo school."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def add_school(parent: Page, content: dict[str, Any], user: Any = None) -> SchoolPage:
    """Add a school with its documents below `parent` and publish them all."""
    school = SchoolPage(**content["school"], live=False, owner=user)
    parent.add_child(instance=school)
    publish(school, user)
    report = add(
        school, SENInformationReportPage, "SEN information report", content["report"], user
    )
    report.tags.add(*content["report"].get("tags", ()))
    publish(report, user)
    offer = add(school, SchoolOfferPage, "School Offer", content["offer"], user)
    publish(offer, user)
    if "strategy" in content:
        publish(
            add(school, InclusionStrategyPage, "Inclusion strategy", content["strategy"], user),
            user,
        )
    return school


def add(
    school: SchoolPage, page_type: type[Any], title: str, content: dict[str, Any], user: Any
) -> Any:
    """Add a document below a school, as a draft."""
    page = page_type(title=title, live=False, owner=user)
    for name in _SIGNATURE:
        if name in content:
            setattr(page, name, content[name])
    page.body = stream(page, school, content)
    school.add_child(instance=page)
    return page


def stream(page: Any, school: SchoolPage, content: dict[str, Any]) -> Any:
    """Return a body with the sections or answers of a demo file filled in."""
    page.question_set = content.get("question_set", getattr(page, "question_set", ""))
    raw = page.starting_sections(school)
    for block in raw:
        question = block["value"].get("question")
        own = content.get("answers", {}).get(question) if question else None
        words = {"body": own} if own else content.get("sections", {}).get(block["type"], {})
        block["value"].update(_as_raw(words))
    return page._meta.get_field("body").stream_block.to_python(raw)


def _as_raw(value: Any) -> Any:
    """Return TOML data as StreamField data: dates become text."""
    if isinstance(value, dict):
        return {name: _as_raw(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_raw(inner) for inner in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def publish(page: Page, user: Any = None) -> None:
    """Publish a page as an editor does: from a revision."""
    page.save_revision(user=user).publish(user=user)
