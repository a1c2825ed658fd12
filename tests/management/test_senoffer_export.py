"""The whole feed in one file, and the feed made anew."""

import csv
import gzip
import io
import json

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import override_settings

from example_site import content
from tests import factories
from tests.feed.client import BASE, ask, lines, read
from wagtail_senoffer.feed import items
from wagtail_senoffer.models import Change, DocumentHead, Listing


def export(*args, **options):
    """Run the command; return what it printed."""
    out = io.StringIO()
    call_command("senoffer_export", *args, stdout=out, **options)
    return out.getvalue()


def test_the_dump_has_what_the_feed_sends(report, tmp_path):
    path = tmp_path / "services.ndjson"
    told = export("--out", str(path))
    assert told == f"Written as ndjson: {path}.\n"
    assert [json.loads(line) for line in path.read_text("utf-8").splitlines()] == lines(
        f"{BASE}/services?format=ndjson"
    )


def test_the_dump_can_be_one_array_or_a_table(report, tmp_path):
    sent = lines(f"{BASE}/services?format=ndjson")
    export("--format", "json", "--out", str(tmp_path / "a.json"))
    assert json.loads((tmp_path / "a.json").read_text("utf-8")) == sent
    export("--format", "csv", "--out", str(tmp_path / "a.csv"))
    text = (tmp_path / "a.csv").read_bytes().decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text, newline="")))
    assert len(table) == 2
    assert (tmp_path / "a.csv").read_bytes() == b"".join(ask("/senoffer/offers.csv"))


@pytest.mark.parametrize(
    ("name", "form", "zipped"),
    [
        ("a.csv", "csv", False),
        ("a.json.gz", "json", True),
        ("a.ndjson", "ndjson", False),
        ("a.gz", "ndjson", True),
        ("services", "ndjson", False),
    ],
)
def test_a_file_is_what_its_name_says(report, tmp_path, name, form, zipped):
    export("--format", form, "--out", str(tmp_path / "asked"))
    told = export("--out", str(tmp_path / name))
    assert told == f"Written as {form}{', compressed' if zipped else ''}: {tmp_path / name}.\n"
    written = (tmp_path / name).read_bytes()
    assert (gzip.decompress(written) if zipped else written) == (tmp_path / "asked").read_bytes()


def test_a_folder_that_is_not_there_is_not_made(report, tmp_path):
    with pytest.raises(CommandError, match="can't be written: No such file or directory"):
        export("--out", str(tmp_path / "misspelt" / "a.json"))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_feed_is_an_empty_file(home, tmp_path):
    for form, expected in {"ndjson": b"", "json": b"[]\n"}.items():
        export("--format", form, "--out", str(tmp_path / form))
        assert (tmp_path / form).read_bytes() == expected


def test_the_same_feed_is_the_same_compressed_file(report, tmp_path):
    files = [tmp_path / "one.gz", tmp_path / "two.gz"]
    for path in files:
        export("--gzip", "--out", str(path))
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(gzip.decompress(files[0].read_bytes()).splitlines()) == 1


def test_a_dump_that_fails_leaves_the_one_before(report, tmp_path, monkeypatch):
    path = tmp_path / "services.ndjson"
    path.write_text("as it was")
    Change.objects.filter(kind="service").update(body=b"")
    (tmp_path / "folder").write_text("a file, where a folder is wanted")
    with pytest.raises(CommandError, match="can't be written"):
        export("--out", str(tmp_path / "folder" / "services.ndjson"))
    assert path.read_text() == "as it was"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["folder", "services.ndjson"]


def test_only_one_sites_schools(report, tmp_path):
    path = tmp_path / "services.ndjson"
    export("--site", "school.example", "--out", str(path))
    assert len(path.read_text("utf-8").splitlines()) == 1
    with pytest.raises(CommandError, match=r"No site .* Sites: school\.example:80\."):
        export("--site", "other.example", "--out", str(path))


def test_it_says_what_to_do_if_nothing_is_asked(db):
    with pytest.raises(CommandError, match="Say where to write"):
        export()


def test_a_feed_that_agrees_gets_no_new_numbers(report):
    read(f"{BASE}/services")
    before = list(Change.objects.order_by("pk").values())
    assert export("--rebuild") == (
        "The feed agrees with the versions: 1 schools and languages, 0 changes.\n"
    )
    assert list(Change.objects.order_by("pk").values()) == before


def test_only_what_differs_gets_a_new_number(report):
    read(f"{BASE}/services")
    before = dict(Change.objects.values_list("kind", "number"))
    row = Change.objects.get(kind="service")
    body = row.body
    Change.objects.filter(pk=row.pk).update(body=b"{}", digest="0" * 64)
    assert "1 changes" in export("--rebuild")
    row.refresh_from_db()
    assert row.body == body
    after = dict(Change.objects.values_list("kind", "number"))
    assert [kind for kind in after if after[kind] != before[kind]] == ["service"]


def test_a_feed_that_was_never_made_is_made_from_the_versions(report):
    sent = read(f"{BASE}/services?full=true")["contents"]
    Change.objects.all().delete()
    DocumentHead.objects.update(public_url="", site_pk=None)
    export("--rebuild")
    made = read(f"{BASE}/services?full=true")["contents"]
    for each in (*sent, *made):
        del each["last_modified"]
    assert made == sent


def test_the_dump_lies_ready_compressed_for_each_state_of_the_feed(report, tmp_path):
    path = f"{BASE}/services?format=ndjson"
    sent = lines(path)
    with override_settings(WAGTAIL_SENOFFER={"DUMP_DIR": str(tmp_path)}):
        response = ask(path, HTTP_ACCEPT_ENCODING="gzip")
        assert response["Content-Encoding"] == "gzip"
        packed = b"".join(response.streaming_content)
        assert [json.loads(line) for line in gzip.decompress(packed).splitlines()] == sent
        (first,) = tmp_path.iterdir()
        assert first.read_bytes() == packed
        again = ask(path, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=response["ETag"])
        assert again.status_code == 304
        report.approved_by = "The new board"
        content.publish(report)
        newer = ask(path, HTTP_ACCEPT_ENCODING="gzip")
        assert newer["ETag"] != response["ETag"]
        assert [each.name for each in tmp_path.iterdir()] != [first.name]
        assert len(list(tmp_path.iterdir())) == 1
        newer.close()


def test_schools_that_publish_nothing_are_not_in_it(home, tmp_path):
    factories.make_school(home)
    path = tmp_path / "services.ndjson"
    export("--out", str(path))
    assert path.read_bytes() == b""


def dumps(folder):
    """Return the names of the dumps that lie ready."""
    return sorted(path.name.partition("-")[0] for path in folder.iterdir())


def zipped():
    """Ask for the whole feed, compressed; return its lines."""
    response = ask(f"{BASE}/services?format=ndjson", HTTP_ACCEPT_ENCODING="gzip")
    assert response.status_code == 200
    return gzip.decompress(b"".join(response.streaming_content)).splitlines()


def test_a_folder_for_dumps_that_can_not_be_used_is_nobodys_problem(report, tmp_path, settings):
    (tmp_path / "file").write_text("no folder")
    settings.WAGTAIL_SENOFFER = {"DUMP_DIR": str(tmp_path / "file")}
    assert len(zipped()) == 1


@pytest.mark.django_db(transaction=True)
def test_words_that_nobody_is_to_read_any_more_lie_in_no_dump(report, tmp_path, settings):
    settings.WAGTAIL_SENOFFER = {"DUMP_DIR": str(tmp_path)}
    assert (len(zipped()), dumps(tmp_path)) == (1, ["services"])
    type(report).objects.get().unpublish()
    assert dumps(tmp_path) == []


def test_a_dump_has_the_rights_of_any_new_file(report, tmp_path):
    export("--out", str(tmp_path / "a.json"))
    (tmp_path / "other").touch()
    assert (tmp_path / "a.json").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_rebuild_puts_the_lists_in_order(report):
    sent = read(f"{BASE}/services")["contents"]
    Listing.objects.all().delete()
    export("--rebuild")
    cache.clear()
    assert read(f"{BASE}/services")["contents"] == sent


def test_a_stored_row_is_read_whatever_its_driver_hands_out():
    assert items.read(memoryview(b'{"a":1}')) == items.read(b'{"a":1}') == {"a": 1}
