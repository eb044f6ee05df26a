"""Attached files in a reply: which passages and pictures a model gets, and how they're quoted.

Pure. A short file is read whole, of a long one the passages that the words are about, or else its
beginning. What files say are quotations of others in the prompt, and never instructions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tau.attachments.reading import is_picture
from tau.journal.entries import AttachedPart, FileAttached
from tau.memory import Memory, Message
from tau.memory.attachment_search import files_of_thread, read_beginning, search_attachments
from tau.memory.scope import Scope
from tau.text.excerpts import estimate_tokens
from tau.text.labels import as_label

MOST_PICTURES = 4
MOST_PICTURE_BYTES = 12 << 20
"""Of all pictures in one request."""
_NEARBY_SHARE = 0.25
"""How much of a question's weight a passage has to have, in a file of this conversation."""


class QuotedPart(NamedTuple):
    """A passage of a file that may stand in a prompt."""

    file: FileAttached
    number: int
    part: AttachedPart


class Picture(NamedTuple):
    """A picture with its bytes."""

    file: FileAttached
    content: bytes


def read_files(
    memory: Memory,
    words: Message,
    before: Sequence[Message],
    query: str,
    tokens: int,
    scope: Scope,
) -> list[QuotedPart]:
    """Return the passages that a reply to `words` may have: those of their own files first.

    `before` is the thread that the words follow, `tokens` the budget of all passages together.
    """
    own = [each for each in files_of_thread(memory, [words]) if not is_picture(each)]
    chosen: list[QuotedPart] = []
    for file in own:
        share = tokens // len(own)
        chosen += _of_one(memory, file, query, words.at, share)
    left = tokens - sum(estimate_tokens(each.part.text) for each in chosen)
    names = {each.id for each in own}
    nearby = {each.id for each in files_of_thread(memory, before)} - names
    found = search_attachments(
        memory, query, words.at, tokens=left, nearby=nearby, exclude=names, scope=scope
    )
    chosen += [
        QuotedPart(each.file, each.number, each.part)
        for each in found
        if each.file.id not in nearby or each.share >= _NEARBY_SHARE
    ]
    if not chosen:
        chosen = _just_sent(memory, before, left)
    return chosen


def existing_parts(memory: Memory, reply: Message) -> list[QuotedPart]:
    """Return the passages that a reply had, of files that weren't forgotten since."""
    known = memory.attachments
    opened = {name: known.parts(name) for name in dict(reply.recalled_parts)}
    return [
        QuotedPart(known.get(name), number, opened[name][number])
        for name, number in reply.recalled_parts
        if 0 <= number < len(opened[name])
    ]


def fit_parts(quoted: Sequence[QuotedPart], tokens: int) -> list[QuotedPart]:
    """Return the first passages that fit into a budget."""
    chosen: list[QuotedPart] = []
    for each in quoted:
        tokens -= estimate_tokens(each.part.text)
        if tokens < 0:
            break
        chosen.append(each)
    return chosen


def picture_files(memory: Memory, words: Message, recent: Sequence[Message]) -> list[FileAttached]:
    """Return the pictures that a reply may look at, the newest last."""
    found = [each for each in files_of_thread(memory, [*recent, words]) if is_picture(each)]
    chosen: list[FileAttached] = []
    left = MOST_PICTURE_BYTES
    for each in reversed(found):
        left -= each.size
        if left >= 0 and len(chosen) < MOST_PICTURES:
            chosen.append(each)
    return chosen[::-1]


def describe_files(files: Sequence[FileAttached], *, sees: bool) -> str:
    """Return a line for the prompt about each file that came with the words."""
    return "\n".join(_description(each, sees=sees) for each in files)


def format_part(each: QuotedPart) -> str:
    """Return a passage as a line of a prompt, with where it is from."""
    text = " ".join(each.part.text.split()).replace('"', "'")
    return f'- {source_name(each)}: "{text}"'


def source_name(each: QuotedPart) -> str:
    """Return where a passage is from, such as `contract.pdf, page 3`."""
    name = as_label(each.file.name) or "file"
    if each.part.page:
        return f"{name}, page {each.part.page}"
    place = as_label(each.part.place)
    return f"{name}, {place}" if place else name


def _description(file: FileAttached, *, sees: bool) -> str:
    name = as_label(file.name) or "file"
    if not is_picture(file):
        pages = f", {file.pages} pages" if file.pages > 1 else ""
        return f"[Attached: {name}{pages}]"
    if sees:
        return f"[Attached picture: {name}]"
    return f"[Attached picture: {name}. You can't see pictures: say so if it matters.]"


def _of_one(
    memory: Memory, file: FileAttached, query: str, now: float, tokens: int
) -> list[QuotedPart]:
    """Return a whole file if it fits, else what matches the words, else its beginning."""
    beginning = read_beginning(memory, file.id, tokens)
    if len(beginning) == memory.attachments.count(file.id):
        return [QuotedPart(file, number, part) for number, part in beginning]
    others = {each.id for each in memory.attachments.all()} - {file.id}
    found = search_attachments(memory, query, now, tokens=tokens, nearby={file.id}, exclude=others)
    chosen = {each.number: each.part for each in found if each.share >= _NEARBY_SHARE}
    left = tokens - sum(estimate_tokens(part.text) for part in chosen.values())
    for number, part in beginning:
        left -= 0 if number in chosen else estimate_tokens(part.text)
        if left < 0:
            break
        chosen[number] = part
    return [QuotedPart(file, number, chosen[number]) for number in sorted(chosen)]


def _just_sent(memory: Memory, before: Sequence[Message], tokens: int) -> list[QuotedPart]:
    """Return the beginning of the files that came with the person's last message, if any did.

    "And what's it about?" has no word of a file.
    """
    last = next((each for each in reversed(before) if each.by == "person"), None)
    files = files_of_thread(memory, [last]) if last else []
    return [
        QuotedPart(file, number, part)
        for file in files
        for number, part in read_beginning(memory, file.id, tokens // len(files))
    ]
