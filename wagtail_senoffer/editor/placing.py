"""Puts the parts of a Word document into a report's draft, beside what is there already."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.utils.html import escape
from django.utils.translation import gettext as _

from .. import conf
from ..blocks import ReportBlock
from ..document import MAX_HTML_BYTES, MAX_HTML_TAGS, TrustRule, clean_html, clean_line
from ..rulesets import Kind
from ..word import Part, propose
from ..word.headings import TITLE, asks

LEAVE_OUT, INTRODUCTION, OTHER = "", "introduction", "additional"
_LOCAL = "local"
_HEADING_LENGTH = 200
_LETTER = re.compile(r"[^\W_]")


def targets() -> dict[str, str]:
    """Return where a part can go: codes with titles, in the report's order."""
    rules = {
        rule.code: rule.title
        for ruleset in conf.rulesets().for_kind(Kind.REPORT)
        for rule in ruleset.sections
    }
    return {INTRODUCTION: _("Introduction"), **rules, OTHER: _("Something else")}


def filled(draft: Any) -> list[str]:
    """Return the codes of the targets that have running text in a draft."""
    found = [_code(block) for block in _stream(draft) if _says(_body(block))]
    return [*([INTRODUCTION] if _says(draft.introduction) else []), *found]


def locked(draft: Any) -> set[str]:
    """Return the sections whose text is the trust's alone: a school's words would not be seen."""
    return {code for code, text in draft.trust_texts().items() if text.rule == TrustRule.LOCKED}


def digest(draft: Any) -> str:
    """Return what changes when the words of a draft do; autosave may keep its revision."""
    words = json.dumps([draft.introduction, _stream(draft)], sort_keys=True, default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def place(draft: Any, placed: Iterable[tuple[str, Part]], replace: Iterable[str]) -> list[str]:
    """Write parts into a draft, in memory, each below what its section says already.

    `replace` names the sections whose present text goes. Nothing else of the draft changes.
    Returns the titles of sections that had no room for all: the rest stands in sections of
    its own under “Something else”.
    """
    names, stream, replaced = targets(), _stream(draft), set(replace)
    by_target: dict[str, list[Part]] = {}
    for code, part in placed:
        by_target.setdefault(code, []).append(part)
    closed, overflowed = locked(draft), []
    for code, parts in by_target.items():
        if code == OTHER:
            stream += [_other(part.heading, part) for part in parts]
            continue
        if code in closed:
            overflowed.append(names[code])
            stream += [_other(f"{names[code]}: {part.heading}", part) for part in parts]
            continue
        block = None if code == INTRODUCTION else _block(stream, code)
        before = draft.introduction if block is None else _body(block)
        kept = "" if code in replaced else before
        html, rest = _fill(code, kept, parts, _headings_of(code, names))
        if block is None:
            draft.introduction = html
        else:
            block["value"]["body"] = html
        if rest:
            overflowed.append(names[code])
            stream += [_other(f"{names[code]}: {part.heading}", part) for part in rest]
    draft.body = draft._meta.get_field("body").stream_block.to_python(stream)
    return overflowed


def _fill(code: str, before: str, parts: list[Part], known: set[str]) -> tuple[str, list[Part]]:
    """Return a text with parts below it, and the parts for which there was no room."""
    html = before if _says(before) else ""
    rest: list[Part] = []
    for part in parts:
        is_told = not html and len(parts) == 1 and _asks_the_same(part, code)
        longer = html + (part.html if is_told else _with_heading(part, known))
        if rest or len(longer.encode()) > MAX_HTML_BYTES or longer.count("<") > MAX_HTML_TAGS:
            rest.append(part)
        else:
            html = longer
    return html, rest


def _asks_the_same(part: Part, code: str) -> bool:
    """Say whether a heading only repeats, in other words, what stands above a target anyway."""
    if code == INTRODUCTION:
        return part.level == TITLE
    (found,) = propose([replace(part, level=1)], conf.rulesets())
    return asks(part.heading) and found.code == code


def _with_heading(part: Part, known: set[str]) -> str:
    """Return a part's words below its heading, unless the section's own says the same."""
    tag = "h3" if part.level < 2 else "h4"
    same = not part.heading or _plain(part.heading) in known
    return part.html if same else f"<{tag}>{escape(part.heading)}</{tag}>{part.html}"


def _headings_of(code: str, names: dict[str, str]) -> set[str]:
    rule = conf.rulesets().section(Kind.REPORT, code)
    return {_plain(names[code]), *([_plain(rule.question)] if rule else [])}


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _stream(draft: Any) -> list[dict[str, Any]]:
    """Return the raw data of a draft's sections."""
    return draft.body.get_prep_value() if draft.body else []


def _code(block: dict[str, Any]) -> str:
    return (block["value"] or {}).get("section") or block["type"]


def _body(block: dict[str, Any]) -> str:
    return (block["value"] or {}).get("body") or ""


def _says(html: str) -> bool:
    """Say whether a text has words: the editor writes an empty one as a paragraph."""
    return bool(_LETTER.search(re.sub(r"<[^>]*>", "", html or "")))


def _block(stream: list[dict[str, Any]], code: str) -> dict[str, Any]:
    """Return the block of a section, put in its place in the report if there is none yet."""
    for block in stream:
        if _code(block) == code and block["type"] != OTHER:
            block["value"] = block["value"] or {}
            return block
    order = list(ReportBlock.base_blocks)
    kind = code if code in order else _LOCAL
    value = {"section": code} if kind == _LOCAL else {}
    new = {"type": kind, "value": value, "id": str(uuid4())}
    later = order[order.index(kind) + 1 :]
    at = next((n for n, block in enumerate(stream) if block["type"] in later), len(stream))
    stream.insert(at, new)
    return new


def _other(heading: str, part: Part) -> dict[str, Any]:
    """Return a section of its own for words that no section of the report asks for."""
    title = clean_line(heading)
    # A longer heading is said in full above the words.
    body = part.html if len(title) <= _HEADING_LENGTH else _with_heading(part, set())
    value = {"heading": title[:_HEADING_LENGTH], "body": body}
    return {"type": OTHER, "value": value, "id": str(uuid4())}


def part_of(heading: str, level: int, html: str) -> Part:
    """Return a part as it was read, from what a form carried."""
    return Part(heading, level, html, clean_html(html, "").text)
