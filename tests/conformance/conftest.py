"""Fixtures of the conformance tests: the demo's schools, served to tools that others wrote."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from wagtail.models import Page, Site

from example_site import content
from tests import factories

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Leave these aside where nobody asks for them and their tools are not installed."""
    asked_for = "conformance" in config.getoption("markexpr").split("not ")[0]
    return None if asked_for or find_spec("schemathesis") else True


@pytest.fixture(autouse=True)
def _fresh_answers() -> Iterator[None]:
    """Forget what was kept: in each test the change numbers, and the Sites, start anew."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def demo(home: Page) -> Page:
    """Return the root page of the Site with the three schools of the demo, all published."""
    for name in content.SCHOOLS:
        content.add_school(home, content.read(name))
    return home


@pytest.fixture
def served(live_server: Any) -> Page:
    """Return the root page of the only Site, at the live server's address."""
    home = factories.make_home()
    address = urlsplit(live_server.url)
    Site.objects.update(hostname=address.hostname, port=address.port)
    Site.clear_site_root_paths_cache()
    return home


@pytest.fixture(scope="session")
def node() -> Callable[..., "subprocess.Popen[str]"]:
    """Return a function that starts a script of this folder in Node.

    Its packages are those that `make conformance` installs.
    """
    packages = Path(django_settings.VAR_DIR) / "conformance" / "node_modules"
    if not packages.is_dir():
        pytest.fail(f"There are no packages in {packages}: run `make conformance`.")
    program = shutil.which("node") or pytest.fail("The tools of RPDE need Node: install nodejs.")

    def node(script: str, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [program, str(HERE / script), *arguments],
            env={"NODE_PATH": str(packages)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    return node


def answer_of(process: "subprocess.Popen[str]", said: str = "") -> Any:
    """Return the JSON that a script prints at its end, when it was told something."""
    try:
        printed, _errors = process.communicate(said, timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, printed
    return json.loads(printed)
