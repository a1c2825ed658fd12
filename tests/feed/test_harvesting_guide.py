"""HARVESTING.md: its lines run as they stand, and name what the feed has."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from wagtail.models import Site

from example_site import content
from tests import factories
from wagtail_senoffer import changes

GUIDE = (Path(__file__).parents[2] / "HARVESTING.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def site(transactional_db, live_server):
    """Return the address of a site with a school that has published everything."""
    home = factories.make_home()
    port = live_server.url.rpartition(":")[2]
    Site.objects.update(hostname="localhost", port=port)
    Site.clear_site_root_paths_cache()
    content.add_school(home, factories.larkfield())
    changes.settle()
    return f"http://localhost:{port}"


def test_every_line_of_the_guide_runs(site, tmp_path):
    assert shutil.which("curl"), "This test runs curl: install it."
    script = "\n".join(["set -eu", *BLOCKS]).replace("SITE=http://127.0.0.1:8000", f"SITE={site}")
    done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    dump = (tmp_path / "services.ndjson").read_text("utf-8").splitlines()
    assert [json.loads(line)["status"] for line in dump] == ["active"]
    assert b"\n304\n" in done.stdout or b"}304\n" in done.stdout
    assert b"Unknown parameter" in done.stdout


def test_the_guide_names_every_member_that_is_ours(site):
    from tests.feed.client import BASE, read

    (service,) = read(f"{BASE}/services?full=true", "localhost")["contents"]
    assert [name for name in service if name.startswith("send_") and f"`{name}" not in GUIDE] == []
