"""Words of a turn: the entries that write what the person said, with what is derived from it.

Pure: called while the entries are being written (`Life.append_to`), perhaps more than once.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from tau.companion.care_step import Assessment, CareStep
from tau.companion.placement import words_parent
from tau.companion.specialists import require_fitting
from tau.companion.turn_input import TurnInput
from tau.errors import NotFound
from tau.facts.resolution import CARE
from tau.ids import new_id
from tau.journal.entries import ConversationChanged, Entry, FileAttached, MessageAdded
from tau.life.life import MAX_TITLE_CHARACTERS, Life
from tau.life.private import is_private


class WordsDraft(NamedTuple):
    """The entries of a turn's words, with what they say of danger and the model that replies."""

    said: MessageAdded
    entries: list[Entry]
    care: Assessment
    model: str = ""


def draft_words(
    life: Life,
    request: TurnInput,
    conversation: str,
    care_step: CareStep,
    expert: str | None = None,
) -> WordsDraft:
    """Return the entries of words to a specialist as they're written now.

    Raises `NotFound` and `BadInput`.
    """
    require_fitting(life, request.conversation, expert)
    earlier = _history_entries(request, conversation) if request.conversation is None else []
    parent = earlier[-1].id if earlier else words_parent(life, request.conversation, request.edits)
    if request.conversation is None:
        own = [each.text for each in earlier if each.by == "person"]
        care = care_step.assess_alone(request.words, own)
    else:
        care = care_step.assess(life.memory_of(conversation), request.words, parent)
    said = MessageAdded(
        at=time.time(),
        id=new_id(),
        conversation=conversation,
        by="person",
        text=request.words,
        parent=parent,
        turn=request.turn_id,
        channel=request.channel,
        care=care.mark,
        expert=expert,
        attachments=request.attachments,
        artifact=_open_artifact(life, request),
    )
    titles = _title_entries(life, said, begins=request.conversation is None)
    return WordsDraft(said, [*titles, *earlier, said], care)


def _open_artifact(life: Life, request: TurnInput) -> str | None:
    """Return the artifact that is open beside the conversation. Raises `NotFound`."""
    if request.artifact is None:
        return None
    found = life.memory.artifacts.get(request.artifact)
    if found.expert == CARE:
        raise NotFound("There is no such artifact.")
    return found.id


def file_entries(
    life: Life, files: Sequence[FileAttached], conversation: str
) -> list[FileAttached]:
    """Return the entries of files that come with words and aren't in the journal yet."""
    return [
        msgspec.structs.replace(each, conversation=conversation)
        for each in files
        if life.memory.attachments.find(each.id) is None
    ]


def _history_entries(request: TurnInput, conversation: str) -> list[MessageAdded]:
    """Return what was said before, elsewhere, as a thread."""
    entries: list[MessageAdded] = []
    for line in request.history:
        said = MessageAdded(
            at=time.time() if line.at is None else line.at,
            id=new_id(),
            conversation=conversation,
            by=line.by,
            text=line.text,
            parent=entries[-1].id if entries else None,
            channel=request.channel,
        )
        entries.append(said)
    return entries


def _title_entries(life: Life, said: MessageAdded, *, begins: bool) -> list[Entry]:
    """Return the entry that titles a conversation by its first words, if it has no title yet.

    Words with which help was named are never a title: it's read over a shoulder. Nor are private
    ones, and those to `care`.
    """
    if said.care is not None or said.expert == CARE or is_private(said.conversation):
        return []
    if not begins and _has_title_or_words(life, said.conversation):
        return []
    title = " ".join(said.text.split())
    if len(title) > MAX_TITLE_CHARACTERS:
        title = title[: MAX_TITLE_CHARACTERS - 1].rstrip() + "…"
    return [ConversationChanged(at=said.at, id=said.conversation, title=title)]


def _has_title_or_words(life: Life, conversation: str) -> bool:
    conversations = life.memory_of(conversation).conversations
    if conversations.get(conversation).title is not None:
        return True
    earlier = conversations.thread(conversation)
    return any(each.by == "person" and each.care is None for each in earlier)
