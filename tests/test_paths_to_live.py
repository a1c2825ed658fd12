"""P3: every path that makes a page live stops at an incomplete Document, and only there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import wagtail
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.actions.convert_alias import ConvertAliasPageAction
from wagtail.actions.copy_page import CopyPageAction
from wagtail.actions.create_alias import CreatePageAliasAction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import GroupApprovalTask, Locale, Page, Workflow, WorkflowTask

from example_site import content
from tests import factories
from tests.forms import PUBLISH, form_data
from wagtail_senoffer import publishing
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage, Version
from wagtail_senoffer.publishing import Refused

pytestmark = pytest.mark.django_db

MISSING = "parents"


def numbers(page: Any) -> list[int]:
    """Return the numbers of a page's Versions."""
    found = Version.objects.filter(document_key=page.document_key, locale=page.language)
    return list(found.values_list("number", flat=True))


def is_live(page: Any) -> bool:
    return Page.objects.values_list("live", flat=True).get(pk=page.pk)


def draft_words(page: Any) -> str:
    """Return what the newest draft says about review, which the tests edit."""
    draft = SENInformationReportPage.objects.get(pk=page.pk).get_latest_revision_as_object()
    return draft.approved_by


# Each way below takes a draft page that was never live and does all that its user does.


def by_editor(page: Any, client: Client, admin: User) -> None:
    client.post(_edit(page), form_data(page, **PUBLISH))


def by_revision(page: Any, client: Client, admin: User) -> None:
    with pytest.raises(Refused) if _incomplete(page) else _quietly():
        page.get_latest_revision().publish()


def by_action(page: Any, client: Client, admin: User) -> None:
    with pytest.raises(Refused) if _incomplete(page) else _quietly():
        PublishPageRevisionAction(page.get_latest_revision(), user=admin).execute()


def by_code(page: Any, client: Client, admin: User) -> None:
    page.live = True
    with pytest.raises(Refused) if _incomplete(page) else _quietly():
        page.save()


def by_schedule(page: Any, client: Client, admin: User) -> None:
    _schedule(page)
    call_command("publish_scheduled")


def by_editors_schedule(page: Any, client: Client, admin: User) -> None:
    soon = timezone.localtime() + timedelta(hours=1)
    go_live = {"go_live_at": soon.strftime("%Y-%m-%d %H:%M")}
    client.post(_edit(page), form_data(page, **go_live, **PUBLISH))
    page.revisions.exclude(approved_go_live_at=None).update(
        approved_go_live_at=timezone.now() - timedelta(minutes=1)
    )
    _bring_forward(page)
    call_command("publish_scheduled")


def by_bulk(page: Any, client: Client, admin: User) -> None:
    _bulk(client, page)


def by_bulk_with_descendants(page: Any, client: Client, admin: User) -> None:
    _bulk(client, page.get_parent(), include_descendants="on")


def by_workflow_in_editor(page: Any, client: Client, admin: User) -> None:
    _submit(page, admin)
    data = form_data(page, **{"action-workflow-action": "1", "workflow-action-name": "approve"})
    client.post(_edit(page), data)


def by_workflow_on_dashboard(page: Any, client: Client, admin: User) -> None:
    state = _submit(page, admin)
    args = [page.pk, "approve", state.current_task_state.pk]
    response = client.post(
        reverse("wagtailadmin_pages:workflow_action", args=args),
        {"comment": ""},
        headers={"x-requested-with": "XMLHttpRequest"},
    )
    assert response.status_code == 200
    page.refresh_from_db()
    waiting = page.current_workflow_state is not None
    assert waiting == _incomplete(page)


def by_admin_api(page: Any, client: Client, admin: User) -> None:
    url = reverse("wagtailadmin_api:pages:action", args=[page.pk, "publish"])
    response = client.post(url)
    assert response.status_code == (400 if _incomplete(page) else 200)


def by_api_v3(page: Any, client: Client, admin: User) -> None:
    from wagtail.models import APIToken

    _token, key = APIToken.create_token(user=admin, name="test")
    response = client.post(
        f"/api/v3/pages/{page.pk}/actions/publish/", headers={"authorization": f"Bearer {key}"}
    )
    assert response.status_code == (422 if _incomplete(page) else 200)


WAYS = [
    by_editor,
    by_revision,
    by_action,
    by_code,
    by_schedule,
    by_editors_schedule,
    by_bulk,
    by_bulk_with_descendants,
    by_workflow_in_editor,
    by_workflow_on_dashboard,
    by_admin_api,
    pytest.param(
        by_api_v3,
        marks=[] if wagtail.VERSION >= (8, 0) else pytest.mark.skip("Wagtail 7.4 has no API v3"),
    ),
]


# "With descendants" publishes only descendants that are not live.
WAYS_OF_LIVE_PAGES = [way for way in WAYS if way is not by_bulk_with_descendants]


@pytest.fixture
def signed_in(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


@pytest.mark.parametrize("way", WAYS)
def test_p3_a_complete_draft_goes_live_as_version_1(
    way: Callable[..., None], school: SchoolPage, signed_in: Client, admin: User
) -> None:
    page = factories.make_report(school)
    page.save_revision()
    way(page, signed_in, admin)
    assert (is_live(page), numbers(page)) == (True, [1])


@pytest.mark.parametrize("way", WAYS)
def test_p3_an_incomplete_draft_never_goes_live_and_keeps_its_words(
    way: Callable[..., None], school: SchoolPage, signed_in: Client, admin: User
) -> None:
    page = factories.make_report(school, without=MISSING, approved_by="Kept words")
    page.save_revision()
    way(page, signed_in, admin)
    assert (is_live(page), numbers(page)) == (False, [])
    assert draft_words(page) == "Kept words"


@pytest.mark.parametrize("way", WAYS_OF_LIVE_PAGES)
def test_p3_an_incomplete_edit_of_a_live_page_leaves_version_1(
    way: Callable[..., None], report: Any, signed_in: Client, admin: User
) -> None:
    page = factories.empty(report, MISSING)
    page.approved_by = "Kept words"
    page.save_revision()
    way(page, signed_in, admin)
    public = SENInformationReportPage.objects.get(pk=page.pk)
    assert (public.live, numbers(page)) == (True, [1])
    assert public.approved_by == "Governing body"
    assert draft_words(page) == "Kept words"


@pytest.mark.parametrize("way", WAYS_OF_LIVE_PAGES)
def test_p3_a_complete_edit_of_a_live_page_becomes_version_2(
    way: Callable[..., None], report: Any, signed_in: Client, admin: User
) -> None:
    report.approved_by = "Trust board"
    report.save_revision()
    way(report, signed_in, admin)
    assert numbers(report) == [1, 2]
    newest = Version.objects.get(document_key=report.document_key, number=2)
    assert newest.document().approval.by == "Trust board"


def test_g4_bulk_publish_names_the_refused_page_and_publishes_its_neighbours(
    home: Page, school: SchoolPage, signed_in: Client
) -> None:
    other = factories.make_school(home, "other")
    bad = factories.make_report(school, without=MISSING)
    good = factories.make_report(other)
    for page in (bad, good):
        page.save_revision()
    response = _bulk(signed_in, bad, good)
    assert (is_live(bad), is_live(good)) == (False, True)
    told = [str(message) for message in response.context["messages"]]
    assert sum("Taking part" in each or "involve" in each.lower() for each in told) == 1
    assert any("1 page has been published" in each for each in told)


def test_g4_bulk_publish_with_descendants_publishes_school_report_and_offer_in_order(
    home: Page, signed_in: Client
) -> None:
    school = factories.make_school(home, live=False)
    report, offer = factories.make_report(school), factories.make_offer(school)
    for page in (school, report, offer):
        page.save_revision()
    _bulk(signed_in, school, include_descendants="on")
    assert [is_live(page) for page in (school, report, offer)] == [True, True, True]


def test_g5_a_refused_page_loses_its_date_and_the_schedule_goes_on(
    home: Page, school: SchoolPage, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    author = User.objects.create_user("author", "author@school.example", "x")
    bad = factories.make_report(school, without=MISSING)
    bad.save_revision(user=author)
    good = factories.make_report(factories.make_school(home, "other"))
    good.save_revision()
    _schedule(bad, minutes=5)
    _schedule(good, minutes=1)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("publish_scheduled")
        call_command("publish_scheduled")
    assert (is_live(bad), is_live(good)) == (False, True)
    assert bad.revisions.exclude(approved_go_live_at=None).count() == 0
    assert [message.to for message in mailoutbox] == [["author@school.example"]]
    assert "parents" not in mailoutbox[0].subject


def test_g5_a_refusal_does_not_wipe_the_date_of_another_revision(report: Any) -> None:
    report.approved_by = "Next year"
    later = report.save_revision()
    later.approved_go_live_at = timezone.now() + timedelta(days=30)
    later.save()
    bad = factories.empty(report, MISSING).save_revision()
    with pytest.raises(Refused):
        bad.publish()
    later.refresh_from_db()
    assert later.approved_go_live_at is not None


def test_p3_a_schedule_is_checked_when_it_is_set(school: SchoolPage, signed_in: Client) -> None:
    page = factories.make_report(school, without=MISSING)
    page.save_revision()
    soon = timezone.localtime() + timedelta(days=1)
    data = form_data(page, go_live_at=soon.strftime("%Y-%m-%d %H:%M"), **PUBLISH)
    response = signed_in.post(_edit(page), data, follow=True)
    assert page.revisions.exclude(approved_go_live_at=None).count() == 0
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


def test_p3_creating_and_publishing_in_one_step_keeps_the_draft(
    school: SchoolPage, signed_in: Client
) -> None:
    page = factories.make_report(school, without=MISSING)
    data = form_data(page, slug="report", **PUBLISH)
    page.delete()
    url = reverse(
        "wagtailadmin_pages:add",
        args=["wagtail_senoffer", "seninformationreportpage", school.pk],
    )
    response = signed_in.post(url, data, follow=True)
    made = SENInformationReportPage.objects.get()
    assert (made.live, numbers(made)) == (False, [])
    assert [message.level_tag for message in response.context["messages"]] == ["error"]
    assert response.redirect_chain[-1][0] == _edit(made)


def test_p3_a_copy_that_stays_live_is_version_1_of_a_document_of_its_own(
    home: Page, report: Any, admin: User
) -> None:
    other = factories.make_school(home, "other", title="Other School (demo)")
    copy = CopyPageAction(report, to=other, keep_live=True, user=admin).execute()
    assert (copy.live, numbers(copy), numbers(report)) == (True, [1], [1])
    assert copy.document_key != report.document_key
    version = Version.objects.get(document_key=copy.document_key)
    assert version.document().school.name == "Other School (demo)"
    draft = copy.get_latest_revision_as_object()
    assert draft.document_key == copy.document_key


@pytest.fixture
def live_incomplete(school: SchoolPage, admin: User, settings: Any) -> Any:
    """Return a report that is live with a section missing, by an override."""
    settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
    page = factories.make_report(school, without=MISSING)
    with publishing.override(admin, "The new head starts on Monday"):
        page.save_revision().publish(user=admin)
    settings.WAGTAIL_SENOFFER = {}
    page.refresh_from_db()
    return page


def test_p3_an_override_is_recorded_with_its_reason(live_incomplete: Any, admin: User) -> None:
    version = Version.objects.get(document_key=live_incomplete.document_key)
    assert (version.number, version.missing) == (1, [MISSING])
    assert version.override_reason == "The new head starts on Monday"
    assert version.user_pk == str(admin.pk)


def test_p3_an_incomplete_copy_is_refused_whole(
    home: Page, live_incomplete: Any, admin: User
) -> None:
    other = factories.make_school(home, "other")
    with pytest.raises(Refused):
        CopyPageAction(live_incomplete, to=other, keep_live=True, user=admin).execute()
    assert other.get_children().count() == 0


def test_p3_an_incomplete_page_in_a_copied_subtree_becomes_a_draft(
    home: Page, school: SchoolPage, live_incomplete: Any, admin: User
) -> None:
    copy = CopyPageAction(
        school, update_attrs={"slug": "copy"}, recursive=True, keep_live=True, user=admin
    ).execute()
    report = SENInformationReportPage.objects.child_of(copy).get()
    assert (copy.live, report.live, report.live_revision) == (True, False, None)
    assert (numbers(copy), numbers(report)) == ([1], [])


@pytest.mark.parametrize("complete", [True, False])
def test_g9_an_alias_is_refused(report: Any, home: Page, complete: bool, admin: User) -> None:
    other = factories.make_school(home, "other")
    with pytest.raises(ValidationError):
        CreatePageAliasAction(report, parent=other, user=admin).execute()
    assert other.get_children().count() == 0


def test_g9_an_alias_asked_for_in_the_admin_is_refused_in_words(
    report: Any, home: Page, signed_in: Client
) -> None:
    other = factories.make_school(home, "other")
    data = {
        "new_title": "Alias",
        "new_slug": "alias",
        "new_parent_page": str(other.pk),
        "alias": "1",
    }
    url = reverse("wagtailadmin_pages:copy", args=[report.pk])
    response = signed_in.post(url, data, follow=True)
    assert response.status_code == 200
    assert other.get_children().count() == 0
    assert [message.level_tag for message in response.context["messages"]] == ["error"]


@pytest.mark.parametrize("complete", [True, False])
def test_p3_reverting_to_an_older_revision(report: Any, signed_in: Client, complete: bool) -> None:
    if not complete:
        factories.empty(report, MISSING)
    report.approved_by = "Old words"
    old = report.save_revision()
    fresh = SENInformationReportPage.objects.get(pk=report.pk)
    fresh.save_revision()
    data = form_data(old.as_object(), revision=str(old.pk), **PUBLISH)
    signed_in.post(_edit(report), data)
    public = SENInformationReportPage.objects.get(pk=report.pk)
    expected = ("Old words", [1, 2]) if complete else ("Governing body", [1])
    assert (public.approved_by, numbers(report)) == expected


@pytest.mark.parametrize("complete", [True, False])
def test_p3_an_import_that_adds_a_live_page(school: SchoolPage, complete: bool) -> None:
    draft = factories.make_report(school, without="" if complete else MISSING)
    values = {"title": draft.title, "body": draft.body, "slug": "imported", "live": True}
    draft.delete()
    page = SENInformationReportPage(**values)
    if complete:
        school.add_child(instance=page)
        assert (page.live, numbers(page)) == (True, [1])
    else:
        with pytest.raises(Refused):
            school.add_child(instance=page)
        assert SENInformationReportPage.objects.count() == 0


@pytest.fixture
def translated(report: Any) -> Any:
    """Return a wagtail-localize translation into Polish that was published once."""
    translation = _translate(report)
    with _on_commit_at_once():
        translation.save_target(publish=True)
    return translation


def _polish(report: Any) -> Any:
    return SENInformationReportPage.objects.get(
        translation_key=report.translation_key, locale__language_code="pl"
    )


def _translate(report: Any) -> Any:
    from wagtail_localize.models import Translation, TranslationSource

    polish, _new = Locale.objects.get_or_create(language_code="pl")
    for page in reversed([report.get_parent(), report.get_parent().get_parent()]):
        if not page.has_translation(polish):
            copy = page.specific.copy_for_translation(polish)
            copy.save_revision().publish()
    source, _new = TranslationSource.update_or_create_from_instance(report)
    translation, _new = Translation.objects.get_or_create(source=source, target_locale=polish)
    return translation


def test_g8_a_complete_translation_is_the_same_document_in_another_language(
    report: Any, translated: Any
) -> None:
    page = _polish(report)
    assert (page.live, numbers(page), numbers(report)) == (True, [1], [1])
    assert page.document_key == report.document_key


def test_g8_an_incomplete_translation_is_refused(school: SchoolPage, admin: User) -> None:
    source = factories.make_report(school, without=MISSING)
    source.save_revision()
    translation = _translate(source)
    with pytest.raises(Refused), _on_commit_at_once():
        translation.save_target(publish=True)
    page = _polish(source)
    assert (page.live, numbers(page)) == (False, [])


@pytest.mark.parametrize("complete", [True, False])
def test_g8_a_translations_draft_does_not_touch_what_is_public(
    report: Any, translated: Any, complete: bool
) -> None:
    from wagtail_localize.models import TranslationSource

    if not complete:
        factories.empty(report, MISSING)
    report.approved_by = "Rada"
    report.save_revision()
    with _on_commit_at_once():
        TranslationSource.update_or_create_from_instance(report)
        translated.refresh_from_db()
        translated.save_target(publish=False)
    page = _polish(report)
    assert (page.live, page.approved_by, numbers(page)) == (True, "Governing body", [1])
    assert page.get_latest_revision_as_object().approved_by == "Rada"


def test_g8_notes_for_the_record_stay_with_their_own_language(report: Any, translated: Any) -> None:
    from wagtail_localize.models import TranslationSource

    report.approved_by, report.change_note = "Rada", "A new board."
    report.rereading_from, report.reread = 7, ["a-section"]
    report.save_revision()
    with _on_commit_at_once():
        TranslationSource.update_or_create_from_instance(report)
        translated.refresh_from_db()
        translated.save_target(publish=False)
    draft = _polish(report).get_latest_revision_as_object()
    assert draft.approved_by == "Rada"
    assert (draft.change_note, draft.rereading_from, draft.reread) == ("", None, [])


def _quietly() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def _on_commit_at_once() -> Any:
    from django.test import TestCase

    return TestCase.captureOnCommitCallbacks(execute=True)


def _incomplete(page: Any) -> bool:
    draft = page.get_latest_revision_as_object()
    return any(problem.is_error for problem in publishing.problems_of(draft))


def _edit(page: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def _schedule(page: Any, minutes: int = 1) -> None:
    revision = page.get_latest_revision()
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=minutes)
    revision.save()


def _bring_forward(page: Any) -> None:
    """Let the hour come: the date stands in the revision's content as well."""
    for revision in page.revisions.exclude(approved_go_live_at=None):
        revision.content["go_live_at"] = (timezone.now() - timedelta(minutes=1)).isoformat()
        revision.save()


def _bulk(client: Client, *pages: Any, **data: str) -> Any:
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    query = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{url}?{query}&next={reverse('wagtailadmin_home')}", data, follow=True)


def _submit(page: Any, user: User) -> Any:
    """Send a page for approval; what it lacks was taken out of it afterwards."""
    draft = page.get_latest_revision_as_object()
    words = draft.body
    others = [each for each in words.get_prep_value() if each["type"] != MISSING]
    answer = {"type": MISSING, "value": {"body": "<p>We meet each term.</p>"}, "id": str(uuid4())}
    draft.body = draft._meta.get_field("body").stream_block.to_python([*others, answer])
    draft.save_revision(user=user)
    workflow = Workflow.objects.create(name="Governors")
    task = GroupApprovalTask.objects.create(name="Approve")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=1)
    state = workflow.start(type(page).objects.get(pk=page.pk), user)
    draft.body = words
    draft.save_revision(user=user)
    return state


def test_g9_a_placeholder_of_a_translation_is_never_live_and_its_conversion_is_a_draft(
    report: Any,
) -> None:
    """An alias has no Version: wagtail-localize makes one for each page that waits for words."""
    polish, _new = Locale.objects.get_or_create(language_code="pl")
    for page in reversed([report.get_parent(), report.get_parent().get_parent()]):
        page.specific.copy_for_translation(polish).save_revision().publish()
    alias = report.copy_for_translation(polish, alias=True)
    assert (alias.live, numbers(alias)) == (False, [])
    report.approved_by = "Trust board"
    content.publish(report)
    alias.refresh_from_db()
    assert (alias.live, alias.approved_by) == (False, "Trust board")
    ConvertAliasPageAction(alias).execute()
    page = _polish(report)
    assert (page.alias_of, page.live, numbers(page)) == (None, False, [])
