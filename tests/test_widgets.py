"""Dates as people in England write them."""

import json
from typing import Any

import pytest
from django import forms

from wagtail_senoffer.blocks import AccessibilityPlanBlock
from wagtail_senoffer.models import SENInformationReportPage
from wagtail_senoffer.widgets import DayInput


class Form(forms.Form):
    day = forms.DateField(widget=DayInput)


@pytest.mark.parametrize(
    "written",
    ["24/11/2026", " 24/11/2026 ", "24.11.26", "24-11-2026", "24 November 2026", "24 Nov 2026"],
)
@pytest.mark.parametrize("language", ["en", "en-gb", "de"])
def test_a_day_is_read_day_first_in_every_language(
    written: str, language: str, settings: Any
) -> None:
    settings.LANGUAGE_CODE = language
    assert Form({"day": written}).errors == {}
    assert Form({"day": written})["day"].value() == "2026-11-24"
    assert Form({"day": "2026-11-24"}).errors == {}


def test_a_short_year_is_day_first_too(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
    assert Form({"day": "03/04/26"})["day"].value() == "2026-04-03"


def test_a_day_stays_as_people_write_it_where_the_form_is_refused() -> None:
    for written in ("24/11/2026", "2026-11-24"):
        assert 'value="24/11/2026"' in str(Form({"day": written})["day"])


@pytest.mark.parametrize("written", ["31/02/2027", "next week", "24/11"])
def test_what_is_no_day_is_said_and_stays_as_it_was_typed(written: str) -> None:
    form = Form({"day": written})
    assert form.errors == {"day": ["Enter a valid date."]}
    assert f'value="{written}"' in str(form["day"])
    assert (
        json.loads(form["day"].field.widget.get_context("day", "", {})["widget"]["config_json"])[
            "validateOnBlur"
        ]
        is False
    )


def test_a_projects_own_format_goes_before(settings: Any) -> None:
    settings.WAGTAIL_DATE_FORMAT = "%m/%d/%Y"
    assert Form({"day": "03/04/2026"})["day"].value() == "2026-03-04"
    assert DayInput().format == "%m/%d/%Y"


def test_every_day_of_the_forms_is_asked_that_way() -> None:
    plan = AccessibilityPlanBlock().child_blocks["start_date"]
    assert type(plan.field.widget) is DayInput
    form = SENInformationReportPage.get_edit_handler().get_form_class()
    found = {name: type(form.base_fields[name].widget) for name in ("approved_on", "review_date")}
    assert found == {"approved_on": DayInput, "review_date": DayInput}
