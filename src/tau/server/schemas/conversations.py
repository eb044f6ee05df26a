"""Conversations, without their messages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConversationOut:
    """One conversation; a private one is kept in memory only and is gone when Tau stops."""

    id: str
    title: str | None
    started_at: float
    updated_at: float
    archived: bool
    count: int
    private: bool
    expert: str | None = None
    """The specialist of its last message, which replies next unless another is named."""
    live_turn: str | None = None
    """The turn in progress; watch it at `/api/turns/{id}/events`."""


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Conversations, newest first; `next` goes into `after` to read on."""

    conversations: list[ConversationOut]
    next: str | None
