"""Reads a table from a CSV file in whatever form a register or a spreadsheet saved it.

Pure Python: no database. A line at a time, so that a file of 60 MB costs the memory of one.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

# A cell of more letters is none of a register: a quote was opened and never closed.
MAX_CELL = 100_000
_CHUNK = 1 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16, whose mark this one begins with.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class NotATable(ValueError):
    """A file can't be read as a table; the text says what to do about it."""


@dataclass(frozen=True)
class Line:
    """A row: where it starts in the file, counted from 1, and its cells by column."""

    number: int
    cells: dict[str, str]

    def get(self, column: str) -> str | None:
        """Return a cell without blanks around it; None where the table lacks the column."""
        found = self.cells.get(key_of(column))
        return None if found is None else found.strip()


class Table:
    """The rows of a CSV file that is open for reading as bytes and can be rewound.

    Windows-1252, UTF-8 with or without a byte order mark, UTF-16 and -32; comma, semicolon or tab,
    with or without Excel's "sep=" line. Raises NotATable for what is none.
    """

    def __init__(self, file: BinaryIO) -> None:
        encoding = _encoding(file)
        file.seek(0)
        # What Windows-1252 does not know must not stop 52,000 rows: see `Line` for one's own.
        kept: Any = _Kept(file)
        self._text = io.TextIOWrapper(
            io.BufferedReader(kept), encoding=encoding, errors="replace", newline=""
        )
        first = self._text.readline(MAX_CELL)
        self._skipped = int(first.lower().startswith("sep="))
        first = self._text.readline(MAX_CELL) if self._skipped else first
        delimiter = max(",;\t", key=first.count)
        self.columns = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
        if not any(self.columns):
            raise NotATable(_("The file is empty. It must start with the names of its columns."))
        if any(unicodedata.category(letter) == "Cc" for letter in "".join(self.columns)):
            raise NotATable(_("This is not a CSV file. Save the table as “CSV (comma delimited)”."))
        self._delimiter = delimiter

    def has(self, column: str) -> bool:
        """Say whether the table has a column of that name."""
        return key_of(column) in map(key_of, self.columns)

    def __iter__(self) -> Iterator[Line]:
        """Yield the rows that are not blank, once. Raises NotATable where it can't go on."""
        keys = [key_of(name) for name in self.columns]
        csv.field_size_limit(MAX_CELL)
        rows = csv.reader(self._text, delimiter=self._delimiter)
        start = self._skipped + 2
        while True:
            try:
                row = next(rows, None)
            except csv.Error as error:
                message = _(
                    "Line %(line)d can't be read: is a quotation mark open there? Correct it, "
                    "or download the file again."
                )
                raise NotATable(message % {"line": start}) from error
            if row is None:
                return
            if any(cell.strip() for cell in row):
                # Of two columns of one name the first counts; what a short row lacks is empty.
                cells = dict.fromkeys(keys, "")
                cells.update(reversed(list(zip(keys, row, strict=False))))
                yield Line(start, cells)
            start = self._skipped + 2 + rows.line_num


class _Kept(io.RawIOBase):
    """A file that stays open when the text that was read from it goes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        found = self._file.read(len(buffer))
        buffer[: len(found)] = found
        return len(found)


def key_of(column: str) -> str:
    """Return a column's name as names are compared: without case, blanks or signs."""
    return "".join(letter for letter in column.casefold() if letter.isalnum())


def _encoding(file: BinaryIO) -> str:
    file.seek(0)
    head = file.read(4)
    if head.startswith(_WORKBOOKS):
        raise NotATable(
            _("This is an Excel workbook. Open it and save it as “CSV (comma delimited)”.")
        )
    for mark, name in _BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return name
    if len(head) == 4 and 0 in head:
        return "utf-16-le" if head[1] == 0 else "utf-16-be"
    return "utf-8" if _is_utf8(file) else "cp1252"


def _is_utf8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
