"""Runs the benchmarks in a database of its own and fails where a ratio is missed."""

import os
import sys

import django
from django.test.utils import setup_databases, setup_test_environment, teardown_databases


def main() -> int:
    """Return the exit status: 0 if every ratio holds."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    setup_test_environment(debug=False)
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        from tests.bench import publishing

        return publishing.run()
    finally:
        teardown_databases(databases, verbosity=0)


if __name__ == "__main__":
    sys.exit(main())
