"""What the templates of the public pages ask for."""

import json
import re
from typing import Any
from urllib.parse import urljoin

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ..comparison.fields import hours_of
from ..document import Address, Document, Section, Words
from ..feed import discovery, jsonld
from ..models.versions import Version
from ..vocabularies import NEEDS, PHASE_LABELS, SCHOOL_TYPES, Need, Phase
from ..web import reading
from ..web.place import Place

# As Django's json_script has it: neither "</script>" nor "<!--" may stand in a script.
_IN_SCRIPT = str.maketrans({"<": r"\u003C", ">": r"\u003E", "&": r"\u0026"})

register = template.Library()
register.filter("needs_by_area", reading.needs_by_area)
register.filter("provisions_by_level", reading.provisions_by_level)
register.filter("stage_label", reading.stage_label)
register.filter("stages_in_order", reading.stages_in_order)
register.filter("hours", hours_of)


@register.filter
def words(value: Words, heading: str = "h3") -> SafeString:
    """Return the HTML of a Document's text, which was cleaned when the Document was built.

    Its headings start at `heading`, so that an answer within an answer keeps the outline.
    """
    html = value.html
    if heading == "h4":
        for level, lower in (("h4", "h5"), ("h3", "h4")):
            html = html.replace(f"<{level}>", f"<{lower}>").replace(f"</{level}>", f"</{lower}>")
    return mark_safe(html)  # noqa: S308


@register.filter
def answered_in(section: Section, document: Document) -> Section | None:
    """Return the section that a section points at, or None if it points at none with words."""
    target = document.section(section.answered_in) if section.answered_in else None
    return target if target and target.has_content() else None


@register.filter
def last_of(found: Any) -> Any:
    """Return the last of some rows, or None: the database's own `last` would ask again."""
    rows = list(found or ())
    return rows[-1] if rows else None


@register.filter
def need_labels(codes: tuple[str, ...]) -> list[Need]:
    """Return the needs behind codes."""
    return [NEEDS[code] for code in codes if code in NEEDS]


@register.filter
def school_type_label(code: str) -> Any:
    """Return the name of a GIAS type."""
    found = SCHOOL_TYPES.get(code.lstrip("0"))
    return found.label if found else ""


@register.filter
def phase_label(phase: Phase) -> Any:
    """Return the name of a phase."""
    return PHASE_LABELS[phase]


@register.filter
def address_lines(address: Address) -> list[str]:
    """Return the lines of an address that are filled in."""
    lines = (address.street, address.locality, address.town, address.county, address.postcode)
    return [line for line in lines if line]


@register.filter
def dialled(phone: str) -> str:
    """Return a phone number as a telephone dials it; an extension in words is left out."""
    number = re.match(r"[\d\s()+.-]*", phone.replace("(0)", ""))
    return re.sub(r"[^\d+]", "", number[0]) if number else ""


@register.simple_tag(takes_context=True)
def senoffer_feeds(context: template.Context) -> SafeString:
    """Return the links, for a page's head, by which machines find the site's feeds.

    Nothing where no Site is known, as on a page that says that something went wrong.
    """
    root = discovery.root_url(context.get("page"), context.get("request"))
    links = discovery.links(root) if root else ()
    attributes = (format_html_join("", ' {}="{}"', each.items()) for each in links)
    return format_html_join("\n", "<link{}>", ((each,) for each in attributes))


@register.simple_tag
def senoffer_jsonld(document: Document, place: Place, version: Version) -> SafeString:
    """Return what a page shows as schema.org data, in the element in which it is looked for."""
    school_url = urljoin(place.full_url, place.school_url) if place.school_url else ""
    data = jsonld.described(
        document, place.full_url, school_url, number=version.number, published=version.created_at
    )
    text = json.dumps(data, ensure_ascii=False).translate(_IN_SCRIPT)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308
