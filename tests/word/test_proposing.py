"""Which section a part is proposed for, and that nothing is made up."""

import tomllib
from pathlib import Path

import pytest

from tests.word.documents import make
from wagtail_senoffer import word
from wagtail_senoffer.rulesets import Kind, load
from wagtail_senoffer.word import Part, Proposal, keywords, propose, read

RULES = [rule for each in load().for_kind(Kind.REPORT) for rule in each.sections]
QUESTIONS = [rule for each in load().question_sets() for rule in each.sections]


def codes(*headings: str, text: str = "") -> list[str]:
    parts = [Part(heading, 1, f"<p>{text}</p>", text) for heading in headings]
    return [proposal.code for proposal in propose(parts, load())]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_what_the_ruleset_asks_is_proposed_for_its_own_section(rule: object) -> None:
    # “Our SENCO” is a heading that anybody writes: the words below it have to name a person.
    assert codes(rule.title, rule.question, text="Ask Mrs Jane Ashby.") == [rule.code] * 2


def test_the_parent_questions_lead_to_no_other_sections() -> None:
    """Some ask for two things at once and are left to the editor; none goes astray."""
    wrong = {
        rule.question: code
        for rule in QUESTIONS
        for code in codes(rule.question)
        # Whom to ask is also what the Code wants of a report beside its policy.
        if code not in ("", "policy_contacts", *rule.answers_from)
    }
    assert wrong == {}


def test_most_parent_questions_are_proposed() -> None:
    found = [rule for rule in QUESTIONS if codes(rule.question)[0] in rule.answers_from]
    assert len(found) / len(QUESTIONS) >= 0.7


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("How do you know if a pupil needs extra help?", "identify"),
        ("Who is our Special Educational Needs Co-ordinator?", "senco"),
        ("Consulting young people with SEN and involving them in their education", "pupils"),
        ("Consulting parents of children with SEN and involving them", "parents"),
        ("Moving between phases and preparing for adulthood", "transition"),
        ("TRANSITION", "transition"),
        ("Trips and clubs", "activities"),
        ("How is the budget spent?", "extra_support"),
        ("Looked-after children", "cla"),
        ("Reasonable adjustments", "dis_equal"),
        ("SENDIASS", "support_contacts"),
        ("Our accessibility plan 2024 to 2027", "accessibility_plan"),
        ("Exam access arrangements", "adapt"),
    ],
)
def test_the_words_of_real_reports_are_known(heading: str, code: str) -> None:
    assert codes(heading) == [code]


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("SENDCo", "Mrs Jane Ashby. You can ring her on any school day.", "senco"),
        ("SENDCo", "The SENDCo oversees how this document is carried out day by day.", ""),
        ("The SENDCo", "The SENDCo oversees how this document is carried out day by day.", ""),
        ("SEND policy", "You can find the policy on our website.", "policy_contacts"),
        ("SEND policy", "The link governor is glad of every visitor.", ""),
        ("SEND policy", "Our SEND policy can be found in the office.", "policy_contacts"),
        ("SEND policy", "Approved by governors. Find the policy on our website.", ""),
        ("The SEND policy of Millbrook School", "We want every child to be happy here.", ""),
        ("Local offer", "Westmarch Council lists what there is for families.", "la_local_offer"),
        ("Local offer", "Our local offer, also on the council's website, is this.", ""),
        ("Our SEN provision", "Small groups meet each morning for reading.", "extra_support"),
        ("Our SEN provision", "We aim to give everybody lessons in small groups.", ""),
        ("How much support will my child get?", "We look at what helps.", "extra_support"),
        ("The four areas of SEND", "Speech, language and communication; autism.", "kinds"),
        ("The four areas of SEND", "We want everybody to be happy here.", ""),
        ("Equal opportunities", "We value everybody who comes here.", ""),
        ("Equal opportunities", "We make reasonable adjustments.", "dis_equal"),
        ("The Children and Families Act 2014", "It asks schools to meet parents.", ""),
    ],
)
def test_a_heading_that_stands_above_anything_needs_the_words_below_it(
    heading: str, text: str, code: str
) -> None:
    assert codes(heading, text=text) == [code]


TITLE = (
    "# SEND and the council’s local offer",
    "The council’s website is www.larkshire.example.",
)
SECTIONS = tuple(
    line
    for heading in ("Good to know", "Our SENCO", "Lunch", "Complaints")
    for line in (f"## {heading}", "Ask Mrs Jane Ashby.")
)


def test_a_title_names_the_whole_and_introduces_it() -> None:
    proposals = propose(read(make(*TITLE, *SECTIONS)), load())
    assert [(each.code, each.introduces) for each in proposals] == [
        ("", True),
        ("", False),
        ("senco", False),
        ("", False),
        ("complaints", False),
    ]


def test_where_others_stand_as_high_the_first_heading_is_one_like_them() -> None:
    more = ("# Our accessibility plan", "It runs for three years.")
    first, *_rest = propose(read(make(*TITLE, *SECTIONS, *more)), load())
    assert (first.code, first.introduces) == ("la_local_offer", False)


def test_words_without_a_heading_introduce_what_follows() -> None:
    proposals = propose(read(make("Dear families.", *TITLE, *SECTIONS)), load())
    assert [each.introduces for each in proposals] == [True, True, False, False, False, False]
    assert propose([], load()) == []


def test_a_first_heading_that_asks_is_no_title() -> None:
    asking = ("# How do you spot needs?", "Early.")
    first, *_rest = propose(read(make(*asking, *SECTIONS)), load())
    assert (first.code, first.introduces) == ("identify", False)


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("Where can I get information and advice about SEND?", ""),
        ("Where can I get help and advice about my child?", ""),
        ("Whom can I get in touch with about complaints?", "complaints"),
        ("Who do I tell if my child needs to talk?", "policy_contacts"),
        ("How can I find out how my child is doing?", "progress"),
        ("Where can I find out more about SEND services for families?", "support_contacts"),
        ("How do staff know how to meet my child's needs?", "teaching"),
    ],
)
def test_everyday_words_of_a_question_decide_nothing(heading: str, code: str) -> None:
    assert codes(heading) == [code]


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("In what ways will you know that my child needs more help?", "identify"),
        ("What sorts of SEND do you provide for?", "kinds"),
        ("The SENDCo is responsible for", "senco"),
        ("How do you find out that children need help?", "identify"),
        ("How do you work together with parents?", "parents"),
        ("Getting ready for adult life", "transition"),
    ],
)
def test_other_words_for_the_same_are_known(heading: str, code: str) -> None:
    assert codes(heading, text="We visit, start early and move on.") == [code]


def test_no_word_of_the_keywords_is_written_in_a_form_that_is_never_compared() -> None:
    found = keywords.keywords()
    phrases = [
        phrase
        for each in found.sections.values()
        for key in ("sure", "likely", "hint", "against", "body", "alone", "agree", "deny")
        for phrase in getattr(each, key)
    ]
    rows = [row.rstrip("*").split("_") for phrase in phrases for row in phrase if "*" not in row]
    assert [row for row in rows if keywords.words_of(" ".join(row)) != row] == []


def test_no_word_is_taken_for_another_that_begins_like_it() -> None:
    assert codes("Examples", "Date adopted", text="September 2026.") == ["", ""]


@pytest.mark.parametrize(
    "heading",
    [
        "Glossary",
        "Introduction",
        "What is SEND?",
        "Definition of disability",
        "Aims of our provision regarding pupils with SEN",
        "SEND Information Report 2025",
        "Our school",
        "Term dates",
        "Headteacher’s letter",
        "Lunch menu",
        "2025",
        "???",
        "",
    ],
)
def test_what_answers_nothing_is_proposed_for_nothing(heading: str) -> None:
    assert codes(heading) == [""]


def test_the_first_sentences_alone_decide_nothing() -> None:
    text = "Pupils are identified through screening. Concerns are raised with the class teacher."
    assert codes("Good to know", text=text) == [""]


@pytest.mark.parametrize(
    ("heading", "nearest"),
    [
        (
            "How do we support SEND pupils transfer between classes?",
            ("extra_support", "transition"),
        ),
        ("How do you identify needs? How can I complain?", ("identify", "complaints")),
        ("What about my child? How can I complain?", ("complaints",)),
    ],
)
def test_a_heading_that_speaks_for_two_sections_is_left_to_the_editor(
    heading: str, nearest: tuple[str, ...]
) -> None:
    (proposal,) = propose([Part(heading, 1, "<p>a</p>", "a")], load())
    assert (proposal.code, proposal.nearest) == ("", nearest)


def test_questions_that_speak_for_one_section_are_proposed() -> None:
    assert codes(
        "Will you help my child with joining the school? Or with moving to a new school?"
    ) == ["transition"]


def test_a_part_below_another_goes_where_that_one_goes() -> None:
    parts = [
        Part("How do you spot needs?", 1, "<p>a</p>", "a"),
        Part("In the early years", 2, "<p>b</p>", "b"),
        Part("If you want to complain", 2, "<p>c</p>", "c"),
        Part("Glossary", 2, "<p>d</p>", "d"),
        Part("Lunch", 1, "<p>e</p>", "e"),
        Part("On Mondays", 2, "<p>f</p>", "f"),
    ]
    proposals = propose(parts, load())
    assert [(each.code, each.inherited) for each in proposals] == [
        ("identify", False),
        ("identify", True),
        ("complaints", False),
        ("", False),
        ("", False),
        ("", False),
    ]
    assert proposals[-1] == Proposal("")


def test_the_keywords_are_for_the_sections_that_there_are() -> None:
    path = Path(word.__file__).with_name("keywords.toml")
    keywords = tomllib.loads(path.read_text(encoding="utf-8"))
    assert sorted(keywords["sections"]) == sorted(rule.code for rule in RULES)
