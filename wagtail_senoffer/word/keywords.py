"""The words by which headings and first sentences show what they answer, and how they match.

What they are stands in `keywords.toml`; that file says how it is to be read.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_WORD = re.compile(r"[a-z0-9']+")
# Words that every heading may have: overlooked by a row of words that does not name one of them.
ALWAYS = {
    *("a", "an", "the", "of", "to", "and", "or", "for", "in", "on", "at", "with", "by", "is"),
    *("are", "be", "it", "this", "that", "our", "your"),
}

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class SectionWords:
    """The words that speak for a section, each set as a tuple of patterns."""

    sure: tuple[Phrase, ...] = ()
    likely: tuple[Phrase, ...] = ()
    hint: tuple[Phrase, ...] = ()
    against: tuple[Phrase, ...] = ()
    body: tuple[Phrase, ...] = ()
    alone: tuple[Phrase, ...] = ()
    agree: tuple[Phrase, ...] = ()
    deny: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Keywords:
    """What the file says; `sections` by code, `anywhere` and `nothing_else` of no section."""

    same: dict[str, str]
    shortened: tuple[tuple[str, str], ...]
    anywhere: tuple[Phrase, ...]
    nothing_else: tuple[Phrase, ...]
    generic: frozenset[str]
    sections: dict[str, SectionWords]


def words_of(text: str) -> list[str]:
    """Return the words of a text in the one form in which they are compared."""
    plain = text.lower().replace("’", "'").replace("\u2018", "'")
    words = " ".join(word.removesuffix("'s").strip("'") for word in _WORD.findall(plain))
    for phrase, short in keywords().shortened:
        words = re.sub(rf"\b{phrase}\b", short, words)
    return [keywords().same.get(word, word) for word in words.split()]


def has_any(words: list[str], phrases: tuple[Phrase, ...]) -> bool:
    """Say whether one of several sets of words is there."""
    return any(has(words, phrase) for phrase in phrases)


def has(words: list[str], phrase: Phrase) -> bool:
    """Say whether all words of a set are there, in any order but for those joined by "_"."""
    return all(_stands(words, each) for each in phrase)


def _stands(words: list[str], pattern: str) -> bool:
    if "_" not in pattern:
        return any(_fits(word, pattern) for word in words)
    row = pattern.split("_")
    if ALWAYS.isdisjoint(row):
        words = [word for word in words if word not in ALWAYS]
    return any(
        all(map(_fits, words[start : start + len(row)], row))
        for start in range(len(words) - len(row) + 1)
    )


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@cache
def keywords() -> Keywords:
    """Return what `keywords.toml` says, in the forms in which it is asked for."""
    path = Path(__file__).with_name("keywords.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Keywords(
        same={word: one for one, words in raw["same"].items() for word in words},
        shortened=tuple(sorted(raw["phrases"].items(), key=lambda pair: -len(pair[0]))),
        anywhere=_phrases(raw["none"]["anywhere"]),
        nothing_else=_phrases(raw["none"]["nothing_else"]),
        generic=frozenset(raw["generic"]["words"]),
        sections={code: _section(words) for code, words in raw["sections"].items()},
    )


def _section(lines: dict[str, list[str]]) -> SectionWords:
    phrases = {"against" if key == "not" else key: _phrases(lines[key]) for key in lines}
    return SectionWords(**phrases)


def _phrases(lines: list[str]) -> tuple[Phrase, ...]:
    return tuple(tuple(line.split()) for line in lines)
