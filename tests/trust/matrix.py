"""Every address of the site, read from its URL configuration, with arguments filled in."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.urls import get_resolver, reverse
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.admin.views.mixins import SpreadsheetExportMixin

# What has nothing to do with a school, by namespace or by name, and why.
EXEMPT = {
    "wagtailimages": "images lie in collections, not in schools",
    "wagtailimages_chooser": "images lie in collections, not in schools",
    "wagtailembeds": "embeds are of other websites",
    "wagtailredirects": "redirects belong to sites; groups are given them apart",
    "wagtaillocales": "languages are the website's",
    "wagtailadmin_collections": "collections are not schools",
    "wagtailusers_api_tokens": "a token is its user's own",
    "wagtaildocs": "documents lie in collections, not in schools",
    "wagtailadmin_api:documents": "documents lie in collections, not in schools",
    "wagtailadmin_api:images": "images lie in collections, not in schools",
    "wagtaildocs_chooser": "documents lie in collections, not in schools",
    "wagtailsnippets_wagtail_senoffer_glossaryterm": "the glossary is everybody's",
    "wagtailsnippetchoosers_wagtail_senoffer_glossaryterm": "the glossary is everybody's",
    "wagtailadmin_error_test": "fails, which is what it is for",
    "wagtailadmin_logout": "ends the session of whoever asks",
    "wagtaildocs_serve": "documents lie in collections, not in schools",
    "wagtaildocs_authenticate_with_password": "documents lie in collections, not in schools",
    **{
        f"wagtailapi_v3:{does}_{what}": "lie in collections, or belong to sites; not in schools"
        for does in ("create", "detail", "update", "delete", "find")
        for what in ("document", "image", "redirect")
    },
    **{
        f"wagtailapi_v3:list_{what}": "lie in collections, or belong to sites; not in schools"
        for what in ("documents", "images", "redirects")
    },
    "wagtailapi_v3:openapi-json": "describes the API",
    "wagtailapi_v3:openapi-view": "describes the API",
    "senoffer_openapi": "describes the API",
    "wagtail_localize:javascript_catalog": "the words of Wagtail's scripts",
    "wagtailadmin_javascript_catalog": "the words of Wagtail's scripts",
    "": "answers “not found”, whatever is asked",
}


@dataclass(frozen=True)
class Address:
    """One URL pattern: its namespaces, its name, its parameters and its view."""

    namespace: str
    name: str
    parameters: tuple[str, ...]
    view: Any
    # Whether its arguments have no names.
    unnamed: bool = False
    fixed: tuple[tuple[str, str], ...] = ()

    @property
    def label(self) -> str:
        """What to call it in a report; a bulk action by what it is one of."""
        name = f"{self.namespace}:{self.name}" if self.namespace else self.name
        return "/".join((name, *(value for _name, value in self.fixed)))

    @property
    def is_exempt(self) -> bool:
        """Whether it has nothing to do with a school."""
        return (self.namespace or self.name) in EXEMPT or self.label in EXEMPT

    @cached_property
    def exports(self) -> bool:
        """Whether it is a list that can be had as a spreadsheet."""
        found = getattr(self.view, "view_class", None)
        return isinstance(found, type) and issubclass(found, SpreadsheetExportMixin)

    def path(self, values: dict[str, Any]) -> str:
        """Return the path with these arguments; a KeyError names one that is not known."""
        fixed = dict(self.fixed)
        arguments = {name: fixed.get(name) or self._value(name, values) for name in self.parameters}
        view = f"{self.namespace}:{self.name}" if self.namespace else self.name
        if self.unnamed:
            return reverse(view, args=self._value("args", values))
        return reverse(view, kwargs={name: each for name, each in arguments.items() if each != ""})

    def _value(self, name: str, values: dict[str, Any]) -> Any:
        for key in (f"{self.label}.{name}", f"{self.name}.{name}", f"{self.namespace}.{name}"):
            if key in values:
                return values[key]
        return values[name]


def addresses() -> Iterator[Address]:
    """Yield every pattern of the URL configuration; of bulk actions, one for each."""
    for each in _patterns(get_resolver()):
        if each.name == "wagtail_bulk_action":
            yield from _bulk_actions(each)
        else:
            yield each


def _patterns(
    resolver: Any, names: tuple[str, ...] = (), above: tuple[str, ...] = ()
) -> Iterator[Address]:
    for each in resolver.url_patterns:
        parameters = (*above, *each.pattern.regex.groupindex)
        if hasattr(each, "url_patterns"):
            below = (*names, each.namespace) if each.namespace else names
            yield from _patterns(each, below, parameters)
        else:
            unnamed = each.pattern.regex.groups > len(each.pattern.regex.groupindex)
            yield Address(":".join(names), each.name or "", parameters, each.callback, unnamed)


def _bulk_actions(address: Address) -> Iterator[Address]:
    bulk_action_registry._scan_for_bulk_actions()
    for app, models in bulk_action_registry.actions.items():
        for model, actions in models.items():
            for action in actions:
                fixed = (("app_label", app), ("model_name", model), ("action", action))
                yield replace(address, fixed=fixed)
