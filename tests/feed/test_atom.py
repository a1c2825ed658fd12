"""The Atom face: entries for what is offered, tombstones for what is gone."""

from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.db.models import Max
from wagtail.models import Locale, Page, Site

from example_site import content
from tests import factories
from tests.feed.client import ask
from wagtail_senoffer.changes import settle
from wagtail_senoffer.feed import atom
from wagtail_senoffer.models.feed import Change, State

pytestmark = pytest.mark.django_db

FEED = "/senoffer/changes.atom"
URL = f"http://school.example{FEED}"
ATOM = "{http://www.w3.org/2005/Atom}"
GONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"


def read(path: str = FEED) -> ElementTree.Element:
    response = ask(path)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)  # noqa: S314 - it is ours


def text(element: ElementTree.Element, *names: str) -> str:
    return element.findtext("/".join(f"{ATOM}{name}" for name in names)) or ""


def links(element: ElementTree.Element) -> dict[str, str]:
    """Return the addresses of links by relation and type."""
    found = element.findall(f"{ATOM}link")
    return {" ".join(filter(None, (x.get("rel"), x.get("type")))): x.attrib["href"] for x in found}


def changes() -> Any:
    """Return the changes of documents, newest first, numbered as a reader finds them."""
    settle()
    return Change.objects.filter(kind="document").order_by("-number")


def ids(root: ElementTree.Element) -> list[str]:
    """Return what a page of the feed is about, in its order."""
    entries = (each for each in root if each.tag in (f"{ATOM}entry", GONE))
    return [each.get("ref") or text(each, "id") for each in entries]


def test_a_document_is_an_entry_with_all_that_atom_requires(report: Any) -> None:
    entry = read().findall(f"{ATOM}entry")[0]
    row = changes()[0]
    place = "http://school.example/larkfield/sen-information-report/"
    assert {name: text(entry, name) for name in ("id", "title", "updated", "summary")} == {
        "id": f"urn:uuid:{report.document_key}",
        "title": "SEN information report",
        "updated": row.modified_at.isoformat(),
        "summary": "SEN information report of Larkfield Primary Academy (demo), version 1.",
    }
    assert text(entry, "author", "name") == "Larkfield Primary Academy (demo)"
    assert links(entry) == {
        "alternate": place,
        "alternate application/json": f"{place}document.json",
    }


def test_the_feed_has_all_that_atom_requires(report: Any) -> None:
    Site.objects.update(site_name="Trust <ż> & sons")
    response = ask(FEED)
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = read()
    assert {name: text(root, name) for name in ("id", "title", "updated")} == {
        "id": URL,
        "title": "Trust <ż> & sons: special educational needs, what changed",
        "updated": changes()[0].modified_at.isoformat(),
    }
    assert text(root, "author", "name") == "Trust <ż> & sons"
    assert links(root) == {"alternate": "http://school.example/", "self": URL}


def test_the_newest_change_comes_first(report: Any) -> None:
    keys = [f"urn:uuid:{row.item_id}" for row in changes()]
    assert ids(read()) == keys
    school = report.get_parent().specific
    school.introduction = "<p>Other words</p>"
    content.publish(school)
    assert ids(read())[0] == f"urn:uuid:{school.document_key}"
    assert ids(read()) == [f"urn:uuid:{row.item_id}" for row in changes()]


def test_a_new_version_says_what_changed(report: Any) -> None:
    report.approved_by, report.change_note = "Trustees", "Now approved by the trustees."
    content.publish(report)
    entry = read().findall(f"{ATOM}entry")[0]
    assert text(entry, "summary") == (
        "SEN information report of Larkfield Primary Academy (demo), version 2. "
        "Now approved by the trustees."
    )


@pytest.mark.parametrize("hostile", ["</script><script>alert(1)</script>", "a & b ]]> ż 学校"])
def test_hostile_words_stay_words(report: Any, hostile: str) -> None:
    report.title, report.approved_by, report.change_note = hostile, "Trustees", hostile
    content.publish(report)
    entry = read().findall(f"{ATOM}entry")[0]
    assert text(entry, "title") == hostile
    # A summary of the type HTML: read as HTML it is the same words.
    escaped = hostile.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert text(entry, "summary").endswith(f"version 2. {escaped}") is True


def test_what_was_withdrawn_is_a_tombstone_in_the_same_feed(report: Any) -> None:
    before = ids(read())
    report.unpublish()
    root = read()
    tombstone = root.findall(GONE)[0]
    assert ids(root) == before
    assert tombstone.attrib == {
        "ref": f"urn:uuid:{report.document_key}",
        "when": changes()[0].modified_at.isoformat(),
    }
    assert [each.text for each in tombstone] == ["No longer offered"]
    assert text(root, "updated") == tombstone.attrib["when"]


def test_a_deleted_page_is_gone_for_good_and_keeps_no_words(report: Any) -> None:
    report.delete()
    tombstone = read().findall(GONE)[0]
    assert [each.text for each in tombstone] == ["Gone for good"]
    assert "SEN information report" not in ElementTree.tostring(tombstone, "unicode")


def test_what_is_published_again_is_an_entry_again(report: Any) -> None:
    report.unpublish()
    content.publish(type(report).objects.get())
    root = read()
    assert root.findall(GONE) == []
    assert ids(root)[0] == f"urn:uuid:{report.document_key}"


def test_a_translation_has_an_id_of_its_own(report: Any) -> None:
    polish = Locale.objects.create(language_code="pl")
    for page in (report.get_parent().get_parent(), report.get_parent(), report):
        page.specific.copy_for_translation(polish).save_revision().publish()
    root = read()
    assert len(set(ids(root))) == len(ids(root)) == 4
    key = f"urn:uuid:{report.document_key}"
    assert sorted(each for each in ids(root) if each.startswith(key)) == [key, f"{key}#pl"]
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    entries = root.findall(f"{ATOM}entry")
    assert [each.get(language) for each in entries] == ["pl", "pl", "en", "en"]


def copies(row: Change, count: int) -> None:
    """Add documents with the numbers after the newest one."""
    last = Change.objects.aggregate(last=Max("number"))["last"]
    fields = {
        each.name: getattr(row, each.name)
        for each in Change._meta.concrete_fields
        if each.name not in ("id", "number", "item_id", "state")
    }
    states = [State.ACTIVE, State.INACTIVE]
    Change.objects.bulk_create(
        Change(**fields, number=last + step, item_id=f"{step:032x}", state=states[step % 2])
        for step in range(1, count + 1)
    )


def walk() -> list[list[str]]:
    """Follow the feed from page to page; return what each is about."""
    pages, path = [], FEED
    while path:
        root = read(path)
        pages.append(ids(root))
        path = links(root).get("next", "").removeprefix("http://school.example")
    return pages


@pytest.mark.parametrize("count", [atom.PER_PAGE - 2, atom.PER_PAGE - 1, 2 * atom.PER_PAGE + 3])
def test_the_pages_have_each_change_once(report: Any, count: int) -> None:
    copies(changes()[0], count)
    pages = walk()
    wanted = [f"urn:uuid:{row.item_id}" for row in changes()]
    assert [key for page in pages for key in page] == wanted
    assert len(pages) == -(-len(wanted) // atom.PER_PAGE)


def test_each_page_says_where_it_is_and_what_it_is_a_page_of(report: Any) -> None:
    number = changes()[0].number
    root = read(f"{FEED}?before={number}")
    assert (text(root, "id"), links(root)["self"]) == (URL, f"{URL}?before={number}")
    assert ids(root) == [f"urn:uuid:{row.item_id}" for row in changes()[1:]]


def test_a_feed_without_changes_is_valid_and_stays_the_same(home: Page) -> None:
    root = read()
    assert ids(root) == []
    assert text(root, "updated") == "1970-01-01T00:00:00+00:00"


@pytest.mark.parametrize("before", ["0", "-1", "x", "1.5", "٣", "01", "9" * 19, "1 "])
def test_a_number_that_is_none_is_refused(report: Any, before: str) -> None:
    response = ask(f"{FEED}?before={quote(before)}")
    assert response["Content-Type"] == "application/problem+json"
    assert {**response.json(), "detail": ""} == {
        "title": "The request can't be understood",
        "status": 400,
        "detail": "",
        "parameter": "before",
    }


def test_the_language_of_the_reader_changes_nothing(report: Any) -> None:
    report.unpublish()
    assert ask(FEED, headers={"accept-language": "pl"}).content == ask(FEED).content


def test_a_site_has_only_its_own_schools(report: Any) -> None:
    home = report.get_parent().get_parent().specific
    other = factories.make_school(home, "other", urn="190002")
    Site.objects.create(hostname="localhost", root_page=other)
    Site.clear_site_root_paths_cache()
    content.publish(other)
    keys = {f"urn:uuid:{report.document_key}", f"urn:uuid:{report.school_key}"}
    tombstones = read().findall(GONE)
    assert set(ids(read())) - {x.get("ref") for x in tombstones} == keys
