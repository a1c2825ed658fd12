"""Says which lines of a document are headings. Many reports have no heading styles at all."""

import re

from .flow import Block

# The level of a document's title.
TITLE = 0
# What has none of Word's six heading styles stands below those that have.
NUMBERED, QUESTION, LINE = 7, 8, 9
MAX_QUESTION = 260
MAX_LINE = 140
# “What we offer” only names something; a longer heading that begins so asks.
MANY_WORDS = 6

_ASKING = (
    r"(?:how|what|which|who|whom|whose|where|when|why|can|could|do|does|did|is|are|will|would|"
    r"should|has|have|may|if|in what|at what|to whom|with whom)\b"
)
_ASKS = re.compile(_ASKING, re.IGNORECASE)
# "1.", "2)", "Q3:", "4.1 Capital", "5 What"; but not "5 assistants".
_NUMBER = re.compile(
    r"\A\s*(?:(?:q(?:uestion)?\s*)?\(?\d{1,2}"
    r"(?:(?:\.\d{1,2})*[a-z]?(?:\s*[.):]+\s*|\s*[–-]\s+)(?=\D)"
    rf"|(?:\.\d{{1,2}})+\s+(?=(?-i:[A-Z]))|(?:\.\d{{1,2}})*[a-z]?\s+(?={_ASKING}))"
    r"|q\s*[/.:)]\s*)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*[•●▪*o·-]\s+")
_CONTACT = re.compile(r"@|\d{5}|www\.|https?:")
_LETTERS = re.compile(r"[^\W\d_]")
_SENTENCE_END = re.compile(r"[.!;,]$")


def without_number(text: str) -> str:
    """Return a heading without the number that its writer typed before it."""
    return _BULLET.sub("", _NUMBER.sub("", text, count=1)).strip() or text.strip()


def is_question(text: str) -> bool:
    """Say whether a line asks something, as the headings of most reports do."""
    words = without_number(text)
    return (
        words.endswith("?")
        and len(words) <= MAX_QUESTION
        and bool(_ASKS.match(words))
        # One that goes on after a full stop is running text.
        and not re.search(r"[.!] [A-Z]", words)
    )


def asks(text: str) -> bool:
    """Say whether a heading asks something, with a question mark or, as many, without."""
    words = without_number(text)
    return is_question(text) or bool(_ASKS.match(words) and len(words.split()) >= MANY_WORDS)


def bold_tells(blocks: list[Block]) -> bool:
    """Say whether bold lines stand out in a document, or most of it is bold."""
    lengths = [(len(block.text), block.is_bold) for block in blocks if block.is_paragraph]
    bold = sum(length for length, is_bold in lengths if is_bold)
    return 5 * bold <= 4 * sum(length for length, _is_bold in lengths)


def level_of(block: Block, following: Block | None, *, bold_tells: bool = True) -> int:
    """Return a block's level as a heading, from 1, or 0 for one that is none.

    `following` is the block after it: a number before one of many lines is a list's. Where
    most of a document is bold, that makes no heading (`bold_tells`).
    """
    text = block.text
    if not _LETTERS.search(text):
        return 0
    if block.level:
        return block.level if len(text) <= MAX_QUESTION else 0
    if not block.is_paragraph or _CONTACT.search(text):
        return 0
    stands_out = _is_line(text, bold_tells and block.is_bold)
    if block.only_item is not None:
        return NUMBERED if is_question(text) or stands_out else 0
    if _is_numbered(text, following) and (is_question(text) or len(text) <= MAX_LINE):
        return NUMBERED
    if is_question(text):
        return QUESTION
    return LINE if stands_out else 0


def _is_numbered(text: str, following: Block | None) -> bool:
    if not _NUMBER.match(text) or (_SENTENCE_END.search(text) and not is_question(text)):
        return False
    return is_question(text) or not (following and _NUMBER.match(following.text))


def _is_line(text: str, bold: bool) -> bool:
    """Say whether a short line stands out: it is bold, underlined or in capitals."""
    if len(text) > (MAX_QUESTION if text.endswith("?") else MAX_LINE):
        return False
    words = len(text.split())
    if text.isupper():
        return words > 1 or len(text) > 4
    if not bold:
        return False
    # A sentence that is bold wants to be noticed; a short one may be a heading all the same.
    return words <= 10 if _SENTENCE_END.search(text) else words > 1 or len(text) > 4


def ranks(levels: list[int]) -> dict[int, int]:
    """Return, for the levels of a document's headings, how high each stands, from 1.

    A level that was used once or twice, for a title perhaps, says nothing of the rest.
    """
    used = sorted(set(levels))
    top = next((level for level in used if levels.count(level) > 2), used[-1] if used else 0)
    lower = [level for level in used if level > top]
    return dict.fromkeys(used, 1) | {level: rank for rank, level in enumerate(lower, 2)}
