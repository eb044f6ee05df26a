"""Search in attached files: the passages that a question is about, within a budget of tokens.

Files of the same thread are read first: a question that follows a file is often about it. What is
in files elsewhere must have most of the question's words.
"""

from collections.abc import Collection, Sequence

from tau.journal.entries import AttachedPart, FileAttached
from tau.memory.attachments import FoundPart
from tau.memory.memory import Memory
from tau.memory.messages import Message
from tau.memory.questions import question_terms
from tau.memory.scope import Scope
from tau.text.excerpts import estimate_tokens

ELSEWHERE_SHARE = 0.6
"""How much of a question's weight a passage has to have, in a file of another conversation."""
_EXAMINED = 200


def search_attachments(
    memory: Memory,
    query: str,
    now: float,
    *,
    tokens: int,
    limit: int = 8,
    nearby: Collection[str] = (),
    exclude: Collection[str] = (),
    scope: Scope | None = None,
) -> list[FoundPart]:
    """Return the passages of files that a question is about, best first.

    Those of the files `nearby` come first, whatever else is found; the files `exclude` are left
    out, and so are those that `scope` doesn't let read.
    """
    if not len(memory.attachments):
        return []
    asked = question_terms(query, now)
    readable = {
        file.id: file.id not in exclude and _may_read(memory, file, scope)
        for file in memory.attachments.all()
    }
    found = memory.attachments.search(asked, lambda file: readable[file], _EXAMINED)
    relevant = [each for each in found if each.file.id in nearby or each.share >= ELSEWHERE_SHARE]
    relevant.sort(key=lambda each: (each.file.id not in nearby, -each.score))
    return _fitting(relevant, tokens, limit)


def read_beginning(memory: Memory, file: str, tokens: int) -> list[tuple[int, AttachedPart]]:
    """Return the first passages of a file that fit into a budget, with their numbers."""
    chosen: list[tuple[int, AttachedPart]] = []
    for index, part in enumerate(memory.attachments.parts(file)):
        tokens -= estimate_tokens(part.text)
        if tokens < 0:
            break
        chosen.append((index, part))
    return chosen


def files_of_thread(memory: Memory, thread: Sequence[Message]) -> list[FileAttached]:
    """Return the files that came with the messages of a thread, the newest last."""
    names = dict.fromkeys(file for message in thread for file in message.attachments)
    return [found for name in names if (found := memory.attachments.find(name)) is not None]


def _may_read(memory: Memory, file: FileAttached, scope: Scope | None) -> bool:
    """Return whether a file may be read: a visible message that may be read names it."""
    messages = map(memory.messages.find, memory.attachments.messages_of(file.id))
    return any(
        message is not None
        and message.visible
        and (scope is None or scope.reads_from(message.expert))
        for message in messages
    )


def _fitting(found: Sequence[FoundPart], tokens: int, limit: int) -> list[FoundPart]:
    chosen: list[FoundPart] = []
    for each in found:
        cost = estimate_tokens(each.part.text)
        if cost <= tokens and len(chosen) < limit:
            tokens -= cost
            chosen.append(each)
    return chosen
