"""Fixtures: a visitor, and the report's Versions made without its editor's trouble."""

from typing import Any

import pytest
from django.test import Client

from tests.web.shelves import put


@pytest.fixture
def visitor(client: Client) -> Client:
    """Return a client that asks for the school's own host."""
    client.defaults["HTTP_HOST"] = "school.example"
    return client


@pytest.fixture
def thrice(report: Any) -> Any:
    """Return the report, in three Versions: approved by A and by B after the first."""
    put(report, approved_by="A")
    put(report, approved_by="B", change_note="The governors changed.")
    return report
