"""Words that not every parent knows: found once, and not where the text explains them."""

import pytest

from tests.suggestions.helpers import found, saying, suggested, text
from tests.test_document import document, section
from wagtail_senoffer.document import Contact, Words
from wagtail_senoffer.suggestions import Term, find_suggestions, merge, shipped_glossary


def test_a_term_is_quoted_with_what_it_means():
    (problem,) = suggested(saying("Ask the ELSA."))
    assert (problem.code, problem.section) == ("jargon", "teaching")
    assert problem.message == (
        "“Teaching” uses words that not every parent knows. Say what they mean the first time: "
        "“ELSA” (a trained adult who helps children to understand their feelings)."
    )


def test_terms_of_a_section_come_in_one_suggestion_as_they_are_written():
    (problem,) = suggested(saying("The EP, our TAs and CAMHS look at EHC plans. The EP again."))
    assert [part.split("”")[0] for part in problem.message.split("“")[2:]] == [
        *("EP", "TA", "CAMHS", "EHC plan"),
    ]


def test_a_term_is_said_only_where_it_is_first_used():
    problems = suggested(
        document(
            section("teaching", body=text("Ask the ELSA.")),
            section("adapt", body=text("The ELSA and CAMHS help.")),
        )
    )
    assert [(each.section, each.message.count("(")) for each in problems] == [
        ("teaching", 1),
        ("adapt", 1),
    ]


EXPLAINED = [
    "Ask the ELSA (emotional literacy support assistant).",
    "Our emotional literacy support assistant (ELSA) helps. Ask the ELSA.",
    "Ask the ELSA. That means somebody who helps with feelings.",
    "Ask the ELSA, who helps with feelings.",
    "An ELSA is a trained adult. Ask the ELSA.",
    "ELSA: a trained adult",
    "ELSA – a trained adult",
    "Emotional-Literacy Support assistant. Elsewhere: ELSA.",
    "Ask the ELSA.\nELSA stands for something long.",
    "Our Emotional Support Adults (ELSA) help. Ask the ELSA.",
    "A person trained in feelings (an “ELSA”) is here.",
]


@pytest.mark.parametrize("words", EXPLAINED)
def test_a_term_that_is_explained_anywhere_is_fine(words):
    assert found(saying(words)) == []


@pytest.mark.parametrize(
    "words",
    [
        "Ask the ELSA: 01632 960101.",
        "Ask the ELSA: Mrs Bell.",
        "Ask the ELSA (Mondays).",
        "See Mrs Bell (ELSA).",
        "The ELSA was here.",
    ],
)
def test_a_number_or_a_name_behind_it_explains_nothing(words):
    assert found(saying(words)) == ["jargon"]


def test_the_explanation_may_stand_in_another_section():
    explained = section("senco", body=text("An ELSA is an adult who helps with feelings."))
    assert found(document(section("teaching", body=text("Ask the ELSA.")), explained)) == []


def test_what_a_service_helps_with_explains_its_name():
    contact = Contact(name="Westmarch SENDIASS", about="free advice for parents")
    assert found(document(section("support_contacts", contacts=(contact,)))) == []
    bare = contact.model_copy(update={"about": ""})
    assert found(document(section("support_contacts", contacts=(bare,)))) == ["jargon"]


@pytest.mark.parametrize("heading", ["Glossary", "Words we use", "A list of abbreviations"])
def test_a_glossary_of_ones_own_explains_what_stands_in_it(heading):
    listed = section("additional", body=text("ELSA\nHelps with feelings")).model_copy(
        update={"title": heading}
    )
    first = section("teaching", body=text("Ask the ELSA or CAMHS."))
    (problem,) = suggested(document(first, listed))
    assert ("ELSA" in problem.message, "CAMHS" in problem.message) == (False, True)


def test_the_report_explains_what_an_offer_draws_from_it():
    drawn = section("senco", body=text("An ELSA is an adult who helps with feelings."))
    offer = section("question", 2, drawn=(drawn,))
    assert found(document(section("teaching", body=text("Ask the ELSA.")), offer)) == []


@pytest.mark.parametrize(
    "words", ["Elsa came.", "Camhs", "A hit and a mat.", "WELSAD", "ELSA2", "la la", "salt"]
)
def test_only_the_term_itself_counts(words):
    assert found(saying(words)) == []


@pytest.mark.parametrize(
    "words", ["Graduated Approach", "the graduated approach", "ELSAs", "ELSA's"]
)
def test_capitals_of_ordinary_words_and_endings_do_not_matter(words):
    assert found(saying(words)) == ["jargon"]


def test_the_introduction_counts():
    (problem,) = suggested(document(introduction=Words(html="ELSA", text="ELSA")))
    assert problem.section == ""


def test_the_shipped_glossary_is_worth_having():
    glossary = shipped_glossary()
    forms = [form for term in glossary for form in term.forms]
    assert len(glossary) >= 45
    assert len(forms) == len(set(forms))
    assert [term.term for term in glossary if not (term.meaning and term.explained_as)] == []
    # An explanation that needs one itself is none.
    assert [
        term.term for term in glossary if found(saying(term.meaning)) not in ([], ["pupil-name"])
    ] == []


def test_each_shipped_term_is_found_in_all_its_forms():
    for term in shipped_glossary():
        for form in term.forms:
            assert found(saying(f"Ask for {form} now.")) == ["jargon"], form


OWN = Term("Hub", "our quiet room", "learning hub")


def told(words, *own):
    glossary = merge(shipped_glossary(), own)
    return find_suggestions(saying(words), glossary, on=None)


def test_a_schools_own_word_is_suggested_like_ours():
    (problem,) = told("Go to the Hub.", OWN)
    assert "“Hub” (our quiet room)" in problem.message
    assert told("The learning hub (Hub) is open. Go to the hub.", OWN) == []


def test_a_schools_own_meaning_replaces_ours():
    (problem,) = told(
        "Ask the ELSA.", Term("elsa", known=True), Term("ELSA", "our feelings person")
    )
    assert "“ELSA” (our feelings person)" in problem.message


def test_a_word_that_parents_know_is_never_suggested():
    assert told("Ask the ELSA.", Term("ELSA", known=True)) == []
    assert told("Ask the SLT.", Term("SLT", known=True)) == []
    (problem,) = told("Ask the SLT and the SaLT.", Term("SLT", "our leaders"))
    assert problem.message.endswith(
        ": “SaLT” (help with talking and understanding, from a therapist); “SLT” (our leaders)."
    ) or problem.message.endswith(
        ": “SLT” (our leaders); “SaLT” (help with talking and understanding, from a therapist)."
    )


def test_a_word_without_a_meaning_can_still_be_suggested():
    (problem,) = told("Ask the Hub.", Term("Hub"))
    assert problem.message.endswith(": “Hub”.")


def test_without_a_glossary_nothing_is_jargon():
    assert find_suggestions(saying("ELSA"), (), on=None) == []
    assert find_suggestions(saying("ELSA"), (Term("ELSA", known=True),), on=None) == []
