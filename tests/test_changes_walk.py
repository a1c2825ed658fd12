"""The feed after whatever can happen to schools, again and again: it says what is published."""

import random
from typing import Any

import pytest
from django.db import transaction
from wagtail.models import Page, PageViewRestriction, Site

from example_site import content
from example_site.models import TrustHomePage
from tests import factories
from tests.feed.expected import assert_feed_is_right, changed_since, snapshot
from tests.load import portion
from wagtail_senoffer import changes, publishing
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage

pytestmark = pytest.mark.django_db(transaction=True)

STEPS = portion(100)


def other_site() -> Page:
    """Make a second Site, http://other.example; return its root page."""
    home = TrustHomePage(title="Other", slug="other")
    Page.get_first_root_node().add_child(instance=home)
    Site.objects.create(hostname="other.example", root_page=home)
    return home


class Walk:
    """Does whatever can be done to schools, at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.made = 0
        home = Page.objects.get(slug="trust")
        other = other_site()
        for above in (home, home, other):
            self.made += 1
            above = Page.objects.get(pk=above.pk)
            above.add_child(instance=Page(title=f"F{self.made}", slug=f"f{self.made}"))
        for urn in ("136001", "136002"):
            self._school(urn)

    def _school(self, urn: str) -> None:
        school = factories.make_school(
            self._any(self._folders()), f"s{urn}", urn=urn, title=f"School {urn}"
        )
        content.publish(factories.make_report(school))

    def _any(self, pages: Any) -> Any:
        return self.random.choice(list(pages))

    def _folders(self) -> Any:
        return Page.objects.filter(slug__startswith="f", depth=3)

    def _word(self) -> str:
        self.made += 1
        return f"word-{self.made}"

    def _document(self) -> Any:
        return self._any([*SchoolPage.objects.all(), *SENInformationReportPage.objects.all()])

    def publish(self) -> None:
        page = self._document()
        page.introduction = f"<p>{self._word()}</p>"
        content.publish(page)

    def publish_again(self) -> None:
        content.publish(self._document())

    def unpublish(self) -> None:
        self._document().unpublish()

    def unpublish_folder(self) -> None:
        self._any(self._folders()).unpublish()

    def publish_folder(self) -> None:
        self._any(self._folders()).save_revision().publish()

    def move_school(self) -> None:
        self._any(SchoolPage.objects.all()).move(self._any(self._folders()), pos="last-child")

    def move_report(self) -> None:
        report = self._any(SENInformationReportPage.objects.all())
        free = [x for x in SchoolPage.objects.all() if not x.get_children().exists()]
        if free:
            report.move(self._any(free), pos="last-child")

    def delete_report(self) -> None:
        report = self._any(SENInformationReportPage.objects.all())
        school = SchoolPage.objects.get(pk=report.get_parent().pk)
        report.delete()
        content.publish(factories.make_report(SchoolPage.objects.get(pk=school.pk)))

    def delete_school(self) -> None:
        school = self._any(SchoolPage.objects.all())
        urn = school.urn
        school.delete()
        self._school(urn)
        for page in SchoolPage.objects.all():
            if not SENInformationReportPage.objects.child_of(page).exists():
                content.publish(factories.make_report(page))

    def rename(self) -> None:
        page = self._any([*self._folders(), *SchoolPage.objects.all()])
        page.slug = f"f-{self._word()}"
        page.save()

    def hide(self) -> None:
        page = self._any([*self._folders(), self._document()])
        PageViewRestriction.objects.create(
            page=Page.objects.get(pk=page.pk), restriction_type=PageViewRestriction.LOGIN
        )

    def show(self) -> None:
        PageViewRestriction.objects.all().delete()

    def rename_site(self) -> None:
        site = self._any(Site.objects.all())
        site.hostname = f"{self._word()}.example"
        site.save()

    def leave_trust(self) -> None:
        page = self._any(SchoolPage.objects.all())
        page.trust_name = self.random.choice(["", "A Trust", "B Trust"])
        content.publish(page)

    def new_urn(self) -> None:
        self.made += 1
        page = self._any(SchoolPage.objects.all())
        page.urn = f"137{self.made:03}"
        content.publish(page)

    def assure(self) -> None:
        page = self._document()
        if publishing.is_offered(page):
            publishing.assure(page)

    def several(self) -> None:
        """Do a few things in one transaction, as Wagtail's bulk actions do."""
        with transaction.atomic():
            for _ in range(3):
                self.step(self.random.choice(SINGLE))

    def undone(self) -> None:
        class Undo(Exception):
            pass

        try:
            with transaction.atomic():
                self.several()
                raise Undo
        except Undo:
            Site.clear_site_root_paths_cache()

    def step(self, name: str) -> None:
        getattr(self, name)()


SINGLE = [
    *("publish", "publish", "publish_again", "unpublish", "unpublish_folder", "publish_folder"),
    *("publish_folder", "move_school", "move_report", "delete_report", "delete_school", "rename"),
    *("hide", "show", "show", "rename_site", "leave_trust", "assure", "new_urn"),
]


@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_the_feed_says_what_is_published(report: Any, seed: int) -> None:
    walk, steps = Walk(seed), []
    for _ in range(STEPS):
        name = walk.random.choice([*SINGLE, "several", "undone"])
        steps.append(name)
        before = snapshot()
        walk.step(name)
        try:
            assert_feed_is_right()
            if name == "undone":
                assert snapshot() == before
            elif name not in {"several", "delete_report", "delete_school"}:
                changed_since(before)
        except AssertionError as error:
            error.add_note(f"after {len(steps)} steps, the last of them {steps[-6:]}")
            raise
    assert changes.astray() == []
    assert changes.is_arranged()
