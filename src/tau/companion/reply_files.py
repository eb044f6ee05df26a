"""Attached files of one turn: taken with its words, and read into the request of its reply."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from tau.attachments.attachment_store import AttachmentStore
from tau.attachments.reading import is_picture
from tau.care.answers import language_of
from tau.companion.files_read import Picture, picture_files, read_files
from tau.companion.prompt import style_for
from tau.companion.prompt_files import ReplyFiles, quoted_for, sees
from tau.companion.reply_request import ReplyRequest
from tau.companion.turn_input import TurnInput
from tau.errors import BadInput, DamagedEntry, NotFound
from tau.journal.entries import FileAttached
from tau.life.life import Life
from tau.life.private import is_private
from tau.memory import Memory, Message
from tau.memory.attachment_search import files_of_thread
from tau.models.types import ModelInfo

ReadPicture = Callable[[Life, str], Awaitable[bytes]]
"""Returns the bytes of a person's file. Raises `NotFound` and `DamagedEntry`."""


async def take_files(
    store: AttachmentStore | None, life: Life, request: TurnInput
) -> list[FileAttached]:
    """Return the files of a turn that no message names yet. Raises `NotFound` and `BadInput`."""
    if not request.attachments:
        return []
    if store is None or is_private(request.conversation or ""):
        raise BadInput(
            "Files can't be attached in a private conversation: nothing of it is stored."
        )
    return await store.take(life, request.attachments)


def add_passages(
    memory: Memory, request: ReplyRequest, words: Message, query: str, model: ModelInfo
) -> None:
    """Add to a request the files that came with the words, and passages that they're about."""
    if not len(memory.attachments):
        return
    style = style_for(model.size, model.context_tokens, with_files=True)
    before = request.before
    request.files = ReplyFiles(
        quoted=read_files(memory, words, before, query, style.files_tokens, request.scope),
        own=files_of_thread(memory, [words]),
        named={each.id: files_of_thread(memory, [each]) for each in before if each.attachments},
    )
    request.quoted = quoted_for(request.files, style)


async def add_pictures(
    life: Life, request: ReplyRequest, words: Message, model: ModelInfo, read: ReadPicture | None
) -> None:
    """Add to a request the pictures that a model may look at, if it sees."""
    if read is None or not sees(model):
        return
    pictures: list[Picture] = []
    for file in picture_files(life.memory, words, request.recent(model)):
        with suppress(NotFound, DamagedEntry):  # its bytes aren't on this machine any more
            pictures.append(Picture(file, await read(life, file.id)))
    request.files = request.files._replace(pictures=pictures)


def unseen_note(request: ReplyRequest, model: ModelInfo) -> str:
    """Return what the person reads below a reply whose model can't see the pictures they sent.

    Empty if there are none, or it can.
    """
    if (sees(model) and request.saw_pictures) or not any(map(is_picture, request.files.own)):
        return ""
    if language_of(request.words) == "zh":
        return f"（{model.name} 看不到图片，以上回答没有参考图片。）"
    return f"({model.name} can't see pictures: this reply is without them.)"
