"""What must be true of the public record whatever happened: asked by several tests."""

from typing import Any

from wagtail_senoffer.document import sha256
from wagtail_senoffer.models import DocumentHead, DocumentMixin, Version
from wagtail_senoffer.publishing import Shelf


def assert_agrees(page: Any) -> None:
    """Assert P2 and P4 of a live page: it equals its newest Version; the chain is whole."""
    page = type(page).objects.get(pk=page.pk)
    assert isinstance(page, DocumentMixin)
    versions = list(
        Version.objects.filter(document_key=page.document_key, locale=page.language)
        .select_related("text")
        .order_by("number")
    )
    assert [each.number for each in versions] == list(range(1, len(versions) + 1))
    previous = ""
    for version in versions:
        assert version.previous_hash == previous
        assert version.computed_hash() == version.record_hash
        assert sha256(version.text.text) == version.text_id
        previous = version.record_hash
    head = DocumentHead.objects.get(document_key=page.document_key, locale=page.language)
    assert head.latest_id == versions[-1].pk
    if page.live:
        built = page.build_document(Shelf(page.school_key, page.language))
        assert built.canonical_text() == versions[-1].text.text
