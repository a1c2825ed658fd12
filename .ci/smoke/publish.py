"""A new site publishes a report, and is refused an incomplete one."""

import sys
from pathlib import Path

import django

django.setup()

from django.test import Client  # noqa: E402
from wagtail.models import Page, Site  # noqa: E402

import wagtail_senoffer  # noqa: E402
from wagtail_senoffer.models import SchoolPage, SENInformationReportPage, Version  # noqa: E402
from wagtail_senoffer.publishing import Refused  # noqa: E402

WORDS = "<p>Speak to the class teacher first. You will hear back within two school days.</p>"
ADDRESS = "/first-school/sen-information-report/"


def write(report: SENInformationReportPage, school: SchoolPage, *, leave_out: str = "") -> None:
    """Answer every section that a new report starts with, but for one."""
    raw = report.starting_sections(school)
    for block in raw:
        if block["type"] != leave_out:
            block["value"] = {"body": WORDS}
    report.body = report._meta.get_field("body").stream_block.to_python(raw)


def answer(path: str) -> str:
    """Return what the site answers; it must be a 200."""
    response = Client().get(path, HTTP_HOST="localhost")
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return response.content.decode()


installed = Path(wagtail_senoffer.__file__)
assert installed.is_relative_to(sys.prefix), f"not the installed package: {installed}"

home = Site.objects.get(is_default_site=True).root_page
school = home.add_child(
    instance=SchoolPage(title="First School", slug="first-school", school_type="28", live=False)
)
school.save_revision().publish()
report = SENInformationReportPage(title="SEN information report", live=False)
write(report, school)
school.add_child(instance=report)
report.save_revision().publish()

assert "two school days" in answer(ADDRESS)
assert '"version": 1' in answer(f"{ADDRESS}document.json")
assert "Version 1" in answer(f"{ADDRESS}versions/")
answer(f"{ADDRESS}versions/1/document.json")
answer("/first-school/")

draft = SENInformationReportPage.objects.get()
write(draft, school, leave_out="complaints")
try:
    draft.save_revision().publish()
except Refused as refusal:
    assert [problem.section for problem in refusal.problems] == ["complaints"], refusal
else:
    raise AssertionError("An incomplete report was published.")
assert Page.objects.get(pk=draft.pk).live
versions = Version.objects.filter(kind="sen-information-report").values_list("number", flat=True)
assert list(versions) == [1]
print("Published Version 1 with the wheel; an incomplete Version 2 was refused.")
