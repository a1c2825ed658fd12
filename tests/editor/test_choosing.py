"""What the form's “+” offers: the page says what to leave out, and the shared blocks stay whole."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from wagtail.admin.telepath import JSContext
from wagtail.models import Page

from tests import factories
from wagtail_senoffer.blocks import ReportBlock, StrategyBlock

pytestmark = pytest.mark.django_db

ADD = ("wagtailadmin_pages:add", ("wagtail_senoffer", "seninformationreportpage"))


@pytest.fixture
def desk(client: Client, admin: User) -> Client:
    client.force_login(admin)
    return client


def form(desk: Client, name: str, *args: Any) -> tuple[list[str], bool]:
    """Return the blocks that a form leaves out, and whether it says of whom they are not asked."""
    html = desk.get(reverse(name, args=args)).content.decode()
    (found,) = re.findall(r'data-senoffer-left-out="([^"]*)"', html)
    said = "Not asked of special schools: “How we spot needs early”, “Our SENCO”." in html
    return json.loads(unescape(found)), said


def test_a_special_schools_form_leaves_out_what_is_not_asked_and_says_why(
    desk: Client, home: Page
) -> None:
    school = factories.make_school(home, school_type="7")
    told = (["identify", "senco", "local"], True)
    assert form(desk, ADD[0], *ADD[1], school.pk) == told
    report = factories.make_report(school)
    assert form(desk, "wagtailadmin_pages:edit", report.pk) == told


def test_a_mainstream_schools_form_offers_it_all(desk: Client, report: Any) -> None:
    assert form(desk, "wagtailadmin_pages:edit", report.pk) == (["local"], False)


def test_a_school_whose_type_is_not_known_is_offered_it_all(desk: Client, home: Page) -> None:
    school = factories.make_school(home, live=False, school_type="")
    assert form(desk, ADD[0], *ADD[1], school.pk) == (["local"], False)


def test_a_section_that_is_not_asked_stays_where_it_was_written(desk: Client, home: Page) -> None:
    report = factories.make_report(factories.make_school(home))
    ids = {block["type"]: block["id"] for block in report.body.get_prep_value()}
    school = report.school
    school.school_type = "7"
    school.save_revision().publish()
    html = desk.get(reverse("wagtailadmin_pages:edit", args=[report.pk])).content.decode()
    assert (ids["identify"] in html, ids["senco"] in html) == (True, True)


@pytest.mark.parametrize("block", [ReportBlock(), StrategyBlock()])
def test_g2_the_blocks_themselves_still_have_every_section(block: Any) -> None:
    context = JSContext()
    packed = context.pack(block)
    assert packed["_type"] == "wagtail_senoffer.blocks.Sections"
    named = {each.name for _group, blocks in block.grouped_child_blocks() for each in blocks}
    assert named == set(block.child_blocks)
    # Ours builds on Wagtail's, so it comes after it.
    scripts = [re.sub(r"\?.*", "", each).rsplit("/", 1)[1] for each in context.media._js]
    assert scripts.index("blocks.js") < scripts.index("sections.js")
