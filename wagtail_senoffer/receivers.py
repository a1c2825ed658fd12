"""Signals that publishing needs to hear: a page deleted, a page moved to another school."""

from typing import Any

from django.db.models.signals import pre_delete
from wagtail.signals import post_page_move

from . import publishing
from .models.documents import DocumentMixin, SchoolDocumentMixin


def connect() -> None:
    """Connect the receivers; once is enough."""
    pre_delete.connect(withdraw_before_delete, dispatch_uid="senoffer_delete")
    post_page_move.connect(publish_after_move, dispatch_uid="senoffer_move")


def withdraw_before_delete(sender: type, instance: Any, **kwargs: Any) -> None:
    """Leave a Withdrawal for a page that goes, in the transaction that deletes it.

    Wagtail deletes whole subtrees without calling the pages' own `delete`, but Django
    sends this for each of them.
    """
    if isinstance(instance, DocumentMixin) and not instance.alias_of_id:
        publishing.withdraw(instance, "deleted")


def publish_after_move(
    sender: type, instance: Any, parent_page_before: Any, parent_page_after: Any, **kwargs: Any
) -> None:
    """Publish a document anew when it comes under another school; take it down if it can't be."""
    if parent_page_before == parent_page_after or not issubclass(sender, SchoolDocumentMixin):
        return
    page = instance.specific
    if not page.live:
        return
    try:
        page.save()
    except publishing.Refused:
        page.unpublish()
