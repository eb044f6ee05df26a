"""What is known of a person, in their own hands: facts, the portrait, learning, forgetting."""

import time
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from tau.clock import local_now
from tau.errors import NotFound
from tau.facts import Fact
from tau.facts.profile import portrait
from tau.journal.entries import Learned, Topic
from tau.life.fact_editing import Memories, State, state_of
from tau.server.auth import AHouse, APresent, Present
from tau.server.presenters import recalled_out
from tau.server.responses import FAILURES
from tau.server.routes import forgetting
from tau.server.schemas.facts import (
    ClaimOut,
    Correction,
    FactDetail,
    FactList,
    FactOut,
    FactPage,
    Facts,
    FactUndone,
    ForgetRequest,
    Forgotten,
    Learning,
    LearningChange,
    Look,
    Moments,
    PortraitLine,
    PortraitOut,
    Telling,
    Timeline,
)
from tau.server.schemas.shapes import IdInPath, Limit, MomentInQuery

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=FAILURES)
PORTRAIT_TOKENS = 600
After = Annotated[str | None, Query(max_length=200)]
Text = Annotated[str, Query(max_length=2000)]


def fact_out(here: Present, fact: Fact) -> FactOut:
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
        revision=Memories(here.life).revision(fact),
    )


def _list(here: Present, facts: Sequence[Fact]) -> FactList:
    return FactList(facts=[fact_out(here, fact) for fact in facts])


def _claim_out(learned: Learned) -> ClaimOut:
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
    here: APresent,
    state: State | Literal["all"] = "current",
    topic: Topic | None = None,
    q: Text = "",
    message: Annotated[str | None, Query(max_length=128)] = None,
    limit: Limit = 50,
    after: After = None,
) -> FactPage:
    """List what is known: by state, topic, words, or the message it was said in."""
    memories = Memories(here.life)
    found = memories.facts(state=state, topic=topic, query=q, message=message)
    start = 0 if after is None else _place([fact.id for fact in found], after) + 1
    page, rest = found[start : start + limit], found[start + limit :]
    return FactPage(
        facts=[fact_out(here, fact) for fact in page], next=page[-1].id if rest else None
    )


@router.post("/facts", operation_id="tellFact", status_code=201)
async def tell_fact(asked: Telling, here: APresent) -> FactList:
    """Tell memory something directly; answers with the facts that it became."""
    return _list(here, await Memories(here.life).tell(asked.text))


@router.post("/facts/approve", operation_id="approveFacts")
async def approve_facts(asked: Facts, here: APresent) -> FactList:
    """Let facts that waited count, all in one step; if one is unknown, none does."""
    return _list(here, await Memories(here.life).approve(asked.ids))


@router.post("/facts/reject", operation_id="rejectFacts")
async def reject_facts(asked: Facts, here: APresent) -> FactList:
    """Say of several facts that they are wrong; if one is unknown, nothing is said."""
    return _list(here, await Memories(here.life).reject(asked.ids))


@router.get("/facts/{fact_id}", operation_id="getFact")
async def get_fact(fact_id: IdInPath, here: APresent) -> FactDetail:
    """Return a fact with its history and with every message that says so."""
    known = Memories(here.life).show(fact_id)
    return FactDetail(
        fact=fact_out(here, known.fact),
        history=[fact_out(here, fact) for fact in known.history],
        claims=[_claim_out(claim) for claim in known.claims],
        sources=[recalled_out(message) for message in known.sources],
    )


@router.delete("/facts/{fact_id}", operation_id="forgetFact")
async def forget_fact(fact_id: IdInPath, here: APresent, house: AHouse) -> Forgotten:
    """Forget a fact for good, with the messages that say so and what repeats them."""
    asked = ForgetRequest(facts=[fact_id])
    return await forgetting.forget(here, house, forgetting.act_of(here, asked))


@router.post("/facts/{fact_id}/correct", operation_id="correctFact")
async def correct_fact(fact_id: IdInPath, asked: Correction, here: APresent) -> FactOut:
    """Say what is right; answers with the fact that took the place of this one."""
    memories = Memories(here.life)
    return fact_out(here, await memories.correct(fact_id, asked.text, revision=asked.revision))


@router.post("/facts/{fact_id}/confirm", operation_id="confirmFact")
async def confirm_fact(fact_id: IdInPath, here: APresent, asked: Look | None = None) -> FactOut:
    """Say that a fact is right; one that waited or was rejected counts from now on."""
    revision = asked.revision if asked else None
    return fact_out(here, await Memories(here.life).confirm(fact_id, revision=revision))


@router.post("/facts/{fact_id}/reject", operation_id="rejectFact")
async def reject_fact(fact_id: IdInPath, here: APresent, asked: Look | None = None) -> FactOut:
    """Say that a fact is wrong, without a better version."""
    revision = asked.revision if asked else None
    (rejected,) = await Memories(here.life).reject([fact_id], revision=revision)
    return fact_out(here, rejected)


@router.post("/facts/{fact_id}/undo", operation_id="undoFact")
async def undo_fact(fact_id: IdInPath, here: APresent) -> FactUndone:
    """Take back the last thing one did to a fact."""
    back = await Memories(here.life).undo(fact_id)
    return FactUndone(fact=fact_out(here, back) if back else None)


@router.get("/portrait", operation_id="getPortrait")
async def get_portrait(here: APresent) -> PortraitOut:
    """Return the portrait that stands first in every prompt, with what it is made of."""
    now = time.time()
    drawn = portrait(here.life.memory.facts.current(now), now, local_now().tzinfo, PORTRAIT_TOKENS)
    lines = [
        PortraitLine(text=line.text, facts=list(line.facts), sources=list(line.sources))
        for line in drawn.lines
    ]
    return PortraitOut(lines=lines)


@router.get("/timeline", operation_id="getTimeline")
async def get_timeline(
    here: APresent,
    since: MomentInQuery | None = None,
    until: MomentInQuery | None = None,
    topic: Topic | None = None,
    limit: Limit = 50,
    after: After = None,
) -> Timeline:
    """Tell what became so, ended and is planned, newest first."""
    facts = [
        *Memories(here.life).facts(state="current", topic=topic),
        *Memories(here.life).facts(state="past", topic=topic),
    ]
    found = sorted((each for fact in facts for each in _moments(here, fact)), key=_newest_first)
    found = [
        each
        for each in found
        if (since is None or each.at >= since) and (until is None or each.at < until)
    ]
    start = 0 if after is None else _place(list(map(_name_of, found)), after) + 1
    page, rest = found[start : start + limit], found[start + limit :]
    return Timeline(moments=page, next=_name_of(page[-1]) if rest else None)


@router.get("/learning", operation_id="getLearning")
async def get_learning(here: APresent) -> Learning:
    """Tell whether learning is paused, and how much is known and waits."""
    memories = Memories(here.life)
    return Learning(
        paused=memories.paused,
        current=len(memories.facts()),
        waiting=len(memories.facts(state="waiting")),
    )


@router.put("/learning", operation_id="changeLearning")
async def change_learning(asked: LearningChange, here: APresent) -> Learning:
    """Pause learning, or go on; what was said while it was paused is never learned from."""
    memories = Memories(here.life)
    await (memories.pause() if asked.paused else memories.resume())
    return await get_learning(here)


@router.post("/forget", operation_id="forget")
async def forget(asked: ForgetRequest, here: APresent, house: AHouse) -> Forgotten:
    """Forget for good: a time, a conversation, an import, messages or facts, and what repeats them.

    With `dry_run`, only tell what would go.
    """
    if asked.import_id is not None:
        written = house.imports.written_as(here.life.person, asked.import_id)
        asked = asked.model_copy(update={"import_id": written})
    act = forgetting.act_of(here, asked)
    told = await forgetting.forget(here, house, act, dry_run=asked.dry_run)
    if asked.import_id is not None and not asked.dry_run:
        house.imports.forgotten(here.life.person, asked.import_id)
    return told


def _moments(here: Present, fact: Fact) -> Iterator[Moments]:
    told = fact_out(here, fact)
    if fact.due is not None:
        yield Moments(at=fact.due, what="planned", fact=told)
    else:
        began = fact.said_on if fact.valid_from is None else fact.valid_from
        yield Moments(at=began, what="began", fact=told)
    if fact.valid_to is not None and fact.due is None:
        yield Moments(at=fact.valid_to, what="ended", fact=told)


def _newest_first(moment: Moments) -> tuple[float, str]:
    return -moment.at, _name_of(moment)


def _name_of(moment: Moments) -> str:
    return f"{moment.fact.id}.{moment.what}"


def _place(names: list[str], wanted: str) -> int:
    if wanted not in names:
        raise NotFound("There is nothing at this place of the list.")
    return names.index(wanted)
