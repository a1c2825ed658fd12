"""Proposes which section of the report each part of a document answers, or none.

The heading counts most; what the first sentences say only tips the balance. A wrong
proposal costs more than none: it is published if nobody looks.
"""

import math
import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..rulesets import Kind, Rulesets
from .headings import is_question
from .reading import Part

# Below that much there is no proposal; and the next best must be that far behind.
THRESHOLD, MARGIN = 4.0, 0.6
# What an editor may think of first where nothing is proposed.
NEAR, NEAREST = 2.0, 3
SURE, LIKELY, HINT, BODY, SIMILAR = 4.5, 2.5, 0.8, 0.7, 5.0
# Of two sets of words that are both sure, the one with more telling words says more.
PER_WORD = 0.5
MAX_BODY = 1.5
FIRST_WORDS, OPENING_WORDS, VERY_FIRST_WORDS = 80, 40, 12

_WORD = re.compile(r"[a-z0-9']+")
_ALWAYS = {
    *("a", "an", "the", "of", "to", "and", "or", "for", "in", "on", "at", "with", "by", "is"),
    *("are", "be", "it", "this", "that", "our", "your"),
}


@dataclass(frozen=True)
class Proposal:
    """The section that a part seems to answer; `code` is "" where there is none.

    `inherited` is true for a part below a heading whose section it goes on with. `nearest`
    names, likeliest first, sections for the editor to think of where none is proposed.
    """

    code: str
    score: float = 0.0
    inherited: bool = False
    nearest: tuple[str, ...] = ()


NOTHING = Proposal("")

_Phrase = tuple[str, ...]


@dataclass(frozen=True)
class _Words:
    """The words that speak for a section, each set as a tuple of patterns."""

    sure: tuple[_Phrase, ...] = ()
    likely: tuple[_Phrase, ...] = ()
    hint: tuple[_Phrase, ...] = ()
    against: tuple[_Phrase, ...] = ()
    body: tuple[_Phrase, ...] = ()
    alone: tuple[_Phrase, ...] = ()
    agree: tuple[_Phrase, ...] = ()
    deny: tuple[_Phrase, ...] = ()
    opening: tuple[_Phrase, ...] = ()


@dataclass(frozen=True)
class _Question:
    """What a ruleset asks, and the section that answers it."""

    code: str
    words: frozenset[str]
    weight: float


def propose(parts: list[Part], rulesets: Rulesets) -> list[Proposal]:
    """Return a proposal for each part, in order.

    `rulesets` give the sections of a report and the questions of the question sets. A part
    that stands below another and whose own words speak for no other goes where that one goes.
    """
    proposals: list[Proposal] = []
    above: dict[int, Proposal] = {}
    for part in parts:
        found = _proposal(part, rulesets)
        higher = above.get(max((level for level in above if level < part.level), default=0))
        proposal = found
        if found is not NOTHING and higher and _goes_on(found, higher):
            proposal = Proposal(higher.code, higher.score, inherited=True)
        above = {level: each for level, each in above.items() if level < part.level}
        above[part.level] = proposal
        proposals.append(proposal)
    return proposals


def _goes_on(found: Proposal, higher: Proposal) -> bool:
    """Say whether a part without a section of its own may go where the one above it goes."""
    if found.code or not higher.code:
        return False
    return not found.nearest or found.nearest[0] == higher.code


def _proposal(part: Part, rulesets: Rulesets) -> Proposal:
    """Return what a part's own words speak for, NOTHING itself for one that answers nothing."""
    heading = words_of(part.heading)
    body = words_of(" ".join(part.text.split()[:FIRST_WORDS]))
    found = _by_heading(part.heading, heading, body, rulesets)
    if not found.code and not is_question(part.heading) and (code := _opened(body)):
        return Proposal(code, THRESHOLD)
    return found


def _by_heading(text: str, heading: list[str], body: list[str], rulesets: Rulesets) -> Proposal:
    """Return what a heading speaks for; `text` is as it was written, the others its words."""
    if not heading:
        return Proposal("")
    if _answers_nothing(heading):
        return NOTHING
    known = _known(rulesets)
    if asked := _asked(heading, known):
        return Proposal(asked, SURE + SIMILAR)
    if (several := _asked_apart(text, body, rulesets)) is not None:
        return Proposal("", nearest=several)
    scores = {
        code: _score(heading, body, words) + _similarity(heading, code, known)
        for code, words in _data()["sections"].items()
        if not _any(heading, words.against)
    }
    return _best_of(scores, heading, body)


def _best_of(scores: dict[str, float], heading: list[str], body: list[str]) -> Proposal:
    """Return the section with the best score, if it is far enough ahead and the body agrees."""
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    (code, best), (_second, next_best) = ranked[0], ranked[1]
    is_clear = best >= THRESHOLD and best - next_best >= MARGIN
    if is_clear and not _another_says_more(code, scores, heading) and _agrees(code, heading, body):
        return Proposal(code, round(best, 2))
    return Proposal("", nearest=tuple([each for each, score in ranked[:NEAREST] if score >= NEAR]))


def _agrees(code: str, heading: list[str], body: list[str]) -> bool:
    """Say whether the first sentences bear out a heading that stands above anything."""
    words = _data()["sections"][code]
    if not words.agree:
        return True
    if _any(body[:OPENING_WORDS], words.deny):
        return False
    return _any(heading, words.alone) or _any(body, words.agree)


def _opened(body: list[str]) -> str:
    """Return the section that the very first words answer, whatever the heading says, or ""."""
    first = body[:VERY_FIRST_WORDS]
    sections = _data()["sections"].items()
    return next((code for code, words in sections if _any(first, words.opening)), "")


def _any(words: list[str], phrases: tuple[_Phrase, ...]) -> bool:
    return any(_has(words, phrase) for phrase in phrases)


def _asked_apart(text: str, body: list[str], rulesets: Rulesets) -> tuple[str, ...] | None:
    """Return the sections that the questions of a heading speak for, where they differ.

    None where all say the same. The first has to say something: the others are often its details.
    """
    questions = [words for each in text.split("?") if (words := words_of(each))]
    if len(questions) < 2:
        return None
    found = [_by_heading("", each, body, rulesets).code for each in questions]
    codes = dict.fromkeys([found[0], *filter(None, found)])
    return tuple(filter(None, codes)) if len(codes) > 1 else None


def _another_says_more(code: str, scores: dict[str, float], heading: list[str]) -> bool:
    """Say whether a section won by words that any heading may have, and another one has its own.

    “How do we support pupils’ transfer?” is such a heading.
    """
    return not _says_more(heading, code) and any(_says_more(heading, each) for each in scores)


def _says_more(heading: list[str], code: str) -> bool:
    phrases = _data()["sections"][code].sure
    return any(_telling(phrase) and _has(heading, phrase) for phrase in phrases)


def _answers_nothing(heading: list[str]) -> bool:
    # A year beside it says nothing either.
    telling = {word for word in heading if word not in _ALWAYS and not word.isdigit()}
    data = _data()
    return _any(heading, data["anywhere"]) or any(
        telling == set(phrase) for phrase in data["alone"]
    )


def _asked(heading: list[str], known: tuple[_Question, ...]) -> str:
    """Return the section whose title or question a heading repeats word for word, or "".

    A single word, such as “SENCO”, is a heading that anybody writes.
    """
    words = frozenset(heading) - _ALWAYS
    same = (each.code for each in known if each.weight == 1 and each.words == words)
    return next(same, "") if len(heading) > 1 else ""


def _score(heading: list[str], body: list[str], words: _Words) -> float:
    score = max(
        _best(heading, words.sure, SURE),
        _best(heading, words.likely, LIKELY),
    )
    score += HINT * any(_has(heading, phrase) for phrase in words.hint)
    found = sum(_has(body, phrase) for phrase in words.body)
    return score + min(MAX_BODY, BODY * found)


def _best(words: list[str], phrases: tuple[_Phrase, ...], worth: float) -> float:
    found = [_telling(phrase) for phrase in phrases if _has(words, phrase)]
    if not found:
        return 0.0
    # That several sets of words agree counts a little, too.
    return worth + PER_WORD * (max(found) - 1) + 0.2 * min(len(found) - 1, 3)


def _telling(phrase: _Phrase) -> int:
    """Return how many words of a set most other headings lack."""
    words = {word for each in phrase for word in each.split("_")}
    return len(words - _data()["generic"] - _ALWAYS)


def _has(words: list[str], phrase: _Phrase) -> bool:
    return all(_stands(words, each) for each in phrase)


def _stands(words: list[str], pattern: str) -> bool:
    if "_" not in pattern:
        return any(_fits(word, pattern) for word in words)
    row = pattern.split("_")
    if _ALWAYS.isdisjoint(row):
        words = [word for word in words if word not in _ALWAYS]
    return any(
        all(map(_fits, words[start : start + len(row)], row))
        for start in range(len(words) - len(row) + 1)
    )


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def _similarity(heading: list[str], code: str, known: tuple[_Question, ...]) -> float:
    """Return how near a heading comes to what a ruleset asks of the section."""
    weights = _weights(known)
    words = frozenset(heading) - _ALWAYS
    best = 0.0
    for question in known:
        if question.code == code:
            cosine = _cosine(words, question.words, weights)
            best = max(best, question.weight * cosine if cosine > 0.3 else 0.0)
    return SIMILAR * best


def _cosine(one: frozenset[str], other: frozenset[str], weights: dict[str, float]) -> float:
    both = sum(weights.get(word, 2.0) ** 2 for word in one & other)
    lengths = [sum(weights.get(word, 2.0) ** 2 for word in each) for each in (one, other)]
    return both / math.sqrt(lengths[0] * lengths[1]) if all(lengths) else 0.0


def words_of(text: str) -> list[str]:
    """Return the words of a text in the one form in which they are compared."""
    data = _data()
    plain = text.lower().replace("’", "'").replace("\u2018", "'")
    words = " ".join(word.removesuffix("'s").strip("'") for word in _WORD.findall(plain))
    for phrase, short in data["phrases"]:
        words = re.sub(rf"\b{phrase}\b", short, words)
    return [data["same"].get(word, word) for word in words.split()]


@cache
def _data() -> dict[str, Any]:
    """Return the keywords, in the forms in which they are asked for."""
    path = Path(__file__).with_name("keywords.toml")
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    same = {word: one for one, words in raw["same"].items() for word in words}
    phrases = sorted(raw["phrases"].items(), key=lambda pair: -len(pair[0]))
    return {
        "same": same,
        "phrases": phrases,
        "anywhere": _phrases(raw["none"]["anywhere"]),
        "alone": _phrases(raw["none"]["alone"]),
        "generic": frozenset(raw["generic"]["words"]),
        "sections": {
            code: _Words(
                _phrases(words["sure"]),
                _phrases(words["likely"]),
                _phrases(words["hint"]),
                _phrases(words["not"]),
                _phrases(words["body"]),
                *(_phrases(words.get(key, [])) for key in ("alone", "agree", "deny", "opening")),
            )
            for code, words in raw["sections"].items()
        },
    }


def _phrases(lines: list[str]) -> tuple[_Phrase, ...]:
    return tuple(tuple(line.split()) for line in lines)


@cache
def _known(rulesets: Rulesets) -> tuple[_Question, ...]:
    """Return the titles and questions of a report's sections, and those that lead to them."""
    known = [
        _Question(rule.code, frozenset(words_of(text)) - _ALWAYS, 1.0)
        for ruleset in rulesets.for_kind(Kind.REPORT)
        for rule in ruleset.sections
        for text in (rule.title, rule.question)
    ]
    known += [
        _Question(code, frozenset(words_of(text)) - _ALWAYS, 0.9 / (index + 1))
        for ruleset in rulesets.question_sets()
        for rule in ruleset.sections
        for text in (rule.title, rule.question)
        for index, code in enumerate(rule.answers_from)
    ]
    return tuple(known)


@cache
def _weights(known: tuple[_Question, ...]) -> dict[str, float]:
    """Return for each word how much it tells: what many questions ask tells little."""
    counts = Counter(word for question in known for word in question.words)
    return {word: math.log(1 + len(known) / count) for word, count in counts.items()}
