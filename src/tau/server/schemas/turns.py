"""Turns: a person's words and the reply to them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TurnOut:
    """A turn: its id, its conversation, and the message it answers."""

    turn: str
    conversation: str
    message: str
    finished: bool


@dataclass(frozen=True, slots=True)
class TurnList:
    """The turns in progress."""

    turns: list[TurnOut]
