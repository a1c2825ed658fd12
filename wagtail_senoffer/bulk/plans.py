"""What would be done for the chosen schools, and what can't be and why: one plan for each act.

A confirmation shows it, and what is confirmed is planned anew. It names no page that the user
may not edit (P9): those are only counted.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import publishing
from ..due import Due, Matter
from ..editor.reminders.items import Item, Place, find_items
from ..editor.reminders.people import recipients
from ..editor.reminders.sending import told_today
from ..models.documents import DocumentMixin
from ..models.pages import SchoolPage
from ..models.reports import SchoolDocumentMixin
from ..models.trust import Act
from ..rulesets import Kind
from ..tree import documents_of
from ..trust.drift import Drift, by_page, drifting
from ..trust.republishing import name_of


@dataclass(frozen=True)
class Row:
    """A page, and what would be done with it, or why nothing can be done."""

    page: Any
    words: str

    @property
    def name(self) -> str:
        """The page's name, a document's with its school's before it."""
        if getattr(self.page, "kind", None) in (None, Kind.SCHOOL):
            return str(self.page.title)
        return name_of(self.page)


@dataclass
class Plan:
    """What would be done, what can't be, and how many chosen pages are not the user's at all."""

    rows: list[Row] = field(default_factory=list)
    against: list[Row] = field(default_factory=list)
    others: int = 0
    # What the act needs to know besides, by page.
    drifts: dict[Any, list[Drift]] = field(default_factory=dict)


def plan(act: Act, user: Any, pages: Iterable[Any]) -> Plan:
    """Return what an act would do with some pages, in the order of the tree."""
    chosen = list(pages)
    mine = [page for page in chosen if page.permissions_for_user(user).can_edit()]
    found = Plan(others=len(chosen) - len(mine))
    documents = [page for page in mine if isinstance(page, DocumentMixin) and not page.alias_of_id]
    strangers = [page for page in mine if page not in documents]
    found.against += [Row(page, _("It is none of a school’s SEND pages.")) for page in strangers]
    _PLANS[act](found, user, documents)
    for rows in (found.rows, found.against):
        rows.sort(key=lambda row: row.page.path)
    return found


def is_locked(page: Any, user: Any) -> bool:
    """Say whether somebody locked a page for a user."""
    lock = page.get_lock()
    return bool(lock and lock.for_user(user))


def _told(plan: Plan, page: Any, *, done: str = "", against: str = "") -> None:
    if against:
        plan.against.append(Row(page, against))
    else:
        plan.rows.append(Row(page, done))


def _documents(pages: list[Any]) -> dict[Any, Any]:
    """Return the documents that pages stand for, by key: a school stands for all of its own."""
    return {
        each.pk: each
        for found in documents_of(pages).values()
        for each in found
        if isinstance(each, SchoolDocumentMixin)
    }


# --- by e-mail


def due_of(pages: Sequence[Any]) -> dict[Any, list[Item]]:
    """Return what is due today at and below each of some pages."""
    items = find_items(timezone.localdate(), [page.path for page in pages])
    return {
        page.pk: [each for each in items if each.place.path.startswith(page.path)] for page in pages
    }


def asked_of(page: Any) -> Item | None:
    """Return the request to read a page's document again, or to finish one that is not public.

    None for a page that can't be made into a document.
    """
    is_public = publishing.is_offered(page)
    document, _problems = publishing.examine(
        page if is_public else page.get_latest_revision_as_object()
    )
    if document is None:
        return None
    matter = Matter.REREAD if is_public else Matter.FINISH
    return Item(Due(matter, timezone.localdate()), 0, document, Place(page.pk, page.path))


def _remind(plan: Plan, _user: Any, pages: list[Any]) -> None:
    due = due_of(pages)
    people, told = _readers([each for mine in due.values() for each in mine])
    for page in pages:
        items = due[page.pk]
        if not items:
            _told(plan, page, against=_("Nothing is due."))
            continue
        titles = ", ".join(dict.fromkeys(each.due.title for each in items))
        _told(plan, page, done=titles, against=_against_letter(items, people, told))


def _readers(items: Sequence[Item]) -> tuple[dict[Any, int], set[Any]]:
    """Return how many people each item goes to, and which items all of them had today."""
    items = list({each.identity: each for each in items}.values())
    count: dict[Any, int] = {}
    for _user, mine in recipients(items):
        for item in mine:
            count[item.identity] = count.get(item.identity, 0) + 1
    return count, told_today(items, timezone.localdate())


def _against_letter(items: Sequence[Item], people: dict[Any, int], told: set[Any]) -> str:
    if not any(people.get(each.identity) for each in items):
        return _("Nobody who may edit it has an e-mail address.")
    if all(each.identity in told for each in items if each.identity in people):
        return _("They had an e-mail about it today already.")
    return ""


# --- to be approved, or read again


def _review(plan: Plan, user: Any, pages: list[Any]) -> None:
    documents = _documents(pages)
    by_letter = {}
    for page in documents.values():
        if goes_to_approval(page):
            done, against = _approval(page, user)
            _told(plan, page, done=done, against=against)
        elif page.workflow_in_progress:
            _told(plan, page, against=_("It waits for approval already."))
        else:
            by_letter[page.pk] = asked_of(page)
    people, told = _readers([each for each in by_letter.values() if each])
    for pk, item in by_letter.items():
        page = documents[pk]
        if item is None:
            _told(plan, page, against=missing(_missing(page)))
        else:
            _told(plan, page, **_letter(item, people, told))


def goes_to_approval(page: Any) -> bool:
    """Say whether a page has a draft that somebody approves, and that waits for nobody yet.

    One that is not public and not complete has to be finished first.
    """
    is_draft = page.has_unpublished_changes or not page.live
    if not is_draft or page.workflow_in_progress or not _is_approved(page):
        return False
    return page.live or not _missing(page)


def _missing(page: Any) -> list[Any]:
    """Return what would stop a page's newest draft from being published."""
    return publishing.errors_of(page.get_latest_revision_as_object())


def _is_approved(page: Any) -> bool:
    """Say whether there is anybody who approves first: Wagtail's own workflow begins with none."""
    workflow = page.get_workflow()
    first = workflow.tasks.first() if workflow else None
    groups = getattr(first and first.specific, "groups", None)
    return first is not None and (groups is None or groups.filter(user__is_active=True).exists())


def _approval(page: Any, user: Any) -> tuple[str, str]:
    """Return what would be done with a draft, and what is against it."""
    if is_locked(page, user):
        return "", _("The page is locked.")
    if errors := _missing(page):
        return "", missing(errors)
    words = {"workflow": page.get_workflow().name}
    return _("The draft goes to “%(workflow)s”.") % words, ""


def _letter(item: Item, people: dict[Any, int], told: set[Any]) -> dict[str, str]:
    """Return what an e-mail would ask, or what is against sending it."""
    if against := _against_letter([item], people, told):
        return {"against": against}
    count = people[item.identity]
    asked = (
        ngettext(
            "An e-mail asks %(count)d person to read it again.",
            "An e-mail asks %(count)d people to read it again.",
            count,
        )
        if item.due.matter is Matter.REREAD
        else ngettext(
            "An e-mail asks %(count)d person to finish and publish it.",
            "An e-mail asks %(count)d people to finish and publish it.",
            count,
        )
    )
    return {"done": asked % {"count": count}}


def missing(errors: Sequence[Any]) -> str:
    """Return in a line what the gate would say."""
    first = ngettext("%(count)d thing is missing:", "%(count)d things are missing:", len(errors))
    return " ".join([first % {"count": len(errors)}, *(str(each.message) for each in errors)])


# --- in public


def _republish(plan: Plan, user: Any, pages: list[Any]) -> None:
    documents = _documents(pages)
    keys = {each.school_key for each in documents.values()}
    found = by_page(drifting(SchoolPage.objects.filter(document_key__in=keys)))
    for page in documents.values():
        drifts = found.get(page.pk, [])
        against = _against_republish(page, user, drifts)
        _told(plan, page, done="; ".join(each.title for each in drifts), against=against)
        if not against:
            plan.drifts[page.pk] = drifts


def _against_republish(page: Any, user: Any, drifts: Sequence[Drift]) -> str:
    if not publishing.is_offered(page):
        return _("Nothing is published.")
    if not drifts:
        return _("It publishes what the trust has now.")
    if is_locked(page, user):
        return _("The page is locked.")
    if not page.permissions_for_user(user).can_publish():
        return _("You may not publish it.")
    errors = publishing.errors_of(page)
    return missing(errors) if errors else ""


def _withdraw(plan: Plan, user: Any, pages: list[Any]) -> None:
    below = documents_of(pages)
    schools = [page for page in pages if page.kind == Kind.SCHOOL]
    for page in pages:
        # What stands below a chosen school goes with it.
        if any(page != school and page.path.startswith(school.path) for school in schools):
            continue
        these = [each for each in below[page.pk] if each.live]
        _told(plan, page, done=_with(page, these), against=against_withdraw(page, user, these))


def against_withdraw(page: Any, user: Any, these: Sequence[Any]) -> str:
    """Return why a user can't take a page down with what stands below it, or ""."""
    if not publishing.is_offered(page):
        return _("Nothing is published.")
    if any(is_locked(each, user) for each in these):
        return _("It is locked, or a page below it is.")
    if not all(each.permissions_for_user(user).can_unpublish() for each in these):
        return _("You may not take it down.")
    return ""


def _with(page: Any, these: Sequence[Any]) -> str:
    return ", ".join(each.title for each in these if each.pk != page.pk)


_PLANS: dict[Act, Callable[[Plan, Any, list[Any]], None]] = {
    Act.REMIND: _remind,
    Act.REVIEW: _review,
    Act.REPUBLISH: _republish,
    Act.WITHDRAW: _withdraw,
}
