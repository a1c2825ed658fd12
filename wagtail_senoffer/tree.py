"""Where in Wagtail's tree of pages documents are."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from .models.documents import DocumentMixin


def document_types() -> list[Any]:
    """Return the page types that are documents, a project's own among them."""
    return [model for model in apps.get_models() if issubclass(model, DocumentMixin)]


def documents_below(page: Any) -> Iterator[DocumentMixin]:
    """Yield the documents at a page and below it; of None, all there are."""
    for model in document_types():
        pages = model._default_manager.select_related("locale")
        yield from pages.filter(path__startswith=page.path) if page else pages.all()
