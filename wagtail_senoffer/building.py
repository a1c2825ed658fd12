"""Turns what an editor filled in into the parts of a Document.

Works on a stream's raw data. All documents and pages that lists and texts point at are
fetched together, so the queries do not grow with the sections, links or documents.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urljoin
from uuid import UUID, uuid5

import swapper
from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext as _
from pydantic import ValidationError
from wagtail.documents import get_document_model
from wagtail.models import Locale
from wagtail.rich_text import features
from wagtail.rich_text.rewriters import FIND_A_TAG, LinkRewriter, extract_attrs

from .document import (
    MAX_HTML_BYTES,
    AccessibilityPlan,
    Contact,
    DocumentError,
    File,
    Link,
    Provision,
    Section,
    Senco,
    TooMuchHtml,
    TransitionStage,
    TrustRule,
    Words,
    clean_html,
    clean_line,
    clean_url,
)
from .rulesets import Kind, Rulesets
from .vocabularies import NEEDS, Day, is_role_mailbox

_RICH = {"body", "curriculum", "buildings", "information", "introduction"}


class SectionBuilder:
    """Builds the Sections of one page.

    `stream` is raw StreamField data; `base_url` the root address of the page's Site;
    `key` the page's document key, from which blocks without an id get a lasting one.
    `trust` has the trust's texts that count for the page, by section; of those that are
    offered it uses the `chosen`. `asked` names, in order, the sections that the page is
    asked for: what the trust says there needs no block of the school's.
    """

    def __init__(
        self,
        stream: list[dict[str, Any]],
        *,
        kind: Kind,
        key: UUID,
        base_url: str,
        rulesets: Rulesets,
        trust: Mapping[str, Any] | None = None,
        chosen: Collection[str] = (),
        asked: Collection[str] = (),
    ) -> None:
        self.stream, self.kind, self.key = stream, kind, key
        self.base_url, self.rulesets = base_url, rulesets
        self.trust, self.chosen, self.asked = dict(trust or {}), chosen, tuple(asked)
        leaves = [*_leaves(stream), *(("body", each.body) for each in self.trust.values())]
        self._targets = _Targets(leaves, base_url)

    def sections(self) -> list[Section]:
        """Return a Section for each block. Raises DocumentError for one that can't be used."""
        seen: Counter[str] = Counter()
        sections = [self._section(block, seen) for block in self.stream]
        trusted: set[str] = set()
        for n, each in enumerate(sections):
            # A second block for a section stays the school's own.
            if each.code not in trusted:
                trusted.add(each.code)
                sections[n] = self._with_trust_text(each)
        for code in self.asked:
            if code in self.trust and code not in trusted:
                self._insert(sections, code)
        return sections

    def _insert(self, sections: list[Section], code: str) -> None:
        """Put a section in its place for which the school has no block but the trust a text."""
        found = self._with_trust_text(self._section({"type": code, "value": {}}, Counter()))
        if found.source:
            later = self.asked[self.asked.index(code) + 1 :]
            after = (n for n, each in enumerate(sections) if each.code in later)
            free = (n for n, each in enumerate(sections) if each.code == "additional")
            sections.insert(next(after, next(free, len(sections))), found)

    def _with_trust_text(self, section: Section) -> Section:
        text = self.trust.get(section.code)
        if text is None:
            return section
        try:
            return section.with_trust_text(
                text.key,
                TrustRule(text.rule),
                self._words(text.body),
                chosen=section.code in self.chosen,
            )
        except TooMuchHtml as error:
            raise _too_long(section.title, section.code) from error

    def _section(self, block: dict[str, Any], seen: Counter[str]) -> Section:
        value = block.get("value") or {}
        if not isinstance(value, dict):
            raise _unusable(block["type"], block["type"], "value")
        code = value.get("question") or value.get("section") or block["type"]
        rule = self.rulesets.section(self.kind, code)
        title = rule.title if rule else clean_line(value.get("heading"))
        seen[code] += 1
        try:
            return Section(
                id=self._id(block.get("id"), code, seen[code]),
                code=code,
                title=title,
                question=rule.question if rule else "",
                body=self._words(value.get("body")),
                links=tuple(self._links(value.get("links"))),
                documents=tuple(self._files(value.get("documents"))),
                needs=_needs(value.get("needs")),
                senco=_senco(value) if block["type"] == "senco" else None,
                contacts=tuple(self._contacts(value.get("contacts"), block["type"])),
                provisions=tuple(self._provisions(value.get("provisions"))),
                local_offer_url=self._url(value.get("url")) if code == "la_local_offer" else "",
                answered_in=value.get("answered_in") or "",
                accessibility_plan=self._plan(value) if code == "accessibility_plan" else None,
                stages=tuple(self._stages(value.get("stages"))),
            )
        except TooMuchHtml as error:
            raise _too_long(title, code) from error
        except ValidationError as error:
            # Only a form checks what stands in a block; imports and APIs write past it.
            raise _unusable(code, title, error.errors()[0]["loc"][-1]) from error
        except (AttributeError, TypeError) as error:
            raise _unusable(code, title, "body") from error

    def _id(self, block_id: str | None, code: str, number: int) -> UUID:
        """Return the block's own id, or a lasting one for the nth block of that code."""
        try:
            return UUID(block_id or "")
        except ValueError:
            return uuid5(self.key, f"{code}/{number}")

    def _words(self, source: str | None) -> Words:
        return clean_html(self._targets.resolve(source), self.base_url) if source else Words()

    def _links(self, items: Any) -> Iterator[Link]:
        for item in _items(items):
            url = self._targets.page_url(item.get("page")) or self._url(item.get("url"))
            if url:
                yield Link(text=clean_line(item.get("text")) or url, url=url)

    def _files(self, items: Any) -> Iterator[File]:
        for key in _items(items):
            if file := self._targets.file(key):
                yield file

    def _url(self, value: Any) -> str:
        return clean_url(value, self.base_url)

    def _contacts(self, items: Any, block_type: str) -> Iterator[Contact]:
        for item in _items(items):
            fields = {name: clean_line(item.get(name)) for name in Contact.model_fields}
            fields["url"] = self._url(fields["url"])
            # Beside the SENCO stand other people of the staff, who are not asked for consent.
            if block_type == "senco" and not is_role_mailbox(fields["email"]):
                fields["email"] = ""
            if any(fields.values()):
                yield Contact(**fields)

    def _provisions(self, items: Any) -> Iterator[Provision]:
        for item in _items(items):
            body = self._words(item.get("body"))
            name = clean_line(item.get("name"))
            if not (name or body.text):
                continue
            yield Provision(
                name=name,
                level=item.get("level") or "universal",
                needs=_needs(item.get("needs")),
                minimum_age=item.get("minimum_age"),
                maximum_age=item.get("maximum_age"),
                who=clean_line(item.get("who")),
                when=clean_line(item.get("when")),
                body=body,
                listed=bool(item.get("listed")),
                days=tuple(day for day in Day if day in (item.get("days") or ())),
                opens_at=item.get("opens_at") or None,
                closes_at=item.get("closes_at") or None,
            )

    def _plan(self, value: dict[str, Any]) -> AccessibilityPlan:
        file = self._targets.file(value.get("document"))
        return AccessibilityPlan(
            url=file.url if file else self._url(value.get("url")),
            start_date=value.get("start_date") or None,
            curriculum=self._words(value.get("curriculum")),
            buildings=self._words(value.get("buildings")),
            information=self._words(value.get("information")),
        )

    def _stages(self, items: Any) -> Iterator[TransitionStage]:
        for item in _items(items):
            body = self._words(item.get("body"))
            if item.get("stage") and body.text:
                yield TransitionStage(stage=item["stage"], body=body)


class _Targets:
    """The pages and documents that blocks and texts point at."""

    def __init__(self, leaves: list[tuple[str, Any]], base_url: str) -> None:
        self.base_url = base_url
        pages = {value for name, value in leaves if name == "page"}
        files = {value for name, value in leaves if name in ("document", "documents")}
        texts = {value for name, value in leaves if name in _RICH and _has_targets(value)}
        for attrs in (extract_attrs(tag) for text in texts for tag in FIND_A_TAG.findall(text)):
            linked = {"page": pages, "document": files}.get(attrs.get("linktype"))
            if linked is not None:
                linked.add(attrs.get("id"))
        self._files = get_document_model().objects.in_bulk(_numbers(files))
        self._pages = _localized(_pages(_numbers(pages)))

    def page_url(self, key: Any) -> str:
        """Return the absolute address of a page, or "" if it has none."""
        page = self._pages.get(_number(key))
        return (page and page.full_url) or ""

    def file(self, key: Any) -> File | None:
        """Return a document, or None if it is gone."""
        found = self._files.get(_number(key))
        if found is None:
            return None
        url = urljoin(self.base_url, found.url)
        return File(title=clean_line(found.title), url=url, format=found.file_extension.upper())

    def resolve(self, html: str) -> str:
        """Return a rich text with Wagtail's own links resolved; one that is too long, as it is.

        Not by Wagtail's expand_db_html: that asks the database again for each link, and
        embeds would be fetched from other sites although the cleaning drops them.
        """
        if not _has_targets(html):
            return html
        rules = {
            name: each.expand_db_attributes for name, each in features.get_link_types().items()
        }
        rules |= {"page": self._page_tag, "document": self._file_tag}
        return LinkRewriter(rules=rules)(html)

    def _page_tag(self, attrs: dict[str, str]) -> str:
        return _link_tag(self.page_url(attrs.get("id")))

    def _file_tag(self, attrs: dict[str, str]) -> str:
        file = self.file(attrs.get("id"))
        return _link_tag(file.url if file else "")


def _link_tag(url: str) -> str:
    return f'<a href="{escape(url)}">' if url else "<a>"


def _has_targets(value: Any) -> bool:
    return isinstance(value, str) and "linktype" in value and len(value) <= MAX_HTML_BYTES


def _number(key: Any) -> int | None:
    """Return a primary key, or None for what can't be one: texts hold whatever was imported."""
    text = str(key)
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _numbers(keys: set[Any]) -> list[int]:
    return [number for key in keys if (number := _number(key)) is not None]


def _pages(keys: list[int]) -> dict[int, Any]:
    """Return pages by key, each of its own type: a type may have addresses of its own kind."""
    pages = swapper.load_model("wagtailcore", "Page").objects.filter(pk__in=keys)
    return {page.pk: page for page in pages.defer_streamfields().specific()} if keys else {}


def _localized(pages: dict[int, Any]) -> dict[int, Any]:
    """Return each page or its live translation into the active language, as Wagtail does."""
    if not (pages and getattr(settings, "WAGTAIL_I18N_ENABLED", False)):
        return pages
    locale = Locale.get_active()
    keys = {page.translation_key for page in pages.values() if page.locale_id != locale.pk}
    page_model = swapper.load_model("wagtailcore", "Page")
    there = page_model.objects.live().filter(locale=locale, translation_key__in=keys).specific()
    found = {page.translation_key: page for page in there} if keys else {}
    return {key: found.get(page.translation_key, page) for key, page in pages.items()}


def rich_text(source: str, *, title: str, base_url: str) -> Words:
    """Return a page field's rich text as Words. Raises DocumentError if it is too much."""
    try:
        targets = _Targets([("introduction", source)], base_url)
        return clean_html(targets.resolve(source), base_url)
    except TooMuchHtml as error:
        message = _("“%(title)s” is too long. Shorten it, or paste it again as plain text.")
        raise DocumentError(message % {"title": title}, code="text-too-long") from error


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield (field name, value) for every plain value inside raw stream data."""
    if isinstance(value, dict):
        for key, inner in value.items():
            # A block's or a list item's own value goes under the name of its field.
            yield from _leaves(inner, name if key == "value" else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, name)
    else:
        yield name, value


def _too_long(title: str, code: str) -> DocumentError:
    message = _(
        "“%(title)s” holds a text that is too long or has too much mark-up "
        "(over %(size)d KB). Paste it again as plain text, or attach it as a document."
    )
    words = {"title": title, "size": MAX_HTML_BYTES // 1024}
    return DocumentError(message % words, code="text-too-long", section=code)


class TrustWords:
    """The words of trust texts as pages of any Site would publish them.

    All that the texts point at is fetched once, whatever the number of pages.
    """

    def __init__(self, texts: Collection[Any]) -> None:
        self._targets = _Targets([("body", each.body) for each in texts], "")
        self._clean: dict[tuple[Any, str], Words] = {}

    def of(self, text: Any, base_url: str) -> Words:
        """Return a text as it reads on a Site; one that is too much to clean is empty."""
        known = (text.pk, base_url)
        if known not in self._clean:
            self._targets.base_url = base_url
            try:
                words = clean_html(self._targets.resolve(text.body), base_url)
            except TooMuchHtml:
                words = Words()
            self._clean[known] = words
        return self._clean[known]


def _unusable(code: str, title: str, field: Any) -> DocumentError:
    """Return what to say of a block that no form would have let through."""
    message = _("“%(title)s” holds a value that can't be used (%(field)s). Correct it.")
    words = {"title": title or code, "field": field}
    return DocumentError(message % words, code="value-invalid", section=code)


def _items(value: Any) -> list[Any]:
    """Return the values of a ListBlock's raw data, in the old form (bare) or the new."""
    return [
        item["value"] if isinstance(item, dict) and item.get("type") == "item" else item
        for item in value or []
    ]


def _needs(codes: Any) -> tuple[str, ...]:
    return tuple(code for code in NEEDS if code in (codes or ()))


def _senco(value: dict[str, Any]) -> Senco:
    fields = {name: clean_line(value.get(name)) for name in Senco.model_fields}
    # A person's own address is published only if that person agreed.
    if not (value.get("consent") or is_role_mailbox(fields["email"])):
        fields["email"] = ""
    return Senco(**fields)
