"""Forgetting over HTTP: what goes is told first, replies in the making end, then it is erased."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from tau.errors import NotFound
from tau.life.fact_editing import Memories
from tau.memory import Message
from tau.memory.erasure_plan import Erasure
from tau.server.auth import Present
from tau.server.schemas.facts import ForgetRequest, Forgotten, Going
from tau.server.state import House

MOST_TOLD = 100
Act = Callable[[bool], Awaitable[Erasure]]
"""Forgets something; with True it only tells what would go."""


async def forget(here: Present, house: House, act: Act, *, dry_run: bool = False) -> Forgotten:
    """Forget by `act` and tell what went; with `dry_run`, tell what would go."""
    planned = await act(True)
    if dry_run:
        return _told(planned, list(_going(here, planned)), dry_run=True)
    await _end_turns(here, house, planned)
    try:
        return _told(await act(False), [], dry_run=False)
    finally:
        house.imports.hush(here.life.person)


def act_of(here: Present, asked: ForgetRequest) -> Act:
    """Return what forgets as `asked`."""
    memories = Memories(here.life)
    if asked.since is not None:
        since, until = asked.since, asked.until
        return lambda dry: memories.forget_period(since, until, dry_run=dry)
    if asked.conversation is not None:
        conversation = asked.conversation
        return lambda dry: memories.forget_conversation(conversation, dry_run=dry)
    if asked.import_id is not None:
        import_id = asked.import_id
        return lambda dry: memories.forget_import(import_id, dry_run=dry)
    if asked.facts is not None:
        facts = asked.facts
        return lambda dry: memories.forget_facts(facts, dry_run=dry)
    messages = asked.messages or []
    return lambda dry: here.life.forget_messages(messages, dry_run=dry)


async def _end_turns(here: Present, house: House, planned: Erasure) -> None:
    """End the replies that are being made where something goes: they know it already."""
    everything = _messages(here, planned.messages, len(planned.messages))
    concerned = {message.conversation for message in everything}
    concerned.update(planned.conversations)
    turns = [t for t in house.companion.live_turns(here.life) if t.conversation in concerned]
    for turn in turns:
        turn.stop()
    for turn in turns:
        await turn.ended()


def _told(erasure: Erasure, preview: list[Going], *, dry_run: bool) -> Forgotten:
    return Forgotten(
        dry_run=dry_run,
        messages=len(erasure.messages),
        replies=len(erasure.replies),
        facts=len(erasure.facts),
        titles=len(erasure.titles),
        conversations=len(erasure.conversations),
        elsewhere=len(erasure.elsewhere),
        preview=preview,
    )


def _going(here: Present, planned: Erasure) -> Iterator[Going]:
    for message in _messages(here, planned.messages):
        yield Going(what="message", id=message.id, text=message.text, at=message.at)
    for message in _messages(here, planned.replies):
        yield Going(what="reply", id=message.id, text=message.text, at=message.at)
    for name in planned.facts[:MOST_TOLD]:
        fact = here.life.memory.facts.get(name)
        yield Going(what="fact", id=fact.id, text=fact.text, at=fact.said_on)
    for name in planned.titles[:MOST_TOLD]:
        title = here.conversation(name).title
        yield Going(what="title", id=name, text=title or "", at=None)
    for message in _messages(here, planned.elsewhere):
        yield Going(what="elsewhere", id=message.id, text=message.text, at=message.at)


def _messages(here: Present, ids: Sequence[str], most: int = MOST_TOLD) -> Iterator[Message]:
    for name in ids[:most]:
        try:
            yield here.message(name)
        except NotFound:  # forgotten on another device at this moment
            continue
