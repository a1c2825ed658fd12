"""The whole feed in one file: every service, one a line, in constant memory.

With a DUMP_DIR the file is made once for each state of the feed and sent as it lies there.
"""

import gzip
import logging
import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse

from .. import conf
from ..models.feed import ItemKind, State
from .lists import streamed
from .scope import Scope
from .wire import Pieces, lines

NDJSON = "application/x-ndjson"

logger = logging.getLogger(__name__)


class _File(FileResponse):
    # Django's 4 KB are a thousand steps for each few megabytes.
    block_size = 256 * 1024


def services(scope: Scope) -> Iterator[Pieces]:
    """Yield every live service of a scope, whole, as JSON text."""
    rows = scope.changes(ItemKind.SERVICE).filter(state=State.ACTIVE)
    return streamed(rows, "body")


def answer(
    scope: Scope, newest: tuple[int, int], zipped: bool
) -> HttpResponse | StreamingHttpResponse:
    """Answer with all services; `zipped` says whether gzip is welcome.

    `newest` is number and time of the newest change: a database that is restored from a
    backup gives its numbers again, but not its times.
    """
    folder = conf.get("DUMP_DIR")
    if folder and zipped:
        try:
            return _stored(Path(folder), scope, newest)
        except OSError:
            # A full disk, or a folder that is not ours: nobody else's problem.
            logger.exception("A dump could not be kept in %s", folder)
    return StreamingHttpResponse(lines(services(scope)), content_type=NDJSON)


def _stored(folder: Path, scope: Scope, newest: tuple[int, int]) -> FileResponse:
    state = "-".join(str(each) for each in newest)
    path = folder / f"services-{scope.key}-{state}.ndjson.gz"
    try:
        file = path.open("rb")
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        write(path, lines(services(scope)), zipped=True)
        file = path.open("rb")
        forget(but=f"-{state}.ndjson.gz")
    response = _File(file, content_type=NDJSON)
    response["Content-Encoding"] = "gzip"
    return response


def forget(but: str = "-") -> None:
    """Remove the dumps that lie ready, but for those of one state; who reads one keeps it."""
    if folder := conf.get("DUMP_DIR"):
        for path in Path(folder).glob("services-*.ndjson.gz"):
            if not path.name.endswith(but):
                path.unlink(missing_ok=True)


def write(path: Path, contents: Iterable[bytes], *, zipped: bool) -> None:
    """Write a file whole or not at all. Raises OSError if the folder can't be written to."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    # As any new file, so that another account can serve it.
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            _fill(raw, contents, zipped)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _fill(raw: IO[bytes], contents: Iterable[bytes], zipped: bool) -> None:
    if not zipped:
        raw.writelines(contents)
        return
    # No name and no time in it: the same content is the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file:
        for each in contents:
            file.write(each)
