"""Cuts a Word document into parts: a heading, and what follows up to the next one."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape

from django.utils.translation import gettext as _

from ..document import MAX_HTML_BYTES, MAX_HTML_TAGS, clean_html, clean_line
from .flow import Block, Node, blocks, cell_blocks, chunks, parse, table_rows
from .headings import (
    NUMBERED,
    QUESTION,
    TITLE,
    asks,
    bold_tells,
    is_question,
    level_of,
    ranks,
    without_number,
)
from .package import NotReadable

# Room is left for the words of other parts of the same section, and for headings.
PART_BYTES, PART_TAGS = MAX_HTML_BYTES // 2, MAX_HTML_TAGS // 2
MAX_PARTS = 400
MAX_HEADING = 300
# A single paragraph longer than that is cut, as plain text.
PIECE = 8_000
_MAX_QUESTION_CELL = 300


@dataclass(frozen=True)
class Part:
    """A heading of the document and its words.

    `level` is 1 for the headings that stand highest, TITLE for the document's own above them.
    `html` is clean and holds only what an answer may hold; `text` is the same in plain text, one
    line a paragraph.
    """

    heading: str
    level: int
    html: str
    text: str


@dataclass
class _Draft:
    """A part that is still being read."""

    heading: str = ""
    level: int = 0
    pieces: list[str] = field(default_factory=list)


def read(data: bytes) -> list[Part]:
    """Return the parts of a .docx, in order; words before the first heading are a part too.

    Nothing of the running text is left out. Pictures, page headers and footers, comments and
    a table of contents are. Raises NotReadable for a file that can't be read.
    """
    found = blocks(data)
    parts = [part for draft in _drafts(found) for part in _finished(draft)]
    if not any(part.text or part.heading for part in parts):
        raise NotReadable(
            _(
                "There are no words in this document. If its pages are pictures, such as a scan, "
                "type the words into the page instead."
            )
        )
    if len(parts) > MAX_PARTS:
        message = _("The document has more than %(count)d headings. Split it, and try again.")
        raise NotReadable(message % {"count": MAX_PARTS})
    return _levelled(parts)


def _drafts(found: list[Block]) -> list[_Draft]:
    drafts, bold = [_Draft()], bold_tells(found)
    for index, block in enumerate(found):
        if _is_notes(block):
            drafts.append(_Draft(_("Footnotes"), 1))
        following = found[index + 1] if index + 1 < len(found) else None
        if block.node.tag == "table" and _asks_and_answers(table_rows(block.node)):
            _add_rows(drafts, table_rows(block.node))
        else:
            _add(drafts, block, level_of(block, following, bold_tells=bold))
    return drafts


def _is_notes(block: Block) -> bool:
    items = block.node.elements() if block.node.tag == "ol" else []
    return bool(items) and items[0].attrs.get("id", "").startswith(("footnote-", "endnote-"))


def _add(drafts: list[_Draft], block: Block, level: int) -> None:
    if level:
        drafts.append(_Draft(without_number(block.text), level))
    elif block.level:
        # Running text to which somebody gave a heading's style.
        drafts[-1].pieces += chunks(Block(Node("p", children=block.node.children)))
    else:
        drafts[-1].pieces += chunks(block)


def _asks_and_answers(rows: list[list[Node]]) -> bool:
    """Say whether a table has questions on the left and answers on the right."""
    pairs = [row for row in rows if len(row) == 2]
    if not pairs or len(pairs) < 0.6 * len(rows):
        return False
    short = [left for left, _right in pairs if len(left.text()) <= _MAX_QUESTION_CELL]
    asked = [left for left, _right in pairs if is_question(left.text())]
    longer = [left for left, right in pairs if len(right.text()) > len(left.text())]
    return len(short) == len(pairs) and (
        2 * len(asked) >= len(pairs) or 2 * len(longer) > len(pairs)
    )


def _add_rows(drafts: list[_Draft], rows: list[list[Node]]) -> None:
    for row in rows:
        if len(row) == 2:
            drafts.append(_Draft(without_number(row[0].text()), QUESTION))
            row = row[1:]
        elif len(row) == 1 and row[0].is_bold():
            drafts.append(_Draft(without_number(row[0].text()), NUMBERED))
            continue
        inner = [block for cell in row for block in cell_blocks(cell)]
        # Within an answer a bold line is no heading of the document.
        drafts[-1].pieces += [piece for block in inner for piece in chunks(block)]


def _finished(draft: _Draft) -> Iterator[Part]:
    """Yield a draft as one part, or as several where its words are too many for one."""
    heading, pieces = clean_line(draft.heading), draft.pieces
    if len(heading) > MAX_HEADING:
        pieces = [f"<p>{escape(heading)}</p>", *pieces]
        heading = f"{heading[:MAX_HEADING]}…"
    groups = list(_groups([small for piece in pieces for small in _cut(piece)]))
    if not groups and heading:
        yield Part(heading, draft.level, "", "")
    for number, group in enumerate(groups, 1):
        words = clean_html(_joined(group), "")
        if not words.text:
            continue
        values = {"heading": heading, "number": number}
        more = _("%(heading)s (part %(number)d)") % values if number > 1 else heading
        yield Part(more, draft.level, words.html, words.text)


def _groups(pieces: list[str]) -> Iterator[list[str]]:
    """Yield the pieces in groups that fit into an answer."""
    group: list[str] = []
    size = tags = 0
    for piece in pieces:
        size, tags = size + len(piece.encode()), tags + piece.count("<")
        if group and (size > PART_BYTES or tags > PART_TAGS):
            yield group
            group, size, tags = [], len(piece.encode()), piece.count("<")
        group.append(piece)
    if group:
        yield group


def _cut(piece: str) -> Iterator[str]:
    """Yield a piece as it is, or the words of one that is too long, as plain paragraphs."""
    if len(piece.encode()) <= PART_BYTES and piece.count("<") <= PART_TAGS:
        yield piece
        return
    left = _plain(piece)
    while left:
        end = len(left) if len(left) <= PIECE else left.rfind(" ", 1, PIECE)
        end = end if end > 0 else PIECE
        yield f"<p>{escape(left[:end])}</p>"
        left = left[end:].strip()


def _plain(html: str) -> str:
    """Return the words of a piece of HTML, whatever its length."""
    return parse(html).text()


def _joined(pieces: list[str]) -> str:
    """Return pieces as one text: items that stood in one list stand in one again."""
    html = "".join(pieces)
    return html.replace("</ul><ul>", "").replace("</ol><ol>", "")


def _levelled(parts: list[Part]) -> list[Part]:
    """Return the parts with levels from 1 on, whichever the document began with, and its title."""
    headed = [part for part in parts if part.level]
    title = _title(headed)
    found = ranks([part.level for part in headed if part is not title])
    return [
        replace(part, level=TITLE if part is title else found.get(part.level, 1)) for part in parts
    ]


def _title(headed: list[Part]) -> Part | None:
    """Return the first heading, if all others stand below it and it does not ask."""
    if len(headed) < 2 or asks(headed[0].heading):
        return None
    first, *others = headed
    return first if all(part.level > first.level for part in others) else None
