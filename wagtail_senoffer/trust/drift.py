"""Which schools publish other words than their trust has now (P8), until they publish again.

What a section would say is worked out from the live page's row, which a re-publish takes too,
by the same `Section.with_trust_text` that builds every Document. Drafts play no part.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from .. import conf
from ..building import TrustWords
from ..document import Document, Section, TooMuchHtml, TrustRule, Words, clean_html
from ..history import readable
from ..models.reports import SchoolDocumentMixin
from ..models.trust import TrustText, name_of, nearest
from ..models.versions import DocumentHead, heads
from ..rulesets import Kind


@dataclass(frozen=True)
class Drift:
    """A section of a live page that publishes other words of the trust than there are now.

    `before` and `after` are its whole text as a reader sees it, the school's part too.
    """

    page: Any
    code: str
    title: str
    number: int
    before: str
    after: str


def drifting(schools: Any) -> list[Drift]:
    """Return what has drifted in the live documents of some schools (a queryset of pages).

    The queries are the same in number however many schools, sections and texts there are.
    """
    keys = list(schools.order_by().values_list("document_key", flat=True))
    found = heads().filter(school_key__in=keys).exclude(latest__kind=Kind.SCHOOL)
    return among((head, readable(head.offered)) for head in found if head.offered)


def among(
    published: Iterable[tuple[DocumentHead, Document | None]], kind: Kind | None = None
) -> list[Drift]:
    """Return what has drifted in published documents of one kind, or of all.

    Each comes with its head, from which its Version's number is read. Two queries, and one for
    each page type.
    """
    texts = list(TrustText.objects.filter(live=True).select_related("place"))
    codes = {each.section for each in texts}
    documents = {
        (head.document_key, head.locale): (_concerned(document, codes), head.latest.number)
        for head, document in published
        if document and (texts or any(each.source for each in document.sections))
    }
    words, drifts = TrustWords(texts), []
    for page in _pages({key for key, _locale in documents}, kind) if documents else ():
        found = documents.get((page.document_key, page.language))
        if found:
            near = nearest(texts, page.path, page.kind, page.locale_id)
            drifts += _of(page, *found, near, words)
    return sorted(drifts, key=lambda each: (each.page.url_path, each.title))


def _concerned(document: Document, codes: set[str]) -> Document:
    """Return a Document with those of its sections that a trust may have written for.

    Of a thousand schools, whole Documents would fill the memory.
    """
    kept = tuple(each for each in document.sections if each.source or each.code in codes)
    return document.model_copy(update={"sections": kept})


def by_page(drifts: Iterable[Drift]) -> dict[Any, list[Drift]]:
    """Return drifts by the primary key of their page."""
    grouped: dict[Any, list[Drift]] = defaultdict(list)
    for each in drifts:
        grouped[each.page.pk].append(each)
    return dict(grouped)


def _pages(keys: set[Any], kind: Kind | None) -> Iterator[Any]:
    """Yield the live pages of documents, a query for each page type."""
    for model in apps.get_models():
        if issubclass(model, SchoolDocumentMixin) and kind in (None, model.kind):
            pages = model._default_manager.select_related("locale")
            yield from pages.filter(live=True, document_key__in=keys, alias_of=None)


def _of(
    page: Any, document: Document, number: int, near: dict[str, Any], words: TrustWords
) -> Iterator[Drift]:
    published = {each.code: each for each in reversed(document.sections)}
    written = _written(page)
    trusted = {each.code for each in document.sections if each.source}
    asked = set(page._asked_codes(document.school.mode))
    for code in sorted(trusted | set(near)):
        own = written.get(code)
        if own is None and code not in asked and code not in trusted:
            continue
        text = near.get(code)
        was, now = published.get(code), _as_now(page, code, own, text, words)
        if (was.trust_html() if was else "") != now.trust_html():
            before = was.body.text if was else ""
            yield Drift(page, code, _title(page, code), number, before, now.body.text)


def _as_now(page: Any, code: str, own: Any, text: Any, words: TrustWords) -> Section:
    """Return a section's text as it would be published now."""
    section = Section(
        id=page.document_key,
        code=code,
        title="",
        body=_clean(own),
        answered_in=(own or {}).get("answered_in") or "",
    )
    if text is None:
        return section
    rule, chosen = TrustRule(text.rule), code in (page.from_trust or ())
    with suppress(TooMuchHtml):
        now = words.of(text, page.base_url)
        return section.with_trust_text(text.key, rule, now, chosen=chosen)
    return section


def _clean(own: Any) -> Words:
    try:
        return clean_html((own or {}).get("body") or "", "")
    except (TooMuchHtml, TypeError, AttributeError):
        return Words()


def _written(page: Any) -> dict[str, Any]:
    """Return what a page's row says, by section: the first block of each, as it is built."""
    found: dict[str, Any] = {}
    for block in page.body.get_prep_value() if page.body else ():
        value = block.get("value") or {}
        if isinstance(value, dict):
            code = value.get("question") or value.get("section") or block["type"]
            found.setdefault(code, value)
    return found


def _title(page: Any, code: str) -> str:
    rule = conf.rulesets().section(page.kind, code)
    return name_of(page.kind, rule) if rule else code
