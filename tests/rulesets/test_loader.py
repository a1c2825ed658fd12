"""Rulesets: the law as data, and a loader that says what is wrong with a file."""

import tomllib
from datetime import date, timedelta

import pytest

from wagtail_senoffer import conf
from wagtail_senoffer.rulesets import Basis, Kind, Ruleset, RulesetError, load, load_file
from wagtail_senoffer.rulesets.loader import SHIPPED
from wagtail_senoffer.vocabularies import Level, Mode

LAW = (
    *("kinds", "identify", "evaluate", "progress", "teaching", "adapt", "extra_support"),
    *("activities", "wellbeing", "senco", "expertise", "equipment", "parents", "pupils"),
    *("complaints", "other_bodies", "support_contacts", "transition", "la_local_offer"),
    *("dis_admission", "dis_equal", "dis_access", "accessibility_plan"),
)
# Each question of the 14 with the sections that answer it, as in the domain notes.
SE7 = [
    ("identify",),
    ("evaluate", "teaching"),
    ("teaching", "adapt"),
    ("progress", "parents"),
    ("wellbeing",),
    ("expertise", "other_bodies"),
    ("expertise",),
    ("activities",),
    ("adapt", "equipment", "dis_access", "accessibility_plan"),
    ("transition",),
    ("extra_support", "equipment"),
    ("extra_support",),
    ("parents",),
    ("senco", "support_contacts", "la_local_offer"),
]
# What feeds which paragraph of Schedule 2 (the council's offer).
SCHEDULE_2 = {
    "kinds": ("1", "3"),
    "evaluate": ("5(e)",),
    "progress": ("5(d)",),
    "teaching": ("5(a)",),
    "adapt": ("5(b)",),
    "extra_support": ("5(c)", "5(h)"),
    "activities": ("5(g)",),
    "wellbeing": ("5(j)",),
    "expertise": ("5(i)",),
    "equipment": ("5(f)",),
    "parents": ("5(d)", "5(e)"),
    "pupils": ("5(d)", "5(e)"),
    "dis_access": ("5(f)",),
}

MINE = """\
id = "westmarch-2026"
title = "Westmarch"
basis = "local"
kind = "sen-information-report"
source = "Westmarch Council"
effective_from = 2026-01-01

[[sections]]
code = "hub"
title = "The hub"
question = "How do you work with the hub?"
guidance = "Say how."
reference = "Westmarch 1"
theme = "support"
levels = { M = "required" }
"""
SECTION = MINE[MINE.index("[[sections]]") :]


@pytest.fixture
def write(tmp_path):
    """Return a function that writes a ruleset file and returns its path."""

    def write_file(content, name="mine.toml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def codes(ruleset_id, **levels):
    """Return the codes of a shipped ruleset, those of one level for a mode if asked."""
    ruleset = load().get(ruleset_id)
    wanted = [(Mode(mode), level and Level(level)) for mode, level in levels.items()]
    return tuple(
        section.code
        for section in ruleset.sections
        if all(section.level_for(mode) is level for mode, level in wanted)
    )


def test_the_shipped_rulesets_are_these_with_the_law_first():
    assert [(each.id, each.basis.value, each.kind.value) for each in load()] == [
        ("england-sir-2014", "law", "sen-information-report"),
        ("england-code-2015", "statutory-guidance", "sen-information-report"),
        ("england-inclusion-strategy-2026", "grant-condition", "inclusion-strategy"),
        ("outpost-7", "question-set", "school-offer"),
        ("se7-14", "question-set", "school-offer"),
    ]


def test_the_number_of_sections_of_each():
    assert {each.id: len(each.sections) for each in load()} == {
        "england-sir-2014": 23,
        "england-code-2015": 2,
        "england-inclusion-strategy-2026": 5,
        "outpost-7": 7,
        "se7-14": 14,
    }


def test_the_dates_of_each():
    assert {each.id: (each.effective_from, each.effective_to, each.due) for each in load()} == {
        "england-sir-2014": (date(2014, 9, 1), None, None),
        "england-code-2015": (date(2015, 1, 1), None, None),
        "england-inclusion-strategy-2026": (date(2026, 6, 25), None, date(2026, 12, 31)),
        "outpost-7": (date(2020, 1, 1), None, None),
        "se7-14": (date(2014, 9, 1), None, None),
    }


def test_which_rulesets_bind():
    """A missing section is an error by law, or by the set that the school chose."""
    assert [each.id for each in load() if each.binds] == [
        "england-sir-2014",
        "outpost-7",
        "se7-14",
    ]


def test_the_law_has_the_23_sections_of_schedule_1_and_s69_in_order():
    assert codes("england-sir-2014") == LAW


@pytest.mark.parametrize("mode", ["M", "N"])
def test_all_23_are_required_of_mainstream_and_nursery_schools(mode):
    assert codes("england-sir-2014", **{mode: "required"}) == LAW


def test_21_are_required_of_special_schools_without_identify_and_senco():
    required = codes("england-sir-2014", S="required")
    assert required == tuple(code for code in LAW if code not in ("identify", "senco"))
    assert len(required) == 21
    assert codes("england-sir-2014", S="optional") == ("identify", "senco")


def test_the_law_is_only_expected_of_all_others():
    assert codes("england-sir-2014", O="expected") == LAW


@pytest.mark.parametrize("mode", list(Mode))
def test_what_the_code_of_practice_adds_is_expected_of_all(mode):
    assert codes("england-code-2015", **{mode: "expected"}) == ("cla", "policy_contacts")


def test_the_inclusion_strategy_is_for_mainstream_schools_only():
    strategy = load().get("england-inclusion-strategy-2026")
    assert [section.modes for section in strategy.sections] == [(Mode.MAINSTREAM,)] * 5
    assert codes("england-inclusion-strategy-2026", M="required", S=None) == tuple(
        section.code for section in strategy.sections
    )


def test_the_14_questions_map_to_the_sections_of_the_domain_notes():
    assert [section.answers_from for section in load().get("se7-14").sections] == SE7


def test_the_14_questions_leave_out_five_sections_of_the_law():
    """A school that answers only the 14 does not comply."""
    drawn = {code for section in load().get("se7-14").sections for code in section.answers_from}
    assert [code for code in LAW if code not in drawn] == [
        "kinds",
        "pupils",
        "complaints",
        "dis_admission",
        "dis_equal",
    ]


@pytest.mark.parametrize("question_set", ["se7-14", "outpost-7"])
def test_every_question_draws_on_sections_that_a_report_has(question_set):
    known = {*LAW, *codes("england-code-2015")}
    for section in load().get(question_set).sections:
        assert (section.code, set(section.answers_from) - known) == (section.code, set())
        assert (section.code, bool(section.answers_from)) == (section.code, True)


def test_a_special_school_need_not_say_how_it_spots_needs_in_the_14_either():
    assert codes("se7-14", S="optional") == ("spotting_needs",)
    assert codes("outpost-7", S="required") == codes("outpost-7")


def test_the_law_carries_the_keys_of_schedule_2():
    law = load().get("england-sir-2014")
    assert {each.code: each.schedule_2 for each in law.sections if each.schedule_2} == SCHEDULE_2


def test_no_wording_claims_to_be_checked_before_it_was():
    assert [each.id for each in load() if each.wording_checked] == []


def test_several_rulesets_of_a_kind_hold_at_once():
    assert [each.id for each in load().for_kind(Kind.REPORT)] == [
        "england-sir-2014",
        "england-code-2015",
    ]
    assert [each.id for each in load().for_kind(Kind.STRATEGY)] == [
        "england-inclusion-strategy-2026"
    ]
    assert load().for_kind(Kind.OFFER) == []
    assert [each.id for each in load().question_sets()] == ["outpost-7", "se7-14"]


def test_several_rulesets_are_chosen_by_date(write):
    """An old ruleset ends on the day before a new one starts; both stay readable."""
    old = MINE.replace("2026-01-01", "2020-09-01\neffective_to = 2026-08-31")
    new = MINE.replace("westmarch-2026", "westmarch-next").replace("2026-01-01", "2026-09-01")
    rulesets = load((write(old, "old.toml"), write(new, "new.toml")))

    def in_force(on):
        return [each.id for each in rulesets.for_kind(Kind.REPORT) if each.in_force(on)]

    england = ["england-sir-2014", "england-code-2015"]
    assert in_force(date(2014, 8, 31)) == []
    assert in_force(date(2014, 9, 1)) == england[:1]
    assert in_force(date(2020, 8, 31)) == england
    assert in_force(date(2020, 9, 1)) == [*england, "westmarch-2026"]
    assert in_force(date(2026, 8, 31)) == [*england, "westmarch-2026"]
    assert in_force(date(2026, 9, 1)) == [*england, "westmarch-next"]


def test_a_ruleset_may_hold_for_one_day(write):
    day = date(2026, 1, 1)
    ruleset = load_file(write(MINE.replace("2026-01-01", "2026-01-01\neffective_to = 2026-01-01")))
    days = [day - timedelta(1), day, day + timedelta(1)]
    assert [ruleset.in_force(each) for each in days] == [False, True, False]


def test_a_section_is_found_by_kind_and_code():
    rulesets = load()
    assert rulesets.section(Kind.REPORT, "cla").title == "Looked-after children with SEN"
    assert rulesets.section(Kind.OFFER, "cla") is None
    assert rulesets.section(Kind.REPORT, "nothing") is None
    assert rulesets.get("england-sir-2014").section("senco").title == "Our SENCO"
    assert rulesets.get("england-sir-2014").section("cla") is None
    assert rulesets.get("nothing") is None


def test_a_school_without_a_mode_is_asked_nothing():
    assert load().section(Kind.REPORT, "senco").level_for(None) is None


def test_a_ruleset_is_frozen():
    with pytest.raises(ValueError, match="frozen"):
        load().get("england-sir-2014").title = "Other"


def test_a_projects_ruleset_comes_by_setting(settings, write):
    settings.WAGTAIL_SENOFFER = {"RULESETS": [str(write(MINE))]}
    mine = conf.rulesets().get("westmarch-2026")
    assert mine == Ruleset(
        id="westmarch-2026",
        title="Westmarch",
        basis=Basis.LOCAL,
        kind=Kind.REPORT,
        source="Westmarch Council",
        effective_from=date(2026, 1, 1),
        sections=(
            {
                "code": "hub",
                "title": "The hub",
                "question": "How do you work with the hub?",
                "guidance": "Say how.",
                "reference": "Westmarch 1",
                "theme": "support",
                "levels": {"M": "required"},
            },
        ),
    )
    assert (mine.binds, mine.is_question_set, mine.wording_checked) == (False, False, False)
    assert (mine.effective_to, mine.due, mine.cycle) == (None, None, "")
    assert [each.id for each in conf.rulesets()][-1] == "westmarch-2026"


def test_a_projects_question_set_may_draw_on_a_projects_section(write):
    questions = (
        MINE.replace("westmarch-2026", "westmarch-questions")
        .replace('"local"', '"question-set"')
        .replace("sen-information-report", "school-offer")
        .replace('"hub"', '"our_hub"')
        + 'answers_from = ["hub", "teaching"]\n'
    )
    rulesets = load((write(questions, "questions.toml"), write(MINE)))
    assert rulesets.section(Kind.OFFER, "our_hub").answers_from == ("hub", "teaching")


def test_a_file_from_windows_notepad_is_read(write):
    assert load_file(write("\ufeff" + MINE.replace("\n", "\r\n"))) == load_file(write(MINE))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.name)
def test_a_shipped_ruleset_can_not_be_replaced(path, write):
    """What was law stays readable as it was."""
    again = write(path.read_bytes(), "again.toml")
    with pytest.raises(RulesetError) as refusal:
        load((again,))
    assert str(refusal.value) == (
        f"again.toml: id: '{path.stem}' is already defined by {path.name}; "
        "a ruleset can't be replaced, give yours another id"
    )


def test_two_files_of_a_project_can_not_share_an_id(write):
    with pytest.raises(RulesetError) as refusal:
        load((write(MINE, "one.toml"), write(MINE, "two.toml")))
    assert str(refusal.value) == (
        "two.toml: id: 'westmarch-2026' is already defined by one.toml; "
        "a ruleset can't be replaced, give yours another id"
    )


# What is wrong, what is written instead of what, and what the error says.
WRONG = {
    "unknown key of the ruleset": (
        'id = "westmarch-2026"',
        'colour = "red"\nid = "westmarch-2026"',
        "colour: unknown key; expected id, title, basis, kind, source, effective_from, "
        "effective_to, due, cycle, wording_checked, sections (found 'red')",
    ),
    "unknown key of a section": (
        'code = "hub"',
        'code = "hub"\ncolour = "red"',
        "sections.0.colour: unknown key; expected code, title, question, guidance, examples, "
        "reference, schedule_1, section_69, schedule_2, theme, levels, answers_from (found 'red')",
    ),
    "missing key": (
        'kind = "sen-information-report"\n',
        "",
        "kind: Field required",
    ),
    "empty title": (
        '"The hub"',
        '" "',
        "sections.0.title: String should have at least 1 character (found ' ')",
    ),
    "unknown level": (
        '"required"',
        '"must"',
        "sections.0.levels.M: Input should be 'required', 'expected' or 'optional' (found 'must')",
    ),
    "unknown mode": (
        "{ M =",
        "{ Q =",
        "sections.0.levels.Q.[key]: Input should be 'M', 'N', 'S' or 'O' (found 'Q')",
    ),
    "no level at all": (
        '{ M = "required" }',
        "{}",
        "sections.0.levels: Dictionary should have at least 1 item after validation, not 0",
    ),
    "unknown basis": (
        '"local"',
        '"custom"',
        "basis: Input should be 'law', 'statutory-guidance', 'grant-condition', 'question-set' "
        "or 'local' (found 'custom')",
    ),
    "unknown kind": (
        "sen-information-report",
        "report",
        "kind: Input should be 'school', 'sen-information-report', 'school-offer' or "
        "'inclusion-strategy' (found 'report')",
    ),
    "a kind that has no sections": (
        "sen-information-report",
        "school",
        "kind: expected the kind of a document with sections (found 'school')",
    ),
    "an offer that is no question set": (
        "sen-information-report",
        "school-offer",
        "kind: expected 'school-offer' for a question set, and only for one (found 'school-offer')",
    ),
    "a question set for a report": (
        '"local"',
        '"question-set"',
        "kind: expected 'school-offer' for a question set, and only for one "
        "(found 'sen-information-report')",
    ),
    "a date in words": (
        "2026-01-01",
        '"soon"',
        "effective_from: expected a date without quotes, such as 2026-09-01 (found 'soon')",
    ),
    "a date that is no day": (
        "2026-01-01",
        '"2026-02-29"',
        "effective_from: expected a date without quotes, such as 2026-09-01 (found '2026-02-29')",
    ),
    "a year for a date": (
        "2026-01-01",
        "2026",
        "effective_from: expected a date without quotes, such as 2026-09-01 (found 2026)",
    ),
    "an end before the start": (
        "2026-01-01",
        "2026-01-01\neffective_to = 2025-12-31",
        "effective_to: expected a day from effective_from (2026-01-01) on "
        "(found datetime.date(2025, 12, 31))",
    ),
    "a code that is none": (
        '"hub"',
        '"Hub 1"',
        "sections.0.code: String should match pattern '^[a-z][a-z0-9_]*$' (found 'Hub 1')",
    ),
    "an id that is none": (
        '"westmarch-2026"',
        '"West March"',
        "id: String should match pattern '^[a-z][a-z0-9-]*$' (found 'West March')",
    ),
    "no sections": (
        SECTION,
        "sections = []",
        "sections: Tuple should have at least 1 item after validation, not 0",
    ),
    "the same code twice": (
        SECTION,
        SECTION + SECTION,
        "sections: expected each code once, and 'hub' stands twice",
    ),
    "a long text for a date": (
        "2026-01-01",
        f'"{"soon " * 30}"',
        "effective_from: expected a date without quotes, such as 2026-09-01 "
        f"(found '{('soon ' * 30)[:79]})",
    ),
}


@pytest.mark.parametrize(("old", "new", "message"), WRONG.values(), ids=WRONG)
def test_an_error_names_the_file_the_key_and_what_was_expected(old, new, message, write):
    assert MINE.count(old) == 1
    with pytest.raises(RulesetError) as refusal:
        load_file(write(MINE.replace(old, new)))
    assert str(refusal.value) == f"mine.toml: {message}"


def test_a_wrong_basis_is_told_before_what_follows_from_it(write):
    with pytest.raises(RulesetError) as refusal:
        load_file(write(MINE.replace('"local"', '"x"').replace("sen-information-report", "y")))
    assert str(refusal.value).startswith("mine.toml: basis: ") is True


def test_broken_toml_is_named_with_its_line(write):
    with pytest.raises(RulesetError) as refusal:
        load_file(write(MINE.replace('"hub"', '"hub')))
    cause = refusal.value.__cause__
    assert isinstance(cause, tomllib.TOMLDecodeError)
    assert str(refusal.value) == f"mine.toml: is not valid TOML: {cause}"


def test_a_file_that_is_not_utf8_is_named_with_the_place(write):
    with pytest.raises(RulesetError) as refusal:
        load_file(write(MINE.replace("Westmarch Council", "Café").encode("latin-1")))
    cause = refusal.value.__cause__
    assert isinstance(cause, UnicodeDecodeError)
    assert str(refusal.value) == f"mine.toml: is not UTF-8 text: {cause}"


def test_a_file_that_is_missing_is_named_in_full(tmp_path):
    with pytest.raises(RulesetError) as refusal:
        load((tmp_path / "none.toml",))
    assert str(refusal.value) == f"{tmp_path}/none.toml: can't be read: No such file or directory"


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(RulesetError) as refusal:
        load((tmp_path,))
    assert str(refusal.value) == f"{tmp_path}: can't be read: Is a directory"


def test_a_question_that_draws_on_no_section_is_refused(write):
    with pytest.raises(RulesetError) as refusal:
        load((write(MINE + 'answers_from = ["teaching", "magic"]\n'),))
    assert str(refusal.value) == (
        "mine.toml: sections.hub.answers_from: expected section codes of a report ruleset "
        "(found 'magic')"
    )


def test_a_file_that_was_wrong_is_read_again(write):
    path = write("id =")
    with pytest.raises(RulesetError):
        load((path,))
    path.write_text(MINE)
    assert load((path,)).get("westmarch-2026").title == "Westmarch"
