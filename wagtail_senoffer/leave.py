"""What a caller says of the saves within a `with`: leave to publish, a reason, drafts only."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from . import conf


@dataclass(frozen=True)
class Override:
    """Leave to publish what is incomplete, with the reason that will be recorded."""

    user_pk: str
    reason: str


@dataclass(frozen=True)
class Reason:
    """Why a document is no longer offered, and the address of what takes its place."""

    words: str
    successor: str = ""


_override: ContextVar[Override | None] = ContextVar("senoffer_override", default=None)
_reason: ContextVar[Reason | None] = ContextVar("senoffer_reason", default=None)
_drafting: ContextVar[bool] = ContextVar("senoffer_drafting", default=False)
_revision: ContextVar[Any] = ContextVar("senoffer_revision", default=None)


@contextmanager
def override(user: Any, reason: str) -> Iterator[None]:
    """Let a user publish what is incomplete; the reason is recorded in the Version.

    Raises PermissionDenied unless the setting ALLOW_INCOMPLETE is on and the user
    holds the `publish_incomplete` permission; ValueError for an empty reason.
    """
    if not may_override(user):
        raise PermissionDenied(_("You may not publish an incomplete page."))
    if not reason.strip():
        raise ValueError(_("Give the reason for publishing an incomplete page."))
    with _set(_override, Override(str(user.pk), reason.strip())):
        yield


def may_override(user: Any) -> bool:
    """Say whether a user may publish what is incomplete, with a reason."""
    return bool(conf.get("ALLOW_INCOMPLETE")) and user.has_perm(
        "wagtail_senoffer.publish_incomplete"
    )


def given_override() -> Override | None:
    """Return the leave that is given now, if any."""
    return _override.get()


@contextmanager
def withdrawing(reason: str, successor: str = "") -> Iterator[None]:
    """Give the pages that are unpublished meanwhile a reason, and a successor's address."""
    with _set(_reason, Reason(reason.strip(), successor)):
        yield


def given_reason() -> Reason | None:
    """Return the reason that is given now, if any."""
    return _reason.get()


@contextmanager
def drafting(value: bool = True) -> Iterator[None]:
    """Mark saves of live pages as drafts: their rows stay as they are (see languages.py)."""
    with _set(_drafting, value):
        yield


def is_drafting() -> bool:
    """Say whether a save is meant for a draft only."""
    return _drafting.get()


@contextmanager
def releasing(revision: Any) -> Iterator[None]:
    """Name the revision that is published meanwhile."""
    with _set(_revision, revision):
        yield


def released() -> Any:
    """Return the revision that is being published, if it is known."""
    return _revision.get()


@contextmanager
def _set(variable: ContextVar[Any], value: Any) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)
