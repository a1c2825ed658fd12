"""What the table is narrowed by: of the schools that the user may read, and of no other (P9)."""

from collections.abc import Iterable
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.forms import RadioSelect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.filters import ChoiceFilter, DateFilter
from wagtail.admin.filters import WagtailFilterSet
from wagtail.models import Site

from ... import conf
from ...models.pages import SchoolPage
from ...models.schools import phase_choices
from ...models.trust import KIND_LABELS, paths_above
from ...rulesets import Kind, Ruleset
from ...vocabularies import SCHOOL_TYPES, Duty, Mode
from ...widgets import DayInput
from .. import scope
from .cells import What
from .rows import FLAGS, day

# How the duty meets each kind of school (vocabularies.Mode, Duty).
_DUTIES: dict[str, tuple[Mode, Duty, Any]] = {
    "mainstream": (Mode.MAINSTREAM, Duty.REQUIRED, gettext_lazy("Required: mainstream school")),
    "nursery": (Mode.NURSERY, Duty.REQUIRED, gettext_lazy("Required: maintained nursery school")),
    "special": (Mode.SPECIAL, Duty.REQUIRED, gettext_lazy("Required: special school")),
    "expected": (Mode.OTHER, Duty.EXPECTED, gettext_lazy("Expected by the Code")),
    "voluntary": (Mode.OTHER, Duty.VOLUNTARY, gettext_lazy("Voluntary")),
}
_UNKNOWN = "unknown"
_NOTHING = Q(pk__in=())


def what_choices() -> list[tuple[str, Any]]:
    """Return what schools can be held against: a kind of document, or one ruleset of it."""
    rulesets = conf.rulesets_for_choices()
    return [
        choice
        for kind, label in KIND_LABELS.items()
        for choice in (
            # All that is asked of a report is what is shown where nothing is chosen.
            *(((kind.value, label),) if kind is not Kind.REPORT else ()),
            *((f"{kind}:{each.id}", _named(each)) for each in rulesets if each.kind is kind),
        )
    ]


def _named(ruleset: Ruleset) -> str:
    words = {"title": ruleset.title, "from": day(ruleset.effective_from)}
    if ruleset.effective_to:
        words["to"] = day(ruleset.effective_to)
        return _("only: %(title)s (from %(from)s to %(to)s)") % words
    if ruleset.effective_from > timezone.localdate():
        return _("only: %(title)s (from %(from)s)") % words
    return _("only: %(title)s") % words


def what_of(value: str) -> What:
    """Return what a choice means; the report's own for none."""
    kind, _colon, ruleset_id = (value or Kind.REPORT.value).partition(":")
    return What(Kind(kind), conf.rulesets().get(ruleset_id) if ruleset_id else None)


def duty_choices() -> list[tuple[str, Any]]:
    """Return how the duty meets a school, and that its type is not known."""
    found = [(name, label) for name, (_mode, _duty, label) in _DUTIES.items()]
    return [*found, (_UNKNOWN, gettext_lazy("Type of school not given"))]


def la_choices(schools: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the councils of schools, given as (path, council)."""
    return [(name, name) for name in sorted({name for _path, name in schools if name})]


def site_choices(schools: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the Sites at or below whose root there is one of some schools."""
    above = {each for path, _name in schools for each in paths_above(path)}
    sites = Site.objects.select_related("root_page").order_by("site_name", "hostname", "port")
    return [
        (str(site.pk), site.site_name or site.hostname)
        for site in sites
        if site.root_page.path in above
    ]


class OverviewFilterSet(WagtailFilterSet):
    """Wagtail's filters, with choices that depend on who asks."""

    what = ChoiceFilter(
        label=gettext_lazy("Document or ruleset"),
        empty_label=KIND_LABELS[Kind.REPORT],
        choices=what_choices,
        method="leave",
        widget=RadioSelect,
    )
    on = DateFilter(
        label=gettext_lazy("As at"),
        help_text=gettext_lazy(
            "A day that is over: what was public then, by the rules of that day. A later day: "
            "what is public now, by the rules that will be in force."
        ),
        method="leave",
        widget=DayInput,
    )
    state = ChoiceFilter(
        label=gettext_lazy("State"),
        empty_label=gettext_lazy("Any"),
        choices=[(name, label) for name, (label, _holds) in FLAGS.items()],
        method="leave",
        widget=RadioSelect,
    )
    site = ChoiceFilter(
        label=gettext_lazy("Site"),
        empty_label=gettext_lazy("Any"),
        method="of_site",
        widget=RadioSelect,
    )
    la = ChoiceFilter(
        label=gettext_lazy("Council"),
        empty_label=gettext_lazy("Any"),
        field_name="la_name",
        widget=RadioSelect,
    )
    phase = ChoiceFilter(
        label=gettext_lazy("Phase"),
        empty_label=gettext_lazy("Any"),
        choices=phase_choices,
        widget=RadioSelect,
    )
    duty = ChoiceFilter(
        label=gettext_lazy("Duty to publish"),
        empty_label=gettext_lazy("Any"),
        choices=duty_choices,
        method="of_duty",
        widget=RadioSelect,
    )

    class Meta:
        model = SchoolPage
        fields: ClassVar[list[str]] = []

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schools = scope.places(self.request.user)
        self.filters["site"].extra["choices"] = site_choices(schools)
        self.filters["la"].extra["choices"] = la_choices(schools)

    @property
    def held_against(self) -> What:
        """What schools are held against."""
        return what_of(self._chosen("what"))

    @property
    def day(self) -> date:
        """The day that the table is about."""
        return self._chosen("on") or timezone.localdate()

    @property
    def query(self) -> str:
        """What leads another screen to the same day, "" for today."""
        chosen = self._chosen("on")
        return f"?{urlencode({'on': chosen.isoformat()})}" if chosen else ""

    @property
    def flag(self) -> str:
        """The state that is looked for, "" for any."""
        return self._chosen("state") or ""

    def _chosen(self, name: str) -> Any:
        # A form with an error narrows nothing.
        return self.form.cleaned_data.get(name) if self.is_valid() else None

    def leave(self, schools: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Return all: which documents are read, and how, is the rows' own business."""
        return schools

    def of_site(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Return the schools at and below a Site's root."""
        paths = Site.objects.filter(pk=value).values_list("root_page__path", flat=True)
        return schools.filter(reduce(or_, (Q(path__startswith=path) for path in paths), _NOTHING))

    def of_duty(self, schools: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Return the schools that the duty meets in a way."""
        special = Q(school_type__in=_types(Mode.SPECIAL, Duty.REQUIRED))
        in_hospital = special & Q(in_hospital=True)
        if value == _UNKNOWN:
            return schools.exclude(school_type__in=SCHOOL_TYPES)
        mode, duty, _label = _DUTIES[value]
        found = Q(school_type__in=_types(mode, duty))
        if mode is Mode.SPECIAL:
            return schools.filter(found).exclude(in_hospital)
        # `duty_of`: a special school in a hospital has none.
        return schools.filter(found | in_hospital if duty is Duty.VOLUNTARY else found)


def _types(mode: Mode, duty: Duty) -> list[str]:
    return [each.code for each in SCHOOL_TYPES.values() if (each.mode, each.duty) == (mode, duty)]
