"""Signals of danger in a person's words: how serious, of what kind, and about whom.

Rules find what is named, in English and Chinese. A classifier finds what is meant: it raises what
the rules say and never lowers it. No model is needed, though an embedder helps. What counts over
several messages is derived anew each time from the person's last messages, and nothing is stored.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum
from hashlib import blake2b
from math import fsum, inf
from typing import NamedTuple

import msgspec

from tau.care.classifier import Floats, Odds, classifier
from tau.care.reading import Reading, read_message
from tau.care.wording import normalize

MAX_EARLIER = 8
"""How many of the person's earlier messages are used."""
HELD_TURNS = 3
"""How many turns an acute level is kept for, unless the person says that they're safe."""
LEAST_TOGETHER = 3
"""Messages from which what they say on average counts."""
ENOUGH = 4
"""Weight of signs that together are as serious as words that say it directly."""
_WEIGHTS = {
    "farewell": 2,
    "affairs": 2,
    "means": 2,
    "means_question": 3,
    "self_harm": 2,
    "burden": 2,
    "hopeless": 2,
    "disappear": 2,
    "resolved": 2,
    "despair": 1,
    "distress": 1,
}
_MILD = {"despair", "distress"}
"""Signs that many people in distress show: together they count once."""
PREPARATION = {"farewell", "affairs", "means", "means_question", "resolved", "method"}
"""Signs that make thoughts of suicide acute."""
_LEAVING = {"farewell", "affairs", "means", "resolved"}
"""Of these, two with other signs are acute, even if suicide was never named."""


class Level(IntEnum):
    """How serious a signal is. From `IDEATION` on (also self-harm), help is named."""

    NONE = 0
    WORRY = 1
    IDEATION = 2
    ACUTE = 3


class Signal(msgspec.Struct, frozen=True):
    """What a message says of danger.

    `kind`: "suicide", "self_harm", "eating", "violence", "abuse", "distress"; "" where there is
    nothing. `about`: "self" or "other", who is in danger.
    """

    level: Level = Level.NONE
    kind: str = ""
    about: str = "self"


NOTHING = Signal()


class _Course(NamedTuple):
    """What a conversation has come to."""

    signs: frozenset[str] = frozenset()
    thoughts: bool = False
    """The person has said that they think of suicide."""
    held: Signal = NOTHING
    held_turns: int = 0
    odds: tuple[float, ...] = ()
    """`Odds.together` of the messages so far."""


class _KnownMessage(NamedTuple):
    """What rules and n-grams say of a message, without its words."""

    reading: Reading
    ngrams: Floats


_START = _Course()
NO_ODDS = Odds(-inf, -inf, -inf)
_MAX_KNOWN = 2_000
_KNOWN: dict[bytes, _KnownMessage] = {}
"""Messages by the hash of their words: each is read again with those that follow it."""


def assess(
    words: str, earlier: Sequence[str] = (), vectors: Sequence[Floats | None] = ()
) -> Signal:
    """Return the signal of a message.

    `earlier` are the person's last messages of the conversation, oldest first. Weaker signs in
    several of them rise together, and an acute level is kept for some turns. `vectors` are what
    `Classifier.vector_odds` says of the last of these messages and of `words`, as far as known.
    """
    messages = [_known(said) for said in (*earlier[-MAX_EARLIER:], words)]
    vectors = [None] * (len(messages) - len(vectors)) + list(vectors[-len(messages) :])
    used = classifier()
    odds = [used.judge(one.ngrams, vector) for one, vector in zip(messages, vectors, strict=True)]
    return list(signals_of([one.reading for one in messages], odds))[-1]


def assess_by_rules(words: str, earlier: Sequence[str] = ()) -> Signal:
    """Return the signal of a message by the rules alone: of what is named."""
    reads = [_known(said).reading for said in (*earlier[-MAX_EARLIER:], words)]
    return list(signals_of(reads, [NO_ODDS] * len(reads)))[-1]


def signals_of(reads: Iterable[Reading], odds: Iterable[Odds]) -> Iterator[Signal]:
    """Yield the signal of each message of a conversation, by what rules and the classifier say."""
    course = _START
    for read, found in zip(reads, odds, strict=True):
        course, signal = _follow(course, read, found)
        yield signal


def _known(words: str) -> _KnownMessage:
    key = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    message = _KNOWN.get(key)
    if message is None:
        if len(_KNOWN) >= _MAX_KNOWN:
            _KNOWN.clear()
        text = normalize(words)
        message = _KnownMessage(read_message(text), classifier().ngram_odds(text))
        _KNOWN[key] = message
    return message


def _follow(course: _Course, read: Reading, odds: Odds) -> tuple[_Course, Signal]:
    """Return the course after one more message, and the signal of that message."""
    if course.odds and read.level < Level.IDEATION and read.is_safe:
        return _START, _signal(min(read.level, Level.WORRY), read.kind, read.about)
    if read.about == "other":
        signal = _signal(read.level, read.kind, read.about)
    else:
        level = _level(course, read)
        signal = _signal(level, "suicide" if level > read.level else read.kind)
    so_far = (*course.odds, odds.together)
    is_meant = odds.card > 0 and not read.is_discounted
    adds_up = len(so_far) >= LEAST_TOGETHER and odds.worry > 0 and fsum(so_far) > 0
    needs_help = is_meant or adds_up
    signal = _raised(signal, Level.IDEATION if needs_help else Level(int(odds.worry > 0)))
    held, turns = course.held, course.held_turns
    if signal.level == Level.ACUTE:
        held, turns = signal, HELD_TURNS
    elif turns:
        signal, turns = held, turns - 1
    thoughts, signs = course.thoughts or read.thoughts, course.signs | read.signs
    return _Course(signs, thoughts, held, turns, so_far), signal


def _raised(signal: Signal, level: Level) -> Signal:
    """Return the signal of the rules, or a higher one that the classifier finds."""
    if level <= signal.level:
        return signal
    found = "suicide" if level == Level.IDEATION else "distress"
    return Signal(level, signal.kind or found, signal.about)


def _level(course: _Course, read: Reading) -> int:
    """Return the level of a message about oneself, together with what was said before."""
    signs = course.signs | read.signs
    thoughts = course.thoughts or read.thoughts
    prepares = read.signs & PREPARATION or (read.thoughts and course.signs & PREPARATION)
    if thoughts and prepares:
        return Level.ACUTE
    if len(signs & _LEAVING) > 1 and _weight(signs) >= 2 * ENOUGH and read.signs:
        return Level.ACUTE
    together = _weight(signs) >= ENOUGH and signs - _MILD
    if read.signs and (together or course.thoughts):
        return max(read.level, Level.IDEATION)
    return read.level


def _weight(signs: AbstractSet[str]) -> int:
    return sum(_WEIGHTS.get(sign, 0) for sign in signs - _MILD) + bool(signs & _MILD)


def _signal(level: int, kind: str, about: str = "self") -> Signal:
    return Signal(Level(level), kind, about) if level else NOTHING
