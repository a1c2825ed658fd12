"""Where in Wagtail's tree of pages documents are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.db.models.functions import Left
from django.db.models.lookups import In

from .models.documents import DocumentMixin


def document_types() -> list[Any]:
    """Return the page types that are documents, a project's own among them."""
    return [model for model in apps.get_models() if issubclass(model, DocumentMixin)]


def documents_below(page: Any) -> Iterator[DocumentMixin]:
    """Yield the documents at a page and below it; of None, all there are."""
    for model in document_types():
        pages = model._default_manager.select_related("locale")
        yield from pages.filter(path__startswith=page.path) if page else pages.all()


def at_or_below(paths: Iterable[str]) -> Q:
    """Return the condition that a page stands at or below one of some paths.

    One comparison for each length of path: SQLite takes no more than a thousand conditions.
    """
    by_length: dict[int, set[str]] = defaultdict(set)
    for path in paths:
        by_length[len(path)].add(path)
    found = (Q(In(Left("path", length), sorted(these))) for length, these in by_length.items())
    return reduce(or_, found, Q(pk__in=()))


def documents_of(pages: Iterable[Any]) -> dict[Any, list[DocumentMixin]]:
    """Return the documents at and below pages, by the pages' keys: a query for each page type."""
    keys = {page.path: page.pk for page in pages}
    lengths = sorted({len(path) for path in keys})
    found: dict[Any, list[DocumentMixin]] = defaultdict(list)
    for model in document_types():
        documents = model._default_manager.filter(at_or_below(keys), alias_of=None)
        for document in documents.select_related("locale").order_by("path"):
            for length in lengths:
                key = keys.get(document.path[:length])
                if key is not None and length <= len(document.path):
                    found[key].append(document)
    return found
