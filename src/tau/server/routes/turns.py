"""Turns: saying something, watching the reply being made, stopping it, asking for another.

A turn outlives the connection that began it. Whoever watches gets every event from the first, or
from the one after the last they saw (`Last-Event-ID`, or `?after=`).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response

from tau.companion.events import Event
from tau.companion.turn import Turn
from tau.life.changes import Change
from tau.server import sse
from tau.server.auth import AHouse, APresent
from tau.server.responses import FAILURES, Responses
from tau.server.schemas.shapes import IdInPath, RetryRequest, TurnList, TurnOut, TurnRequest
from tau.server.state import House

router = APIRouter(tags=["turns"], responses=FAILURES)


def _stream_of(component: str, about: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{component}"}
    return {"description": about, "content": {sse.MEDIA_TYPE: {"schema": schema}}}


_EVENTS = _stream_of("TurnEvent", "Server-sent events; the `data` of each is one of these.")
_CHANGES = _stream_of("Change", "Server-sent events; the `data` of each is one of these.")
_BEGUN: Responses = {
    200: {**_EVENTS, "description": "The event stream, where `Accept: text/event-stream` asked."},
    201: {"model": TurnOut, "description": "The words are durable; watch the turn's events."},
}
_RESUMED: Responses = {200: _EVENTS}
_WATCHED: Responses = {200: _CHANGES}


async def _turn_pieces(batches: AsyncIterator[Sequence[Event]]) -> AsyncIterator[bytes]:
    async for batch in batches:
        yield b"".join([sse.encode(event, number=event.id) for event in batch])


async def _change_pieces(changes: AsyncIterator[Change]) -> AsyncIterator[bytes]:
    yield sse.COMMENT  # headers and a first byte leave at once: the watcher knows it is connected
    async for change in changes:
        yield sse.encode(change)


def turn_out(turn: Turn) -> TurnOut:
    """Return a turn as the API tells it."""
    return TurnOut(
        turn=turn.id,
        conversation=turn.conversation,
        message=turn.message,
        finished=turn.finished,
    )


def _begun(request: Request, house: House, turn: Turn) -> Any:
    if sse.MEDIA_TYPE in request.headers.get("accept", ""):
        return sse.EventStream(_turn_pieces(house.measured(turn)), closing=house.closing)
    house.observe(turn)
    return turn_out(turn)


@router.post(
    "/api/conversations/{conversation_id}/turns",
    operation_id="beginTurn",
    status_code=201,
    response_model=TurnOut,
    responses=_BEGUN,
)
async def begin_turn(
    conversation_id: IdInPath, asked: TurnRequest, request: Request, here: APresent, house: AHouse
) -> Any:
    """Say something. Answers once the words are durable, or with the event stream."""
    turn = await house.companion.turn(
        here.life,
        conversation_id,
        asked.words,
        turn_id=asked.turn,
        edits=asked.edits,
        model=asked.model,
    )
    return _begun(request, house, turn)


@router.post(
    "/api/messages/{message_id}/retry",
    operation_id="retryTurn",
    status_code=201,
    response_model=TurnOut,
    responses=_BEGUN,
)
async def retry_turn(
    message_id: IdInPath, asked: RetryRequest, request: Request, here: APresent, house: AHouse
) -> Any:
    """Ask for another reply to the person's message `message_id`."""
    turn = await house.companion.retry(here.life, message_id, turn_id=asked.turn, model=asked.model)
    return _begun(request, house, turn)


@router.get("/api/turns", operation_id="listTurns")
async def list_turns(here: APresent, house: AHouse) -> TurnList:
    """List the turns in the making."""
    return TurnList(turns=[turn_out(turn) for turn in house.companion.live_turns(here.life)])


@router.get("/api/turns/{turn_id}", operation_id="getTurn")
async def get_turn(turn_id: IdInPath, here: APresent, house: AHouse) -> TurnOut:
    """Return one turn, while it is live or has only just ended."""
    return turn_out(house.companion.live_turn(here.life, turn_id))


@router.post("/api/turns/{turn_id}/stop", operation_id="stopTurn", status_code=204)
async def stop_turn(turn_id: IdInPath, here: APresent, house: AHouse) -> None:
    """Stop a reply; what was said so far is kept."""
    house.companion.live_turn(here.life, turn_id).stop()


@router.get(
    "/api/turns/{turn_id}/events",
    operation_id="watchTurn",
    responses=_RESUMED,
    response_class=Response,
)
async def watch_turn(
    turn_id: IdInPath,
    here: APresent,
    house: AHouse,
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> Response:
    """Watch a turn from its first event, or from the one after the last that was seen."""
    seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else after
    turn = house.companion.live_turn(here.life, turn_id)
    return sse.EventStream(_turn_pieces(turn.batches(seen)), closing=house.closing)


@router.get(
    "/api/changes", operation_id="watchChanges", responses=_WATCHED, response_class=Response
)
async def watch_changes(here: APresent, house: AHouse) -> Response:
    """Watch what happens on one's other devices: turns and conversations that change."""
    return sse.EventStream(_change_pieces(here.life.changes.listen()), closing=house.closing)
