"""Makes Word documents for the tests: good ones, and ones that nobody should open."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx

Writer = Callable[[Any], None]


def saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def make(*lines: str, style: str = "headings") -> bytes:
    """Make a document: a line that starts with "# " is a heading, "- " an item, else words.

    `style` says what a heading looks like: "headings", "bold", "numbered", "caps" or "plain".
    """
    document = docx.Document()
    number = 0
    for line in lines:
        if line.startswith("- "):
            document.add_paragraph(line[2:], style="List Bullet")
        elif not line.startswith("#"):
            document.add_paragraph(line)
        else:
            number += 1
            marks, heading = line.split(" ", 1)
            _add_heading(document, heading, len(marks), style, number)
    return saved(document)


def _add_heading(document: Any, heading: str, level: int, style: str, number: int) -> None:
    if style == "headings":
        document.add_heading(heading, level)
    elif style == "bold":
        document.add_paragraph().add_run(heading).bold = True
    elif style == "numbered":
        document.add_paragraph(f"{number}. {heading}")
    else:
        document.add_paragraph(heading.upper() if style == "caps" else heading)


def table(*rows: tuple[str, ...]) -> bytes:
    document = docx.Document()
    grid = document.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(grid.add_row().cells, row, strict=True):
            cell.text = text
    return saved(document)


def changed(data: bytes, name: str, content: bytes | None, method: int = 8) -> bytes:
    """Return a document with one entry of its zip written anew, or without it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry.filename, old.read(entry), zipfile.ZIP_DEFLATED)
        if content is not None:
            new.writestr(name, content, method)
    return target.getvalue()


def body(xml: str, before: str = "") -> bytes:
    """Return a document whose text is that XML, written by hand."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}'
        f'<w:document xmlns:w="{space}"><w:body>{xml}</w:body></w:document>'
    )
    return changed(make("Words."), "word/document.xml", content.encode())
