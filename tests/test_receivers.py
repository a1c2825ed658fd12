"""P4, G10: what a deleted page leaves behind, wherever it stood."""

from typing import Any

import pytest
from django.test import Client
from wagtail.models import Page, PageViewRestriction

from wagtail_senoffer import publishing
from wagtail_senoffer.models import DocumentHead, SchoolPage, SENInformationReportPage

pytestmark = pytest.mark.django_db

REPORT = "/larkfield/sen-information-report/"


@pytest.fixture
def visitor(client: Client) -> Client:
    """Return a client that asks for the school's own host."""
    client.defaults["HTTP_HOST"] = "school.example"
    return client


@pytest.fixture
def closed(report: Any) -> Page:
    """Take the school down with all that it has, as its editors do; return its page."""
    with publishing.withdrawing("The school closed."):
        SchoolPage.objects.get().unpublish()
        SENInformationReportPage.objects.get().unpublish()
    return Page.objects.get(slug="larkfield")


def test_p4_a_school_that_was_taken_down_and_then_deleted_leaves_every_address(
    visitor: Client, closed: Page
) -> None:
    closed.delete()
    paths = ("/larkfield/", REPORT, f"{REPORT}versions/", f"{REPORT}versions/1/")
    assert [visitor.get(path).status_code for path in paths] == [410, 410, 200, 200]
    assert "The school closed." in visitor.get(REPORT).content.decode()


def test_g10_what_was_taken_down_below_a_private_page_leaves_no_address(
    visitor: Client, closed: Page
) -> None:
    PageViewRestriction.objects.create(page=closed, restriction_type=PageViewRestriction.LOGIN)
    closed.delete()
    assert {head.former_url for head in DocumentHead.objects.all()} == {""}
    assert visitor.get(REPORT).status_code == 404


def test_g10_what_an_unpublished_page_hid_leaves_no_address(visitor: Client, report: Any) -> None:
    SchoolPage.objects.get().unpublish()
    SENInformationReportPage.objects.get().delete()
    assert DocumentHead.objects.get(document_key=report.document_key).former_url == ""
    assert visitor.get(REPORT).status_code == 404
