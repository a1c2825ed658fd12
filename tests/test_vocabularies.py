"""The field's codes: school types and their duty, needs, identifiers, role mailboxes."""

from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from wagtail_senoffer.vocabularies import (
    AREA_LABELS,
    NEEDS,
    PHASE_LABELS,
    PROVISION_LEVEL_LABELS,
    SCHOOL_TYPES,
    STAGE_LABELS,
    Area,
    Duty,
    Laestab,
    Level,
    Mode,
    Phase,
    ProvisionLevel,
    ResourcedProvision,
    Stage,
    Ukprn,
    Uprn,
    Urn,
    duty_of,
    is_role_mailbox,
    parse_laestab,
    parse_ukprn,
    parse_uprn,
    parse_urn,
    parse_urns,
)

# The register's type codes by mode, as the domain notes have them; "O?" (6) counts as O.
MODES = {
    "M": ("1", "2", "3", "5", "28", "34", "35", "40", "41"),
    "N": ("15",),
    "S": ("7", "12", "33", "36", "44"),
    "O": (
        *("14", "38", "39", "42", "43", "45", "46", "57"),
        *("6", "8", "10", "11", "18", "31", "32"),
    ),
}
EXPECTED = ("14", "38", "39", "42", "43", "45", "46", "57")
VOLUNTARY = ("6", "8", "10", "11", "18", "31", "32")

BAD_URN = "A URN has six digits, for example 190001."
BAD_UKPRN = "A UKPRN has eight digits, for example 19000001."
BAD_LAESTAB = "A LAESTAB has seven digits: three for the authority, four for the school (990/2001)."
BAD_UPRN = "A UPRN has up to twelve digits and nothing else."


def in_digits_from(zero, digits):
    """Write digits in another script, whose zero is given."""
    return "".join(chr(ord(zero) + int(digit)) for digit in digits)


ARABIC, FULLWIDTH = "\u0660", "\uff10"


def test_every_type_of_the_register_has_the_mode_of_the_domain_notes():
    found = {code: each.mode.value for code, each in SCHOOL_TYPES.items()}
    assert found == {code: mode for mode, codes in MODES.items() for code in codes}


def test_each_type_stands_under_its_own_code():
    assert {code: each.code for code, each in SCHOOL_TYPES.items()} == {
        code: code for code in SCHOOL_TYPES
    }


@pytest.mark.parametrize(
    ("duty", "codes"),
    [
        (Duty.REQUIRED, (*MODES["M"], *MODES["N"], *MODES["S"])),
        (Duty.EXPECTED, EXPECTED),
        (Duty.VOLUNTARY, VOLUNTARY),
    ],
)
def test_the_duty_has_three_states(duty, codes):
    assert {code for code, each in SCHOOL_TYPES.items() if each.duty is duty} == set(codes)


@pytest.mark.parametrize("written", ["1", "01", "001"])
def test_leading_zeros_of_a_type_do_not_count(written):
    assert duty_of(written) == (Mode.MAINSTREAM, Duty.REQUIRED)


@pytest.mark.parametrize("unknown", ["", "0", "00", "99", "M", "1 ", "-1"])
def test_a_type_that_is_none_has_no_duty(unknown):
    assert duty_of(unknown) is None
    assert duty_of(unknown, in_hospital=True) is None


@pytest.mark.parametrize("code", MODES["S"])
def test_a_special_school_in_a_hospital_has_no_duty(code):
    assert duty_of(code) == (Mode.SPECIAL, Duty.REQUIRED)
    assert duty_of(code, in_hospital=True) == (Mode.OTHER, Duty.VOLUNTARY)


@pytest.mark.parametrize("code", [*MODES["M"], *MODES["N"], *MODES["O"]])
def test_the_hospital_flag_means_nothing_for_other_schools(code):
    """Ticked by mistake on a mainstream school it must not lift the duty (P3)."""
    assert duty_of(code, in_hospital=True) == duty_of(code)


def test_the_needs_are_those_of_the_census_without_nsa():
    areas = {need.code: (need.area, need.gias_code) for need in NEEDS.values()}
    assert areas == {
        "SPLD": (Area.COGNITION, "11"),
        "MLD": (Area.COGNITION, "08"),
        "SLD": (Area.COGNITION, "09"),
        "PMLD": (Area.COGNITION, "10"),
        "SEMH": (Area.SEMH, "05"),
        "SLCN": (Area.COMMUNICATION, "03"),
        "HI": (Area.SENSORY_PHYSICAL, "02"),
        "VI": (Area.SENSORY_PHYSICAL, "01"),
        "MSI": (Area.SENSORY_PHYSICAL, "06"),
        "PD": (Area.SENSORY_PHYSICAL, "07"),
        "ASD": (Area.COMMUNICATION, "04"),
        "DS": (None, ""),
        "OTH": (None, "12"),
    }
    assert list(NEEDS) == [need.code for need in NEEDS.values()]


@pytest.mark.parametrize(
    ("codes", "values"),
    [
        (Mode, "M N S O"),
        (Duty, "required expected voluntary"),
        (Level, "required expected optional"),
        (Area, "communication cognition semh sensory_physical"),
        (Phase, "nursery primary secondary all-through 16-plus"),
        (ProvisionLevel, "universal targeted specialist"),
        (Stage, "starting between-classes changing-school next-phase adulthood"),
    ],
)
def test_p4_codes_that_stand_in_published_documents_stay_as_they_are(codes, values):
    assert [each.value for each in codes] == values.split()


def test_facts_can_not_be_changed_by_a_project():
    for fact in (NEEDS["ASD"], SCHOOL_TYPES["1"]):
        with pytest.raises(FrozenInstanceError):
            fact.code = "other"


def test_every_choice_has_a_label():
    assert list(AREA_LABELS) == list(Area)
    assert list(PHASE_LABELS) == list(Phase)
    assert list(PROVISION_LEVEL_LABELS) == list(ProvisionLevel)
    assert list(STAGE_LABELS) == list(Stage)
    labels = [
        *AREA_LABELS.values(),
        *PHASE_LABELS.values(),
        *PROVISION_LEVEL_LABELS.values(),
        *STAGE_LABELS.values(),
        *(need.label for need in NEEDS.values()),
        *(each.label for each in SCHOOL_TYPES.values()),
    ]
    assert [label for label in labels if not str(label).strip()] == []


def test_resourced_provision_has_the_registers_words():
    assert [each.value for each in ResourcedProvision] == [
        "Not applicable",
        "Resourced provision",
        "SEN unit",
        "Resourced provision and SEN unit",
    ]


@pytest.mark.parametrize(
    ("parse", "written", "stored"),
    [
        (parse_urn, "190001", "190001"),
        (parse_urn, " 190 001\n", "190001"),
        (parse_ukprn, "19000001", "19000001"),
        (parse_ukprn, "1900 0001", "19000001"),
        (parse_laestab, "9902001", "9902001"),
        (parse_laestab, "990/2001", "9902001"),
        (parse_laestab, "990 / 2001", "9902001"),
        (parse_laestab, "001/0001", "0010001"),
        (parse_uprn, "1", "1"),
        (parse_uprn, "000000000001", "000000000001"),
        (parse_uprn, "990000000001", "990000000001"),
    ],
)
def test_identifiers_lose_blanks_and_slashes_and_keep_zeros(parse, written, stored):
    assert parse(written) == stored


def test_several_urns_are_read_whatever_stands_between_them_and_each_once():
    assert parse_urns("") == ()
    assert parse_urns(" 190001, 190002;190003\n190001") == ("190001", "190002", "190003")
    with pytest.raises(ValueError, match=r".") as refusal:
        parse_urns("190001, 19")
    assert str(refusal.value) == BAD_URN


@pytest.mark.parametrize(
    ("parse", "written", "message"),
    [
        (parse_urn, "19001", BAD_URN),
        (parse_urn, "1900011", BAD_URN),
        (parse_urn, "", BAD_URN),
        (parse_urn, "19000a", BAD_URN),
        (parse_urn, "-190001", BAD_URN),
        (parse_urn, "190001.0", BAD_URN),
        (parse_urn, "190\x00001", BAD_URN),
        (parse_urn, in_digits_from(ARABIC, "190001"), BAD_URN),
        (parse_urn, in_digits_from(FULLWIDTH, "190001"), BAD_URN),
        (parse_urn, "19000²", BAD_URN),
        (parse_ukprn, "1900001", BAD_UKPRN),
        (parse_ukprn, "190000011", BAD_UKPRN),
        (parse_ukprn, in_digits_from(ARABIC, "19000001"), BAD_UKPRN),
        (parse_laestab, "990201", BAD_LAESTAB),
        (parse_laestab, "99/02001/1", BAD_LAESTAB),
        (parse_laestab, "990-2001", BAD_LAESTAB),
        (parse_laestab, "990/0000", BAD_LAESTAB),
        (parse_laestab, in_digits_from(ARABIC, "9902001"), BAD_LAESTAB),
        (parse_uprn, "", BAD_UPRN),
        (parse_uprn, "9900000000011", BAD_UPRN),
        (parse_uprn, "12 a", BAD_UPRN),
        (parse_uprn, in_digits_from(ARABIC, "1"), BAD_UPRN),
    ],
)
def test_what_is_no_identifier_is_refused_with_what_was_expected(parse, written, message):
    with pytest.raises(ValueError, match=r".") as refusal:
        parse(written)
    assert str(refusal.value) == message


@given(st.text())
def test_an_identifier_is_ascii_digits_or_an_error(written):
    """Whatever comes in, nothing else comes out."""
    for parse, lengths in (
        (parse_urn, {6}),
        (parse_ukprn, {8}),
        (parse_laestab, {7}),
        (parse_uprn, set(range(1, 13))),
    ):
        try:
            stored = parse(written)
        except ValueError:
            continue
        assert (len(stored) in lengths, stored.isascii(), stored.isdigit()) == (True, True, True)
        assert parse(stored) == stored


@pytest.mark.parametrize(
    ("kind", "written", "stored", "pattern"),
    [
        (Urn, "190 001", "190001", "^[0-9]{6}$"),
        (Ukprn, "1900 0001", "19000001", "^[0-9]{8}$"),
        (Laestab, "990/2001", "9902001", "^[0-9]{3}(?!0000)[0-9]{4}$"),
        (Uprn, " 12 ", "12", "^[0-9]{1,12}$"),
    ],
)
def test_the_annotated_identifiers_parse_and_say_so_in_their_schema(kind, written, stored, pattern):
    adapter = TypeAdapter(kind)
    assert adapter.validate_python(written) == stored
    assert adapter.json_schema() == {"type": "string", "pattern": pattern}
    with pytest.raises(ValidationError):
        adapter.validate_python("none")


@pytest.mark.parametrize(
    "email",
    [
        "senco@larkfield.example",
        "SENCO@larkfield.example",
        "sen@larkfield.example",
        "send@larkfield.example",
        "office@larkfield.example",
        "admin2@larkfield.example",
        "enquiries@larkfield.example",
        "contact.us@larkfield.example",
        "contactus@larkfield.example",
        "larkfield.senco@trust.example",
        "senco-larkfield@trust.example",
        "larkfield_office@trust.example",
        "schooloffice@larkfield.example",
        "mainoffice@larkfield.example",
        "theoffice@larkfield.example",
        "senteam@larkfield.example",
        "learningsupport@larkfield.example",
        "inclusion.lead@larkfield.example",
        "sendiass@westmarch.example",
        "local-offer@westmarch.example",
        "localoffer@westmarch.example",
        "headteacher@larkfield.example",
        "hello@larkfield.example",
    ],
)
def test_p12_addresses_of_a_role_are_recognised(email):
    assert is_role_mailbox(email) is True


@pytest.mark.parametrize(
    "email",
    [
        "",
        "@larkfield.example",
        "main@larkfield.example",
        "the@larkfield.example",
        "a.corrigan@larkfield.example",
        "anne.corrigan@office.example",
        "corrigan@senco.example",
        "acorrigan@larkfield.example",
        "senior@larkfield.example",
        "townsend@larkfield.example",
        "j.townsend@larkfield.example",
        "headley@larkfield.example",
        "headington.jane@larkfield.example",
        "oldschool.friend@larkfield.example",
        "amelia.senior@larkfield.example",
        "j.head@larkfield.example",
        "a.sen@larkfield.example",
        "a_clerk@larkfield.example",
        "head-j@larkfield.example",
        "sené@larkfield.example",
        "hélèneoffice@larkfield.example",
    ],
)
def test_p12_addresses_of_a_person_are_not_taken_for_a_role(email):
    assert is_role_mailbox(email) is False


@given(st.text(), st.text())
def test_only_what_stands_before_the_at_sign_counts(name, domain):
    name = name.replace("@", "")
    assert is_role_mailbox(f"{name}@{domain}") == is_role_mailbox(name)


def test_bad_input_a_long_address_of_role_words_takes_no_time():
    """It took hours with a regular expression that could go back on itself."""
    assert not is_role_mailbox("contact" * 42 + "x@school.example")
