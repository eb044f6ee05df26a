"""A deterministic model for tests and benchmarks, which answers at once.

It is used like any other model. Commands in double brackets in the person's message control it:

    [[say TEXT]]        answers exactly TEXT
    [[tokens N]]        answers exactly N tokens
    [[hang]]            never answers; [[hang after N]] stops after N tokens, without an end
    [[die]]             cannot be reached; [[die after N]] breaks off after N tokens
    [[nonsense]]        sends an answer that cannot be used
    [[pace N]]          lets N milliseconds pass before each token
    [[think TEXT]]      thinks TEXT between tags before it answers
    [[reason TEXT]]     thinks TEXT in a field of its own, as `reasoning_content`
    [[loop TEXT]]       answers TEXT again and again
    [[pause]]           waits at `gate` before its first token; [[pause after N]] after N tokens

Without such commands it quotes the first recalled passage of the prompt (a line `- [date] text`),
or else repeats the person's last message. If a JSON schema is requested, it answers with the
smallest value that the schema allows.
"""

import asyncio
import json
import re
import time
import zlib
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from tau.errors import ModelInterrupted
from tau.ids import new_id
from tau.models.errors import BackendUnavailable, InvalidAnswer
from tau.models.types import Chunk, ModelInfo, Vectors
from tau.text.scripts import CJK

CHAT, EMBEDDER = "scripted", "scripted-embedder"
DIMENSION = 64
CHAT_INFO = ModelInfo(
    name=CHAT,
    origin="scripted",
    capabilities=frozenset({"chat"}),
    size="capable",
    context_tokens=32_768,
    about="Repeats what you say; for tests and benchmarks.",
    licence="Apache-2.0",
)
EMBEDDER_INFO = ModelInfo(
    name=EMBEDDER,
    origin="scripted",
    capabilities=frozenset({"embed"}),
    context_tokens=32_768,
    about="Compares texts by the words they share; for tests and benchmarks.",
    licence="Apache-2.0",
)
ECHO_LIMIT = 200  # characters of the person's words that are repeated
LOOP_ROUNDS = 200
Fault = Literal["hang", "die", "nonsense", "pause"]
_FAULTS = frozenset(get_args(Fault))

_STEERING = re.compile(
    r"\[\[(say|tokens|pace|hang|die|nonsense|pause|think|reason|loop)"
    r"(?: ((?:[^\]]|\](?!\]))*))?\]\]"
)
_RECALLED = re.compile(r"^- (\[[^\]\n]*\d[^\]\n]*\].*)$", re.MULTILINE)
_TOKEN = re.compile(r"\s*\S+\s*?|\s+")
_WORD = re.compile(r"[^\W_]+")
_CJK = re.compile(f"[{CJK}]+")


class Gate:
    """Gate at which tasks wait until a test releases them."""

    def __init__(self) -> None:
        self._open = False
        self._waiting: list[asyncio.Future[None]] = []
        self._expected: list[asyncio.Future[None]] = []

    async def wait(self) -> None:
        """Wait until the gate is open."""
        if self._open:
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        _finish(self._expected)
        try:
            await future
        finally:
            if future in self._waiting:
                self._waiting.remove(future)

    async def reached(self) -> None:
        """Wait until a task waits at the gate."""
        while not self._waiting:
            future = asyncio.get_running_loop().create_future()
            self._expected.append(future)
            await future

    def release(self) -> None:
        """Release the tasks that wait now, without opening the gate."""
        _finish(self._waiting)

    def set(self) -> None:
        """Open the gate."""
        self._open = True
        self.release()

    def clear(self) -> None:
        """Close the gate."""
        self._open = False


def _finish(futures: list[asyncio.Future[None]]) -> None:
    waiting, futures[:] = futures[:], []
    for future in waiting:
        if not future.done():
            future.set_result(None)


gate = Gate()
"""Where `[[pause]]` waits."""


@dataclass(frozen=True)
class Script:
    """The tokens of an answer, and the fault that follows some of them."""

    tokens: list[str]
    fault: Fault | None = None
    after: int = 0
    pace_seconds: float = 0.0
    """How long each token takes."""
    reasoning: str = ""
    """What it thinks before the tokens, in a field of its own."""


def script_for(body: dict[str, Any], tokens: int = 0) -> Script:
    """Return the script for an OpenAI-shaped chat request; `tokens` is the requested length."""
    texts = [_text(message) for message in body.get("messages") or []]
    said = [_text(m) for m in body.get("messages") or [] if m.get("role") == "user"]
    words = said[-1] if said else ""
    given = {
        match[1]: (match[2] or "").strip() for match in _STEERING.finditer(_RECALLED.sub("", words))
    }
    tokens = _number(given.get("tokens", ""), tokens)
    fault = next((verb for verb in reversed(given) if verb in _FAULTS), None)
    after = _number(given[fault].removeprefix("after").strip()) if fault else 0
    spoken = _spoken(given, body, tokens, lambda: _reply(texts, words))
    if fault in ("hang", "die") and len(spoken) < after:
        spoken = _filler(after)
    if "think" in given:
        spoken = [*split_tokens(f"<think>{given['think']}"), "</think>", "\n\n", *spoken]
    return Script(
        spoken,
        fault,
        after,
        _number(given.get("pace", "")) / 1000,
        given.get("reason", ""),
    )


def _spoken(
    given: dict[str, str], body: dict[str, Any], tokens: int, reply: Callable[[], str]
) -> list[str]:
    """Return the tokens of the answer itself."""
    if "say" in given:
        return split_tokens(given["say"])
    if "loop" in given:
        return [f"{given['loop']} "] * LOOP_ROUNDS
    schema = _schema(body)
    if tokens:
        return _filler(tokens)
    return split_tokens(reply() if schema is None else json.dumps(_minimal_value(schema)))


def _number(text: str, default: int = 0) -> int:
    return int(text) if text.isdigit() else default


def _schema(body: dict[str, Any]) -> dict[str, Any] | None:
    asked = body.get("response_format") or {}
    schema: dict[str, Any] | None = (asked.get("json_schema") or {}).get("schema")
    return schema


def _minimal_value(schema: dict[str, Any]) -> Any:
    """Return the smallest value that a schema of plain types allows."""
    if "enum" in schema:
        return schema["enum"][0]
    given = schema.get("type", "string")
    kind = given[0] if isinstance(given, list) else given
    if kind == "object":
        parts = schema.get("properties", {})
        return {name: _minimal_value(parts[name]) for name in schema.get("required", ())}
    return {"array": [], "integer": 0, "number": 0, "boolean": False, "null": None}.get(kind, "")


def split_tokens(text: str) -> list[str]:
    """Return the tokens of a text; joined they are the text again."""
    return _TOKEN.findall(text)


def _reply(texts: Sequence[str], words: str) -> str:
    for text in texts:
        recalled = _RECALLED.search(text)
        if recalled:
            return f"I remember: {recalled[1].rstrip()}"
    return f"You said: {words[:ECHO_LIMIT]}"


def _filler(count: int) -> list[str]:
    return [f"word{number} " for number in range(1, count + 1)]


def _text(message: dict[str, Any]) -> str:
    content = message.get("content")
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "\n".join(p["text"] for p in parts if isinstance(p, dict) and "text" in p)


def count_tokens(body: dict[str, Any]) -> int:
    """Return how many tokens a request has, as this model counts: its words."""
    return sum(len(_text(message).split()) for message in body.get("messages") or [])


async def play_script(script: Script) -> AsyncGenerator[str, None]:
    """Yield the tokens of a script, and raise its fault after the given number."""
    for number, token in enumerate(script.tokens):
        if script.fault and number == script.after:
            await _raise_fault(script)
        if script.pace_seconds:
            await asyncio.sleep(script.pace_seconds)
        yield token
    if script.fault and script.after >= len(script.tokens):
        await _raise_fault(script)


async def _raise_fault(script: Script) -> None:
    if script.fault == "pause":
        await gate.wait()
    elif script.fault == "hang":
        await asyncio.get_running_loop().create_future()  # until it is cancelled
    elif script.fault == "nonsense":
        raise InvalidAnswer(CHAT, "sent something that isn't JSON")
    elif script.after:
        raise ModelInterrupted(
            f"The model {CHAT!r} broke off the connection in the middle of its answer."
        )
    else:
        raise BackendUnavailable(CHAT, "cannot be reached", persistent=False)


class ScriptedChat:
    """The model `scripted`, inside this process. Implements `Backend`."""

    info = CHAT_INFO

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        """Yield the answer word by word."""
        script = script_for(body)
        frame = _frame("chat.completion.chunk")
        count = 0
        if script.reasoning:
            thought = {"index": 0, "delta": {"reasoning_content": script.reasoning}}
            yield Chunk("", {**frame, "choices": [thought]}, thought=script.reasoning)
        async for token in play_script(script):
            count += 1
            yield Chunk(token, {**frame, "choices": [_choice("delta", token)]})
            await asyncio.sleep(0)
        prompt = count_tokens(body)
        yield Chunk(
            "",
            {**frame, "choices": [_choice("delta", "", "stop")], "usage": usage(prompt, count)},
            "stop",
            prompt,
            count,
        )

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the whole answer."""
        tokens = [token async for token in play_script(script_for(body))]
        choice = _choice("message", "".join(tokens), "stop")
        choice["message"]["role"] = "assistant"
        counted = usage(count_tokens(body), len(tokens))
        return {**_frame("chat.completion"), "choices": [choice], "usage": counted}

    async def embed(self, texts: Sequence[str]) -> Vectors:  # noqa: ARG002 - a Backend's
        """Refuse: this model only chats."""
        raise BackendUnavailable(CHAT, "does not embed", persistent=False)


class ScriptedEmbedder:
    """The model `scripted-embedder`, inside this process. Implements `Backend`."""

    info = EMBEDDER_INFO

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:  # noqa: ARG002
        """Refuse: this model only embeds."""
        raise BackendUnavailable(EMBEDDER, "does not chat", persistent=False)
        yield  # makes this an asynchronous generator

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:  # noqa: ARG002
        """Refuse: this model only embeds."""
        raise BackendUnavailable(EMBEDDER, "does not chat", persistent=False)

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector per text; texts that share words point the same way."""
        return hashed_vectors(texts)


def hashed_vectors(texts: Sequence[str]) -> Vectors:
    """Return unit vectors of hashed words, and of bigrams of Chinese, Japanese and Korean."""
    vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for row, text in zip(vectors, texts, strict=True):
        sums = [0.0] * DIMENSION
        for term in _terms(text.casefold()):
            digest = zlib.crc32(term.encode())
            sums[digest % DIMENSION] += 1.0 if digest & 0x10000 else -1.0
        if not any(sums):
            sums[0] = 1.0
        row[:] = sums
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / lengths, dtype=np.float32)


def _terms(text: str) -> list[str]:
    terms = []
    for run in _CJK.findall(text):
        terms += [run[i : i + 2] for i in range(max(1, len(run) - 1))]
    return terms + _WORD.findall(_CJK.sub(" ", text))


def _frame(kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{new_id()}",
        "object": kind,
        "created": int(time.time()),
        "model": CHAT,
    }


def _choice(part: str, text: str, finish: str | None = None) -> dict[str, Any]:
    return {"index": 0, part: {"content": text}, "finish_reason": finish}


def usage(prompt: int, completion: int) -> dict[str, int]:
    """Return an OpenAI usage object."""
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
