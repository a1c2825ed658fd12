"""Being reminded: who gets which e-mail, and what happens when it can't be sent."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Page
from wagtail.users.models import UserProfile

from example_site import content
from tests import crash, factories
from tests.office import MailServer, morning, person, republish, school, text, with_section
from wagtail_senoffer import publishing, removal
from wagtail_senoffer.due import Matter
from wagtail_senoffer.editor.reminders import sending
from wagtail_senoffer.editor.reminders.items import Item, find_items
from wagtail_senoffer.editor.reminders.panel import DueSoonPanel
from wagtail_senoffer.editor.reminders.people import paths_of, recipients
from wagtail_senoffer.editor.reminders.sending import Outcome, UnknownMessage, plan, remind
from wagtail_senoffer.editor.reminders.tasks import remind as task
from wagtail_senoffer.models import InclusionStrategyPage, Reminder, Version

pytestmark = pytest.mark.django_db

START = date(2026, 7, 1)
REVIEW = date(2026, 9, 1)
# 32 days before the review: only that is near, at its stage of 60 days.
TODAY = date(2026, 7, 31)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    """Begin on START."""
    with time_machine.travel(morning(START), tick=False):
        yield


@pytest.fixture
def report(home: Page) -> Any:
    """Return a report that is due to be reviewed on REVIEW."""
    return school(home, "Larkfield", review_date=REVIEW)[1]


@pytest.fixture
def office(report: Any) -> User:
    """Return the school's office."""
    return person("office", report.get_parent())


def on(day: date, hour: int = 6, **options: Any) -> Outcome:
    """Do the run of a day."""
    return remind(morning(day, hour), **options)


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    """Return how many e-mails were sent, failed, were not tried, and are unsure."""
    parts = (outcome.sent, outcome.failed, outcome.untried, outcome.unsure)
    return tuple(len(each) for each in parts)  # type: ignore[return-value]


def said(items: list[Item]) -> list[tuple[str, str, date, int]]:
    return [(each.school, each.due.matter.value, each.due.on, each.stage) for each in items]


def matters(day: date) -> list[str]:
    return [each.due.matter.value for each in find_items(day)]


def states() -> list[str]:
    return list(Reminder.objects.order_by("pk").values_list("state", flat=True))


# What is due on a site.


def test_what_is_due_is_read_from_the_versions(report: Any) -> None:
    draft = type(report).objects.get(pk=report.pk)
    draft.review_date = TODAY
    draft.save_revision()
    assert said(find_items(TODAY)) == [("Larkfield", "review", REVIEW, 60)]
    assert said(find_items(START - timedelta(1))) == []


def test_what_is_withdrawn_or_deleted_is_not_due(report: Any) -> None:
    assert matters(TODAY) == ["review"]
    report.unpublish()
    assert matters(TODAY) == []
    content.publish(report)
    assert matters(TODAY) == ["review"]
    type(report).objects.get(pk=report.pk).delete()
    assert matters(TODAY) == []


def test_what_this_release_cannot_read_costs_the_others_nothing(report: Any) -> None:
    other = school(report.get_parent().get_parent(), "Other", review_date=REVIEW)[1]
    Version.objects.get(document_key=other.document_key).text.delete()
    assert said(find_items(TODAY)) == [("Larkfield", "review", REVIEW, 60)]


def test_a_draft_that_was_never_published_is_not_due(home: Page) -> None:
    factories.make_report(factories.make_school(home), review_date=REVIEW)
    assert matters(TODAY) == []


def test_a_version_with_words_removed_is_due_as_before(report: Any, admin: User) -> None:
    republish(report, approved_by="Board B")
    first = Version.objects.get(document_key=report.document_key, number=1)
    removal.redact(first, ["approval/by"], "It was asked for.", user=admin)
    assert matters(TODAY) == ["review"]


def test_a_new_senco_is_due_until_somebody_says_still_correct(report: Any) -> None:
    with time_machine.travel(morning(TODAY), tick=False):
        page = republish(report, body=with_section(report, "senco", name="Mr Adeyemi"))
        assert matters(TODAY) == ["senco-changed", "review"]
        publishing.assure(page)
    assert matters(TODAY) == ["review"]


def test_the_strategy_is_asked_once_a_school_whatever_its_languages(report: Any) -> None:
    day = date(2026, 12, 1)
    assert matters(day).count("inclusion-strategy") == 1
    larkfield = report.get_parent().specific
    strategy = content.add(
        larkfield,
        InclusionStrategyPage,
        "Strategy",
        content.read("larkfield-primary")["strategy"],
        None,
    )
    content.publish(strategy)
    assert matters(day).count("inclusion-strategy") == 0


def test_the_number_of_questions_does_not_grow_with_the_schools(
    report: Any, django_assert_num_queries: Any
) -> None:
    home = report.get_parent().get_parent()
    trust = person("trust", home)
    republish(report, approved_by="Board B")
    with CaptureQueriesContext(connection) as asked:
        recipients(find_items(TODAY, paths_of(trust)))
    for number in range(4):
        other = school(home, f"School{number}", review_date=REVIEW)[1]
        republish(other, approved_by="Board B")
        person(f"office{number}", other.get_parent())
    with django_assert_num_queries(len(asked)):
        items = find_items(TODAY, paths_of(trust))
        assert (len(items), len(recipients(items))) == (5, 5)


# Who is reminded.


def test_who_may_edit_the_page_is_reminded(report: Any) -> None:
    larkfield = report.get_parent()
    other = school(larkfield.get_parent(), "Other", review_date=date(2027, 5, 1))[0]
    person("office", larkfield)
    # Wagtail shows its form to nobody who may only publish.
    person("publisher", report, may="publish_page")
    person("head", report)
    person("trust", larkfield.get_parent(), other)
    person("locker", larkfield, may="lock_page")
    person("elsewhere", other)
    person("gone", larkfield, is_active=False)
    person("mute", larkfield, email="")
    User.objects.create_superuser("root", "root@trust.example", "secret")
    boss = person("boss", larkfield, is_superuser=True)
    assert [user.username for user, _items in recipients(find_items(TODAY))] == [
        *("office", "head", "trust", "boss")
    ]
    assert paths_of(boss) is None


def test_everyone_gets_one_e_mail_with_all_of_their_schools(report: Any) -> None:
    home = report.get_parent().get_parent()
    other = school(home, "Heronsgate", review_date=REVIEW - timedelta(1))[1]
    person("office", report.get_parent())
    trust = person("trust", home, other)
    assert counts(on(TODAY)) == (2, 0, 0, 0)
    assert [(each.to, each.subject) for each in mail.outbox] == [
        (["office@trust.example"], "Review – Larkfield"),
        (["trust@trust.example"], "2 things to do: Review – Heronsgate"),
    ]
    message = mail.outbox[1]
    base = "http://127.0.0.1:8000"
    assert message.body == (
        "These 2 things are due on your schools' SEND pages:\n\n"
        "Review – Heronsgate\n"
        "SEN information report: in 31 days, on 31 August 2026.\n"
        "Read the page again, set the next review date and publish it.\n"
        f"{base}{reverse('wagtailadmin_pages:edit', args=[other.pk])}\n\n"
        "Review – Larkfield\n"
        "SEN information report: in 32 days, on 1 September 2026.\n"
        "Read the page again, set the next review date and publish it.\n"
        f"{base}{reverse('wagtailadmin_pages:edit', args=[report.pk])}\n\n"
        "Once it is done, you are not reminded of it again. "
        "You get this e-mail because you may edit these pages.\n"
    )
    html = message.alternatives[0][0]
    assert html.count(f'href="{base}') == 2
    assert [row.user_id for row in Reminder.objects.all()].count(trust.pk) == 2


def test_each_matter_leads_to_where_it_can_be_done(report: Any) -> None:
    day = date(2026, 12, 1)
    with time_machine.travel(morning(date(2026, 11, 30)), tick=False):
        republish(
            report,
            body=with_section(report, "accessibility_plan", start_date="2023-12-20"),
        )
    paths = {each.due.matter: each.path for each in find_items(day)}
    edit = reverse("wagtailadmin_pages:edit", args=[report.pk])
    explore = reverse("wagtailadmin_explore", args=[report.get_parent().pk])
    assert paths[Matter.REVIEW] == edit
    assert paths[Matter.PLAN] == edit
    assert paths[Matter.STRATEGY] == explore
    later = {each.due.matter: each.path for each in find_items(day + timedelta(90))}
    assert later[Matter.STILL_CORRECT] == reverse("senoffer_versions", args=[report.pk])


def test_without_an_address_of_the_admin_an_e_mail_has_no_links(
    office: User, settings: Any
) -> None:
    del settings.WAGTAILADMIN_BASE_URL
    on(TODAY)
    assert "http" not in mail.outbox[0].body
    assert "href" not in mail.outbox[0].alternatives[0][0]


def test_the_e_mail_is_in_the_language_of_the_persons_admin(office: User) -> None:
    UserProfile.objects.create(user=office, preferred_language="pl")
    with translation.override("en"):
        on(TODAY)
    assert "1 września 2026" in mail.outbox[0].body
    assert '<html lang="pl">' in mail.outbox[0].alternatives[0][0]


def test_the_senders_address_is_that_of_wagtails_own_e_mails(office: User, settings: Any) -> None:
    settings.WAGTAILADMIN_NOTIFICATION_FROM_EMAIL = "The trust <send@trust.example>"
    letter = on(TODAY).sent[0]
    assert mail.outbox[0].from_email == "The trust <send@trust.example>"
    assert mail.outbox[0].extra_headers == {
        "Message-ID": letter.message_id,
        "Auto-Submitted": "auto-generated",
    }
    assert letter.message_id.endswith("@trust.example>")


# Once, and only once.


def test_the_same_thing_is_sent_once_a_stage(office: User) -> None:
    days = [START + timedelta(number) for number in range(90)]
    sent = [day for day in days if "review" in _matters(on(day))]
    assert [(REVIEW - day).days for day in sent] == [60, 30, 7, 0, -7, -14, -21]
    assert [counts(on(day, 18)) for day in sent] == [(0, 0, 0, 0)] * 7


def _matters(outcome: Outcome) -> list[str]:
    return [item.due.matter.value for letter in outcome.sent for item in letter.items]


def test_days_without_a_run_cost_no_more_than_the_newest_reminder(office: User) -> None:
    on(START + timedelta(2))
    assert len(on(REVIEW + timedelta(30)).sent) == 1
    stages = Reminder.objects.filter(matter="review").order_by("pk")
    assert list(stages.values_list("stage", flat=True)) == [60, -28]


def test_a_review_that_is_done_is_reminded_of_no_more(office: User, report: Any) -> None:
    on(TODAY)
    republish(report, review_date=date(2027, 7, 1))
    assert counts(on(REVIEW - timedelta(7))) == (0, 0, 0, 0)


def test_who_comes_later_is_reminded_of_the_stage_that_is_reached(
    office: User, report: Any
) -> None:
    on(TODAY)
    person("new", report)
    assert [each.to for each in on(TODAY, 7).sent] == ["new@trust.example"]


def test_a_dry_run_sends_and_stores_nothing(office: User) -> None:
    assert counts(plan(morning(TODAY))) == (0, 0, 1, 0)
    assert (states(), mail.outbox) == ([], [])
    on(TODAY)
    assert counts(plan(morning(TODAY, 7))) == (0, 0, 0, 0)


def test_the_task_does_the_same(office: User) -> None:
    result = task.enqueue()
    assert result.return_value == {"sent": 0, "failed": 0, "untried": 0, "unsure": 0}
    with time_machine.travel(morning(TODAY), tick=False):
        assert task.enqueue().return_value["sent"] == 1
    assert len(mail.outbox) == 1


def test_it_refuses_to_run_where_its_rows_could_be_rolled_back(
    transactional_db: None, office: User
) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        on(TODAY)
    assert (mail.outbox, states()) == ([], [])


# A mail server that has a bad day.


def test_a_server_that_is_down_costs_nothing(office: User, mail_server: MailServer) -> None:
    mail_server.stop()
    outcome = on(TODAY)
    assert (counts(outcome), outcome.is_well) == ((0, 1, 0, 0), False)
    assert outcome.failed[0][1].endswith("Connection refused")
    assert Reminder.objects.get().attempts == 0
    mail_server.start()
    assert counts(on(TODAY, 7)) == (1, 0, 0, 0)
    assert counts(on(TODAY, 8)) == (0, 0, 0, 0)
    assert [message["To"] for message in mail_server.taken] == ["office@trust.example"]
    assert text(mail_server.taken[0]).splitlines()[2] == "Review – Larkfield"


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(
    office: User, mail_server: MailServer, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "_PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_TIMEOUT, settings.EMAIL_PORT = None, silent.getsockname()[1]
        assert counts(on(TODAY)) == (0, 1, 0, 0)
    assert states() == ["waiting"]


@pytest.mark.parametrize("mood", ["busy", "drops"])
def test_what_the_server_did_not_take_is_sent_later(
    office: User, mail_server: MailServer, mood: str
) -> None:
    mail_server.mood = mood
    assert counts(on(TODAY)) == (0, 1, 0, 0)
    assert (states(), Reminder.objects.get().attempts) == (["waiting"], 1)
    mail_server.mood = "well"
    assert counts(on(TODAY, 7)) == (1, 0, 0, 0)
    assert (states(), len(mail_server.taken)) == (["sent"], 1)


def test_what_the_server_may_have_taken_is_not_sent_again_by_itself(
    office: User, mail_server: MailServer
) -> None:
    mail_server.mood = "vanishes"
    outcome = on(TODAY)
    assert (counts(outcome), outcome.is_well) == ((0, 0, 0, 1), False)
    mail_server.mood = "well"
    later = on(TODAY, 7)
    assert (counts(later), later.is_well) == ((0, 0, 0, 1), True)
    # Its Message-ID says that it did arrive.
    assert mail_server.log == [later.unsure[0].message_id]
    # The next stage is another reminder.
    assert counts(on(REVIEW - timedelta(30))) == (1, 0, 0, 0)


def test_who_looked_can_send_again_what_is_unsure(office: User, mail_server: MailServer) -> None:
    mail_server.mood = "vanishes"
    lost = on(TODAY).unsure[0].message_id
    mail_server.mood = "well"
    with pytest.raises(UnknownMessage, match="other"):
        on(TODAY, 7, resend=["other"])
    assert counts(on(TODAY, 7, resend=[lost])) == (1, 0, 0, 0)
    # Where it did arrive, whoever gets both can tell by this.
    assert mail_server.log == [lost, lost]
    assert counts(on(TODAY, 8, resend=[])) == (0, 0, 0, 0)


def test_one_address_that_is_refused_costs_the_others_nothing(
    report: Any, mail_server: MailServer
) -> None:
    names = [f"office{number}" for number in range(6)]
    for name in names:
        person(name, report)
    mail_server.refused = {f"{name}@trust.example" for name in names[:4]}
    assert counts(on(TODAY)) == (2, 4, 0, 0)
    assert [message["To"] for message in mail_server.taken] == [
        *("office4@trust.example", "office5@trust.example")
    ]


def test_a_server_that_fails_again_and_again_is_left_alone_and_nobody_is_kept_waiting(
    report: Any, mail_server: MailServer
) -> None:
    for number in range(5):
        person(f"office{number}", report)
    mail_server.mood = "busy"
    assert counts(on(TODAY)) == (0, 3, 2, 0)
    assert counts(on(TODAY, 7)) == (0, 3, 2, 0)
    # Those that were not tried were the first to be tried.
    attempts = Reminder.objects.order_by("user").values_list("attempts", flat=True)
    assert list(attempts) == [2, 1, 1, 1, 1]
    mail_server.mood = "well"
    assert counts(on(TODAY, 8)) == (5, 0, 0, 0)
    assert sorted(str(message["To"]) for message in mail_server.taken) == [
        f"office{number}@trust.example" for number in range(5)
    ]


def test_an_address_that_is_none_costs_the_others_nothing(report: Any) -> None:
    person("odd", report, email="odd@trust.example\nBcc: all@trust.example")
    person("office", report)
    outcome = on(TODAY)
    assert counts(outcome) == (1, 1, 0, 0)
    assert [each.to for each in mail.outbox] == [["office@trust.example"]]


def test_a_backend_that_takes_nothing_has_sent_nothing(office: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.editor.test_reminders.Nothing"
    assert counts(on(TODAY)) == (0, 1, 0, 0)
    assert states() == ["waiting"]


class Nothing(BaseEmailBackend):
    """A backend that says that it sent none."""

    def send_messages(self, messages: Any) -> int:
        """Send nothing."""
        return 0


# Two runs at once, and runs that are killed.


@pytest.mark.databases
@pytest.mark.django_db(transaction=True)
def test_many_runs_at_once_send_each_e_mail_once(report: Any, mail_server: MailServer) -> None:
    people = [f"office{number}" for number in range(8)]
    for name in people:
        person(name, report)
    together, outcomes, errors = threading.Barrier(4), [], []

    def run() -> None:
        try:
            together.wait()
            outcomes.append(on(TODAY))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(str(message["To"]) for message in mail_server.taken) == [
        f"{name}@trust.example" for name in people
    ]
    assert sum(len(each.sent) for each in outcomes) == 8
    assert states() == ["sent"] * 8


@pytest.mark.databases
@pytest.mark.django_db(transaction=True)
@crash.needs_fork
def test_sigkill_before_every_statement_sends_nothing_twice(
    report: Any, settings: Any, tmp_path: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    for name in ("one", "two"):
        person(name, report)
    step, status, lost = 0, crash.KILLED, []
    while status == crash.KILLED:
        step += 1
        settings.EMAIL_FILE_PATH = tmp_path / str(step)
        Reminder.objects.all().delete()
        status = crash.in_child(lambda: on(TODAY), die_at=step)
        on(TODAY, 7)
        unsure = on(TODAY, 8).unsure
        sent = Counter(_ids(settings.EMAIL_FILE_PATH))
        assert set(sent.values()) <= {1}
        missing = [each.message_id for each in unsure if each.message_id not in sent]
        lost.append(len(missing))
        on(TODAY, 9, resend=missing) if missing else None
        # Whoever looked into the log has sent the one that is not there; nothing is missing.
        assert sorted(Counter(_ids(settings.EMAIL_FILE_PATH)).values()) == [1, 1]
    assert status == 0
    # Only between the commit that hands an e-mail over and its way to the server.
    assert (step > 10, sum(lost)) == (True, 2)


def _ids(folder: Any) -> list[str]:
    """Return the Message-IDs of the e-mails in a folder."""
    lines = [line for path in folder.glob("*") for line in path.read_text("utf-8").splitlines()]
    return [line.partition(" ")[2] for line in lines if line.startswith("Message-ID:")]


# The dashboard.


def test_the_dashboard_shows_what_is_due_of_the_users_schools(
    office: User, report: Any, client: Client
) -> None:
    home = report.get_parent().get_parent()
    school(home, "Other", review_date=REVIEW)
    with time_machine.travel(morning(TODAY), tick=False):
        client.force_login(office)
        page = client.get(reverse("wagtailadmin_home"))
    [panel] = [each for each in page.context["panels"] if isinstance(each, DueSoonPanel)]
    assert panel.order == 150
    shown = page.content.decode()
    assert shown.count('<ul class="senoffer-due">') == 1
    assert "Review – Larkfield" in shown
    assert "Review – Other" not in shown


def _context(user: User) -> Any:
    request = type("Request", (), {"user": user})
    return DueSoonPanel().get_context_data({"request": request})


def test_the_dashboard_says_what_the_e_mails_say(office: User) -> None:
    with time_machine.travel(morning(TODAY), tick=False):
        shown = [item for item, _when in _context(office)["rows"]]
    assert said(shown) == said(list(on(TODAY).sent[0].items))


def test_the_dashboard_shows_ten_and_says_how_many_more(report: Any, admin: User) -> None:
    home = report.get_parent().get_parent()
    for number in range(11):
        school(home, f"School{number}", review_date=REVIEW + timedelta(number))
    with time_machine.travel(morning(TODAY), tick=False):
        context = _context(admin)
        text = DueSoonPanel().render_html({"request": type("Request", (), {"user": admin})})
    days = [item.due.on for item, _when in context["rows"]]
    assert (days, len(days), context["more"]) == (sorted(days), 10, 2)
    assert "<p>And 2 more.</p>" in text


def test_the_dashboard_shows_nothing_where_nothing_is_due(
    office: User, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(office)
    page = client.get(reverse("wagtailadmin_home"))
    assert "senoffer-due" not in page.content.decode()
    nobody = User.objects.create_user("nobody")
    with django_assert_num_queries(1):
        assert _context(nobody) == {"rows": [], "more": 0}


def test_the_clock_of_these_tests_stands_still() -> None:
    assert timezone.now() == datetime.fromisoformat("2026-07-01T06:00:00+01:00")
