"""Decoder of a streamed chat completion in OpenAI's shape: bytes in, chunks out.

Knows nothing of sockets; `tau.sse` reads the events. Everything that a model says passes through
`feed`, so it has to be fast: plain pieces that arrive in one network read become one chunk.
"""

from typing import Any

import msgspec

from tau.models.types import Chunk
from tau.sse import LineDecoder, data_fields

LINE_LIMIT = 1_000_000  # bytes of one line
ANSWER_LIMIT = 32_000_000  # bytes of one whole answer, with all that surrounds the text
_PLAIN_DELTA = {"role", "content"}
_decode = msgspec.json.Decoder().decode


class InvalidStream(ValueError):
    """The bytes cannot be an answer; the text is a verb phrase about the model."""


class ReportedError(Exception):
    """An error that the stream itself reports; `code` is the API's word for it, or empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChunkDecoder:
    """Decoder of one streamed answer."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._lines = LineDecoder()
        self._bytes = 0
        self._plain: list[str] = []
        self._last_plain: dict[str, Any] | None = None
        self._role: str | None = None
        self.has_content = False
        """Whether any text or tool call came."""
        self.finished = False
        """Whether the model said that its answer is whole."""

    def feed(self, data: bytes) -> list[Chunk]:
        """Return the chunks that these bytes complete. Raises `InvalidStream`, `ReportedError`."""
        self._bytes += len(data)
        if self._bytes > ANSWER_LIMIT:
            raise InvalidStream("sent an endless answer")
        lines = self._lines.feed(data)
        if self._lines.buffered_bytes > LINE_LIMIT:
            raise InvalidStream("sent a line that is too long to be an answer")
        chunks: list[Chunk] = []
        for field in data_fields(lines):
            self._event(field.strip(), chunks)
        self._flush(chunks)
        return chunks

    def end(self) -> list[Chunk]:
        """Return the chunks of a last line that had no line end."""
        return self.feed(b"\n") if self._lines.buffered_bytes else []

    def _event(self, payload: bytes, chunks: list[Chunk]) -> None:
        if payload == b"[DONE]":
            self.finished = True
            return
        if not payload:
            return
        try:
            raw = _decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidStream("sent something that isn't JSON") from None
        if not isinstance(raw, dict):
            raise InvalidStream("answered in a format that isn't OpenAI's")
        if raw.get("error"):
            raise ReportedError(error_code(raw))
        raw["model"] = self._model
        choices = raw.get("choices")
        if not choices:
            if raw.get("usage"):
                self._flush(chunks)
                chunks.append(_chunk("", raw, None))
            elif not isinstance(choices, list):
                raise InvalidStream("answered in a format that isn't OpenAI's")
            return
        self._choice(raw, choices, chunks)

    def _choice(self, raw: dict[str, Any], choices: Any, chunks: list[Chunk]) -> None:
        try:
            choice = choices[0]
            delta = choice.get("delta") or {}
            text = delta.get("content") or ""
            finish = choice.get("finish_reason")
            index = choice.get("index") or 0
        except (AttributeError, TypeError, KeyError, IndexError):
            raise InvalidStream("answered in a format that isn't OpenAI's") from None
        if not isinstance(text, str):
            raise InvalidStream("answered in a format that isn't OpenAI's")
        plain = index == 0 and len(choices) == 1 and delta.keys() <= _PLAIN_DELTA
        if not plain:
            self._flush(chunks)
            self.has_content = True
            self.finished = self.finished or finish is not None
            thought = _thought(delta) if index == 0 else ""
            chunks.append(_chunk(text if index == 0 else "", raw, finish, thought))
            return
        self._role = self._role or delta.get("role")
        if text:
            self.has_content = True
            self._plain.append(text)
        self._last_plain = raw
        if finish is not None:
            self.finished = True
            self._flush(chunks, finish)

    def _flush(self, chunks: list[Chunk], finish: str | None = None) -> None:
        """Append the plain pieces so far as one chunk; a role alone waits for its text."""
        raw = self._last_plain
        if raw is None or not (self._plain or finish):
            return
        text = "".join(self._plain)
        delta: dict[str, Any] = {"content": text} if text else {}
        if self._role:
            delta["role"] = self._role
        raw["choices"][0]["delta"] = delta
        chunks.append(_chunk(text, raw, finish))
        self._plain.clear()
        self._last_plain = self._role = None


def _chunk(text: str, raw: dict[str, Any], finish: Any, thought: str = "") -> Chunk:
    reason = finish if isinstance(finish, str) else None
    usage = raw.get("usage")
    if not isinstance(usage, dict):
        return Chunk(text, raw, reason, thought=thought)
    return Chunk(
        text,
        raw,
        reason,
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
        thought,
    )


def _thought(delta: dict[str, Any]) -> str:
    """Return the reasoning of a delta: DeepSeek's and llama.cpp's field, or OpenRouter's."""
    given = delta.get("reasoning_content") or delta.get("reasoning")
    return given if isinstance(given, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def error_code(answer: dict[str, Any]) -> str:
    """Return the code of an OpenAI error if it is a plain word of the API, else an empty string.

    Its message is not read: providers repeat keys and prompts there.
    """
    error = answer.get("error")
    if not isinstance(error, dict):
        return ""
    for name in ("code", "type"):
        code = error.get(name)
        if isinstance(code, str) and 3 <= len(code) <= 48 and code.replace("_", "").isalpha():
            return code.lower()
    return ""
