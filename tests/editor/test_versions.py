"""What an editor can do with the Versions of a page, and who may."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupPagePermission, PageLogEntry

from example_site import content
from tests import factories
from tests.forms import PUBLISH, form_data
from tests.records import assert_agrees
from wagtail_senoffer.models import (
    Assurance,
    Redaction,
    SchoolPage,
    SENInformationReportPage,
    Version,
    Withdrawal,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    """Return a client that may do everything."""
    client.force_login(admin)
    return client


@pytest.fixture
def stranger(client: Client, home: Any) -> Client:
    """Return a client that may edit and publish another school, and remove words."""
    other = factories.make_school(home, "other")
    group = Group.objects.create(name="Other school")
    for name in ("change_page", "publish_page"):
        permission = Permission.objects.get(codename=name, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.create(group=group, page=other, permission=permission)
    for name in ("access_admin", "redact_version"):
        group.permissions.add(Permission.objects.get(codename=name))
    user = User.objects.create_user("other", password="secret")
    user.groups.add(group)
    client.force_login(user)
    return client


def url(name: str, page: Any, *more: Any) -> str:
    return reverse(f"senoffer_{name}", args=[page.pk, *more])


def edit_url(page: Any) -> str:
    return reverse("wagtailadmin_pages:edit", args=[page.pk])


def reload(page: Any) -> Any:
    return type(page).objects.get(pk=page.pk)


def versions(page: Any) -> list[Version]:
    return list(Version.objects.filter(document_key=page.document_key).order_by("number"))


def publish(desk: Client, page: Any, note: str) -> Any:
    """Answer the last question before a publish, about the draft that is there now."""
    said = {"change_note": note, "revision": reload(page).latest_revision_id}
    return desk.post(url("publish", page), said, follow=True)


def told(response: Any) -> list[str]:
    return [str(message).strip() for message in response.context["messages"]]


def words(response: Any) -> str:
    return response.content.decode()


# A change note, asked for at publish.


def test_a_changed_page_asks_what_changed_before_it_is_published(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    response = desk.post(edit_url(report), form_data(report, **{"action-publish": "1"}))
    assert (response.status_code, response["Location"]) == (302, url("publish", report))
    assert len(versions(report)) == 1
    page = desk.get(url("publish", report))
    assert [each.code for each in page.context["comparison"].changed] == ["teaching"]
    response = publish(desk, report, "")
    assert "change_note" in response.context["form"].errors
    assert len(versions(report)) == 1
    response = publish(desk, report, "How we teach.")
    assert [each.change_note for each in versions(report)] == ["", "How we teach."]
    assert [str(message) for message in response.context["messages"]][-1].startswith("“SEN info")
    assert_agrees(report)


def test_a_page_below_one_that_is_not_public_is_not_called_readable(
    desk: Client, report: Any
) -> None:
    school = report.get_parent()
    factories.say(report, "teaching", "<p>All new.</p>").save_revision()
    assert not any("Readers" in each for each in told(publish(desk, report, "How we teach.")))
    type(school).objects.filter(pk=school.pk).update(live=False)
    factories.say(report, "teaching", "<p>Newer.</p>").save_revision()
    (hidden,) = [each for each in told(publish(desk, report, "Once more.")) if "Readers" in each]
    assert hidden.startswith(
        f"Readers can’t see “{report.title}” yet: “{school.title}” is not published."
    )
    assert edit_url(school) in hidden


def test_an_approval_of_the_words_before_is_told_before_it_is_said_of_new_ones(
    desk: Client, report: Any
) -> None:
    told = "That was said of the version before this one."
    factories.say(report, "teaching", "<p>New words.</p>").save_revision()
    assert told in words(desk.get(url("publish", report)))
    report.approved_on = timezone.localdate()
    report.save_revision()
    assert told not in words(desk.get(url("publish", report)))


def test_a_note_in_the_form_is_enough(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    desk.post(edit_url(report), form_data(report, **PUBLISH))
    assert [each.change_note for each in versions(report)] == ["", "Changed."]


def test_the_next_draft_does_not_inherit_the_note(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    desk.post(edit_url(report), form_data(report, **PUBLISH))
    fresh = reload(report).get_latest_revision_as_object()
    assert fresh.change_note == ""
    factories.say(fresh, "teaching", "<p>Newer.</p>")
    response = desk.post(edit_url(report), form_data(fresh, **{"action-publish": "1"}))
    assert response["Location"] == url("publish", report)


def test_the_first_version_is_not_asked_what_changed(desk: Client, school: Any) -> None:
    page = factories.make_report(school)
    desk.post(edit_url(page), form_data(page, **{"action-publish": "1"}))
    assert [each.change_note for each in versions(page)] == [""]


def test_nothing_changed_is_nothing_to_tell(desk: Client, report: Any) -> None:
    desk.post(edit_url(report), form_data(report, **{"action-publish": "1"}))
    assert len(versions(report)) == 1


def test_a_scheduled_version_takes_its_note_along(desk: Client, report: Any) -> None:
    from datetime import timedelta

    from django.core.management import call_command

    factories.say(report, "teaching", "<p>All new.</p>")
    report.change_note = "For September."
    report.go_live_at = timezone.now() + timedelta(hours=1)
    report.save_revision().publish()
    assert len(versions(report)) == 1
    page = reload(report)
    revision = page.scheduled_revision
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.content["go_live_at"] = None
    revision.save()
    call_command("publish_scheduled")
    assert [each.change_note for each in versions(report)] == ["", "For September."]


def test_a_refused_publish_keeps_the_note(report: Any) -> None:
    from wagtail_senoffer.publishing import Refused

    factories.empty(report, "teaching")
    report.change_note = "Half done."
    with pytest.raises(Refused):
        report.save()
    assert report.change_note == "Half done."


def test_a_note_that_was_told_before_is_asked_anew(desk: Client, report: Any) -> None:
    """A draft saved after a schedule, or an old revision, brings its note along."""
    factories.say(report, "teaching", "<p>All new.</p>")
    report.change_note = "How we teach."
    report.save_revision().publish()
    page = reload(report)
    factories.say(page, "teaching", "<p>Newer.</p>")
    page.change_note = "How we teach."
    page.save_revision()
    form = desk.get(edit_url(report)).context["form"]
    assert form["change_note"].value() == ""
    data = form_data(page, **{"action-publish": "1"}) | {"change_note": "How we teach."}
    assert desk.post(edit_url(report), data)["Location"] == url("publish", report)
    assert desk.get(url("publish", report)).context["form"]["change_note"].value() == ""
    publish(desk, report, "How we teach.")
    assert [each.change_note for each in versions(report)][1:] == ["How we teach."] * 2


def test_what_was_shown_is_what_is_published(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    report.save_revision()
    shown = reload(report).latest_revision_id
    factories.say(report, "teaching", "<p>A colleague's.</p>")
    report.save_revision()
    said = {"change_note": "How we teach.", "revision": shown}
    response = desk.post(url("publish", report), said)
    assert told(response) == ["The draft was changed meanwhile. Look at it again."]
    assert response.context["form"]["change_note"].value() == "How we teach."
    assert len(versions(report)) == 1


def test_a_projects_own_guard_is_asked_too(desk: Client, report: Any) -> None:
    from django.http import HttpResponse
    from wagtail import hooks

    asked = []

    def guard(request: Any, page: Any) -> HttpResponse:
        asked.append(page.pk)
        return HttpResponse("Not on a Friday.")

    factories.say(report, "teaching", "<p>All new.</p>")
    report.save_revision()
    with hooks.register_temporarily("before_publish_page", guard):
        response = publish(desk, report, "How we teach.")
    assert (words(response), asked) == ("Not on a Friday.", [report.pk])
    assert len(versions(report)) == 1


def test_a_slug_that_was_taken_is_a_message(desk: Client, report: Any) -> None:
    other = factories.make_offer(report.get_parent().specific)
    report.slug = other.slug
    factories.say(report, "teaching", "<p>All new.</p>")
    report.save_revision(clean=False)
    response = publish(desk, report, "How we teach.")
    assert "already in use" in told(response)[0]
    assert len(versions(report)) == 1


def test_a_version_that_waits_for_its_date_is_said_to_wait(desk: Client, report: Any) -> None:
    from datetime import timedelta

    factories.say(report, "teaching", "<p>All new.</p>")
    report.go_live_at = timezone.now() + timedelta(days=1)
    report.save_revision()
    response = publish(desk, report, "How we teach.")
    assert "will be published on its date" in told(response)[-1]
    assert len(versions(report)) == 1


def test_publishing_what_is_public_already_says_so(desk: Client, report: Any) -> None:
    report.save_revision()
    response = publish(desk, report, "Nothing.")
    assert told(response)[-1].startswith("Nothing has changed, so there is no new version.")
    assert len(versions(report)) == 1


# The list.


def test_the_list_of_versions_is_in_the_pages_menu(desk: Client, report: Any) -> None:
    assert url("versions", report) in words(desk.get(edit_url(report)))
    listing = reverse("wagtailadmin_explore", args=[report.get_parent().pk])
    assert url("versions", report) in words(desk.get(listing))


def test_the_list_tells_of_each_version(desk: Client, admin: User, report: Any) -> None:
    report.approved_by, report.change_note = "Board", "A new board."
    report.save_revision(user=admin).publish(user=admin)
    html = words(desk.get(url("versions", report)))
    assert "A new board." in html
    assert "<br>admin" in html


def test_the_lists_queries_do_not_grow(
    desk: Client, report: Any, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for board in "ABCDEF":
        report.approved_by = board
        content.publish(report)
        with CaptureQueriesContext(connection) as captured:
            desk.get(url("versions", report))
        counts.append(len(captured))
    assert len(set(counts[1:])) == 1


def test_a_page_that_was_never_published_has_no_list(desk: Client, school: Any) -> None:
    page = factories.make_report(school)
    assert desk.get(url("versions", page)).status_code == 404
    assert url("versions", page) not in words(desk.get(edit_url(page)))


# Compare with the draft.


def test_compare_with_the_draft(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>Drafted <script>alert(1)</script> words.</p>")
    report.save_revision()
    response = desk.get(url("compare", report, 1))
    assert [each.code for each in response.context["comparison"].changed] == ["teaching"]
    assert "<script>alert(1)" not in words(response)


# Restore.


def test_restore_a_version_and_publish_it_again(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    content.publish(report)
    assert desk.get(url("restore", report, 1)).status_code == 200
    assert reload(report).has_unpublished_changes is False
    desk.post(url("restore", report, 1))
    assert len(versions(report)) == 2
    draft = reload(report).get_latest_revision_as_object()
    assert draft.change_note == "Version 1 was restored."
    desk.post(edit_url(report), form_data(draft, **{"action-publish": "1"}))
    first, second, third = versions(report)
    assert third.text_id == first.text_id != second.text_id
    assert third.change_note == "Version 1 was restored."
    assert "The same words as Version 1." in words(desk.get(url("versions", report)))
    assert_agrees(report)
    logged = PageLogEntry.objects.filter(action="wagtail_senoffer.restore")
    assert [entry.data["version"] for entry in logged] == [1]


def test_restore_brings_back_what_was_withdrawn(desk: Client, report: Any) -> None:
    report.unpublish()
    desk.post(url("restore", report, 1))
    draft = reload(report).get_latest_revision_as_object()
    desk.post(edit_url(report), form_data(draft, **{"action-publish": "1"}))
    assert [each.number for each in versions(report)] == [1, 2]
    assert_agrees(report)


# Still correct today.


def test_still_correct_today_is_recorded_once_a_day(desk: Client, admin: User, report: Any) -> None:
    for _again in range(2):
        desk.post(url("assure", report))
    (assurance,) = Assurance.objects.all()
    assert (assurance.version, assurance.user_pk) == (versions(report)[0], str(admin.pk))
    assert assurance.computed_hash() == assurance.record_hash
    assert len(versions(report)) == 1
    assert PageLogEntry.objects.filter(action="wagtail_senoffer.assure").count() == 1
    desk.defaults["HTTP_HOST"] = "school.example"
    assert "checked by the school on" in words(desk.get("/larkfield/sen-information-report/"))


def test_only_what_was_seen_is_said_to_be_still_correct(desk: Client, report: Any) -> None:
    content.publish(factories.say(report, "teaching", "<p>A colleague's.</p>"))
    desk.post(url("assure", report), {"number": "1"})
    assert Assurance.objects.count() == 0
    desk.post(url("assure", report), {"number": "2"})
    assert [each.version.number for each in Assurance.objects.all()] == [2]


def test_a_withdrawn_page_is_not_still_correct(desk: Client, report: Any) -> None:
    report.unpublish()
    desk.post(url("assure", report))
    assert Assurance.objects.count() == 0


# Withdraw.


def test_withdraw_with_a_reason_and_a_successor(desk: Client, admin: User, report: Any) -> None:
    assert desk.get(url("withdraw", report)).status_code == 200
    response = desk.post(url("withdraw", report), {"reason": ""})
    assert "reason" in response.context["form"].errors
    assert reload(report).live is True
    said = {"reason": "We merged.", "successor": "https://new.example/report/"}
    desk.post(url("withdraw", report), said)
    (withdrawal,) = Withdrawal.objects.all()
    assert (withdrawal.reason, withdrawal.successor) == (said["reason"], said["successor"])
    assert withdrawal.user_pk == str(admin.pk)
    assert withdrawal.computed_hash() == withdrawal.record_hash
    desk.defaults["HTTP_HOST"] = "school.example"
    gone = desk.get("/larkfield/sen-information-report/")
    assert gone.status_code == 410
    assert "We merged." in words(gone)
    assert 'href="https://new.example/report/"' in words(gone)


@pytest.mark.parametrize("successor", ["javascript:alert(1)", "no address", "//"])
def test_a_successor_is_a_web_address(desk: Client, report: Any, successor: str) -> None:
    response = desk.post(url("withdraw", report), {"reason": "Closed", "successor": successor})
    assert "successor" in response.context["form"].errors


def test_a_school_is_withdrawn_with_its_documents(desk: Client, report: Any) -> None:
    desk.post(url("withdraw", report.get_parent()), {"reason": "The school closed."})
    assert [each.reason for each in Withdrawal.objects.all()] == ["The school closed."] * 2
    assert SchoolPage.objects.get().live is False
    assert reload(report).live is False


def test_a_school_with_a_locked_document_is_not_taken_down_by_half(
    desk: Client, admin: User, report: Any
) -> None:
    other = User.objects.create_superuser("locker", password="secret")
    SENInformationReportPage.objects.update(locked=True, locked_by=other, locked_at=timezone.now())
    school = report.get_parent()
    response = desk.post(url("withdraw", school), {"reason": "Closed."}, follow=True)
    assert told(response) == [
        "You may not take these down, or they are locked: SEN information report."
    ]
    assert Withdrawal.objects.count() == 0
    assert SchoolPage.objects.get().live is True


def test_an_offer_that_goes_on_quoting_is_named(desk: Client, report: Any) -> None:
    offer = factories.make_offer(report.get_parent().specific)
    content.publish(offer)
    html = words(desk.get(url("withdraw", report)))
    assert url("versions", offer) in html


# The year.


def test_a_new_year_starts_with_everything_to_be_read_again(desk: Client, report: Any) -> None:
    report.approved_by, report.academic_year = "Board", "2026-27"
    content.publish(report)
    assert desk.get(url("new_year", report)).status_code == 200
    desk.post(url("new_year", report))
    draft = reload(report).get_latest_revision_as_object()
    assert (draft.academic_year, draft.approved_by, draft.approved_on) == ("2027-28", "", None)
    assert (draft.rereading_from, draft.reread) == (2, [])
    assert len(versions(report)) == 2
    form = desk.get(edit_url(report)).context["form"]
    document = versions(report)[1].document()
    assert [key for key, _label in form.fields["reread"].choices] == [
        str(section.id) for section in document.sections
    ]


def test_publishing_shows_and_records_what_was_not_read_again(desk: Client, report: Any) -> None:
    desk.post(url("new_year", report))
    draft = reload(report).get_latest_revision_as_object()
    factories.say(draft, "teaching", "<p>All new.</p>")
    sections = versions(report)[0].document().sections
    kept = [str(each.id) for each in sections if each.code in ("senco", "parents")]
    data = form_data(draft, **{"action-publish": "1"}) | {"reread": kept}
    response = desk.post(edit_url(report), data)
    # The note is there already, but there are sections that nobody read.
    assert response["Location"] == url("publish", report)
    left = {each.code for each in sections} - {"senco", "parents", "teaching"}
    page = desk.get(url("publish", report))
    assert len(page.context["unread"]) == len(left)
    publish(desk, report, "For the new year.")
    version = versions(report)[1]
    assert set(version.not_reread) == left
    assert version.computed_hash() == version.record_hash
    after = reload(report).get_latest_revision_as_object()
    assert (after.rereading_from, after.reread, after.change_note) == (None, [], "")
    assert "reread" not in desk.get(edit_url(report)).context["form"].fields


def test_a_new_year_that_was_read_through_is_published_at_once(desk: Client, report: Any) -> None:
    desk.post(url("new_year", report))
    draft = reload(report).get_latest_revision_as_object()
    everything = [str(each.id) for each in versions(report)[0].document().sections]
    desk.post(
        edit_url(report), form_data(draft, **{"action-publish": "1"}) | {"reread": everything}
    )
    assert versions(report)[1].not_reread == []
    assert versions(report)[1].change_note.startswith("For the academic year 20")


def test_a_tick_for_a_section_that_was_changed_meanwhile_stops_no_draft(
    desk: Client, report: Any
) -> None:
    """P3: drafts always save."""
    desk.post(url("new_year", report))
    sections = versions(report)[0].document().sections
    draft = reload(report).get_latest_revision_as_object()
    factories.say(draft, "teaching", "<p>All new.</p>")
    data = form_data(draft) | {"reread": [str(each.id) for each in sections]}
    for _twice in range(2):
        response = desk.post(edit_url(report), data)
        assert response.status_code == 302
    kept = reload(report).get_latest_revision_as_object().reread
    assert set(kept) == {str(each.id) for each in sections if each.code != "teaching"}


@pytest.mark.parametrize("year", ["", "soon", "2000-01"])
def test_the_next_year_is_never_over(year: str) -> None:
    from wagtail_senoffer.editor.drafts import next_year
    from wagtail_senoffer.models.reports import current_academic_year

    assert next_year(year) == current_academic_year()


def test_a_new_year_needs_a_page_that_is_published(desk: Client, report: Any) -> None:
    report.unpublish()
    desk.post(url("new_year", report))
    assert reload(report).get_latest_revision_as_object().rereading_from is None


# Redaction.


def senco_name(version: Version) -> str:
    section = version.document().section("senco")
    return section.senco.name


def test_a_former_senco_is_forgotten(desk: Client, report: Any) -> None:
    name = senco_name(versions(report)[0])
    for board in ("A", "B"):
        report.approved_by = board
        content.publish(report)
    raw = report.body.get_prep_value()
    for block in raw:
        if block["type"] == "senco":
            block["value"]["name"] = "Ms New"
    report.body = report._meta.get_field("body").stream_block.to_python(raw)
    content.publish(report)
    version = versions(report)[0]
    address = reverse("senoffer_redact", args=[version.document_key, version.locale, 1])
    (path,) = [
        path
        for path, _label in desk.get(address).context["form"].fields["paths"].choices
        if path.endswith("senco/name")
    ]
    said = {"paths": [path], "everywhere": "on", "reason": "Asked for it."}
    response = desk.post(address, said, follow=True)
    after = versions(report)
    assert [senco_name(each) for each in after] == ["", "", "", "Ms New"]
    assert [each.record_hash for each in after][:1] == [version.record_hash]
    assert Redaction.objects.count() == 3
    # Running text that names her is left to a person, who is told where it stands.
    left = [each.number for each in after if name in each.words]
    told = [str(message) for message in response.context["messages"]]
    assert told[0].startswith("Removed for good from: SEN information report, Version 1")
    assert [f"Version {number}:" in told[1] for number in left] == [True] * len(left)
    html = words(desk.get(url("versions", report)))
    assert html.count("words were removed") == 3
    assert [each.computed_hash() for each in after] == [each.record_hash for each in after]


def test_what_is_public_now_can_not_be_redacted(desk: Client, report: Any) -> None:
    version = versions(report)[0]
    address = reverse("senoffer_redact", args=[version.document_key, version.locale, 1])
    assert desk.get(address).context["offered"] is True
    choices = desk.get(address).context["form"].fields["paths"].choices
    response = desk.post(address, {"paths": [choices[0][0]], "reason": "Asked for it."})
    assert response.context["form"].non_field_errors() == [
        "This version is on offer now. Publish one without the words, then remove them."
    ]
    assert Redaction.objects.count() == 0


def test_removed_words_do_not_come_back(desk: Client, report: Any) -> None:
    factories.say(report, "teaching", "<p>All new.</p>")
    content.publish(report)
    version = versions(report)[0]
    address = reverse("senoffer_redact", args=[version.document_key, version.locale, 1])
    choices = desk.get(address).context["form"].fields["paths"].choices
    path = next(path for path, _label in choices if path.endswith("senco/email"))
    desk.post(address, {"paths": [path], "reason": "Asked for it."})
    old = SENInformationReportPage.objects.get()
    factories.say(old, "teaching", factories.larkfield()["report"]["sections"]["teaching"]["body"])
    response = desk.post(edit_url(report), form_data(old, **PUBLISH), follow=True)
    assert "were removed from an earlier version" in words(response)
    assert len(versions(report)) == 2


def test_a_restored_version_tells_that_it_lost_words(
    desk: Client, admin: User, report: Any
) -> None:
    from wagtail_senoffer import removal

    content.publish(factories.say(report, "teaching", "<p>All new.</p>"))
    removal.redact(versions(report)[0], ["introduction"], "Asked for it.", user=admin)
    response = desk.post(url("restore", report, 1), follow=True)
    assert "Words were removed from Version 1: Introduction. The draft lacks them." in told(
        response
    )


def test_words_can_be_removed_after_the_page_was_deleted(desk: Client, report: Any) -> None:
    version = versions(report)[0]
    address = reverse("senoffer_redact", args=[version.document_key, version.locale, 1])
    assert address not in words(desk.get(reverse("senoffer_former")))
    report.delete()
    assert address in words(desk.get(reverse("senoffer_former")))
    assert reverse("senoffer_former") in words(desk.get(reverse("wagtailadmin_home")))
    response = desk.post(address, {"paths": ["introduction"], "reason": "Asked for it."})
    assert response["Location"] == reverse("senoffer_former")
    assert Redaction.objects.count() == 1


# P9 and permissions.

VIEWS = [
    ("versions", ()),
    ("publish", ()),
    ("new_year", ()),
    ("withdraw", ()),
    ("assure", ()),
    ("compare", (1,)),
    ("restore", (1,)),
]


@pytest.mark.parametrize(("name", "more"), VIEWS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_p9_another_schools_editor_is_turned_away(
    stranger: Client, report: Any, name: str, more: tuple[int, ...], method: str
) -> None:
    draft = reload(report)
    draft.approved_by = "Secret board"
    draft.save_revision()
    said = {"reason": "x", "change_note": "x"}
    response = getattr(stranger, method)(url(name, report, *more), said)
    assert "Secret board" not in words(response)
    assert response.status_code in (302, 403, 405)
    assert Withdrawal.objects.count() == Assurance.objects.count() == 0
    assert len(versions(report)) == 1
    assert PageLogEntry.objects.filter(action__startswith="wagtail_senoffer").count() == 0


def test_p9_another_schools_editor_removes_nothing(stranger: Client, report: Any) -> None:
    version = versions(report)[0]
    content.publish(factories.say(report, "teaching", "<p>New.</p>"))
    address = reverse("senoffer_redact", args=[version.document_key, version.locale, 1])
    assert stranger.get(address).status_code == 302
    stranger.post(address, {"paths": ["introduction"], "reason": "x"})
    assert Redaction.objects.count() == 0


def test_p9_documents_without_a_page_are_for_who_may_everything(
    stranger: Client, report: Any
) -> None:
    version = versions(report)[0]
    report.delete()
    address = reverse("senoffer_redact", args=[version.document_key, version.locale, 1])
    for each in (reverse("senoffer_former"), address):
        assert stranger.get(each).status_code == 302
    assert reverse("senoffer_former") not in words(stranger.get(reverse("wagtailadmin_home")))


def test_a_locked_page_is_neither_restored_nor_withdrawn(
    desk: Client, admin: User, report: Any
) -> None:
    other = User.objects.create_superuser("locker", password="secret")
    SENInformationReportPage.objects.update(locked=True, locked_by=other, locked_at=timezone.now())
    for name, more in (("restore", (1,)), ("withdraw", ()), ("new_year", ()), ("publish", ())):
        desk.post(url(name, report, *more), {"reason": "x", "change_note": "x"})
    page = reload(report)
    assert (page.live, page.has_unpublished_changes) == (True, False)


@pytest.mark.parametrize("name", ["restore", "compare"])
@pytest.mark.parametrize("number", [0, 2, 99999999999])
def test_a_version_that_there_is_not_is_404(
    desk: Client, report: Any, name: str, number: int
) -> None:
    assert desk.get(url(name, report, number)).status_code == 404
