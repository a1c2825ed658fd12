"""What the views below have in common: the page, and whether this user may."""

from typing import Any

import swapper
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages

from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, heads


def find_page(request: HttpRequest, page_id: int, *permissions: str) -> Any:
    """Return a document's page as its row says.

    Raises Http404 for another kind of page, PermissionDenied for a user who lacks one of
    the page permissions ("edit", "publish", "unpublish").
    """
    model = swapper.load_model("wagtailcore", "Page")
    page = get_object_or_404(model, pk=page_id).specific
    if not isinstance(page, DocumentMixin) or page.alias_of_id:
        raise Http404
    tester = page.permissions_for_user(request.user)
    if not all(getattr(tester, f"can_{name}")() for name in permissions):
        raise PermissionDenied
    return page


def find_head(page: DocumentMixin) -> DocumentHead:
    """Return the head of a page's document. Raises Http404 if it was never published."""
    found = heads().filter(document_key=page.document_key, locale=page.language).first()
    if found is None or found.latest is None:
        raise Http404
    return found


def find_version(page: DocumentMixin, number: int) -> Version:
    """Return a Version of a page. Raises Http404 if there is none of that number."""
    found = Version.objects.filter(document_key=page.document_key, locale=page.language)
    return get_object_or_404(found, number=number)


def is_locked(request: HttpRequest, page: Any) -> bool:
    """Say whether somebody locked the page for this user, and tell the user."""
    lock = page.get_lock()
    if not (lock and lock.for_user(request.user)):
        return False
    messages.error(request, _("The page is locked. Ask whoever locked it to unlock it."))
    return True


def run_hooks(name: str, request: HttpRequest, page: Any, after: Any = None) -> HttpResponse | None:
    """Run Wagtail's hooks of a name as its own views do; return the first response.

    With `after`, only those that come after that one.
    """
    found = list(hooks.get_hooks(name))
    for hook in found[found.index(after) + 1 if after in found else 0 :]:
        response = hook(request, page)
        if hasattr(response, "status_code"):
            return response
    return None
