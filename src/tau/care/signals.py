"""Signals of danger in a person's words: how serious, of what kind, and about whom.

Rules decide, in English and Chinese; no model is needed. What counts over several messages is
derived anew each time from the person's last messages, and nothing is stored.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from enum import IntEnum
from typing import NamedTuple

import msgspec

from tau.care.reading import Reading, read_message, says_safe

MAX_EARLIER = 8
"""How many of the person's earlier messages are used."""
HELD_TURNS = 3
"""How many turns an acute level is kept for, unless the person says that they're safe."""
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


_START = _Course()


def assess(words: str, earlier: Sequence[str] = ()) -> Signal:
    """Return the signal of a message.

    `earlier` are the person's last messages of the conversation, oldest first. Weaker signs in
    several of them rise together, and an acute level is kept for some turns.
    """
    recent = earlier[-MAX_EARLIER:]
    before, last = recent[:-HELD_TURNS], recent[-HELD_TURNS:]
    reads = [read_message(said) for said in (*last, words)]
    if not any(read.level or read.signs for read in reads):
        return NOTHING  # what was said before them can't reach this message
    course, signal = _START, NOTHING
    for read in (*map(read_message, before), *reads):
        course, signal = _follow(course, read)
    return signal


def _follow(course: _Course, read: Reading) -> tuple[_Course, Signal]:
    """Return the course after one more message, and the signal of that message."""
    if course != _START and read.level < Level.IDEATION and says_safe(read.text):
        return _START, _signal(min(read.level, Level.WORRY), read.kind, read.about)
    if read.about == "other":
        signal = _signal(read.level, read.kind, read.about)
    else:
        level = _level(course, read)
        signal = _signal(level, "suicide" if level > read.level else read.kind)
    held, turns = course.held, course.held_turns
    if signal.level == Level.ACUTE:
        held, turns = signal, HELD_TURNS
    elif turns:
        signal, turns = held, turns - 1
    thoughts = course.thoughts or read.thoughts
    return _Course(course.signs | read.signs, thoughts, held, turns), signal


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
