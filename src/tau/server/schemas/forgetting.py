"""What is erased when something is forgotten."""

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class ForgetPreviewItem:
    """One thing that is erased, or that stays.

    What stays: `elsewhere` and an `artifact` may repeat it, an `answer` doesn't.

    `speaker` is who said a message in an imported conversation, if not the person. With `care`,
    it's of reflective support and comes without its text, since not all that was named is.
    """

    what: Literal["message", "reply", "fact", "title", "elsewhere", "answer", "artifact", "file"]
    id: str
    text: str
    at: float | None
    speaker: str | None = None
    care: bool = False


@dataclass(frozen=True, slots=True)
class ForgetOut:
    """What was erased or, with `dry_run`, what would be.

    `messages` are the person's and `replies` are Tau's; `titles` are conversations that lose their
    title; `conversations` are those erased as a whole. What stays: `elsewhere` are messages of the
    person's that may repeat it, `artifacts` is what was made with specialists and may too,
    `answers` are Tau's replies to it that repeat nothing of it. `preview` lists at most a hundred
    of each, and only with `dry_run`.
    """

    dry_run: bool
    messages: int
    replies: int
    facts: int
    titles: int
    conversations: int
    elsewhere: int
    answers: int = 0
    artifacts: int = 0
    attachments: int = 0
    """Files that go."""
    preview: list[ForgetPreviewItem] = field(default_factory=list)
