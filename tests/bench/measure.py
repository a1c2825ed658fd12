"""Takes times in turns, so that what disturbs the machine disturbs all alike, and judges them."""

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

Subjects = Mapping[str, Callable[[int], Callable[[], Any]]]


def interleaved(subjects: Subjects, rounds: int, warm_up: int = 5) -> dict[str, float]:
    """Return the median seconds of each subject, measured in turns.

    A subject prepares its n-th act, outside the measured time, and returns it.
    """
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(rounds + warm_up):
        for name, prepare in subjects.items():
            act = prepare(number)
            start = time.perf_counter()
            act()
            if number >= warm_up:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def milliseconds(seconds: Mapping[str, float]) -> str:
    """Return medians for a reader."""
    told = ", ".join(f"{name} {value * 1000:.2f}" for name, value in seconds.items())
    return f"medians in ms: {told}"


def at_most(name: str, value: float, limit: float) -> bool:
    """Print a figure with its upper limit; say whether it holds."""
    return _told(name, value, value <= limit, f"at most {limit}")


def at_least(name: str, value: float, limit: float) -> bool:
    """Print a figure with its lower limit; say whether it holds."""
    return _told(name, value, value >= limit, f"at least {limit}")


def equal(name: str, counts: Mapping[str, int]) -> bool:
    """Print counts that should be the same; say whether they are."""
    held = len(set(counts.values())) == 1
    told = ", ".join(f"{key} {count}" for key, count in counts.items())
    print(f"{'ok  ' if held else 'MISS'} {name}: {told}")
    return held


def _told(name: str, value: float, held: bool, limit: str) -> bool:
    print(f"{'ok  ' if held else 'MISS'} {name}: {value:.2f} ({limit})")
    return held
