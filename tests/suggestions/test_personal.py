"""What looks like data about a person: found in each form, and never where it is none."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.suggestions.helpers import found, saying, suggested
from tests.test_document import document, section
from wagtail_senoffer.document import Contact, File, Link, Provision, Words
from wagtail_senoffer.suggestions import STRONG
from wagtail_senoffer.suggestions.personal import is_nhs_number, is_upn
from wagtail_senoffer.vocabularies import ProvisionLevel

# Worked by hand from the published rule: 8·2 + 1·4 + 2·5 + 1·10 + 1·13 = 53 = 2·23 + 7 → H.
UPN = "H801200001001"
# Of the range that the NHS keeps for tests.
NHS = "999 000 0018"
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


@pytest.mark.parametrize("number", [UPN, UPN.lower(), "P207000016049", "B801200005001"])
def test_a_upn_has_the_right_check_letter(number):
    assert is_upn(number)


@pytest.mark.parametrize(
    "number",
    ["A801200001001", "Q207000016049", "I801200001001", UPN[:-1], f"{UPN}1", "", "H80120000100O"],
)
def test_what_only_looks_like_a_upn_is_none(number):
    assert not is_upn(number)


@given(st.text(string.digits, min_size=12, max_size=12))
def test_of_all_letters_exactly_one_makes_a_upn(digits):
    assert sum(is_upn(letter + digits) for letter in string.ascii_uppercase) == 1


@given(st.text(string.digits, min_size=11, max_size=11))
def test_a_temporary_upn_ends_in_any_of_the_letters(digits):
    for last in LETTERS:
        assert sum(is_upn(f"{first}{digits}{last}") for first in LETTERS) == 1
    assert not any(is_upn(f"{first}{digits}O") for first in LETTERS)


@given(st.text(string.digits, min_size=12, max_size=12), st.data())
def test_a_digit_that_was_mistyped_is_noticed(digits, data):
    """23 is a prime above every weight and every difference of two digits."""
    letter = next(each for each in LETTERS if is_upn(each + digits))
    place = data.draw(st.integers(0, 11))
    other = data.draw(st.sampled_from([each for each in string.digits if each != digits[place]]))
    assert not is_upn(letter + digits[:place] + other + digits[place + 1 :])


@pytest.mark.parametrize("number", [NHS, "9990000018", "999-000-0018", "943 476 5919"])
def test_an_nhs_number_has_the_right_check_digit(number):
    assert is_nhs_number(number)


@pytest.mark.parametrize("number", ["9990000019", "999000001", "99900000181", "0000000000", ""])
def test_what_only_looks_like_an_nhs_number_is_none(number):
    assert not is_nhs_number(number)


@given(st.text(string.digits, min_size=9, max_size=9).filter(lambda each: len(set(each)) > 1))
def test_at_most_one_last_digit_makes_an_nhs_number(digits):
    assert sum(is_nhs_number(digits + last) for last in string.digits) <= 1


FOUND = [
    (f"His number is {UPN}.", "pupil-number", UPN),
    (f"(upn {UPN.lower()})", "pupil-number", UPN.lower()),
    (f"Ring and say {NHS}.", "nhs-number", NHS),
    ("NHS number: 9434765919", "nhs-number", "9434765919"),
    ("Her number is QQ 12 34 56 C.".replace("QQ", "AB"), "national-insurance", "AB 12 34 56 C"),
    ("AB123456C", "national-insurance", "AB123456C"),
    ("DOB: 3/5/2018", "birth-date", "DOB: 3/5/2018"),
    ("d.o.b. 03.05.18", "birth-date", "d.o.b. 03.05.18"),
    ("Date of birth 3rd May 2018", "birth-date", "Date of birth 3rd May 2018"),
    ("She was born on 3 May 2018 in Hull.", "birth-date", "born on 3 May 2018"),
    ("born 12 Sept 2014", "birth-date", "born 12 Sept 2014"),
    ("3 May 2018 (DOB)", "birth-date", "3 May 2018 (DOB)"),
    ("We have a pupil called Zainab here.", "pupil-name", "pupil called Zainab"),
    ("Last year Jack in Year 4 made a film.", "pupil-name", "Jack in Year 4"),
    ("Aisha Khan in Year 10 likes it.", "pupil-name", "Aisha Khan in Year 10"),
    ("Oliver, Year 6, says so.", "pupil-name", "Oliver, Year 6"),
    ("Mohammed from Reception", "pupil-name", "Mohammed from Reception"),
    ("We looked at Oliver’s EHC plan.", "pupil-name", "Oliver’s EHC plan"),
    ("Emily's diagnosis came late.", "pupil-name", "Emily's diagnosis"),
    ("They helped my son Harry a lot.", "pupil-name", "my son Harry"),
    ("They helped my daughter Oluwaseun a lot.", "pupil-name", "my daughter Oluwaseun"),
    ("They helped our boy Harry a lot.", "pupil-name", "our boy Harry"),
]


@pytest.mark.parametrize(("words", "code", "quoted"), FOUND)
def test_personal_data_is_quoted_and_is_to_be_taken_out(words, code, quoted):
    (problem, *rest) = suggested(saying(words))
    assert [each.code for each in rest if each.code != "jargon"] == []
    assert (problem.code, problem.section, problem.is_error) == (code, "teaching", False)
    assert problem.message.startswith(f"“{quoted}” in “Teaching” looks like ")
    assert "Take it out now: never publish" in problem.message


NOT_FOUND = [
    "Ring the office on 01632 960101 or 01632 960 101.",
    "Ring +44 1632 960 101, 0300 123 4567, 020 7946 0018 or 07700 900 123.",
    "Charity 1234567, company 04296017, reference 9434765919.",
    "URN 190001, UKPRN 19000001, LAESTAB 990/2001, UPRN 990000000001.",
    "The A8012 to B8012, flight AB123456, order H123456789012345.",
    "Apply if your child was born between 1 September 2021 and 31 August 2022.",
    "Children who were born on or after 1 September 2021 may start.",
    "Our school was born on 3 May 1962. The next sports day is 3 May 2018.",
    "Born in 2018, the club meets on 3 May 2026.",
    "Children in Year 4, Phonics in Year 1, French in Year 3, Makaton in Year 2.",
    "Mrs Grace in Year 4, Miss Emily in Year 5 and Mr Thomas in Year 6 help.",
    "Mrs Oliver's plan for the term. Larkfield's SEN policy. The school's EHC plan.",
    "A child's plan. Your child called. A pupil named in the list. My son, too. My son Year 4.",
    "St Thomas in Year 6 hymns. Year 4 Jack and the Beanstalk.",
    "The Lark Room in Year 2. Ask Emily Green at the office.",
    "Westmarch NHS Trust, 12 000 0000 people, 123 456 7890 123.",
]


@pytest.mark.parametrize("words", NOT_FOUND)
def test_what_a_report_needs_to_say_is_left_alone(words):
    assert STRONG.isdisjoint(found(saying(words)))


def test_every_field_of_words_is_looked_at():
    jack = "Jack in Year 4"
    level = ProvisionLevel.UNIVERSAL
    places = [
        {"provisions": (Provision(name="Club", level=level, body=Words(html=jack, text=jack)),)},
        {"provisions": (Provision(name="Club", level=level, who=jack),)},
        {"documents": (File(title=f"Plan for {jack}", url="https://school.example/p.pdf"),)},
        {"links": (Link(text=jack, url="https://school.example/p"),)},
        {"contacts": (Contact(name="Office", about=jack),)},
    ]
    for fields in places:
        assert found(document(section("teaching", **fields))) == ["pupil-name"], fields
    introduction = Words(html=jack, text=jack)
    (problem,) = suggested(document(introduction=introduction))
    assert (problem.code, problem.section) == ("pupil-name", "")


def test_strong_ones_come_first_and_are_told_apart():
    words = f"Ask the SENDIASS. {UPN} is Jack in Year 4, DOB: 3/5/2018, {NHS}, AB123456C."
    codes = found(saying(words))
    assert codes == [
        *("pupil-number", "nhs-number", "national-insurance", "birth-date", "pupil-name"),
        "jargon",
    ]
    assert set(codes) - STRONG == {"jargon"}


def test_each_kind_is_said_once_a_section():
    assert found(saying(f"{UPN} and P207000016049 and {UPN}")) == ["pupil-number"]


def test_numbers_count_in_every_language_and_names_in_english():
    words = f"{UPN}. Jack in Year 4. SENDIASS."
    assert found(saying(words, locale="pl")) == ["pupil-number"]


def test_an_adults_birthday_is_no_pupils():
    assert found(saying("Our founder was born on 3 May 1985.")) == []
    assert found(saying("She will be born on 3 May 2031.")) == []
    assert found(saying("born on 31 February 2018")) == []
