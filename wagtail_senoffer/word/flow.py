"""Turns a Word document into a flow of blocks: paragraphs, list items and tables, in order."""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import mammoth
from django.utils.translation import gettext_lazy

from ..document import URL_SCHEMES
from .package import TOO_LARGE, NotReadable, safe_copy

# A table of contents only repeats the headings. All-caps and underlined words are marked:
# many reports have no other headings.
_STYLES = """
p[style-name^='toc'] => !
p[style-name='Title'] => h1:fresh
p[style-name='Heading 1'] => h1:fresh
p[style-name='Heading 2'] => h2:fresh
p[style-name='Heading 3'] => h3:fresh
p[style-name='Heading 4'] => h4:fresh
p[style-name='Heading 5'] => h5:fresh
p[style-name='Heading 6'] => h6:fresh
p[style-name^='Heading'] => h2:fresh
u => u
all-caps => strong
"""
UNUSUAL = gettext_lazy(
    "The document has something in it that can’t be read here. Open it in Word, copy "
    "everything into a new document, save that and try again."
)
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_LISTS = ("ul", "ol")
_BOLD = ("strong", "b", "u")
_KEPT = {"strong": "b", "b": "b", "em": "i", "i": "i"}


@dataclass
class Node:
    """An element of the converter's HTML."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def elements(self) -> list["Node"]:
        """Return the child elements."""
        return [child for child in self.children if isinstance(child, Node)]

    def text(self) -> str:
        """Return the words within, on one line."""
        return " ".join("".join(self._pieces()).split())

    def is_bold(self) -> bool:
        """Say whether every word within is bold or underlined."""
        return bool(self.text()) and all(
            child.tag in _BOLD or child.is_bold() or not child.text()
            if isinstance(child, Node)
            else not child.strip()
            for child in self.children
        )

    def _pieces(self) -> list[str]:
        pieces: list[str] = []
        for child in self.children:
            if isinstance(child, str):
                pieces.append(child)
            elif child.tag == "br":
                pieces.append(" ")
            else:
                gap = " " if child.tag in ("p", "li", "td", "th", *_LISTS) else ""
                pieces += [gap, *child._pieces(), gap]
        return pieces


@dataclass(frozen=True)
class Block:
    """A paragraph, a list or a table. `level` is that of Word's heading style, or 0."""

    node: Node
    level: int = 0

    @property
    def text(self) -> str:
        """The words, on one line."""
        return self.node.text()

    @property
    def is_paragraph(self) -> bool:
        """Whether it is running text, or a list of one item: a heading that Word numbered."""
        return self.node.tag == "p" or self.only_item is not None

    @property
    def only_item(self) -> Node | None:
        """The one item of a list that has just one, without lists inside."""
        items = self.node.elements() if self.node.tag in _LISTS else []
        inner = [each.tag for item in items for each in item.elements()]
        return items[0] if len(items) == 1 and not set(inner) & {*_LISTS} else None

    @property
    def is_bold(self) -> bool:
        """Whether all of it is bold or underlined."""
        return (self.only_item or self.node).is_bold()


class _Tree(HTMLParser):
    """Reads what the converter wrote: every element is closed, and all text is escaped."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Node("body")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(node)
        if tag not in ("br", "img"):
            self._open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("br", "img") and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def blocks(data: bytes) -> list[Block]:
    """Return a Word document's blocks. Raises NotReadable."""
    return [block for node in parse(_convert(data)).elements() for block in _blocks(node)]


def parse(html: str) -> Node:
    """Return HTML of the converter's kind as a tree."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    return tree.root


def _convert(data: bytes) -> str:
    copy = safe_copy(data)
    try:
        result = mammoth.convert_to_html(
            copy,
            style_map=_STYLES,
            # A document may bring its own, which could ask for any HTML.
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=lambda _image: [],
        )
    except RecursionError as error:
        raise NotReadable(TOO_LARGE) from error
    except Exception as error:
        # The converter trusts the document's structure, and fails in as many ways as it has.
        raise NotReadable(UNUSUAL) from error
    return str(result.value)


def _blocks(node: Node) -> list[Block]:
    """Return a node as blocks; a table that only draws a box is what stands in the box."""
    if node.tag == "table":
        rows = table_rows(node)
        if rows and all(len(row) == 1 for row in rows):
            return [block for row in rows for cell in row for block in cell_blocks(cell)]
    if not node.text():
        return []
    return [Block(node, _HEADINGS.get(node.tag, 0))]


def table_rows(table: Node) -> list[list[Node]]:
    """Return the cells that say something, row by row, without those of inner tables."""
    rows = []
    for part in table.elements():
        for row in [part] if part.tag == "tr" else part.elements():
            cells = [cell for cell in row.elements() if cell.text()]
            if cells:
                rows.append(cells)
    return rows


def cell_blocks(cell: Node) -> list[Block]:
    """Return the blocks of a table's cell; words that stand in no paragraph get one."""
    inner = cell.elements()
    if any(child.tag in ("p", "table", *_LISTS, *_HEADINGS) for child in inner):
        return [block for child in inner for block in _blocks(child)]
    return _blocks(Node("p", children=cell.children))


def inline(node: Node | str) -> str:
    """Return a node's words with bold, italics, links and line breaks, and nothing else."""
    if isinstance(node, str):
        return escape(node, quote=False)
    if node.tag == "br":
        return "<br>"
    if node.tag == "sup" and all(child.tag == "a" for child in node.elements()):
        # The number of a footnote.
        return escape(node.text())
    within = "".join(inline(child) for child in node.children)
    if node.tag == "a" and (href := _address(node.attrs.get("href", ""))) and within.strip():
        return f'<a href="{escape(href)}">{within}</a>'
    if node.tag in _KEPT and within.strip():
        return f"<{_KEPT[node.tag]}>{within}</{_KEPT[node.tag]}>"
    return f" {within} " if node.tag in ("p", "li", "td", "th", *_LISTS) else within


def _address(href: str) -> str:
    """Return a link that works outside the writer's own computer, or ""."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return ""
    return href.strip() if parts.scheme.lower() in URL_SCHEMES else ""


def chunks(block: Block) -> list[str]:
    """Return a block as pieces of HTML that can stand alone, in order."""
    node = block.node
    if node.tag == "table":
        rows = [" – ".join(_squeezed(inline(cell)) for cell in row) for row in table_rows(node)]
        return [f"<ul><li>{row}</li></ul>" for row in rows]
    if node.tag in _LISTS:
        return [f"<{node.tag}>{_item(item)}</{node.tag}>" for item in node.elements()]
    return [f"<p>{_squeezed(inline(node))}</p>"] if node.text() else []


def _item(item: Node) -> str:
    """Return a list's item, with the lists inside it as lists."""
    words = [child for child in item.children if not _is_list(child)]
    lists = [child for child in item.elements() if child.tag in _LISTS]
    inner = "".join(
        f"<{each.tag}>{''.join(_item(one) for one in each.elements())}</{each.tag}>"
        for each in lists
    )
    return f"<li>{_squeezed(''.join(map(inline, words)))}{inner}</li>"


def _is_list(child: Node | str) -> bool:
    return isinstance(child, Node) and child.tag in _LISTS


def _squeezed(html: str) -> str:
    return " ".join(html.split())
