"""Turns: beginning them, watching and stopping the reply, asking for another reply.

A turn outlives the connection that began it. A watcher gets every event from the first, or from the
one after the last it received (`Last-Event-ID`, or `?after=`).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from tau.companion.events import Event
from tau.companion.turn import Turn
from tau.companion.turn_input import TurnInput, validated_turn_id
from tau.errors import Unavailable
from tau.life.changes import ChangeEvent
from tau.life.text_validation import validated_message
from tau.server import sse
from tau.server.auth import AppStateDep, CurrentPerson, CurrentPersonDep
from tau.server.requests.turns import RetryRequest, TurnRequest
from tau.server.responses import ERROR_RESPONSES, Responses
from tau.server.routes.parameters import LastSeen, PathId
from tau.server.schemas.turns import TurnList, TurnOut
from tau.server.state import AppState

router = APIRouter(tags=["turns"], responses=ERROR_RESPONSES)


def _stream_response(component: str, about: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{component}"}
    return {"description": about, "content": {sse.MEDIA_TYPE: {"schema": schema}}}


_EVENTS = _stream_response("TurnEvent", "Server-sent events; the `data` of each is one of these.")
_CHANGES = _stream_response("Change", "Server-sent events; the `data` of each is one of these.")
_BEGIN_RESPONSES: Responses = {
    200: {
        **_EVENTS,
        "description": "The event stream, if the request has `Accept: text/event-stream`.",
    },
    201: {"model": TurnOut, "description": "The words are durable; watch the turn's events."},
}
_TURN_RESPONSES: Responses = {200: _EVENTS}
_CHANGE_RESPONSES: Responses = {200: _CHANGES}


async def _encode_turn_events(batches: AsyncIterator[Sequence[Event]]) -> AsyncIterator[bytes]:
    async for batch in batches:
        yield b"".join([sse.encode(event, number=event.id) for event in batch])


async def _encode_changes(current: CurrentPerson) -> AsyncIterator[bytes]:
    yield sse.HEARTBEAT  # sends headers and a first byte at once: the watcher is connected

    def concerns(change: ChangeEvent) -> bool:
        return change.conversation is None or current.can_see(change.conversation)

    async for change in current.life.changes.listen(concerns):
        yield sse.encode(change)


def turn_out(turn: Turn) -> TurnOut:
    """Return a turn as the API shows it."""
    return TurnOut(
        turn=turn.id,
        conversation=turn.conversation,
        message=turn.message,
        finished=turn.finished,
    )


def _find_turn(current: CurrentPerson, app_state: AppState, turn_id: str) -> Turn:
    return current.visible_turn(app_state.companion.find_turn(current.life, turn_id))


def _begin_response(request: Request, app_state: AppState, turn: Turn) -> Any:
    if sse.MEDIA_TYPE in request.headers.get("accept", ""):
        return sse.EventStreamResponse(
            _encode_turn_events(app_state.metrics.turns.batches(turn)), closing=app_state.closing
        )
    app_state.metrics.turns.measure(turn)
    return turn_out(turn)


@router.post(
    "/api/conversations/{conversation_id}/turns",
    operation_id="beginTurn",
    status_code=201,
    response_model=TurnOut,
    responses=_BEGIN_RESPONSES,
)
async def begin_turn(
    conversation_id: PathId,
    asked: TurnRequest,
    request: Request,
    current: CurrentPersonDep,
    app_state: AppStateDep,
) -> Any:
    """Send words. Answers once they are durable, or with the event stream."""
    current.require_visible(conversation_id)
    await app_state.studio.served.allow(current.unlocked, asked.model or "")
    begun = TurnInput(
        words=validated_message(asked.words, current.life.max_message_bytes),
        turn_id=validated_turn_id(asked.turn),
        conversation=conversation_id,
        edits=asked.edits,
        model=asked.model,
        expert=asked.expert,
        artifact=asked.artifact,
        attachments=tuple(dict.fromkeys(asked.attachments)),
    )
    turn = await app_state.companion.begin(current.life, begun)
    return _begin_response(request, app_state, current.visible_turn(turn))


@router.post(
    "/api/messages/{message_id}/retry",
    operation_id="retryTurn",
    status_code=201,
    response_model=TurnOut,
    responses=_BEGIN_RESPONSES,
)
async def retry_turn(
    message_id: PathId,
    asked: RetryRequest,
    request: Request,
    current: CurrentPersonDep,
    app_state: AppStateDep,
) -> Any:
    """Ask for another reply to the person's message `message_id`."""
    words = current.message(message_id)
    await app_state.studio.served.allow(current.unlocked, asked.model or "")
    turn = await app_state.companion.retry(
        current.life, words.id, turn_id=asked.turn, model=asked.model, expert=asked.expert
    )
    return _begin_response(request, app_state, current.visible_turn(turn))


@router.get("/api/turns", operation_id="listTurns")
async def list_turns(current: CurrentPersonDep, app_state: AppStateDep) -> TurnList:
    """List the turns in progress."""
    active = app_state.companion.active_turns(current.life)
    return TurnList(turns=[turn_out(turn) for turn in active if current.can_see(turn.conversation)])


@router.get("/api/turns/{turn_id}", operation_id="getTurn")
async def get_turn(turn_id: PathId, current: CurrentPersonDep, app_state: AppStateDep) -> TurnOut:
    """Return one turn, in progress or past."""
    return turn_out(_find_turn(current, app_state, turn_id))


@router.post("/api/turns/{turn_id}/stop", operation_id="stopTurn", status_code=204)
async def stop_turn(turn_id: PathId, current: CurrentPersonDep, app_state: AppStateDep) -> None:
    """Stop a reply; its text so far is kept."""
    _find_turn(current, app_state, turn_id).stop()


@router.get(
    "/api/turns/{turn_id}/events",
    operation_id="watchTurn",
    responses=_TURN_RESPONSES,
    response_class=Response,
)
async def watch_turn(
    turn_id: PathId, current: CurrentPersonDep, app_state: AppStateDep, seen: LastSeen
) -> Response:
    """Watch a turn from its first event, or from the one after the last received."""
    turn = _find_turn(current, app_state, turn_id)
    return sse.EventStreamResponse(
        _encode_turn_events(turn.batches(seen)), closing=app_state.closing
    )


@router.get(
    "/api/changes",
    operation_id="watchChanges",
    responses=_CHANGE_RESPONSES,
    response_class=Response,
)
async def watch_changes(current: CurrentPersonDep, app_state: AppStateDep) -> Response:
    """Watch changes made on other devices: turns, conversations, facts and imports."""
    if app_state.draining.is_set():
        raise Unavailable("Tau is restarting; your devices connect again in a moment.")
    return sse.EventStreamResponse(_encode_changes(current), closing=app_state.draining)
