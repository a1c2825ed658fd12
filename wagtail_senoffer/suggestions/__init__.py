"""What could be said better in a Document: suggestions beside the text; none stops anything.

No images are looked at: an answer can't hold any (`blocks.FEATURES` has no image), and the
cleaning of a Document drops them. That an answer is only a file, completeness says.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from ..completeness import Problem
from ..document import Document
from .glossary import Glossary, Term, merge, shipped_glossary
from .jargon import unexplained
from .links import Fault, LinkFault, addresses, faulty_links, lost_link, vague_links
from .personal import STRONG, personal_data
from .reading import hard_to_read

__all__ = [
    "STRONG",
    "Fault",
    "Glossary",
    "LinkFault",
    "Term",
    "addresses",
    "find_suggestions",
    "lost_link",
    "merge",
    "shipped_glossary",
]


def find_suggestions(
    document: Document,
    glossary: Glossary,
    dead_links: Mapping[str, LinkFault] | None = None,
    *,
    on: date,
) -> list[Problem]:
    """Return what could be better, all of it warnings: those whose code is in STRONG first.

    `dead_links` has what is known of addresses that don't lead where they should; `on` is
    today. Answers that an offer draws from the report are the report's to improve. The
    messages quote what was found, also what looks like personal data: show them to the
    page's editors, and keep or log them nowhere.
    """
    return [
        *personal_data(document, on),
        *(_about_words(document, glossary) if document.locale.startswith("en") else ()),
        *vague_links(document),
        *faulty_links(document, dead_links or {}),
    ]


def _about_words(document: Document, glossary: Glossary) -> Iterator[Problem]:
    """Yield what can only be told of a text in English."""
    yield from hard_to_read(document)
    yield from unexplained(document, glossary)
