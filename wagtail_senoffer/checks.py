"""System checks with stable ids: settings, rulesets, database."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connections

from . import conf
from .rulesets import RulesetError

REFUSAL = "wagtail_senoffer.editor.middleware.RefusalMiddleware"
FORMER_PAGES = "wagtail_senoffer.web.routing.FormerPagesMiddleware"


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Report keys of WAGTAIL_SENOFFER that mean nothing (senoffer.E001)."""
    return [
        Error(
            f"WAGTAIL_SENOFFER has an unknown key '{key}'.",
            hint=f"Known keys: {', '.join(sorted(conf.DEFAULTS))}.",
            id="senoffer.E001",
        )
        for key in conf.configured()
        if key not in conf.DEFAULTS
    ]


@register()
def check_rulesets(**kwargs: Any) -> list[CheckMessage]:
    """Report a ruleset that can't be used (senoffer.E002) or isn't there (senoffer.E003)."""
    try:
        rulesets = conf.rulesets()
    except RulesetError as error:
        return [Error(f"A ruleset can't be used. {error}", id="senoffer.E002")]
    chosen = conf.get("QUESTION_SET")
    if chosen in {each.id for each in rulesets.question_sets()}:
        return []
    known = ", ".join(each.id for each in rulesets.question_sets())
    return [
        Error(
            f"WAGTAIL_SENOFFER['QUESTION_SET'] is '{chosen}', which is no question set.",
            hint=f"Question sets: {known}.",
            id="senoffer.E003",
        )
    ]


@register()
def check_atomic_requests(**kwargs: Any) -> list[CheckMessage]:
    """Warn of transactions around views: a refusal would undo the draft (senoffer.W004)."""
    if not any(each.get("ATOMIC_REQUESTS") for each in settings.DATABASES.values()):
        return []
    return [
        Warning(
            "ATOMIC_REQUESTS is on. Where a publish or a submission is refused, the draft that "
            "was saved with it is undone as well.",
            hint="Turn ATOMIC_REQUESTS off in DATABASES, at least for the admin's views.",
            id="senoffer.W004",
        )
    ]


@register()
def check_middleware(**kwargs: Any) -> list[CheckMessage]:
    """Warn of middleware that is not there (senoffer.W001, senoffer.W003)."""
    found = []
    if REFUSAL not in settings.MIDDLEWARE:
        found.append(
            Warning(
                "A publish that is refused outside the page editor (a workflow approval from "
                "the dashboard, for example) will end in a server error instead of a message.",
                hint=f"Add '{REFUSAL}' to MIDDLEWARE, after the messages middleware.",
                id="senoffer.W001",
            )
        )
    if FORMER_PAGES not in settings.MIDDLEWARE:
        found.append(
            Warning(
                "The versions of a page that is deleted will not be found at its address.",
                hint=f"Add '{FORMER_PAGES}' to MIDDLEWARE.",
                id="senoffer.W003",
            )
        )
    return found


@register()
def check_site_settings(**kwargs: Any) -> list[CheckMessage]:
    """Warn that the settings of each Site have no screen (senoffer.W005)."""
    if apps.is_installed("wagtail.contrib.settings"):
        return []
    return [
        Warning(
            "Nobody can say in the admin who gets a Site's summary, or what a new School Offer "
            "of a Site starts with.",
            hint="Add 'wagtail.contrib.settings' to INSTALLED_APPS.",
            id="senoffer.W005",
        )
    ]


@register()
def check_sqlite(**kwargs: Any) -> list[CheckMessage]:
    """Warn of SQLite databases on which two publishes can collide (senoffer.W002)."""
    return [
        Warning(
            f"Database '{alias}' is SQLite without immediate transactions: two people who "
            "publish at the same moment can meet “database is locked”.",
            hint='Set "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20}.',
            id="senoffer.W002",
        )
        for alias in connections
        if connections[alias].vendor == "sqlite"
        and connections[alias].settings_dict["OPTIONS"].get("transaction_mode") != "IMMEDIATE"
    ]
