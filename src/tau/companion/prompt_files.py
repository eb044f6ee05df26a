"""Attached files in a prompt: what is quoted of them, which came with what, and pictures. Pure."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from tau.companion.files_read import Picture, QuotedPart, describe_files, fit_parts, format_part
from tau.companion.prompt import PromptMessage, PromptStyle
from tau.journal.entries import FileAttached
from tau.memory import Message
from tau.models.types import ModelInfo


class ReplyFiles(NamedTuple):
    """The files that a reply may know of."""

    quoted: Sequence[QuotedPart] = ()
    own: Sequence[FileAttached] = ()
    """The files that came with the words."""
    named: Mapping[str, Sequence[FileAttached]] = {}
    """The files that came with earlier messages, by the id of the message."""
    pictures: Sequence[Picture] = ()


def sees(info: ModelInfo) -> bool:
    """Return whether a model takes pictures."""
    return "vision" in info.capabilities


def quoted_for(files: ReplyFiles, style: PromptStyle) -> list[QuotedPart]:
    """Return the passages that a model gets."""
    return fit_parts(files.quoted, style.files_tokens)


def name_files(message: Message, files: ReplyFiles, info: ModelInfo) -> Message:
    """Return a message whose text ends with the files that came with it."""
    named = files.named.get(message.id, ())
    return msgspec.structs.replace(message, text=with_names(message.text, named, info))


def with_names(text: str, named: Sequence[FileAttached], info: ModelInfo) -> str:
    """Return a text with the files that came with it, a line each."""
    return f"{text}\n\n{describe_files(named, sees=sees(info))}" if named else text


def add_files(
    messages: list[PromptMessage],
    files: ReplyFiles,
    style: PromptStyle,
    info: ModelInfo,
    words: str,
) -> list[PromptMessage]:
    """Return a prompt whose last message, with these words, has passages and pictures too."""
    *earlier, last = messages
    text = str(last["content"])
    if quoted := quoted_for(files, style):
        heading = style.words_heading.format(name=style.person_name) if text == words else ""
        block = "\n".join((style.files_heading, *map(format_part, quoted)))
        text = f"{block}\n\n{f'{heading} ' if heading else ''}{text}"
    pictures = [_picture_part(each) for each in files.pictures] if sees(info) else []
    parts = [{"type": "text", "text": text}, *pictures]
    return [*earlier, {**last, "content": parts if pictures else text}]


def _picture_part(picture: Picture) -> dict[str, Any]:
    """Return a picture as a part of a message, in OpenAI's shape."""
    data = b64encode(picture.content).decode()
    address = f"data:{picture.file.media_type};base64,{data}"
    return {"type": "image_url", "image_url": {"url": address}}
