"""The settings: one dict, read afresh."""

import pytest

from wagtail_senoffer import conf
from wagtail_senoffer.rulesets import RulesetError, load


def test_without_a_setting_the_defaults_hold(settings):
    del settings.WAGTAIL_SENOFFER
    assert conf.configured() == {}
    assert {name: conf.get(name) for name in conf.DEFAULTS} == {
        "RULESETS": (),
        "ALLOW_INCOMPLETE": False,
        "QUESTION_SET": "se7-14",
        "FEED_CACHE": "default",
        "FEED_HOST": "",
        "FEED_LICENCE": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
        "THROTTLE": "",
        "DUMP_DIR": "",
        "CHECK_LINKS": True,
    }


def test_a_setting_counts_at_once_and_only_where_it_is_given(settings):
    settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
    assert (conf.get("ALLOW_INCOMPLETE"), conf.get("QUESTION_SET")) == (True, "se7-14")
    settings.WAGTAIL_SENOFFER = {"QUESTION_SET": "outpost-7"}
    assert (conf.get("ALLOW_INCOMPLETE"), conf.get("QUESTION_SET")) == (False, "outpost-7")


def test_what_was_configured_is_a_copy(settings):
    settings.WAGTAIL_SENOFFER = {"QUESTION_SET": "outpost-7"}
    conf.configured()["QUESTION_SET"] = "other"
    assert conf.get("QUESTION_SET") == "outpost-7"


def test_a_name_that_is_none_is_a_mistake_of_ours(settings):
    with pytest.raises(KeyError):
        conf.get("COLOUR")


def test_without_rulesets_of_the_project_there_are_the_shipped_ones(settings):
    settings.WAGTAIL_SENOFFER = {}
    assert list(conf.rulesets()) == list(load())


@pytest.mark.parametrize("as_path", [str, lambda path: path], ids=["text", "path"])
def test_rulesets_of_the_project_come_after_the_shipped_ones(settings, tmp_path, as_path):
    shipped = [each.id for each in load()]
    mine = tmp_path / "mine.toml"
    mine.write_text(
        'id = "mine"\ntitle = "Mine"\nbasis = "local"\nkind = "sen-information-report"\n'
        'source = "Us"\neffective_from = 2026-01-01\n[[sections]]\ncode = "hub"\ntitle = "Hub"\n'
        'question = "?"\nguidance = "!"\nreference = "1"\ntheme = "needs"\n'
        'levels = { M = "expected" }\n'
    )
    settings.WAGTAIL_SENOFFER = {"RULESETS": [as_path(mine)]}
    assert [each.id for each in conf.rulesets()] == [*shipped, "mine"]


def test_a_ruleset_that_is_not_there_is_an_error(settings, tmp_path):
    settings.WAGTAIL_SENOFFER = {"RULESETS": [tmp_path / "none.toml"]}
    with pytest.raises(RulesetError):
        conf.rulesets()
