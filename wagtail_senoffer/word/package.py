"""Opens a .docx without trusting it: only parts that were looked at are handed on.

A .docx is a zip of XML files that anybody can make. Its headers may lie, it may unpack to
far more than it weighs, and its XML may grow when it is parsed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_ENTRIES = 2_000
# All that is in the file, pictures too, by its own account.
MAX_UNPACKED_BYTES = 50 * 1024 * 1024
# What is unpacked here: its texts. A report of 200 pages has about 3 MB.
MAX_XML_BYTES = 20 * 1024 * 1024
# Deflate can pack a thousand to one; Word's own files rarely pass thirty.
MAX_RATIO = 200
SMALL = 1024 * 1024
# The converter holds every element in memory and calls itself for each level of nesting.
MAX_ELEMENTS = 200_000
MAX_DEPTH = 100

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TYPES = "[Content_Types].xml"
# Word for the web names it document2.xml.
_MAIN = "word/document"
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)

TOO_LARGE = gettext_lazy(
    "The document is too large to be read here. Copy the part that you need into a new "
    "Word document, save it and try again."
)
BROKEN = gettext_lazy(
    "The document is damaged, or is not what Word writes. Open it in Word, save it again "
    "as “Word Document (.docx)” and try again."
)
NOT_WORD = gettext_lazy(
    "This is not a Word document, whatever its name says. Open it in Word, save it as "
    "“Word Document (.docx)” and try again."
)
PDF = gettext_lazy(
    "This is a PDF. Open it in Word, save it there as “Word Document (.docx)” and try again."
)
OLD = gettext_lazy(
    "This is an old kind of Word document (.doc). Open it in Word, save it as "
    "“Word Document (.docx)” and try again."
)
LOCKED = gettext_lazy(
    "The document is locked with a password. Open it in Word, take the password off, save "
    "it and try again."
)
MACROS = gettext_lazy(
    "This document has macros (small programs) in it, so it is not opened here. In Word, save "
    "it as “Word Document (.docx)”, which leaves them out, and try again."
)


class NotReadable(Exception):
    """A file can't be read as a Word document. The text says what its owner has to do."""

    def __init__(self, message: str | Promise) -> None:
        self.message = str(message)
        super().__init__(self.message)


def safe_copy(data: bytes) -> io.BytesIO:
    """Return a .docx that holds only the XML of `data`, each piece looked at before.

    Pictures, fonts and everything else stay behind. Raises NotReadable for whatever is no
    plain Word document, or one that is too large to be read in reasonable time.
    """
    _refuse_other_kinds(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            entries = _entries(source)
            parts = dict(_texts(source, entries))
    except _BROKEN as error:
        raise NotReadable(BROKEN) from error
    copy = io.BytesIO()
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    copy.seek(0)
    return copy


def _refuse_other_kinds(data: bytes) -> None:
    if len(data) > MAX_FILE_BYTES:
        message = _(
            "The file is larger than %(size)d MB. Take its pictures out, save it and try again."
        )
        raise NotReadable(message % {"size": MAX_FILE_BYTES // (1024 * 1024)})
    if not data:
        raise NotReadable(_("The file is empty. Choose another one."))
    if data.startswith(_OLE):
        raise NotReadable(LOCKED if _ENCRYPTED in data else OLD)
    if data.lstrip().startswith(b"%PDF"):
        raise NotReadable(PDF)
    if not data.startswith(b"PK"):
        raise NotReadable(NOT_WORD)


def _entries(source: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return what is in a package, by its own account. Raises NotReadable."""
    entries = source.infolist()
    names = {entry.filename for entry in entries}
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise NotReadable(LOCKED)
    if _TYPES not in names or not any(name.startswith(_MAIN) for name in names):
        raise NotReadable(NOT_WORD)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotReadable(MACROS)
    if len(entries) > MAX_ENTRIES or sum(each.file_size for each in entries) > MAX_UNPACKED_BYTES:
        raise NotReadable(TOO_LARGE)
    return entries


def _texts(source: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes]]:
    """Yield the XML files of a package, once they were looked at."""
    left, elements = MAX_XML_BYTES, MAX_ELEMENTS
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotReadable(BROKEN)
        if entry.file_size > max(SMALL, MAX_RATIO * entry.compress_size):
            raise NotReadable(TOO_LARGE)
        with source.open(entry) as file:
            # One byte more than may be there: a header says what it likes.
            content = file.read(left + 1)
        left -= len(content)
        if left < 0:
            raise NotReadable(TOO_LARGE)
        elements -= _look_at(content, elements)
        yield entry.filename, content


def _look_at(content: bytes, limit: int) -> int:
    """Return how many elements an XML file has. Raises NotReadable for one that is not plain."""
    parser = expat.ParserCreate()
    depth = count = 0

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > MAX_DEPTH or count > limit:
            raise NotReadable(TOO_LARGE)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def declaration(*_arguments: object) -> None:
        # Word never writes one. With one, few bytes can stand for gigabytes, or for a file.
        raise NotReadable(BROKEN)

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = declaration
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise NotReadable(BROKEN) from error
    return count
