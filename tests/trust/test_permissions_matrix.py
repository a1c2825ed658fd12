"""Who may see what, over every address of the site (P9).

The rule: a school's published title and text are public at public addresses and in the feed.
In the admin and Wagtail's APIs for editors, even its name is shown only to who may edit it (or
read how it stands, in the app's reports). Drafts and notes are shown nowhere else.
"""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page

from example_site import content
from tests import factories
from tests.office import person
from tests.trust.matrix import EXEMPT, Address, addresses
from wagtail_senoffer.models import SchoolReader, Version

pytestmark = pytest.mark.django_db

NAME, DRAFT = "Zibellinook", "Quorvexdraft"
# These patterns are regular expressions, or Wagtail's catch-alls: no school is behind them.
UNNAMED = {""}
READS_NOTHING = ("anonymous", "editor_a", "moderator_a")


def world() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments that lead to school B, and the people."""
    home = factories.make_home()
    a = factories.make_school(home, "ash", title="Ashford Demo", live=False)
    b = factories.make_school(home, "beech", title=f"{NAME} School")
    report = factories.make_report(b)
    content.publish(report)
    report.refresh_from_db()
    report.title = f"{NAME} {DRAFT}"
    revision = report.save_revision()
    version = Version.objects.get(page_id=report.pk) if hasattr(Version, "page_id") else None
    version = version or Version.objects.order_by("pk").last()
    reader = person("trust_reader")
    SchoolReader.objects.create(group=reader.groups.get(), page=home, la_name="")
    people = {
        "anonymous": None,
        "editor_a": person("editor_a", a),
        "moderator_a": person("moderator_a", a, may="publish_page"),
        "editor_b": person("editor_b", b),
        "trust_reader": reader,
    }
    values = {
        "page_id": report.pk, "parent_page_id": b.pk, "page_pk": report.pk, "pk": report.pk,
        "object_id": report.pk, "revision_id": revision.pk, "revision_id_a": "live",
        "revision_id_b": revision.pk, "page_to_move_id": report.pk, "destination_id": home.pk,
        "content_type_app_name": "wagtail_senoffer", "app_label": "wagtail_senoffer",
        "content_type_model_name": "seninformationreportpage",
        "model_name": "seninformationreportpage", "app_name": "wagtail_senoffer",
        "number": 1, "key": version.key, "locale": version.locale, "action": "delete",
        "action_name": "copy", "type_name": "wagtail_senoffer.SchoolPage",
    }
    return values, people


def body(response: Any) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    return raw.decode(errors="replace")


@pytest.mark.parametrize("role", READS_NOTHING)
def test_p9_no_address_shows_a_school_to_who_has_nothing_to_do_with_it(
    client: Any, role: str
) -> None:
    values, people = world()
    if people[role]:
        client.force_login(people[role])
    leaks, unknown = [], []
    for each in addresses():
        if each.namespace in EXEMPT or not each.name or "failwhale" in each.route:
            continue
        if missing := {p for p in each.parameters if p not in values}:
            unknown.append((each.namespace, each.name, sorted(missing)))
            continue
        if "(" in each.route:
            continue
        path = each.fill(values)
        try:
            response = client.get(path, {"q": NAME})
        except Exception as error:
            leaks.append((path, repr(error)[:150]))
            continue
        text = body(response).replace(f"q={NAME}", "").replace(f'value="{NAME}"', "")
        secret = DRAFT if not path.startswith(("/admin", "/api")) else NAME
        if secret in text and response.status_code < 400:
            at = text.index(secret)
            leaks.append((path, text[max(0, at - 60):at + 40]))
    print(*leaks, sep="\n"); print("UNKNOWN"); print(*unknown, sep="\n")
    assert (leaks, unknown) == ([], [])
