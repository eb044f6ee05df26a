"""What is known of a person, in their own hands: facts, the portrait, learning, forgetting."""

import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from tau.clock import local_now
from tau.errors import NotFound
from tau.facts import Fact
from tau.facts.profile import build_profile
from tau.journal.entries import ClaimLearned, Topic
from tau.life.fact_editing import FactEditor, FactState, state_of
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.presenters import recalled_out
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes import forgetting
from tau.server.schemas.facts import (
    AddFactRequest,
    ClaimOut,
    CorrectFactRequest,
    FactDetailOut,
    FactIdsRequest,
    FactList,
    FactOut,
    FactPage,
    FactRevisionRequest,
    ForgetOut,
    ForgetRequest,
    LearningOut,
    ProfileLineOut,
    ProfileOut,
    TimelineEntryOut,
    TimelinePage,
    UndoFactOut,
    UpdateLearningRequest,
)
from tau.server.schemas.shapes import Limit, PathId, QueryTimestamp

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERROR_RESPONSES)
PROFILE_TOKENS = 600
After = Annotated[str | None, Query(max_length=200)]
Text = Annotated[str, Query(max_length=2000)]


def fact_out(current: CurrentPerson, fact: Fact) -> FactOut:
    """Return a fact as the API tells it."""
    return FactOut(
        id=fact.id,
        topic=fact.topic,
        about=fact.about,
        text=fact.text,
        state=state_of(fact, time.time()),
        confirmed=fact.confirmed,
        said_on=fact.said_on,
        last_said_on=fact.last_said_on,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        due=fact.due,
        sources=list(fact.sources),
        learned_by=fact.learned_by,
        corrects=fact.corrects,
        superseded_by=fact.superseded_by,
        revision=FactEditor(current.life).revision(fact),
    )


def _fact_list(current: CurrentPerson, facts: Sequence[Fact]) -> FactList:
    return FactList(facts=[fact_out(current, fact) for fact in facts])


def _claim_out(learned: ClaimLearned) -> ClaimOut:
    return ClaimOut(
        id=learned.id,
        text=learned.claim.text,
        at=learned.at,
        by=learned.by,
        trust=learned.trust,
        sources=list(learned.sources),
        imported=learned.imported,
    )


@router.get("/facts", operation_id="listFacts")
async def list_facts(
    current: CurrentPersonDep,
    state: FactState | Literal["all"] = "current",
    topic: Topic | None = None,
    q: Text = "",
    message: Annotated[str | None, Query(max_length=128)] = None,
    limit: Limit = 50,
    after: After = None,
) -> FactPage:
    """List what is known: by state, topic, words, or the message it was said in."""
    memories = FactEditor(current.life)
    found = memories.facts(state=state, topic=topic, query=q, message=message)
    start = 0 if after is None else _index_of([fact.id for fact in found], after) + 1
    page, rest = found[start : start + limit], found[start + limit :]
    return FactPage(
        facts=[fact_out(current, fact) for fact in page], next=page[-1].id if rest else None
    )


@router.post("/facts", operation_id="tellFact", status_code=201)
async def add_fact(asked: AddFactRequest, current: CurrentPersonDep) -> FactList:
    """Tell memory something directly; answers with the facts that it became."""
    return _fact_list(current, await FactEditor(current.life).add_fact(asked.text))


@router.post("/facts/approve", operation_id="approveFacts")
async def approve_facts(asked: FactIdsRequest, current: CurrentPersonDep) -> FactList:
    """Let facts that waited count, all in one step; if one is unknown, none does."""
    return _fact_list(current, await FactEditor(current.life).approve(asked.ids))


@router.post("/facts/reject", operation_id="rejectFacts")
async def reject_facts(asked: FactIdsRequest, current: CurrentPersonDep) -> FactList:
    """Say of several facts that they are wrong; if one is unknown, nothing is said."""
    return _fact_list(current, await FactEditor(current.life).reject(asked.ids))


@router.get("/facts/{fact_id}", operation_id="getFact")
async def get_fact(fact_id: PathId, current: CurrentPersonDep) -> FactDetailOut:
    """Return a fact with its history and with every message that says so."""
    known = FactEditor(current.life).evidence_for(fact_id)
    return FactDetailOut(
        fact=fact_out(current, known.fact),
        history=[fact_out(current, fact) for fact in known.history],
        claims=[_claim_out(claim) for claim in known.claims],
        sources=[recalled_out(message) for message in known.sources],
    )


@router.delete("/facts/{fact_id}", operation_id="forgetFact")
async def forget_fact(
    fact_id: PathId, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Forget a fact for good, with the messages that say so and what repeats them."""
    asked = ForgetRequest(facts=[fact_id])
    return await forgetting.forget(current, app_state, forgetting.forget_action(current, asked))


@router.post("/facts/{fact_id}/correct", operation_id="correctFact")
async def correct_fact(
    fact_id: PathId, asked: CorrectFactRequest, current: CurrentPersonDep
) -> FactOut:
    """Say what is right; answers with the fact that took the place of this one."""
    memories = FactEditor(current.life)
    return fact_out(current, await memories.correct(fact_id, asked.text, revision=asked.revision))


@router.post("/facts/{fact_id}/confirm", operation_id="confirmFact")
async def confirm_fact(
    fact_id: PathId, current: CurrentPersonDep, asked: FactRevisionRequest | None = None
) -> FactOut:
    """Say that a fact is right; one that waited or was rejected counts from now on."""
    revision = asked.revision if asked else None
    return fact_out(current, await FactEditor(current.life).confirm(fact_id, revision=revision))


@router.post("/facts/{fact_id}/reject", operation_id="rejectFact")
async def reject_fact(
    fact_id: PathId, current: CurrentPersonDep, asked: FactRevisionRequest | None = None
) -> FactOut:
    """Say that a fact is wrong, without a better version."""
    revision = asked.revision if asked else None
    (rejected,) = await FactEditor(current.life).reject([fact_id], revision=revision)
    return fact_out(current, rejected)


@router.post("/facts/{fact_id}/undo", operation_id="undoFact")
async def undo_fact(fact_id: PathId, current: CurrentPersonDep) -> UndoFactOut:
    """Take back the last thing one did to a fact."""
    back = await FactEditor(current.life).undo(fact_id)
    return UndoFactOut(fact=fact_out(current, back) if back else None)


@router.get("/profile", operation_id="getProfile")
async def get_profile(current: CurrentPersonDep) -> ProfileOut:
    """Return the portrait that stands first in every prompt, with what it is made of."""
    now = time.time()
    drawn = build_profile(
        current.life.memory.facts.current(now), now, local_now().tzinfo, PROFILE_TOKENS
    )
    lines = [
        ProfileLineOut(text=line.text, facts=list(line.facts), sources=list(line.sources))
        for line in drawn.lines
    ]
    return ProfileOut(lines=lines)


@router.get("/timeline", operation_id="getTimeline")
async def get_timeline(
    current: CurrentPersonDep,
    since: QueryTimestamp | None = None,
    until: QueryTimestamp | None = None,
    topic: Topic | None = None,
    limit: Limit = 50,
    after: After = None,
) -> TimelinePage:
    """Tell what became so, ended and is planned, newest first."""
    facts = [
        *FactEditor(current.life).facts(state="current", topic=topic),
        *FactEditor(current.life).facts(state="past", topic=topic),
    ]
    found = sorted(
        (each for fact in facts for each in _timeline_entries(current, fact)), key=_newest_first
    )
    found = [
        each
        for each in found
        if (since is None or each.at >= since) and (until is None or each.at < until)
    ]
    start = 0 if after is None else _index_of(list(map(_entry_id, found)), after) + 1
    page, rest = found[start : start + limit], found[start + limit :]
    return TimelinePage(moments=page, next=_entry_id(page[-1]) if rest else None)


@router.get("/learning", operation_id="getLearning")
async def get_learning(current: CurrentPersonDep) -> LearningOut:
    """Tell whether learning is paused, and how much is known and waits."""
    memories = FactEditor(current.life)
    return LearningOut(
        paused=memories.paused,
        current=len(memories.facts()),
        waiting=len(memories.facts(state="waiting")),
    )


@router.put("/learning", operation_id="changeLearning")
async def update_learning(asked: UpdateLearningRequest, current: CurrentPersonDep) -> LearningOut:
    """Pause learning, or go on; what was said while it was paused is never learned from."""
    memories = FactEditor(current.life)
    await (memories.pause() if asked.paused else memories.resume())
    return await get_learning(current)


@router.post("/forget", operation_id="forget")
async def forget(
    asked: ForgetRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> ForgetOut:
    """Forget for good: a time, a conversation, an import, messages or facts, and what repeats them.

    With `dry_run`, only tell what would go.
    """
    if asked.import_id is not None:
        written = app_state.imports.journal_id(current.life.person, asked.import_id)
        asked = asked.model_copy(update={"import_id": written})
    act = forgetting.forget_action(current, asked)
    told = await forgetting.forget(current, app_state, act, dry_run=asked.dry_run)
    if asked.import_id is not None and not asked.dry_run:
        app_state.imports.forgotten(current.life.person, asked.import_id)
    return told


def _timeline_entries(current: CurrentPerson, fact: Fact) -> Iterator[TimelineEntryOut]:
    told = fact_out(current, fact)
    if fact.due is not None:
        yield TimelineEntryOut(at=fact.due, what="planned", fact=told)
    else:
        began = fact.said_on if fact.valid_from is None else fact.valid_from
        yield TimelineEntryOut(at=began, what="began", fact=told)
    if fact.valid_to is not None and fact.due is None:
        yield TimelineEntryOut(at=fact.valid_to, what="ended", fact=told)


def _newest_first(moment: TimelineEntryOut) -> tuple[float, str]:
    return -moment.at, _entry_id(moment)


def _entry_id(moment: TimelineEntryOut) -> str:
    return f"{moment.fact.id}.{moment.what}"


def _index_of(names: list[str], wanted: str) -> int:
    if wanted not in names:
        raise NotFound("There is nothing at this place of the list.")
    return names.index(wanted)
