"""The settings: one WAGTAIL_SENOFFER dict, read afresh, so that tests may override it."""

from pathlib import Path
from typing import Any

from django.conf import settings

from .rulesets import RulesetError, Rulesets, load

DEFAULTS: dict[str, Any] = {
    # Paths of TOML files with rulesets of the project's own.
    "RULESETS": (),
    # Whether a user with the `publish_incomplete` permission may publish with a reason
    # what the gate would refuse.
    "ALLOW_INCOMPLETE": False,
    # The question set of a new School Offer.
    "QUESTION_SET": "se7-14",
    # The host name of the Site at whose address the feed has the schools of all Sites.
    "FEED_HOST": "",
    # Under which licence the feed may be used.
    "FEED_LICENCE": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    # The cache in which answers of the feed are kept, by its alias in CACHES.
    "FEED_CACHE": "default",
    # Dotted path of a function that takes a request for the feed and returns how many
    # seconds its sender has to wait, or None.
    "THROTTLE": "",
    # A folder in which whole dumps of the feed are kept, compressed; without one each is
    # made as it is asked for.
    "DUMP_DIR": "",
    # Whether links in schools' documents are tried out (`senoffer_check_links`, or a task).
    "CHECK_LINKS": True,
}


def get(name: str) -> Any:
    """Return a setting, or its default. Raises KeyError for a name that is none."""
    return configured().get(name, DEFAULTS[name])


def configured() -> dict[str, Any]:
    """Return what the project wrote in WAGTAIL_SENOFFER."""
    return dict(getattr(settings, "WAGTAIL_SENOFFER", {}))


def rulesets() -> Rulesets:
    """Return the shipped rulesets and the project's. Raises RulesetError for a bad one."""
    return load(tuple(Path(path) for path in get("RULESETS")))


def rulesets_for_choices() -> Rulesets:
    """Return the rulesets that a form can offer: the shipped ones where a project's is bad.

    Django asks for choices while it runs its checks, and those are to say what is wrong.
    """
    try:
        return rulesets()
    except RulesetError:
        return load()
