"""What looks like data about one person, most of all a pupil: never to be published."""

import re
from collections.abc import Callable, Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from ..completeness import Problem
from ..document import Document
from .names import FIRST_NAMES
from .texts import parts_of, suggestion

_MESSAGES = {
    "pupil-number": _(
        "“%(words)s” in “%(title)s” looks like a pupil's number (UPN). Take it out now: never "
        "publish anything about a pupil."
    ),
    "nhs-number": _(
        "“%(words)s” in “%(title)s” looks like an NHS number. Take it out now: never publish "
        "anything about a pupil."
    ),
    "national-insurance": _(
        "“%(words)s” in “%(title)s” looks like a National Insurance number. Take it out now: "
        "never publish a person's number."
    ),
    "birth-date": _(
        "“%(words)s” in “%(title)s” looks like a child's date of birth. Take it out now: never "
        "publish anything about a pupil."
    ),
    "pupil-name": _(
        "“%(words)s” in “%(title)s” looks like the name of a pupil. Take it out now: never "
        "publish anything about a pupil."
    ),
}
# Shown first, and more loudly than the rest.
STRONG = frozenset(_MESSAGES)

# Without I, O and S, which read like digits.
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
_UPN = re.compile(r"(?<![\w-])[A-HJ-NP-RT-Z]\d{11}[\dA-HJ-NP-RT-Z](?![\w-])", re.ASCII | re.I)
_NHS = re.compile(r"(?<![\d+-])(?<!\d )(\d{3})([ -]?)(\d{3})\2(\d{4})(?![ -]?\d)", re.ASCII)
_NHS_WORD = re.compile(r"\bNHS\b")
_NI = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r" ?\d\d ?\d\d ?\d\d ?[A-D](?!\w)",
    re.ASCII,
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_DATE = (
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?: of)?[ ./-]{1,2}"
    rf"(?P<month>\d{{1,2}}|(?:{'|'.join(each[:3] for each in _MONTHS)})[a-z]{{0,6}}),?"
    r"[ ./-]{1,2}(?P<year>\d{4}|\d\d)(?!\d)"
)
# Right before a date. “Born between … and …” or “born after …” is a rule of admission.
_BORN = re.compile(
    r"\b(?:born(?: on)?(?: the)?|d\.?o\.?b\.?|date of birth|birth ?date|birthday)"
    rf"[\s:(,–-]{{0,4}}(?:is |was |on |the ){{0,2}}(?<!\d){_DATE}",
    re.IGNORECASE | re.ASCII,
)
_BORN_AFTER = re.compile(rf"(?<!\d){_DATE} ?\((?:dob|d\.o\.b\.|date of birth)\)", re.I | re.ASCII)
_OLDEST = 25

_NAME = r"(?P<name>[A-Z][a-z]{1,15})"
# Nobody but a child is meant, so any name will do.
_CALLED = re.compile(
    r"\b(?:(?i:pupils?|child|children|students?|boys?|girls?) (?:called|named)"
    r"|(?i:my|our|her|his|their) (?i:son|daughter),?) (?!Year|Reception|Nursery)" + _NAME + r"\b"
)
_NAMED = (
    # “Jack in Year 4”, “Jack (Year 4)”
    re.compile(_NAME + r"(?: [A-Z][a-z]{1,20})?(?: in|,| from|) \(?(?:Year|Yr|Y|Class) ?\d{1,2}"),
    re.compile(_NAME + r"(?: [A-Z][a-z]{1,20})? (?:in|from) (?:Reception|Nursery)\b"),
    # “Jack's EHC plan”
    re.compile(
        _NAME + r"(?: [A-Z][a-z]{1,20})?['’]s? (?:(?:new|own|current) )?"
        r"(?:EHC plan|EHCP|IEP|SEN|SEND|plan|support plan|care plan|diagnosis|autism|ADHD|dyslexia"
        r"|needs|disability|behaviour|attendance|mum|dad|mother|father|parents|annual review)\b"
    ),
    # “our boy Jack”; but “our Boys Club”
    re.compile(r"\b(?i:my|our|her|his|their) (?:child|boy|girl),? " + _NAME),
)
_TITLE_BEFORE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Saint|St)\.? $")


def is_upn(text: str) -> bool:
    """Say whether a text is a unique pupil number, by its check letter.

    The digits count 2 to 13 times; a temporary number ends in a letter (DfE, UPN guide).
    """
    value = text.upper()
    if not _UPN.fullmatch(value):
        return False
    digits = [_UPN_LETTERS.index(each) if each.isalpha() else int(each) for each in value[1:]]
    total = sum(weight * digit for weight, digit in enumerate(digits, start=2))
    return value[0] == _UPN_LETTERS[total % len(_UPN_LETTERS)]


def is_nhs_number(text: str) -> bool:
    """Say whether a text is an NHS number, with or without blanks, by its check digit."""
    digits = [int(each) for each in re.sub(r"[ -]", "", text) if each in "0123456789"]
    if len(digits) != 10 or len(set(digits)) == 1:
        return False
    total = sum(weight * digit for weight, digit in zip(range(10, 1, -1), digits, strict=False))
    # 10 is the check digit of none.
    return (11 - total % 11) % 11 == digits[9]


def personal_data(document: Document, on: date) -> Iterator[Problem]:
    """Yield what looks like data about a person, a kind once a section, in strong words."""
    english = document.locale.startswith("en")
    for part in parts_of(document):
        for code, find in _FINDERS.items():
            if code == "pupil-name" and not english:
                continue
            if found := next(find(part.text, on), ""):
                words = {"title": part.title, "words": " ".join(found.split())}
                yield suggestion(code, str(_MESSAGES[code]) % words, part.code)


def _upns(text: str, on: date) -> Iterator[str]:
    return (match[0] for match in _UPN.finditer(text) if is_upn(match[0]))


def _nhs_numbers(text: str, on: date) -> Iterator[str]:
    """Yield NHS numbers: grouped as they are written, or after the words; not phone numbers."""
    for match in _NHS.finditer(text):
        before = text[max(match.start() - 40, 0) : match.start()]
        grouped = match[2] and match[0][0] in "4679"
        if is_nhs_number(match[0]) and (grouped or _NHS_WORD.search(before)):
            yield match[0]


def _insurance_numbers(text: str, on: date) -> Iterator[str]:
    return (match[0] for match in _NI.finditer(text))


def _birth_dates(text: str, on: date) -> Iterator[str]:
    for pattern in (_BORN, _BORN_AFTER):
        for match in pattern.finditer(text):
            day = _day(match, on)
            if day and 0 <= on.year - day.year <= _OLDEST:
                yield match[0]


def _day(match: re.Match[str], on: date) -> date | None:
    month, year = match["month"].lower(), int(match["year"])
    names = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(month[:3])]
    try:
        number = int(month) if month.isdecimal() else names[0]
        return date(year + 2000 if year < 100 else year, number, int(match["day"]))
    except (ValueError, IndexError):
        return None


def _pupil_names(text: str, on: date) -> Iterator[str]:
    """Yield what names a pupil: known first names, and whoever a pupil is said to be called."""
    yield from (match[0] for match in _CALLED.finditer(text))
    for pattern in _NAMED:
        for match in pattern.finditer(text):
            before = text[max(match.start("name") - 8, 0) : match.start("name")]
            at_word = not before[-1:].isalpha()
            if match["name"] in FIRST_NAMES and at_word and not _TITLE_BEFORE.search(before):
                yield match[0]


_FINDERS: dict[str, Callable[[str, date], Iterator[str]]] = {
    "pupil-number": _upns,
    "nhs-number": _nhs_numbers,
    "national-insurance": _insurance_numbers,
    "birth-date": _birth_dates,
    "pupil-name": _pupil_names,
}
