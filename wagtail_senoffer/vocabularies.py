"""The field's code lists and identifiers: SEN types, school types, phases, URN and its kin.

Facts only, no database. Codes are those of the school census and of the public
register "Get Information About Schools" (GIAS).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import AfterValidator, WithJsonSchema

Label = str | Promise


class Mode(StrEnum):
    """How the duty to publish a SEN information report meets a kind of school."""

    MAINSTREAM = "M"
    NURSERY = "N"
    SPECIAL = "S"
    OTHER = "O"


class Duty(StrEnum):
    """Whether a school must publish: three states, never a bare yes or no.

    Source: Children and Families Act 2014 s.69 and s.83; SEND Code of Practice 6.2.
    """

    REQUIRED = "required"
    EXPECTED = "expected"
    VOLUNTARY = "voluntary"


MODE_LABELS: dict[Mode, Label] = {
    Mode.MAINSTREAM: _("mainstream schools"),
    Mode.NURSERY: _("maintained nursery schools"),
    Mode.SPECIAL: _("special schools"),
    Mode.OTHER: _("schools of your type"),
}


class Level(StrEnum):
    """How strongly a ruleset asks for a section of a school in a given mode."""

    REQUIRED = "required"
    EXPECTED = "expected"
    OPTIONAL = "optional"


class Area(StrEnum):
    """The four broad areas of need (SEND Code of Practice 6.28 to 6.35)."""

    COMMUNICATION = "communication"
    COGNITION = "cognition"
    SEMH = "semh"
    SENSORY_PHYSICAL = "sensory_physical"


AREA_LABELS: dict[Area, Label] = {
    Area.COMMUNICATION: _("Communication and interaction"),
    Area.COGNITION: _("Cognition and learning"),
    Area.SEMH: _("Social, emotional and mental health"),
    Area.SENSORY_PHYSICAL: _("Sensory and/or physical needs"),
}


@dataclass(frozen=True)
class Need:
    """One type of SEN that a school can provide for."""

    code: str
    label: Label
    area: Area | None
    gias_code: str = ""


# NSA ("no specialist assessment") is a census code and never a kind of provision: left out.
NEEDS: dict[str, Need] = {
    need.code: need
    for need in (
        Need("SLCN", _("Speech, language and communication needs"), Area.COMMUNICATION, "03"),
        Need("ASD", _("Autistic spectrum disorder"), Area.COMMUNICATION, "04"),
        Need("SPLD", _("Specific learning difficulty"), Area.COGNITION, "11"),
        Need("MLD", _("Moderate learning difficulty"), Area.COGNITION, "08"),
        Need("SLD", _("Severe learning difficulty"), Area.COGNITION, "09"),
        Need("PMLD", _("Profound and multiple learning difficulty"), Area.COGNITION, "10"),
        Need("SEMH", _("Social, emotional and mental health"), Area.SEMH, "05"),
        Need("HI", _("Hearing impairment"), Area.SENSORY_PHYSICAL, "02"),
        Need("VI", _("Vision impairment"), Area.SENSORY_PHYSICAL, "01"),
        Need("MSI", _("Multi-sensory impairment"), Area.SENSORY_PHYSICAL, "06"),
        Need("PD", _("Physical disability"), Area.SENSORY_PHYSICAL, "07"),
        Need("DS", _("Down syndrome"), None),
        Need("OTH", _("Other difficulty"), None, "12"),
    )
}


@dataclass(frozen=True)
class SchoolType:
    """A GIAS establishment type, with the duty that it brings."""

    code: str
    label: Label
    mode: Mode
    duty: Duty


def _types(mode: Mode, duty: Duty, labels: dict[str, Label]) -> dict[str, SchoolType]:
    return {code: SchoolType(code, label, mode, duty) for code, label in labels.items()}


# A city technology college (6) is not named in s.69; until that is settled it counts as voluntary.
SCHOOL_TYPES: dict[str, SchoolType] = {
    **_types(
        Mode.MAINSTREAM,
        Duty.REQUIRED,
        {
            "1": _("Community school"),
            "2": _("Voluntary aided school"),
            "3": _("Voluntary controlled school"),
            "5": _("Foundation school"),
            "28": _("Academy sponsor led"),
            "34": _("Academy converter"),
            "35": _("Free school"),
            "40": _("University technical college"),
            "41": _("Studio school"),
        },
    ),
    **_types(Mode.NURSERY, Duty.REQUIRED, {"15": _("Maintained nursery school")}),
    **_types(
        Mode.SPECIAL,
        Duty.REQUIRED,
        {
            "7": _("Community special school"),
            "12": _("Foundation special school"),
            "33": _("Academy special sponsor led"),
            "36": _("Free school special"),
            "44": _("Academy special converter"),
        },
    ),
    **_types(
        Mode.OTHER,
        Duty.EXPECTED,
        {
            "14": _("Pupil referral unit"),
            "38": _("Free school alternative provision"),
            "39": _("Free school 16 to 19"),
            "42": _("Academy alternative provision converter"),
            "43": _("Academy alternative provision sponsor led"),
            "45": _("Academy 16 to 19 converter"),
            "46": _("Academy 16 to 19 sponsor led"),
            "57": _("Academy secure 16 to 19"),
        },
    ),
    **_types(
        Mode.OTHER,
        Duty.VOLUNTARY,
        {
            "6": _("City technology college"),
            "8": _("Non-maintained special school"),
            "10": _("Other independent special school"),
            "11": _("Other independent school"),
            "18": _("Further education college"),
            "31": _("Sixth form centre"),
            "32": _("Special post-16 institution"),
        },
    ),
}


def duty_of(school_type: str, *, in_hospital: bool = False) -> tuple[Mode, Duty] | None:
    """Return mode and duty of a GIAS type code, or None where the type is unknown.

    A special school in a hospital has no duty (s.69(2) leaves it out); GIAS does
    not tell it from others, hence the flag. It means nothing for other schools: ticked
    by mistake, it must not lift the duty of a mainstream school.
    """
    found = SCHOOL_TYPES.get(school_type.lstrip("0"))
    if found is None:
        return None
    if in_hospital and found.mode is Mode.SPECIAL:
        return Mode.OTHER, Duty.VOLUNTARY
    return found.mode, found.duty


class Phase(StrEnum):
    """The phases of education that a school covers."""

    NURSERY = "nursery"
    PRIMARY = "primary"
    SECONDARY = "secondary"
    ALL_THROUGH = "all-through"
    SIXTEEN_PLUS = "16-plus"


PHASE_LABELS: dict[Phase, Label] = {
    Phase.NURSERY: _("Nursery"),
    Phase.PRIMARY: _("Primary"),
    Phase.SECONDARY: _("Secondary"),
    Phase.ALL_THROUGH: _("All-through"),
    Phase.SIXTEEN_PLUS: _("16 plus"),
}


class ProvisionLevel(StrEnum):
    """The three levels of a provision map."""

    UNIVERSAL = "universal"
    TARGETED = "targeted"
    SPECIALIST = "specialist"


PROVISION_LEVEL_LABELS: dict[ProvisionLevel, Label] = {
    ProvisionLevel.UNIVERSAL: _("For every child"),
    ProvisionLevel.TARGETED: _("Targeted: for some children"),
    ProvisionLevel.SPECIALIST: _("Specialist: for a few children"),
}


class Day(StrEnum):
    """A day of the week, by the code of iCalendar (RFC 5545, section 3.3.10)."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"


DAY_LABELS: dict[Day, Label] = {
    Day.MONDAY: _("Monday"),
    Day.TUESDAY: _("Tuesday"),
    Day.WEDNESDAY: _("Wednesday"),
    Day.THURSDAY: _("Thursday"),
    Day.FRIDAY: _("Friday"),
    Day.SATURDAY: _("Saturday"),
    Day.SUNDAY: _("Sunday"),
}


class Stage(StrEnum):
    """A move in a child's school life."""

    STARTING = "starting"
    BETWEEN_CLASSES = "between-classes"
    CHANGING_SCHOOL = "changing-school"
    NEXT_PHASE = "next-phase"
    ADULTHOOD = "adulthood"


STAGE_LABELS: dict[Stage, Label] = {
    Stage.STARTING: _("Starting with us"),
    Stage.BETWEEN_CLASSES: _("Moving to the next class"),
    Stage.CHANGING_SCHOOL: _("Changing school in mid-year"),
    Stage.NEXT_PHASE: _("Going on to the next phase or school"),
    Stage.ADULTHOOD: _("Preparing for adult life"),
}


class ResourcedProvision(StrEnum):
    """GIAS's values for provision that is resourced for particular needs."""

    NONE = "Not applicable"
    RESOURCED = "Resourced provision"
    UNIT = "SEN unit"
    BOTH = "Resourced provision and SEN unit"


def _digits(pattern: str, message: Label) -> Callable[[str], str]:
    """Return a parser that drops spaces and slashes and demands `pattern`."""

    def parse(value: str) -> str:
        found = re.sub(r"[\s/]", "", value)
        if not re.fullmatch(pattern, found, re.ASCII):
            raise ValueError(str(message))
        return found

    return parse


parse_urn = _digits(r"\d{6}", _("A URN has six digits, for example 190001."))
_BETWEEN = re.compile(r"[\s,;]+")


def parse_urns(value: str) -> tuple[str, ...]:
    """Return the URNs of a text, each once. Raises ValueError for one that is none."""
    found = (parse_urn(each) for each in _BETWEEN.split(value) if each)
    return tuple(dict.fromkeys(found))


parse_ukprn = _digits(r"\d{8}", _("A UKPRN has eight digits, for example 19000001."))
parse_laestab = _digits(
    # The register numbers a council's schools from 1.
    r"\d{3}(?!0000)\d{4}",
    _("A LAESTAB has seven digits: three for the authority, four for the school (990/2001)."),
)
parse_uprn = _digits(r"\d{1,12}", _("A UPRN has up to twelve digits and nothing else."))


def _digits_schema(pattern: str) -> WithJsonSchema:
    """Return the JSON Schema of an identifier as it is published, blanks and slashes gone."""
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


Urn = Annotated[str, AfterValidator(parse_urn), _digits_schema("[0-9]{6}")]
Ukprn = Annotated[str, AfterValidator(parse_ukprn), _digits_schema("[0-9]{8}")]
Laestab = Annotated[str, AfterValidator(parse_laestab), _digits_schema("[0-9]{3}(?!0000)[0-9]{4}")]
Uprn = Annotated[str, AfterValidator(parse_uprn), _digits_schema("[0-9]{1,12}")]

# Words that name a role or an office in the part of an e-mail address before the @; schools
# write them together too ("schooloffice", "sendteam").
_ROLES = (
    *("the", "main", "senco", "sencos", "sendco", "send", "sen", "inclusion", "office", "admin"),
    *("info", "enquiry", "enquiries", "contact", "contacts", "contactus", "headteacher", "head"),
    *("principal", "reception", "school", "learning", "support", "safeguarding", "secretary"),
    *("mail", "sendias", "sendiass", "localoffer", "governors", "clerk", "help"),
    *("advice", "hello", "team", "lead"),
)
_NOT_A_ROLE_ALONE = {"the", "main"}
_LETTERS = re.compile(r"[^\W\d_]+")


def is_role_mailbox(email: str) -> bool:
    """Say whether an address names a role or an office, as far as its words tell.

    Head, Clerk and Sen are surnames as well: "j.head" is a person, "head" is a role.
    """
    words = _LETTERS.findall(email.partition("@")[0].lower().replace("local-offer", "localoffer"))
    if any(len(word) == 1 for word in words):
        return False
    return any(word not in _NOT_A_ROLE_ALONE and _is_made_of_roles(word) for word in words)


def _is_made_of_roles(word: str) -> bool:
    """Say whether a word is one or several of the roles written together."""
    ends = {0}
    for start in range(len(word)):
        if start in ends:
            ends |= {start + len(role) for role in _ROLES if word.startswith(role, start)}
    return len(word) in ends
