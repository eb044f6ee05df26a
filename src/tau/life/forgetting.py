"""Forgetting: erases what a person asks to forget, with all that repeats it, for good.

What is erased is decided in `tau.memory.erasure_plan`. Replies in progress may already contain it:
`Companion.forget` ends them first.
"""

import time
from collections.abc import Mapping

import msgspec

from tau.errors import BadInput
from tau.journal.entries import EntriesForgotten
from tau.life.life import Life
from tau.life.private import is_private
from tau.memory.erasure_plan import ErasurePlan, plan_erasure
from tau.memory.erasure_request import (
    ErasureRequest,
    ErasureTargets,
    select_targets,
    target_conversations,
)
from tau.memory.message_erasure import find_moves


async def forget(life: Life, request: ErasureRequest, *, dry_run: bool = False) -> ErasurePlan:
    """Erase what `request` names and return what was erased; with `dry_run`, what would be.

    Raises `NotFound`, and erases nothing, if an id is unknown; `BadInput` for an empty period.
    """
    _check_period(request)
    private, request = _split_private(life, request)
    plan = ErasurePlan()
    if request != ErasureRequest():
        plan = await _forget_written(life, request, dry_run=dry_run)
    plans = _private_plans(life, private)
    if private != ErasureRequest() and not dry_run:
        _forget_private(life, private, plans)
    named = request.conversation or private.conversation
    conversations = plan.conversations if named is None else (*plan.conversations, named)
    return msgspec.structs.replace(
        plan,
        messages=(*(one for each in plans.values() for one in each.messages), *plan.messages),
        replies=(*(one for each in plans.values() for one in each.replies), *plan.replies),
        answers=(*(one for each in plans.values() for one in each.answers), *plan.answers),
        elsewhere=(*(one for each in plans.values() for one in each.elsewhere), *plan.elsewhere),
        conversations=tuple(dict.fromkeys(conversations)),
    )


def affected_conversations(life: Life, request: ErasureRequest) -> set[str]:
    """Return the conversations in which a request erases something. Raises `NotFound`."""
    private, request = _split_private(life, request)
    found = target_conversations(life.memory, select_targets(life.memory, request))
    found |= {life.message(message).conversation for message in private.messages}
    return found | {each for each in (request.conversation, private.conversation) if each}


async def _forget_written(life: Life, request: ErasureRequest, *, dry_run: bool) -> ErasurePlan:
    async with life.transaction() as transaction:
        plan = plan_erasure(life.memory, select_targets(life.memory, request))
        if not dry_run and plan.seqs:
            entry = EntriesForgotten(
                at=time.time(),
                targets=plan.seqs,
                moved=find_moves(life.memory.conversations, plan.seqs),
                kept_out=transaction.digests(plan.imported_ids),
            )
            await transaction.append(entry, *plan.rewritten, erase=plan.seqs)
    return plan


def _split_private(life: Life, request: ErasureRequest) -> tuple[ErasureRequest, ErasureRequest]:
    """Return the part of a request that concerns private conversations, and the rest."""
    private = [one for one in request.messages if life.private.find_by_message(one)]
    written = tuple(one for one in request.messages if one not in private)
    conversation = request.conversation
    if conversation is not None and is_private(conversation):
        return (
            ErasureRequest(messages=tuple(private), conversation=conversation),
            msgspec.structs.replace(request, messages=written, conversation=None),
        )
    return (
        ErasureRequest(messages=tuple(private)),
        msgspec.structs.replace(request, messages=written),
    )


def _private_plans(life: Life, request: ErasureRequest) -> dict[str, ErasurePlan]:
    """Return what a request erases in each private conversation. Raises `NotFound`."""
    named: dict[str, list[str]] = {}
    for message in dict.fromkeys(request.messages):
        named.setdefault(life.message(message).conversation, []).append(message)
    if request.conversation is not None and (private := life.private.find(request.conversation)):
        messages = private.memory.conversations.all_messages(private.id)
        named[private.id] = [message.id for message in messages]
    return {
        conversation: plan_erasure(
            life.memory_of(conversation), ErasureTargets(messages=tuple(messages))
        )
        for conversation, messages in named.items()
    }


def _forget_private(life: Life, request: ErasureRequest, plans: Mapping[str, ErasurePlan]) -> None:
    for conversation, plan in plans.items():
        if private := life.private.find(conversation):
            private.forget(plan.seqs)
    if request.conversation is not None:
        life.private.end(request.conversation)
    for listener in life.listeners:
        listener.forgotten(life)


def _check_period(request: ErasureRequest) -> None:
    if request.since is None:
        return
    until = time.time() if request.until is None else request.until
    if not request.since < until:
        raise BadInput("This period ends before it begins.")
