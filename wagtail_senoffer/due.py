"""What of a published Document is due, and on which days somebody is told.

Pure: a Document, what else is known of it, and a day go in. The e-mails and the panel on
the dashboard show the same list.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .completeness import PLAN_YEARS
from .document import Document, School
from .rulesets import Kind, Rulesets
from .vocabularies import Level, Phase

# Days before a due date on which somebody is told; afterwards it is every week.
AHEAD = (60, 30, 7)
WEEK = 7
# A term, as four months: what nobody has looked at for so long is asked about.
TERM_DAYS = 120
# How long a school has to tell everyone of a new SENCO.
SENCO_DAYS = 30
# The inclusion strategy is asked of schools with pupils from the one age to the other.
_STRATEGY_AGES = (5, 16)
_NO_STRATEGY = (Phase.NURSERY, Phase.SIXTEEN_PLUS)


class Matter(StrEnum):
    """What can be due. The values are stable: they are part of a reminder's identity."""

    REVIEW = "review"
    PLAN = "accessibility-plan"
    STRATEGY = "inclusion-strategy"
    SENCO = "senco-changed"
    STILL_CORRECT = "still-correct"
    # What somebody who looks after many schools asks for; never due by itself.
    REREAD = "reread"
    FINISH = "finish"


@dataclass(frozen=True)
class Standing:
    """What is known of a published Document besides its words.

    `before` is the Document of the Version before, if that can be read; `offered` holds
    the kinds that the school has published.
    """

    published_on: date
    assured_on: date | None = None
    before: Document | None = None
    offered: frozenset[Kind] = frozenset()

    @property
    def looked_at_on(self) -> date:
        """The day on which somebody last stood by the words."""
        return max(self.published_on, self.assured_on or self.published_on)


@dataclass(frozen=True)
class Due:
    """One thing that is due. `section` is the code of its section, "" for the whole page.

    Its words are in the language that is active when they are asked for.
    """

    matter: Matter
    on: date
    section: str = ""
    since: date | None = None

    def stage(self, today: date) -> int | None:
        """Return the newest stage that is reached today, or None if it is too early.

        Stages are 60, 30 and 7 days before; then 0, the due day itself, and -7, -14 and so
        on, every week for as long as it is not done.
        """
        left = (self.on - today).days
        if left <= 0:
            return -(-left // WEEK) * WEEK
        return next((days for days in reversed(AHEAD) if left <= days), None)

    def when(self, today: date) -> str:
        """Return in words how long there is, or since when it is late."""
        left, words = (self.on - today).days, {"date": _day(self.on)}
        if left == 0:
            return str(_("today, %(date)s") % words)
        if left > 0:
            text = ngettext("in %(days)d day, on %(date)s", "in %(days)d days, on %(date)s", left)
        else:
            text = ngettext(
                "%(days)d day late, since %(date)s", "%(days)d days late, since %(date)s", -left
            )
        return str(text % {**words, "days": abs(left)})

    @property
    def title(self) -> str:
        """What is due, in a few words."""
        titles: dict[Matter, str] = {
            Matter.REVIEW: _("Review"),
            Matter.PLAN: _("New accessibility plan"),
            Matter.STRATEGY: _("Inclusion strategy"),
            Matter.SENCO: _("New SENCO: look at what names the last one"),
            Matter.STILL_CORRECT: _("Is it still correct?"),
            Matter.REREAD: _("Please read it again"),
            Matter.FINISH: _("Please finish it"),
        }
        return titles[self.matter]

    @property
    def to_do(self) -> str:
        """The one thing to do."""
        texts: dict[Matter, str] = {
            Matter.REVIEW: _("Read the page again, set the next review date and publish it."),
            Matter.PLAN: _(
                "The plan is from %(since)s and runs for three years. Give the new one and its "
                "start date, and publish."
            ),
            Matter.STRATEGY: _("Add the school's inclusion strategy and publish it."),
            Matter.SENCO: _(
                "Since %(since)s the page names another SENCO. Check the phone number and e-mail "
                "address, what you have on paper, your website and the council's directory. Then "
                "choose “Still correct today”."
            ),
            Matter.STILL_CORRECT: _(
                "Nobody has looked at it since %(since)s. Read it. If it is right, choose “Still "
                "correct today”; if not, change it and publish."
            ),
            Matter.REREAD: _(
                "You are asked to read it again. If it is right, choose “Still correct today”; if "
                "not, change it and publish."
            ),
            Matter.FINISH: _("It is not public. You are asked to finish it and publish it."),
        }
        return texts[self.matter] % {"since": _day(self.since)}


def find_due(document: Document, standing: Standing, rulesets: Rulesets, on: date) -> list[Due]:
    """Return what is late, or due within 60 days, of a Document that is public; soonest first."""
    found = [
        *_review(document),
        *_accessibility_plan(document),
        *_strategy(document, standing, rulesets, on),
        *_senco(document, standing, on),
        *_still_correct(document, standing),
    ]
    reached = [each for each in found if each.stage(on) is not None]
    return sorted(reached, key=lambda each: each.on)


def _review(document: Document) -> Iterator[Due]:
    """Yield the review that the page itself announces."""
    if document.review_date:
        yield Due(Matter.REVIEW, document.review_date)


def _accessibility_plan(document: Document) -> Iterator[Due]:
    """Yield the end of the accessibility plan: it has a clock of its own.

    Source: Equality Act 2010, Sch 10 para 3; SI 2005/3221 (three years).
    """
    section = document.section("accessibility_plan")
    plan = section.accessibility_plan if section and section.has_content() else None
    if section and plan and plan.start_date and (end := _years_after(plan.start_date, PLAN_YEARS)):
        yield Due(Matter.PLAN, end, section.code, plan.start_date)


def _strategy(
    document: Document, standing: Standing, rulesets: Rulesets, on: date
) -> Iterator[Due]:
    """Yield a strategy that a ruleset wants by a day of a school that has published none.

    Once there is one, its own review date counts.
    """
    if document.kind is not Kind.SCHOOL or Kind.STRATEGY in standing.offered:
        return
    for ruleset in rulesets.for_kind(Kind.STRATEGY):
        levels = [rule.level_for(document.school.mode) for rule in ruleset.sections]
        asked = Level.REQUIRED in levels and _has_pupils_of_strategy_age(document.school)
        if ruleset.due and asked and ruleset.in_force(on):
            yield Due(Matter.STRATEGY, ruleset.due)
            return


def _has_pupils_of_strategy_age(school: School) -> bool:
    """Say whether a school has pupils aged 5 to 16; where nothing is known, it has."""
    youngest, oldest = _STRATEGY_AGES
    if school.minimum_age is None and school.maximum_age is None:
        return school.phase not in _NO_STRATEGY
    # A school for ages 16 to 19, or 2 to 5, ends where these begin.
    starts_in_time = school.minimum_age is None or school.minimum_age < oldest
    return starts_in_time and (school.maximum_age is None or school.maximum_age > youngest)


def _senco(document: Document, standing: Standing, on: date) -> Iterator[Due]:
    """Yield the check that a new SENCO calls for.

    The Version that names another SENCO than the one before it is what can be known. The
    qualification, for which a new SENCO has three years (SI 2014/1530, reg 49), can't be
    told from a report; that families find the new one can be seen to now. So it is due
    30 days after that Version, and done once somebody says “Still correct today” or
    publishes again. After a term, the question whether it is still correct takes over.
    """
    names = [_senco_name(each) for each in (standing.before, document)]
    over = standing.published_on + timedelta(TERM_DAYS)
    if not all(names) or names[0] == names[1] or standing.assured_on or on >= over:
        return
    due = standing.published_on + timedelta(SENCO_DAYS)
    yield Due(Matter.SENCO, due, "senco", standing.published_on)


def _senco_name(document: Document | None) -> str:
    """Return who the SENCO is, however the name is written; "" for none."""
    section = document.section("senco") if document else None
    return section.senco.name.casefold() if section and section.senco else ""


def _still_correct(document: Document, standing: Standing) -> Iterator[Due]:
    """Yield the question whether a report that nobody looked at for a term still holds."""
    if document.kind is Kind.REPORT:
        since = standing.looked_at_on
        yield Due(Matter.STILL_CORRECT, since + timedelta(TERM_DAYS), since=since)


def _years_after(day: date, years: int) -> date | None:
    """Return the same day some years later, 28 February for a 29th; None after year 9999."""
    if day.year + years > date.max.year:
        return None
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)


def _day(value: date | None) -> str:
    """Write a date as the English do: 1 September 2026."""
    # E is the month as it stands in a date, where a language has a form of its own for that.
    return dateformat.format(value, "j E Y") if value else ""
