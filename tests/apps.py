"""The tests' own app, with a page that is not ours to compare with."""

from django.apps import AppConfig


class TestsConfig(AppConfig):
    """Holds the page types that only the tests need."""

    name = "tests"
    default_auto_field = "django.db.models.BigAutoField"
