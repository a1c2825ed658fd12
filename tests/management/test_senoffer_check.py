"""P6: the command says what the gate says."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests import factories
from wagtail_senoffer import publishing

pytestmark = pytest.mark.django_db


def test_complete_pages_pass(report: Any) -> None:
    out = StringIO()
    call_command("senoffer_check", errors_only=True, stdout=out)
    assert out.getvalue() == ""


def test_it_names_the_page_and_the_section(report: Any) -> None:
    factories.empty(report, "parents").save_revision()
    out = StringIO()
    with pytest.raises(CommandError, match="as they are: 1"):
        call_command("senoffer_check", errors_only=True, stdout=out)
    assert out.getvalue().splitlines() == [
        "http://school.example/larkfield/sen-information-report/",
        "  error [parents]: “How parents are involved” is empty. "
        "It must be answered before you can publish.",
    ]


def test_p6_json_agrees_with_the_gate(report: Any) -> None:
    draft = factories.empty(report, "parents")
    draft.save_revision()
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("senoffer_check", json=True, stdout=out)
    (record,) = [
        each
        for line in out.getvalue().splitlines()
        if (each := json.loads(line))["page"] == draft.pk
    ]
    found = [(each["code"], each["section"], each["message"]) for each in record["problems"]]
    gate = publishing.problems_of(draft)
    assert found == [(each.code, each.section, each.message) for each in gate]
