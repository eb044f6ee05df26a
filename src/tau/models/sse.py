"""Reads a stream of OpenAI chat events: bytes in, chunks out. Knows nothing of sockets.

Server-sent events: https://html.spec.whatwg.org/multipage/server-sent-events.html, of which the
OpenAI shape uses `data:` lines and comments. Speed matters here: everything that a model says goes
through `feed`, so plain pieces that arrive in one network read become one chunk.
"""

from typing import Any

import msgspec

from tau.models.types import Chunk

LINE_LIMIT = 1_000_000  # bytes of one event
ANSWER_LIMIT = 32_000_000  # bytes of one whole answer, with all that surrounds the text
_PLAIN_DELTA = {"role", "content"}
_decode = msgspec.json.Decoder().decode


class InvalidStream(ValueError):
    """What came cannot be an answer; the text is a verb phrase about the model."""


class ReportedError(Exception):
    """The stream itself says that the model has failed. `code` is a word of the API, or empty."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChunkDecoder:
    """Turns the bytes of one streamed answer into chunks."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._rest = b""
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
            raise InvalidStream("does not come to an end")
        lines = (self._rest + data).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > LINE_LIMIT:
            raise InvalidStream("sent a line that is too long to be an answer")
        chunks: list[Chunk] = []
        for line in lines:
            if line.startswith(b"data:"):
                self._event(line[5:].strip(), chunks)
        self._flush(chunks)
        return chunks

    def end(self) -> list[Chunk]:
        """Return what the last bytes still held, when they had no line end."""
        return self.feed(b"\n") if self._rest else []

    def _event(self, payload: bytes, chunks: list[Chunk]) -> None:
        if payload == b"[DONE]":
            self.finished = True
            return
        if not payload:
            return
        try:
            raw = _decode(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise InvalidStream("answered something that is not JSON") from None
        if not isinstance(raw, dict):
            raise InvalidStream("answered in a shape that is not OpenAI's")
        if raw.get("error"):
            raise ReportedError(error_code(raw))
        raw["model"] = self._model
        choices = raw.get("choices")
        if not choices:
            if raw.get("usage"):
                self._flush(chunks)
                chunks.append(_chunk("", raw, None))
            elif not isinstance(choices, list):
                raise InvalidStream("answered in a shape that is not OpenAI's")
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
            raise InvalidStream("answered in a shape that is not OpenAI's") from None
        if not isinstance(text, str):
            raise InvalidStream("answered in a shape that is not OpenAI's")
        plain = index == 0 and len(choices) == 1 and delta.keys() <= _PLAIN_DELTA
        if not plain:
            self._flush(chunks)
            self.has_content = True
            self.finished = self.finished or finish is not None
            chunks.append(_chunk(text if index == 0 else "", raw, finish))
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
        """Hand on the plain pieces gathered so far as one; a bare role waits for its text."""
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


def _chunk(text: str, raw: dict[str, Any], finish: Any) -> Chunk:
    usage = raw.get("usage")
    if not isinstance(usage, dict):
        return Chunk(text, raw, finish if isinstance(finish, str) else None)
    return Chunk(
        text,
        raw,
        finish if isinstance(finish, str) else None,
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
    )


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def error_code(answer: dict[str, Any]) -> str:
    """Return the code of an OpenAI error when it is a plain word of the API, else nothing.

    The message beside it is left alone: providers repeat keys and prompts in it.
    """
    error = answer.get("error")
    if not isinstance(error, dict):
        return ""
    for name in ("code", "type"):
        code = error.get(name)
        if isinstance(code, str) and 3 <= len(code) <= 48 and code.replace("_", "").isalpha():
            return code.lower()
    return ""
