"""Where the public reads a document: at its page, or where its page was."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..models.documents import DocumentMixin
from ..models.versions import DocumentHead, Version, heads


@dataclass(frozen=True)
class Place:
    """The address of a document's faces. `page` is None once the page was deleted.

    `url` is for links on the same site, `full_url` is absolute, from the Wagtail Site
    and never from the request; both end with a slash.
    """

    key: UUID
    locale: str
    url: str
    full_url: str
    school_url: str | None = None
    page: DocumentMixin | None = None

    @classmethod
    def of_page(cls, page: DocumentMixin) -> "Place":
        """Return the place of a page."""
        school = page.get_parent() if page.school_key != page.document_key else None
        return cls(
            key=page.document_key,
            locale=page.language,
            # A page that is new in a preview has no address yet.
            url=_slashed(page.url_path and page.get_url()),
            full_url=_slashed(page.url_path and page.full_url),
            school_url=school and school.get_url(),
            page=page,
        )

    @classmethod
    def of_head(cls, head: DocumentHead, url: str) -> "Place":
        """Return the place of a document whose page was deleted: its address as of today."""
        return cls(head.document_key, head.locale, _slashed(url), _slashed(url))

    def head(self) -> DocumentHead | None:
        """Return the head of the document if the public may read it here, else None.

        Wagtail routes to children of unpublished pages; the public must not come by there
        to what is still offered. What was withdrawn says so wherever it stands.
        """
        head = heads().filter(document_key=self.key, locale=self.locale).first()
        if head is None or head.latest is None:
            return None
        if head.offered and self.page and self.page.get_ancestors().filter(live=False).exists():
            return None
        return head

    def versions(self) -> Any:
        """Return the document's Versions."""
        return Version.objects.filter(document_key=self.key, locale=self.locale)


def _slashed(url: str | None) -> str:
    """Return an address with the slash that WAGTAIL_APPEND_SLASH may have left out."""
    return f"{url.rstrip('/')}/" if url else ""
