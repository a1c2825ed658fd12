"""The command that cron calls: what it says, and with which status it ends."""

import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from wagtail.models import Page

from tests.office import MailServer, morning, person, school
from wagtail_senoffer.models import Reminder

pytestmark = pytest.mark.django_db

REVIEW, TODAY = date(2026, 9, 1), date(2026, 7, 31)
ITEM = "  Larkfield, SEN information report: Review, due 2026-09-01\n"


@pytest.fixture(autouse=True)
def report(home: Page) -> Iterator[Any]:
    """Publish a report that is due to be reviewed, whose office is to be told today."""
    with time_machine.travel(morning(date(2026, 7, 1)), tick=False):
        page = school(home, "Larkfield", review_date=REVIEW)[1]
    person("office", page.get_parent())
    with time_machine.travel(morning(TODAY), tick=False):
        yield page


def command(*args: str) -> str:
    """Run the command; return what it printed."""
    out = io.StringIO()
    call_command("senoffer_remind", *args, stdout=out)
    return out.getvalue()


def refused(*args: str) -> tuple[str, str]:
    """Run the command, which ends with status 1; return what it printed, and why."""
    out = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("senoffer_remind", *args, stdout=out)
    return out.getvalue(), str(error.value)


def test_it_sends_what_is_due_once_and_says_so() -> None:
    assert command() == (
        f"sent to office@trust.example\n{ITEM}E-mails: sent 1, failed 0, untried 0, unsure 0.\n"
    )
    assert command() == "E-mails: sent 0, failed 0, untried 0, unsure 0.\n"
    assert len(mail.outbox) == 1


def test_a_dry_run_says_what_would_be_sent_and_leaves_no_trace() -> None:
    expected = (
        f"would go to office@trust.example\n{ITEM}"
        "E-mails that would be sent: 1. Nothing was sent or stored.\n"
    )
    assert (command("--dry-run"), command("--dry-run")) == (expected, expected)
    assert command("--dry-run", "--on", "2026-07-02") == (
        "E-mails that would be sent: 0. Nothing was sent or stored.\n"
    )
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


def test_a_dry_run_of_another_day_shows_that_day() -> None:
    record = json.loads(command("--dry-run", "--on", "2026-12-01", "--json").splitlines()[0])
    assert [(each["matter"], each["due"], each["stage"]) for each in record["items"]] == [
        ("review", "2026-09-01", -91),
        ("still-correct", "2026-10-29", -28),
        ("inclusion-strategy", "2026-12-31", 30),
    ]


def test_another_day_is_only_for_a_dry_run() -> None:
    assert refused("--on", "2026-12-01") == (
        "",
        "--on DATE only goes with --dry-run: e-mails are sent for today.",
    )
    assert refused("--dry-run", "--resend") == (
        "",
        "--resend sends e-mails, so it does not go with --dry-run.",
    )
    assert refused("--dry-run", "--on", "tomorrow")[1] == (
        "Error: argument --on: 'tomorrow' is no date; write it like 2026-12-01"
    )
    assert mail.outbox == []


def test_each_e_mail_can_be_a_line_of_json(report: Any) -> None:
    first, summary = map(json.loads, command("--json").splitlines())
    assert first == {
        "state": "sent to",
        "to": "office@trust.example",
        "more": "",
        "items": [
            {
                "school": "Larkfield",
                "title": "SEN information report",
                "document": str(report.document_key),
                "locale": "en",
                "matter": "review",
                "due": "2026-09-01",
                "stage": 60,
                "url": f"http://127.0.0.1:8000/admin/pages/{report.pk}/edit/",
            }
        ],
    }
    assert summary == {"summary": {"sent": 1, "failed": 0, "untried": 0, "unsure": 0}}


def test_a_server_that_is_down_is_status_1_and_the_next_run_sends(
    mail_server: MailServer,
) -> None:
    mail_server.mood = "busy"
    out, reason = refused()
    assert reason == "Not everything was sent. The next run tries what was not."
    assert out == (
        "not sent to office@trust.example: (451, b'Try again later', 'webmaster@localhost')\n"
        f"{ITEM}E-mails: sent 0, failed 1, untried 0, unsure 0.\n"
    )
    mail_server.mood = "well"
    assert command().endswith("sent 1, failed 0, untried 0, unsure 0.\n")
    assert len(mail_server.taken) == 1


def test_what_is_unsure_is_named_and_can_be_sent_again(mail_server: MailServer) -> None:
    mail_server.mood = "vanishes"
    out, _reason = refused()
    [lost] = mail_server.log
    assert out == (
        f"perhaps sent to office@trust.example: look for {lost} in the mail server's log; "
        f"if it is not there: --resend '{lost}'\n"
        f"{ITEM}E-mails: sent 0, failed 0, untried 0, unsure 1.\n"
    )
    mail_server.mood = "well"
    assert command() == out
    assert refused("--resend", "<other@x>")[1] == ("Nothing is unsure of these e-mails: <other@x>")
    assert command("--resend", lost).endswith("sent 1, failed 0, untried 0, unsure 0.\n")
    assert command() == "E-mails: sent 0, failed 0, untried 0, unsure 0.\n"


def test_all_that_is_unsure_can_be_sent_again_at_once(mail_server: MailServer) -> None:
    mail_server.mood = "vanishes"
    refused()
    mail_server.mood = "well"
    assert command("--resend").endswith("sent 1, failed 0, untried 0, unsure 0.\n")
