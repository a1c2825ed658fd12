"""Signals that publishing needs to hear: what happens to pages, and above them, in Wagtail."""

from functools import wraps
from typing import Any

import swapper
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from wagtail.models import PageViewRestriction, Site, WorkflowState

from . import publishing
from .feed import dump
from .models.documents import DocumentMixin
from .models.reports import SchoolDocumentMixin
from .models.versions import Redaction, Withdrawal
from .tree import documents_below

# What a save of a plain Page can change of what the public sees.
_PUBLIC = {"live", "title", "path"}
# What decides where the public finds a page, and all that stands below it.
_PLACE = ("live", "url_path")
_ADDRESS = ("hostname", "port", "root_page_id")


def connect() -> None:
    """Connect the receivers; once is enough."""
    pre_delete.connect(withdraw_before_delete, dispatch_uid="senoffer_delete")
    base_page = swapper.load_model("wagtailcore", "Page")
    post_save.connect(follow_plain_page, sender=base_page, dispatch_uid="senoffer_plain_page")
    pre_save.connect(remember_place, dispatch_uid="senoffer_remember")
    post_save.connect(follow_place, dispatch_uid="senoffer_place")
    for signal in (post_save, post_delete):
        signal.connect(
            follow_privacy,
            sender=PageViewRestriction,
            dispatch_uid=f"senoffer_privacy_{id(signal)}",
        )
        signal.connect(follow_site, sender=Site, dispatch_uid=f"senoffer_site_{id(signal)}")
    pre_save.connect(remember_address, sender=Site, dispatch_uid="senoffer_address")
    pre_save.connect(refuse_submission, sender=WorkflowState, dispatch_uid="senoffer_submission")
    for record in (Redaction, Withdrawal):
        post_save.connect(forget_dumps, sender=record, dispatch_uid=f"senoffer_{record.__name__}")
    _save_as_one(PageViewRestriction)
    _save_as_one(Site)


def _save_as_one(model: Any) -> None:
    """Make a save and what follows from it in the feed one transaction."""
    save = model.save
    if getattr(save, "senoffer", False):
        return

    @wraps(save)
    def in_transaction(self: Any, *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic():
            return save(self, *args, **kwargs)

    in_transaction.senoffer = True  # type: ignore[attr-defined]
    model.save = in_transaction


def withdraw_before_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    """Leave a Withdrawal for a page that goes, in the transaction that deletes it.

    Wagtail deletes whole subtrees without calling the pages' own `delete`, but Django
    sends this for each of them.
    """
    if isinstance(instance, DocumentMixin) and not instance.alias_of_id:
        publishing.bury(instance, _public_url(instance))


def _public_url(page: DocumentMixin) -> str:
    """Return the address at which everyone could read the record of a page, or ""."""
    if page.get_view_restrictions():
        return ""
    # As in `Place.head`: what was taken down answers below a page that was taken down too.
    covered = page.get_ancestors().filter(live=False).exists() and publishing.is_offered(page)
    return "" if covered else page.full_url or ""


def follow_plain_page(
    sender: type, instance: Any, created: bool, raw: bool, update_fields: Any, **kwargs: Any
) -> None:
    """Put a document through its own `save` when Wagtail saved it as a plain Page.

    Wagtail does so when a page expires and when it is moved, and calls none of our
    methods. Its save is one transaction, so a refusal undoes the move.
    """
    model = None if created or raw else instance.specific_class
    if model is None or not issubclass(model, DocumentMixin):
        return
    if update_fields is None or _PUBLIC & set(update_fields):
        page = model._default_manager.get(pk=instance.pk)
        if page.live or publishing.is_offered(page):
            page.save(clean=False)


def remember_place(
    sender: type, instance: Any, raw: bool, update_fields: Any, **kwargs: Any
) -> None:
    """Keep what a page's row says before it is saved, since documents may stand below it."""
    base = swapper.load_model("wagtailcore", "Page")
    # Whether any do, an instance that was read a while ago can't tell.
    if raw or not isinstance(instance, base) or not instance.pk:
        return
    # None does below a school's documents, and their own places are seen to as they are saved.
    if isinstance(instance, SchoolDocumentMixin) and update_fields is None:
        return
    rows = base._base_manager.filter(pk=instance.pk).values_list(*_PLACE)
    instance._senoffer_was = rows.first()


def follow_place(sender: type, instance: Any, **kwargs: Any) -> None:
    """Tell the feed of the documents at and below a page that was moved, renamed or unpublished.

    Within Wagtail's transaction. It writes the new paths of the pages below only after
    this, so they are worked out here.
    """
    was = instance.__dict__.pop("_senoffer_was", None)
    if was and was != (instance.live, instance.url_path):
        publishing.relocate(_as_it_will_be(page, instance) for page in documents_below(instance))
        _look_again(instance)


def _as_it_will_be(page: DocumentMixin, above: Any) -> DocumentMixin:
    slugs = page.url_path.strip("/").split("/")
    below = page.depth - above.depth
    page.url_path = above.url_path + "".join(f"{slug}/" for slug in slugs[len(slugs) - below :])
    return page


def follow_privacy(sender: type, instance: Any, **kwargs: Any) -> None:
    """Take the documents below a page that became private out of the feed, or back into it."""
    publishing.relocate(documents_below(instance.page))
    _look_again(instance.page)


def _look_again(page: Any) -> None:
    """Give documents their addresses anew once all is committed.

    A school that published for the first time at the same moment could not be seen before.
    """

    def relocate_again() -> None:
        publishing.relocate(documents_below(page))

    transaction.on_commit(relocate_again, robust=True)


def follow_site(sender: type, instance: Any, **kwargs: Any) -> None:
    """Give all documents their addresses anew if a Site's host, port or root page changed."""
    if instance.__dict__.pop("_senoffer_address", None) == _address(instance):
        return
    publishing.relocate(documents_below(None))
    # Wagtail forgot its own list before this was committed; somebody may have read it since.
    transaction.on_commit(Site.clear_site_root_paths_cache, robust=True)
    _look_again(None)


def remember_address(sender: type, instance: Any, **kwargs: Any) -> None:
    """Keep what a Site's row says before it is saved."""
    found = Site.objects.filter(pk=instance.pk).first() if instance.pk else None
    instance._senoffer_address = found and _address(found)


def _address(site: Any) -> tuple[Any, ...]:
    return tuple(getattr(site, name) for name in _ADDRESS)


def refuse_submission(sender: type, instance: Any, raw: bool, **kwargs: Any) -> None:
    """Refuse to send an incomplete draft to those who approve: they could not publish it.

    Whichever way it is submitted. Raises publishing.Refused; the draft is saved before this.
    """
    if raw or instance.status != WorkflowState.STATUS_IN_PROGRESS:
        return
    model = instance.content_type.model_class()
    if not model or not issubclass(model, DocumentMixin) or instance.content_object is None:
        return
    was = WorkflowState.objects.filter(pk=instance.pk).values_list("status", flat=True)
    if was.first() == instance.status:
        return
    page = instance.content_object.get_latest_revision_as_object()
    if errors := publishing.errors_of(page):
        raise publishing.Refused(page, errors)


def forget_dumps(sender: type, instance: Any, **kwargs: Any) -> None:
    """Remove the dumps that lie ready: they may have words that nobody is to read any more."""
    transaction.on_commit(dump.forget, robust=True)
