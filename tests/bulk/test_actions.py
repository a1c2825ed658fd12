"""For many schools at once: one confirmation that lists them, then a result for each."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Page, PageLogEntry

from example_site import content
from tests import factories
from tests.office import person, school
from tests.trust.test_trust_text import trust_text
from wagtail_senoffer.editor import approval
from wagtail_senoffer.editor.reminders import sending
from wagtail_senoffer.models import (
    InclusionStrategyPage,
    Reminder,
    RepublishedDocument,
    Republishing,
    SENInformationReportPage,
    TrustText,
    Version,
    Withdrawal,
)
from wagtail_senoffer.models.reminders import Sending

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead() -> Client:
    """Return the trust's lead, who may everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("lead"))
    return client


@pytest.fixture
def two(home: Any) -> list[Any]:
    """Return the reports of two schools, whose reviews are overdue since yesterday."""
    since = timezone.localdate() - timedelta(1)
    return [school(home, name, review_date=since)[1] for name in ("Ash", "Beech")]


def address(act: str, *pages: Any) -> str:
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", f"senoffer_{act}"])
    return f"{url}?" + "&".join(f"id={page.pk}" for page in pages)


def asked(client: Client, act: str, *pages: Any) -> tuple[dict[str, str], dict[str, str], int]:
    """Return what a confirmation says: what is done, what is left out, and others' pages."""
    plan = client.get(address(act, *pages)).context["plan"]
    rows = ({row.name: row.words for row in some} for some in (plan.rows, plan.against))
    return (*rows, plan.others)


def done(client: Client, capture: Any, act: str, *pages: Any, **form: str) -> dict[str, str]:
    """Confirm; return what came of it, by the names of pages."""
    with capture(execute=True):
        response = client.post(address(act, *pages), form)
    run = Republishing.objects.latest("pk")
    assert response.url == reverse("senoffer_republishing", args=[run.pk])
    assert client.get(response.url).status_code == 200
    return {row.title: row.outcome for row in run.documents.all()}


def school_of(page: Any) -> Any:
    return page.get_parent().specific


ASH, BEECH = "Ash: SEN information report", "Beech: SEN information report"


def test_withdraw_takes_down_with_one_reason_and_one_refusal_stops_nobody(
    two: list[Any], lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    draft = factories.make_offer(school_of(two[0]))
    assert asked(lead, "withdraw", *two, draft) == (
        {ASH: "", BEECH: ""},
        {"Ash: School Offer": "Nothing is published."},
        0,
    )
    came = done(
        lead, django_capture_on_commit_callbacks, "withdraw", *two, draft, reason="Flooded."
    )
    assert came == {ASH: "done", BEECH: "done", "Ash: School Offer": "skipped"}
    assert list(Withdrawal.objects.values_list("reason", flat=True)) == ["Flooded.", "Flooded."]
    assert list(Page.objects.filter(pk__in=[p.pk for p in two]).values_list("live", flat=True)) == [
        False,
        False,
    ]


def test_withdraw_asks_for_the_reason(two: list[Any], lead: Client) -> None:
    response = lead.post(address("withdraw", two[0]), {})
    assert response.context["form"].errors["reason"] == ["This field is required."]
    assert (Republishing.objects.count(), Withdrawal.objects.count()) == (0, 0)


def test_withdraw_takes_a_schools_documents_with_it_and_once(
    two: list[Any], lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    ash = school_of(two[0])
    rows, _against, _others = asked(lead, "withdraw", ash, two[0])
    assert rows == {"Ash": "SEN information report"}
    done(lead, django_capture_on_commit_callbacks, "withdraw", ash, two[0], reason="It closed.")
    assert Withdrawal.objects.count() == 2


def test_a_locked_page_is_left_out_and_told(two: list[Any], lead: Client) -> None:
    other = User.objects.create_superuser("other")
    Page.objects.filter(pk=two[0].pk).update(locked=True, locked_by=other)
    trust_text(Page.objects.get(slug="trust"))
    assert asked(lead, "withdraw", two[0])[1] == {ASH: "It is locked, or a page below it is."}
    assert asked(lead, "republish", two[0])[1] == {ASH: "The page is locked."}


def test_p9_a_forged_id_names_and_changes_nothing(
    two: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = Client()
    client.force_login(person("ash", Page.objects.get(pk=two[0].get_parent().pk)))
    for act in ("remind", "review", "republish", "withdraw"):
        response = client.get(address(act, *two))
        assert (response.context["plan"].others, "Beech" in response.content.decode()) == (1, False)
    came = done(client, django_capture_on_commit_callbacks, "remind", *two)
    assert list(came) == [ASH]
    assert client.post(address("withdraw", two[1]), {"reason": "Mine now."}).status_code == 302
    assert (Republishing.objects.count(), Withdrawal.objects.count()) == (1, 0)


def test_p9_who_may_edit_but_not_publish_takes_nothing_down(two: list[Any]) -> None:
    client = Client()
    client.force_login(person("ash", Page.objects.get(pk=two[0].get_parent().pk)))
    trust_text(Page.objects.get(slug="trust"))
    assert asked(client, "withdraw", two[0])[1] == {ASH: "You may not take it down."}
    assert asked(client, "republish", two[0])[1] == {ASH: "You may not publish it."}


def test_p9_who_lost_the_permission_meanwhile_is_refused(
    two: list[Any], lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        lead.post(address("withdraw", two[0]), {"reason": "Flooded."})
    User.objects.filter(username="lead").update(is_superuser=False)
    for callback in callbacks:
        callback()
    assert RepublishedDocument.objects.get().outcome == "skipped"
    assert Withdrawal.objects.count() == 0


def test_p3_republish_says_what_the_gate_refuses_and_does_the_rest(
    home: Any, two: list[Any], lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    trust_text(home)
    done(lead, django_capture_on_commit_callbacks, "republish", *two)
    # Without the school's own words, nothing is left once the trust takes its text away.
    factories.empty(SENInformationReportPage.objects.get(pk=two[0].pk), "complaints").save()
    TrustText.objects.all().delete()
    rows, against, _others = asked(lead, "republish", *two)
    assert (list(rows), list(against)) == ([BEECH], [ASH])
    assert against[ASH].startswith("1 thing is missing:")
    came = done(lead, django_capture_on_commit_callbacks, "republish", *two)
    assert came == {BEECH: "published", ASH: "skipped"}


def test_republish_of_a_school_means_its_documents_that_have_the_old_text(
    home: Any, two: list[Any], lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    ash = school_of(two[0])
    content.publish(factories.make_offer(ash))
    trust_text(home)
    rows, against, _others = asked(lead, "republish", ash)
    assert (list(rows), against) == (
        [ASH],
        {"Ash: School Offer": "It publishes what the trust has now."},
    )
    done(lead, django_capture_on_commit_callbacks, "republish", ash)
    version = Version.objects.filter(document_key=two[0].document_key).latest("number")
    assert (version.number, version.change_note[:27]) == (2, "The trust's text was update")


# --- e-mails


@pytest.fixture
def office(two: list[Any]) -> User:
    """Return somebody who edits both schools."""
    return person("office", *(Page.objects.get(pk=page.get_parent().pk) for page in two))


def test_remind_sends_each_person_one_e_mail_and_never_twice_on_a_day(
    two: list[Any], lead: Client, office: User, django_capture_on_commit_callbacks: Any
) -> None:
    head = person("head", Page.objects.get(pk=two[0].get_parent().pk))
    assert asked(lead, "remind", *two) == ({ASH: "Review", BEECH: "Review"}, {}, 0)
    came = done(lead, django_capture_on_commit_callbacks, "remind", *two)
    assert came == {ASH: "done", BEECH: "done"}
    assert sorted(each.to[0] for each in mail.outbox) == [head.email, office.email]
    again = {ASH: "They had an e-mail about it today already."}
    assert asked(lead, "remind", two[0])[1] == again
    lead.post(address("remind", *two))
    assert len(mail.outbox) == 2


def test_remind_tells_again_what_was_told_on_an_earlier_day(
    two: list[Any], lead: Client, office: User, django_capture_on_commit_callbacks: Any
) -> None:
    sending.remind()
    yesterday = timezone.now() - timedelta(1)
    Reminder.objects.update(sent_at=yesterday, handed_at=yesterday)
    assert done(lead, django_capture_on_commit_callbacks, "remind", *two) == {
        ASH: "done",
        BEECH: "done",
    }
    first, second = (each.extra_headers["Message-ID"] for each in mail.outbox)
    assert first != second
    assert set(Reminder.objects.values_list("state", flat=True)) == {Sending.SENT}


def test_remind_says_of_whom_nothing_is_due_and_who_can_be_told(
    home: Any, two: list[Any], lead: Client, office: User
) -> None:
    _cedar, late = school(home, "Cedar", review_date=timezone.localdate() - timedelta(1))
    _dell, early = school(home, "Dell", review_date=timezone.localdate() + timedelta(90))
    assert asked(lead, "remind", late, early)[:2] == (
        {},
        {
            "Cedar: SEN information report": "Nobody who may edit it has an e-mail address.",
            "Dell: SEN information report": "Nothing is due.",
        },
    )


def test_remind_tells_if_the_mail_server_takes_nothing(
    two: list[Any],
    lead: Client,
    office: User,
    mail_server: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    mail_server.mood = "busy"
    came = done(lead, django_capture_on_commit_callbacks, "remind", *two)
    assert came == {ASH: "refused", BEECH: "refused"}
    mail_server.mood = "well"
    came = done(lead, django_capture_on_commit_callbacks, "remind", *two)
    assert (came, len(mail_server.taken)) == ({ASH: "done", BEECH: "done"}, 1)


def test_review_submits_a_draft_that_somebody_approves_and_asks_the_rest_by_e_mail(
    two: list[Any], lead: Client, office: User, django_capture_on_commit_callbacks: Any
) -> None:
    ash, beech = (school_of(page) for page in two)
    head = person("head", Page.objects.get(pk=ash.pk), may="publish_page")
    approval.arrange(ash, {"headteacher": [head]})
    page = SENInformationReportPage.objects.get(pk=two[0].pk)
    factories.say(page, "teaching", "<p>We teach in small groups.</p>").save_revision()
    offer = factories.make_offer(beech)
    offer.save_revision()
    assert asked(lead, "review", ash, beech)[0] == {
        ASH: "The draft goes to “Approval for Ash”.",
        BEECH: "An e-mail asks 1 person to read it again.",
        "Beech: School Offer": "An e-mail asks 1 person to finish and publish it.",
    }
    came = done(lead, django_capture_on_commit_callbacks, "review", ash, beech)
    assert set(came.values()) == {"done"}
    page.refresh_from_db()
    assert page.workflow_in_progress
    (letter,) = [each for each in mail.outbox if each.to == [office.email]]
    assert ("Please read it again" in letter.body, "Please finish it" in letter.body) == (
        True,
        True,
    )
    assert asked(lead, "review", ash, beech)[1] == {
        ASH: "It waits for approval already.",
        BEECH: "They had an e-mail about it today already.",
        "Beech: School Offer": "They had an e-mail about it today already.",
    }


def test_review_leaves_out_what_somebody_else_submitted_meanwhile(
    two: list[Any], lead: Client, office: User, django_capture_on_commit_callbacks: Any
) -> None:
    ash = school_of(two[0])
    approval.arrange(ash, {"headteacher": [person("head", ash, may="publish_page")]})
    page = SENInformationReportPage.objects.get(pk=two[0].pk)
    factories.say(page, "teaching", "<p>We teach in small groups.</p>").save_revision()
    with django_capture_on_commit_callbacks() as callbacks:
        lead.post(address("review", *two))
    page.get_workflow().start(page, office)
    for callback in callbacks:
        callback()
    rows = RepublishedDocument.objects.order_by("pk").values_list("title", "outcome", "message")
    assert list(rows) == [
        (ASH, "skipped", "It waits for approval already."),
        (BEECH, "done", "An e-mail went to 1 person."),
    ]


def test_p3_review_says_what_the_gate_refuses(two: list[Any], lead: Client) -> None:
    head = person("head", Page.objects.get(pk=two[0].get_parent().pk), may="publish_page")
    approval.arrange(school_of(two[0]), {"headteacher": [head]})
    page = SENInformationReportPage.objects.get(pk=two[0].pk)
    factories.empty(page, "parents").save_revision()
    against = asked(lead, "review", two[0])[1][ASH]
    assert against.startswith("1 thing is missing:")


def test_review_asks_to_finish_what_is_not_public_and_could_not_be_approved(
    two: list[Any], lead: Client, office: User
) -> None:
    ash = school_of(two[0])
    approval.arrange(ash, {"headteacher": [person("head", ash, may="publish_page")]})
    strategy = InclusionStrategyPage(title="Strategy", live=False)
    ash.add_child(instance=strategy)
    strategy.save_revision()
    words = "An e-mail asks 1 person to finish and publish it."
    assert asked(lead, "review", strategy)[0] == {"Ash: Strategy": words}


def test_all_in_the_listing_are_those_that_its_filters_leave(
    home: Any, two: list[Any], lead: Client
) -> None:
    school(home, "Cedar", review_date=timezone.localdate() + timedelta(90))
    asks = f"id=all&next={reverse('senoffer_documents:index')}?review=overdue"
    plan = lead.get(f"{address('withdraw')}{asks}").context["plan"]
    assert [row.name for row in plan.rows] == [ASH, BEECH]


def test_what_is_none_of_a_schools_pages_is_said_to_be(home: Any, lead: Client) -> None:
    folder = factories.make_folder(home)
    assert asked(lead, "review", folder)[1] == {"Folder": "It is none of a school’s SEND pages."}


def test_a_run_that_was_cut_off_goes_on_and_does_nothing_twice(
    two: list[Any], lead: Client, django_capture_on_commit_callbacks: Any
) -> None:
    lead.post(address("withdraw", *two), {"reason": "Flooded."})
    run = Republishing.objects.get()
    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            lead.post(reverse("senoffer_resume", args=[run.pk]))
    assert [row.outcome for row in run.documents.all()] == ["done", "done"]
    assert PageLogEntry.objects.filter(action="wagtail.unpublish").count() == 2
