"""Fixtures: a site with a school, and reports that are complete or lack one section."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import TransactionTestCase
from wagtail.models import Page

from tests import factories
from tests.office import MailServer
from tests.prepared import prepared
from wagtail_senoffer.models import SchoolPage, triggers


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers() -> Iterator[None]:
    """Let Django's flush after a transactional test delete the record, as nothing else may."""
    teardown = TransactionTestCase._fixture_teardown

    def without_triggers(self: Any) -> None:
        names = list(self._databases_names(include_mirrors=False))
        for name in names:
            triggers.remove(connections[name])
        teardown(self)
        for name in names:
            triggers.install(connections[name])

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture
def admin(db: None) -> User:
    """Return a superuser."""
    return User.objects.create_superuser("admin", "admin@trust.example", "secret")


@pytest.fixture
def home(db: None) -> Page:
    """Return the root page of the only Site, http://school.example."""
    return prepared("home", factories.make_home)


@pytest.fixture
def school(home: Page) -> SchoolPage:
    """Return a published mainstream school."""
    return prepared("school", lambda: factories.make_school(home), above=home)


@pytest.fixture
def report(school: SchoolPage) -> Any:
    """Return a complete, live report with Version 1."""
    return prepared("report", lambda: factories.make_published_report(school), above=school)


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    """Return a mail server to which Django's own SMTP backend sends."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 10
    server.start()
    yield server
    server.stop()
