"""The user guide: who may read it, where links lead, and that its pictures can be told apart."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageDraw, ImageFont

from tests import guide, office
from wagtail_senoffer.editor.guide import TASKS

SLUGS = [task.slug for task in TASKS]
LINES = ("Word document", "Choose last year's report, a file that ends in .docx.", "Back")
MEGABYTE = 1_000_000


def screen(
    *lines: str, size: float = 16, shift: int = 0, button: str = "Read the document"
) -> Image.Image:
    """Draw something like a form."""
    picture = Image.new("RGB", (800, 300), "white")
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(size)
    for number, line in enumerate(lines):
        pen.text((20 + shift, 20 + 40 * number + shift), line, "#2e1f5e", font)
    if button:
        pen.rectangle((20, 200, 220, 240), "#007d7e")
        pen.text((40 + shift, 208), button, "white", font)
    return picture


@pytest.mark.parametrize(("size", "shift"), [(16, 0), (17, 0), (15.5, 1), (16, 2)])
def test_other_fonts_are_no_difference(size: float, shift: int) -> None:
    now = screen(*LINES, size=size, shift=shift)
    assert guide.difference(screen(*LINES), now) == ""


@pytest.mark.parametrize(
    "now",
    [
        screen(*LINES, button=""),
        screen(*LINES, "A question that was not asked before", "Yes, or no"),
        screen(*LINES).crop((0, 0, 800, 220)),
        screen(*LINES).crop((0, 0, 600, 300)),
        Image.new("RGB", (800, 300), "white"),
    ],
)
def test_a_changed_screen_is_a_difference(now: Image.Image) -> None:
    assert guide.difference(screen(*LINES), now) != ""


def test_each_stored_picture_is_shown_once_and_they_are_small() -> None:
    shown = [step.name for slug in SLUGS for step in guide.steps(slug).values() if step.is_shown]
    stored = sorted(guide.FOLDER.glob("*.png"))
    assert [each.stem for each in stored] == sorted(shown)
    assert sum(each.stat().st_size for each in stored) < MEGABYTE


@pytest.mark.django_db
def test_p9_any_user_of_the_admin_reads_the_guide_and_nobody_else_does(client: Client) -> None:
    paths = [
        reverse("senoffer_guide"),
        *(reverse("senoffer_guide_task", args=[slug]) for slug in SLUGS),
    ]
    assert [client.get(path).status_code for path in paths] == [302] * len(paths)
    client.force_login(User.objects.create_user("parent"))
    assert [client.get(path).status_code for path in paths] == [302] * len(paths)
    client.force_login(office.person("editor"))
    answers = [client.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * len(paths)
    contents = answers[0].content.decode()
    assert [slug for slug in SLUGS if f"guide/{slug}/" not in contents] == []
    # The menu is data for Wagtail's own script.
    assert "How to publish your SEND pages" in client.get("/admin/").content.decode()


@pytest.mark.django_db
def test_a_page_that_the_guide_has_not_is_not_found(client: Client, admin: User) -> None:
    client.force_login(admin)
    assert client.get(reverse("senoffer_guide_task", args=["base"])).status_code == 404


@pytest.mark.django_db
def test_each_screen_leads_to_the_page_that_tells_of_it(
    client: Client, admin: User, report: object
) -> None:
    client.force_login(admin)
    school = report.get_parent()  # type: ignore[attr-defined]
    pk = report.pk  # type: ignore[attr-defined]
    screens = {
        reverse("wagtailadmin_pages:edit", args=[pk]): "checklist",
        reverse("senoffer_word", args=[pk]): "word",
        reverse("senoffer_versions", args=[pk]): "change",
        reverse("senoffer_new_year", args=[pk]): "new-year",
        reverse("senoffer_withdraw", args=[pk]): "take-down",
        reverse("senoffer_approval", args=[school.pk]): "approval",
        reverse("senoffer_schools"): "all-schools",
    }
    found = {
        path: re.findall(r'href="[^"]*/guide/([\w-]+)/"', client.get(path).content.decode())
        for path in screens
    }
    assert found == {path: [slug] for path, slug in screens.items()}
