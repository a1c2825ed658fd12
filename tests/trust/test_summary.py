"""The summary by e-mail, and the settings of each Site."""

import io
from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site

from tests import factories, office
from tests.office import MailServer, morning
from wagtail_senoffer.models import Reminder, SchoolReader, SiteSettings
from wagtail_senoffer.models.settings import starting_question_set

pytestmark = pytest.mark.django_db

WEDNESDAY, THURSDAY, NEXT = date(2026, 11, 25), date(2026, 11, 26), date(2026, 12, 1)


@pytest.fixture
def lead(home: Page) -> Iterator[User]:
    """Return a trust's lead, whose Site wants a summary every week; it is Wednesday."""
    with time_machine.travel(morning(WEDNESDAY), tick=False):
        office.school(home, "Ash", review_date=date(2026, 9, 1))
        factories.make_report(factories.make_school(home, "beech", title="Beech"))
        user = reader(home, "lead")
        asks(Site.objects.get(), user.groups.get())
        yield user


def reader(page: Page, name: str, council: str = "") -> User:
    user = office.person(name)
    SchoolReader.objects.create(group=user.groups.get(), page=page, la_name=council)
    return user


def asks(site: Site, group: Group, every: str = "week") -> None:
    SiteSettings.objects.update_or_create(
        site=site, defaults={"summary_every": every, "summary_group": group}
    )


def command(*args: str) -> str:
    out = io.StringIO()
    call_command("senoffer_remind", "--summary", *args, stdout=out)
    return out.getvalue()


def test_it_says_how_the_schools_stand(lead: User) -> None:
    assert command() == (
        "sent to lead@trust.example\n  school.example: summary since 2026-11-23\n"
        "E-mails: sent 1, failed 0, untried 0, unsure 0.\n"
    )
    (message,) = mail.outbox
    assert (message.subject, message.to) == ("How schools stand: school.example", [lead.email])
    assert message.body.split("\n\nhttp")[0] == (
        "school.example, 25 November 2026\n\nSEN information report\n- Complete: 1\n"
        "- Not published: 1\n- Review overdue: 1\n\nBeech: Not published\nAsh: Review overdue"
    )


def test_it_is_sent_once_a_week_and_once_a_month(lead: User) -> None:
    sent = []
    for day in (WEDNESDAY, THURSDAY, NEXT):
        with time_machine.travel(morning(day), tick=False):
            command()
            sent.append(len(mail.outbox))
    assert sent == [1, 1, 2]
    asks(Site.objects.get(), lead.groups.get(), "month")
    with time_machine.travel(morning(NEXT), tick=False):
        for _again in range(2):
            command()
    assert len(mail.outbox) == 3


def test_a_dry_run_sends_and_stores_nothing(lead: User) -> None:
    assert command("--dry-run").startswith("would go to lead@trust.example\n")
    assert (mail.outbox, Reminder.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_what_the_mail_server_does_not_take_waits_for_the_next_run(
    lead: User, mail_server: MailServer
) -> None:
    mail_server.mood = "busy"
    with pytest.raises(CommandError):
        command()
    mail_server.mood = "well"
    for _again in range(2):
        command()
    assert len(mail_server.taken) == 1


def test_p9_it_tells_of_the_schools_that_its_reader_may_read_and_of_no_other(
    home: Page, lead: User
) -> None:
    group = lead.groups.get()
    SchoolReader.objects.filter(group=group).update(la_name="Elmbury")
    assert command() == "E-mails: sent 0, failed 0, untried 0, unsure 0.\n"
    factories.make_school(home, "elm", title="Elm", la_name="Elmbury")
    command()
    assert mail.outbox[0].body.count("Elm: Not published") == 1
    assert [name for name in ("Ash", "Beech") if name in mail.outbox[0].body] == []


def test_who_has_left_or_is_in_no_such_group_gets_none(lead: User) -> None:
    User.objects.filter(pk=lead.pk).update(is_active=False)
    asks(Site.objects.get(), lead.groups.get())
    assert command() == "E-mails: sent 0, failed 0, untried 0, unsure 0.\n"
    SiteSettings.objects.update(summary_group=None)
    assert command() == "E-mails: sent 0, failed 0, untried 0, unsure 0.\n"


def test_a_site_has_its_own_question_set_for_new_offers(
    client: Client, admin: User, home: Page
) -> None:
    school = factories.make_school(home)
    assert starting_question_set(school) == "se7-14"
    client.force_login(admin)
    edit = reverse(
        "wagtailsettings:edit", args=["wagtail_senoffer", "sitesettings", Site.objects.get().pk]
    )
    response = client.post(edit, {"summary_every": "", "question_set": "outpost-7"})
    assert (response.status_code, starting_question_set(school)) == (302, "outpost-7")
    where = ["wagtail_senoffer", "schoolofferpage", school.pk]
    form = client.get(reverse("wagtailadmin_pages:add", args=where)).context["form"]
    assert form.initial["question_set"] == "outpost-7"
    assert len(form.initial["body"]) == 7
    SiteSettings.objects.update(question_set="gone")
    assert starting_question_set(school) == "se7-14"
