"""Documents to find suggestions in, and what was found."""

from datetime import date
from typing import Any

from tests.test_document import document, section
from wagtail_senoffer.document import Document, Words, clean_html
from wagtail_senoffer.suggestions import find_suggestions, shipped_glossary

TODAY = date(2026, 11, 25)


def text(words: str) -> Words:
    """Return a rich text of paragraphs."""
    return Words(html="".join(f"<p>{line}</p>" for line in words.splitlines()), text=words)


def saying(words: str, **fields: Any) -> Document:
    """Return a report with one section that says some words."""
    return document(section("teaching", body=text(words)), **fields)


def linking(html: str) -> Document:
    """Return a report with one section of HTML."""
    return document(section("teaching", body=clean_html(html, "https://school.example/")))


def found(about: Document, **options: Any) -> list[str]:
    """Return the codes of what is suggested."""
    return [problem.code for problem in suggested(about, **options)]


def suggested(about: Document, **options: Any) -> list[Any]:
    """Return what is suggested with the shipped glossary, today."""
    return find_suggestions(about, **{"glossary": shipped_glossary(), "on": TODAY, **options})
