"""What could be better in a page: the suggestions that stand beside its text."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .. import conf, publishing
from ..completeness import Problem
from ..document import Document, Section
from ..rulesets import Kind
from ..suggestions import addresses, find_suggestions, lost_link
from . import links
from .glossary import glossary
from .local_links import own_faults


def suggestions_of(page_or_document: Any) -> list[Problem]:
    """Return the suggestions for a page as it is in memory, or for a Document.

    All are warnings; those whose code is in `suggestions.STRONG` come first. A page that
    can't be made into a Document has none. The number of queries depends on neither.
    """
    if isinstance(page_or_document, Document):
        return _suggestions(page_or_document)
    document, _problems = publishing.examine(page_or_document)
    if document is None:
        return []
    school = _school_of(page_or_document)
    return [*_suggestions(document, school), *_lost(page_or_document, document)]


def _school_of(page: Any) -> str:
    """Return the url_path of the school that a page belongs to, "" for one that stands nowhere."""
    path = str(page.url_path or "")
    return path if page.kind is Kind.SCHOOL else path.rstrip("/").rpartition("/")[0] + "/"


def _suggestions(document: Document, school: str = "") -> list[Problem]:
    urls = addresses(document)
    faults = own_faults(urls, school)
    if conf.get("CHECK_LINKS"):
        faults |= links.faults(url for url in urls if url not in faults)
    return find_suggestions(document, glossary(), faults, on=timezone.localdate())


def _lost(page: Any, document: Document) -> Iterator[Problem]:
    """Yield links and documents that were chosen and deleted since: a Document has none of them."""
    body = getattr(page, "body", None)
    sections = {str(section.id): section for section in document.sections}
    for block in body.get_prep_value() if body else ():
        section = sections.get(block["id"])
        if section is None:
            continue
        for text in _lost_from(block["value"], section):
            yield lost_link(text, section.title, section.code)


def _lost_from(value: dict[str, Any], section: Section) -> Iterator[str]:
    there = {link.text for link in section.links}
    for link in _items(value.get("links")):
        if link.get("page") and not link.get("url") and link.get("text") not in there:
            yield link.get("text") or ""
    chosen = [key for key in _items(value.get("documents")) if key]
    plan = section.accessibility_plan
    if len(chosen) > len(section.documents) or (value.get("document") and plan and not plan.url):
        yield _("A document")


def _items(value: Any) -> list[Any]:
    """Return the values of a list's raw data."""
    return [each["value"] for each in value or () if each.get("type") == "item"]
