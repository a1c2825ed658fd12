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
from tests.feed.client import BASE, read
from wagtail_senoffer import changes
from wagtail_senoffer.feed.schemas import MEMBERS

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
    assert done.stdout.count(b"304\n") == 1
    assert len(json.loads((tmp_path / "page.json").read_bytes())["contents"]) == 1
    assert b"Unknown parameter" in done.stdout


def test_the_same_line_downloads_nothing_again(site, tmp_path):
    (line,) = re.findall(r"curl .*services\.ndjson.*\n", GUIDE)
    script = line.replace("$SITE", site) + "stat --format '%Y %s' services.ndjson\n"
    told = [
        subprocess.run(
            ["bash", "-ec", script], cwd=tmp_path, capture_output=True, check=True
        ).stdout
        for _time in range(2)
    ]
    assert told[0] == told[1]


def members(of):
    """Return the names of the members of objects."""
    return {name for each in of for name in each}


def test_the_guide_names_every_member_that_is_ours(site):
    contents = read(f"{BASE}/services?full=true", "localhost")["contents"]
    sections = [each for x in contents for each in x["send_information_report"]["sections"]]
    schools = [each["send_school"] for each in contents]
    # How a section is kept in the list that it is in needs no words.
    names = (members(contents) | members(schools) | members(sections)) - {"id"}
    assert {name for name in names if f"`{name}" not in GUIDE and f".{name}`" not in GUIDE} == set()
    assert {name for name in MEMBERS if f"`{name}" not in GUIDE} == set()


def test_openapi_names_every_member_of_a_service(site):
    (service,) = read(f"{BASE}/services?full=true", "localhost")["contents"]
    schema = read(f"{BASE}/openapi.json", "localhost")["components"]["schemas"]["Service"]
    assert set(service) - set(schema["properties"]) == set()
