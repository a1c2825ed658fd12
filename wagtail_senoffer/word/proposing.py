"""Proposes which section of the report each part of a document answers, or none.

The heading counts most; the first sentences tip the balance, and have to agree where the
heading asks nothing or stands above anything. A wrong proposal costs more than none: it is
published if nobody looks.
"""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache

from ..rulesets import Kind, Rulesets
from .headings import TITLE, asks
from .keywords import ALWAYS, Phrase, SectionWords, has, has_any, keywords, words_of
from .reading import Part

# Below that much there is no proposal; and the next best must be that far behind.
THRESHOLD, MARGIN = 4.0, 0.6
# What an editor may think of first where nothing is proposed.
NEAR, NEAREST = 2.0, 3
SURE, LIKELY, HINT, BODY, SIMILAR = 4.5, 2.5, 0.8, 0.7, 5.0
# A heading as similar to what a ruleset asks speaks for itself.
PLAIN = 2.5
# Of two sets of words that are both sure, the one with more telling words says more.
PER_WORD = 0.5
MAX_BODY = 1.5
# How many words of the body are looked at: for what agrees, and for what denies.
FIRST_WORDS, OPENING_WORDS = 80, 40


@dataclass(frozen=True)
class Proposal:
    """The section that a part seems to answer; `code` is "" where there is none.

    `inherited` is true for a part below a heading whose section it goes on with. `nearest`
    names, likeliest first, sections for the editor to think of where none is proposed.
    `introduces` is true for words that stand before all sections.
    """

    code: str
    score: float = 0.0
    inherited: bool = False
    nearest: tuple[str, ...] = ()
    introduces: bool = False


NOTHING = Proposal("")
INTRODUCTION = Proposal("", introduces=True)


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
        found = INTRODUCTION if _introduces(part, parts) else _proposal(part, rulesets)
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


def _introduces(part: Part, parts: list[Part]) -> bool:
    """Say whether a part stands before all sections.

    So do words without a heading, and those below the document's title: it names the whole,
    whatever its first words speak of.
    """
    return part.level == TITLE or (part is parts[0] and not part.heading)


def _proposal(part: Part, rulesets: Rulesets) -> Proposal:
    """Return what a part's own words speak for, NOTHING itself for one that answers nothing."""
    body = words_of(" ".join(part.text.split()[:FIRST_WORDS]))
    return _by_heading(part.heading, body, rulesets)


def _by_heading(text: str, body: list[str], rulesets: Rulesets) -> Proposal:
    """Return what a heading speaks for, if the words of the body below it agree."""
    heading = words_of(text)
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
        for code, words in keywords().sections.items()
        if not has_any(heading, words.against)
    }
    code = _best_of(scores)
    is_proposed = (
        code
        and not _another_says_more(code, scores, heading)
        and _is_borne_out(code, text, body, known)
    )
    if is_proposed:
        return Proposal(code, round(scores[code], 2))
    return Proposal("", nearest=_near(scores))


def _best_of(scores: dict[str, float]) -> str:
    """Return the section with the best score, if it is far enough ahead, or ""."""
    (code, best), (_second, next_best) = sorted(scores.items(), key=lambda pair: -pair[1])[:2]
    return code if best >= THRESHOLD and best - next_best >= MARGIN else ""


def _near(scores: dict[str, float]) -> tuple[str, ...]:
    likely = [code for code, score in scores.items() if score >= NEAR]
    return tuple(sorted(likely, key=lambda code: -scores[code])[:NEAREST])


def _is_borne_out(code: str, text: str, body: list[str], known: tuple[_Question, ...]) -> bool:
    """Say whether the first sentences bear a heading out, or it can do without.

    A question says what it asks, and so does what nearly repeats a ruleset's words.
    """
    words = keywords().sections[code]
    heading = words_of(text)
    if has_any(body[:OPENING_WORDS], words.deny):
        return False
    if has_any(heading, words.alone) or has_any(body, words.agree):
        return True
    if words.agree:
        return False
    is_plain = asks(text) or _similarity(heading, code, known) >= PLAIN
    return is_plain or has_any(body, words.body)


def _asked_apart(text: str, body: list[str], rulesets: Rulesets) -> tuple[str, ...] | None:
    """Return the sections that the questions of a heading speak for, where they differ.

    None where all say the same. The first has to say something: the others are often its details.
    """
    questions = [f"{each}?" for each in text.split("?") if each.strip()]
    if len(questions) < 2:
        return None
    found = [_by_heading(each, body, rulesets).code for each in questions]
    codes = dict.fromkeys([found[0], *filter(None, found)])
    return tuple(filter(None, codes)) if len(codes) > 1 else None


def _another_says_more(code: str, scores: dict[str, float], heading: list[str]) -> bool:
    """Say whether a section won by words that any heading may have, and another one has its own.

    “How do we support pupils’ transfer?” is such a heading.
    """
    return not _says_more(heading, code) and any(_says_more(heading, each) for each in scores)


def _says_more(heading: list[str], code: str) -> bool:
    phrases = keywords().sections[code].sure
    return any(_telling(phrase) and has(heading, phrase) for phrase in phrases)


def _answers_nothing(heading: list[str]) -> bool:
    # A year beside it says nothing either.
    telling = {word for word in heading if word not in ALWAYS and not word.isdigit()}
    titles = keywords().nothing_else
    return has_any(heading, keywords().anywhere) or any(telling == set(each) for each in titles)


def _asked(heading: list[str], known: tuple[_Question, ...]) -> str:
    """Return the section whose title or question a heading repeats word for word, or "".

    A single word, such as “SENCO”, is a heading that anybody writes.
    """
    words = frozenset(heading) - ALWAYS
    same = (each.code for each in known if each.weight == 1 and each.words == words)
    return next(same, "") if len(words) > 1 else ""


def _score(heading: list[str], body: list[str], words: SectionWords) -> float:
    score = max(
        _best(heading, words.sure, SURE),
        _best(heading, words.likely, LIKELY),
    )
    score += HINT * any(has(heading, phrase) for phrase in words.hint)
    found = sum(has(body, phrase) for phrase in words.body)
    return score + min(MAX_BODY, BODY * found)


def _best(words: list[str], phrases: tuple[Phrase, ...], worth: float) -> float:
    found = [_telling(phrase) for phrase in phrases if has(words, phrase)]
    if not found:
        return 0.0
    # That several sets of words agree counts a little, too.
    return worth + PER_WORD * (max(found) - 1) + 0.2 * min(len(found) - 1, 3)


def _telling(phrase: Phrase) -> int:
    """Return how many words of a set most other headings lack."""
    words = {word for each in phrase for word in each.split("_")}
    return len(words - keywords().generic - ALWAYS)


def _similarity(heading: list[str], code: str, known: tuple[_Question, ...]) -> float:
    """Return how near a heading comes to what a ruleset asks of the section."""
    weights = _weights(known)
    words = frozenset(heading) - ALWAYS
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


@cache
def _known(rulesets: Rulesets) -> tuple[_Question, ...]:
    """Return the titles and questions of a report's sections, and those that lead to them."""
    known = [
        _Question(rule.code, frozenset(words_of(text)) - ALWAYS, 1.0)
        for ruleset in rulesets.for_kind(Kind.REPORT)
        for rule in ruleset.sections
        for text in (rule.title, rule.question)
    ]
    known += [
        _Question(code, frozenset(words_of(text)) - ALWAYS, 0.9 / (index + 1))
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
