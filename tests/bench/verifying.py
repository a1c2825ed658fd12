"""What verifying a long record costs beside a plain SHA-256 of the same words."""

import hashlib
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db import connection, connections, transaction

from tests import factories
from wagtail_senoffer.document import Document, sha256
from wagtail_senoffer.models import DocumentHead, DocumentText, Version, Withdrawal
from wagtail_senoffer.models.versions import heads
from wagtail_senoffer.publishing import Shelf
from wagtail_senoffer.rulesets import Kind
from wagtail_senoffer.verification.rows import Reader

VERSIONS = int(os.environ.get("SENOFFER_BENCH_VERSIONS", "100000"))
# A tenth of them first: memory must not grow with what comes after.
FIRST = VERSIONS // 10
DOCUMENTS, LOCALE = 200, "bench"
ROUNDS = 3
MAX_RATIO, MAX_GROWTH = 3, 1.2
_BATCH = 200
_START = datetime(2026, 9, 1, tzinfo=UTC)


def run() -> int:
    """Print each ratio with its limit; return 1 if one is missed."""
    texts = _Texts()
    _fill(texts, 0, FIRST)
    grown_first = _growth()
    _fill(texts, FIRST, VERSIONS)
    grown = _growth()
    words = [texts.text(number).encode() for number in range(_BATCH)]
    times: dict[str, list[float]] = {"hash": [], "read and hash": [], "verify": []}
    for _round in range(ROUNDS):
        times["hash"].append(_timed(lambda: _hash_in_memory(words)))
        times["read and hash"].append(_timed(_read_and_hash))
        times["verify"].append(_timed(_verify))
    seconds = {name: statistics.median(found) for name, found in times.items()}
    told = ", ".join(f"{name} {value:.2f}" for name, value in seconds.items())
    print(f"{connection.vendor}, {VERSIONS} versions of {len(words[0])} bytes, {ROUNDS} rounds")
    print(f"medians; s: {told}; memory grew by {grown_first} and {grown} KiB")
    print(f"verify against reading and hashing: {seconds['verify'] / seconds['read and hash']:.2f}")
    held = (
        _told("verify against plain SHA-256", seconds["verify"] / seconds["hash"], MAX_RATIO),
        _told(f"memory for {VERSIONS} against {FIRST}", grown / grown_first, MAX_GROWTH),
    )
    return int(not all(held))


class _Texts:
    """Full-size reports that differ in a number."""

    def __init__(self) -> None:
        school = factories.make_school(factories.make_home())
        page = factories.make_report(school)
        self.document: Document = page.build_document(Shelf(page.school_key, page.language))
        self.keys = [uuid4() for _each in range(DOCUMENTS)]
        mark = self.document.model_copy(update={"title": "NUMBER"})
        self._before, self._after = mark.canonical_text().split("NUMBER")

    def text(self, number: int) -> str:
        """Return the text of the n-th Version of all."""
        return f"{self._before}Report {number:08}{self._after}"

    def document_key(self, number: int) -> UUID:
        """Return the document that the n-th Version of all belongs to."""
        return self.keys[number % DOCUMENTS]


def _fill(texts: _Texts, first: int, end: int) -> None:
    """Store Versions with their words, sealed and chained, as publishing would."""
    newest = {each.document_key: each.latest for each in heads().filter(locale=LOCALE)}
    for begin in range(first, end, _BATCH):
        numbers = range(begin, min(begin + _BATCH, end))
        words = [texts.text(number) for number in numbers]
        versions = []
        for number, text in zip(numbers, words, strict=True):
            key = texts.document_key(number)
            newest[key] = _version(key, number, text, newest.get(key))
            versions.append(newest[key])
        with transaction.atomic():
            DocumentText.objects.bulk_create(
                DocumentText(each.text_id, text) for each, text in zip(versions, words, strict=True)
            )
            Version.objects.bulk_create(versions)
    _withdraw(newest)


def _version(key: UUID, number: int, text: str, before: Version | None) -> Version:
    version = Version(
        document_key=key,
        locale=LOCALE,
        kind=Kind.REPORT,
        number=before.number + 1 if before else 1,
        text_id=sha256(text),
        previous_hash=before.record_hash if before else "",
        created_at=_START + timedelta(seconds=number),
        user_pk="1",
        change_note="The new term's clubs and times.",
    )
    version.record_hash = version.computed_hash()
    return version


def _withdraw(newest: dict[UUID, Version]) -> None:
    """Make the heads tell of the newest Versions, and withdraw them: they have no pages."""
    DocumentHead.objects.filter(locale=LOCALE).delete()
    school = next(iter(newest))
    DocumentHead.objects.bulk_create(
        DocumentHead(document_key=key, locale=LOCALE, school_key=school, latest=version)
        for key, version in newest.items()
    )
    withdrawals = [Withdrawal(version=each, reason="vanished") for each in newest.values()]
    for each in withdrawals:
        each.record_hash = each.computed_hash()
    Withdrawal.objects.bulk_create(withdrawals)


def _hash_in_memory(words: list[bytes]) -> None:
    """Hash as many bytes as there are in the record, and do nothing else."""
    for _batch in range(VERSIONS // len(words)):
        for each in words:
            hashlib.sha256(each).hexdigest()


def _read_and_hash() -> None:
    """Read the words in the order in which they are verified, and hash them."""
    reader = Reader(connection)
    place = "rowid" if connection.vendor == "sqlite" else "sha256"
    sql = (
        f"SELECT {place}, {reader.words('text')} FROM wagtail_senoffer_documenttext "  # noqa: S608
        f"WHERE {place} > %s ORDER BY {place} LIMIT %s"
    )
    for _key, text in reader.rows(sql, start=-1 if place == "rowid" else "", size=64):
        hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def _verify() -> None:
    out = StringIO()
    call_command("senoffer_verify", stdout=out)
    assert "Found: error 0, warning 0" in out.getvalue(), out.getvalue()


def _timed(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def _growth() -> int:
    """Return by how many KiB a process grows that verifies: a child, so that each starts alike."""
    connections.close_all()
    receive, send = os.pipe()
    pid = os.fork()
    if not pid:
        before = _resident()
        _verify()
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        os.write(send, str(grown).encode())
        os._exit(0)
    os.close(send)
    os.waitpid(pid, 0)
    with os.fdopen(receive) as told:
        return int(told.read())


def _resident() -> int:
    """Return the memory that this process has now, in KiB."""
    with open("/proc/self/statm") as told:
        return int(told.read().split()[1]) * resource.getpagesize() // 1024


def _told(name: str, value: float, limit: float) -> bool:
    held = value <= limit
    print(f"{'ok  ' if held else 'MISS'} {name}: {value:.2f} (at most {limit})")
    return held
