"""What the fields of a Document say, as a reader sees them."""

from collections.abc import Callable, Iterable
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import vocabularies as lists
from ..document import AccessibilityPlan, Provision, School, Section, Senco, Words

# By name and not by strftime, which speaks the machine's language; Django translates them.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Shown(NamedTuple):
    """What a reader sees of a field, and the mark-up that it is in."""

    text: str
    html: str = ""


def _plain(value: Any) -> Shown:
    return Shown("" if value is None else str(value))


def _words(value: Words) -> Shown:
    return Shown(value.text, value.html)


def _stage(bodies: tuple[Words, ...]) -> Shown:
    return Shown("\n".join(x.text for x in bodies), "\n".join(x.html for x in bodies))


def _day(value: date | None) -> Shown:
    return Shown(f"{value.day} {_(_MONTHS[value.month - 1])} {value.year}" if value else "")


def _rows(*names: str) -> Callable[[Iterable[Any]], Shown]:
    """Return what shows rows as a line each, made of the named fields."""

    def show(rows: Iterable[Any]) -> Shown:
        return Shown("\n".join(_dashed(getattr(row, name) for name in names) for row in rows))

    return show


def _dashed(parts: Iterable[str]) -> str:
    return " – ".join(part for part in parts if part)


def _files(files: Iterable[Any]) -> Shown:
    named = ((f"{x.title} ({x.format})" if x.format else x.title, x.url) for x in files)
    return Shown("\n".join(_dashed(each) for each in named))


def _need(code: str) -> str:
    return str(lists.NEEDS[code].label) if code in lists.NEEDS else code


def _needs(codes: Iterable[str]) -> Shown:
    return Shown("\n".join(_need(code) for code in codes))


def _provisions(rows: Iterable[Provision]) -> Shown:
    return Shown("\n".join(_provision(x) for x in rows), "\n".join(x.body.html for x in rows))


def _provision(row: Provision) -> str:
    needs = "; ".join(_need(code) for code in row.needs)
    level = str(lists.PROVISION_LEVEL_LABELS[row.level])
    # A row is one line, so that a new one among them is one line more.
    body = " ".join(row.body.text.split("\n"))
    listed = str(_("listed in directories")) if row.listed else ""
    hours = hours_of(row)
    return _dashed([row.name, level, _ages(row), needs, row.who, row.when, hours, body, listed])


def hours_of(row: Provision) -> str:
    """Return the days and times of a kind of help in one line, "" if it says none."""
    days = ", ".join(str(lists.DAY_LABELS[day]) for day in row.days)
    times = [f"{each:%H:%M}" for each in (row.opens_at, row.closes_at) if each]
    return " ".join(part for part in (days, "–".join(times)) if part)


def _ages(row: Provision | School) -> str:
    ages = {"from": row.minimum_age, "to": row.maximum_age}
    if row.minimum_age is None:
        return str(_("up to age %(to)s") % ages) if row.maximum_age is not None else ""
    if row.maximum_age is None:
        return str(_("from age %(from)s") % ages)
    return str(_("ages %(from)s to %(to)s") % ages)


class Part(NamedTuple):
    """A field: where it is found, and how its value is shown."""

    name: str
    label: lists.Label
    get: Callable[[Any], Any]
    show: Callable[[Any], Shown] = _plain


def _inside(name: str, empty: Any) -> Callable[[Section], Any]:
    """Return what reads "senco.name"; a section without a SENCO has an empty one."""
    outer, inner = name.split(".")
    return lambda section: getattr(getattr(section, outer) or empty, inner)


def _at(stage: lists.Stage) -> Callable[[Section], tuple[Words, ...]]:
    return lambda section: tuple(x.body for x in section.stages if x.stage is stage)


def _lines_of(*parts: tuple[str, lists.Label]) -> list[Part]:
    return [Part(name, label, attrgetter(name)) for name, label in parts]


_SENCO = (
    ("senco.name", gettext_lazy("SENCO")),
    ("senco.phone", gettext_lazy("Phone")),
    ("senco.email", gettext_lazy("E-mail")),
    ("senco.days", gettext_lazy("Works")),
    ("senco.qualification", gettext_lazy("Qualification")),
)
_PLAN: tuple[tuple[str, lists.Label, Callable[[Any], Shown]], ...] = (
    ("accessibility_plan.url", gettext_lazy("The whole accessibility plan"), _plain),
    ("accessibility_plan.start_date", gettext_lazy("The plan started on"), _day),
    (
        "accessibility_plan.curriculum",
        gettext_lazy("Taking part in lessons and school life"),
        _words,
    ),
    ("accessibility_plan.buildings", gettext_lazy("Buildings and grounds"), _words),
    ("accessibility_plan.information", gettext_lazy("Written information"), _words),
)
_CONTACT = ("name", "about", "phone", "email", "url")
# In the order of the page.
SECTION = (
    *_lines_of(("question", gettext_lazy("Question")), ("title", gettext_lazy("Title"))),
    *(Part(name, label, _inside(name, Senco())) for name, label in _SENCO),
    Part("needs", gettext_lazy("Kinds of need"), attrgetter("needs"), _needs),
    *_lines_of(
        ("local_offer_url", gettext_lazy("The council's local offer")),
        ("kept_by", gettext_lazy("Kept by")),
    ),
    Part("body", gettext_lazy("Text"), attrgetter("body"), _words),
    Part("provisions", gettext_lazy("Extra help"), attrgetter("provisions"), _provisions),
    *(Part(f"stages.{x}", lists.STAGE_LABELS[x], _at(x), _stage) for x in lists.Stage),
    *(Part(name, text, _inside(name, AccessibilityPlan()), show) for name, text, show in _PLAN),
    Part("contacts", gettext_lazy("Contacts"), attrgetter("contacts"), _rows(*_CONTACT)),
    Part("links", gettext_lazy("Links"), attrgetter("links"), _rows("text", "url")),
    Part("documents", gettext_lazy("Documents"), attrgetter("documents"), _files),
)
DOCUMENT = (
    *_lines_of(("title", gettext_lazy("Title"))),
    Part("introduction", gettext_lazy("Introduction"), attrgetter("introduction"), _words),
    *_lines_of(
        ("academic_year", gettext_lazy("Academic year")),
        ("approval.by", gettext_lazy("Approved by")),
    ),
    Part("approval.on", gettext_lazy("Approved on"), attrgetter("approval.on"), _day),
    Part("review_date", gettext_lazy("Next review"), attrgetter("review_date"), _day),
    Part("tags", gettext_lazy("Topics"), attrgetter("tags"), lambda x: Shown("\n".join(x))),
    *_lines_of(("question_set", gettext_lazy("Set of questions"))),
)
# How a list of Versions names them.
PHRASES = {
    "title": gettext_lazy("the title"),
    "introduction": gettext_lazy("the introduction"),
    "academic_year": gettext_lazy("the year and dates"),
    "approval": gettext_lazy("the year and dates"),
    "review_date": gettext_lazy("the year and dates"),
    "tags": gettext_lazy("the topics"),
    "question_set": gettext_lazy("the set of questions"),
    "order": gettext_lazy("the order"),
}
_DUTIES = {
    lists.Duty.REQUIRED: gettext_lazy("by law"),
    lists.Duty.EXPECTED: gettext_lazy("expected"),
    lists.Duty.VOLUNTARY: gettext_lazy("the school’s choice"),
}


def _type(code: str) -> Shown:
    found = lists.SCHOOL_TYPES.get(code.lstrip("0"))
    return Shown(str(found.label) if found else code)


def _resourced(value: lists.ResourcedProvision) -> Shown:
    return Shown("" if value is lists.ResourcedProvision.NONE else str(value))


def _address(school: School) -> str:
    address = school.address
    lines = (address.street, address.locality, address.town, address.county, address.postcode)
    return "\n".join(line for line in lines if line)


SCHOOL = (
    *_lines_of(("name", gettext_lazy("Name"))),
    Part("school_type", gettext_lazy("Type"), attrgetter("school_type"), _type),
    Part(
        "duty",
        gettext_lazy("Publishes SEN information"),
        attrgetter("duty"),
        lambda duty: Shown(str(_DUTIES.get(duty, ""))),
    ),
    Part(
        "phase",
        gettext_lazy("Phase"),
        attrgetter("phase"),
        lambda phase: Shown(str(lists.PHASE_LABELS.get(phase, ""))),
    ),
    Part("ages", gettext_lazy("Ages"), _ages),
    Part(
        "resourced_provision",
        gettext_lazy("Special provision"),
        attrgetter("resourced_provision"),
        _resourced,
    ),
    Part("sen_types", gettext_lazy("Provides for"), attrgetter("sen_types"), _needs),
    *_lines_of(
        ("capacity", gettext_lazy("Places at the school")),
        ("resourced_places", gettext_lazy("Places in the provision or unit")),
    ),
    Part("address", gettext_lazy("Address"), _address),
    *_lines_of(
        ("headteacher", gettext_lazy("Headteacher")),
        ("telephone", gettext_lazy("Phone")),
        ("email", gettext_lazy("E-mail")),
        ("website", gettext_lazy("Website")),
        ("la_name", gettext_lazy("Council")),
        ("trust_name", gettext_lazy("Trust")),
        ("urn", gettext_lazy("URN")),
    ),
    Part(
        "former_urns",
        gettext_lazy("Former URNs"),
        attrgetter("former_urns"),
        lambda urns: Shown(", ".join(urns)),
    ),
    *_lines_of(
        ("ukprn", gettext_lazy("UKPRN")),
        ("laestab", gettext_lazy("LAESTAB")),
        ("uprn", gettext_lazy("UPRN")),
    ),
)
