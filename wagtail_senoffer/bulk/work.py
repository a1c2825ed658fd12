"""What is done for each school of a run, in the background; a refusal of one stops no other."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import LogContext

from .. import publishing
from ..editor.reminders.items import Item
from ..editor.reminders.sending import Outcome as Sent
from ..editor.reminders.sending import send_now
from ..models.trust import Act, Outcome, RepublishedDocument, Republishing
from ..trust.republishing import WORK, in_turn, is_waiting, one_by_one, tick
from . import plans


def connect() -> None:
    """Say what does the work of each act; once is enough."""
    WORK[Act.WITHDRAW] = partial(one_by_one, _take_down)
    WORK[Act.REMIND] = _remind
    WORK[Act.REVIEW] = _review


def _take_down(run: Republishing, pk: int) -> None:
    in_turn(pk, partial(_withdraw, run))


def _withdraw(run: Republishing, row: RepublishedDocument, page: Any) -> None:
    """Take a page down, a school with its documents; the caller holds the school's lock."""
    if not is_waiting(row):
        return
    page = type(page)._default_manager.get(pk=page.pk)
    below = [each for each in plans.documents_of([page])[page.pk] if each.live]
    if against := _against(run, page) or plans.against_withdraw(page, run.user, below):
        tick(row, Outcome.SKIPPED, against)
        return
    action = UnpublishPageAction(page, user=run.user, include_descendants=len(below) > 1)
    with LogContext(user=run.user), publishing.withdrawing(run.reason):
        action.execute()
    tick(row, Outcome.DONE, _("It was taken down. Its versions stay readable."))


def _against(run: Republishing, page: Any) -> str:
    """Return why whoever started a run may do nothing with a page any more, or ""."""
    user = run.user
    if user and user.is_active and page.permissions_for_user(user).can_edit():
        return ""
    return _("You may not edit it.")


def _remind(run: Republishing) -> None:
    """Send everybody one e-mail with what is due of all chosen schools."""
    pages = _pages(run)
    _send(run, plans.due_of(list(pages.values())), pages)


def _review(run: Republishing) -> None:
    """Submit drafts for approval, and ask for the rest by e-mail."""
    one_by_one(_submit_draft, run)
    rest = _pages(run)
    asked = {page.pk: plans.asked_of(page) for page in rest.values()}
    _send(run, {pk: [item] if item else [] for pk, item in asked.items()}, rest)


def _submit_draft(run: Republishing, pk: int) -> None:
    in_turn(pk, partial(_submit, run))


def _submit(run: Republishing, row: RepublishedDocument, page: Any) -> None:
    """Submit a page's draft, if it has one that somebody approves."""
    if not is_waiting(row) or _against(run, page):
        return
    if page.workflow_in_progress:
        # Somebody did it meanwhile; without a word the run would wait for ever.
        tick(row, Outcome.SKIPPED, _("It waits for approval already."))
        return
    if not plans.goes_to_approval(page):
        return
    if plans.is_locked(page, run.user):
        tick(row, Outcome.LOCKED, _("The page is locked. Ask the school to unlock it."))
        return
    workflow = page.get_workflow()
    with LogContext(user=run.user):
        workflow.start(page, run.user)
    words = {"workflow": workflow.name}
    tick(row, Outcome.DONE, _("The draft went to “%(workflow)s”.") % words)


def _pages(run: Republishing) -> dict[int, Any]:
    """Return the pages of waiting rows, by the rows' keys; write down what may not be done."""
    found = {}
    for row in run.documents.filter(outcome=Outcome.WAITING).select_related("page"):
        page = row.page and row.page.specific
        against = _("The page was deleted.") if page is None else _against(run, page)
        if against:
            tick(row, Outcome.SKIPPED, against)
        else:
            found[row.pk] = page
    return found


def _send(run: Republishing, items: dict[Any, list[Item]], pages: dict[int, Any]) -> None:
    """Send items, and write down for each row what came of those of its page."""
    unique = {each.identity: each for mine in items.values() for each in mine}
    sent = send_now(list(unique.values()))
    rows = run.documents.in_bulk(list(pages))
    for pk, page in pages.items():
        tick(rows[pk], *_came_of(items[page.pk], sent))


def _came_of(items: Iterable[Item], sent: Sent) -> tuple[Outcome, str]:
    mine = {each.identity for each in items}
    failed = [letter for letter, _reason in sent.failed]
    if _having(mine, [*failed, *sent.untried, *(each.letter for each in sent.unsure)]):
        return Outcome.REFUSED, _("The mail server did not take every e-mail. Try again later.")
    count = _having(mine, sent.sent)
    if not count:
        return Outcome.UNCHANGED, _("Nobody was to be told, or all were told today already.")
    words = ngettext(
        "An e-mail went to %(count)d person.", "An e-mail went to %(count)d people.", count
    )
    return Outcome.DONE, words % {"count": count}


def _having(wanted: set[Any], letters: Iterable[Any]) -> int:
    """Return how many letters tell of something wanted."""
    return sum(any(each.identity in wanted for each in letter.items) for letter in letters)
