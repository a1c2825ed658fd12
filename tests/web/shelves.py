"""Puts Versions on a school's shelf as publishing does, but cheaply, or past the gate."""

import json
from typing import Any

from wagtail_senoffer import record
from wagtail_senoffer.document import Approval, Document, sha256
from wagtail_senoffer.models import DocumentText, Version
from wagtail_senoffer.publishing import Shelf

REPORT = "/larkfield/sen-information-report/"
BASE = f"http://school.example{REPORT}"


def versions(page: Any) -> Any:
    """Return the Versions of a page, oldest first."""
    return Version.objects.filter(document_key=page.document_key).order_by("number")


def newest(page: Any) -> Document:
    """Return the Document of a page's newest Version."""
    return versions(page).last().document()


def put(page: Any, *, approved_by: str = "", change_note: str = "", **changes: Any) -> Version:
    """Append a Version that differs from the newest one in some fields of the Document."""
    if approved_by:
        changes["approval"] = Approval(by=approved_by)
    document = newest(page).model_copy(update=changes)
    return put_document(page, document, change_note=change_note)


def put_document(page: Any, document: Document, **more: Any) -> Version:
    """Append a Document as the next Version."""
    shelf = Shelf(page.school_key, page.language)
    return record.append(shelf, document, document.canonical_text(), "", **more)


def put_data(page: Any, **changes: Any) -> Version:
    """Append a Version whose stored text has other data than any release writes."""
    data = json.loads(newest(page).canonical_text()) | changes
    return put_text(page, json.dumps(data))


def put_text(page: Any, text: str) -> Version:
    """Append a Version with any words whatever."""
    shelf = Shelf(page.school_key, page.language)
    return record.append(shelf, _Titles(shelf.head(page.document_key).latest), text, "")


class _Titles:
    """What record.append asks of a Document, of one whose text can't be read."""

    def __init__(self, before: Version) -> None:
        self.key, self.locale, self.kind = before.document_key, before.locale, before.kind


def forge(version: Version, text: str) -> None:
    """Store other words under a Version's hash, as only the database's owner could."""
    DocumentText.objects.filter(pk=version.text_id).delete()
    DocumentText.objects.bulk_create([DocumentText(version.text_id, text)])
    assert sha256(text) != version.text_id


def links(response: Any) -> dict[str, str]:
    """Return the addresses of a Link header by their relation."""
    pairs = (each.split("; rel=") for each in response["Link"].split(", "))
    return {relation.strip('"'): url.strip("<>") for url, relation in pairs}
