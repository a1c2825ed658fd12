"""Signals that publishing needs to hear: a page deleted, or saved as a plain Page."""

from typing import Any

import swapper
from django.db.models.signals import post_save, pre_delete

from . import publishing
from .models.documents import DocumentMixin

# What a save of a plain Page can change of what the public sees.
_PUBLIC = {"live", "title", "path"}


def connect() -> None:
    """Connect the receivers; once is enough."""
    pre_delete.connect(withdraw_before_delete, dispatch_uid="senoffer_delete")
    base_page = swapper.load_model("wagtailcore", "Page")
    post_save.connect(follow_plain_page, sender=base_page, dispatch_uid="senoffer_plain_page")


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
