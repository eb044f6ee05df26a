"""Tokens that a request to a model used: as the endpoint says, or else an estimate. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tau.models.types import AnsweredRequest, Chunk
from tau.text.excerpts import estimate_tokens

_MOST_TOKENS = 1_000_000_000
"""Of one request: a count beyond that isn't believed, and sums of it might not fit into a table."""


class StreamMeter:
    """Counts a streamed answer, also one that its reader left in the middle."""

    def __init__(self) -> None:
        self.request: dict[str, Any] = {}
        """The body that was sent to the model that is asked."""
        self._texts: list[str] = []
        self._last: Chunk | None = None
        self._counted: Chunk | None = None

    def see(self, chunk: Chunk) -> None:
        """Count a piece of the answer."""
        self._last = chunk
        self._texts.append(chunk.text or chunk.thought)
        if chunk.prompt_tokens is not None or chunk.completion_tokens is not None:
            self._counted = chunk

    def usage(self) -> AnsweredRequest | None:
        """Return what was used so far, `None` if there was no answer."""
        if self._last is None:
            return None
        model = str(self._last.raw.get("model") or "")
        counted = self._counted.raw.get("usage") if self._counted is not None else None
        return _usage(model, counted, self.request, self._texts)


def completion_usage(request: Mapping[str, Any], answer: Mapping[str, Any]) -> AnsweredRequest:
    """Return what a whole `chat.completion` used."""
    texts = [
        str(message.get("content") or "")
        for choice in answer.get("choices") or ()
        if isinstance(message := choice.get("message"), dict)
    ]
    return _usage(str(answer.get("model") or ""), answer.get("usage"), request, texts)


def embedding_usage(model: str, texts: Sequence[str]) -> AnsweredRequest:
    """Return an estimate of what embedding these texts used: not every embedder counts."""
    return AnsweredRequest(model, sum(map(estimate_tokens, texts)))


def _usage(
    model: str, counted: Any, request: Mapping[str, Any], texts: Sequence[str]
) -> AnsweredRequest:
    given = counted if isinstance(counted, dict) else {}
    prompt, completion = _count(given, "prompt_tokens"), _count(given, "completion_tokens")
    if prompt is None:
        prompt = sum(map(estimate_tokens, _said(request)))
    if completion is None:
        completion = sum(map(estimate_tokens, ["".join(texts)]))
    details = given.get("prompt_tokens_details")
    cached = _count(details, "cached_tokens") if isinstance(details, dict) else None
    return AnsweredRequest(model, prompt, completion, min(cached or 0, prompt))


def _count(given: Mapping[str, Any], name: str) -> int | None:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None


def _said(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of a request."""
    for message in request.get("messages") or ():
        content = message.get("content") if isinstance(message, dict) else None
        if isinstance(content, str):
            yield content
        elif isinstance(content, list):
            for part in content:
                if isinstance(part, dict) and isinstance(part.get("text"), str):
                    yield part["text"]
