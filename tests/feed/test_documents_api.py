"""The Documents, as they were hashed, from a cursor on."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.utils.translation import override

from example_site import content
from tests import factories
from tests.feed.client import ask, read, refusal
from wagtail_senoffer import removal
from wagtail_senoffer.document import Document, sha256
from wagtail_senoffer.models import DocumentText, Version, triggers

PATH = "/senoffer/documents"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def fresh(page):
    return type(page).objects.get(pk=page.pk)


def harvest(path=f"{PATH}?limit=1"):
    """Return all documents from an address on, and the cursor at the end."""
    found = []
    while True:
        page = read(path)
        found += page["documents"]
        if "next" not in page:
            return found, page["cursor"]
        path = "{0.path}?{0.query}".format(urlsplit(page["next"]))


def test_every_document_comes_once_with_the_words_that_its_hash_is_of(report):
    found, _cursor = harvest()
    assert [each["kind"] for each in found] == ["school", "sen-information-report"]
    for each in found:
        document = Document.model_validate(each["document"])
        assert sha256(document.canonical_text()) == each["sha256"]
        assert each["url"].startswith("http://school.example/larkfield/")


def test_from_the_cursor_on_come_later_changes_and_what_is_gone(report):
    _found, cursor = harvest()
    assert harvest(f"{PATH}?after={cursor}") == ([], cursor)
    report.approved_by = "The new board"
    content.publish(report)
    (changed,), cursor = harvest(f"{PATH}?after={cursor}")
    assert (changed["version"], changed["key"]) == (2, str(report.document_key))
    fresh(report).unpublish()
    (gone,), _cursor = harvest(f"{PATH}?after={cursor}")
    del gone["last_modified"]
    assert gone == {"key": str(report.document_key), "locale": "en", "state": "inactive"}
    # Who begins now has nothing to delete.
    assert [each["kind"] for each in harvest()[0]] == ["school"]


def test_a_cursor_from_the_future_is_refused_with_what_to_do(report):
    assert refusal(f"{PATH}?after=99999") == (400, "after")
    assert "Start again without a cursor" in ask(f"{PATH}?after=99999").content.decode()


def test_a_document_without_its_words_says_all_else(report):
    short, _cursor = harvest(f"{PATH}?full=false")
    whole, _cursor = harvest()
    assert short == [{n: v for n, v in each.items() if n != "document"} for each in whole]


def test_documents_of_one_school(home, report):
    other = factories.make_school(home, "other", urn="190002")
    found, _cursor = harvest(f"{PATH}?school_key={other.document_key}")
    assert [each["key"] for each in found] == [str(other.document_key)]


def test_one_document_and_its_versions(report):
    key = report.document_key
    report.change_note = "A new board"
    report.approved_by = "The new board"
    content.publish(report)
    here = f"{PATH}/{key}/en"
    assert read(here)["version"] == 2
    versions = read(f"{here}/versions")["versions"]
    assert [each["version"] for each in versions] == [2, 1]
    assert versions[0]["previous_hash"] == versions[1]["record_hash"]
    assert versions[0]["change_note"] == "A new board"
    first = read(f"{here}/versions/1")
    assert sha256(Document.model_validate(first["document"]).canonical_text()) == first["sha256"]
    assert first["record_hash"] == Version.objects.get(document_key=key, number=1).record_hash
    assert refusal(f"{here}/versions/3") == (404, None)


def test_a_language_is_the_same_in_capital_letters(report):
    here = f"{PATH}/{report.document_key}"
    assert read(f"{here}/EN") == read(f"{here}/en")
    assert read(f"{here}/EN/versions") == read(f"{here}/en/versions")
    assert ask(f"{here}/en_gb").json()["detail"] == "locale: expected a language such as en-gb"


def test_a_version_from_which_words_were_removed_says_so(report, admin_user):
    old = Version.objects.get(document_key=report.document_key)
    report.approved_by = "The new board"
    content.publish(report)
    removal.redact(old, ["approval/by"], "It was asked for.", user=admin_user)
    here = f"{PATH}/{report.document_key}/en/versions"
    second, first = read(here)["versions"]
    (told,) = first["redactions"]
    assert "redactions" not in second
    assert read(f"{here}/1")["redactions"] == [told]
    document = Document.model_validate(read(f"{here}/1")["document"])
    assert sha256(document.canonical_text()) == told["remaining_sha256"]
    assert told["sha256"] == first["sha256"] == old.text_id


def test_an_unknown_document_is_404_and_one_that_is_gone_410(report):
    key = report.document_key
    for path in (f"{PATH}/{UNKNOWN}/en", f"{PATH}/{key}/pl"):
        assert refusal(path) == (404, None)
    fresh(report).unpublish()
    for path in (f"{PATH}/{key}/en", f"{PATH}/{key}/en/versions", f"{PATH}/{key}/en/versions/1"):
        assert refusal(path) == (410, None)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        *(("after=-1", "after"), ("after=x", "after"), ("limit=0", "limit")),
        *(("limit=501", "limit"), ("full=maybe", "full"), ("school_key=1", "school_key")),
        *(("kind=report", "kind"), ("modified_after=x", "modified_after")),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(query, name, home):
    assert refusal(f"{PATH}?{query}") == (400, name)


@pytest.mark.parametrize("path", ["/x/en", f"/{UNKNOWN}/..", f"/{UNKNOWN}/en/versions/0"])
def test_a_wrong_address_is_refused(path, home):
    assert ask(f"{PATH}{path}").status_code in (400, 404)


def test_a_version_that_can_not_be_read_is_503(report):
    version = Version.objects.get(document_key=report.document_key)
    triggers.remove(connection)
    DocumentText.objects.filter(pk=version.text_id).update(text="{")
    triggers.install(connection)
    assert refusal(f"{PATH}/{report.document_key}/en/versions/1") == (503, None)


def test_the_reason_of_a_withdrawal_is_in_english_whoever_asks(report):
    fresh(report).unpublish()
    content.publish(fresh(report))
    with override("pl"):
        found = read(f"{PATH}/{report.document_key}/en/versions")["versions"]
    assert [each.get("reason") for each in found] == [None, "The page was unpublished."]
