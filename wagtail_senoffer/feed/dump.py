"""The whole feed in one file: every service, one a line, in constant memory.

With a DUMP_DIR the file is made once for each state of the feed and sent as it lies there.
"""

import gzip
import os
import tempfile
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
    if not (folder and zipped):
        return StreamingHttpResponse(lines(services(scope)), content_type=NDJSON)
    path = Path(folder) / f"services-{scope.key}-{newest[0]}-{newest[1]}.ndjson.gz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, lines(services(scope)), zipped=True)
        _tidy(path)
    response = _File(path.open("rb"), content_type=NDJSON)
    response["Content-Encoding"] = "gzip"
    return response


def write(path: Path, contents: Iterable[bytes], *, zipped: bool) -> None:
    """Write a file whole or not at all. Raises OSError if the folder can't be written to."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as raw:
            _fill(raw, contents, zipped)
            raw.flush()
            os.fsync(raw.fileno())
        # As any new file: mkstemp lets only its owner read.
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _fill(raw: IO[bytes], contents: Iterable[bytes], zipped: bool) -> None:
    if not zipped:
        raw.writelines(contents)
        return
    # No name and no time in it: the same content is the same bytes.
    with gzip.GzipFile(filename="", mode="wb", fileobj=raw, compresslevel=6, mtime=0) as file:
        for each in contents:
            file.write(each)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _tidy(newest: Path) -> None:
    """Remove the dumps of earlier states; who is reading one keeps it."""
    scope = newest.name.rsplit("-", 2)[0]
    for path in newest.parent.glob(f"{scope}-*.ndjson.gz"):
        if path != newest:
            path.unlink(missing_ok=True)
