"""Guards before Wagtail's own views: they refuse early, in words, and keep the draft.

The gate in publishing.py refuses whatever these miss.
"""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.pages.bulk_actions import PublishBulkAction

from .. import publishing
from ..checklist import places_of
from ..completeness import Problem
from ..models.documents import DocumentMixin
from ..models.reports import SchoolDocumentMixin


def refusal(page: Any, problems: list[Problem]) -> str:
    """Return what to tell an editor whose page was not published: HTML, with links to fields."""
    first = ngettext(
        "“%(title)s” was saved as a draft but not published. One thing is missing:",
        "“%(title)s” was saved as a draft but not published. %(count)d things are missing:",
        len(problems),
    ) % {"title": page.title, "count": len(problems)}
    places = places_of(page)
    lines = ((_line(problem, places),) for problem in problems)
    return format_html("{}<ul>{}</ul>", first, format_html_join("", "<li>{}</li>", lines))


def _line(problem: Problem, places: dict[str, str]) -> str:
    """Return a problem as a link to its block in the form; a block that is gone is said to be."""
    if problem.section in places:
        return format_html('<a href="{}">{}</a>', places[problem.section], problem.message)
    if problem.section and places:
        added = _("Add it with the plus sign between two sections.")
        return format_html("{} {}", problem.message, added)
    return problem.message


def tell(request: HttpRequest, page: Any, problems: list[Problem]) -> None:
    """Tell the editor why a page was not published, and how to go on."""
    buttons = []
    if publishing.may_override(request.user):
        url = reverse("senoffer_override", args=[page.pk])
        buttons = [messages.button(url, _("Publish anyway, with a reason"))]
    messages.error(request, refusal(page, problems), buttons=buttons)


def refuse_incomplete(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Stop the editor's publish or schedule of an incomplete page; its draft is saved."""
    if not isinstance(page, DocumentMixin):
        return None
    problems = publishing.errors_of(page)
    if not problems:
        return None
    tell(request, page, problems)
    return redirect("wagtailadmin_pages:edit", page.pk)


def tell_held_back(request: HttpRequest, page: Any) -> None:
    """Tell the editor which other documents of the school could not follow a publish."""
    if not isinstance(page, DocumentMixin):
        return
    for document, problems in publishing.held_back(page):
        message = _("“%(title)s” stays as it is. This keeps it from following:")
        lines = format_html_join("", "<li>{}</li>", ((problem.message,) for problem in problems))
        first = message % {"title": document.title}
        messages.warning(request, format_html("{}<ul>{}</ul>", first, lines))


def tell_hidden(request: HttpRequest, page: Any) -> None:
    """Tell the editor that a published page can't be read while one above it is not published."""
    if not isinstance(page, DocumentMixin) or not page.live:
        return
    above = page.get_ancestors().filter(live=False).order_by("depth").first()
    if above is None:
        return
    words = {"title": page.title, "above": above.title}
    message = _("Readers can’t see “%(title)s” yet: “%(above)s” is not published.") % words
    buttons = []
    if above.permissions_for_user(request.user).can_edit():
        url = reverse("wagtailadmin_pages:edit", args=[above.pk])
        message = f"{message} {_('Publish that, too.')}"
        buttons = [messages.button(url, _("Open it"))]
    messages.warning(request, message, buttons=buttons)


def tell_what_could_be_better(request: HttpRequest, page: Any) -> None:
    """Tell the editor of the warnings of what was published just now."""
    if not isinstance(page, DocumentMixin) or not page.live:
        return
    warnings = [each for each in publishing.problems_of(page) if not each.is_error]
    if warnings:
        first = ngettext(
            "One thing could be better:", "%(count)d things could be better:", len(warnings)
        ) % {"count": len(warnings)}
        places = places_of(page)
        lines = format_html_join("", "<li>{}</li>", ((_line(each, places),) for each in warnings))
        messages.warning(request, format_html("{}<ul>{}</ul>", first, lines))


def publish_one_by_one(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Publish a bulk selection with documents in it page by page.

    Wagtail's own bulk publish stops at the first refusal with a server error and
    publishes nothing; here a refused page stops nobody.
    """
    if not isinstance(action, PublishBulkAction):
        return None
    pages = list(_selected(request, objects, action))
    if not any(isinstance(page, DocumentMixin) for page in pages):
        return None
    # One transaction for all of them: everyone takes the schools' locks in one order. The
    # sort keeps each school's pages in theirs, parents first.
    pages.sort(key=lambda page: str(getattr(page, "school_key", "")))
    published = sum(_publish(request, page) for page in pages)
    for hook in hooks.get_hooks("after_bulk_action"):
        response = hook(request, action_type, objects, action)
        if hasattr(response, "status_code"):
            return response
    if published:
        done = ngettext(
            "%(count)d page has been published", "%(count)d pages have been published", published
        )
        messages.success(request, done % {"count": published})
    return redirect(action.next_url)


def _selected(request: HttpRequest, objects: list[Any], action: Any) -> Any:
    """Yield the ticked pages and, if asked for, their draft descendants, parents first."""
    descendants = action.cleaned_form.cleaned_data.get("include_descendants")
    for page in objects:
        yield page.specific
        for child in page.get_descendants().not_live().specific() if descendants else ():
            if child.permissions_for_user(request.user).can_publish():
                yield child


def _publish(request: HttpRequest, page: Any) -> bool:
    try:
        with transaction.atomic():
            revision = page.get_latest_revision() or page.save_revision(user=request.user)
            revision.publish(user=request.user)
    except publishing.Refused as refused:
        tell(request, refused.page, refused.problems)
        return False
    return True


def refuse_alias(request: HttpRequest, page: Any) -> HttpResponse | None:
    """Stop an alias of a school's document before it is made."""
    if request.method != "POST" or not request.POST.get("alias"):
        return None
    specific = page.specific
    subtree = request.POST.get("copy_subpages") and page.get_descendants().specific()
    if any(isinstance(each, DocumentMixin) for each in (specific, *(subtree or ()))):
        message = _(
            "A school's document can't be an alias. Copy it without “alias”, or link to it."
        )
        messages.error(request, message)
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None


def keep_school(request: HttpRequest, page: Any, destination: Any) -> HttpResponse | None:
    """Stop a move of a document to another school: it would speak in that school's name."""
    if not isinstance(page.specific, SchoolDocumentMixin) or destination.pk == page.get_parent().pk:
        return None
    message = _("“%(title)s” belongs to its school and can't be moved to another page.")
    messages.error(request, message % {"title": page.title})
    return redirect("wagtailadmin_explore", page.get_parent().pk)
