"""How hard a text is to read, and what to shorten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.suggestions.helpers import found, saying, suggested
from wagtail_senoffer.suggestions.reading import reading_age, split_sentences

HARD = (
    "Where a pupil is identified as requiring provision that is additional to or different from "
    "that which is ordinarily available within the differentiated curriculum, the co-ordinator "
    "will arrange the deployment of interventions delivered by appropriately trained staff. "
    "The effectiveness of interventions is monitored and evaluated on a termly basis using a "
    "range of quantitative and qualitative data. "
)
LONGER = (
    "In accordance with established procedures, recommendations concerning individual provision "
    "are subsequently communicated to parents, professionals and governors, who collaboratively "
    "determine whether additional arrangements, including those commissioned externally, remain "
    "proportionate, sustainable and appropriate throughout the remainder of the academic year. "
)
EASY = "We help your child in class. We meet you each term and make a plan with you. " * 12


def test_the_index_is_the_published_formula():
    # 20 letters, 5 words, 1 sentence: 4.71·4 + 0.5·5 - 21.43 = -0.09, a child of 5.
    assert reading_age("We help your good child.") == 5
    # 100 letters, 10 words, 1 sentence: 4.71·10 + 0.5·10 - 21.43 = 30.67.
    assert reading_age(" ".join(["abcdefghij"] * 10)) == 36


def test_a_text_without_words_is_easy():
    assert [reading_age(each) for each in ("", " \n ", "– … !")] == [5, 5, 5]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One two. Three four! Five?", 3),
        ("Mrs. Bell and Dr. Fox, e.g. on Mondays, i.e. today.", 1),
        ("It was 92.1 per cent at 8.45am.", 1),
        ("First item\nSecond item\nThird item", 3),
        ("She said “Come in.” Then she left.", 2),
        ("Wait... Now go.", 2),
        ("", 0),
    ],
)
def test_sentences_end_at_full_stops_and_lines(text, sentences):
    assert len(split_sentences(text)) == sentences


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_word_gets_lost_or_counted_twice(text):
    words = [word for word in text.split() if any(each.isalnum() for each in word)]
    assert sum(map(len, split_sentences(text))) == len(words)


def test_a_hard_section_names_its_longest_sentence():
    (problem,) = suggested(saying(HARD + HARD + LONGER))
    assert (problem.code, problem.section, problem.is_error) == ("hard-to-read", "teaching", False)
    # What is beyond all schooling is not told to the year.
    assert reading_age(HARD + HARD + LONGER) > 25
    age = 25
    assert problem.message == (
        f"“Teaching” is hard to read (like a text for age {age}; aim for 9). Use shorter "
        "sentences and everyday words. Start with the longest, which has 39 words: “In "
        "accordance with established procedures, recommendations concerning individual provision "
        "are subsequently communicated…”."
    )


def test_short_and_easy_texts_are_left_alone():
    assert found(saying(HARD)) == []
    assert found(saying(EASY)) == []
    assert found(saying((HARD + LONGER) * 2)) == ["hard-to-read"]


def test_another_language_has_no_english_reading_age():
    assert found(saying((HARD + LONGER) * 2, locale="pl")) == []
