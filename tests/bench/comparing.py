"""What comparing two reports costs beside reading them."""

import statistics
import time
from collections.abc import Callable

from example_site import content
from tests import factories
from wagtail_senoffer.comparison import compare, summary
from wagtail_senoffer.document import Document, Section, Words
from wagtail_senoffer.models import SENInformationReportPage
from wagtail_senoffer.publishing import Shelf

ROUNDS = 120
MAX_COMPARE = 20
_CHANGED_SECTIONS = 8


def run() -> int:
    """Print the ratio with its limit; return 1 if it is missed."""
    texts = _texts()
    before, after = (Document.from_text(text) for text in texts)
    seconds = _interleaved(
        {
            "parse": lambda: [Document.from_text(text) for text in texts],
            "compare": lambda: _compare_and_show(before, after),
            "summary": lambda: summary(before, after),
        }
    )
    ratio = seconds["compare"] / seconds["parse"]
    held = ratio <= MAX_COMPARE
    told = ", ".join(f"{name} {value * 1000:.2f}" for name, value in seconds.items())
    print(f"{len(texts[0])} characters a report, {ROUNDS} rounds, medians; ms: {told}")
    name = "compare and show against reading both"
    print(f"{'ok  ' if held else 'MISS'} {name}: {ratio:.2f} (at most {MAX_COMPARE})")
    return int(not held)


def _texts() -> list[str]:
    """Return two texts of a full report, with words changed in some of its sections."""
    school = factories.make_school(factories.make_home())
    page: SENInformationReportPage = factories.make_report(school)
    content.publish(page)
    before = page.build_document(Shelf(page.school_key, page.language))
    long = [each.id for each in before.sections if len(each.body.text.split("\n")) > 3]
    chosen = set(long[:_CHANGED_SECTIONS])
    assert len(chosen) == _CHANGED_SECTIONS
    sections = tuple(_reworded(each) if each.id in chosen else each for each in before.sections)
    after = before.model_copy(update={"sections": sections})
    return [each.canonical_text() for each in (before, after)]


def _reworded(section: Section) -> Section:
    """Return a section with words changed in every other paragraph, one moved, one new."""
    first, *lines = section.body.text.split("\n")
    lines = [_other_words(line) if number % 2 else line for number, line in enumerate(lines)]
    lines = [*lines, first, "This paragraph was written for the new school year."]
    html = "".join(f"<p>{line}</p>" for line in lines)
    return section.model_copy(update={"body": Words(html=html, text="\n".join(lines))})


def _other_words(line: str) -> str:
    return " ".join("term" if number % 9 == 4 else word for number, word in enumerate(line.split()))


def _compare_and_show(before: Document, after: Document) -> None:
    for section in compare(before, after).changed:
        for field in section.fields:
            field.lines()


def _interleaved(subjects: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the median seconds of each subject, measured in turns."""
    times: dict[str, list[float]] = {name: [] for name in subjects}
    for number in range(ROUNDS + 10):
        for name, act in subjects.items():
            start = time.perf_counter()
            act()
            if number >= 10:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}
