"""The Inflection API, for programs written for Pi.

The Pi configurations mean the companion with its memory; every other name, including the
productivity and tools configurations, means a model alone.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import msgspec
from fastapi import APIRouter, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from tau.companion.care_step import HelpOffer
from tau.companion.events import Delta, Done, Event, Failed
from tau.companion.location import ClientLocation, client_location
from tau.companion.turn import Turn
from tau.companion.turn_input import EarlierMessage
from tau.errors import ModelError, ModelInvalidAnswer, TauError
from tau.journal.entries import Author
from tau.models.types import Chunk
from tau.server import sse
from tau.server.auth import AppStateDep, CredentialDep, CurrentPerson, CurrentPersonDep
from tau.server.inflection.schemas import (
    AttributesRequest,
    ContextItem,
    DiscoveryConfig,
    InferenceReply,
    InferenceRequest,
    InflectionError,
    UserMetadata,
)
from tau.server.inflection.scores import parse_scores, scoring_messages
from tau.server.openai import care_text, client_prompts
from tau.server.openai.history_turns import begin_turn
from tau.server.openai.routes import (
    DONE_EVENT,
    FirstEvent,
    complete_chat,
    first_event,
    is_companion,
    whole_reply,
)
from tau.server.openai.schemas import ChatCompletion, ChatRequest
from tau.server.responses import Responses, error_responses
from tau.server.state import AppState

router = APIRouter(tags=["inflection"], responses=error_responses(InflectionError))
_PLAIN_MODELS = ("inflection_3_productivity", "inflection_3_with_tools")
_ROLES = {"AI": "assistant", "Answer": "assistant", "Human": "user", "Question": "user"}
_INSTRUCTIONS = frozenset({"Instruction", "System", "Role", "Options"})
_STREAM_RESPONSE: Responses = {
    200: {
        "description": "Pieces as server-sent events, then `[DONE]`.",
        "content": {sse.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/InferenceChunk"}}},
    }
}


def _history_messages(context: Sequence[ContextItem]) -> list[EarlierMessage]:
    lines = []
    for item in context:
        role = _ROLES.get(item.type)
        if role is not None:
            by: Author = "person" if role == "user" else "tau"
            lines.append(EarlierMessage(by, item.text or "", item.ts))
    if not lines or lines[-1].by != "person" or not lines[-1].text.strip():
        problem = {
            "loc": ("body", "context"),
            "msg": "The last entry must be of type Human and contain words",
            "type": "value_error",
        }
        raise RequestValidationError([problem])
    return lines


def resolve_model(app_state: AppState, name: str) -> str:
    """Return the model that a name of the Inflection API means, for a model alone."""
    return (
        app_state.models.aliases.default_chat()
        if name in _PLAIN_MODELS or is_companion(name)
        else name
    )


def _profile_hint(asked: InferenceRequest) -> str | None:
    known = asked.metadata.model_dump(exclude_none=True) if asked.metadata else {}
    hints = [
        f"{key.removeprefix('user_')}: {value}"
        for key, value in known.items()
        if key in UserMetadata.model_fields
    ]
    return f"About the person: {'; '.join(hints)}." if hints else None


def _model_request(app_state: AppState, asked: InferenceRequest) -> tuple[str, dict[str, Any]]:
    hints = _profile_hint(asked)
    messages: list[dict[str, Any]] = [{"role": "system", "content": hints}] if hints else []
    messages += [_message(item) for item in asked.context]
    kept = asked.model_dump(
        include={"temperature", "top_p", "max_tokens", "tools", "response_format"},
        exclude_none=True,
    )
    if asked.stop_tokens:
        kept["stop"] = asked.stop_tokens
    name = resolve_model(app_state, asked.config)
    return name, {"model": name, "messages": messages, **kept}


def _message(item: ContextItem) -> dict[str, Any]:
    if item.type == "Tool":
        return {
            "role": "tool",
            "content": item.text or "",
            "tool_call_id": item.tool_call_id or "",
        }
    message: dict[str, Any] = {
        "role": _ROLES.get(item.type, "system"),
        "content": item.text or "",
    }
    if item.tool_calls and message["role"] == "assistant":
        message["tool_calls"] = item.tool_calls
    return message


def _is_task(asked: InferenceRequest) -> bool:
    """Return whether the last entry is the client's own prompt to the companion."""
    texts = [item.text or "" for item in asked.context if item.type in _INSTRUCTIONS]
    last = asked.context[-1] if asked.context else None
    human = last is not None and _ROLES.get(last.type) == "user"
    words = (last.text or "") if last is not None and human else ""
    return is_companion(asked.config) and client_prompts.is_task(words, texts)


def _read_location(asked: InferenceRequest) -> None:
    """Keep where the person is, if the request says so."""
    known = asked.metadata
    if known is not None and (known.user_country or known.user_timezone):
        client_location.set(ClientLocation(known.user_country, known.user_timezone))


async def _begin_turn(app_state: AppState, current: CurrentPerson, asked: InferenceRequest) -> Turn:
    texts = [item.text for item in asked.context if item.type in _INSTRUCTIONS]
    turn = await begin_turn(
        app_state,
        current,
        _history_messages(asked.context),
        instructions="\n\n".join(filter(None, [*texts, _profile_hint(asked)])) or None,
        channel="inflection",
    )
    app_state.metrics.turns.measure(turn)
    return turn


@router.post("/external/api/inference", operation_id="inflectionInference")
async def inference(
    asked: InferenceRequest,
    current: CurrentPersonDep,
    app_state: AppStateDep,
    response: Response,
) -> InferenceReply:
    """Return a whole reply."""
    _read_location(asked)
    is_task = _is_task(asked)
    if is_companion(asked.config) and not is_task:
        turn = await _begin_turn(app_state, current, asked)
        response.headers.update(care_text.turn_headers(turn))
        reply = await whole_reply(turn)
        return InferenceReply(
            created=time.time(), text=reply.text, reasoning_content=reply.thoughts or None
        )
    name, body = _model_request(app_state, asked)
    offer = None if is_task else await _offer(app_state, name, asked)
    if offer is None:
        answer = await app_state.models.complete(name, body)
    else:
        answer = await care_text.complete_with_help(app_state, name, body, offer)
        response.headers.update(care_text.offer_headers(offer))
    choices = answer.get("choices") or [{}]
    message = choices[0].get("message") or {}
    try:
        return InferenceReply(
            created=time.time(),
            text=message.get("content") or "",
            tool_calls=message.get("tool_calls"),
            reasoning_content=message.get("reasoning_content"),
        )
    except ValidationError:  # the error's text would quote the answer
        raise ModelInvalidAnswer("The model's answer was not valid.") from None


@router.post(
    "/external/api/inference/streaming",
    operation_id="inflectionStreaming",
    response_class=Response,
    responses=_STREAM_RESPONSE,
)
async def inference_streaming(
    asked: InferenceRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> Response:
    """Stream a reply."""
    _read_location(asked)
    is_task = _is_task(asked)
    if is_companion(asked.config) and not is_task:
        turn = await _begin_turn(app_state, current, asked)
        first, events = await first_event(turn)
        return sse.EventStreamResponse(
            _encode_pieces(_companion_texts(first, events)),
            closing=app_state.closing,
            headers=care_text.turn_headers(turn),
        )
    name, body = _model_request(app_state, asked)
    offer = None if is_task else await _offer(app_state, name, asked)
    if offer is not None:
        return sse.EventStreamResponse(
            _encode_pieces(_texts_with_help(app_state, name, body, offer)),
            closing=app_state.closing,
            headers=care_text.offer_headers(offer),
        )
    chunks = app_state.models.stream(name, body)
    head = await anext(chunks, None)
    if head is None:
        raise ModelError("The model sent an empty answer.")
    return sse.EventStreamResponse(
        _encode_pieces(_model_texts(head, chunks)), closing=app_state.closing
    )


TextPiece = tuple[str, list[Any] | None]


async def _companion_texts(
    first: FirstEvent, events: AsyncIterator[Event]
) -> AsyncIterator[TextPiece]:
    event: Event = first
    while not isinstance(event, Done):
        if isinstance(event, Delta):
            yield event.text, None
        elif isinstance(event, Failed):
            raise ModelError(event.sentence)
        event = await anext(events)


async def _offer(app_state: AppState, model: str, asked: InferenceRequest) -> HelpOffer | None:
    said = [item.text or "" for item in asked.context if _ROLES.get(item.type) == "user"]
    return await care_text.offer_for_request(app_state, model, said, asked.response_format)


async def _texts_with_help(
    app_state: AppState, model: str, body: dict[str, Any], offer: HelpOffer
) -> AsyncIterator[TextPiece]:
    async for chunk in care_text.stream_with_help(app_state, model, body, offer):
        delta = chunk["choices"][0]["delta"]
        yield delta.get("content") or "", delta.get("tool_calls")


async def _model_texts(first: Chunk, rest: AsyncIterator[Chunk]) -> AsyncIterator[TextPiece]:
    yield first.text, _tool_calls(first)
    async for chunk in rest:
        yield chunk.text, _tool_calls(chunk)


def _tool_calls(chunk: Chunk) -> list[Any] | None:
    choices = chunk.raw.get("choices") or [{}]
    return (choices[0].get("delta") or {}).get("tool_calls")


async def _encode_pieces(texts: AsyncIterator[TextPiece]) -> AsyncIterator[bytes]:
    created, number = time.time(), 0
    try:
        async for text, tool_calls in texts:
            if text or tool_calls:
                yield sse.encode(
                    {"created": created, "idx": number, "text": text, "tool_calls": tool_calls}
                )
                number += 1
    except TauError as error:
        yield sse.encode({"detail": str(error)})
    yield DONE_EVENT


@router.post(
    "/external/api/inference/openai/v1/chat/completions",
    operation_id="inflectionChatCompletion",
    response_class=Response,
    responses={200: {"model": ChatCompletion, "description": "As at /v1/chat/completions."}},
)
async def inflection_chat_completion(
    asked: ChatRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> Response:
    """Answer an OpenAI-compatible chat request under Inflection's path."""
    if asked.model in _PLAIN_MODELS:
        asked = asked.model_copy(update={"model": app_state.models.aliases.default_chat()})
    return await complete_chat(asked, current, app_state, None)


@router.post(
    "/v1/chat/attributes",
    operation_id="scoreAttributes",
    response_class=Response,
    responses={200: {"model": ChatCompletion, "description": "The scores, as a JSON string."}},
)
async def score_attributes(
    asked: AttributesRequest, _opened: CredentialDep, app_state: AppStateDep
) -> Response:
    """Score the last assistant turn by attributes; the content is a JSON string of the scores.

    Anything else the model answers is dropped; scores it leaves out are `null`.
    """
    name = resolve_model(app_state, asked.model)
    body = {"model": name, "messages": scoring_messages(asked), "temperature": 0}
    answer = await app_state.models.complete(name, body)
    choices = answer.get("choices") or [{}]
    content = (choices[0].get("message") or {}).get("content") or ""
    scores = json.dumps(parse_scores(content, asked), ensure_ascii=False)
    completion = {
        "id": answer.get("id") or "chatcmpl-attributes",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": asked.model,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": scores},
                "finish_reason": "stop",
            }
        ],
        "usage": answer.get("usage"),
    }
    return Response(msgspec.json.encode(completion), media_type="application/json")


@router.get("/v1/discovery/configs", operation_id="listConfigs")
async def list_configs(_opened: CredentialDep, app_state: AppStateDep) -> list[DiscoveryConfig]:
    """List the possible values of `config`."""
    return [
        _config("inflection_3_pi", "Pi-3.1", "The companion, with memory.", ["companion"]),
        _config("inflection_2_5", "inflection_2_5", "The companion, with memory.", ["companion"]),
        *(_config(name, name, "The chat model alone.", ["model"]) for name in _PLAIN_MODELS),
        *(
            _config(info.name, info.name, info.about, ["model"])
            for info in await app_state.models.directory.list()
            if info.ready and "chat" in info.capabilities
        ),
    ]


def _config(name: str, alias: str, description: str, tags: list[str]) -> DiscoveryConfig:
    return DiscoveryConfig(
        name=name,
        alias=alias,
        default_parameters={},
        description=description,
        tags=tags,
        is_external=True,
        is_playground=True,
    )
