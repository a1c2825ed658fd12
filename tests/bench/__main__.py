"""Runs the benchmarks, each in a database of its own, and fails where a ratio is missed."""

import os
import sys
from importlib import import_module

import django
from django.test.utils import setup_databases, setup_test_environment, teardown_databases

NAMES = ("publishing", "desk", "history", "comparing", "feed", "verifying", "rollout", "table")


def main(names: list[str]) -> int:
    """Return the exit status: 0 if every ratio of the named benchmarks holds, or of all."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    setup_test_environment(debug=False)
    return max([_run(name) for name in names or NAMES])


def _run(name: str) -> int:
    print(f"== {name}")
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        return int(import_module(f"tests.bench.{name}").run())
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
