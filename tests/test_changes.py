"""What the feed says after each thing that can happen to what is published."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from wagtail.models import Locale, Page, PageViewRestriction, Site

from example_site import content
from example_site.models import TrustHomePage
from tests import factories
from tests.feed.expected import (
    assert_feed_is_right,
    changed_since,
    live_rows,
    school_id,
    snapshot,
)
from wagtail_senoffer import changes, publishing, removal
from wagtail_senoffer.models import (
    DocumentText,
    SchoolOfferPage,
    SchoolPage,
    SENInformationReportPage,
    Version,
    triggers,
)
from wagtail_senoffer.models.feed import Change

pytestmark = pytest.mark.django_db(transaction=True)

Changed = set[tuple[str, str]]


@pytest.fixture(autouse=True)
def whole(report: Any) -> Any:
    """Publish an offer beside the report."""
    return content.publish(factories.make_offer(SchoolPage.objects.get()))


def fresh(model: Any = SENInformationReportPage, **which: Any) -> Any:
    """Return the page as it is in the database."""
    return model.objects.get(**which)


def after(work: Callable[[], object]) -> Changed:
    """Do something; return what changed in the feed, and assert that the feed is right."""
    before = snapshot()
    work()
    assert_feed_is_right()
    return changed_since(before)


def publish(**fields: Any) -> None:
    """Publish the report anew with other fields."""
    page = fresh()
    for name, value in fields.items():
        setattr(page, name, value)
    content.publish(page)


def hide(page: Any) -> PageViewRestriction:
    """Make a page private."""
    return PageViewRestriction.objects.create(
        page=Page.objects.get(pk=page.pk), restriction_type=PageViewRestriction.LOGIN
    )


def put_in_folder() -> Page:
    """Put the school into a folder; return that."""
    folder = factories.make_folder(Page.objects.get(slug="trust"))
    fresh(SchoolPage).move(Page.objects.get(pk=folder.pk), pos="last-child")
    return Page.objects.get(pk=folder.pk)


def other_site() -> Page:
    """Make a second Site, http://other.example:8000; return its root page."""
    home = TrustHomePage(title="Other", slug="other")
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.create(hostname="other.example", port=8000, root_page=home)
    return home


DOCUMENTS = {("document", "active")}
SERVICE = {("service", "active")}
SERVICES = SERVICE | {("service_at_location", "active")}
ALL_ACTIVE = DOCUMENTS | SERVICES | {("organization", "active")}
KINDS = ("document", "service", "service_at_location", "organization")
ALL_INACTIVE = {(kind, "inactive") for kind in KINDS}
ALL_SUCCEEDED = {(kind, "succeeded") for kind in KINDS if kind != "document"}
ALL_DEFUNCT = {(kind, "defunct") for kind in KINDS}


def test_a_school_with_a_report_and_an_offer_has_all_its_rows() -> None:
    assert_feed_is_right()
    kinds = [kind for _site, kind, _id, _locale in live_rows()]
    assert {kind: kinds.count(kind) for kind in KINDS}["document"] == 3
    assert len(kinds) == Change.objects.count()


def test_a_second_publish_changes_the_documents_and_the_service() -> None:
    assert after(lambda: publish(approved_by="Board B")) == DOCUMENTS | SERVICE


def test_the_same_text_takes_no_number() -> None:
    assert after(publish) == set()


def test_withdrawing_a_report_leaves_the_offer_and_its_service() -> None:
    changed = after(lambda: fresh().unpublish())
    assert ("document", "inactive") in changed
    assert Change.objects.filter(kind="service", state="active").count() == 1


def test_withdrawing_with_a_reason_and_publishing_again() -> None:
    def withdraw() -> None:
        with publishing.withdrawing("It moved.", "https://school.example/new/"):
            fresh().unpublish()

    assert ("document", "inactive") in after(withdraw)
    assert ("document", "active") in after(publish)


def test_withdraw_by_code_takes_the_document_out() -> None:
    publishing.withdraw(fresh(), "A reason.")
    row = Change.objects.get(kind="document", item_id=fresh().document_key)
    assert (row.state, row.body, row.name, json.loads(row.summary)) == (
        "inactive",
        b"",
        "",
        {"key": str(row.item_id), "locale": "en", "state": "inactive"},
    )


def test_a_deleted_report_is_gone_for_good() -> None:
    assert ("document", "defunct") in after(lambda: fresh().delete())


def test_a_deleted_school_is_gone_for_good_with_all_that_it_had() -> None:
    assert after(lambda: fresh(SchoolPage).delete()) == ALL_DEFUNCT | {("organization", "inactive")}


def test_a_deleted_folder_takes_its_schools_along() -> None:
    folder = put_in_folder()
    assert after(folder.delete) == ALL_DEFUNCT | {("organization", "inactive")}


def test_a_school_that_moves_has_new_addresses() -> None:
    folder = factories.make_folder(Page.objects.get(slug="trust"))
    changed = after(lambda: fresh(SchoolPage).move(folder, pos="last-child"))
    assert changed == DOCUMENTS | SERVICES


def test_a_report_that_moves_to_another_school_is_that_ones() -> None:
    other = factories.make_school(Page.objects.get(slug="trust"), "heron", urn="136000")
    key = fresh().document_key
    after(lambda: fresh().move(Page.objects.get(pk=other.pk), pos="last-child"))
    row = Change.objects.get(kind="document", item_id=key)
    assert (row.state, row.school_key) == ("active", other.document_key)


def test_a_school_that_moves_to_another_site_is_told_of_once_over_all() -> None:
    home = other_site()
    one = Site.objects.get(hostname="school.example").pk
    changed = after(lambda: fresh(SchoolPage).move(home, pos="last-child"))
    assert changed == ALL_ACTIVE | {(kind, "moved") for kind in KINDS}
    states = Change.objects.filter(site_pk=one).values_list("state", flat=True)
    assert set(states) == {"moved"}
    back = Page.objects.get(slug="trust")
    after(lambda: fresh(SchoolPage).move(back, pos="last-child"))
    assert set(Change.objects.filter(site_pk=one).values_list("state", flat=True)) == {"active"}


def rename_school() -> None:
    page = fresh(SchoolPage)
    page.slug = "renamed"
    page.save()


def rename_school_alone() -> None:
    page = fresh(SchoolPage)
    page.slug = "renamed"
    page.save(update_fields=["slug", "url_path"])


def rename_report_alone() -> None:
    page = fresh()
    page.slug = "renamed"
    page.save(update_fields=["slug", "url_path"])


def rename_folder() -> None:
    folder = Page.objects.get(slug="folder")
    folder.slug = "renamed"
    folder.save()


def rename_home() -> None:
    home = Page.objects.get(slug="trust")
    home.slug = "renamed"
    home.save()


def rename_above_home() -> None:
    top = Page(title="Top", slug="top")
    Page.get_first_root_node().add_child(instance=top)
    Page.objects.get(slug="trust").specific.move(top, pos="last-child")


@pytest.mark.parametrize(
    "work", [rename_school, rename_school_alone, rename_report_alone, rename_folder]
)
def test_a_new_slug_is_a_new_address(work: Callable[[], None]) -> None:
    put_in_folder()
    assert after(work) > DOCUMENTS


@pytest.mark.parametrize("work", [rename_home, rename_above_home])
def test_what_is_above_a_sites_root_is_in_no_address(work: Callable[[], None]) -> None:
    assert after(work) == set()


@pytest.mark.parametrize("slug", ["larkfield", "folder", "trust"])
def test_what_becomes_private_is_gone_until_it_is_public_again(slug: str) -> None:
    put_in_folder()
    before = {key[1:]: row for key, row in snapshot().items()}
    restriction: list[PageViewRestriction] = []
    changed = after(lambda: restriction.append(hide(Page.objects.get(slug=slug))))
    assert changed == ALL_INACTIVE
    assert after(restriction[0].delete) == ALL_ACTIVE
    assert {key[1:]: row[2:] for key, row in snapshot().items()} == {
        key: row[2:] for key, row in before.items()
    }


def test_a_private_page_that_is_deleted_is_gone_for_good() -> None:
    folder = put_in_folder()
    hide(folder)
    after(lambda: Page.objects.get(pk=folder.pk).delete())
    assert set(Change.objects.values_list("state", flat=True)) == {"defunct", "inactive"}


def test_below_an_unpublished_page_nothing_is_on_offer() -> None:
    folder = put_in_folder()
    assert after(folder.unpublish) == ALL_INACTIVE
    assert after(lambda: folder.save_revision().publish()) == ALL_ACTIVE


def change_site(**fields: Any) -> None:
    site = Site.objects.get(hostname="school.example")
    for name, value in fields.items():
        setattr(site, name, value)
    site.save()


@pytest.mark.parametrize("fields", [{"hostname": "new.example"}, {"port": 443}], ids=str)
def test_a_sites_new_address_is_that_of_all_its_schools(fields: dict[str, Any]) -> None:
    assert after(lambda: change_site(**fields)) > DOCUMENTS


def test_a_site_with_another_root_page_takes_its_schools_along() -> None:
    folder = put_in_folder()
    assert after(lambda: change_site(root_page=folder)) > DOCUMENTS


def test_without_its_site_a_school_has_no_address() -> None:
    assert after(Site.objects.get().delete) == ALL_INACTIVE


def test_an_assurance_changes_what_was_assured() -> None:
    assert after(lambda: publishing.assure(fresh())) == DOCUMENTS | SERVICE


def words_of_all() -> str:
    columns = ("name", "summary", "body", "words")
    return "\n".join(str(text) for row in Change.objects.values_list(*columns) for text in row)


def redact(admin: User) -> None:
    first = Version.objects.get(document_key=fresh().document_key, number=1)
    removal.redact(first, ["approval/by"], "It was asked for.", user=admin)


def test_a_redaction_is_told_and_the_words_are_nowhere(admin: User) -> None:
    publish(approved_by="Rosalind Quill")
    publish(approved_by="Board C")
    first = Version.objects.get(document_key=fresh().document_key, number=2)

    def work() -> None:
        removal.redact(first, ["approval/by"], "It was asked for.", user=admin)

    assert after(work) == DOCUMENTS
    row = Change.objects.get(kind="document", item_id=fresh().document_key)
    (told,) = json.loads(row.body)["redactions"]
    assert (told["versions"], told["reason"]) == ([2], "It was asked for.")
    assert json.loads(row.summary)["redactions"] == [told]
    assert "Rosalind Quill" not in words_of_all()


def test_a_redaction_of_a_withdrawn_document_is_told_in_its_tombstone(admin: User) -> None:
    fresh().unpublish()
    assert after(lambda: redact(admin)) == {("document", "inactive")}
    row = Change.objects.get(kind="document", item_id=fresh().document_key)
    (told,) = json.loads(row.summary)["redactions"]
    assert (told["versions"], told["removed"]) == ([1], ["Approved by"])


def test_a_service_that_is_gone_leaves_no_words_of_its_own(admin: User) -> None:
    page = fresh()
    raw = page.body.get_prep_value()
    lines = next(block["value"]["provisions"] for block in raw if block["type"] == "extra_support")
    lines.append(
        {"type": "item", "value": {"name": "Rosalind's club", "level": "targeted", "listed": True}}
    )
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    after(lambda: content.publish(page))
    assert "Rosalind's club" in words_of_all()
    page = fresh()
    lines.pop()
    page.body = page._meta.get_field("body").stream_block.to_python(raw)
    assert ("service", "inactive") in after(lambda: content.publish(page))
    assert "Rosalind's club" not in words_of_all()


def test_a_new_urn_makes_a_new_school_and_buries_the_old_one() -> None:
    page = fresh(SchoolPage)
    page.urn = "136111"
    changed = after(lambda: content.publish(page))
    assert changed == ALL_ACTIVE | ALL_SUCCEEDED


def test_a_school_with_another_urn_and_then_its_old_one_again() -> None:
    def take(urn: str) -> None:
        page = fresh(SchoolPage)
        page.urn = urn
        content.publish(page)

    own = fresh(SchoolPage).urn
    after(lambda: take("136111"))
    assert after(lambda: take(own)) == ALL_ACTIVE | ALL_SUCCEEDED
    assert [fresh(SchoolPage).urn, fresh(SchoolPage).former_urns] == [own, "136111"]
    published = Version.objects.filter(kind="school").latest("number").document().school
    assert (published.urn, published.former_urns) == (own, ("136111",))


def test_whatever_becomes_of_the_new_school_the_old_one_stays_followed() -> None:
    page = fresh(SchoolPage)
    page.urn = "136111"
    content.publish(page)
    succeeded = {row.pk for row in Change.objects.filter(state="succeeded")}
    assert len(succeeded) == 3
    assert ("organization", "inactive") in after(lambda: fresh(SchoolPage).unpublish())
    assert after(lambda: fresh(SchoolPage).delete()) == {("document", "defunct")}
    assert {row.pk for row in Change.objects.filter(state="succeeded")} == succeeded


def twin(name: str = "Twin") -> SchoolPage:
    """Publish a second school with the same URN."""
    return factories.make_school(Page.objects.get(slug="trust"), name.lower(), title=name)


def ids(name: str) -> dict[Any, str]:
    """Return the ids of the organizations of that name that are on offer, with their states."""
    rows = Change.objects.filter(kind="organization", name=name)
    return dict(rows.values_list("item_id", "state"))


def test_the_first_school_with_a_urn_keeps_its_id_and_the_second_inherits_it() -> None:
    first = fresh(SchoolPage)
    by_urn, before = school_id(first.urn), snapshot()
    second = twin()
    assert changed_since(before) == {("document", "active"), ("organization", "active")}
    assert ids("Twin") == {second.document_key: "active"}
    second_page = fresh(SchoolPage, pk=second.pk)
    content.publish(second_page)
    assert ids("Twin") == {second.document_key: "active"}
    fresh(SchoolPage, pk=first.pk).delete()
    assert ids("Twin") == {second.document_key: "inactive", by_urn: "active"}
    assert_feed_is_right()


def test_a_first_school_that_comes_back_does_not_take_the_id_away_again() -> None:
    first = fresh(SchoolPage)
    second = twin()
    first.unpublish()
    content.publish(fresh(SchoolPage, pk=first.pk))
    assert ids("Twin")[school_id(first.urn)] == "active"
    assert Change.objects.get(kind="organization", item_id=first.document_key).state == "active"
    assert ids("Twin")[second.document_key] == "inactive"
    assert changes.astray() == []


def test_two_schools_of_a_trust_have_one_trust() -> None:
    home = other_site()
    trust = fresh(SchoolPage).trust_name
    assert trust
    other = factories.make_school(
        home, "heron", urn="136000", title="Heron", trust_name=trust.upper()
    )
    row = Change.objects.get(school_key=Change.NO_SCHOOL)
    assert (row.name, row.state) == (trust, "active")
    fresh(SchoolPage, urn=fresh(SchoolPage, pk=other.pk).urn).unpublish()
    assert Change.objects.get(school_key=Change.NO_SCHOOL).state == "active"
    assert_feed_is_right()
    fresh(SchoolPage, slug="larkfield").unpublish()
    assert Change.objects.get(school_key=Change.NO_SCHOOL).state == "inactive"
    assert_feed_is_right()


def test_a_translation_is_a_document_and_no_service() -> None:
    polish = Locale.objects.create(language_code="pl")
    page = fresh(SchoolPage)
    for above in (Page.objects.get(slug="trust").specific, page):
        above.copy_for_translation(polish)
    translated = SchoolPage.objects.get(locale=polish).get_latest_revision_as_object()
    assert after(lambda: content.publish(translated)) == set()
    home = TrustHomePage.objects.get(locale=polish)
    assert after(lambda: home.save_revision().publish()) == DOCUMENTS
    row = Change.objects.get(kind="document", locale="pl")
    assert (row.item_id, row.state) == (page.document_key, "active")


def test_an_exception_in_the_transaction_around_it_undoes_all() -> None:
    before = snapshot()

    def work() -> None:
        with transaction.atomic():
            publish(approved_by="Board B")
            change_site(hostname="new.example")
            fresh(SchoolPage).delete()
            raise LookupError

    with pytest.raises(LookupError):
        work()
    assert snapshot() == before
    assert_feed_is_right()
    assert after(lambda: publish(approved_by="Board C")) == DOCUMENTS | SERVICE


# --- what a reviewer found ----------------------------------------------------------------


def damage() -> None:
    """Make the report's words unreadable, as a tampered row or a newer schema does."""
    version = Version.objects.get(document_key=fresh().document_key)
    triggers.remove(connection)
    DocumentText.objects.filter(pk=version.text_id).update(text="{")
    triggers.install(connection)


def test_a_document_that_can_not_be_read_keeps_no_other_from_being_taken_down() -> None:
    damage()
    before = snapshot()
    fresh(SchoolOfferPage).unpublish()
    assert changed_since(before) == {
        ("document", "inactive"),
        # Nothing is left that a service could be made of.
        ("service", "inactive"),
        ("service_at_location", "inactive"),
    }
    assert Change.objects.get(kind="document", item_id=fresh().document_key).is_live


def test_a_school_that_can_not_be_read_stays_as_it_is_in_the_feed() -> None:
    school = fresh(SchoolPage)
    triggers.remove(connection)
    head = Version.objects.get(document_key=school.document_key)
    DocumentText.objects.filter(pk=head.text_id).update(text="{")
    triggers.install(connection)
    before = snapshot()
    publishing.refresh(school.document_key, school.language)
    assert changed_since(before) == set()


def test_many_changes_are_numbered_some_at_a_time_and_moved_items_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changes, "_AT_ONCE", 2)
    first = Change.objects.order_by("pk").first()
    Change.objects.filter(pk=first.pk).update(state="moved")
    newest = changes.newest()[0]
    Change.objects.update(pending=True)
    changes.settle()
    assert not Change.objects.filter(pending=True).exists()
    count = Change.objects.count()
    numbers = sorted(Change.objects.values_list("number", flat=True))
    assert numbers == list(range(newest + 1, newest + count + 1))
    first.refresh_from_db()
    assert first.number == newest + count


def test_what_fails_after_a_commit_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("no database")

    heir = factories.make_school(Page.objects.get(slug="trust"), "heir", urn="190001")
    assert Change.objects.get(kind="organization", school_key=heir.document_key).is_live
    monkeypatch.setattr(changes, "_follow_alone", fail)
    fresh(SchoolPage, slug="larkfield").delete()
    assert not SchoolPage.objects.filter(slug="larkfield").exists()


def test_a_sites_name_alone_moves_nothing(django_assert_max_num_queries: Any) -> None:
    site = Site.objects.get()
    site.site_name = "Another name"
    before = snapshot()
    with django_assert_max_num_queries(8):
        site.save()
    assert changed_since(before) == set()
