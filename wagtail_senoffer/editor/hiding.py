"""What Wagtail itself would show or open of other people's schools, hidden (P9).

Some of its views ask nobody's permission, and its filters and bulk actions name everything.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import Any

import swapper
from django.db.models import Model, Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django_filters import FilterSet
from wagtail.models import GroupPagePermission, Site, Task, Workflow, WorkflowPage

from ..models.trust import TrustText

# Given the user and the address's arguments: whether they may come in.
_Test = Callable[[Any, dict[str, Any]], bool]


def is_closed(request: HttpRequest) -> bool:
    """Say whether a view that asks nobody's permission is not for the user who comes there."""
    match = request.resolver_match
    test = match and (_UNASKED.get(match.view_name) or _UNASKED.get(match.namespace))
    # Who asks is looked up for those views alone: what is public must not vary by cookie.
    user = getattr(request, "user", None) if test else None
    return bool(user and user.is_authenticated and not test(user, match.kwargs))


def _permissions(user: Any, pk: int) -> Any:
    pages = swapper.load_model("wagtailcore", "Page").objects
    return get_object_or_404(pages, pk=pk).specific.permissions_for_user(user)


def _may_edit(user: Any, arguments: dict[str, Any]) -> bool:
    return bool(_permissions(user, arguments["page_id"]).can_edit())


def _may_move(user: Any, arguments: dict[str, Any]) -> bool:
    return bool(_permissions(user, arguments["page_to_move_id"]).can_move())


def _arranges_workflows(user: Any, _arguments: dict[str, Any]) -> bool:
    return any(user.has_perm(f"wagtailcore.{may}_workflow") for may in ("add", "change"))


def _may_everything(user: Any, _arguments: dict[str, Any]) -> bool:
    return bool(user.is_superuser)


def _is_no_trust_text(user: Any, arguments: dict[str, Any]) -> bool:
    return arguments["model_name"] != TrustText._meta.model_name or user.is_superuser


# By the name of a view, or of the namespace of several.
_UNASKED: dict[str, _Test] = {
    # Name the page, to whoever asks.
    "wagtailadmin_pages:move_confirm": _may_move,
    "wagtailadmin_pages:confirm_workflow_cancellation": _may_edit,
    # Name every approval, and so every school that has one.
    "wagtailadmin_workflows:task_chooser": _arranges_workflows,
    "wagtailadmin_workflows:task_chooser_results": _arranges_workflows,
    "wagtailadmin_workflows:task_chosen": _arranges_workflows,
    # Names, for each type, the page that was edited last.
    "wagtailadmin_reports:page_types_usage": _may_everything,
    "wagtailadmin_reports:page_types_usage_results": _may_everything,
    # List all snippets of a kind. Nothing chooses a trust's text.
    "wagtailsnippetchoosers_wagtail_senoffer_trusttext": _may_everything,
    "wagtail_localize:snippets_api_listing": _is_no_trust_text,
    "wagtail_localize:snippets_api_detail": _is_no_trust_text,
}


def narrow(request: HttpRequest, context: dict[str, Any] | None) -> None:
    """Take out of what a view of Wagtail's is about to show what names others' schools."""
    user = getattr(request, "user", None)
    if not context or user is None or user.is_superuser:
        return
    if isinstance(filters := context.get("filters"), FilterSet):
        _narrow_choices(filters.form, user)
    if refused := context.get("items_with_no_access"):
        context["items_with_no_access"] = [each for each in refused if _may_know(each)]


def _narrow_choices(form: Any, user: Any) -> None:
    """Leave among the choices of filters, and in what was chosen, what is of own pages."""
    for name, field in form.fields.items():
        choices = getattr(field, "queryset", None)
        if choices is None or choices.model not in _OWN:
            continue
        field.queryset = choices.filter(_OWN[choices.model](user)).distinct()
        # Whatever key an address has, Wagtail would name what it stands for above the list.
        chosen = getattr(form, "cleaned_data", {}).get(name) or ()
        keys = {each.pk for each in ([chosen] if isinstance(chosen, Model) else chosen)}
        if keys - set(field.queryset.values_list("pk", flat=True)):
            del form.cleaned_data[name]


def _may_know(refused: Any) -> bool:
    """Say whether what a bulk action leaves out may be named: a page or a text only if editable."""
    item = refused["item"] if isinstance(refused, dict) else refused
    if isinstance(item, swapper.load_model("wagtailcore", "Page")):
        return bool(refused["can_edit"])
    return not isinstance(item, TrustText)


def _own_pages(user: Any, field: str) -> Q:
    found = GroupPagePermission.objects.filter(group__user=user)
    paths = found.values_list("page__path", flat=True).distinct()
    own = (Q(**{f"{field}__path__startswith": path}) for path in paths)
    return reduce(or_, own, Q(pk__in=()))


def _own_sites(user: Any) -> Q:
    return _own_pages(user, "root_page")


def _own_workflows(user: Any) -> Q:
    pages = WorkflowPage.objects.filter(_own_pages(user, "page"))
    return Q(pk__in=pages.values("workflow"))


def _own_tasks(user: Any) -> Q:
    pages = WorkflowPage.objects.filter(_own_pages(user, "page"))
    return Q(workflow_tasks__workflow__in=pages.values("workflow"))


_OWN: dict[Any, Callable[[Any], Q]] = {
    Site: _own_sites,
    Workflow: _own_workflows,
    Task: _own_tasks,
}


def hide_menu_item(request: HttpRequest, items: list[Any]) -> None:
    """Take Wagtail's report that is refused out of the menu."""
    if not request.user.is_superuser:
        items[:] = [each for each in items if each.name != "page-types-usage"]
