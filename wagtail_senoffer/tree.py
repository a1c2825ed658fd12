"""Where in Wagtail's tree of pages documents are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Q

from .models.documents import DocumentMixin


def document_types() -> list[Any]:
    """Return the page types that are documents, a project's own among them."""
    return [model for model in apps.get_models() if issubclass(model, DocumentMixin)]


def documents_below(page: Any) -> Iterator[DocumentMixin]:
    """Yield the documents at a page and below it; of None, all there are."""
    for model in document_types():
        pages = model._default_manager.select_related("locale")
        yield from pages.filter(path__startswith=page.path) if page else pages.all()


def documents_of(pages: Iterable[Any]) -> dict[Any, list[DocumentMixin]]:
    """Return the documents at and below pages, by the pages' keys: a query for each page type."""
    pages = list(pages)
    found: dict[Any, list[DocumentMixin]] = defaultdict(list)
    below = reduce(or_, (Q(path__startswith=page.path) for page in pages), Q(pk__in=()))
    for model in document_types():
        documents = model._default_manager.filter(below, alias_of=None)
        for document in documents.select_related("locale").order_by("path"):
            for page in pages:
                if document.path.startswith(page.path):
                    found[page.pk].append(document)
    return found
