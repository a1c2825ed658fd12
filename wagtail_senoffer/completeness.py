"""What is missing from a Document: the only definition of complete.

The form, the gate, the panel, the reports, the command and the authority's audit all
ask `find_problems`; nothing else decides.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from django.utils import dateformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .document import Document, Section, Senco, words_outside_links
from .rulesets import Basis, Kind, Ruleset, Rulesets, SectionRule
from .vocabularies import Duty, Level, Mode, is_role_mailbox


class Severity(StrEnum):
    """An error stops the publishing; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Problem:
    """One thing to put right. `code` is stable; `section` is "" for the whole Document."""

    code: str
    severity: Severity
    message: str
    section: str = ""
    ruleset: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the problem stops the publishing."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True)
class Asked:
    """A section that a ruleset asks this school for, or a question of the set that it chose.

    `is_required` says that a publish is refused without it. `is_answered` is what
    `find_problems` goes by, too.
    """

    rule: SectionRule
    ruleset: Ruleset
    is_required: bool
    is_answered: bool


class Tally:
    """How far a Document is; for what holds what is asked of it and its problems."""

    asked: tuple[Asked, ...]
    problems: tuple[Problem, ...]

    @cached_property
    def counted(self) -> list[Asked]:
        """What "17 of 23 sections" counts: the required, or what is asked where none is."""
        return [each for each in self.asked if each.is_required] or list(self.asked)

    @cached_property
    def extra(self) -> list[Asked]:
        """What is asked, too, but not counted: a publish goes on without it."""
        counts_all = not any(each.is_required for each in self.asked)
        return [] if counts_all else [each for each in self.asked if not each.is_required]

    @property
    def answered(self) -> int:
        """How many of those are answered."""
        return sum(each.is_answered for each in self.counted)

    @property
    def to_fix(self) -> int:
        """How many things stop it from being published."""
        return sum(problem.is_error for problem in self.problems)

    @property
    def score(self) -> str:
        """ "17 of 23 sections", or "" where no section is asked for."""
        if not self.counted:
            return ""
        words: str = ngettext(
            "%(done)d of %(count)d section", "%(done)d of %(count)d sections", len(self.counted)
        )
        return words % {"done": self.answered, "count": len(self.counted)}


# Words that a writer meant to come back to. Each must be a whole phrase: "TBC" is one,
# "insert" alone is a word that a school may need, and so is "a form to be completed at home".
_PLACEHOLDER = re.compile(
    r"\b(?:TBC|tbc|TBA|tba|TODO)\b|\bXX+\b|\b(?i:lorem ipsum)\b"
    r"|(?:^|(?<=[:(\[–—-])|(?<=[:–—-] )|\b(?i:dates?|names?|times?|details|senco) )"
    r"(?i:to be (?:confirmed|added|completed|announced))(?=[.,;)\]]|\s*$)"
    r"|\[(?i:school(?:['’]s)? name|name of (?:the )?school|name|date|your school[^\]]*)\]"
    r"|[<\[{]\s*(?i:insert|add|enter)\b[^>\]}]{0,60}[>\]}]"
    r"|\((?i:insert|add|enter) (?:[\w'’]+ ){0,3}(?i:text|names?|details|dates?|link|here)\)"
    r"|^(?i:insert|add) (?i:text|details|name|link|here)(?=[\s.:]*$)"
    r"|\b(?i:insert (?:[\w'’]+ ){0,2}(?:text|names?|details|dates?|link|words) here)\b(?! and)"
    r"|\b(?i:click (?:or tap )?here to (?:enter|add|type) text)\b",
    re.MULTILINE,
)
# Each match holds one of these; a text without them, as nearly all are, needs no search.
_PLACEHOLDER_HINTS = (
    *("tbc", "tba", "todo", "xx", "lorem ipsum", "insert", "[", "<", "{", "(add", "(enter"),
    *("to be confirmed", "to be added", "to be completed", "to be announced", "here to"),
    *("add text", "add details", "add name", "add link", "add here"),
)
PLAN_YEARS = 3
# “Please see our policy here” is not an answer.
_FEWEST_WORDS = 8
# An answer that others point at: at least so many words, for at most so many of them.
_WORDS_FOR_TWO, _MOST_POINTERS = 30, 3
# For these sections the link or the file is the answer.
_LINK_IS_ANSWER = frozenset({"accessibility_plan", "la_local_offer", "policy_contacts"})


def find_problems(document: Document, rulesets: Rulesets, on: date) -> list[Problem]:
    """Return what is wrong with a Document on the given day, errors first.

    Errors: a section that the law asks of this school, or a question of the set that
    the school chose, is missing or empty; and what makes that impossible to tell.
    Sources: Children and Families Act 2014 s.69; SI 2014/1530 regs 51, 52, Sch 1.
    Warnings: everything else, so also what the Code of Practice only expects.
    """
    problems = [
        *_school_problems(document),
        *_missing(document, rulesets, on),
        *_placeholders(document),
        *_section_problems(document),
        *_pointers(document),
        *_dates_and_names(document, on),
    ]
    return sorted(problems, key=lambda problem: not problem.is_error)


def asked_sections(document: Document, rulesets: Rulesets, on: date) -> list[Asked]:
    """Return what is asked of this school on the given day, answered or not, in order.

    Without what it may leave out: see `spared_sections`.
    """
    return [
        Asked(
            rule,
            ruleset,
            is_required=level is Level.REQUIRED and ruleset.binds,
            is_answered=document.is_answered(rule.code),
        )
        for ruleset, rule, level in _rules(document, rulesets, on)
        if level in (Level.REQUIRED, Level.EXPECTED)
    ]


def spared_sections(document: Document, rulesets: Rulesets, on: date) -> list[SectionRule]:
    """Return the sections that schools of this type need not answer, though others do."""
    return _spared(_rulesets_of(document, rulesets, on), document.school.mode)


def spared_at_first(
    kind: Kind, mode: Mode | None, rulesets: Rulesets, on: date
) -> list[SectionRule]:
    """Return the same for a page that is no Document yet; [] for an offer without its set."""
    return _spared([each for each in rulesets.for_kind(kind) if each.in_force(on)], mode)


def _spared(rulesets: Iterable[Ruleset], mode: Mode | None) -> list[SectionRule]:
    if mode is None:
        return []
    rules = [rule for ruleset in rulesets for rule in ruleset.sections]
    # What one ruleset leaves open, another may ask for.
    asked = {rule.code for rule in rules if rule.level_for(mode) not in (None, Level.OPTIONAL)}
    return list({rule.code: rule for rule in rules if rule.code not in asked}.values())


def _rules(
    document: Document, rulesets: Rulesets, on: date
) -> Iterator[tuple[Ruleset, SectionRule, Level | None]]:
    for ruleset in _rulesets_of(document, rulesets, on):
        for rule in ruleset.sections:
            yield ruleset, rule, rule.level_for(document.school.mode)


def _rulesets_of(document: Document, rulesets: Rulesets, on: date) -> list[Ruleset]:
    if document.kind is not Kind.OFFER:
        return [each for each in rulesets.for_kind(document.kind) if each.in_force(on)]
    chosen = rulesets.get(document.question_set)
    return [chosen] if chosen and chosen.is_question_set else []


def _warning(code: str, message: str, section: str = "", ruleset: str = "") -> Problem:
    return Problem(code, Severity.WARNING, message, section, ruleset)


def _error(code: str, message: str, section: str = "", ruleset: str = "") -> Problem:
    return Problem(code, Severity.ERROR, message, section, ruleset)


def _school_problems(document: Document) -> Iterator[Problem]:
    school = document.school
    if school.mode is None:
        yield _error(
            "school-type-missing",
            _("Choose the type of school on the school's page: it decides what the law asks."),
        )
    if document.kind is Kind.SCHOOL and school.urn is None:
        yield _warning("urn-missing", _("Give the school's URN, so that others can find it."))
    if school.urn and not school.urn.startswith("1"):
        yield _warning("urn-unusual", _("The URN does not start with 1. Check it."))
    if school.ukprn and not school.ukprn.startswith("1"):
        yield _warning("ukprn-unusual", _("The UKPRN does not start with 1. Check it."))


def _missing(document: Document, rulesets: Rulesets, on: date) -> list[Problem]:
    """Return what the rulesets ask for and the Document does not say."""
    if document.kind is Kind.SCHOOL:
        return []
    found = list(_asked_for(document, rulesets, on))
    written = any(section.has_content() for section in document.sections)
    if not written and not any(problem.is_error for problem in found):
        message = _("Nothing has been written yet. Answer a section first.")
        found.append(_error("nothing-written", message))
    return found


def _asked_for(document: Document, rulesets: Rulesets, on: date) -> Iterator[Problem]:
    if document.kind is Kind.OFFER:
        yield from _unanswered(document, rulesets)
        return
    for ruleset in rulesets.for_kind(document.kind):
        missing = [rule for rule in ruleset.sections if not document.is_answered(rule.code)]
        if ruleset.in_force(on):
            for rule in missing:
                yield from _missing_section(document, ruleset, rule)
        elif on < ruleset.effective_from:
            for rule in missing:
                yield from _upcoming_section(document, ruleset, rule)


def _missing_section(document: Document, ruleset: Ruleset, rule: SectionRule) -> Iterator[Problem]:
    level = rule.level_for(document.school.mode)
    if level is Level.REQUIRED and ruleset.binds:
        message = _("“%(title)s” is empty. It must be answered before you can publish.")
        yield _error("section-missing", message % {"title": rule.title}, rule.code, ruleset.id)
    elif level is Level.REQUIRED:
        message = _("“%(title)s” is empty. %(source)s asks for it%(due)s.")
        due = _(" by %(date)s") % {"date": _day(ruleset.due)} if ruleset.due else ""
        words = {"title": rule.title, "source": ruleset.title, "due": due}
        yield _warning("section-asked", message % words, rule.code, ruleset.id)
    elif level is Level.EXPECTED:
        message = (
            _("“%(title)s” is empty. Your school may choose, but parents look for it.")
            if document.school.duty is Duty.VOLUNTARY
            else _("“%(title)s” is empty. The Code of Practice expects it.")
        )
        if ruleset.basis not in (Basis.LAW, Basis.STATUTORY_GUIDANCE):
            message = _("“%(title)s” is empty. It is good to have.")
        yield _warning("section-expected", message % {"title": rule.title}, rule.code, ruleset.id)


def _upcoming_section(document: Document, ruleset: Ruleset, rule: SectionRule) -> Iterator[Problem]:
    if rule.level_for(document.school.mode) is Level.REQUIRED:
        message = _("From %(date)s you will also need “%(title)s”.")
        words = {"title": rule.title, "date": _day(ruleset.effective_from)}
        yield _warning("section-upcoming", message % words, rule.code, ruleset.id)


def _unanswered(document: Document, rulesets: Rulesets) -> Iterator[Problem]:
    """Yield the questions of the chosen set that neither the offer nor the report answers."""
    ruleset = rulesets.get(document.question_set)
    if ruleset is None or not ruleset.is_question_set:
        yield _error(
            "question-set-unknown",
            _("Choose a question set: “%(set)s” is not one that this site knows.")
            % {"set": document.question_set},
        )
        return
    for rule in ruleset.sections:
        asked = rule.level_for(document.school.mode) is Level.REQUIRED
        if asked and not document.is_answered(rule.code):
            yield _error(
                "question-unanswered",
                _(
                    "“%(title)s” has no answer. Write one, or fill in and publish the sections "
                    "of the SEN information report that answer it."
                )
                % {"title": rule.question},
                rule.code,
                ruleset.id,
            )


def _placeholders(document: Document) -> Iterator[Problem]:
    parts = [(_("Introduction"), [document.introduction.text], "")]
    for section in document.sections:
        parts.append((_name(section), [*section.texts(), *section.short_texts()], section.code))
    if not _may_hold_placeholder("\n".join(text for part in parts for text in part[1])):
        return
    for title, texts, code in parts:
        found = next((match for text in texts if (match := _find_placeholder(text))), None)
        if found:
            message = _("“%(title)s” still says “%(words)s”. Write the real words.")
            yield _warning("placeholder", message % {"title": title, "words": found[0]}, code)


def _may_hold_placeholder(text: str) -> bool:
    """Say whether it is worth while to look closer, which takes its time."""
    lower = text.lower()
    return any(hint in lower for hint in _PLACEHOLDER_HINTS)


def _find_placeholder(text: str) -> re.Match[str] | None:
    return _PLACEHOLDER.search(text) if _may_hold_placeholder(text) else None


def _section_problems(document: Document) -> Iterator[Problem]:
    for section in document.sections:
        yield from _wording(section)
        if section.code == "la_local_offer" and not section.local_offer_url:
            message = _("Give the address of the council's local offer, so that parents reach it.")
            yield _warning("la-link-missing", message, section.code)
        if section.code == "kinds" and section.has_content() and not section.needs:
            message = _("Tick the needs that you provide for, so that parents can search for them.")
            yield _warning("needs-not-chosen", message, section.code)
        if section.code == "senco":
            yield from _senco(section)


def _pointers(document: Document) -> Iterator[Problem]:
    """Yield the answers that stand in for others and are too thin to do so.

    Reports do tell of parents, pupils and services in one breath; one sentence that
    answers five questions tells a parent nothing.
    """
    # A section with words of its own answers for itself, wherever it points.
    pointing = Counter(
        each.answered_in
        for each in document.sections
        if each.answered_in and not each.has_content()
    )
    for code, count in pointing.items():
        target = document.section(code)
        if target is None or not target.has_content():
            continue
        words = sum(len(text.split()) for text in target.texts())
        if words < _WORDS_FOR_TWO or count > _MOST_POINTERS:
            message = _(
                "“%(title)s” is to answer %(count)d other questions as well, in %(words)d words. "
                "Say more there, or answer them one by one."
            )
            counts = {"title": _name(target), "count": count, "words": words}
            yield _warning("answered-elsewhere-thin", message % counts, target.code)


def _wording(section: Section) -> Iterator[Problem]:
    if _ends_in_a_colon(section):
        message = _("An answer in “%(title)s” ends in a colon. Is something missing after it?")
        yield _warning("unfinished", message % {"title": _name(section)}, section.code)
    if _only_points_elsewhere(section):
        message = _("“%(title)s” is only a link or a file. Say the main points on the page.")
        yield _warning("only-a-link", message % {"title": _name(section)}, section.code)


def _name(section: Section) -> str:
    return section.title or _("Something else")


def _ends_in_a_colon(section: Section) -> bool:
    texts = section.texts()
    # On the page, the body is followed by these: a colon may lead to them.
    if section.provisions or section.stages or section.contacts:
        texts = [text for text in texts if text != section.body.text]
    if section.links or section.documents:
        texts = texts[:-1]
    return any(text.rstrip().endswith(":") for text in texts)


def _only_points_elsewhere(section: Section) -> bool:
    if section.code in _LINK_IS_ANSWER or section.drawn or section.stages:
        return False
    if section.needs or section.senco or section.contacts or section.provisions:
        return False
    points = bool(section.links or section.documents or "<a " in section.body.html)
    return points and words_outside_links(section.body) < _FEWEST_WORDS


def _senco(section: Section) -> Iterator[Problem]:
    if not section.has_content():
        return
    senco = section.senco or Senco()
    if not (senco.name and (senco.email or senco.phone)):
        message = _(
            "Give the SENCO's name, and a phone number or an e-mail address. A personal address "
            "is shown, and counts, only with the tick below it."
        )
        yield _warning("senco-contact-missing", message, section.code)
    if senco.email and not is_role_mailbox(senco.email):
        message = _("The SENCO's e-mail address looks personal. A shared one lasts longer.")
        yield _warning("senco-email-personal", message, section.code)


def _dates_and_names(document: Document, on: date) -> Iterator[Problem]:
    if document.kind is Kind.SCHOOL:
        return
    if not document.approval.by:
        yield _warning("unsigned", _("Say who approved this, for example the governing body."))
    if not document.approval.on:
        yield _warning("undated", _("Give the date on which it was approved."))
    if not document.academic_year:
        yield _warning("year-missing", _("Say which academic year it is for."))
    elif on > _end_of_year(document.academic_year):
        message = _("It is for the academic year %(year)s, which is over.")
        yield _warning("year-over", message % {"year": document.academic_year})
    if document.review_date is None:
        yield _warning("review-date-missing", _("Say when it will be reviewed next."))
    elif document.review_date < on:
        message = _("The review was due on %(date)s. Read it again and set the next date.")
        yield _warning("review-overdue", message % {"date": _day(document.review_date)})
    yield from _accessibility_plan(document, on)


def _end_of_year(academic_year: str) -> date:
    """Return the last day of a year like "2026-27"; of one that is written otherwise, no end."""
    start = re.match(r"\d{4}(?!\d)", academic_year, re.ASCII)
    return date(min(int(start[0]) + 1, date.max.year), 8, 31) if start else date.max


def _accessibility_plan(document: Document, on: date) -> Iterator[Problem]:
    """Yield what is wrong with the plan's dates (Equality Act 2010, Sch 10 para 3)."""
    section = document.section("accessibility_plan")
    if section is None or not section.has_content():
        return
    start = section.accessibility_plan and section.accessibility_plan.start_date
    if not start:
        message = _("Say when the accessibility plan started: it runs for three years at most.")
        yield _warning("accessibility-plan-undated", message, section.code)
    elif (on.year - start.year, on.month, on.day) > (PLAN_YEARS, start.month, start.day):
        message = _("The accessibility plan is from %(date)s. It is renewed every three years.")
        words = {"date": _day(start)}
        yield _warning("accessibility-plan-old", message % words, section.code)


def _day(value: date | None) -> str:
    """Write a date as the English do: 1 September 2026."""
    return dateformat.format(value, "j F Y") if value else ""
