"""Has new links tried out in the background, where the project has workers for that.

The immediate backend, which is the default, would do it while the editor waits: there,
`senoffer_check_links` does it.
"""

from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models.signals import post_save
from django.utils import timezone
from django_tasks import task, task_backends
from django_tasks.backends.immediate import ImmediateBackend
from wagtail.models import Revision

from .. import conf
from ..models.desk import LinkCheck
from ..models.documents import DocumentMixin
from . import links


@task()
def check_links_of(revision_pk: int) -> None:
    """Try out the links of a draft that are due."""
    urls = _addresses(revision_pk)
    for _row in links.check(LinkCheck.objects.of(urls).due(timezone.now())):
        pass


def connect() -> None:
    """Connect the receiver; once is enough."""
    post_save.connect(follow_draft, sender=Revision, dispatch_uid="senoffer_new_links")


def follow_draft(sender: type, instance: Revision, raw: bool, **kwargs: Any) -> None:
    """Look at the links of a draft that was saved, once that is committed."""
    if raw:
        return
    model = ContentType.objects.get_for_id(instance.content_type_id).model_class()
    if model and issubclass(model, DocumentMixin) and _has_workers() and conf.get("CHECK_LINKS"):
        transaction.on_commit(partial(ask_for_new, instance.pk), robust=True)


def _has_workers() -> bool:
    return not isinstance(task_backends[check_links_of.backend], ImmediateBackend)


def ask_for_new(revision_pk: int) -> None:
    """Enqueue the task if a draft has links that nobody has noted yet.

    They are noted here, so that the next autosave finds nothing new.
    """
    if links.note(_addresses(revision_pk)):
        transaction.on_commit(partial(check_links_of.enqueue, revision_pk))


def _addresses(revision_pk: int) -> list[str]:
    revision = Revision.objects.filter(pk=revision_pk).first()
    # The page, or the draft, may be gone by now.
    page = revision and revision.content_object and revision.as_object()
    return links.addresses_of(page) if page else []
