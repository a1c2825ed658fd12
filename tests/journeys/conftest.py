"""Fixtures of the journeys: a browser, the site at the live server's address, people."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from wagtail.models import Page, Site

from example_site import content
from example_site.management.commands import demo_content
from tests import factories
from wagtail_senoffer.models import SchoolPage

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from playwright.sync_api import Page as Tab

AXE = "4.14.1"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Milliseconds: a busy machine may take a while to save a long form and to list it anew.
PATIENCE = 60_000
# Wagtail's form takes stock of its fields as it is drawn and again two seconds later; what
# changes before that it does not notice. A person is not so fast.
WATCH = """
window.timesFormTookStock = 0;
document.addEventListener("w-unsaved:watch-edits", () => { window.timesFormTookStock += 1; });
"""
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Leave the journeys aside where nobody asks for them and playwright is not installed."""
    asked_for = config.getoption("markexpr") == "browser"
    return None if asked_for or find_spec("playwright") else True


@pytest.fixture(autouse=True, scope="session")
def _async_unsafe() -> Iterator[None]:
    """Let Django use its database in the thread in which playwright's event loop runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield


@pytest.fixture(autouse=True, scope="session")
def _patience() -> None:
    """Wait as long for what is expected as for anything else."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def base_url(live_server: Any) -> str:
    """Return the address that the browser's relative addresses start from."""
    return live_server.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Use Debian's Chromium, or the one that CHROMIUM names."""
    chromium = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if chromium is None:
        pytest.fail("The journeys need Chromium: run `make browser`, or name it in CHROMIUM.")
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM_ARGS}


@pytest.fixture
def elsewhere() -> list[str]:
    """Return the addresses outside the site that a page has asked for."""
    return []


@pytest.fixture
def open_tab(
    new_context: Callable[..., "BrowserContext"], base_url: str, elsewhere: list[str]
) -> Callable[..., "Tab"]:
    """Return a function that opens a tab of a new browser, which reaches the site and no other."""

    def is_elsewhere(url: str) -> bool:
        return not url.startswith((f"{base_url}/", "data:", "blob:"))

    def refuse(route: Any) -> None:
        elsewhere.append(route.request.url)
        route.abort()

    def open_tab(**options: Any) -> "Tab":
        context = new_context(**options)
        context.set_default_timeout(PATIENCE)
        context.route(is_elsewhere, refuse)
        context.add_init_script(WATCH)
        return context.new_page()

    return open_tab


@pytest.fixture
def home(base_url: str, transactional_db: None) -> Page:
    """Return the root page of the only Site, at the live server's address."""
    home = factories.make_home()
    address = urlsplit(base_url)
    Site.objects.update(hostname=address.hostname, port=address.port)
    Site.clear_site_root_paths_cache()
    return home


@pytest.fixture
def school(home: Page) -> SchoolPage:
    """Return Larkfield with all its documents, each as Version 1."""
    return content.add_school(home, content.read("larkfield-primary"))


@pytest.fixture
def other_school(home: Page) -> SchoolPage:
    """Return Heronsgate with all its documents, each as Version 1."""
    return content.add_school(home, content.read("heronsgate"))


@pytest.fixture
def sign_in(open_tab: Callable[..., "Tab"], settings: Any) -> Callable[[SchoolPage], "Tab"]:
    """Return a function that opens a tab in which a school's office has signed in.

    As in the demo, the office may edit and publish its own school and nothing else.
    """
    # A robot presses “Publish” while Wagtail still saves what it found a moment ago; the two
    # requests then race for the newest draft.
    settings.WAGTAIL_AUTOSAVE_INTERVAL = 0

    def sign_in(school: SchoolPage) -> "Tab":
        demo_content.Command()._office(school)
        tab = open_tab(viewport={"width": 1280, "height": 900})
        tab.goto("/admin/login/")
        tab.get_by_label("Username").fill(f"{school.slug}-office")
        tab.get_by_label("Password").fill(demo_content.PASSWORD)
        tab.get_by_role("button", name="Sign in").click()
        tab.wait_for_url("**/admin/")
        return tab

    return sign_in


@pytest.fixture(scope="session")
def axe() -> Callable[..., list[Any]]:
    """Return a function that runs axe-core on a tab, or on a part of it.

    It returns the rules of WCAG 2.2 A and AA that are broken, each with its elements. What
    axe can't decide is broken too: words in the very colour of their ground are among it.
    """
    script = axe_script()

    def axe(tab: "Tab", part: str = "html") -> list[Any]:
        tab.evaluate(script)
        result = tab.evaluate("([part, tags]) => axe.run(part, {runOnly: tags})", [part, WCAG])
        return [
            (rule["id"], [(node["target"], node["failureSummary"]) for node in rule["nodes"]])
            for rule in (*result["violations"], *result["incomplete"])
        ]

    return axe


def axe_script() -> str:
    """Return the source of axe-core, from npm the first time."""
    folder = Path(django_settings.VAR_DIR) / f"axe-core-{AXE}"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        npm = shutil.which("npm") or pytest.fail("axe-core comes from npm: install npm.")
        options = ["--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        command = [npm, "install", "--prefix", str(folder), *options, f"axe-core@{AXE}"]
        subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)
    return script.read_text(encoding="utf-8")
