"""Keeps a migrated SQLite database beside the tests' own, and copies it for the next run.

Two hundred migrations take longer than most runs. What is kept is named after all that it was
made with, so that nothing old is ever used; `--create-db` migrates all the same.
"""

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import django
import wagtail
from django.apps import apps
from django.db import connection

_ROOT = Path(__file__).resolve().parent.parent
# What migrations call, and what tables and permissions are made after.
_OURS = (
    "wagtail_senoffer/models/*.py",
    "example_site/*.py",
    "tests/models.py",
    "tests/settings.py",
)
_PATTERN = "migrated-*.sqlite3"
_KEPT = 4


def copy() -> bool:
    """Make the tests' database of the one that was kept, if there is one; return whether."""
    if not _has_file():
        return False
    kept = _kept()
    if kept.exists():
        shutil.copyfile(kept, _file())
    return kept.exists()


def keep() -> None:
    """Keep the tests' database, which has only been migrated, for the next run."""
    if not _has_file() or (kept := _kept()).exists():
        return
    # Two processes may do so at once.
    unfinished = kept.with_suffix(f".{os.getpid()}")
    source, target = sqlite3.connect(_file()), sqlite3.connect(unfinished)
    source.backup(target)
    source.close()
    target.close()
    unfinished.replace(kept)
    for old in sorted(kept.parent.glob(_PATTERN), key=os.path.getmtime)[:-_KEPT]:
        old.unlink(missing_ok=True)


def _has_file() -> bool:
    return connection.vendor == "sqlite" and "memory" not in str(_file())


def _file() -> Path:
    return Path(connection.creation._get_test_db_name())


def _kept() -> Path:
    return _file().parent / _PATTERN.replace("*", _fingerprint())


def _fingerprint() -> str:
    """Return a name for all that a migrated database depends on."""
    found = hashlib.sha256(repr((django.VERSION, wagtail.VERSION)).encode())
    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    migrations = [path for folder in folders for path in folder.glob("*.py")]
    ours = [path for each in _OURS for path in _ROOT.glob(each)]
    for path in sorted([*migrations, *ours]):
        found.update(path.read_bytes())
    return found.hexdigest()[:16]
