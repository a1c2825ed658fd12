"""Mends what a crash, a restored backup or a hand in the database left, and logs it.

Only what the record itself decides. It adds to the record or follows it; it never edits
a Version, and never builds on a record that is not sound.
"""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from wagtail.log_actions import log

from .. import changes, publishing, record
from ..document import DocumentError
from ..models import triggers
from ..models.feed import Change
from ..models.versions import DocumentHead, Version
from .feed import check_lists, check_places, check_rows
from .findings import Finding
from .heads import check_heads, check_triggers
from .pages import check_offered, check_page, pages_of
from .rows import Reader

# Wagtail's log action. Its data: `code` of the finding, and `done`, what was done about it.
MENDED = "wagtail_senoffer.mend"


class NotMended(Exception):
    """A finding stays, and why."""


def mend(reader: Reader, finding: Finding) -> str:
    """Do what can be done about a finding, and log it; return what was done.

    The finding is looked at again first, under the lock of the document's school: "" is
    returned if there is nothing left of it. Raises NotMended if it has to stay.
    """
    act = _ACTS.get(finding.code) if finding.mendable else None
    if act is None:
        raise NotMended("Nothing but a backup or a person can mend this.")
    try:
        return act(reader, finding)
    except ValidationError as error:
        raise NotMended(" ".join(error.messages)) from error
    except (DatabaseError, DocumentError, ValueError) as error:
        raise NotMended(str(error)) from error


def _log(instance: Any, finding: Finding, done: str) -> str:
    log(instance=instance, action=MENDED, data={"code": finding.code, "done": done})
    return done


def _reinstall(reader: Reader, finding: Finding) -> str:
    """Make the triggers again: all, since those that are left can't be made twice."""
    if not list(check_triggers(reader)):
        return ""
    triggers.remove(reader.connection)
    triggers.install(reader.connection)
    # They belong to no row, so this stands with the table of Versions.
    table = ContentType.objects.get_for_model(Version)
    return _log(table, finding, "Made the triggers again that refuse changes of the record.")


def _point(reader: Reader, finding: Finding) -> str:
    """Make the head tell of the newest Version, and of the school that this one names."""
    document = UUID(finding.document_key), finding.locale
    found = Version.objects.filter(document_key=document[0], locale=document[1])
    # Its words are sealed, so they know the school better than the head.
    school_key = found.latest("number").document().school.key

    def work() -> str:
        # By any of its codes: the lock of a school may have made the head that was missing.
        if not any(each.mendable for each in check_heads(reader, _only(finding))):
            return ""
        head = record.point_at_newest(*document, school_key)
        publishing.relocate(_pages(finding))
        done = f"Its head tells of version {head.latest.number} again."
        return _log(head.latest, finding, done)

    return _in_turn(school_key, finding, work)


def _publish(reader: Reader, finding: Finding) -> str:
    """Save a live page that has no Version through the gate."""

    def act(page: Any) -> str:
        page.save()
        number = _newest(finding).number
        return f"Published the live page as version {number}."

    return _on_page(reader, finding, act)


def _unpublish(reader: Reader, finding: Finding) -> str:
    """Make a page follow the record that says it was withdrawn.

    A withdrawal is somebody's decision, or a page that was gone; and what the public reads
    is the record. To offer words that were withdrawn is a decision too, so it is left to a
    person: the page keeps them, and can be published again.
    """

    def act(page: Any) -> str:
        page.unpublish()
        return "Unpublished the page: its document had been withdrawn."

    return _on_page(reader, finding, act)


def _on_page(reader: Reader, finding: Finding, act: Callable[[Any], str]) -> str:
    """Do something with each live page of a document that is still as it was found."""
    done = ""
    for model, pk, live, _title in pages_of(finding.document_key, finding.locale):
        if live:
            page = model._default_manager.get(pk=pk)
            if page.school_key is None:
                raise NotMended("Put the page below a school's page, and publish it.")
            work = partial(_act_on, reader, finding, act, page)
            done = _in_turn(page.school_key, finding, work) or done
    return done


def _act_on(reader: Reader, finding: Finding, act: Callable[[Any], str], page: Any) -> str:
    model = type(page)
    if not _is_there_still(check_page(reader, model, page.pk), finding):
        return ""
    fresh = model._default_manager.get(pk=page.pk)
    return _log(fresh, finding, act(fresh)) if fresh.live else ""


def _withdraw(reader: Reader, finding: Finding) -> str:
    """Record that what is offered without a live page is no longer offered."""
    document = {"document_key": finding.document_key, "locale": finding.locale}
    school_key = DocumentHead.objects.values_list("school_key", flat=True).get(**document)

    def work() -> str:
        if not _is_there_still(check_offered(reader, _only(finding)), finding):
            return ""
        found = next(pages_of(finding.document_key, finding.locale), None)
        head = DocumentHead.objects.get(**document)
        record.withdraw(head, "unpublished" if found else "vanished", "")
        done = f"Withdrew version {head.latest.number}: {head.latest.withdrawal.reason_text}"
        page = found[0]._default_manager.get(pk=found[1]) if found else None
        return _log(page or head.latest, finding, done)

    return _in_turn(school_key, finding, work)


def _relocate(reader: Reader, finding: Finding) -> str:
    """Make the head, and with it the feed, say where the public finds the page."""
    if not _is_there_still(check_places(reader, _only(finding)), finding):
        return ""
    found = _pages(finding)
    publishing.relocate(found)
    return _log(found[0], finding, "Made the feed say where the page is.")


def _follow(reader: Reader, finding: Finding) -> str:
    """Make the rows of a school in the feed say what it publishes."""

    def work() -> str:
        if not _is_there_still(check_rows(reader, _only(finding)), finding):
            return ""
        # The rows themselves follow as the turn ends.
        table = ContentType.objects.get_for_model(Change)
        return _log(table, finding, "Made the feed say what is published.")

    return _in_turn(UUID(finding.document_key), finding, work)


def _arrange(reader: Reader, finding: Finding) -> str:
    """Make the lists of the feed anew."""
    if not list(check_lists(reader)):
        return ""
    changes.arrange()
    table = ContentType.objects.get_for_model(Change)
    return _log(table, finding, "Made the lists of the feed anew.")


def _in_turn(school_key: UUID, finding: Finding, work: Callable[[], str]) -> str:
    done: str = record.in_turn(school_key, finding.locale, work)
    return done


def _pages(finding: Finding) -> list[Any]:
    """Return the pages of a document."""
    found = pages_of(finding.document_key, finding.locale)
    return [model._default_manager.get(pk=pk) for model, pk, *_rest in found]


def _only(finding: Finding) -> tuple[str, str]:
    return finding.document_key, finding.locale


def _newest(finding: Finding) -> Version:
    found = Version.objects.filter(document_key=finding.document_key, locale=finding.locale)
    return found.latest("number")


def _is_there_still(findings: Any, finding: Finding) -> bool:
    return any(each.code == finding.code and each.mendable for each in findings)


_ACTS: dict[str, Callable[[Reader, Finding], str]] = {
    "triggers-missing": _reinstall,
    "head-missing": _point,
    "head-astray": _point,
    "head-school": _point,
    "page-without-version": _publish,
    "page-withdrawn": _unpublish,
    "version-without-page": _withdraw,
    "feed-address": _relocate,
    "feed-differs": _follow,
    "feed-lists": _arrange,
}
