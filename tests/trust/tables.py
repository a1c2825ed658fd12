"""Small tables for the tests: schools that can't be, in the register's own columns."""

import csv
import io
from typing import Any, BinaryIO

COLUMNS = (
    *("URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName"),
    *("TypeOfEstablishment (code)", "EstablishmentStatus (code)", "CloseDate"),
    *("PhaseOfEducation (code)", "StatutoryLowAge", "StatutoryHighAge", "SchoolCapacity"),
    *("Trusts (code)", "Trusts (name)", "UKPRN", "Street", "Locality", "Town", "County (name)"),
    *("Postcode", "SchoolWebsite", "TelephoneNum", "TypeOfResourcedProvision (name)"),
    *("ResourcedProvisionCapacity", "SenUnitCapacity", "UPRN"),
    *(f"SEN{number} (name)" for number in range(1, 14)),
)
OAK = {
    "URN": "190101",
    "LA (code)": "990",
    "LA (name)": "Brackenshire",
    "EstablishmentNumber": "2101",
    "EstablishmentName": "Oak Primary (demo)",
    "TypeOfEstablishment (code)": "34",
    "EstablishmentStatus (code)": "1",
    "PhaseOfEducation (code)": "2",
    "StatutoryLowAge": "4",
    "StatutoryHighAge": "11",
    "SchoolCapacity": "420",
    "Trusts (code)": "99001",
    "Trusts (name)": "Kestrel Bridge Learning Trust",
    "UKPRN": "19000101",
    "Street": "1 Café Row",
    "Town": "Westmarch",
    "Postcode": "ZZ99 1OA",
    "SchoolWebsite": "www.oak.example",
    "TelephoneNum": "01632960201",
    "TypeOfResourcedProvision (name)": "SEN unit",
    "SenUnitCapacity": "12",
    "UPRN": "990000000101",
    "SEN1 (name)": "SLCN - Speech, language and Communication",
    "SEN2 (name)": "ASD - Autistic Spectrum Disorder",
}


def school(number: int, **cells: str) -> dict[str, str]:
    """Return the register's row of another school."""
    own = {
        "URN": f"1901{number:02}",
        "EstablishmentNumber": f"21{number:02}",
        "EstablishmentName": f"School {number} (demo)",
        "UKPRN": f"190001{number:02}",
        "UPRN": f"9900000001{number:02}",
    }
    return {**OAK, **own, **cells}


def table(
    *rows: dict[str, Any],
    columns: tuple[str, ...] = COLUMNS,
    encoding: str = "cp1252",
    delimiter: str = ",",
    first: str = "",
) -> BinaryIO:
    """Return a CSV file with some rows, by default as the register's is."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(
        text, columns, delimiter=delimiter, restval="", extrasaction="ignore", quoting=csv.QUOTE_ALL
    )
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO((first + text.getvalue()).encode(encoding))


def plan(*rows: dict[str, str]) -> BinaryIO:
    """Return a trust's own table."""
    columns = ("URN", "Slug", "Hostname", "Editors", "Moderators", "Predecessor")
    return table(*rows, columns=columns, encoding="utf-8")


LINK_COLUMNS = ("URN", "LinkURN", "LinkName", "LinkType", "LinkEstablishedDate")


def links(*rows: tuple[str, ...], **form: Any) -> BinaryIO:
    """Return a file of links: URN, the other URN, kind, day; both sides have to be given."""
    names = ("URN", "LinkURN", "LinkType", "LinkEstablishedDate")
    cells = [dict(zip(names, row, strict=False)) for row in rows]
    named = [{"LinkName": f"School {each['LinkURN']}", **each} for each in cells]
    return table(*named, columns=LINK_COLUMNS, **form)


def followed(old: str, new: str, kind: str = "", day: str = "01-09-2026") -> list[tuple[str, ...]]:
    """Return the two rows that say that one school followed another."""
    tail = f" - {kind}" if kind else ""
    return [(old, new, f"Successor{tail}", day), (new, old, f"Predecessor{tail}", day)]
