"""Fixtures: a report with three Versions, the last of which is live."""

from typing import Any

import pytest

from example_site import content


@pytest.fixture
def versioned(report: Any) -> Any:
    """Return a live report with Versions 1, 2 and 3."""
    for board in ("Board B", "Board C"):
        report.approved_by = board
        content.publish(report)
    return type(report).objects.get(pk=report.pk)
