"""A good answer to look at, for each section that the law asks for."""

from tests.suggestions.helpers import suggested, text
from tests.test_document import document, section
from wagtail_senoffer.rulesets import Kind, load, model_answer
from wagtail_senoffer.suggestions.reading import TARGET_AGE, reading_age


def answers() -> dict[str, str]:
    law = load().get("england-sir-2014")
    assert law is not None
    return {rule.code: "\n".join(model_answer(Kind.REPORT, rule.code)) for rule in law.sections}


def test_every_section_of_the_law_has_one_of_40_to_90_words() -> None:
    words = {code: len(answer.split()) for code, answer in answers().items()}
    assert len(words) == 23
    assert {code: count for code, count in words.items() if not 40 <= count <= 90} == {}


def test_they_are_as_easy_to_read_as_we_ask_of_schools() -> None:
    ages = {code: reading_age(answer) for code, answer in answers().items()}
    assert {code: age for code, age in ages.items() if age > TARGET_AGE} == {}


def test_our_own_suggestions_find_nothing_in_them() -> None:
    sections = [section(code, body=text(answer)) for code, answer in answers().items()]
    assert [problem.message for problem in suggested(document(*sections))] == []


def test_there_is_none_where_none_was_written() -> None:
    assert model_answer(Kind.REPORT, "no_such_section") == ()
    assert model_answer(Kind.STRATEGY, "inclusion_costs") == ()
