"""Every address of the site, read from its URL configuration, with arguments filled in."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

# What has nothing to do with a school, and why.
EXEMPT = {
    "wagtailimages": "images lie in collections, not in schools",
    "wagtailimages_chooser": "images lie in collections, not in schools",
    "wagtailembeds": "embeds are of other websites",
    "wagtailredirects": "redirects belong to sites; groups are given them apart",
    "wagtaillocales": "languages are the website's",
    "wagtailadmin_collections": "collections are not schools",
    "wagtailusers_api_tokens": "a token is its user's own",
}
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One URL pattern: its namespace, name and whole route."""

    namespace: str
    name: str
    route: str

    @property
    def parameters(self) -> set[str]:
        """The names of its arguments."""
        return set(_PARAMETER.findall(self.route))

    def fill(self, values: dict[str, Any]) -> str:
        """Return the path with these arguments; a KeyError names one that is not known."""

        def value(match: re.Match[str]) -> str:
            return str(
                values[f"{self.namespace}.{match[1]}"]
                if f"{self.namespace}.{match[1]}" in values
                else values[match[1]]
            )

        if "(?P<path>" in self.route:
            return "/" + values["path"]
        return "/" + _PARAMETER.sub(value, self.route).replace("^", "").replace("\\.", ".")


def addresses(
    resolver: Any = None, route: str = "", names: tuple[str, ...] = ()
) -> Iterator[Address]:
    """Yield every pattern of the URL configuration."""
    for each in (resolver or get_resolver()).url_patterns:
        whole = route + str(each.pattern)
        if hasattr(each, "url_patterns"):
            below = (*names, each.namespace) if each.namespace else names
            yield from addresses(each, whole, below)
        else:
            yield Address(":".join(names), each.name or "", whole)
