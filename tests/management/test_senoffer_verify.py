"""P4: the command says what is wrong with the record, to people and to programs."""

import json
import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.verification import forging
from tests.verification.forging import forged, newest, verify
from wagtail_senoffer.models import SENInformationReportPage

pytestmark = forged

CHANGED = "UPDATE wagtail_senoffer_version SET user_pk = '99' WHERE document_key = %s"


def change_a_row(page: Any) -> None:
    key = page._meta.get_field("document_key").get_db_prep_value(page.document_key, connection)
    forging.execute(CHANGED, key)


@pytest.mark.databases
@pytest.mark.django_db
def test_the_demo_content_is_in_order(db: None) -> None:
    call_command("demo_content", stdout=StringIO())
    out, ended_well = verify()
    assert ended_well, out
    assert out.splitlines()[-1] == "Found: error 0, warning 0, mended 0."


def test_an_empty_record_is_in_order(db: None) -> None:
    assert verify() == ("Checked: nothing.\nFound: error 0, warning 0, mended 0.\n", True)


def test_it_tells_people_what_is_wrong_and_where(report: Any) -> None:
    change_a_row(report)
    out = StringIO()
    with pytest.raises(CommandError, match=r"Errors in the public record: 1$") as raised:
        call_command("senoffer_verify", stdout=out)
    assert raised.value.returncode == 1
    assert out.getvalue().splitlines() == [
        f"error [record-changed] “SEN information report” ({report.document_key}, en) version 1: "
        "The record's row was changed since. Restore it from a backup; a copy of the chain that "
        "somebody harvested tells what it was.",
        "Checked: texts 2, versions 2, heads 2, pages 2.",
        "Found: error 1, warning 0, mended 0.",
    ]


def test_warnings_alone_end_well(report: Any) -> None:
    SENInformationReportPage.objects.update(approved_by="Somebody else")
    out, ended_well = verify()
    assert ended_well
    assert out.startswith("warning [page-differs] “SEN information report”")


def test_json_is_an_object_a_line_and_a_summary(report: Any) -> None:
    change_a_row(report)
    SENInformationReportPage.objects.update(approved_by="Somebody else")
    out, ended_well = verify(json=True)
    changed, differs, summary = (json.loads(line) for line in out.splitlines())
    assert not ended_well
    assert changed == {
        "code": "record-changed",
        "severity": "error",
        "message": changed["message"],
        "document_key": str(report.document_key),
        "locale": "en",
        "number": 1,
        "title": "SEN information report",
        "mendable": False,
        "mended": "",
        "not_mended": "",
    }
    assert (differs["code"], differs["severity"]) == ("page-differs", "warning")
    assert summary == {
        "summary": {
            "checked": {
                "texts": 2,
                "versions": 2,
                "withdrawals": 0,
                "assurances": 0,
                "redactions": 0,
                "heads": 2,
                "pages": 2,
            },
            "found": {"error": 1, "warning": 1, "mended": 0},
        }
    }


def test_json_says_what_was_mended_and_what_was_not(report: Any) -> None:
    SENInformationReportPage.objects.update(live=False)
    mended, summary = (json.loads(each) for each in verify(json=True, repair=True)[0].splitlines())
    assert mended["mended"] == "Withdrew version 1: The page was unpublished."
    assert summary["summary"]["found"] == {"error": 0, "warning": 0, "mended": 1}
    change_a_row(report)
    left, _summary = (json.loads(each) for each in verify(json=True, repair=True)[0].splitlines())
    assert left["not_mended"] == "Nothing but a backup or a person can mend this."


def test_plain_verify_changes_nothing(report: Any) -> None:
    SENInformationReportPage.objects.update(live=False)
    assert verify()[1] is False
    assert not hasattr(newest(report), "withdrawal")


def test_the_bar_is_for_a_terminal_and_never_on_stdout(
    report: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    verify()
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    verify()
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "rows" in shown.err
