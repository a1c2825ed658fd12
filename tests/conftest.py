"""Fixtures: a site with a school, and reports that are complete or lack one section."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.models import User
from django.test import TransactionTestCase
from django.utils import timezone
from wagtail.models import Page

from tests import factories, migrated
from tests.emptying import empty
from tests.office import MailServer
from tests.prepared import prepared
from wagtail_senoffer.models import SchoolPage

# How long a made-up example takes says more of the machine than of the test.
hypothesis.settings.register_profile(
    "steady", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("steady")


@pytest.fixture(scope="session")
def django_db_keepdb(
    django_db_keepdb: bool, django_db_createdb: bool, django_db_modify_db_settings: None
) -> bool:
    """Begin with the migrated database of an earlier run, if there is one."""
    return django_db_keepdb or (not django_db_createdb and migrated.copy())


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_keepdb: bool, django_db_blocker: Any) -> None:
    """Keep the migrated database for a later run."""
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            migrated.keep()


@pytest.fixture(autouse=True, scope="session")
def _quick_emptying() -> Iterator[None]:
    """Empty the database after a transactional test in our own way."""

    def teardown(self: Any) -> None:
        for alias in self._databases_names(include_mirrors=False):
            empty(alias)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


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
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the time of day, in UTC, for Django and so for the record."""

    def set_to(text: str) -> datetime:
        moment = datetime.fromisoformat(f"{text}+00:00")
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return set_to


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
