"""Forgetting: previewing and erasing a period, a conversation, an import, messages or facts."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

from fastapi import APIRouter

from tau.errors import NotFound
from tau.life.fact_editing import FactEditor
from tau.memory import Message
from tau.memory.erasure_plan import ErasurePlan
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.requests.forgetting import ForgetRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.schemas.forgetting import ForgetOut, ForgetPreviewItem
from tau.server.state import AppState

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERROR_RESPONSES)
MAX_PREVIEW_ITEMS = 100
ForgetAction = Callable[[bool], Awaitable[ErasurePlan]]
"""Forgets something; with True it only plans what would be erased."""


@router.post("/forget", operation_id="forget")
async def forget(
    asked: ForgetRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Forget a period, a conversation, an import, messages or facts for good.

    What repeats them is erased too. With `dry_run`, only list what would be erased.
    """
    if asked.import_id is not None:
        written = app_state.imports.journal_id(current.life.person, asked.import_id)
        asked = asked.model_copy(update={"import_id": written})
    act = forget_action(current, asked)
    result = await erase(current, app_state, act, dry_run=asked.dry_run)
    if asked.import_id is not None and not asked.dry_run:
        await app_state.imports.forget(current.life.person, asked.import_id)
    return result


async def erase(
    current: CurrentPerson, app_state: AppState, act: ForgetAction, *, dry_run: bool = False
) -> ForgetOut:
    """Erase by `act` and return what was erased; with `dry_run`, what would be."""
    planned = await act(True)
    if dry_run:
        return _forget_out(planned, list(_preview_items(current, planned)), dry_run=True)
    await _end_turns(current, app_state, planned)
    return _forget_out(await act(False), [], dry_run=False)


def forget_action(current: CurrentPerson, asked: ForgetRequest) -> ForgetAction:
    """Return the action that forgets what `asked` names."""
    memories = FactEditor(current.life)
    if asked.since is not None:
        since, until = asked.since, asked.until
        return lambda dry: memories.forget_period(since, until, dry_run=dry)
    if asked.conversation is not None:
        conversation = asked.conversation
        current.require_visible(conversation)
        return lambda dry: memories.forget_conversation(conversation, dry_run=dry)
    if asked.import_id is not None:
        import_id = asked.import_id
        return lambda dry: memories.forget_import(import_id, dry_run=dry)
    if asked.facts is not None:
        facts = asked.facts
        return lambda dry: memories.forget_facts(facts, dry_run=dry)
    messages = [current.message(each).id for each in asked.messages or ()]
    return lambda dry: current.life.forget_messages(messages, dry_run=dry)


async def _end_turns(current: CurrentPerson, app_state: AppState, planned: ErasurePlan) -> None:
    """End replies in progress where something is erased: their prompts contain it already."""
    everything = _messages(current, planned.messages, len(planned.messages))
    concerned = {message.conversation for message in everything}
    concerned.update(planned.conversations)
    turns = [
        t for t in app_state.companion.active_turns(current.life) if t.conversation in concerned
    ]
    for turn in turns:
        turn.stop()
    for turn in turns:
        await turn.ended()


def _forget_out(
    erasure: ErasurePlan, preview: list[ForgetPreviewItem], *, dry_run: bool
) -> ForgetOut:
    return ForgetOut(
        dry_run=dry_run,
        messages=len(erasure.messages),
        replies=len(erasure.replies),
        facts=len(erasure.facts),
        titles=len(erasure.titles),
        conversations=len(erasure.conversations),
        elsewhere=len(erasure.elsewhere),
        preview=preview,
    )


def _preview_items(current: CurrentPerson, planned: ErasurePlan) -> Iterator[ForgetPreviewItem]:
    for message in _messages(current, planned.messages):
        yield ForgetPreviewItem(what="message", id=message.id, text=message.text, at=message.at)
    for message in _messages(current, planned.replies):
        yield ForgetPreviewItem(what="reply", id=message.id, text=message.text, at=message.at)
    for name in planned.facts[:MAX_PREVIEW_ITEMS]:
        fact = current.life.memory.facts.get(name)
        yield ForgetPreviewItem(what="fact", id=fact.id, text=fact.text, at=fact.said_on)
    for name in planned.titles[:MAX_PREVIEW_ITEMS]:
        title = current.conversation(name).title
        yield ForgetPreviewItem(what="title", id=name, text=title or "", at=None)
    for message in _messages(current, planned.elsewhere):
        yield ForgetPreviewItem(what="elsewhere", id=message.id, text=message.text, at=message.at)


def _messages(
    current: CurrentPerson, ids: Sequence[str], most: int = MAX_PREVIEW_ITEMS
) -> Iterator[Message]:
    for name in ids[:most]:
        try:
            yield current.message(name)
        except NotFound:  # forgotten on another device meanwhile
            continue
