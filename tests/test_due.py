"""What of a published Document is due, and on which days somebody is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_completeness import complete, school
from tests.test_document import documents, few
from wagtail_senoffer.document import AccessibilityPlan, Senco
from wagtail_senoffer.due import Due, Matter, Standing, find_due
from wagtail_senoffer.rulesets import Kind, Rulesets, load
from wagtail_senoffer.vocabularies import Mode, Phase

PUBLISHED = date(2026, 9, 22)
STANDING = Standing(PUBLISHED)
STRATEGY_DAY = date(2026, 12, 31)


def found(document, on, standing=STANDING, rulesets=None):
    """Return what is due as matter and day."""
    return [(each.matter, each.on) for each in find_due(document, standing, rulesets or load(), on)]


def only(matter, *args, **kwargs):
    """Return the days on which one matter is due."""
    return [on for found_matter, on in found(*args, **kwargs) if found_matter is matter]


# --- when --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "stage"),
    [
        *[(1000, None), (61, None), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7)],
        *[(0, 0), (-1, 0), (-6, 0), (-7, -7), (-13, -7), (-14, -14), (-364, -364), (-370, -364)],
    ],
)
def test_a_stage_is_the_newest_that_was_reached(left, stage):
    day = date(2027, 3, 1)
    assert Due(Matter.REVIEW, day).stage(day - timedelta(left)) == stage


@given(st.dates(), st.dates())
def test_a_stage_is_never_ahead_of_the_day_and_at_most_30_days_behind(due, today):
    stage, left = Due(Matter.REVIEW, due).stage(today), (due - today).days
    assert (stage is None) == (left > 60)
    if stage is not None:
        longest = 30 if stage == 60 else 23 if stage == 30 else 7
        assert 0 <= stage - left < longest


def test_every_week_of_a_year_that_is_late_is_a_stage_of_its_own():
    day = date(2027, 3, 1)
    stages = [Due(Matter.REVIEW, day).stage(day + timedelta(late)) for late in range(364)]
    assert sorted(set(stages), reverse=True) == list(range(0, -364, -7))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (60, "in 60 days, on 1 March 2027"),
        (1, "in 1 day, on 1 March 2027"),
        (0, "today, 1 March 2027"),
        (-1, "1 day late, since 1 March 2027"),
        (-14, "14 days late, since 1 March 2027"),
    ],
)
def test_how_long_there_is_stands_in_words(left, words):
    day = date(2027, 3, 1)
    assert Due(Matter.REVIEW, day).when(day - timedelta(left)) == words


def test_every_matter_has_a_title_and_one_thing_to_do():
    for matter in Matter:
        each = Due(matter, PUBLISHED, since=date(2026, 1, 1))
        assert each.title
        assert each.to_do.endswith(".")
        assert "%" not in each.to_do


# --- what --------------------------------------------------------------------------------


def test_a_new_report_has_nothing_that_is_due():
    assert found(complete(), PUBLISHED) == []


@pytest.mark.parametrize("kind", [Kind.REPORT, Kind.STRATEGY])
def test_the_review_is_due_on_the_day_that_the_page_says(kind):
    document, day = complete(kind=kind, review_date=date(2026, 12, 1)), date(2026, 12, 1)
    assert only(Matter.REVIEW, document, day - timedelta(61)) == []
    assert only(Matter.REVIEW, document, day - timedelta(60)) == [day]
    assert only(Matter.REVIEW, document, day + timedelta(400)) == [day]
    assert only(Matter.REVIEW, complete(kind=kind, review_date=None), day) == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (date(2024, 1, 5), date(2027, 1, 5)),
        (date(2024, 2, 29), date(2027, 2, 28)),
        (date(9998, 1, 1), None),
        (None, None),
    ],
)
def test_the_accessibility_plan_has_a_clock_of_its_own(start, end):
    plan = AccessibilityPlan(url="https://larkfield.example/plan", start_date=start)
    report = complete(sections={"accessibility_plan": {"accessibility_plan": plan}})
    standing = Standing(date(2026, 12, 1))
    due = [each for each in find_due(report, standing, load(), date(2026, 12, 31)) if each.section]
    assert due == ([Due(Matter.PLAN, end, "accessibility_plan", start)] if end else [])
    assert "accessibility-plan-old" not in [each.matter for each in due]


def test_a_plan_section_without_a_plan_has_no_clock():
    plan = AccessibilityPlan(start_date=date(2020, 1, 1))
    report = complete(sections={"accessibility_plan": {"accessibility_plan": plan}})
    assert only(Matter.PLAN, report, PUBLISHED) == []


def page_of(of):
    """Return the Document of a school's own page."""
    return complete(kind=Kind.SCHOOL, school=of, review_date=None)


@pytest.mark.parametrize(
    ("of", "asked"),
    [
        (school("34"), True),
        (school("34", minimum_age=4, maximum_age=11), True),
        (school("34", minimum_age=11, maximum_age=18), True),
        (school("34", minimum_age=11), True),
        (school("34", minimum_age=16, maximum_age=19), False),
        (school("34", minimum_age=2, maximum_age=5), False),
        (school("34", phase=Phase.PRIMARY), True),
        (school("34", phase=Phase.NURSERY), False),
        (school("34", phase=Phase.SIXTEEN_PLUS), False),
        (school("34", phase=Phase.SIXTEEN_PLUS, minimum_age=11), True),
        (school("44"), False),
        (school("15"), False),
        (school("999"), False),
    ],
)
def test_the_strategy_is_asked_of_mainstream_schools_with_pupils_of_5_to_16(of, asked):
    on = date(2026, 11, 25)
    assert found(page_of(of), on) == ([(Matter.STRATEGY, STRATEGY_DAY)] if asked else [])


def test_the_strategy_is_due_until_there_is_one():
    page = page_of(school("34"))
    assert (school("34").mode, found(page, STRATEGY_DAY - timedelta(61))) == (Mode.MAINSTREAM, [])
    late = STRATEGY_DAY + timedelta(100)
    assert found(page, late) == [(Matter.STRATEGY, STRATEGY_DAY)]
    done = replace(STANDING, offered=frozenset({Kind.SCHOOL, Kind.STRATEGY}))
    assert found(page, late, done) == []


@pytest.mark.parametrize(
    "update", [{"due": None}, {"effective_to": date(2026, 11, 1)}], ids=["no day", "over"]
)
def test_a_strategy_that_no_ruleset_wants_by_a_day_is_not_due(update):
    rulesets = Rulesets(
        tuple(
            each.model_copy(update=update if each.kind is Kind.STRATEGY else {}) for each in load()
        )
    )
    assert found(page_of(school("34")), date(2026, 11, 25), rulesets=rulesets) == []


def with_senco(name):
    return complete(sections={"senco": {"senco": Senco(name=name, email="senco@lark.example")}})


SENCO_DAY = PUBLISHED + timedelta(30)


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        ("Mrs Corrigan", "Mr Adeyemi", [SENCO_DAY]),
        ("Mrs Corrigan", "MRS CORRIGAN", []),
        ("", "Mr Adeyemi", []),
        ("Mrs Corrigan", "", []),
    ],
)
def test_a_new_senco_is_due_to_be_known_everywhere(before, after, days):
    standing = replace(STANDING, before=with_senco(before))
    assert only(Matter.SENCO, with_senco(after), PUBLISHED, standing) == days
    assert only(Matter.SENCO, with_senco(after), PUBLISHED) == []


def test_a_new_senco_is_done_when_somebody_looked_and_hands_over_after_a_term():
    new, standing = with_senco("Mr Adeyemi"), replace(STANDING, before=with_senco("Mrs Corrigan"))
    term = PUBLISHED + timedelta(120)
    last = term - timedelta(1)
    assert only(Matter.SENCO, new, last, standing) == [SENCO_DAY]
    assert only(Matter.SENCO, new, last, replace(standing, assured_on=PUBLISHED)) == []
    assert only(Matter.SENCO, new, term, standing) == []
    assert only(Matter.STILL_CORRECT, new, term, standing) == [term]


def test_a_report_that_nobody_looked_at_for_a_term_is_asked_about():
    term = PUBLISHED + timedelta(120)
    assert only(Matter.STILL_CORRECT, complete(), term - timedelta(61)) == []
    assert only(Matter.STILL_CORRECT, complete(), term) == [term]
    assured = replace(STANDING, assured_on=date(2026, 12, 1))
    assert only(Matter.STILL_CORRECT, complete(), date(2027, 2, 1), assured) == [date(2027, 3, 31)]


@pytest.mark.parametrize("kind", [Kind.SCHOOL, Kind.OFFER, Kind.STRATEGY])
def test_only_a_report_is_asked_whether_it_is_still_correct(kind):
    document = complete().model_copy(update={"kind": kind})
    assert only(Matter.STILL_CORRECT, document, PUBLISHED + timedelta(500)) == []


def test_what_is_due_first_stands_first():
    document = complete(review_date=date(2027, 1, 25))
    on = date(2027, 1, 1)
    assert found(document, on) == [
        (Matter.STILL_CORRECT, date(2027, 1, 20)),
        (Matter.REVIEW, date(2027, 1, 25)),
    ]


@few
@given(documents, st.none() | documents, st.dates(), st.none() | st.dates(), st.dates())
def test_any_document_at_all_can_be_asked(document, before, published, assured, on):
    published = min(published, date.max - timedelta(1000))
    assured = assured and min(assured, date.max - timedelta(1000))
    due = find_due(document, Standing(published, assured, before), load(), on)
    assert [each.stage(on) for each in due] == sorted(each.stage(on) for each in due)
