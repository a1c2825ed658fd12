"""Tables in whatever form a register or a spreadsheet saved them; what is wrong is said by line."""

import io
from typing import Any

import pytest

from tests.trust.tables import COLUMNS, OAK, plan, school, table
from wagtail_senoffer.trust import reading, register
from wagtail_senoffer.trust.tables import NotATable, Table


def read(file: Any) -> list[tuple[int, str | None]]:
    return [(line.number, line.get("Street")) for line in Table(file)]


@pytest.mark.parametrize(
    "encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    file = table(OAK, encoding=encoding, delimiter=delimiter)
    assert read(file) == [(2, "1 Café Row")]


def test_excels_first_line_blank_rows_and_cells_of_two_lines() -> None:
    file = table({"Street": "a\r\nb"}, {}, {"Street": "c"}, delimiter=";", first="sep=;\r\n")
    assert read(file) == [(3, "a\r\nb"), (6, "c")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04....", "This is an Excel workbook."),
        (b"\x9fI|O\x99\x8a[\x02\xce_D\x07|\n\x01\x02", "This is not a CSV file."),
        (b'URN\n1\n"' + b"x" * 200_000, "Line 3 can't be read"),
    ],
)
def test_what_is_no_table_is_told(data: bytes, said: str) -> None:
    with pytest.raises(NotATable) as refused:
        list(Table(io.BytesIO(data)))
    assert str(refused.value).startswith(said)


def test_a_value_without_a_column_is_not_known_and_new_columns_are_ignored() -> None:
    columns = ("New", *(name for name in COLUMNS if name not in ("SchoolCapacity", "UKPRN")))
    found = reading.with_register(plan({"URN": "190101"}), table(OAK, columns=columns))
    assert found.missing == ["UKPRN", "SchoolCapacity"]
    assert {"capacity", "ukprn"} & set(found.schools[0].values) == set()


def test_no_register_is_told() -> None:
    with pytest.raises(NotATable, match=r"no column EstablishmentName\."):
        reading.with_register(plan({"URN": "190101"}), table(OAK, columns=("URN",)))


def test_each_wrong_row_is_told_with_its_line_and_the_others_are_read() -> None:
    rows = [
        {"URN": "190101", "Slug": "oak", "Hostname": "oak.example.org"},
        {"URN": "190101"},
        {"URN": "19"},
        {"URN": "199999"},
        {"URN": "190102"},
        {"URN": "190103", "Slug": "Not this"},
        {"URN": "190103", "Slug": "oak"},
        {"URN": "190103", "Hostname": "https://oak.example.org/"},
        {"URN": "190103", "Hostname": "not a host"},
        {"URN": "190103", "Editors": "nobody"},
        {"URN": "190103"},
    ]
    closed = {"EstablishmentStatus (code)": "2", "CloseDate": "31-08-2026"}
    found = reading.with_register(plan(*rows), table(OAK, school(2, **closed), school(3)))
    assert [(each.line, each.urn) for each in found.schools] == [
        (2, "190101"),
        (12, "190103"),
    ]
    assert [(each.line, each.message.split(". ")[0].rstrip(".")) for each in found.problems] == [
        (3, "The URN 190101 is in line 2 already"),
        (4, "A URN has six digits, for example 190001"),
        (5, "The register has no school with the URN 199999"),
        (6, "School 2 (demo) is closed (31-08-2026)"),
        (7, "“Not this” can't be part of an address: use letters, digits and hyphens only"),
        (8, "“oak” is taken by line 2"),
        (9, "“oak.example.org” is taken by line 2"),
        (10, "“not a host” is no host name"),
        (11, "“nobody” is no e-mail address"),
    ]


def test_two_schools_of_one_name_get_addresses_of_their_own() -> None:
    rows = (OAK, school(2, EstablishmentName=OAK["EstablishmentName"]))
    found = reading.of_register(table(*rows), register.by_trust("kestrel bridge learning trust"))
    assert [each.slug for each in found.schools] == ["oak-primary-demo", "oak-primary-demo-190102"]


def test_a_trust_or_a_council_of_the_register_by_number_or_name() -> None:
    rows = (OAK, school(2, **{"LA (code)": "991", "LA (name)": "Elmbury", "Trusts (code)": "1"}))
    for wanted, urns in (
        (register.by_trust("99001"), ["190101"]),
        (register.by_council("elmbury"), ["190102"]),
        (register.by_council("990"), ["190101"]),
    ):
        found = reading.of_register(table(*rows), wanted)
        assert [each.urn for each in found.schools] == urns


def test_what_excel_spoilt_is_left_out_and_told() -> None:
    spoilt = {"UPRN": "9.9E+11", "SchoolCapacity": "420.0", "TypeOfEstablishment (code)": "034"}
    (found,) = reading.alone(table({**OAK, **spoilt})).schools
    assert found.notes == ("Excel has shortened the number 9.9E+11. Use the file as downloaded.",)
    values = found.values
    assert (values.get("uprn"), values["capacity"], values["school_type"]) == (None, 420, "34")


def test_what_we_have_no_word_for_is_left_out_and_told() -> None:
    odd = {"SEN3 (name)": "XYZ - Odd", "TypeOfEstablishment (code)": "30"}
    odd |= {"PhaseOfEducation (code)": "9", "TypeOfResourcedProvision (name)": "Hut"}
    (found,) = reading.alone(table({**OAK, **odd})).schools
    assert [note.partition(".")[0] for note in found.notes] == [
        "Schools of type 30 publish no report",
        "“9” is no phase that we know",
        "“Hut” is no kind of resourced provision that we know",
        "“XYZ - Odd” is no type of need that we know",
    ]
    assert found.values["sen_types"] == ["SLCN", "ASD"]
