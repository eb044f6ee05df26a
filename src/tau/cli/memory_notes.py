"""Notes on memory in a terminal: what was learned with a reply, questions, and forgetting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tau.cli.terminal import single_line
from tau.client.client import Client
from tau.companion.events import (
    ArtifactMade,
    Forgetting,
    Note,
    Notes,
    Recalled,
    RecalledPassage,
    SpecialistSuggested,
)
from tau.errors import BadInput
from tau.server.schemas.forgetting import ForgetOut
from tau.server.schemas.messages import RecalledMessageOut


@dataclass
class ReplyContext:
    """What belongs to the last reply beside its text."""

    recalled: Sequence[RecalledPassage | RecalledMessageOut] = ()
    notes: Sequence[Note] = ()
    forgetting: Forgetting | None = None
    """What the person asked to forget, until they decided."""
    suggested: str = ""
    """The specialist that could help."""

    def keep(
        self, event: Recalled | Forgetting | Notes | SpecialistSuggested | ArtifactMade
    ) -> None:
        """Keep what an event of the turn says."""
        if isinstance(event, SpecialistSuggested):
            self.suggested = event.expert
        elif isinstance(event, Recalled):
            self.recalled = event.passages
        elif isinstance(event, Notes):
            self.notes = event.notes
        elif isinstance(event, Forgetting):
            self.forgetting = event


def note_lines(notes: Sequence[Note]) -> Iterator[str]:
    """Yield one line per note, numbered for `/yes` and `/no`."""
    for number, note in enumerate(notes, 1):
        text = _text_of(note)
        if note.kind == "asks":
            yield f"{number}. {text}: {note.question} /yes {number} or /no {number}"
        elif note.kind == "replaced":
            before = single_line(note.replaces or "")
            yield f"{number}. Changed: {text} (before: {before}). /no {number} undoes it."
        else:
            yield f"{number}. Noted: {text}. /no {number} if that's wrong."


async def decide(client: Client, notes: Sequence[Note], choice: str, *, approve: bool) -> str:
    """Approve or reject the fact of a note, by its number; return what was done.

    Without a number, the only question is meant. Raises `BadInput`.
    """
    note = _chosen(notes, choice)
    await client.memory.judge("approve" if approve else "reject", [note.fact])
    if approve:
        return f"Remembered: {_text_of(note)}"
    return f"{'Not remembered' if note.kind == 'asks' else 'Undone'}: {_text_of(note)}"


async def preview_forgetting(client: Client, asked: Forgetting) -> ForgetOut:
    """Return what would be deleted."""
    return await client.memory.forget(dry_run=True, **_targets(asked))


async def confirm_forgetting(client: Client, asked: Forgetting) -> ForgetOut:
    """Delete what the person asked to forget."""
    return await client.memory.forget(**_targets(asked))


def _targets(asked: Forgetting) -> dict[str, Any]:
    named = {"messages": asked.messages, "facts": asked.facts}
    return {kind: ids for kind, ids in named.items() if ids}


def _chosen(notes: Sequence[Note], choice: str) -> Note:
    questions = [note for note in notes if note.kind == "asks"]
    if not choice and len(questions) == 1:
        return questions[0]
    if choice.isascii() and choice.isdecimal() and 1 <= int(choice) <= len(notes):
        return notes[int(choice) - 1]
    if not notes:
        raise BadInput("There's no question. /memory shows what Tau knows about you.")
    raise BadInput("Choose a number from the notes below the last reply, such as /yes 1.")


def _text_of(note: Note) -> str:
    text = single_line(note.text)
    about = single_line(note.about)
    return f"{about}: {text}" if about and about.lower() not in text.lower() else text
