"""What is missing from a Document: the only definition of complete (P6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_document import document, documents, few, section, words
from wagtail_senoffer.completeness import Problem, Severity, find_problems
from wagtail_senoffer.document import (
    AccessibilityPlan,
    Approval,
    Contact,
    File,
    Link,
    Provision,
    School,
    Senco,
    TransitionStage,
    clean_html,
)
from wagtail_senoffer.rulesets import Kind, Ruleset, Rulesets, load
from wagtail_senoffer.vocabularies import Duty, Mode, duty_of

LAW, CODE = "england-sir-2014", "england-code-2015"
TODAY = date(2026, 10, 1)
POLICY = Link(text="Policy", url="https://larkfield.example/policy")
PDF = File(title="Policy", url="https://larkfield.example/policy.pdf", format="PDF")
# What answers the sections that want more than words.
SPECIAL = {
    "kinds": {"needs": ("SLCN", "ASD")},
    "senco": {"senco": Senco(name="Mrs Corrigan", email="senco@larkfield.example")},
    "la_local_offer": {"local_offer_url": "https://westmarch.example/local-offer"},
    "accessibility_plan": {
        "accessibility_plan": AccessibilityPlan(
            url="https://larkfield.example/plan", start_date=date(2025, 9, 1)
        )
    },
}
ENOUGH = words("We plan it with you, do it, and look at it again each term.")


def school(school_type="34", **fields):
    """Return a school of a type of the register."""
    mode, duty = duty_of(school_type) or (None, None)
    values = {"key": "6f0d2c1e-5b0a-4c1f-9f35-0a4f3f6f7b01", "name": "Larkfield", "urn": "190001"}
    return School(**{**values, "mode": mode, "duty": duty, **fields})


def codes_of(kind):
    """Return the codes of all sections that the shipped rulesets ask of a kind."""
    return [rule.code for ruleset in load().for_kind(kind) for rule in ruleset.sections]


def written(*codes, **sections):
    """Return sections that answer; `sections` has fields of one's own for some codes."""
    return [
        section(code, **sections.get(code, {"body": ENOUGH, **SPECIAL.get(code, {})}))
        for code in codes
    ]


def complete(*, without=(), kind=Kind.REPORT, sections=None, **fields):
    """Return a Document that lacks nothing, or only what the test takes away."""
    codes = [code for code in codes_of(kind) if code not in without]
    values = {
        "kind": kind,
        "school": school(),
        "academic_year": "2026-27",
        "approval": Approval(by="Governing body", on=date(2026, 9, 22)),
        "review_date": date(2027, 9, 10),
    }
    return document(*written(*codes, **(sections or {})), **{**values, **fields})


def problems(of, rulesets=None, on=TODAY):
    """Return what find_problems says, with the shipped rulesets and today."""
    return find_problems(of, rulesets or load(), on)


def found(of, **kwargs):
    """Return codes and sections of the problems."""
    return [(each.code, each.section) for each in problems(of, **kwargs)]


def error(code, message, section="", ruleset=""):
    return Problem(code, Severity.ERROR, message, section, ruleset)


def warning(code, message, section="", ruleset=""):
    return Problem(code, Severity.WARNING, message, section, ruleset)


def title(code):
    """Return the title of a section of a report."""
    return load().section(Kind.REPORT, code).title


LAW_CODES = [rule.code for rule in load().get(LAW).sections]
BY_MODE = {"M": "34", "N": "15", "S": "44"}


# --- by law ------------------------------------------------------------------------------


@pytest.mark.parametrize("school_type", ["34", "15", "44", "14", "10"])
def test_a_complete_report_has_no_problem_whatever_the_type(school_type):
    assert problems(complete(school=school(school_type))) == []


@pytest.mark.parametrize("mode", BY_MODE)
@pytest.mark.parametrize("code", LAW_CODES)
def test_p3_each_section_of_the_law_that_is_missing_is_an_error(code, mode):
    """23 for mainstream and nursery schools; special schools may leave two out."""
    found_problems = problems(complete(without=[code], school=school(BY_MODE[mode])))
    message = f"“{title(code)}” is empty. It must be answered before you can publish."
    optional = mode == "S" and code in ("identify", "senco")
    assert found_problems == ([] if optional else [error("section-missing", message, code, LAW)])
    assert [each.is_error for each in found_problems] == ([] if optional else [True])


@pytest.mark.parametrize(("mode", "count"), [("M", 23), ("N", 23), ("S", 21)])
def test_p3_an_empty_report_has_an_error_for_each_section(mode, count):
    empty = complete(without=codes_of(Kind.REPORT), school=school(BY_MODE[mode]))
    errors = [each for each in problems(empty) if each.is_error]
    assert [each.code for each in errors] == ["section-missing"] * count


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p></p>",
        "<p>&nbsp;</p>",
        "<p><br></p>",
        "<p>\u200b</p>",
        "<p>&#8203;&#65279;&#8288;</p>",
        "<p>...</p>",
        "<p>– / –</p>",
        "<ul><li></li><li> </li></ul>",
        "<p><img src='x' alt='We teach well'></p>",
        "<script>teaching()</script>",
        "<!-- We teach well -->",
        '<p><a href="https://larkfield.example/"></a></p>',
        '<p><abbr title="We teach well"></abbr></p>',
    ],
)
def test_p3_html_that_strips_to_nothing_counts_as_nothing(html):
    body = clean_html(html, "https://larkfield.example/")
    report = complete(sections={"teaching": {"body": body}})
    assert found(report) == [("section-missing", "teaching")]


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("extra_support", {"provisions": (Provision(name="", level="universal"),)}),
        ("support_contacts", {"contacts": (Contact(name=""),)}),
        ("senco", {"senco": Senco(name="-")}),
        ("transition", {"stages": (TransitionStage(stage="starting"),)}),
        ("accessibility_plan", {"accessibility_plan": AccessibilityPlan()}),
    ],
)
def test_p3_a_row_that_was_added_and_left_empty_is_no_answer(code, fields):
    assert ("section-missing", code) in found(complete(sections={code: fields}))


def test_p3_a_section_that_points_at_one_with_an_answer_is_answered():
    long = words(" ".join([ENOUGH.text] * 3))
    sections = {"pupils": {"answered_in": "parents"}, "parents": {"body": long}}
    assert problems(complete(sections=sections)) == []


def test_real_input_a_thin_answer_that_others_point_at_is_said_to_be_thin():
    """Found with real reports: one sentence stood for eighteen sections, and nothing said so."""
    report = complete(sections={"pupils": {"answered_in": "parents"}})
    assert found(report) == [("answered-elsewhere-thin", "parents")]
    long = words(" ".join([ENOUGH.text] * 3))
    pointing = ["pupils", "complaints", "wellbeing", "activities"]
    sections = {code: {"answered_in": "parents"} for code in pointing}
    report = complete(sections={**sections, "parents": {"body": long}})
    assert found(report) == [("answered-elsewhere-thin", "parents")]


def test_real_input_a_colon_may_lead_to_the_list_that_follows():
    contacts = [{"name": "SENDIASS", "phone": "01632 960000"}]
    sections = {"support_contacts": {"body": words("Who can help:"), "contacts": contacts}}
    assert found(complete(sections=sections)) == []


@pytest.mark.parametrize(
    ("year", "expected"),
    [("2026-27", []), ("2025-26", ["year-over"]), ("next year", [])],
)
def test_real_input_an_academic_year_that_is_over_is_said_to_be(year, expected):
    assert [code for code, _section in found(complete(academic_year=year))] == expected


@pytest.mark.parametrize("target", ["nowhere", "pupils", "wellbeing"])
def test_p3_a_section_that_points_at_nothing_is_missing(target):
    report = complete(sections={"pupils": {"answered_in": target}, "wellbeing": {}})
    assert found(report) == [("section-missing", "wellbeing"), ("section-missing", "pupils")]


def test_a_school_without_a_type_is_told_to_choose_one_and_nothing_about_the_law():
    """Nobody can tell what the law asks of it."""
    unknown = school(mode=None, duty=None)
    message = "Choose the type of school on the school's page: it decides what the law asks."
    assert problems(complete(school=unknown)) == [error("school-type-missing", message)]
    assert found(complete(school=unknown, without=["teaching"])) == [("school-type-missing", "")]
    assert found(complete(school=unknown, without=codes_of(Kind.REPORT))) == [
        ("school-type-missing", ""),
        ("nothing-written", ""),
    ]


# --- by guidance: required, expected, voluntary ------------------------------------------


def test_a_pupil_referral_unit_is_told_that_the_code_expects_it():
    message = f"“{title('teaching')}” is empty. The Code of Practice expects it."
    assert problems(complete(without=["teaching"], school=school("14"))) == [
        warning("section-expected", message, "teaching", LAW)
    ]


def test_an_independent_school_is_told_that_it_may_choose():
    message = f"“{title('teaching')}” is empty. Your school may choose, but parents look for it."
    assert problems(complete(without=["teaching"], school=school("11"))) == [
        warning("section-expected", message, "teaching", LAW)
    ]


@pytest.mark.parametrize("code", ["cla", "policy_contacts"])
def test_what_the_code_of_practice_adds_is_a_warning(code):
    message = f"“{title(code)}” is empty. The Code of Practice expects it."
    assert problems(complete(without=[code])) == [warning("section-expected", message, code, CODE)]


def test_a_school_without_the_duty_is_never_stopped_but_for_an_empty_page():
    empty = complete(without=codes_of(Kind.REPORT), school=school("11"))
    assert [each.code for each in problems(empty) if each.is_error] == ["nothing-written"]
    one = complete(without=codes_of(Kind.REPORT)[1:], school=school("11"))
    assert [each for each in problems(one) if each.is_error] == []


def test_the_inclusion_strategy_is_asked_for_with_its_date():
    message = (
        "“What it costs” is empty. Inclusion strategy (grant condition) asks for it "
        "by 31 December 2026."
    )
    strategy = complete(kind=Kind.STRATEGY, without=["inclusion_costs"])
    assert problems(strategy) == [
        warning("section-asked", message, "inclusion_costs", "england-inclusion-strategy-2026")
    ]
    assert problems(complete(kind=Kind.STRATEGY)) == []


def test_the_inclusion_strategy_is_asked_of_mainstream_schools_only():
    strategy = complete(kind=Kind.STRATEGY, without=["inclusion_costs"], school=school("44"))
    assert problems(strategy) == []


def test_the_strategy_stands_beside_the_report_and_neither_is_asked_for_the_other():
    nothing = [section("additional", body=ENOUGH)]
    for kind, others in ((Kind.REPORT, Kind.STRATEGY), (Kind.STRATEGY, Kind.REPORT)):
        of_the_page = complete(kind=kind).model_copy(update={"sections": tuple(nothing)})
        asked = {each.ruleset for each in problems(of_the_page) if each.ruleset}
        assert asked == {each.id for each in load().for_kind(kind)}
        assert asked & {each.id for each in load().for_kind(others)} == set()


# --- rulesets with dates -----------------------------------------------------------------

RULE = {
    "code": "support_plans",
    "title": "Support plans",
    "question": "Who has a plan?",
    "guidance": "Say who.",
    "reference": "Act 2029",
    "theme": "support",
}


def ruleset(**fields):
    """Return a ruleset of one section that is required of mainstream schools."""
    values = {
        "id": "england-2029",
        "title": "Act 2029",
        "basis": "law",
        "kind": "sen-information-report",
        "source": "Act 2029",
        "effective_from": date(2029, 9, 1),
        "sections": ({**RULE, "levels": fields.pop("levels", {"M": "required"})},),
    }
    return Rulesets((*load(), Ruleset(**{**values, **fields})))


@pytest.mark.parametrize("on", [date(2026, 10, 1), date(2029, 8, 31)])
def test_a_ruleset_that_starts_later_is_announced(on):
    report = complete()
    upcoming = [each for each in problems(report, ruleset(), on) if each.ruleset == "england-2029"]
    assert upcoming == [
        warning(
            "section-upcoming",
            "From 1 September 2029 you will also need “Support plans”.",
            "support_plans",
            "england-2029",
        )
    ]


def test_a_ruleset_binds_from_its_first_day():
    first = [
        each
        for each in problems(complete(), ruleset(), date(2029, 9, 1))
        if each.ruleset == "england-2029"
    ]
    message = "“Support plans” is empty. It must be answered before you can publish."
    assert first == [error("section-missing", message, "support_plans", "england-2029")]


def test_what_will_be_needed_and_is_there_already_is_not_announced():
    report = complete()
    report = report.model_copy(update={"sections": (*report.sections, *written("support_plans"))})
    assert problems(report, ruleset()) == []


@pytest.mark.parametrize("levels", [{"M": "expected"}, {"M": "optional"}, {"S": "required"}])
def test_only_what_will_be_required_of_this_school_is_announced(levels):
    assert problems(complete(), ruleset(levels=levels)) == []


def test_a_ruleset_that_has_ended_is_not_asked():
    dates = {"effective_from": date(2020, 9, 1), "effective_to": date(2026, 10, 1)}
    last = problems(complete(), ruleset(**dates), date(2026, 10, 1))
    after = problems(complete(), ruleset(**dates), date(2026, 10, 2))
    assert ([each.code for each in last], after) == (["section-missing"], [])


def test_a_report_of_before_the_law_is_asked_nothing_by_it():
    assert problems(complete(without=["teaching"]), on=date(2014, 8, 31)) == [
        warning(
            "section-upcoming",
            f"From 1 September 2014 you will also need “{title('teaching')}”.",
            "teaching",
            LAW,
        )
    ]


@pytest.mark.parametrize(
    ("basis", "levels", "due", "expected"),
    [
        ("local", "required", None, ("section-asked", "Act 2029 asks for it.")),
        (
            "local",
            "required",
            date(2027, 3, 1),
            ("section-asked", "Act 2029 asks for it by 1 March 2027."),
        ),
        ("statutory-guidance", "required", None, ("section-asked", "Act 2029 asks for it.")),
        ("local", "expected", None, ("section-expected", "It is good to have.")),
        ("grant-condition", "expected", None, ("section-expected", "It is good to have.")),
        (
            "statutory-guidance",
            "expected",
            None,
            ("section-expected", "The Code of Practice expects it."),
        ),
    ],
)
def test_what_is_not_law_only_warns_and_says_who_asks(basis, levels, due, expected):
    rulesets = ruleset(basis=basis, levels={"M": levels}, due=due, effective_from=date(2026, 1, 1))
    code, words_of_it = expected
    assert problems(complete(), rulesets) == [
        warning(code, f"“Support plans” is empty. {words_of_it}", "support_plans", "england-2029")
    ]


def test_what_is_optional_is_never_a_problem():
    rulesets = ruleset(levels={"M": "optional"}, effective_from=date(2026, 1, 1))
    assert problems(complete(), rulesets) == []


# --- the offer ---------------------------------------------------------------------------

QUESTIONS = [rule.code for rule in load().get("se7-14").sections]


def offer(question_set="se7-14", codes=QUESTIONS, **fields):
    """Return an offer with an answer to each question."""
    base = complete(kind=Kind.OFFER, question_set=question_set, **fields)
    return base.model_copy(update={"sections": tuple(written(*codes))})


def test_a_complete_offer_has_no_problem():
    assert problems(offer()) == []


def test_a_question_without_an_answer_is_an_error():
    message = (
        "“What have staff learned about SEND, and what will they learn next?” has no answer. "
        "Write one, or fill in and publish the sections of the SEN information report that "
        "answer it."
    )
    without = offer(codes=[code for code in QUESTIONS if code != "staff_training"])
    assert problems(without) == [error("question-unanswered", message, "staff_training", "se7-14")]


def test_an_empty_offer_has_an_error_for_each_question():
    assert found(offer(codes=[])) == [("question-unanswered", code) for code in QUESTIONS]


def test_the_chosen_set_counts_for_schools_without_the_duty_too():
    """By the school's own choice, not by law."""
    assert found(offer(codes=QUESTIONS[1:], school=school("11"))) == [
        ("question-unanswered", "spotting_needs")
    ]


def test_a_special_school_need_not_say_how_it_spots_needs():
    assert found(offer(codes=QUESTIONS[1:], school=school("44"))) == []


def test_a_question_that_the_report_answers_is_answered():
    drawn = section("staff_training", drawn=(section("expertise", body=ENOUGH),))
    others = written(*(code for code in QUESTIONS if code != "staff_training"))
    with_drawn = offer().model_copy(update={"sections": (drawn, *others)})
    assert problems(with_drawn) == []
    emptied = drawn.model_copy(update={"drawn": (section("expertise"),)})
    assert found(offer().model_copy(update={"sections": (emptied, *others)})) == [
        ("question-unanswered", "staff_training")
    ]


@pytest.mark.parametrize("unknown", ["", "se7-15", LAW])
def test_a_question_set_that_is_none_is_an_error(unknown):
    message = f"Choose a question set: “{unknown}” is not one that this site knows."
    assert problems(offer(unknown)) == [error("question-set-unknown", message)]


def test_the_offer_is_not_asked_for_the_laws_sections():
    assert [each.ruleset for each in problems(offer(codes=[])) if each.ruleset == LAW] == []


def test_each_set_asks_its_own_questions():
    assert found(offer("outpost-7")) == [
        ("question-unanswered", rule.code) for rule in load().get("outpost-7").sections
    ]


# --- the school's own page ---------------------------------------------------------------


def landing(**fields):
    """Return the Document of a school's page."""
    return document(kind=Kind.SCHOOL, school=school(**fields))


def test_a_schools_page_needs_neither_sections_nor_a_signature():
    assert problems(landing()) == []


def test_a_school_without_a_urn_is_told_so_on_its_own_page_only():
    message = "Give the school's URN, so that others can find it."
    assert problems(landing(urn=None)) == [warning("urn-missing", message)]
    assert problems(complete(school=school(urn=None))) == []


def test_a_urn_or_ukprn_of_an_unusual_range_is_a_warning():
    assert problems(landing(urn="290001", ukprn="20000001")) == [
        warning("urn-unusual", "The URN does not start with 1. Check it."),
        warning("ukprn-unusual", "The UKPRN does not start with 1. Check it."),
    ]
    assert problems(landing(urn="190001", ukprn="19000001")) == []


def test_a_schools_page_without_a_type_is_an_error():
    assert found(landing(mode=None)) == [("school-type-missing", "")]


# --- placeholders ------------------------------------------------------------------------

PLACEHOLDERS = {
    "TBC": "TBC",
    "The SENCO is TBC for now.": "TBC",
    "Date: tbc": "tbc",
    "TBA by the governors": "TBA",
    "TODO": "TODO",
    "lorem ipsum dolor": "lorem ipsum",
    "Lorem ipsum": "Lorem ipsum",
    "LOREM IPSUM": "LOREM IPSUM",
    "To be confirmed": "To be confirmed",
    "Start date: to be confirmed.": "to be confirmed",
    "Our SENCO (to be confirmed) will call.": "to be confirmed",
    "Training – to be added": "to be added",
    "The dates to be announced": "dates to be announced",
    "Welcome to [school name], a primary school.": "[school name]",
    "[School's name]": "[School's name]",
    "[Name of the school] teaches well.": "[Name of the school]",
    "Written by [name] on [date].": "[name]",
    "[your school or academy]": "[your school or academy]",
    "We use [insert programme] daily.": "[insert programme]",
    "Ring <insert number>.": "<insert number>",
    "Ask {add contact here}.": "{add contact here}",
    "Insert text here": "Insert text here",
    "insert your school's name here": "insert your school's name here",
    "Say more. Insert link here.": "Insert link here",
    "Ring <enter number>.": "<enter number>",
    "Add details": "Add details",
    "Add link": "Add link",
    "Add name.": "Add name",
    "add here": "add here",
    "First line.\nAdd text:\nLast line.": "Add text",
    "Our lead (insert name) helps.": "(insert name)",
    "We meet on (add the next date).": "(add the next date)",
    "Ring us on (enter number and name).": "(enter number and name)",
    "Click or tap here to enter text.": "Click or tap here to enter text",
    "The trip costs £XX.": "XX",
    "Call 01632 XXXXXX.": "XXXXXX",
}
INNOCENT = [
    "We add details to the plan",
    "Add details of the meeting to your diary.",
    "We add details to the plan, and teachers insert pictures here and there.",
    "Name and date of birth",
    "Mr Tbc and Mrs Tba",
    "A form to be completed at home.",
    "All forms have to be completed.",
    "The need does not have to be confirmed by a doctor.",
    "We wait for the diagnosis to be confirmed.",
    "More ramps are to be added next year.",
    "Come to the side gate (enter from Park Road).",
    "Home book (add a note on Fridays)",
    "Pupils insert their card here to open the lift.",
    "Staff insert text here and there.",
    "Tap here to enter the competition",
    "We mark work on a scale [1 to 5].",
    "Ages 4 < 5 > 3",
    "Sizes XL and XXL",
    "The mastodon todo list of the pupils",
    "School name badges help children who forget names.",
    "Your date, your school, your name",
    "A child may ask the teacher to insert a picture.",
    "To be confident is our aim.",
    "Here to help: add to this list what you need.",
]


@pytest.mark.parametrize(("text", "what"), PLACEHOLDERS.items(), ids=PLACEHOLDERS)
def test_a_placeholder_is_found_and_quoted(text, what):
    report = complete(sections={"teaching": {"body": words(text)}})
    message = f"“Teaching” still says “{what}”. Write the real words."
    assert [each for each in problems(report) if each.code == "placeholder"] == [
        warning("placeholder", message, "teaching")
    ]


@pytest.mark.parametrize("text", INNOCENT)
def test_ordinary_prose_is_no_placeholder(text):
    report = complete(sections={"teaching": {"body": words(text)}})
    assert [each for each in problems(report) if each.code == "placeholder"] == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("senco", {"senco": Senco(name="TBC", phone="01632 960101")}),
        ("senco", {"senco": Senco(name="Mrs Corrigan", phone="1", days="tbc")}),
        ("support_contacts", {"contacts": (Contact(name="[name]"),)}),
        ("extra_support", {"provisions": (Provision(name="TBA", level="universal"),)}),
        ("extra_support", {"provisions": (Provision(name="Club", level="universal", when="TBC"),)}),
        (
            "extra_support",
            {"provisions": (Provision(name="Club", level="universal", body=words("TBC")),)},
        ),
        ("transition", {"stages": (TransitionStage(stage="starting", body=words("TBC")),)}),
        ("teaching", {"body": ENOUGH, "links": (Link(text="TBC", url="https://a.example/"),)}),
    ],
)
def test_a_placeholder_is_found_in_every_field(code, fields):
    assert found(complete(sections={code: fields})) == [("placeholder", code)]


def test_a_placeholder_is_found_in_the_introduction():
    message = "“Introduction” still says “[school name]”. Write the real words."
    assert problems(complete(introduction=words("Welcome to [school name]."))) == [
        warning("placeholder", message)
    ]


def test_a_section_with_two_placeholders_is_named_once():
    report = complete(sections={"teaching": {"body": words("TBC, lorem ipsum, TBA")}})
    assert found(report) == [("placeholder", "teaching")]


# --- wording -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["We offer:", "First.\nWe offer: "])
def test_an_answer_that_ends_in_a_colon_looks_unfinished(text):
    message = "An answer in “Teaching” ends in a colon. Is something missing after it?"
    report = complete(sections={"teaching": {"body": words(text)}})
    assert problems(report) == [warning("unfinished", message, "teaching")]


LEADING = words("We offer all of these to every child who needs it:")


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("teaching", {"body": LEADING, "links": (POLICY,)}),
        ("teaching", {"body": LEADING, "documents": (PDF,)}),
        ("support_contacts", {"body": LEADING, "contacts": (Contact(name="SENDIASS"),)}),
        (
            "extra_support",
            {"body": LEADING, "provisions": (Provision(name="Club", level="universal"),)},
        ),
        (
            "transition",
            {"body": LEADING, "stages": (TransitionStage(stage="starting", body=ENOUGH),)},
        ),
        (
            "extra_support",
            {
                "provisions": (Provision(name="Club", level="universal", body=LEADING),),
                "links": (POLICY,),
            },
        ),
    ],
)
def test_a_colon_may_lead_to_what_follows_on_the_page(code, fields):
    assert found(complete(sections={code: fields})) == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        (
            "extra_support",
            {"provisions": (Provision(name="Club", level="universal", body=LEADING),)},
        ),
        (
            "transition",
            {"body": ENOUGH, "stages": (TransitionStage(stage="starting", body=LEADING),)},
        ),
        (
            "extra_support",
            {
                "provisions": (
                    Provision(name="Club", level="universal", body=LEADING),
                    Provision(name="Club", level="universal", body=ENOUGH),
                ),
                "links": (POLICY,),
            },
        ),
    ],
)
def test_a_colon_inside_a_row_leads_to_nothing(code, fields):
    assert found(complete(sections={code: fields})) == [("unfinished", code)]


LONG = words(" ".join(["word"] * 30))


def pointing(*codes, body=LONG):
    """Return a complete report in which sections point at `parents`."""
    sections = {code: {"answered_in": "parents"} for code in codes}
    return complete(sections={"parents": {"body": body}, **sections})


def test_a_long_answer_may_stand_in_for_three_others():
    assert problems(pointing("pupils", "progress", "complaints")) == []


def test_no_answer_stands_in_for_four_others():
    message = (
        "“Parents” is to answer 4 other questions as well, in 30 words. "
        "Say more there, or answer them one by one."
    )
    assert problems(pointing("pupils", "progress", "complaints", "activities")) == [
        warning("answered-elsewhere-thin", message, "parents")
    ]


def test_a_short_answer_stands_in_for_no_other():
    message = (
        "“Parents” is to answer 1 other questions as well, in 29 words. "
        "Say more there, or answer them one by one."
    )
    short = words(" ".join(["word"] * 29))
    assert problems(pointing("pupils", body=short)) == [
        warning("answered-elsewhere-thin", message, "parents")
    ]


def test_a_section_with_words_of_its_own_answers_for_itself_wherever_it_points():
    own = {"body": ENOUGH, "answered_in": "parents"}
    short = {"body": ENOUGH, "answered_in": "parents"}
    assert found(complete(sections={"pupils": own, "parents": short})) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"links": (POLICY,)},
        {"documents": (PDF,)},
        {"body": words("Please see our policy here."), "documents": (PDF,)},
        {"body": words("one two three four five six seven"), "links": (POLICY,)},
    ],
    ids=["only a link", "only a PDF", "a few words and a PDF", "seven words"],
)
def test_only_a_link_or_a_file_is_a_warning(fields):
    message = "“Teaching” is only a link or a file. Say the main points on the page."
    assert problems(complete(sections={"teaching": fields})) == [
        warning("only-a-link", message, "teaching")
    ]


def test_a_link_in_the_text_is_only_a_link_too():
    html = '<p>Please <a href="/p">read the policy on how all of us teach here</a> now.</p>'
    body = clean_html(html, "https://larkfield.example/")
    assert found(complete(sections={"teaching": {"body": body}})) == [("only-a-link", "teaching")]


def test_eight_words_beside_a_link_are_enough():
    eight = words("one two three four five six seven eight")
    assert found(complete(sections={"teaching": {"body": eight, "links": (POLICY,)}})) == []


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("la_local_offer", {**SPECIAL["la_local_offer"], "links": (POLICY,)}),
        ("accessibility_plan", {**SPECIAL["accessibility_plan"], "documents": (PDF,)}),
        ("policy_contacts", {"links": (POLICY,)}),
        ("kinds", {"needs": ("ASD",), "links": (POLICY,)}),
        ("senco", {**SPECIAL["senco"], "links": (POLICY,)}),
        ("support_contacts", {"contacts": (Contact(name="SENDIASS"),), "links": (POLICY,)}),
        (
            "extra_support",
            {"provisions": (Provision(name="Club", level="universal"),), "links": (POLICY,)},
        ),
        (
            "transition",
            {"stages": (TransitionStage(stage="starting", body=ENOUGH),), "links": (POLICY,)},
        ),
        ("teaching", {"body": words("In class.")}),
    ],
)
def test_where_a_link_is_the_answer_or_stands_beside_one_nobody_minds(code, fields):
    assert found(complete(sections={code: fields})) == []


def test_a_drawn_answer_with_a_link_is_no_bare_link():
    drawn = section("staff_training", links=(POLICY,), drawn=(section("x", body=ENOUGH),))
    others = written(*(code for code in QUESTIONS if code != "staff_training"))
    assert found(offer().model_copy(update={"sections": (drawn, *others)})) == []


def test_the_link_to_the_councils_offer_is_asked_for():
    message = "Give the address of the council's local offer, so that parents reach it."
    for fields in ({"body": ENOUGH}, {"documents": (PDF,)}):
        report = complete(sections={"la_local_offer": fields})
        assert problems(report) == [warning("la-link-missing", message, "la_local_offer")]


def test_the_needs_are_asked_for_to_be_searched():
    message = "Tick the needs that you provide for, so that parents can search for them."
    assert problems(complete(sections={"kinds": {"body": ENOUGH}})) == [
        warning("needs-not-chosen", message, "kinds")
    ]
    assert found(complete(sections={"kinds": {}})) == [("section-missing", "kinds")]


@pytest.mark.parametrize(
    ("senco", "codes"),
    [
        (Senco(name="Mrs Corrigan", phone="01632 960101"), []),
        (Senco(name="Mrs Corrigan"), ["senco-contact-missing"]),
        (Senco(email="senco@larkfield.example"), ["senco-contact-missing"]),
        (
            Senco(name="Mrs Corrigan", email="a.corrigan@larkfield.example"),
            ["senco-email-personal"],
        ),
        (
            Senco(email="a.corrigan@larkfield.example"),
            ["senco-contact-missing", "senco-email-personal"],
        ),
        (Senco(), ["section-missing"]),
        (None, ["section-missing"]),
    ],
)
def test_p12_the_senco_can_be_reached_and_not_at_a_private_address(senco, codes):
    assert found(complete(sections={"senco": {"senco": senco}})) == [
        (code, "senco") for code in codes
    ]


def test_the_senco_in_words_only_is_asked_for_in_the_fields():
    message = (
        "Give the SENCO's name, and a phone number or an e-mail address. A personal address is"
        " shown, and counts, only with the tick below it."
    )
    assert problems(complete(sections={"senco": {"body": ENOUGH}})) == [
        warning("senco-contact-missing", message, "senco")
    ]


def test_a_private_address_that_was_agreed_to_is_a_warning():
    message = "The SENCO's e-mail address looks personal. A shared one lasts longer."
    senco = Senco(name="Mrs Corrigan", email="a.corrigan@larkfield.example")
    assert problems(complete(sections={"senco": {"senco": senco}})) == [
        warning("senco-email-personal", message, "senco")
    ]


# --- dates and names ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        (
            {"approval": Approval(on=date(2026, 9, 22))},
            "unsigned",
            "Say who approved this, for example the governing body.",
        ),
        (
            {"approval": Approval(by="Governing body")},
            "undated",
            "Give the date on which it was approved.",
        ),
        ({"academic_year": ""}, "year-missing", "Say which academic year it is for."),
        ({"review_date": None}, "review-date-missing", "Say when it will be reviewed next."),
        (
            {"review_date": date(2026, 9, 30)},
            "review-overdue",
            "The review was due on 30 September 2026. Read it again and set the next date.",
        ),
    ],
)
def test_a_report_is_signed_dated_and_has_its_next_review(fields, code, message):
    assert problems(complete(**fields)) == [warning(code, message)]


@pytest.mark.parametrize(
    ("year", "on", "over"),
    [
        ("2026-27", date(2027, 8, 31), False),
        ("2026-27", date(2027, 9, 1), True),
        ("2025-26", date(2026, 10, 1), True),
        ("2026/27", date(2027, 9, 1), True),
        ("2027-28", date(2026, 10, 1), False),
        ("26-27", date(2090, 1, 1), False),
        ("12", date(2090, 1, 1), False),
        ("20261", date(2090, 1, 1), False),
        ("this year", date(2090, 1, 1), False),
        ("\u0662\u0660\u0662\u0666-27", date(2090, 1, 1), False),
        ("9999-00", date(2090, 1, 1), False),
    ],
)
def test_an_academic_year_is_over_on_1_september(year, on, over):
    message = f"It is for the academic year {year}, which is over."
    report = complete(academic_year=year, review_date=date.max)
    told = [each for each in problems(report, on=on) if each.code.startswith("year")]
    assert told == ([warning("year-over", message)] if over else [])


@pytest.mark.parametrize(("days", "codes"), [(-1, ["review-overdue"]), (0, []), (1, [])])
def test_a_review_is_overdue_from_the_day_after_it_was_due(days, codes):
    report = complete(review_date=TODAY + timedelta(days))
    assert [each.code for each in problems(report)] == codes


@pytest.mark.parametrize(
    ("start", "on", "old"),
    [
        (date(2023, 10, 2), date(2026, 10, 1), False),
        (date(2023, 10, 1), date(2026, 10, 1), False),
        (date(2023, 9, 30), date(2026, 10, 1), True),
        (date(2023, 1, 1), date(2026, 1, 1), False),
        (date(2022, 12, 31), date(2026, 1, 1), True),
        (date(2023, 1, 1), date(2027, 1, 1), True),
        (date(2024, 2, 29), date(2027, 2, 28), False),
        (date(2024, 2, 29), date(2027, 3, 1), True),
        (date(2025, 2, 28), date(2028, 2, 28), False),
        (date(2025, 2, 28), date(2028, 2, 29), True),
        (date(2025, 3, 1), date(2028, 2, 29), False),
        (date(2026, 10, 2), date(2026, 10, 1), False),
    ],
)
def test_an_accessibility_plan_is_old_after_three_years(start, on, old):
    plan = AccessibilityPlan(url="https://larkfield.example/plan", start_date=start)
    report = complete(sections={"accessibility_plan": {"accessibility_plan": plan}})
    written_date = f"{start.day} {start:%B} {start.year}"
    message = f"The accessibility plan is from {written_date}. It is renewed every three years."
    expected = [warning("accessibility-plan-old", message, "accessibility_plan")] if old else []
    of_the_plan = [each for each in problems(report, on=on) if each.section]
    assert of_the_plan == expected


@pytest.mark.parametrize(
    "fields",
    [
        {"accessibility_plan": AccessibilityPlan(url="https://larkfield.example/plan")},
        {"documents": (PDF,)},
        {"body": ENOUGH},
    ],
)
def test_an_accessibility_plan_without_a_first_day_is_a_warning(fields):
    message = "Say when the accessibility plan started: it runs for three years at most."
    assert problems(complete(sections={"accessibility_plan": fields})) == [
        warning("accessibility-plan-undated", message, "accessibility_plan")
    ]


def test_an_accessibility_plan_that_says_nothing_is_missing_and_not_undated():
    assert found(complete(sections={"accessibility_plan": {}})) == [
        ("section-missing", "accessibility_plan")
    ]


# --- the whole ---------------------------------------------------------------------------


def test_a_problem_says_if_it_stops_the_publishing():
    assert [each.value for each in Severity] == ["error", "warning"]
    assert [error("a", "b").is_error, warning("a", "b").is_error] == [True, False]
    of_the_whole = Problem("undated", Severity.WARNING, "Date it.")
    assert (of_the_whole.section, of_the_whole.ruleset) == ("", "")


def test_errors_come_first_and_each_group_keeps_its_order():
    report = complete(
        without=["teaching", "cla"],
        approval=Approval(),
        school=school(mode=Mode.MAINSTREAM, duty=Duty.REQUIRED, urn="290001"),
        sections={"kinds": {"body": words("TBC")}, "wellbeing": {}},
    )
    assert found(report) == [
        ("section-missing", "teaching"),
        ("section-missing", "wellbeing"),
        ("urn-unusual", ""),
        ("section-expected", "cla"),
        ("placeholder", "kinds"),
        ("needs-not-chosen", "kinds"),
        ("unsigned", ""),
        ("undated", ""),
    ]


@few
@given(documents, st.dates())
def test_p6_any_document_can_be_judged_and_always_in_the_same_way(given_document, on):
    once = find_problems(given_document, load(), on)
    assert find_problems(given_document, load(), on) == once
    severities = [each.is_error for each in once]
    assert severities == sorted(severities, reverse=True)
    again = type(given_document).from_text(given_document.canonical_text())
    assert find_problems(again, load(), on) == once


@few
@given(documents, st.dates())
def test_p6_no_problem_is_told_twice(given_document, on):
    """The same code, section and words twice would be noise."""
    sections = {each.code: each for each in given_document.sections}.values()
    once = find_problems(
        given_document.model_copy(update={"sections": tuple(sections)}), load(), on
    )
    assert len(set(once)) == len(once)


@few
@given(documents)
def test_p3_an_answer_more_never_makes_an_error_more(given_document):
    """Whoever fills in a section is never worse off."""
    full = given_document.model_copy(
        update={"sections": (*written(*codes_of(Kind.REPORT)), *given_document.sections)}
    )
    before = {each for each in find_problems(given_document, load(), TODAY) if each.is_error}
    after = {each for each in find_problems(full, load(), TODAY) if each.is_error}
    assert after - before == set()
