"""Runs for many schools in the background, with a result for each; above all, publishing again
what schools have published, with the trust's new text.

What is published is the live page's row, never a draft: the draft stays as it is, and takes
the trust's new text of itself. Each document has a transaction of its own, in which its row of
the run is ticked off too: a worker that is killed leaves it waiting, and no two do it twice.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_tasks import task
from wagtail.log_actions import LogContext, log

from .. import publishing
from ..models.trust import Act, Outcome, RepublishedDocument, Republishing
from ..models.versions import DocumentHead, heads
from .drift import Drift

logger = logging.getLogger(__name__)

REPUBLISHED = "wagtail_senoffer.republish"
_MOST_TITLES = 3


# What does the work of a run, by what is to be done; bulk/work.py adds its own.
WORK: dict[str, Callable[[Republishing], None]] = {}


@task()
def republish(run_pk: int) -> None:
    """Do what is still waiting in a run."""
    run = Republishing.objects.select_related("user").filter(pk=run_pk).first()
    if run is not None:
        WORK[run.act](run)


def one_by_one(work: Callable[[Republishing, int], None], run: Republishing) -> None:
    """Do some work for each waiting row of a run; what goes wrong with one stops no other."""
    for pk in list(run.documents.filter(outcome=Outcome.WAITING).values_list("pk", flat=True)):
        try:
            work(run, pk)
        except Exception:
            # It goes on waiting, to be tried again; the schools after it are not held up.
            logger.exception("Run %d (%s), document %d", run.pk, run.act, pk)


def start(user: Any, drifts: dict[Any, list[Drift]]) -> Republishing:
    """Make a run of the pages that drifted, and have it done in the background."""
    return begin(Republishing(user=user), rows_of(drifts))


def rows_of(drifts: dict[Any, list[Drift]]) -> list[RepublishedDocument]:
    """Return the rows of pages that drifted, not saved."""
    return [
        RepublishedDocument(page_id=pk, title=name_of(these[0].page), change_note=_note(these))
        for pk, these in drifts.items()
    ]


@transaction.atomic
def begin(run: Republishing, rows: Sequence[RepublishedDocument]) -> Republishing:
    """Save a run with its rows, and have it done in the background."""
    run.save()
    for row in rows:
        row.run = run
    RepublishedDocument.objects.bulk_create(rows)
    go_on(run)
    return run


def go_on(run: Republishing) -> None:
    """Have what is still waiting in a run done in the background."""
    transaction.on_commit(partial(republish.enqueue, run.pk))


def publish_one(run: Republishing, pk: int) -> None:
    """Publish one document of a run, unless that is done; a refusal is written down."""
    in_turn(pk, partial(_publish, run))


def in_turn(pk: int, work: Callable[[RepublishedDocument, Any], None]) -> None:
    """Give a row and its page to some work that holds the lock of the school.

    The page's going, or its refusal, is written down instead.
    """
    row = RepublishedDocument.objects.select_related("page").get(pk=pk)
    page = row.page and row.page.specific
    if page is None:
        return tick(row, Outcome.SKIPPED, _("The page was deleted."))
    try:
        publishing.in_turn(page, partial(work, row, page))
    except ValidationError as error:
        problems = getattr(error, "problems", None)
        reasons = [each.message for each in problems] if problems else error.messages
        tick(row, Outcome.REFUSED, " ".join(str(each) for each in reasons))


WORK[Act.REPUBLISH] = partial(one_by_one, publish_one)


def _publish(run: Republishing, row: RepublishedDocument, page: Any) -> None:
    """Publish a page's row as it is; the caller holds the lock of its school."""
    # Nobody's new draft may be lost in the row that is saved as a whole.
    page = type(page)._default_manager.select_for_update().get(pk=page.pk)
    if not is_waiting(row):
        return
    outcome, message = _reason_against(run.user, page)
    if not outcome:
        before = _number(page)
        page.change_note = row.change_note
        with LogContext(user=run.user):
            page.save()
            number = _number(page)
            if number == before:
                outcome, message = Outcome.UNCHANGED, _("It says all of this already.")
            else:
                log(instance=page, action=REPUBLISHED, data={"version": number})
                outcome = Outcome.PUBLISHED
                message = _("Version %(number)d is published.") % {"number": number}
    tick(row, outcome, message)


def _reason_against(user: Any, page: Any) -> tuple[Any, str]:
    """Return why this user can't publish a page again; ("", "") if nothing is against it."""
    lock = page.get_lock()
    if user is None or not user.is_active or not page.permissions_for_user(user).can_publish():
        # Asked for both: a locked page can't be published either, and that is what helps.
        if user and lock and lock.for_user(user):
            return Outcome.LOCKED, _("The page is locked. Ask the school to unlock it.")
        return Outcome.SKIPPED, _("You may not publish this school's pages.")
    if lock and lock.for_user(user):
        return Outcome.LOCKED, _("The page is locked. Ask the school to unlock it.")
    if not page.live:
        return Outcome.SKIPPED, _("The page is no longer published.")
    return "", ""


def is_waiting(row: RepublishedDocument) -> bool:
    """Say whether nobody has done a row yet; to be asked while holding the school's lock."""
    return RepublishedDocument.objects.filter(pk=row.pk, outcome=Outcome.WAITING).exists()


def tick(row: RepublishedDocument, outcome: Any, message: str) -> None:
    """Write down what came of a row, if nobody did meanwhile."""
    waiting = RepublishedDocument.objects.filter(pk=row.pk, outcome=Outcome.WAITING)
    waiting.update(outcome=outcome, message=message, done_at=timezone.now())


def _number(page: Any) -> int:
    """Return the number of the Version that is offered, or 0."""
    found: DocumentHead | None = (
        heads().filter(document_key=page.document_key, locale=page.language).first()
    )
    return found.offered.number if found and found.offered else 0


def name_of(page: Any) -> str:
    """Return a document's name with its school's."""
    return f"{page.get_parent().title}: {page.title}"[:400]


def _note(drifts: list[Drift]) -> str:
    """Return what readers are told of the new Version, in its own language."""
    with translation.override(drifts[0].page.language):
        titles = "; ".join(each.title for each in drifts[:_MOST_TITLES])
        if len(drifts) == 1:
            text = _("The trust's text was updated: %(titles)s.") % {"titles": titles}
        elif len(drifts) <= _MOST_TITLES:
            text = _("The trust's texts were updated: %(titles)s.") % {"titles": titles}
        else:
            text = _("The trust's texts were updated in %(count)d sections.") % {
                "count": len(drifts)
            }
    return text[:500]
