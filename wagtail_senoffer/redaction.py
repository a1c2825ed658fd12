"""Blanks chosen words of a Document, when a person asks to have them removed.

What identifies the Document, its school and its sections stays (its title, which the school
writes, may go); so do the rows of lists, without their words: every path goes on meaning the
same field.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .document import Document
from .rulesets import Kind
from .vocabularies import STAGE_LABELS, Label

# In clean HTML only an attribute holds words that the plain text lacks: where a link
# leads, what an abbreviation stands for.
_ATTRIBUTE = re.compile(r'="([^"]*)"')


class NothingToRedact(ValueError):
    """Paths that name no field with words in it; `paths` has them, sorted."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = sorted(paths)
        super().__init__(", ".join(self.paths))


@dataclass(frozen=True)
class Field:
    """A field that can be blanked.

    `path` names it within this Document. `section` is the code of its section, "school"
    for the school's particulars and "" for the whole Document; `section_title` is what a
    reader sees of that. `values` are the texts that it holds, of a link or document also
    the address: what `same_words` and `mentions` look for.
    """

    path: str
    section: str
    section_title: str
    label: str
    values: tuple[str, ...]

    @property
    def value(self) -> str:
        """The text for a reader, of a link or document with its address."""
        return " – ".join(self.values)


def fields(document: Document) -> list[Field]:
    """Return the fields that hold words, in reading order."""
    return [leaf.field() for leaf in _leaves(document.model_dump()) if leaf.words()]


def blank(document: Document, paths: Iterable[str]) -> Document:
    """Return the Document without the words of these fields and otherwise as it is.

    Should two sections have one id, a path stands for the field in both.
    Raises NothingToRedact if one of the paths names no field, or one without words: so
    also when it was blanked before.
    """
    data, missing = document.model_dump(), set(paths)
    wanted = frozenset(missing)
    for leaf in _leaves(data):
        if leaf.path in wanted and leaf.words():
            leaf.blank()
            missing.discard(leaf.path)
    if missing:
        raise NothingToRedact(missing)
    return Document.model_validate(data)


def same_words(document: Document, values: Iterable[str]) -> list[str]:
    """Return the paths of the fields that say one of the values and nothing else.

    Case and white space make no difference. A link or document counts if its text or
    its address is one of the values.
    """
    wanted = _folded_all(values)
    found = (leaf.path for leaf in _leaves(document.model_dump()) if leaf.says(wanted))
    return list(dict.fromkeys(found))


def mentions(document: Document, values: Iterable[str]) -> list[Field]:
    """Return the fields that hold one of the values among other words.

    In whole words, whatever their case and white space; also where a link in the text
    leads. Fields that say the value and nothing else are in `same_words`.
    """
    wanted = _folded_all(values)
    if not wanted:
        return []
    longest_first = sorted(wanted, key=len, reverse=True)
    pattern = _whole_words(longest_first)
    return [
        leaf.field()
        for leaf in _leaves(document.model_dump())
        if not leaf.says(wanted) and any(pattern.search(text) for text in leaf.texts())
    ]


def saying(document: Document, values: Iterable[str]) -> list[Field]:
    """Return the fields that hold one of the values, alone or among other words."""
    values = list(values)
    same = frozenset(same_words(document, values))
    alone = [each for each in fields(document) if each.path in same]
    return alone + mentions(document, values)


def said(document: Document, values: Iterable[str]) -> set[str]:
    """Return which of the values the Document says anywhere, alone or among other words."""
    texts = [text for leaf in _leaves(document.model_dump()) for text in leaf.texts()]

    def is_said(folded: str) -> bool:
        pattern = _whole_words([folded])
        # A plain search first: it is quick, and most values are not there.
        return any(folded in text and pattern.search(text) for text in texts)

    return {value for value in values if (folded := _folded(value)) and is_said(folded)}


def _whole_words(folded: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, folded))})(?!\w)")


def _folded_all(values: Iterable[str]) -> frozenset[str]:
    return frozenset(folded for value in values if (folded := _folded(value)))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.casefold()).split())


class _Place(NamedTuple):
    """Where a field stands: its section's path, code and title, and what leads to it."""

    path: str
    section: str
    title: str
    within: str = ""


class _Leaf(NamedTuple):
    """Keys of a dict or list in a dumped Document that are blanked together."""

    place: _Place
    name: str
    label: str
    holder: Any
    keys: tuple[Any, ...]

    @property
    def path(self) -> str:
        return f"{self.place.path}{self.name}"

    def words(self) -> list[str]:
        return [self.holder[key] for key in self.keys if self.holder[key]]

    def field(self) -> Field:
        label = _under(self.place.within, self.label) if self.place.within else self.label
        shown = self.words()[:1] if "html" in self.keys else self.words()
        return Field(self.path, self.place.section, self.place.title, label, tuple(shown))

    def says(self, wanted: frozenset[str]) -> bool:
        return any(_folded(self.holder[key]) in wanted for key in self.keys if key != "html")

    def texts(self) -> list[str]:
        """Return all that the leaf holds, also what is not shown, folded."""
        texts = [self.holder[key] for key in self.keys if key != "html"]
        if "html" in self.keys:
            texts += [unescape(each) for each in _ATTRIBUTE.findall(self.holder["html"])]
        return [_folded(text) for text in texts]

    def blank(self) -> None:
        for key in self.keys:
            self.holder[key] = ""


_LINES: dict[str, tuple[tuple[str, Label], ...]] = {
    "school": (
        ("headteacher", gettext_lazy("Headteacher")),
        ("telephone", gettext_lazy("Phone")),
        ("email", gettext_lazy("E-mail")),
    ),
    "senco": (
        ("name", gettext_lazy("SENCO")),
        ("phone", gettext_lazy("Phone")),
        ("email", gettext_lazy("E-mail")),
        ("days", gettext_lazy("Works")),
        ("qualification", gettext_lazy("Qualification")),
    ),
    "contacts": (
        ("name", gettext_lazy("Name")),
        ("about", gettext_lazy("About")),
        ("phone", gettext_lazy("Phone")),
        ("email", gettext_lazy("E-mail")),
        ("url", gettext_lazy("Website")),
    ),
    "provisions": (
        ("name", gettext_lazy("Name")),
        ("who", gettext_lazy("Given by")),
        ("when", gettext_lazy("When")),
    ),
    "accessibility_plan": (("url", gettext_lazy("The whole accessibility plan")),),
}
_PLAN: tuple[tuple[str, Label], ...] = (
    ("curriculum", gettext_lazy("Taking part in lessons and school life")),
    ("buildings", gettext_lazy("Buildings and grounds")),
    ("information", gettext_lazy("Written information")),
)


def _leaves(data: dict[str, Any]) -> Iterator[_Leaf]:
    """Yield every field of a dumped Document that may be blanked, in reading order."""
    whole = _Place("", "", _("The whole document"))
    if data["kind"] != Kind.SCHOOL:
        # A school's own title is its name, which stays.
        yield _Leaf(whole, "title", _("Title"), data, ("title",))
    yield _words(whole, "introduction", _("Introduction"), data["introduction"])
    for section in data["sections"]:
        title = section["question"] or section["title"] or _("More information")
        place = _Place(f"sections/{section['id']}/", section["code"], title)
        yield from _section(place, section)
    yield _Leaf(whole, "approval/by", _("Approved by"), data["approval"], ("by",))
    tags = data["tags"] = list(data["tags"])
    for index in range(len(tags)):
        yield _Leaf(whole, f"tags/{index}", _("Topic"), tags, (index,))
    school = _Place("school/", "school", _("The school’s details"))
    yield from _lines(school, "school", data["school"])


def _section(place: _Place, section: dict[str, Any]) -> Iterator[_Leaf]:
    if section["code"] == "additional":
        # Of the free sections the school writes the title too; other titles are the law's.
        yield _Leaf(place, "title", _("Title"), section, ("title",))
    if section["senco"]:
        yield from _lines(_in(place, "senco"), "senco", section["senco"])
    label = _("The council's local offer")
    yield _Leaf(place, "local_offer_url", label, section, ("local_offer_url",))
    yield _words(place, "body", _("Text"), section["body"])
    yield from _provisions(place, section)
    for index, stage in enumerate(section["stages"]):
        yield _words(
            place, f"stages/{index}/body", str(STAGE_LABELS[stage["stage"]]), stage["body"]
        )
    yield from _plan(_in(place, "accessibility_plan"), section["accessibility_plan"])
    for inside, contact in _numbered(place, "contacts", _("Contact %(number)d"), section):
        yield from _lines(inside, "contacts", contact)
    # A link without its words, or words that lead nowhere, would be half a link.
    for index, link in enumerate(section["links"]):
        yield _Leaf(place, f"links/{index}", _("Link"), link, ("text", "url"))
    for index, file in enumerate(section["documents"]):
        yield _Leaf(place, f"documents/{index}", _("Document"), file, ("title", "url"))
    for drawn in section["drawn"]:
        inside = _in(place, f"drawn/{drawn['id']}", drawn["title"] or drawn["question"])
        yield from _section(inside, drawn)


def _provisions(place: _Place, section: dict[str, Any]) -> Iterator[_Leaf]:
    for inside, provision in _numbered(place, "provisions", _("Extra help %(number)d"), section):
        yield from _lines(inside, "provisions", provision)
        yield _words(inside, "body", _("Text"), provision["body"])


def _plan(place: _Place, plan: dict[str, Any] | None) -> Iterator[_Leaf]:
    if plan:
        yield from _lines(place, "accessibility_plan", plan)
        for name, label in _PLAN:
            yield _words(place, name, str(label), plan[name])


def _lines(place: _Place, kind: str, holder: dict[str, Any]) -> Iterator[_Leaf]:
    for name, label in _LINES[kind]:
        yield _Leaf(place, name, str(label), holder, (name,))


def _words(place: _Place, name: str, label: str, holder: dict[str, Any]) -> _Leaf:
    """Return a rich text: its HTML and its plain text go together."""
    return _Leaf(place, name, label, holder, ("text", "html"))


def _numbered(
    place: _Place, name: str, heading: str, section: dict[str, Any]
) -> Iterator[tuple[_Place, dict[str, Any]]]:
    """Yield each row of a list with its place; people count from 1."""
    for index, row in enumerate(section[name]):
        yield _in(place, f"{name}/{index}", heading % {"number": index + 1}), row


def _in(place: _Place, step: str, within: str = "") -> _Place:
    """Return the place one step further in."""
    if within and place.within:
        within = _under(place.within, within)
    return place._replace(path=f"{place.path}{step}/", within=within or place.within)


def _under(part: str, label: str) -> str:
    return str(_("%(part)s: %(field)s") % {"part": part, "field": label})
