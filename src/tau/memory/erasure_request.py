"""What a person asks to forget, and which messages and entries that means. Pure."""

from collections.abc import Iterable

import msgspec

from tau.errors import NotFound
from tau.facts import Fact, Facts
from tau.journal.entries import ClaimLearned
from tau.memory.memory import Memory


class ErasureRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What to forget: messages, facts, files, check-ins, artifacts, a conversation, and more.

    All but the period are named by id; `checkins` are answered questionnaires too. Times are in
    seconds since 1970. A period without `until` has no end.
    """

    messages: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    checkins: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    conversation: str | None = None
    import_id: str | None = None
    since: float | None = None
    until: float | None = None


class ErasureTargets(msgspec.Struct, frozen=True, kw_only=True):
    """The messages, facts and single entries that a request names.

    With `whole_conversations`, a conversation of which no message is left is erased too.
    """

    messages: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    entries: tuple[int, ...] = ()
    whole_conversations: bool = False


def select_targets(memory: Memory, request: ErasureRequest) -> ErasureTargets:
    """Return what a request names. Raises `NotFound` if one of its ids is unknown."""
    parts = [ErasureTargets(messages=request.messages, facts=request.facts)]
    if request.checkins:
        parts.append(ErasureTargets(entries=tuple(map(memory.checkins.seq, request.checkins))))
    for artifact in request.artifacts:
        entries = tuple(memory.artifacts.entries_of(artifact))
        parts.append(ErasureTargets(entries=entries))
    if request.attachments:
        files = tuple(map(memory.attachments.seq, request.attachments))
        parts.append(ErasureTargets(entries=files))
    if request.conversation is not None:
        parts.append(_conversation(memory, request.conversation))
    if request.import_id is not None:
        parts.append(_import(memory, request.import_id))
    if request.since is not None:
        end = float("inf") if request.until is None else request.until
        parts.append(_period(memory, request.since, end))
    return ErasureTargets(
        messages=tuple(dict.fromkeys(one for part in parts for one in part.messages)),
        facts=request.facts,
        entries=tuple(dict.fromkeys(one for part in parts for one in part.entries)),
        whole_conversations=any(part.whole_conversations for part in parts),
    )


def target_conversations(memory: Memory, targets: ErasureTargets) -> set[str]:
    """Return the conversations of the messages that targets name. Raises `NotFound`."""
    messages = [memory.message(name) for name in targets.messages]
    for name in targets.facts:
        for fact in correction_chain(memory.facts, name):
            found = (memory.messages.find(source) for source in fact.sources)
            messages += [message for message in found if message is not None]
    return {message.conversation for message in messages}


def correction_chain(facts: Facts, fact_id: str) -> list[Fact]:
    """Return a fact and those that it corrected, so that they don't return. Raises `NotFound`."""
    found = [facts.get(fact_id)]
    while before := facts.find(found[-1].corrects or ""):
        if before in found:
            break
        found.append(before)
    return found


def _conversation(memory: Memory, conversation: str) -> ErasureTargets:
    messages = memory.conversations.all_messages(conversation)
    return ErasureTargets(
        messages=tuple(message.id for message in messages),
        entries=tuple(memory.conversations.entries_of(conversation)),
    )


def _period(memory: Memory, since: float, until: float) -> ErasureTargets:
    """Return what was said, checked in, made, added as a fact or given as a title in a period."""
    messages = tuple(one.id for one in memory.messages if since <= one.at < until)
    added = (
        seq for seq, claim in _claims(memory) if claim.by == "person" and since <= claim.at < until
    )
    titles = (one.seq for _, one in memory.conversations.titles() if since <= one.at < until)
    made = (seq for seq, one in memory.artifacts.entries() if since <= one.at < until)
    entries = (*added, *titles, *memory.checkins.between(since, until), *made)
    return ErasureTargets(messages=messages, entries=entries, whole_conversations=True)


def _import(memory: Memory, import_id: str) -> ErasureTargets:
    """Return what an import wrote. Raises `NotFound` if there was none."""
    messages = tuple(one.id for one in memory.messages if one.imported == import_id)
    claims = (seq for seq, claim in _claims(memory) if claim.imported == import_id)
    entries = (*memory.imports.entries_of(import_id), *claims)
    if not (entries or messages):
        raise NotFound("There was no such import.")
    return ErasureTargets(messages=messages, entries=entries, whole_conversations=True)


def _claims(memory: Memory) -> Iterable[tuple[int, ClaimLearned]]:
    return (
        (seq, entry) for seq, entry in memory.facts.entries() if isinstance(entry, ClaimLearned)
    )
