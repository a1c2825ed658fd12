"""System checks: each appears with its id and a way out, and disappears."""

from django.core.checks import Error, Warning, run_checks
from django.db import connections

from wagtail_senoffer import checks

W002 = Warning(
    "Database 'default' is SQLite without immediate transactions: two people who "
    "publish at the same moment can meet “database is locked”.",
    hint='Set "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20}.',
    id="senoffer.W002",
)


def ours():
    """Return the ids of our messages among all that Django's check command shows."""
    return [each.id for each in run_checks() if str(each.id).startswith("senoffer.")]


def test_the_tests_own_project_has_no_message():
    assert ours() == []


def test_e001_a_key_that_means_nothing(settings):
    settings.WAGTAIL_SENOFFER = {"COLOUR": "red", "QUESTION_SET": "se7-14", "RULESET": ()}
    names = (
        "ALLOW_INCOMPLETE, CHECK_LINKS, DUMP_DIR, FEED_CACHE, FEED_HOST, FEED_LICENCE, "
        "QUESTION_SET, RULESETS, THROTTLE"
    )
    hint = f"Known keys: {names}."
    assert checks.check_settings() == [
        Error("WAGTAIL_SENOFFER has an unknown key 'COLOUR'.", hint=hint, id="senoffer.E001"),
        Error("WAGTAIL_SENOFFER has an unknown key 'RULESET'.", hint=hint, id="senoffer.E001"),
    ]
    assert ours() == ["senoffer.E001", "senoffer.E001"]
    settings.WAGTAIL_SENOFFER = {"QUESTION_SET": "se7-14"}
    assert ours() == []


def test_e002_a_ruleset_that_can_not_be_used(settings, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("id =")
    settings.WAGTAIL_SENOFFER = {"RULESETS": [str(path)]}
    (error,) = checks.check_rulesets()
    assert (error.id, error.level) == ("senoffer.E002", Error("", id="").level)
    assert error.msg.startswith("A ruleset can't be used. mine.toml: is not valid TOML: ") is True
    settings.WAGTAIL_SENOFFER = {}
    assert (checks.check_rulesets(), ours()) == ([], [])


def test_e002_stands_among_djangos_messages_instead_of_a_traceback(settings, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("id =")
    settings.WAGTAIL_SENOFFER = {"RULESETS": [str(path)]}
    assert ours() == ["senoffer.E002"]


def test_e002_a_ruleset_that_is_missing(settings, tmp_path):
    settings.WAGTAIL_SENOFFER = {"RULESETS": [tmp_path / "none.toml"]}
    assert checks.check_rulesets() == [
        Error(
            f"A ruleset can't be used. {tmp_path}/none.toml: can't be read: "
            "No such file or directory",
            id="senoffer.E002",
        )
    ]


def test_e003_a_question_set_that_is_none(settings):
    for chosen in ("se7-15", "england-sir-2014", ""):
        settings.WAGTAIL_SENOFFER = {"QUESTION_SET": chosen}
        assert checks.check_rulesets() == [
            Error(
                f"WAGTAIL_SENOFFER['QUESTION_SET'] is '{chosen}', which is no question set.",
                hint="Question sets: outpost-7, se7-14.",
                id="senoffer.E003",
            )
        ]
        assert ours() == ["senoffer.E003"]
    settings.WAGTAIL_SENOFFER = {"QUESTION_SET": "outpost-7"}
    assert ours() == []


def test_w001_w003_a_project_without_the_middleware(settings):
    ours_there = [checks.REFUSAL, checks.FORMER_PAGES]
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each not in ours_there]
    assert checks.check_middleware() == [
        Warning(
            "A publish that is refused outside the page editor (a workflow approval from the "
            "dashboard, for example) will end in a server error instead of a message.",
            hint=f"Add '{checks.REFUSAL}' to MIDDLEWARE, after the messages middleware.",
            id="senoffer.W001",
        ),
        Warning(
            "The versions of a page that is deleted will not be found at its address.",
            hint=f"Add '{checks.FORMER_PAGES}' to MIDDLEWARE.",
            id="senoffer.W003",
        ),
    ]
    assert ours() == ["senoffer.W001", "senoffer.W003"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, checks.REFUSAL]
    assert ours() == ["senoffer.W003"]
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, checks.FORMER_PAGES]
    assert ours() == []


def test_w002_sqlite_without_immediate_transactions(monkeypatch):
    default = connections["default"]
    monkeypatch.setitem(default.settings_dict, "OPTIONS", {"timeout": 20})
    expected = [W002] if default.vendor == "sqlite" else []
    assert checks.check_sqlite() == expected
    assert ours() == [each.id for each in expected]
    monkeypatch.setitem(default.settings_dict, "OPTIONS", {"transaction_mode": "DEFERRED"})
    assert checks.check_sqlite() == expected
    monkeypatch.setitem(default.settings_dict, "OPTIONS", {"transaction_mode": "IMMEDIATE"})
    assert (checks.check_sqlite(), ours()) == ([], [])


def test_w002_another_database_needs_no_such_option(monkeypatch):
    monkeypatch.setattr(connections["default"], "vendor", "postgresql")
    monkeypatch.setitem(connections["default"].settings_dict, "OPTIONS", {})
    assert checks.check_sqlite() == []


def test_w004_a_transaction_around_each_view(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    assert ours() == ["senoffer.W004"]
    monkeypatch.setitem(settings.DATABASES["default"], "ATOMIC_REQUESTS", False)
    assert ours() == []
