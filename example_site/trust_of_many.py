"""A trust of many fictional schools, by way of the roll-out: rows of a register that can't be
real (no URN begins with 19, and no council has the number 990), then a report for each.
"""

import csv
import io
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

from tqdm import tqdm
from wagtail.models import Page

from wagtail_senoffer.models import SchoolPage, SENInformationReportPage
from wagtail_senoffer.trust import reading, rollout
from wagtail_senoffer.trust.rollout import State

from . import content

_FIRST = (
    "Ash",
    "Bram",
    "Cold",
    "Dun",
    "Elm",
    "Fern",
    "Gold",
    "Hazel",
    "Ivy",
    "King",
    "Lin",
    "Moss",
)
_SECOND = ("combe", "ley", "bury", "ford", "wick", "mere", "stead", "thorpe")
# Type, phase and ages by the register's codes, and how each is called.
_KINDS = (
    ("34", "2", "4", "11", "Primary Academy"),
    ("34", "4", "11", "18", "Academy"),
    ("28", "2", "3", "11", "Primary Academy"),
    ("44", "0", "4", "19", "Special School"),
)
_NEEDS = ("SLCN - Speech, language and Communication", "ASD - Autistic Spectrum Disorder")
# The review was due on that day.
_OVERDUE = date(2026, 9, 1)


def make(home: Page, count: int, user: Any) -> dict[str, int]:
    """Set up so many schools, and publish most of their reports; leave those that are there.

    Returns how many are new, changed, the same and refused.
    """
    schools = reading.alone(_table(count)).schools
    counts = dict.fromkeys((str(state) for state in State), 0)
    with tqdm(total=count, disable=None, unit="schools", leave=False) as bar:
        for number, school in enumerate(schools):
            (outcome,) = rollout.run([school], home, user, publish=True)
            if outcome.state is State.NEW:
                _write(SchoolPage.objects.get(urn=school.urn), number, user)
            counts[str(outcome.state)] += 1
            bar.update()
    return counts


def _table(count: int) -> io.BytesIO:
    text = io.StringIO(newline="")
    rows = [_row(number) for number in range(count)]
    writer = csv.DictWriter(text, rows[0] if rows else ["URN", "EstablishmentName"])
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def _names() -> Iterator[str]:
    yield from (first + second for second in _SECOND for first in _FIRST)


def name_of(number: int) -> str:
    """Return the name of a place that is none: each is another."""
    names = list(_names())
    again, at = divmod(number, len(names))
    return names[at] + (f" {again + 1}" if again else "")


def _row(number: int) -> dict[str, str]:
    code, phase, low, high, kind = _KINDS[number % len(_KINDS)]
    name = name_of(number)
    slug = name.lower().replace(" ", "-")
    special = code == "44"
    return {
        "URN": str(191000 + number),
        "Slug": slug,
        "Editors": f"office@{slug}.example",
        "Moderators": f"head@{slug}.example",
        "LA (code)": "990",
        "LA (name)": "Westmarch" if number % 3 else "Brackenshire",
        "EstablishmentNumber": str(3000 + number % 6000),
        "EstablishmentName": f"{name} {kind} (demo)",
        "EstablishmentStatus (code)": "1",
        "TypeOfEstablishment (code)": code,
        "PhaseOfEducation (code)": phase,
        "StatutoryLowAge": low,
        "StatutoryHighAge": high,
        "SchoolCapacity": str(120 + 30 * (number % 20)),
        "Trusts (name)": "Kestrel Bridge Learning Trust",
        "Street": f"{number + 1} Demonstration Road",
        "Town": name,
        "Postcode": "ZZ99 9ZZ",
        "TelephoneNum": f"01632 960{number % 1000:03}",
        "SchoolWebsite": f"https://{slug}.example/",
        "TypeOfResourcedProvision (name)": "Not applicable" if number % 5 else "SEN unit",
        **dict.fromkeys(("SEN1 (name)", "SEN2 (name)"), ""),
        **(dict(zip(("SEN1 (name)", "SEN2 (name)"), _NEEDS, strict=True)) if special else {}),
    }


def _write(school: SchoolPage, number: int, user: Any) -> None:
    """Write a report: of ten, one stays a draft, one lacks a section, one is overdue."""
    report = SENInformationReportPage.objects.child_of(school).get()
    words = _words(school, name_of(number))
    if number % 10 == 8:
        del words["sections"]["parents"]
    for field in ("academic_year", "approved_by", "approved_on", "introduction"):
        setattr(report, field, words[field])
    report.review_date = _OVERDUE if number % 10 == 9 else words["review_date"]
    report.body = content.stream(report, school, words)
    if number % 10 in (7, 8):
        report.save(update_fields=["body"])
        report.save_revision(user=user)
    else:
        content.publish(report, user)


def _words(school: SchoolPage, name: str) -> dict[str, Any]:
    text = (content.FOLDER / "larkfield-primary.toml").read_text(encoding="utf-8")
    text = text.replace("Larkfield", name).replace("larkfield", school.slug)
    return tomllib.loads(text)["report"]
