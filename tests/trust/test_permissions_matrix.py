"""Who may see what, over every address of the site (P9).

The rule: a school's published title and text are public at public addresses and in the feed.
In the admin and Wagtail's APIs for editors, even its name is shown only to who may edit it (or
read how it stands, in the app's reports). Drafts and notes are shown nowhere else.
"""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.models import (
    GroupApprovalTask,
    Locale,
    Page,
    Revision,
    TaskState,
    Workflow,
    WorkflowState,
    WorkflowTask,
)
from wagtail_localize.models import StringSegment, Translation, TranslationSource

from example_site import content
from tests import factories
from tests.office import person
from tests.trust.matrix import EXEMPT, addresses
from wagtail_senoffer.models import RepublishedDocument, Republishing, SchoolReader, Version

pytestmark = pytest.mark.django_db

WORD, NAME, DRAFT = "Zibellinook", "Orlavane", "Quorvexdraft"
# What Wagtail itself leaks, and gives no hook to mend: by role, so that a mend is noticed.
KNOWN = {
    "wagtailadmin_reports:page_types_usage": "names the page of each type that was edited last",
    "wagtailadmin_reports:page_types_usage_results": "the same",
}
HOST = {"host": "school.example"}
READS_NOTHING = ("anonymous", "editor_a", "moderator_a")


def world() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the arguments that lead to school B, and the people."""
    home = factories.make_home()
    a = factories.make_school(home, "ash", title="Ashford Demo", live=False)
    b = factories.make_school(home, "beech", title=f"{WORD} {NAME} School")
    report = factories.make_report(b)
    content.publish(report)
    report.refresh_from_db()
    report.title = f"{WORD} {NAME} {DRAFT}"
    revision = report.save_revision()
    version = Version.objects.get(document_key=report.document_key)
    workflow = Workflow.objects.create(name="Checks")
    task = GroupApprovalTask.objects.create(name="Head reads")
    WorkflowTask.objects.create(workflow=workflow, task=task)
    editor_b = person("editor_b", b)
    state = workflow.start(report, editor_b)
    paper = get_document_model().objects.create(
        title="A paper", file=ContentFile(b"-", name="paper.txt")
    )
    Locale.objects.get_or_create(language_code="pl")
    source, _ = TranslationSource.update_or_create_from_instance(report)
    translation = Translation.objects.create(
        source=source, target_locale=Locale.objects.get(language_code="pl")
    )
    reader = person("trust_reader")
    SchoolReader.objects.create(group=reader.groups.get(), page=home, la_name="")
    people = {
        "anonymous": None,
        "editor_a": person("editor_a", a),
        "moderator_a": person("moderator_a", a, may="publish_page"),
        "editor_b": editor_b,
        "trust_reader": reader,
    }
    run = Republishing.objects.create(user=editor_b)
    RepublishedDocument.objects.create(run=run, page=report, title=f"{b.title}: {report.title}")
    values = {
        "run_pk": run.pk,
        "slug": "first-report",
        "field": "phase",
        "page_id": report.pk,
        "school_id": b.pk,
        "parent_page_id": b.pk,
        "page_pk": report.pk,
        "pk": report.pk,
        "object_id": report.pk,
        "revision_id": revision.pk,
        "revision_id_a": "live",
        "revision_id_b": revision.pk,
        "page_to_move_id": report.pk,
        "destination_id": home.pk,
        "content_type_app_name": "wagtail_senoffer",
        "app_label": "wagtail_senoffer",
        "content_type_model_name": "seninformationreportpage",
        "model_name": "seninformationreportpage",
        "app_name": "wagtail_senoffer",
        "type": "wagtail_senoffer.glossaryterm",
        "document_id": paper.pk,
        "doc_id": paper.pk,
        "uploaded_file_id": 1,
        "task_id": task.pk,
        "task_state_id": state.current_task_state.pk,
        "workflow_state_id": state.pk,
        "workflow_pk": workflow.pk,
        "session_id": 1,
        "translation_source_id": source.pk,
        "translation_id": translation.pk,
        "mode": "",
        "string_segment_id": StringSegment.objects.filter(source=source).first().pk,
        "overridable_segment_id": 1,
        "uidb64": "MQ",
        "token": "none",
        "restriction_id": 1,
        "page_view_restriction_id": 1,
        "item_id": b.document_key,
        "image_id": 1,
        "path": f"beech/{report.slug}/document.json",
        "site_id": 1,
        "redirect_id": 1,
        "number": 1,
        "key": version.document_key,
        "locale": version.locale,
        "action": "delete",
        "action_name": "copy",
        "type_name": "wagtail_senoffer.SchoolPage",
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
    before, leaks, unknown = rows(), {}, []
    for each in addresses():
        if each.namespace in EXEMPT or not each.name or each.name == "wagtailadmin_error_test":
            continue
        if missing := each.parameters - values.keys():
            unknown.append((each.namespace, each.name, sorted(missing)))
        elif "(" not in each.route or each.name == "senoffer_document_json":
            path = each.fill(values)
            if shown := shows(client, path):
                leaks[f"{each.namespace}:{each.name}"] = shown
            if path.startswith("/admin/") and each.name != "wagtailadmin_logout":
                # Wagtail's link forms fail at an empty POST; what counts here is what changed.
                client.raise_request_exception = False
                client.post(path, headers=HOST)
                client.raise_request_exception = True
    known = {name: leaks.pop(name, None) for name in KNOWN}
    assert (unknown, leaks) == ([], {})
    assert [bool(shown) for shown in known.values()] == [role != "anonymous"] * len(KNOWN)
    assert rows() == before


def shows(client: Any, path: str) -> str:
    """Return what an address shows of school B that is not public there, or nothing."""
    response = client.get(path, {} if "/api/" in path else {"q": WORD}, headers=HOST)
    text = body(response)
    at = text.find(NAME if path.startswith("/admin/") else DRAFT)
    return text[max(0, at - 60) : at + 40] if at >= 0 else ""


def rows() -> list[Any]:
    """Return everything that must not change while others look on."""
    tables = (Page, Revision, Version, WorkflowState, TaskState)
    return [list(table.objects.order_by("pk").values()) for table in tables]
