"""What is erased when something is forgotten."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class ForgetPreviewItem:
    """One thing that is erased, or that stays and may repeat it (`elsewhere`)."""

    what: Literal["message", "reply", "fact", "title", "elsewhere"]
    id: str
    text: str
    at: float | None


@dataclass(frozen=True, slots=True)
class ForgetOut:
    """What was erased or, with `dry_run`, what would be.

    `replies` are Tau's that answer or repeat it; `titles` are conversations that lose their title;
    `conversations` are those erased as a whole; `elsewhere` are messages of the person's that stay
    and may repeat it. `preview` lists at most a hundred of each, and only with `dry_run`.
    """

    dry_run: bool
    messages: int
    replies: int
    facts: int
    titles: int
    conversations: int
    elsewhere: int
    preview: list[ForgetPreviewItem] = field(default_factory=list)
