"""Each test of the feed starts without answers that were kept for another."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _fresh_answers() -> Iterator[None]:
    """Forget what was kept: in each test the change numbers, and the Sites, start anew."""
    cache.clear()
    yield
    cache.clear()
