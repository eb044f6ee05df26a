"""The OpenAI API: the companion under the name `tau`, every other model under its own name.

`tau` answers with memory, in a conversation that Tau keeps. It ignores the request's sampling
parameters and tools; the request's system messages apply to that turn. Any other name is that model
alone, and gets the request unchanged.
"""

import base64
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Header, Response

from tau.companion.care_step import HelpOffer
from tau.companion.events import Delta, Done, Event, Failed, Thought
from tau.companion.forgetting import FIXED_REPLY_MODEL
from tau.companion.turn import Turn
from tau.companion.turn_input import EarlierMessage
from tau.errors import BadInput, ModelBusy, ModelError, NotFound, TauError, UnknownModel
from tau.models.caller import COMPANION_NAME, current_caller, require_permitted
from tau.models.types import Chunk
from tau.server import sse
from tau.server.auth import AppStateDep, CredentialDep, CurrentPerson, CurrentPersonDep
from tau.server.errors import error_body, status_of
from tau.server.openai import care_text, client_prompts
from tau.server.openai.history_turns import begin_turn
from tau.server.openai.message_files import MessageFiles, files_of, words_of
from tau.server.openai.schemas import (
    ChatCompletion,
    ChatMessage,
    ChatRequest,
    EmbeddingList,
    EmbeddingRequest,
    OpenAIError,
    OpenAIModel,
    OpenAIModelList,
)
from tau.server.openai.tuned_models import PREFIX, tuned_models
from tau.server.responses import Responses, error_responses
from tau.server.routes.parameters import PathId
from tau.server.state import AppState

COMPANION_MODEL = COMPANION_NAME
INFLECTION_COMPANION_MODELS = frozenset(
    {"inflection_3_pi", "Pi-3.1", "inflection_2_5", "inflection_2"}
)
_INSTRUCTION_ROLES = frozenset({"system", "developer"})
DONE_EVENT = b"data: [DONE]\n\n"
CONVERSATION_HEADER = "X-Tau-Conversation"
MODEL_HEADER = "X-Tau-Model"
"""The model that answered, which may be another than the chosen one."""
router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

_CHAT_RESPONSES: Responses = {
    200: {
        "model": ChatCompletion,
        "description": "The completion; with `stream`, chunks as events, then `[DONE]`.",
        "content": {
            sse.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ChatCompletionChunk"}}
        },
    }
}


def is_companion(model: str) -> bool:
    """Return whether a model name in a request means the companion with its memory."""
    return model == COMPANION_MODEL or model in INFLECTION_COMPANION_MODELS


@router.post(
    "/v1/chat/completions",
    operation_id="createChatCompletion",
    responses=_CHAT_RESPONSES,
    response_class=Response,
)
async def create_chat_completion(
    asked: ChatRequest,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    x_tau_conversation: Annotated[str | None, Header(max_length=128)] = None,
) -> Response:
    """Answer a chat request: `tau` with its memory, any other name as that model alone."""
    return await complete_chat(asked, current, app_state, x_tau_conversation)


async def complete_chat(
    asked: ChatRequest, current: CurrentPerson, app_state: AppState, conversation: str | None
) -> Response:
    """Answer a chat request in OpenAI's format."""
    require_permitted(COMPANION_NAME if is_companion(asked.model) else asked.model)
    if not is_companion(asked.model):
        await app_state.studio.served.allow(current.unlocked, asked.model)
        return await _model_completion(asked, app_state)
    if _is_task(asked):
        model = app_state.models.aliases.default_chat()
        return await _plain_completion(asked.model_copy(update={"model": model}), app_state)
    named = conversation or _named_conversation(asked, current)
    found = files_of(asked.messages[-1])
    lines = [line for message in asked.messages if (line := _history_message(message))]
    if found and lines and not lines[-1].text.strip():
        names = ", ".join(file.name or file.file_id for file in found)
        lines[-1] = EarlierMessage("person", names)
    store, uploaded = app_state.attachments, app_state.studio.files
    turn = await begin_turn(
        app_state,
        current,
        lines,
        conversation=named,
        instructions=_instructions(asked),
        files=MessageFiles(found, store, uploaded, current) if found else None,
    )
    app_state.metrics.turns.measure(turn)
    headers = {CONVERSATION_HEADER: turn.conversation, **care_text.turn_headers(turn)}
    if asked.stream:
        first, events = await first_event(turn)
        headers |= {MODEL_HEADER: turn.answered_by or asked.model}
        pieces = _companion_chunks(turn, asked, first, events)
        return sse.EventStreamResponse(pieces, closing=app_state.closing, headers=headers)
    reply = await whole_reply(turn)
    headers |= {MODEL_HEADER: reply.done.model}
    return _json(_companion_completion(turn, asked.model, reply), headers)


def _named_conversation(asked: ChatRequest, current: CurrentPerson) -> str | None:
    named = (asked.metadata or {}).get("conversation")
    if isinstance(named, str) and named:
        return named
    try:  # `user` is free text; it counts only if it names a conversation
        return current.conversation(asked.user).id if asked.user else None
    except NotFound:
        return None


def _instructions(asked: ChatRequest) -> str | None:
    texts = [one.text() for one in asked.messages if one.role in _INSTRUCTION_ROLES]
    return "\n\n".join(filter(None, texts)) or None


def _is_task(asked: ChatRequest) -> bool:
    last = asked.messages[-1]
    systems = [one.text() or "" for one in asked.messages if one.role in _INSTRUCTION_ROLES]
    return last.role == "user" and client_prompts.is_task(last.text() or "", systems)


def _history_message(message: ChatMessage) -> EarlierMessage | None:
    if message.role not in {"user", "assistant"}:
        return None
    return EarlierMessage("person" if message.role == "user" else "tau", words_of(message))


FirstEvent = Thought | Delta | Done


def failure_of(event: Failed) -> ModelError:
    """Return the error that a turn failed with."""
    if event.code == ModelBusy.code:
        return ModelBusy(event.sentence, event.retry_after_seconds or 1.0)
    return ModelError(event.sentence)


async def first_event(turn: Turn) -> tuple[FirstEvent, AsyncIterator[Event]]:
    """Return a turn's first thought, text or end, and the events after it. Raises `ModelError`.

    The first text is the card, where somebody may be in danger.
    """
    events = _events(turn)
    if before := care_text.text_before(turn):
        return Delta(id=0, text=before), events
    async for event in events:
        if isinstance(event, Failed):
            raise failure_of(event)
        if isinstance(event, FirstEvent):
            return event, events
    raise ModelError("The reply ended before its first word.")


async def _events(turn: Turn) -> AsyncIterator[Event]:
    """Yield the events of a turn. Where help was named, a failure is an end, after the card."""
    try:
        async for event in turn.events():
            if isinstance(event, Failed) and turn.help is not None:
                if turn.help.fixed and not turn.text.strip():
                    yield Delta(id=event.id, text=turn.help.text)
                yield _stopped(event)
            else:
                yield event
    finally:
        turn.abandoned = not turn.finished


def _stopped(event: Failed) -> Done:
    """Return the end of a reply that failed after help was named: no error to the person."""
    return Done(id=event.id, message="", status="stopped", model=FIXED_REPLY_MODEL)


def _json(body: object, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), headers=headers, media_type="application/json")


def _companion_completion(turn: Turn, model: str, reply: "WholeReply") -> dict[str, Any]:
    message = {"role": "assistant", "content": reply.text}
    if reply.thoughts:
        message["reasoning_content"] = reply.thoughts
    return {
        "id": f"chatcmpl-{turn.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": message,
                "finish_reason": "stop",
            }
        ],
        "usage": _usage(reply.done),
    }


@dataclass(frozen=True, slots=True)
class WholeReply:
    """The reply of a turn that has ended, with the thoughts before it."""

    text: str
    thoughts: str
    done: Done


async def whole_reply(turn: Turn) -> WholeReply:
    """Return a turn's reply once it has ended. Raises `ModelError` if it failed."""
    thoughts: list[str] = []
    before = care_text.text_before(turn)
    async for event in turn.events():
        if isinstance(event, Thought):
            thoughts.append(event.text)
        elif isinstance(event, Failed):
            if turn.help is not None:
                return WholeReply(f"{before}{turn.text}" or turn.help.text, "", _stopped(event))
            raise failure_of(event)
        elif isinstance(event, Done):
            return WholeReply(f"{before}{turn.text}", "".join(thoughts), event)
    raise ModelError("The reply ended before it was complete.")


def _usage(done: Done) -> dict[str, int]:
    prompt = done.usage.prompt_tokens if done.usage else 0
    completion = done.usage.completion_tokens if done.usage else 0
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


async def _companion_chunks(
    turn: Turn, asked: ChatRequest, first: FirstEvent, events: AsyncIterator[Event]
) -> AsyncIterator[bytes]:
    base = {
        "id": f"chatcmpl-{turn.id}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": asked.model,
    }

    def piece(delta: dict[str, str], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return sse.encode({**base, "choices": [choice]})

    yield piece({"role": "assistant", "content": ""})
    event: Event = first
    while True:
        if isinstance(event, Delta):
            yield piece({"content": event.text})
        elif isinstance(event, Thought):
            yield piece({"reasoning_content": event.text})
        elif isinstance(event, Failed):
            yield sse.encode(error_body("openai", 502, "model_error", event.sentence))
            break
        elif isinstance(event, Done):
            yield piece({}, "stop")
            if asked.include_usage:
                yield sse.encode({**base, "choices": [], "usage": _usage(event)})
            break
        event = await anext(events)
    yield DONE_EVENT


async def _model_completion(asked: ChatRequest, app_state: AppState) -> Response:
    body = asked.model_dump(exclude_unset=True)
    said = [one.text() or "" for one in asked.messages if one.role == "user"]
    format_ = body.get("response_format")
    offer = await care_text.offer_for_request(app_state, asked.model, said, format_)
    if offer is not None:
        return await _completion_with_help(asked, body, app_state, offer)
    return await _plain_completion(asked, app_state)


async def _plain_completion(asked: ChatRequest, app_state: AppState) -> Response:
    body = asked.model_dump(exclude_unset=True) | {"model": asked.model}
    if not asked.stream:
        return _json(await app_state.models.complete(asked.model, body))
    chunks = app_state.models.stream(asked.model, body)
    first = await anext(chunks, None)
    if first is None:
        raise ModelError("The model sent an empty answer.")
    pieces = _model_chunks(first, chunks, asked.include_usage)
    return sse.EventStreamResponse(pieces, closing=app_state.closing)


async def _completion_with_help(
    asked: ChatRequest, body: dict[str, Any], app_state: AppState, offer: HelpOffer
) -> Response:
    headers = care_text.offer_headers(offer)
    if not asked.stream:
        whole = await care_text.complete_with_help(app_state, asked.model, body, offer)
        return _json(whole, headers)
    chunks = care_text.stream_with_help(app_state, asked.model, body, offer)
    return sse.EventStreamResponse(
        _encode_chunks(chunks), closing=app_state.closing, headers=headers
    )


async def _encode_chunks(chunks: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        yield sse.encode(chunk)
    yield DONE_EVENT


async def _model_chunks(
    first: Chunk, rest: AsyncIterator[Chunk], include_usage: bool
) -> AsyncIterator[bytes]:
    try:
        if kept := _chunk_body(first, include_usage):
            yield sse.encode(kept)
        async for chunk in rest:
            if kept := _chunk_body(chunk, include_usage):
                yield sse.encode(kept)
    except TauError as error:
        kind = status_of(error)
        yield sse.encode(error_body("openai", kind.status, kind.code, str(error)))
    yield DONE_EVENT


def _chunk_body(chunk: Chunk, include_usage: bool) -> dict[str, Any] | None:
    """Return a model's chunk unchanged, or `None` for usage that was not requested."""
    return chunk.raw if include_usage or chunk.raw.get("choices") else None


async def _model_names(app_state: AppState) -> list[str]:
    ready = [info.name for info in await app_state.models.directory.list() if info.ready]
    return list(dict.fromkeys([COMPANION_MODEL, *await app_state.models.aliases.all(), *ready]))


def _model_out(name: str) -> OpenAIModel:
    return OpenAIModel(id=name, object="model", created=0, owned_by="tau")


@router.get("/v1/models", operation_id="listOpenAIModels")
async def list_openai_models(opened: CredentialDep, app_state: AppStateDep) -> OpenAIModelList:
    """List the names a request can use: `tau`, aliases, models that are ready, and tuned ones."""
    named = [_model_out(name) for name in await _model_names(app_state)]
    tuned = await tuned_models(app_state, opened.unlocked)
    permitted = current_caller.get().models
    data = [each for each in (*named, *tuned) if permitted is None or each.id in permitted]
    return OpenAIModelList(object="list", data=data)


@router.get("/v1/models/{name:path}", operation_id="getOpenAIModel")
async def get_openai_model(
    name: PathId, opened: CredentialDep, app_state: AppStateDep
) -> OpenAIModel:
    """Return one of the names a request can use."""
    if name in await _model_names(app_state):
        return _model_out(name)
    if name.startswith(PREFIX):
        for each in await tuned_models(app_state, opened.unlocked):
            if each.id == name:
                return each
    raise UnknownModel("There is no model of this name.")


@router.post(
    "/v1/embeddings",
    operation_id="createEmbeddings",
    response_class=Response,
    responses={200: {"model": EmbeddingList, "description": "One vector per text."}},
)
async def create_embeddings(
    asked: EmbeddingRequest, _opened: CredentialDep, app_state: AppStateDep
) -> Response:
    """Embed texts with a model; `tau` is the embedder that memory uses."""
    require_permitted(asked.model)
    if asked.dimensions is not None:
        raise BadInput("The model decides the length of its vectors; leave out `dimensions`.")
    own = asked.model == COMPANION_MODEL
    name = app_state.models.aliases.default_embedder() if own else asked.model
    embedded = await app_state.models.embed(name, asked.texts())
    vectors = _as_floats if asked.encoding_format == "float" else _as_base64
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors(embedded.vectors))
    ]
    usage = {"prompt_tokens": 0, "total_tokens": 0}  # not every embedder counts tokens
    return _json({"object": "list", "model": embedded.model, "data": data, "usage": usage})


def _as_floats(vectors: Any) -> Sequence[list[float]]:
    return list(vectors.tolist())


def _as_base64(vectors: Any) -> Sequence[str]:
    return [base64.b64encode(np.asarray(row, "<f4").tobytes()).decode() for row in vectors]
