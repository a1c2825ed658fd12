"""The run as a task, for a project that schedules tasks instead of commands."""

from django_tasks import task

from . import sending


@task()
def remind() -> dict[str, int]:
    """Send what is due; return how many e-mails were sent, and how many were not.

    `remind.enqueue()` does it; not within a transaction, which what was sent must outlive.
    """
    outcome = sending.remind()
    names = ("sent", "failed", "untried", "unsure")
    return {name: len(getattr(outcome, name)) for name in names}
