"""Puts a published Document back into a page, as a draft: the inverse of building.py.

What can't be brought back word for word is told, never dropped in silence. All documents
of the library that a Document's files may be are fetched with one query.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit
from uuid import uuid5

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.documents import get_document_model

from . import conf
from .document import (
    AccessibilityPlan,
    Address,
    Document,
    School,
    Section,
    Senco,
    TrustRule,
    clean_line,
)
from .rulesets import Kind, Rulesets, SectionRule, load
from .vocabularies import NEEDS, duty_of, is_role_mailbox

# The parts of a Section that an editor fills in, by what they are called in a message.
_PARTS = {
    "body": gettext_lazy("the text"),
    "links": gettext_lazy("the links"),
    "documents": gettext_lazy("the documents"),
    "needs": gettext_lazy("the needs"),
    "senco": gettext_lazy("the SENCO's details"),
    "contacts": gettext_lazy("the contacts"),
    "provisions": gettext_lazy("the kinds of help"),
    "local_offer_url": gettext_lazy("the address of the local offer"),
    "answered_in": gettext_lazy("the section that answers it"),
    "accessibility_plan": gettext_lazy("the plan's address, dates and aims"),
    "stages": gettext_lazy("the moves"),
}
# These are read from one block each, whichever fields another has.
_ONLY_IN = {
    "senco": "senco",
    "local_offer_url": "la_local_offer",
    "accessibility_plan": "accessibility_plan",
}
_NUMBERS = ("minimum_age", "maximum_age", "capacity", "resourced_places")
_SAME_NAME = ("la_name", "trust_name", "telephone", "email", "website", "headteacher")
_MAYBE_NONE = ("urn", "ukprn", "laestab", "uprn", "phase")
_NUMBER = re.compile(r"/(\d{1,18})(?=/)", re.ASCII)


def restore(page: Any, document: Document) -> list[str]:
    """Fill a page's fields, in memory, with the words of a Document of its kind.

    `page` is one of this app's pages or a project's own, made of the same mixins. What
    an offer draws from the report is left out: it is drawn again. Neither the page nor a
    revision is saved; a tag that no longer exists is made, as by any form.

    Returns messages for the editor: what could not be brought back word for word. Raises
    ValueError for a Document of another kind.
    """
    if page.kind != document.kind:
        raise ValueError(f"expected a Document of kind {page.kind}, found {document.kind}")
    page.title, page.introduction = document.title, document.introduction.html
    if document.kind is Kind.SCHOOL:
        return list(_restore_school(page, document.school))
    return [*_restore_signature(page, document), *_restore_body(page, document)]


def _restore_school(page: Any, school: School) -> Iterator[str]:
    urn, has_gone_on = page.urn, school.urn and school.urn in page.former_urns
    for name in (*_SAME_NAME, "school_type", *_NUMBERS):
        setattr(page, name, getattr(school, name))
    page.sen_types = list(school.sen_types)
    for name in _MAYBE_NONE:
        setattr(page, name, str(getattr(school, name) or ""))
    if has_gone_on:
        page.urn = urn
        yield _("The URN stays %(urn)s; then it was %(former)s.") % {
            "urn": urn,
            "former": school.urn,
        }
    else:
        page.former_urns = ", ".join(school.former_urns)
    for name in Address.model_fields:
        setattr(page, name, getattr(school.address, name))
    page.resourced_provision = school.resourced_provision.value
    as_published = (school.mode, school.duty) if school.mode else None
    for flag in (page.in_hospital, not page.in_hospital):
        if duty_of(school.school_type, in_hospital=flag) == as_published:
            page.in_hospital = flag
            return
    yield _(
        "What the law asks of this type of school is no longer what it was in that version. "
        "Check the type of school."
    )


def _restore_signature(page: Any, document: Document) -> Iterator[str]:
    page.academic_year, page.review_date = document.academic_year, document.review_date
    page.approved_by, page.approved_on = document.approval.by, document.approval.on
    # The page's own tags first: one is another than its name if that has odd blanks in it.
    kept = [tag for tag in page.tags.all() if clean_line(tag.name) in document.tags]
    names = {clean_line(tag.name) for tag in kept}
    page.tags.set([*kept, *(name for name in document.tags if name not in names)])
    missing = set(document.tags) - {clean_line(tag.name) for tag in page.tags.all()}
    for name in sorted(missing):
        yield _("The tag “%(tag)s” is spelt in another way now.") % {"tag": name}


def _restore_body(page: Any, document: Document) -> Iterator[str]:
    rulesets = conf.rulesets()
    if document.kind is Kind.OFFER:
        yield from _restore_question_set(page, document, rulesets)
    restorer = _Sections(page, document, rulesets)
    raw = [block for section in document.sections for block in restorer.blocks(section)]
    page.body = restorer.stream.to_python(raw)
    page.from_trust = [each.code for each in document.sections if _is_chosen(each)]
    yield from restorer.messages
    yield from _tell_of_the_trust(document)


def _is_chosen(section: Section) -> bool:
    return bool(section.source and section.source.rule is TrustRule.OFFERED)


def _tell_of_the_trust(document: Document) -> Iterator[str]:
    """Say which words are not brought back: the trust's are never a school's own."""
    titles = [_title(each) for each in document.sections if each.source]
    if titles:
        yield _(
            "These sections had the trust's text. The draft has what the trust says there now: "
            "%(titles)s."
        ) % {"titles": "; ".join(titles)}


def _restore_question_set(page: Any, document: Document, rulesets: Rulesets) -> Iterator[str]:
    found = rulesets.get(document.question_set)
    if found and found.is_question_set:
        page.question_set = document.question_set
    else:
        yield _(
            "The question set “%(name)s” is no longer known. The page keeps the one that it has."
        ) % {"name": document.question_set}


class _Sections:
    """Makes raw stream data of Sections, and collects in `messages` what is not as it was."""

    def __init__(self, page: Any, document: Document, rulesets: Rulesets) -> None:
        self.page, self.kind, self.rulesets = page, document.kind, rulesets
        self.stream = page._meta.get_field("body").stream_block
        self.messages: list[str] = []
        self._library = _Library(_addresses(document.sections), page.base_url)

    def blocks(self, section: Section) -> Iterator[dict[str, Any]]:
        """Yield the block of a section; none where the page has no place for it."""
        section = section.own()
        rule = self._rule(section.code)
        place = self._place(section, rule) or self._free_place(section)
        if place is None:
            return
        if rule and (rule.title, rule.question) != (section.title, section.question):
            self._tell(section, _("“%(title)s” is asked for in other words now. Read it again."))
        name, first = place
        value = {**first, **self._value(section, name)}
        yield {"type": name, "value": value, "id": str(section.id)}

    def _rule(self, code: str) -> SectionRule | None:
        """Return the words under which the page is asked for a section, or None if it is not."""
        if self.kind is Kind.OFFER:
            questions = self.rulesets.get(self.page.question_set)
            if not (questions and questions.section(code)):
                return None
        return self.rulesets.section(self.kind, code)

    def _place(self, section: Section, rule: SectionRule | None) -> tuple[str, Any] | None:
        """Return the block type for a section and what its block says of it, or None."""
        if rule and self.kind is Kind.OFFER and self._fields("answer"):
            return "answer", {"question": section.code}
        fields = self._fields(section.code)
        if fields and (rule or not section.title):
            return section.code, {}
        if "heading" in fields:
            return section.code, {"heading": section.title}
        # A block for what the project's own rulesets ask for offers nothing else.
        own = rule and not load().section(self.kind, section.code)
        return ("local", {"section": section.code}) if own and self._fields("local") else None

    def _free_place(self, section: Section) -> tuple[str, Any] | None:
        """Return the place of a section that the page isn't asked for: under its own heading."""
        own_words = section.model_copy(update={"drawn": ()})
        if self.kind is Kind.OFFER and not own_words.has_content():
            if section.drawn:
                self._tell(section, _("“%(title)s” is no longer asked. It is left out."))
            return None
        if not self._fields("additional"):
            self._tell(section, _("“%(title)s” has no place in this page. It is left out."))
            return None
        self._tell(
            section, _("“%(title)s” is no longer asked for. It stands under its own heading now.")
        )
        return "additional", {"heading": _title(section)}

    def _fields(self, block_type: str) -> set[str]:
        """Return what can be filled in in a block of the page; nothing if it has no such block."""
        return set(getattr(self.stream.child_blocks.get(block_type), "child_blocks", ()))

    def _value(self, section: Section, block_type: str) -> dict[str, Any]:
        """Return what a section says as a block's value."""
        fields, value, lost = self._fields(block_type), {}, []
        for part, found in self._parts(section).items():
            fits = _ONLY_IN.get(part, block_type) == block_type
            if not found or (fits and fields.issuperset(found)):
                value |= found
            else:
                lost.append(str(_PARTS[part]))
        if lost:
            message = _("“%(title)s” came back without %(parts)s. Copy that from the old version.")
            self._tell(section, message, parts=", ".join(lost))
        return value

    def _parts(self, section: Section) -> dict[str, dict[str, Any]]:
        """Return, for each part of a section, the fields that say it; none if it is empty."""
        files, links = self._files(section)
        return {
            "body": _said(body=section.own_html()),
            "links": _said(links=_items(section, "links", links)),
            "documents": _said(documents=_items(section, "documents", files)),
            "needs": _said(needs=self._needs(section, section.needs)),
            "senco": _senco(section.senco) if section.senco else {},
            "contacts": _said(contacts=_items(section, "contacts", _contacts(section))),
            "provisions": _said(
                provisions=_items(section, "provisions", self._provisions(section))
            ),
            "local_offer_url": _said(url=section.local_offer_url),
            "answered_in": _said(answered_in=self._answered_in(section)),
            "accessibility_plan": self._plan(section.accessibility_plan or AccessibilityPlan()),
            "stages": _said(stages=_items(section, "stages", _stages(section))),
        }

    def _files(self, section: Section) -> tuple[list[Any], list[dict[str, Any]]]:
        """Return the keys of a section's documents, and its links with those that are gone."""
        keys, links = [], [_link(link.text, link.url) for link in section.links]
        for file in section.documents:
            found = self._library.get(file.url)
            if found is None:
                links.append(_link(file.title, file.url))
                self._tell(
                    section,
                    _(
                        "“%(title)s”: the document “%(file)s” is no longer in the library. Its "
                        "address stands among the links."
                    ),
                    file=file.title or file.url,
                )
                continue
            keys.append(found.pk)
            if clean_line(found.title) != file.title:
                message = _("“%(title)s”: the document “%(file)s” is called “%(name)s” now.")
                self._tell(section, message, file=file.title, name=found.title)
        return keys, links

    def _needs(self, section: Section, codes: Iterable[str]) -> list[str]:
        unknown = [code for code in codes if code not in NEEDS]
        if unknown:
            message = _("“%(title)s”: these needs are no longer known: %(codes)s.")
            self._tell(section, message, codes=", ".join(unknown))
        return [code for code in codes if code in NEEDS]

    def _provisions(self, section: Section) -> Iterator[dict[str, Any]]:
        for each in section.provisions:
            yield _said(
                **each.model_dump(include={"name", "minimum_age", "maximum_age", "who", "when"}),
                level=each.level.value,
                needs=self._needs(section, each.needs),
                body=each.body.html,
                listed=each.listed,
                days=[day.value for day in each.days],
                opens_at=each.opens_at and each.opens_at.isoformat(),
                closes_at=each.closes_at and each.closes_at.isoformat(),
            )

    def _answered_in(self, section: Section) -> str:
        """Return the code of the section that answers it too, if the page can still have that."""
        code = section.answered_in
        if code and not (self._rule(code) or self._fields(code)):
            message = _("“%(title)s” was answered in “%(code)s”, which is no longer known.")
            self._tell(section, message, code=code)
            return ""
        return code

    def _plan(self, plan: AccessibilityPlan) -> dict[str, Any]:
        found = self._library.get(plan.url)
        return _said(
            document=found.pk if found else None,
            url="" if found else plan.url,
            start_date=plan.start_date.isoformat() if plan.start_date else None,
            curriculum=plan.curriculum.html,
            buildings=plan.buildings.html,
            information=plan.information.html,
        )

    def _tell(self, section: Section, message: str, **words: str) -> None:
        self.messages.append(message % {"title": _title(section), **words})


class _Library:
    """The documents of Wagtail's library that have one of some addresses."""

    def __init__(self, addresses: Iterable[str], base_url: str) -> None:
        paths = [_path(address) for address in addresses]
        keys = {int(number) for path in paths for number in _NUMBER.findall(path)}
        # A document may be served by its number, or straight from where its file lies.
        names = {path[at + 1 :] for path in paths for at, sign in enumerate(path) if sign == "/"}
        which = Q(pk__in=keys) | Q(file__in=names)
        found = get_document_model().objects.filter(which) if paths else ()
        self._found = {urljoin(base_url, each.url): each for each in found}

    def get(self, address: str) -> Any:
        """Return the document at an address, or None."""
        return self._found.get(address)


def _addresses(sections: Iterable[Section]) -> set[str]:
    """Return the addresses of all documents, and of a plan that may be one."""
    plans = [each.accessibility_plan for each in sections if each.accessibility_plan]
    files = {file.url for section in sections for file in section.documents}
    return files | {plan.url for plan in plans if plan.url}


def _path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path).replace("\0", "")
    except ValueError:
        return ""


def _title(section: Section) -> str:
    return section.title or section.question or section.code


def _said(**fields: Any) -> dict[str, Any]:
    """Return the fields that say something; an age of 0 does."""
    return {name: value for name, value in fields.items() if value or type(value) is int}


def _items(section: Section, field: str, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Return a ListBlock's raw data, under ids that are the same each time."""
    return [
        {"type": "item", "value": value, "id": str(uuid5(section.id, f"{field}/{number}"))}
        for number, value in enumerate(values)
    ]


def _link(text: str, url: str) -> dict[str, Any]:
    return {"text": text or url, "url": url, "page": None}


def _contacts(section: Section) -> list[dict[str, Any]]:
    return [_said(**contact.model_dump()) for contact in section.contacts]


def _stages(section: Section) -> list[dict[str, Any]]:
    return [_said(stage=each.stage.value, body=each.body.html) for each in section.stages]


def _senco(senco: Senco) -> dict[str, Any]:
    # A person's own address was published because that person agreed.
    consent = bool(senco.email) and not is_role_mailbox(senco.email)
    return _said(**senco.model_dump(), consent=consent)
