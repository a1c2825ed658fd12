"""How hard a text is to read: the Automated Readability Index.

It counts letters, words and sentences. Formulas with syllables or word lists are no better
on texts of this kind, and the libraries that have them (textstat) download dictionaries.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

from django.utils.translation import gettext as _

from ..completeness import Problem
from ..document import Document
from .texts import parts_of, suggestion

# Of fewer words than this the index says nothing that lasts.
_FEWEST_WORDS = 100
# The target is 9. The index is rough, and who is told of every text listens to none.
TARGET_AGE, _TOLERATED_AGE = 9, 14
# One sentence without an end may come to thousands.
_OLDEST = 25
_WORDS_SHOWN = 12
_SENTENCE_END = re.compile(r"[.!?][\"'”’)]?[ \t]+")
# What ends in a full stop but no sentence.
_ABBREVIATED = re.compile(r"(?<!\w)(?:Mrs?|Ms|Dr|St|e\.g|i\.e|etc|approx|no|No|vs)\.$")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def reading_age(text: str) -> int:
    """Return the age at which most can read a text with ease; 5 for one without words."""
    sentences = split_sentences(text)
    words = sum(len(sentence) for sentence in sentences)
    if not words:
        return 5
    letters = sum(len(_LETTER_OR_DIGIT.findall(word)) for each in sentences for word in each)
    # Senter and Smith (1967). It gives a school grade; children of the first are 6.
    grade = 4.71 * letters / words + 0.5 * words / len(sentences) - 21.43
    return max(round(grade) + 5, 5)


def split_sentences(text: str) -> list[list[str]]:
    """Return the words of each sentence; a line's end ends one, too."""
    found = (_words(piece) for line in text.splitlines() for piece in _pieces(line))
    return [words for words in found if words]


def _pieces(line: str) -> Iterator[str]:
    ends = [
        match.end()
        for match in _SENTENCE_END.finditer(line)
        if not _ABBREVIATED.search(line, max(match.start() - 8, 0), match.start() + 1)
    ]
    return (line[start:end] for start, end in pairwise([0, *ends, len(line)]))


def _words(piece: str) -> list[str]:
    return [word for word in piece.split() if _LETTER_OR_DIGIT.search(word)]


def hard_to_read(document: Document) -> Iterator[Problem]:
    """Yield the sections that are clearly harder than they need to be, with what to shorten."""
    for part in parts_of(document):
        sentences = split_sentences(part.running)
        if sum(map(len, sentences)) < _FEWEST_WORDS:
            continue
        age = reading_age(part.running)
        if age > _TOLERATED_AGE:
            longest = max(sentences, key=len)
            message = _(
                "“%(title)s” is hard to read (like a text for age %(age)d; aim for %(target)d). "
                "Use shorter sentences and everyday words. Start with the longest, which has "
                "%(count)d words: “%(words)s”."
            )
            words = {"title": part.title, "age": min(age, _OLDEST), "target": TARGET_AGE}
            words |= {"count": len(longest), "words": _beginning(longest)}
            yield suggestion("hard-to-read", message % words, part.code)


def _beginning(sentence: list[str]) -> str:
    more = "…" if len(sentence) > _WORDS_SHOWN else ""
    return " ".join(sentence[:_WORDS_SHOWN]).rstrip(".,;:") + more
