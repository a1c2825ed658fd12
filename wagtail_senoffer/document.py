"""The Document: what a school publishes, as plain data.

Every face (page, archive, comparison, feed, the authority's directory) is drawn from
one of these. A Document holds no database objects and no templates; its canonical
text is the same on every machine, so its SHA-256 identifies the words.
"""

import hashlib
import html as html_module
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import nh3
from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from .rulesets import Kind
from .vocabularies import (
    Day,
    Duty,
    Laestab,
    Mode,
    Phase,
    ProvisionLevel,
    ResourcedProvision,
    Stage,
    Ukprn,
    Uprn,
    Urn,
)

# The next version of the schema is one line here, and one function in UPGRADES.
SchemaVersion = Literal[1]
SCHEMA_VERSION: int = get_args(SchemaVersion)[0]

# From version n of the schema to n + 1: takes the data of a Document as it was stored, and
# returns it as the next version has it (the number itself is set by from_text). Stored texts
# stay as they were hashed; only what is read from them changes.
UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}

# nh3's time grows with the square of the nesting: 500 KB of <div> takes half a minute.
MAX_HTML_BYTES = 64 * 1024
MAX_HTML_TAGS = 2_000

TAGS = {
    *("p", "h3", "h4", "ul", "ol", "li", "b", "strong", "i", "em", "a", "br", "blockquote"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "abbr"),
}
ATTRIBUTES = {"a": {"href"}, "abbr": {"title"}, "th": {"scope", "colspan", "rowspan"}}
URL_SCHEMES = {"http", "https", "mailto", "tel"}

_TAG = r'<[^>"]*(?:"[^"]*"[^>"]*)*>'
# The start of a block ends a line too: a list may stand inside an item of another.
_LINE_END = re.compile(r"<br>|</?(?:p|h3|h4|ul|ol|li|table|caption|thead|tbody|tr|blockquote)>")
_BLOCK = re.compile(
    r"(</?(?:p|h3|h4|ul|ol|li|table|caption|thead|tbody|tr|th|td|blockquote)"
    r"(?: (?:\"[^\"]*\"|[^>\"])*)?>)"
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_CELL_END = re.compile(r"</t[dh]>")
_ANY_TAG = re.compile(_TAG)
_LINK = re.compile(rf"<a\b[^>]*>(?:{_TAG}|[^<])*?</a>")
# A byte order mark is among them: a parser drops the first one of a text, each time it reads.
_NOT_TEXT = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_BETWEEN_ANGLES = re.compile(r"[^<>]+")
_TAG_NAME = re.compile(r"</?\w+")
_MAX_ROUNDS = 5
# Up to this length, what a text was cleaned to is kept for the next time.
_REMEMBERED = 16 * 1024


class TooMuchHtml(ValueError):
    """A text is too long or too deeply marked up to be cleaned safely."""


class DocumentError(Exception):
    """A page or a stored text can't be turned into a Document.

    `section` is the code of the section at fault ("" for the page as a whole) and
    the text says what its writer has to do.
    """

    def __init__(self, message: str, *, code: str, section: str = "") -> None:
        super().__init__(message)
        self.message, self.code, self.section = message, code, section


class Unreadable(DocumentError):
    """A stored text is none that this release can read as a Document."""

    def __init__(self, message: str, *, code: str = "unreadable") -> None:
        super().__init__(message, code=code)


class NewerSchema(Unreadable):
    """A stored text was written by a later release, to a later version of the schema."""

    def __init__(self, version: int) -> None:
        message = _(
            "A newer release of wagtail-senoffer wrote this text (version %(found)d of the schema; "
            "this release reads up to %(known)d). Nothing is lost: update wagtail-senoffer on "
            "this site, and it can be read again."
        )
        super().__init__(message % {"found": version, "known": SCHEMA_VERSION}, code="schema-newer")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Data):
    """A rich text: clean HTML and the same in plain text, one line a paragraph."""

    html: str = ""
    text: str = ""


class Link(_Data):
    """A link that an answer carries. `url` is absolute."""

    text: str
    url: str


class File(_Data):
    """A document that an answer carries. `url` is absolute; `format` as in "PDF"."""

    title: str
    url: str
    format: str = ""


class Contact(_Data):
    """A person in a role, or a service, that a family can turn to."""

    name: str
    about: str = ""
    phone: str = ""
    email: str = ""
    url: str = ""


class Senco(_Data):
    """The SEN co-ordinator. `email` is a role mailbox unless its owner agreed otherwise."""

    name: str = ""
    email: str = ""
    phone: str = ""
    days: str = ""
    qualification: str = ""


class Provision(_Data):
    """One line of the provision map.

    One that is `listed` is a service of its own in directories: a resourced base, a SEN
    unit, a holiday club. `days` and times are of the school's own clock.
    """

    name: str
    level: ProvisionLevel
    needs: tuple[str, ...] = ()
    minimum_age: int | None = None
    maximum_age: int | None = None
    who: str = ""
    when: str = ""
    body: Words = Words()
    listed: bool = False
    days: tuple[Day, ...] = ()
    opens_at: time | None = None
    closes_at: time | None = None


class AccessibilityPlan(_Data):
    """The plan under the Equality Act 2010, Schedule 10 paragraph 3, with its three aims."""

    url: str = ""
    start_date: date | None = None
    curriculum: Words = Words()
    buildings: Words = Words()
    information: Words = Words()


class TransitionStage(_Data):
    """How one move in school life is made easier."""

    stage: Stage
    body: Words = Words()


class TrustRule(StrEnum):
    """How a school uses a text that its trust wrote."""

    # If it says so, until it takes that back.
    OFFERED = "offered"
    # As long as it has no words of its own.
    INHERITED = "inherited"
    LOCKED = "locked"
    # With its own words below the trust's.
    ADDITION = "addition"


class TrustSource(_Data):
    """Whose words a section's `body` begins with: those of the trust's text `key`.

    They are the first `length` characters of `body.html`; what follows is the school's.
    """

    key: UUID
    rule: TrustRule
    length: int = Field(ge=0)


class Section(_Data):
    """One answer: a section of a report, or an answer to a question of an offer.

    `drawn` holds the sections of the school's report that answer a question for
    which the school wrote no words of its own. `answered_in` is the code of another
    section of the same Document that answers this one too: reports often tell how
    parents and pupils take part in one breath. `source` says which of the words are the
    trust's; without it, all are the school's own. `kept_by` names the council whose entry
    the contacts or the local offer's address come from; without it, they are the school's.
    """

    id: UUID
    code: str
    title: str
    question: str = ""
    body: Words = Words()
    links: tuple[Link, ...] = ()
    documents: tuple[File, ...] = ()
    needs: tuple[str, ...] = ()
    senco: Senco | None = None
    contacts: tuple[Contact, ...] = ()
    provisions: tuple[Provision, ...] = ()
    local_offer_url: str = ""
    answered_in: str = ""
    accessibility_plan: AccessibilityPlan | None = None
    stages: tuple[TransitionStage, ...] = ()
    drawn: tuple["Section", ...] = ()
    source: TrustSource | None = None
    kept_by: str = ""

    def own_html(self) -> str:
        """Return the part of the body that the school wrote itself."""
        return self.body.html[self.source.length :] if self.source else self.body.html

    def trust_html(self) -> str:
        """Return the part of the body that the trust wrote."""
        return self.body.html[: self.source.length] if self.source else ""

    def with_trust_text(
        self, key: UUID, rule: TrustRule, words: Words, *, chosen: bool = False
    ) -> "Section":
        """Return the school's own section as it is under a text of its trust.

        `words` are clean; `chosen` says that the school uses a text that is offered.
        Only the running text is the trust's: links, contacts and the like stay the
        school's. Raises TooMuchHtml where both texts together are too long.
        """
        own = self.body
        applies = {
            TrustRule.OFFERED: chosen,
            TrustRule.INHERITED: not (own.text.strip() or self.answered_in),
            TrustRule.LOCKED: True,
            TrustRule.ADDITION: True,
        }[rule]
        if not (applies and words.text.strip()):
            return self
        trust = _as_block(words.html)
        more = _as_block(own.html) if rule is TrustRule.ADDITION and own.text.strip() else ""
        html = trust + more
        if len(html.encode()) > MAX_HTML_BYTES or html.count("<") > MAX_HTML_TAGS:
            raise TooMuchHtml
        return self.model_copy(
            update={
                "body": Words(html=html, text=plain_text(html)),
                "source": TrustSource(key=key, rule=rule, length=len(trust)),
                "answered_in": "",
            }
        )

    def own(self) -> "Section":
        """Return the part that the school wrote itself: without what is kept by a council."""
        if not self.kept_by:
            return self
        return self.model_copy(update={"contacts": (), "local_offer_url": "", "kept_by": ""})

    def texts(self) -> list[str]:
        """Return every piece of running text in the answer, without links and documents."""
        plan = self.accessibility_plan
        words = [
            self.body,
            *(provision.body for provision in self.provisions),
            *(stage.body for stage in self.stages),
            *((plan.curriculum, plan.buildings, plan.information) if plan else ()),
        ]
        return [each.text for each in words if each.text]

    def short_texts(self) -> list[str]:
        """Return every piece of text that stands in a field of one line."""
        lines = [link.text for link in self.links]
        if self.senco:
            lines += [self.senco.name, self.senco.days, self.senco.qualification]
        lines += [text for contact in self.contacts for text in (contact.name, contact.about)]
        lines += [text for each in self.provisions for text in (each.name, each.who, each.when)]
        return [line for line in lines if line]

    def _short_answers(self) -> list[str]:
        """Return the one-line fields that answer by themselves: an empty row is no answer."""
        senco, plan = self.senco or Senco(), self.accessibility_plan or AccessibilityPlan()
        fields = [senco.name, senco.email, senco.phone, plan.url, self.local_offer_url]
        for contact in self.contacts:
            fields += [contact.name, contact.phone, contact.email, contact.url]
        return [*fields, *(provision.name for provision in self.provisions)]

    def has_content(self) -> bool:
        """Say whether the answer says anything at all, in whichever field."""
        return bool(
            any(_says_something(text) for text in (*self.texts(), *self._short_answers()))
            or (self.links or self.documents or self.needs)
            or any(section.has_content() for section in self.drawn)
        )


def _as_block(html: str) -> str:
    """Return clean HTML such that it does not run into what stands beside it."""
    return html if _BLOCK.match(html) else f"<p>{html}</p>"


class Address(_Data):
    """A postal address in the United Kingdom."""

    street: str = ""
    locality: str = ""
    town: str = ""
    county: str = ""
    postcode: str = ""


class School(_Data):
    """Who the school is."""

    key: UUID
    name: str
    urn: Urn | None = None
    ukprn: Ukprn | None = None
    laestab: Laestab | None = None
    uprn: Uprn | None = None
    school_type: str = ""
    mode: Mode | None = None
    duty: Duty | None = None
    phase: Phase | None = None
    minimum_age: int | None = None
    maximum_age: int | None = None
    la_name: str = ""
    trust_name: str = ""
    resourced_provision: ResourcedProvision = ResourcedProvision.NONE
    address: Address = Address()
    telephone: str = ""
    email: str = ""
    website: str = ""
    headteacher: str = ""
    # What the register says that the school provides for, by the codes of NEEDS.
    sen_types: tuple[str, ...] = ()
    capacity: int | None = None
    resourced_places: int | None = None
    # Those that it had before, the earliest first: as when it became an academy.
    former_urns: tuple[Urn, ...] = ()


class Approval(_Data):
    """Who agreed to the text, and on which day."""

    by: str = ""
    on: date | None = None


class Source(_Data):
    """The Version of the report that an offer's answers were drawn from."""

    key: UUID
    number: int
    sha256: str


def _no_truth_value(value: Any) -> Any:
    """Refuse `true`, which Python takes for 1 and the JSON Schema does not."""
    if isinstance(value, bool):
        raise ValueError("expected a number")
    return value


class Document(_Data):
    """The published content of one page."""

    schema_version: Annotated[SchemaVersion, BeforeValidator(_no_truth_value)]
    kind: Kind
    key: UUID
    locale: str
    title: str
    school: School
    introduction: Words = Words()
    academic_year: str = ""
    approval: Approval = Approval()
    review_date: date | None = None
    tags: tuple[str, ...] = ()
    question_set: str = ""
    drawn_from: Source | None = None
    sections: tuple[Section, ...] = Field(default=())

    def section(self, code: str) -> Section | None:
        """Return the first section with that code, or None."""
        return next((section for section in self.sections if section.code == code), None)

    def is_answered(self, code: str) -> bool:
        """Say whether a section says something, itself or by pointing at one that does."""
        section = self.section(code)
        if section is None:
            return False
        target = self.section(section.answered_in) if section.answered_in else None
        return section.has_content() or bool(target and target.has_content())

    def answer(self, code: str) -> Section | None:
        """Return the section that answers a code: itself, or the one that it points at."""
        section = self.section(code)
        if section is None or section.has_content() or not section.answered_in:
            return section
        return self.section(section.answered_in)

    def canonical_text(self) -> str:
        """Return the Document as JSON in the one form that is hashed and stored.

        Keys sorted, no white space, UTF-8, no nulls and nothing that is at its
        default: a field that a later release adds leaves older texts as they are.
        """
        data = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> "Document":
        """Read a canonical text, also one that an earlier version of the schema had.

        Such a text is brought up to date in memory, step by step (see UPGRADES). Raises
        NewerSchema for a text of a later release, and Unreadable, of which that is a
        kind, for anything else that is no Document.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            upgraded = _upgraded(text)
            if upgraded is None:
                raise _unreadable(error) from error
        try:
            return cls.model_validate_json(json.dumps(upgraded))
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(error) from error

    def with_school(self, school: School) -> "Document":
        """Return the same words under the school's new particulars."""
        return self.model_copy(update={"school": school})

    def drawing_on(
        self, report: "Document", source: Source, answers_from: Mapping[str, tuple[str, ...]]
    ) -> "Document":
        """Return the offer with its unanswered questions answered from a report.

        `answers_from` maps each question's code to the codes of the sections that
        answer it. Questions with words of their own stay as they are.
        """
        sections = tuple(
            _draw(section, report, answers_from.get(section.code, ())) for section in self.sections
        )
        drawn = any(section.drawn for section in sections)
        return self.model_copy(
            update={"sections": sections, "drawn_from": source if drawn else None}
        )


def _upgraded(text: str) -> dict[str, Any] | None:
    """Return the data of a text of an earlier schema as it would be now; None for no such text.

    Raises NewerSchema for a text of a later one.
    """
    try:
        found = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    data: dict[str, Any] = found if isinstance(found, dict) else {}
    version = data.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version == SCHEMA_VERSION:
        return None
    if version > SCHEMA_VERSION:
        raise NewerSchema(version)
    while version < SCHEMA_VERSION:
        if version not in UPGRADES:
            return None
        try:
            data = {**UPGRADES[version](data), "schema_version": version + 1}
        except (LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
            # A step relies on the shape of its own version, and this may be no Document at all.
            raise _unreadable(error) from error
        version += 1
    return data


def _unreadable(error: Exception) -> Unreadable:
    """Return what to say of a text that is no Document, with the first place that is at fault."""
    if not isinstance(error, ValidationError):
        return Unreadable(_("This text can't be read: it is no Document."))
    first = error.errors(include_input=False, include_url=False)[0]
    words = {"place": "/".join(map(str, first["loc"])) or "-", "reason": first["msg"]}
    if first["type"] == "extra_forbidden":
        message = _(
            "This text can't be read: this release does not know its field “%(place)s”. A newer "
            "release of wagtail-senoffer may have written it; then update wagtail-senoffer."
        )
    else:
        message = _("This text can't be read: it is no Document (%(place)s: %(reason)s).")
    return Unreadable(message % words)


def _draw(answer: Section, report: Document, codes: tuple[str, ...]) -> Section:
    own = answer.model_copy(update={"drawn": ()})
    if own.has_content():
        return own
    # A dict keeps the order and drops a section that two of the codes point at.
    found = {section.id: section for code in codes if (section := report.answer(code))}
    drawn = tuple(section for section in found.values() if section.has_content())
    return own.model_copy(update={"drawn": drawn})


def sha256(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def clean_line(value: Any) -> str:
    """Return a one-line text without control characters and surrounding blanks, in NFC."""
    text = unicodedata.normalize("NFC", _NOT_TEXT.sub("", str(value or "")))
    return " ".join(text.split())


def clean_url(value: Any, base_url: str) -> str:
    """Return an address that a page may link to, made absolute, or "" for any other."""
    address = clean_line(value)
    if address.startswith("#"):
        # A place on the same page, wherever that is shown.
        return address if len(address) > 1 else ""
    try:
        parts = urlsplit(urljoin(base_url, address) if address else "")
    except ValueError:
        return ""
    if parts.scheme in ("http", "https"):
        return parts.geturl() if parts.netloc else ""
    # Without a base there is nothing to make an address absolute with.
    safe = parts.scheme in URL_SCHEMES or not (parts.scheme or base_url)
    return parts.geturl() if safe else ""


def clean_html(html: str, base_url: str) -> Words:
    """Return a rich text with only what a report may hold, and its plain-text twin.

    Relative addresses become absolute against `base_url`. Cleaning the result again
    changes nothing. Raises TooMuchHtml past MAX_HTML_BYTES or MAX_HTML_TAGS, before
    any work is done on the text.
    """
    return _clean_again(html, base_url) if len(html) <= _REMEMBERED else _clean(html, base_url)


def _clean(html: str, base_url: str) -> Words:
    _refuse_too_much(html)
    for _round in range(_MAX_ROUNDS):
        clean = _clean_once(html, base_url)
        # Escapes and closing tags make a text grow, badly nested ones without measure.
        _refuse_too_much(clean)
        if clean == html or _TAG_NAME.findall(clean) == _TAG_NAME.findall(html):
            break
        # A tag that went can leave others where no parser would put them: read it again.
        html = clean
    else:
        raise TooMuchHtml(html[:40])
    text = plain_text(clean)
    return Words(html=clean, text=text) if text else Words()


# A page is built again and again while it is edited, and most of its texts stay as they are.
_clean_again = lru_cache(maxsize=512)(_clean)


def _refuse_too_much(html: str) -> None:
    size = len(html.encode("utf-8", "surrogatepass"))
    if size > MAX_HTML_BYTES or html.count("<") > MAX_HTML_TAGS:
        raise TooMuchHtml(html[:40])


def _clean_once(html: str, base_url: str) -> str:
    def filtered(tag: str, attribute: str, value: str) -> str | None:
        return (clean_url(value, base_url) or None) if attribute == "href" else value

    clean = nh3.clean(
        _NOT_TEXT.sub("", html),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel=None,
        attribute_filter=filtered,
    )
    # Again, since nh3 resolves references such as &#1; and &#13;.
    clean = _NOT_TEXT.sub("", clean).replace("\r\n", "\n").replace("\r", "\n")
    # White space around a block says nothing, and every editor writes it in its own way.
    return "".join([piece.strip() for piece in _BLOCK.split(_nfc_between_angles(clean))])


def _nfc_between_angles(html: str) -> str:
    """Return HTML in NFC; by pieces, since ">" and a solidus that combines make a "≯"."""
    if unicodedata.is_normalized("NFC", html):
        return html
    return _BETWEEN_ANGLES.sub(lambda piece: unicodedata.normalize("NFC", piece[0]), html)


def plain_text(clean: str) -> str:
    """Return the text of HTML that nh3 has written, one line a paragraph or list item."""
    marked = _CELL_END.sub(" ", _LINE_END.sub("\n", clean))
    text = html_module.unescape(_ANY_TAG.sub("", marked)).replace("\xa0", " ")
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line)


def words_outside_links(words: Words) -> int:
    """Return how many words a rich text has apart from the texts of its links."""
    return sum(_says_something(word) for word in plain_text(_LINK.sub(" ", words.html)).split())


def _says_something(text: str) -> bool:
    return _LETTER_OR_DIGIT.search(text) is not None
