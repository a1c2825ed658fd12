"""The longest text that a page can hold takes its time, and no more than that."""

import time

import pytest

from tests.suggestions.helpers import TODAY, saying
from tests.test_document import document, section
from wagtail_senoffer.document import MAX_HTML_BYTES, Words
from wagtail_senoffer.suggestions import find_suggestions, shipped_glossary

# Beginnings of what is searched for, over and over, so that nothing is ever found whole.
PIECES = {
    "words": "Aa ",
    "capitals": "A",
    "digits": "1234567890 ",
    "upn": "A80120000500",
    "nhs": "123 456 789 ",
    "born": "born on 3 ",
    "dates": "3 May 20 ",
    "names": "Jack Aaaa in Year ",
    "possessive": "Oliver's new ",
    "called": "child called ",
    "stops": "Dr. e.g. ",
    "brackets": "a b (",
    "term": "ELSA (a ",
    "terms": "graduated approac ",
    "lines": "a\n",
    "blanks": ".  ",
}


def seconds(about):
    """Return the processor's time for a Document, at its best of three."""
    times = []
    for _again in range(3):
        start = time.process_time()
        find_suggestions(about, shipped_glossary(), on=TODAY)
        times.append(time.process_time() - start)
    return min(times)


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_eight_times_the_text_takes_about_eight_times_the_time(piece):
    """With the square of the length it would be 64 times."""
    short, long = (
        saying((piece * (size // len(piece) + 1))[:size])
        for size in (MAX_HTML_BYTES // 8, MAX_HTML_BYTES)
    )
    assert seconds(long) / max(seconds(short), 0.001) < 28


def test_so_do_eight_times_the_links():
    """A text of 64 KB has a link for every 60 bytes of it."""

    def linked(count):
        link = '<a href="https://a.example/">here</a> '
        return document(section("teaching", body=Words(html=link * count, text="here " * count)))

    assert seconds(linked(1700)) / max(seconds(linked(212)), 0.001) < 28
