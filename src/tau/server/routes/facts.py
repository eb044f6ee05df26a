"""Facts: listing, adding, correcting, approving, rejecting, undoing and forgetting them."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from tau.facts import Fact
from tau.facts.types import FactState
from tau.journal.entries import ClaimLearned, Topic
from tau.life.fact_editing import FactEditor
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.pagination import page_after
from tau.server.presenters import fact_out, recalled_out
from tau.server.requests.facts import (
    AddFactRequest,
    CorrectFactRequest,
    FactIdsRequest,
    FactRevisionRequest,
)
from tau.server.requests.forgetting import ForgetRequest
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.forgetting import erase, erasure_request
from tau.server.routes.parameters import FactCursor, Limit, PathId
from tau.server.schemas.facts import (
    ClaimOut,
    FactDetailOut,
    FactList,
    FactOut,
    FactPage,
    UndoFactOut,
)
from tau.server.schemas.forgetting import ForgetOut

router = APIRouter(prefix="/api/memory", tags=["memory"], responses=ERROR_RESPONSES)
_Text = Annotated[str, Query(max_length=2000)]


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
    q: _Text = "",
    message: Annotated[str | None, Query(max_length=128)] = None,
    limit: Limit = 50,
    after: FactCursor = None,
) -> FactPage:
    """List facts by state, topic, query, or the message they come from."""
    editor = FactEditor(current.life)
    found = editor.facts(state=state, topic=topic, query=q, message=message)
    page, following = page_after(found, after, limit, lambda fact: fact.id)
    return FactPage(facts=[fact_out(current, fact) for fact in page], next=following)


@router.post("/facts", operation_id="addFact", status_code=201)
async def add_fact(asked: AddFactRequest, current: CurrentPersonDep) -> FactList:
    """Add something to memory directly; returns the facts it became."""
    return _fact_list(current, await FactEditor(current.life).add_fact(asked.text))


@router.post("/facts/approve", operation_id="approveFacts")
async def approve_facts(asked: FactIdsRequest, current: CurrentPersonDep) -> FactList:
    """Approve waiting facts in one step; if one of them is unknown, none is approved."""
    return _fact_list(current, await FactEditor(current.life).approve(asked.ids))


@router.post("/facts/reject", operation_id="rejectFacts")
async def reject_facts(asked: FactIdsRequest, current: CurrentPersonDep) -> FactList:
    """Reject facts in one step; if one of them is unknown, none is rejected."""
    return _fact_list(current, await FactEditor(current.life).reject(asked.ids))


@router.get("/facts/{fact_id}", operation_id="getFact")
async def get_fact(fact_id: PathId, current: CurrentPersonDep) -> FactDetailOut:
    """Return a fact with its history and its sources."""
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
    """Forget a fact for good, with its sources and what repeats them."""
    asked = ForgetRequest(facts=[fact_id])
    return await erase(current, app_state, erasure_request(current, asked))


@router.post("/facts/{fact_id}/correct", operation_id="correctFact")
async def correct_fact(
    fact_id: PathId, asked: CorrectFactRequest, current: CurrentPersonDep
) -> FactOut:
    """Correct a fact; returns the fact that replaces it."""
    editor = FactEditor(current.life)
    return fact_out(current, await editor.correct(fact_id, asked.text, revision=asked.revision))


@router.post("/facts/{fact_id}/confirm", operation_id="confirmFact")
async def confirm_fact(
    fact_id: PathId, current: CurrentPersonDep, asked: FactRevisionRequest | None = None
) -> FactOut:
    """Confirm a fact; one that was waiting or rejected becomes current."""
    revision = asked.revision if asked else None
    return fact_out(current, await FactEditor(current.life).confirm(fact_id, revision=revision))


@router.post("/facts/{fact_id}/reject", operation_id="rejectFact")
async def reject_fact(
    fact_id: PathId, current: CurrentPersonDep, asked: FactRevisionRequest | None = None
) -> FactOut:
    """Reject a fact without a correction."""
    revision = asked.revision if asked else None
    (rejected,) = await FactEditor(current.life).reject([fact_id], revision=revision)
    return fact_out(current, rejected)


@router.post("/facts/{fact_id}/undo", operation_id="undoFact")
async def undo_fact(fact_id: PathId, current: CurrentPersonDep) -> UndoFactOut:
    """Undo the person's last change to a fact."""
    back = await FactEditor(current.life).undo(fact_id)
    return UndoFactOut(fact=fact_out(current, back) if back else None)
