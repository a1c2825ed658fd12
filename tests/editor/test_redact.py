"""The form that removes words: what it tells before and after, and whom it lets."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse
from wagtail.models import GroupPagePermission

from example_site import content
from tests import factories
from tests.web.shelves import newest, put, versions
from wagtail_senoffer.models import Redaction, Version
from wagtail_senoffer.redaction import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    """Return a client that may do everything."""
    client.force_login(admin)
    return client


def address(version: Version) -> str:
    args = [version.document_key, version.locale, version.number]
    return reverse("senoffer_redact", args=args)


def told(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


def path_to(version: Version, name: str) -> str:
    return next(each.path for each in fields(version.document()) if each.path.endswith(name))


def test_p9_everywhere_reaches_only_what_the_user_may_edit(client: Client, report: Any) -> None:
    school = report.get_parent().specific
    for page in (school, report):
        put(page, school=newest(page).school.model_copy(update={"headteacher": "New"}))
    group = Group.objects.create(name="Report only")
    change = Permission.objects.get(codename="change_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=group, page=report, permission=change)
    for name in ("access_admin", "redact_version"):
        group.permissions.add(Permission.objects.get(codename=name))
    user = User.objects.create_user("reports", password="secret")
    user.groups.add(group)
    client.force_login(user)
    own = versions(report)[0]
    said = {"paths": ["school/headteacher"], "reason": "Asked for it.", "everywhere": "on"}
    response = client.post(address(own), said, follow=True)
    assert Redaction.objects.get().text_sha256 == own.text_id
    assert any("School, Version 1: Headteacher" in message for message in told(response))


@pytest.mark.parametrize("where", ["row", "draft"])
def test_the_editor_is_told_where_removed_words_still_stand(
    desk: Client, report: Any, where: str
) -> None:
    first = versions(report)[0]
    teaching = first.document().section("teaching").body
    page = type(report).objects.get(pk=report.pk)
    if where == "draft":
        content.publish(factories.say(page, "teaching", "<p>New.</p>"))
        factories.say(page, "teaching", teaching.html).save_revision()
    else:
        put(report, sections=())
    html = desk.get(address(first)).content.decode()
    assert "still in the page or its newest draft" in html
    path = f"sections/{first.document().section('teaching').id}/body"
    response = desk.post(address(first), {"paths": [path], "reason": "Asked for it."}, follow=True)
    assert "still says what was removed (Text)" in told(response)[-1]


def test_the_form_tells_what_everywhere_reaches(desk: Client, report: Any) -> None:
    for board in "ABC":
        put(report, approved_by=board)
    reach = desk.get(address(versions(report)[0])).context["reach"]
    assert [count for _title, count in reach] == [2]
    html = desk.get(address(versions(report)[0])).content.decode()
    assert "SEN information report (en): 2 other old versions" in html


def test_words_that_somebody_else_removed_are_not_told_as_removed(
    desk: Client, report: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wagtail_senoffer import removal

    put(report, approved_by="B")
    first = versions(report)[0]
    monkeypatch.setattr(removal, "redact", lambda *args, **more: removal.Outcome())
    said = {"paths": ["introduction"], "reason": "Asked for it."}
    messages = told(desk.post(address(first), said, follow=True))
    assert messages[0].strip() == "There was nothing to remove: somebody did so already."


@pytest.mark.parametrize("locale", ["%00", "a%0Ab", "x" * 200])
def test_what_is_no_language_is_404_and_only_for_who_may(
    client: Client, admin: User, report: Any, locale: str
) -> None:
    url = f"/admin/senoffer/redact/{report.document_key}/{locale}/1/"
    group = Group.objects.create(name="Turned away")
    group.permissions.add(Permission.objects.get(codename="access_admin"))
    user = User.objects.create_user("editor", password="secret")
    user.groups.add(group)
    client.force_login(user)
    # Wagtail's answer to who may not.
    assert client.get(url).status_code == 302
    client.force_login(admin)
    assert client.get(url).status_code == 404


def test_a_deleted_pages_newest_versions_are_listed_and_all_of_them_on_a_page_of_their_own(
    desk: Client, report: Any
) -> None:
    for number in range(60):
        put(report, approved_by=f"Board {number}")
    key = report.document_key
    report.delete()
    former = reverse("senoffer_former")
    html = desk.get(former).content.decode()
    assert html.count(">Version ") == 10
    assert html.index(">Version 61 of ") < html.index(">Version 52 of ")
    head = desk.get(former).context["rows"][0][0]
    assert (head.document_key, "All 61 versions" in html) == (key, True)
    html = desk.get(former, {"document": head.pk}).content.decode()
    assert html.count(">Version ") == 50
    html = desk.get(former, {"document": head.pk, "p": 2}).content.decode()
    assert html.count(">Version ") == 11


@pytest.mark.parametrize("number", ["0", "x", "²", "9" * 30])
def test_a_document_that_there_is_not_is_404(desk: Client, number: str) -> None:
    assert desk.get(reverse("senoffer_former"), {"document": number}).status_code == 404
