"""Attached files in an erasure: those that go with their messages, and replies that repeat them.

Functions of what is to be erased; they read a memory and change nothing.
"""

from collections.abc import Collection, Iterator

from tau.memory.erasure_effects import Erased
from tau.memory.messages import Message
from tau.memory.repetition import shares_content


def files_to_erase(erased: Erased, entries: Collection[int]) -> dict[str, int]:
    """Return the files that are named or that no message will name any more, with their `seq`."""
    attachments = erased.memory.attachments
    found: dict[str, int] = {}
    for file in attachments.all():
        seq, messages = attachments.seq(file.id), attachments.messages_of(file.id)
        if seq in entries or (messages and all(map(erased.holds, messages))):
            found[file.id] = seq
    return found


def replies_that_repeat_files(erased: Erased, files: Collection[str]) -> Iterator[Message]:
    """Yield Tau's replies that had a passage of these files, and share words with it."""
    attachments = erased.memory.attachments
    for message in erased.memory.messages if files else ():
        parts = (
            part
            for file, index in message.recalled_parts
            if file in files and (part := attachments.part(file, index)) is not None
        )
        if any(shares_content(part.text, message.text) for part in parts):
            yield message
