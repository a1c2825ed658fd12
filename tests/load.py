"""How much of what is done many times over a run does: all, or the share that LOAD_PERCENT says.

`.ci/run` asks for less; what is rare is found by hand.
"""

import os

PERCENT = int(os.environ.get("LOAD_PERCENT") or 100)
# Between two points at which a process is killed.
STRIDE = max(1, 100 // PERCENT)


def portion(count: int) -> int:
    """Return this run's share of a count, and at least one."""
    return max(1, count * PERCENT // 100)
