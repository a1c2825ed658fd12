"""New links are tried out in the background, and never while the editor waits."""

from typing import Any

import pytest
from django.utils import timezone
from django_tasks import task_backends
from django_tasks.backends.dummy import DummyBackend

from example_site import content
from tests import factories
from tests.forms import form_data
from wagtail_senoffer.editor import link_tasks, links
from wagtail_senoffer.models import LinkCheck
from wagtail_senoffer.models.desk import LinkState

pytestmark = pytest.mark.django_db

URL = "https://council.example/policy"


class Queue(DummyBackend):
    """Workers of the project's own: keeps what they would get, and tells of our tasks."""

    @property
    def ours(self) -> list[Any]:
        """The arguments of our task, in order."""
        return [each.args for each in self.results if each.task == link_tasks.check_links_of]


@pytest.fixture
def queue() -> Any:
    """Return the queue of a project with workers."""
    immediate = task_backends["default"]
    task_backends["default"] = Queue("default", {})
    yield task_backends["default"]
    task_backends["default"] = immediate


def linked(page: Any, url: str = URL) -> Any:
    return factories.say(page, "teaching", f'<p>Read <a href="{url}">our policy</a> on it.</p>')


def save(page: Any, callbacks: Any) -> Any:
    """Save a draft, and let what waits for the commit happen."""
    with callbacks(execute=True):
        return page.save_revision()


def test_a_draft_with_a_new_link_is_enqueued_once(
    report: Any, queue: Any, django_capture_on_commit_callbacks: Any
) -> None:
    revision = save(linked(report), django_capture_on_commit_callbacks)
    assert queue.ours == [[revision.pk]]
    assert LinkCheck.objects.get(url=URL).checked_at is None
    save(linked(report), django_capture_on_commit_callbacks)
    assert len(queue.ours) == 1
    save(linked(report, f"{URL}/2"), django_capture_on_commit_callbacks)
    assert len(queue.ours) == 2


def test_nothing_is_enqueued_before_the_commit(report: Any, queue: Any) -> None:
    linked(report).save_revision()
    assert (queue.ours, LinkCheck.objects.count()) == ([], 0)


def test_the_immediate_backend_would_keep_the_editor_waiting(
    report: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        linked(report).save_revision()
    ours = [each for each in callbacks if getattr(each, "func", None) is link_tasks.ask_for_new]
    assert (ours, LinkCheck.objects.count()) == ([], 0)


def test_a_project_can_do_without(
    report: Any, queue: Any, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.WAGTAIL_SENOFFER = {"CHECK_LINKS": False}
    save(linked(report), django_capture_on_commit_callbacks)
    assert queue.ours == []


def test_pages_that_are_none_of_ours_are_left_alone(
    home: Any, queue: Any, django_capture_on_commit_callbacks: Any
) -> None:
    save(factories.make_folder(home), django_capture_on_commit_callbacks)
    assert queue.ours == []


def test_a_publish_in_code_counts(
    report: Any, queue: Any, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        linked(report).save_revision().publish()
    assert len(queue.ours) == 1
    content.publish(report)


def test_a_save_in_the_editor_counts(
    report: Any, queue: Any, admin: Any, client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(admin)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/pages/{report.pk}/edit/", form_data(linked(report)))
    assert len(queue.ours) == 1
    assert LinkCheck.objects.filter(url=URL).exists()


def test_the_task_tries_what_is_due_among_the_drafts_links(report: Any, monkeypatch: Any) -> None:
    revision = linked(report).save_revision()
    links.note([URL, "https://elsewhere.example/"])
    LinkCheck.objects.filter(url=URL).update(state=LinkState.OK)
    tried: list[str] = []
    monkeypatch.setattr(links, "check", lambda rows: tried.extend(row.url for row in rows) or [])
    link_tasks.check_links_of.func(revision.pk)
    assert tried == [URL]
    LinkCheck.objects.filter(url=URL).update(checked_at=timezone.now())
    link_tasks.check_links_of.func(revision.pk)
    assert tried == [URL]


def test_a_draft_that_is_gone_meanwhile_is_no_error(report: Any) -> None:
    revision = linked(report).save_revision()
    link_tasks.check_links_of.func(revision.pk + 1)
    link_tasks.ask_for_new(revision.pk + 1)
    revision.object_id = "0"
    revision.save()
    link_tasks.check_links_of.func(revision.pk)
    assert LinkCheck.objects.count() == 0
