"""The user guide: short pages in the admin, one for each thing that a school office does.

Any signed-in user of the admin may read it: it says nothing of any school. Its pictures and
the names of buttons in it are held against the real screens by `tests/journeys/test_guide.py`.
"""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET


@dataclass(frozen=True)
class Task:
    """A page of the guide: the end of its address, its title, and when one needs it."""

    slug: str
    title: Any
    about: Any


TASKS = (
    Task(
        "first-report",
        _("Publish your report for the first time"),
        _("Add the page, answer each section, publish."),
    ),
    Task(
        "checklist",
        _("What the list above the form tells you"),
        _("What stops you from publishing, what could be better, and what is done."),
    ),
    Task(
        "word",
        _("Bring last year’s report in from Word"),
        _("Start with the words that you have."),
    ),
    Task(
        "change",
        _("Change something, or say that it is still correct"),
        _("In the middle of the year, or when we ask you to look again."),
    ),
    Task(
        "new-year",
        _("Start the new year"),
        _("Once a year: read each section again, then publish."),
    ),
    Task(
        "approval",
        _("Have it approved"),
        _("If your SENCO, headteacher or governors read it before it is public."),
    ),
    Task(
        "take-down",
        _("Take a page down, or remove words"),
        _("If it must not be public any more."),
    ),
    Task(
        "e-mails",
        _("What e-mails you get"),
        _("When we remind you, of what, and how it ends."),
    ),
    Task(
        "all-schools",
        _("See how all your schools stand"),
        _("If you look after several schools: what is missing where, in one table."),
    ),
)


@require_GET
def contents(request: HttpRequest) -> HttpResponse:
    """List the pages of the guide."""
    return render(request, "wagtail_senoffer/guide/contents.html", {"tasks": TASKS})


@require_GET
def task(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page of the guide. Raises Http404 if there is none of that name."""
    for found, following in zip_longest(TASKS, TASKS[1:]):
        if found.slug == slug:
            context = {"task": found, "following": following}
            return render(request, f"wagtail_senoffer/guide/{slug}.html", context)
    raise Http404
