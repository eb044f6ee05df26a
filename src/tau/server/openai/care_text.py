"""Help for a person in danger in the APIs of others, which have no cards: as text.

The card comes before the reply, at once, unless the reply is the fixed one, which names the same
help. A request for a model alone is treated in the same way, although no conversation is kept of
it. Answers that have to be JSON are read by programs: they stay as they are.
"""

import logging
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

from tau.companion.care_reply import ReplyGuard
from tau.companion.care_step import HelpOffer, is_capable
from tau.companion.forgetting import FIXED_REPLY_MODEL
from tau.companion.turn import Turn
from tau.errors import TauError
from tau.ids import new_id
from tau.server.state import AppState

logger = logging.getLogger(__name__)

CARE_HEADER = "X-Tau-Care"
"""Header of answers with help: `level=2; kind=suicide`."""
NOTICE_HEADER = "X-Tau-Notice"
"""Header of answers with which the person has to be reminded that this is an AI: `ai`."""


def turn_headers(turn: Turn) -> dict[str, str]:
    """Return the headers of an answer that say what the companion would show besides."""
    headers = {}
    if turn.help is not None:
        headers[CARE_HEADER] = f"level={turn.help.level}; kind={turn.help.kind}"
    if turn.notice is not None:
        headers[NOTICE_HEADER] = "ai"
    return headers


def offer_headers(offer: HelpOffer) -> dict[str, str]:
    """Return the headers of an answer by a model alone, with help."""
    return {CARE_HEADER: f"level={int(offer.signal.level)}; kind={offer.signal.kind}"}


def text_before(turn: Turn) -> str:
    """Return what stands before a turn's reply: the card, unless the reply names the help."""
    offered = turn.help
    return f"{offered.text}\n\n" if offered is not None and not offered.fixed else ""


async def offer_for_request(
    app_state: AppState, model: str, said: Sequence[str], response_format: object = None
) -> HelpOffer | None:
    """Return the help that goes with a request for a model alone, if any.

    `said` are the person's messages in the request, oldest first.
    """
    kind = response_format.get("type") if isinstance(response_format, dict) else None
    if not said or kind in {"json_object", "json_schema"}:
        return None
    care = app_state.companion.care
    await care.embed_alone(said[-1], said[:-1])
    assessment = care.assess_alone(said[-1], said[:-1])
    return care.offer_for(assessment, said[-1], app_state.models.aliases, model)


async def complete_with_help(
    app_state: AppState, model: str, body: dict[str, Any], offer: HelpOffer
) -> dict[str, Any]:
    """Return the completion of a model alone, each choice with the card and under guard."""
    answer = None if offer.fixed else await _capable_answer(app_state, model, body, offer)
    if answer is None:
        return _completion(offer.reply if offer.fixed else f"{offer.card}\n\n{offer.reply}")
    for choice in answer["choices"]:
        message = choice["message"]
        guard = ReplyGuard(offer)
        text = guard.feed(message.get("content") or "") + guard.rest()
        added = offer.reply if guard.blocked else ""
        message["content"] = "\n\n".join(filter(None, [offer.card, text.strip(), added]))
        message.pop("reasoning_content", None)
    return answer


async def stream_with_help(
    app_state: AppState, model: str, body: dict[str, Any], offer: HelpOffer
) -> AsyncIterator[dict[str, Any]]:
    """Yield the same as chunks: the card at once, then the model's whole answer."""
    base = _completion("")
    frame = {**base, "object": "chat.completion.chunk"}

    def chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        return {**frame, "choices": [{"index": index, "delta": delta, "finish_reason": finish}]}

    before = "" if offer.fixed else f"{offer.card}\n\n"
    yield chunk(0, {"role": "assistant", "content": before})
    answer = await complete_with_help(app_state, model, body, offer)
    frame["model"] = answer.get("model") or model
    for index, choice in enumerate(answer["choices"]):
        message = choice["message"]
        text = str(message["content"])
        delta = {"content": text.removeprefix(before) if index == 0 else text}
        if message.get("tool_calls"):
            delta["tool_calls"] = _numbered(message["tool_calls"])
        yield chunk(index, delta)
        yield chunk(index, {}, choice.get("finish_reason") or "stop")


def _numbered(tool_calls: Sequence[dict[str, Any]]) -> Any:
    return [{"index": number, **call} for number, call in enumerate(tool_calls)]


async def _capable_answer(
    app_state: AppState, model: str, body: dict[str, Any], offer: HelpOffer
) -> dict[str, Any] | None:
    """Return a capable model's answer, or `None` if there is none that can be used."""
    asked = {name: value for name, value in body.items() if name not in _STREAMING}
    asked["messages"] = _instructed(asked["messages"], offer.instructions)
    try:
        answer = await app_state.models.complete(model, asked)
        choices = answer.get("choices")
        usable = isinstance(choices, list) and all(map(_is_usable, choices))
    except TauError:
        return None
    except Exception as error:  # noqa: BLE001 - the boundary of a model: recorded
        logger.error("a model failed: %s", type(error).__name__)  # noqa: TRY400
        return None
    answered_by = str(answer.get("model") or model)
    return answer if usable and choices and _may_answer(app_state, answered_by, model) else None


def _is_usable(choice: object) -> bool:
    message = choice.get("message") if isinstance(choice, dict) else None
    return isinstance(message, dict) and isinstance(message.get("content"), str | None)


_STREAMING = frozenset({"stream", "stream_options"})


def _may_answer(app_state: AppState, answered_by: str, model: str) -> bool:
    aliases = app_state.models.aliases
    return answered_by == model or is_capable(aliases, answered_by)


def _instructed(messages: Sequence[Any], instructions: str) -> list[Any]:
    """Return messages with the instructions in the first system message, or before all."""
    first = messages[0] if messages else None
    is_system = isinstance(first, dict) and first.get("role") in {"system", "developer"}
    if is_system and isinstance(first, dict) and isinstance(first.get("content"), str):
        content = f"{first['content']}\n\n{instructions}"
        return [{**first, "content": content}, *messages[1:]]
    return [{"role": "system", "content": instructions}, *messages]


def _completion(text: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{new_id()}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": FIXED_REPLY_MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0},
    }
