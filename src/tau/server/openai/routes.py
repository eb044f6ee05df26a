"""The OpenAI shape: the companion under the name `tau`, every other model under its own.

`tau` answers with its memory, in a conversation that it keeps; its manner is its own, so sampling
parameters and tools of the request are for other models; its system messages count for that turn.
Any other name is that model alone:
the request reaches it as it was sent.
"""

import base64
import time
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any

import msgspec
import numpy as np
from fastapi import APIRouter, Header, Response

from tau.companion.events import Delta, Done, Event, Failed
from tau.companion.turn import Turn
from tau.errors import BadInput, ModelError, NotFound, TauError, UnknownModel
from tau.models.types import Chunk
from tau.server import sse
from tau.server.auth import ACredential, AHouse, APresent, Present
from tau.server.errors import body_of, kind_of
from tau.server.openai import thread_matching
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
from tau.server.responses import Responses, failures_as
from tau.server.schemas.shapes import IdInPath
from tau.server.state import House

COMPANION = "tau"
INFLECTION_COMPANIONS = frozenset({"inflection_3_pi", "Pi-3.1", "inflection_2_5", "inflection_2"})
DONE = b"data: [DONE]\n\n"
CONVERSATION_HEADER = "X-Tau-Conversation"
router = APIRouter(tags=["openai"], responses=failures_as(OpenAIError))

_STREAMED: Responses = {
    200: {
        "model": ChatCompletion,
        "description": "The completion; with `stream`, chunks as events, then `[DONE]`.",
        "content": {
            sse.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ChatCompletionChunk"}}
        },
    }
}


def is_companion(model: str) -> bool:
    """Tell whether a model name in a request means the companion with its memory."""
    return model == COMPANION or model in INFLECTION_COMPANIONS


@router.post(
    "/v1/chat/completions",
    operation_id="createChatCompletion",
    responses=_STREAMED,
    response_class=Response,
)
async def create_chat_completion(
    asked: ChatRequest,
    here: APresent,
    house: AHouse,
    x_tau_conversation: Annotated[str | None, Header(max_length=128)] = None,
) -> Response:
    """Answer a chat request: `tau` with its memory, any other name as that model alone."""
    return await chat(asked, here, house, x_tau_conversation)


async def chat(
    asked: ChatRequest, here: Present, house: House, conversation: str | None
) -> Response:
    """Answer a chat request in the OpenAI shape."""
    if not is_companion(asked.model):
        return await _alone(asked, house)
    named = conversation or _named_conversation(asked, here)
    lines = [line for message in asked.messages if (line := _line(message))]
    turn = await thread_matching.begin_turn(
        house.companion, here, lines, conversation=named, instructions=_instructions(asked)
    )
    house.observe(turn)
    headers = {CONVERSATION_HEADER: turn.conversation}
    if asked.stream:
        first, events = await first_of(turn)
        pieces = _companion_chunks(turn, asked, first, events)
        return sse.EventStream(pieces, closing=house.closing, headers=headers)
    return _json(await _companion_completion(turn, asked.model), headers)


def _named_conversation(asked: ChatRequest, here: Present) -> str | None:
    named = (asked.metadata or {}).get("conversation")
    if isinstance(named, str) and named:
        return named
    try:  # `user` is whatever a client likes: it counts when it names a conversation
        return here.conversation(asked.user).id if asked.user else None
    except NotFound:
        return None


def _instructions(asked: ChatRequest) -> str | None:
    told = [one.text() for one in asked.messages if one.role in {"system", "developer"}]
    return "\n\n".join(filter(None, told)) or None


def _line(message: ChatMessage) -> thread_matching.Line | None:
    if message.role not in {"user", "assistant"}:
        return None
    text = message.text()
    if text is None:
        raise BadInput("Tau reads text only: one of the messages holds something else.")
    return thread_matching.Line("person" if message.role == "user" else "tau", text)


async def first_of(turn: Turn) -> tuple[Delta | Done, AsyncIterator[Event]]:
    """Return the first thing a turn says, and what follows. Raises `ModelError` if it failed."""
    events = turn.events()
    async for event in events:
        if isinstance(event, Failed):
            raise ModelError(event.sentence)
        if isinstance(event, Delta | Done):
            return event, events
    raise ModelError("The reply ended before it began.")


def _json(body: object, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(body), headers=headers, media_type="application/json")


async def _companion_completion(turn: Turn, model: str) -> dict[str, Any]:
    text, done = await whole_reply(turn)
    return {
        "id": f"chatcmpl-{turn.id}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": _usage(done),
    }


async def whole_reply(turn: Turn) -> tuple[str, Done]:
    """Return the text of a turn's reply and how it ended. Raises `ModelError` if it failed."""
    pieces = []
    async for event in turn.events():
        if isinstance(event, Delta):
            pieces.append(event.text)
        elif isinstance(event, Failed):
            raise ModelError(event.sentence)
        elif isinstance(event, Done):
            return "".join(pieces), event
    raise ModelError("The reply ended before it was whole.")


def _usage(done: Done) -> dict[str, int]:
    prompt = done.usage.prompt_tokens if done.usage else 0
    completion = done.usage.completion_tokens if done.usage else 0
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


async def _companion_chunks(
    turn: Turn, asked: ChatRequest, first: Delta | Done, events: AsyncIterator[Event]
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
        elif isinstance(event, Failed):
            yield sse.encode(body_of("openai", 502, "model_error", event.sentence))
            break
        elif isinstance(event, Done):
            yield piece({}, "stop")
            if asked.include_usage:
                yield sse.encode({**base, "choices": [], "usage": _usage(event)})
            break
        event = await anext(events)
    yield DONE


async def _alone(asked: ChatRequest, house: House) -> Response:
    body = asked.model_dump(exclude_unset=True)
    if not asked.stream:
        return _json(await house.models.complete(asked.model, body))
    chunks = house.models.stream(asked.model, body)
    first = await anext(chunks, None)
    if first is None:
        raise ModelError("The model answered nothing.")
    pieces = _model_chunks(first, chunks, asked.include_usage)
    return sse.EventStream(pieces, closing=house.closing)


async def _model_chunks(
    first: Chunk, rest: AsyncIterator[Chunk], include_usage: bool
) -> AsyncIterator[bytes]:
    try:
        if kept := _raw(first, include_usage):
            yield sse.encode(kept)
        async for chunk in rest:
            if kept := _raw(chunk, include_usage):
                yield sse.encode(kept)
    except TauError as error:
        kind = kind_of(error)
        yield sse.encode(body_of("openai", kind.status, kind.code, str(error)))
    yield DONE


def _raw(chunk: Chunk, include_usage: bool) -> dict[str, Any] | None:
    """Return a model's chunk as it is; `None` for usage that nobody asked for."""
    return chunk.raw if include_usage or chunk.raw.get("choices") else None


async def _names(house: House) -> list[str]:
    ready = [info.name for info in await house.models.list() if info.ready]
    return list(dict.fromkeys([COMPANION, *await house.models.aliases(), *ready]))


def _model_out(name: str) -> OpenAIModel:
    return OpenAIModel(id=name, object="model", created=0, owned_by="tau")


@router.get("/v1/models", operation_id="listOpenAIModels")
async def list_openai_models(_opened: ACredential, house: AHouse) -> OpenAIModelList:
    """List the names that can be asked: `tau`, the aliases and the models that are ready."""
    return OpenAIModelList(object="list", data=[_model_out(name) for name in await _names(house)])


@router.get("/v1/models/{name:path}", operation_id="getOpenAIModel")
async def get_openai_model(name: IdInPath, _opened: ACredential, house: AHouse) -> OpenAIModel:
    """Return one of the names that can be asked."""
    if name not in await _names(house):
        raise UnknownModel("There is no model of this name.")
    return _model_out(name)


@router.post(
    "/v1/embeddings",
    operation_id="createEmbeddings",
    response_class=Response,
    responses={200: {"model": EmbeddingList, "description": "One vector per text."}},
)
async def create_embeddings(
    asked: EmbeddingRequest, _opened: ACredential, house: AHouse
) -> Response:
    """Embed texts with a model; `tau` is the embedder that the memory itself uses."""
    if asked.dimensions is not None:
        raise BadInput("Vectors keep the length that their model gives them: omit `dimensions`.")
    own = asked.model == COMPANION
    name = house.models.default_embedder() if own else asked.model
    embedded = await house.models.embed(name, asked.texts())
    vectors = _floats if asked.encoding_format == "float" else _base64
    data = [
        {"object": "embedding", "index": index, "embedding": vector}
        for index, vector in enumerate(vectors(embedded.vectors))
    ]
    usage = {"prompt_tokens": 0, "total_tokens": 0}  # not every embedder counts
    return _json({"object": "list", "model": embedded.model, "data": data, "usage": usage})


def _floats(vectors: Any) -> Sequence[list[float]]:
    return list(vectors.tolist())


def _base64(vectors: Any) -> Sequence[str]:
    return [base64.b64encode(np.asarray(row, "<f4").tobytes()).decode() for row in vectors]
