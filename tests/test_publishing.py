"""The one door: what follows from a publish, who may force it, what a move does."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from wagtail.log_actions import LogContext
from wagtail.models import Page

from example_site import content
from tests import factories
from tests.forms import PUBLISH, form_data
from tests.records import assert_agrees
from wagtail_senoffer import publishing
from wagtail_senoffer.models import (
    InclusionStrategyPage,
    SchoolOfferPage,
    SchoolPage,
    SENInformationReportPage,
    Version,
)
from wagtail_senoffer.models.versions import newest
from wagtail_senoffer.publishing import Refused

pytestmark = pytest.mark.django_db


def latest(page: Any) -> Version:
    return newest(page.document_key, page.language)


@pytest.fixture
def offer(report: Any) -> SchoolOfferPage:
    """Return a live offer that says nothing of its own."""
    page = factories.make_offer(SchoolPage.objects.get())
    content.publish(page)
    return SchoolOfferPage.objects.get()


def test_a_question_without_an_answer_shows_the_reports_sections(offer: Any) -> None:
    document = latest(offer).document()
    drawn = {section.code: [each.code for each in section.drawn] for section in document.sections}
    assert drawn["spotting_needs"] == ["identify"]
    assert drawn["who_to_contact"] == ["senco", "support_contacts", "la_local_offer"]
    report = newest(SENInformationReportPage.objects.get().document_key, "en")
    assert (document.drawn_from.number, document.drawn_from.sha256) == (1, report.text_id)


def test_an_answer_of_its_own_takes_the_place_of_the_reports_sections(offer: Any) -> None:
    raw = offer.body.get_prep_value()
    raw[0]["value"]["body"] = "<p>Ring us first.</p>"
    offer.body = offer._meta.get_field("body").stream_block.to_python(raw)
    content.publish(offer)
    first = latest(offer).document().sections[0]
    assert (first.body.text, first.drawn) == ("Ring us first.", ())


def test_a_new_report_version_makes_a_new_offer_version(report: Any, offer: Any) -> None:
    factories.say(report, "identify", "<p>We look every Monday.</p>")
    content.publish(report)
    document = latest(offer).document()
    assert (latest(offer).number, document.drawn_from.number) == (2, 2)
    assert document.section("spotting_needs").drawn[0].body.text == "We look every Monday."
    assert_agrees(offer)


def test_an_offer_that_would_become_incomplete_keeps_its_version_and_the_editor_is_told(
    report: Any, offer: Any, admin: User, client: Client, settings: Any
) -> None:
    settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
    factories.empty(report, "identify")
    with publishing.override(admin, "Being rewritten"):
        report.save_revision().publish(user=admin)
    settings.WAGTAIL_SENOFFER = {}
    assert (latest(report).number, latest(offer).number) == (2, 1)
    held = publishing.held_back(report)
    assert [(document.title, [each.section for each in errors]) for document, errors in held] == [
        ("School Offer", ["spotting_needs"])
    ]
    client.force_login(admin)
    fresh = SENInformationReportPage.objects.get()
    fresh.approved_by = "Board"
    url = reverse("wagtailadmin_pages:edit", args=[fresh.pk])
    settings.WAGTAIL_SENOFFER = {}
    factories.say(fresh, "identify", "<p>Back again.</p>")
    response = client.post(url, form_data(fresh, **PUBLISH), follow=True)
    assert [message.level_tag for message in response.context["messages"]] == ["success"]
    assert latest(offer).document().drawn_from.number == 3


def test_a_school_that_is_renamed_renames_it_in_all_its_documents(report: Any, offer: Any) -> None:
    strategy = content.add(
        SchoolPage.objects.get(),
        InclusionStrategyPage,
        "Inclusion strategy",
        factories.larkfield()["strategy"],
        None,
    )
    content.publish(strategy)
    school = SchoolPage.objects.get()
    school.title = "New Name (demo)"
    content.publish(school)
    pages = (report, offer, strategy)
    assert [latest(page).document().school.name for page in pages] == ["New Name (demo)"] * 3
    assert [latest(page).number for page in pages] == [2, 2, 2]
    # The offer follows the report that was renewed.
    assert latest(offer).document().drawn_from.number == 2
    for page in pages:
        assert_agrees(page)


def test_a_report_that_no_longer_fits_its_schools_type_keeps_its_version(home: Page) -> None:
    school = factories.make_school(home, school_type="33")
    page = factories.make_report(school)
    factories.empty(page, "identify")
    content.publish(page)
    school = SchoolPage.objects.get()
    school.school_type = "34"
    content.publish(school)
    assert latest(school).document().school.school_type == "34"
    assert (latest(page).number, latest(page).document().school.school_type) == (1, "33")
    ((document, errors),) = publishing.held_back(school)
    assert (document.title, [each.section for each in errors]) == (
        page.title,
        ["identify", "senco"],
    )


def test_a_school_without_a_type_is_refused_in_words(report: Any) -> None:
    school = SchoolPage.objects.get()
    school.school_type = ""
    with pytest.raises(Refused) as refused:
        content.publish(school)
    assert [problem.code for problem in refused.value.problems] == ["school-type-missing"]


def test_a_report_of_a_school_without_a_type_is_refused_in_words(home: Page) -> None:
    school = factories.make_school(home, live=False, school_type="")
    page = factories.make_report(school)
    with pytest.raises(Refused) as refused:
        content.publish(page)
    assert [problem.code for problem in refused.value.problems] == ["school-type-missing"]
    assert refused.value.message_dict == {
        "__all__": [f"{page.title}: {refused.value.problems[0].message}"]
    }


def test_a_report_may_go_live_before_its_schools_page(home: Page) -> None:
    school = factories.make_school(home, live=False)
    page = factories.make_report(school)
    content.publish(page)
    assert latest(page).document().school.name == school.title


def test_a_page_outside_a_school_is_refused(home: Page) -> None:
    page = SENInformationReportPage(title="Lost", slug="lost", live=True)
    with pytest.raises(Refused) as refused:
        home.add_child(instance=page)
    assert [problem.code for problem in refused.value.problems] == ["school-missing"]


def test_bad_input_an_identifier_that_is_none_is_refused_in_words(home: Page) -> None:
    school = factories.make_school(home, live=False)
    SchoolPage.objects.update(urn="12345")
    school = SchoolPage.objects.get(pk=school.pk)
    school.live = True
    with pytest.raises(Refused) as refused:
        school.save(clean=False)
    assert [problem.code for problem in refused.value.problems] == ["identifier-invalid"]
    assert "six digits" in refused.value.problems[0].message


def test_bad_input_half_a_megabyte_of_divs_is_refused_and_the_draft_kept(
    school: SchoolPage, admin: User, client: Client
) -> None:
    page = factories.make_report(school)
    factories.say(page, "teaching", "<div>" * 100_000)
    page.save_revision()
    with pytest.raises(Refused) as refused:
        page.get_latest_revision().publish()
    problem = refused.value.problems[0]
    assert (problem.code, problem.section) == ("text-too-long", "teaching")
    client.force_login(admin)
    preview = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]))
    assert preview.status_code == 200


def test_bad_input_nul_characters_never_reach_the_record(report: Any) -> None:
    factories.say(report, "teaching", "<p>a\x00b</p><script>alert(1)</script>")
    report.live = True
    report.save(clean=False)
    body = latest(report).document().section("teaching").body
    assert (body.html, body.text) == ("<p>ab</p>", "ab")


class TestOverride:
    """P3's one exception."""

    @pytest.fixture
    def draft(self, school: SchoolPage) -> Any:
        page = factories.make_report(school, without="parents")
        page.save_revision()
        return page

    @pytest.fixture
    def head(self, school: SchoolPage) -> User:
        user = User.objects.create_user("head", "head@school.example", "x")
        user.user_permissions.add(Permission.objects.get(codename="publish_incomplete"))
        return user

    def test_it_is_off_by_default(self, head: User) -> None:
        with pytest.raises(PermissionDenied), publishing.override(head, "Because"):
            pass

    def test_it_needs_the_permission(self, settings: Any) -> None:
        settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
        user = User.objects.create_user("clerk", "clerk@school.example", "x")
        with pytest.raises(PermissionDenied), publishing.override(user, "Because"):
            pass

    def test_it_needs_a_reason(self, head: User, settings: Any) -> None:
        settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
        with pytest.raises(ValueError, match="reason"), publishing.override(head, "  "):
            pass

    def test_it_ends_with_its_block(self, draft: Any, head: User, settings: Any) -> None:
        settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
        with publishing.override(head, "Because"):
            pass
        with pytest.raises(Refused):
            draft.get_latest_revision().publish()

    def test_in_the_admin_it_asks_for_a_reason_and_records_it(
        self, draft: Any, admin: User, client: Client, settings: Any
    ) -> None:
        settings.WAGTAIL_SENOFFER = {"ALLOW_INCOMPLETE": True}
        client.force_login(admin)
        url = reverse("senoffer_override", args=[draft.pk])
        shown = client.get(url)
        assert [problem.section for problem in shown.context["problems"]] == ["parents"]
        client.post(url, {"reason": ""})
        assert Version.objects.filter(document_key=draft.document_key).count() == 0
        client.post(url, {"reason": "The governors meet on Friday"})
        version = latest(draft)
        assert version.override_reason == "The governors meet on Friday"
        assert (version.missing, version.user_pk) == (["parents"], str(admin.pk))

    def test_in_the_admin_it_is_forbidden_while_it_is_off(
        self, draft: Any, admin: User, client: Client
    ) -> None:
        client.force_login(admin)
        url = reverse("senoffer_override", args=[draft.pk])
        response = client.post(url, {"reason": "Because"})
        assert response.status_code == 302
        assert Version.objects.filter(document_key=draft.document_key).count() == 0


class TestWhoPublished:
    """The user of the log context, else of the revision."""

    def test_the_user_of_the_log_context(self, report: Any, admin: User) -> None:
        report.approved_by = "Board"
        with LogContext(user=admin):
            report.save()
        assert latest(report).user_pk == str(admin.pk)

    def test_the_user_of_the_revision(self, report: Any, admin: User) -> None:
        report.approved_by = "Board"
        report.save_revision(user=admin).publish()
        assert latest(report).user_pk == str(admin.pk)

    def test_not_the_user_of_the_last_revision(self, report: Any, admin: User) -> None:
        report.approved_by = "Board"
        report.save_revision(user=admin).publish()
        page = SENInformationReportPage.objects.select_related("live_revision").get()
        page.approved_by = "Other board"
        page.save()
        assert latest(page).user_pk == ""

    def test_nobody_known(self, report: Any) -> None:
        report.approved_by = "Board"
        report.save()
        assert latest(report).user_pk == ""


class TestMoves:
    """G9: a move sends no publish signal."""

    def test_a_document_moved_to_another_school_speaks_in_its_name(
        self, report: Any, home: Page
    ) -> None:
        other = factories.make_school(home, "other", title="Other (demo)")
        report.move(other, pos="last-child")
        assert latest(report).document().school.name == "Other (demo)"
        moved = SENInformationReportPage.objects.get()
        moved.approved_by = "Board"
        content.publish(moved)
        assert latest(moved).number == 3
        assert_agrees(moved)

    def test_one_that_the_other_school_could_not_publish_stays_where_it_is(
        self, home: Page, report: Any
    ) -> None:
        other = factories.make_school(home, "other", live=False, school_type="")
        with pytest.raises(Refused):
            report.move(other, pos="last-child")
        stayed = SENInformationReportPage.objects.get()
        assert stayed.get_parent().slug == "larkfield"
        assert_agrees(stayed)

    def test_one_can_not_be_moved_out_of_its_school(self, home: Page, report: Any) -> None:
        with pytest.raises(Refused):
            report.move(factories.make_folder(home), pos="last-child")
        assert_agrees(SENInformationReportPage.objects.get())

    def test_the_admin_refuses_it_in_words(
        self, report: Any, home: Page, admin: User, client: Client
    ) -> None:
        other = factories.make_school(home, "other")
        client.force_login(admin)
        url = reverse("wagtailadmin_pages:move_confirm", args=[report.pk, other.pk])
        response = client.post(url, follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["error"]
        assert SENInformationReportPage.objects.get().get_parent().slug == "larkfield"

    def test_a_school_that_moves_makes_no_new_versions(self, report: Any, home: Page) -> None:
        folder = factories.make_folder(home)
        SchoolPage.objects.get().move(folder, pos="last-child")
        moved = SENInformationReportPage.objects.get()
        assert latest(moved).number == 1
        assert_agrees(moved)

    def test_a_report_that_moved_leaves_the_first_schools_lock(
        self, report: Any, offer: Any, home: Page
    ) -> None:
        other = factories.make_school(home, "other", title="Other (demo)")
        report.move(other, pos="last-child")
        # The offer that stayed can no longer draw on it, and keeps its last Version.
        assert latest(offer).number == 1


def test_p2_a_refused_save_leaves_the_row_as_it_was(report: Any) -> None:
    factories.empty(report, "parents")
    report.title = "Changed"
    with pytest.raises(Refused):
        report.save()
    assert SENInformationReportPage.objects.get().title == "SEN information report"
    assert_agrees(SENInformationReportPage.objects.get())


def test_saving_other_fields_makes_no_version(report: Any) -> None:
    report.locked = True
    report.save(update_fields=["locked"])
    assert latest(report).number == 1


def test_p2_saving_one_field_of_a_stale_page_takes_the_others_from_the_row(report: Any) -> None:
    stale = SENInformationReportPage.objects.get()
    factories.say(report, "teaching", "<p>New words.</p>")
    content.publish(report)
    stale.approved_by = "Board"
    stale.save(update_fields=["approved_by"])
    document = latest(report).document()
    assert (document.approval.by, document.section("teaching").body.text) == ("Board", "New words.")
    assert_agrees(report)


def test_p2_saving_only_the_tags_makes_a_version(report: Any) -> None:
    report.tags.add("hearing")
    report.save(update_fields=["tagged_items"])
    assert "hearing" in latest(report).document().tags
    assert_agrees(report)


def test_saving_one_published_field_makes_a_version(report: Any) -> None:
    report.approved_by = "Board"
    report.save(update_fields=["approved_by"])
    assert latest(report).document().approval.by == "Board"
    assert_agrees(report)
