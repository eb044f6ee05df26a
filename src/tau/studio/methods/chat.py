"""Asking a language model for the answers of a task.

The request is greedy and bounded by what the training answers look like: their length, the JSON
schema they satisfy, the options that they are chosen from. An endpoint that rejects a part of the
request is asked without that part.
"""

import re
from collections.abc import Sequence
from typing import Any

from tau.errors import ModelInvalidAnswer
from tau.models.errors import RequestRejected
from tau.models.types import ModelInfo
from tau.studio.examples.example import Example
from tau.studio.methods.answer_shape import (
    answer_options,
    json_answers,
    json_schema,
    most_answer_tokens,
)
from tau.studio.methods.kept_prompt import KeptPrompt
from tau.studio.methods.method import Answer
from tau.studio.model_caller import ModelCaller
from tau.text.excerpts import estimate_tokens

THINKING_TOKENS = 4096
"""Allowed to an endpoint beside the answer itself: its model may think first."""
ENDPOINT_CONCURRENCY = 4
"""Requests that an endpoint gets at a time; the local engine answers one after the other."""
_REQUESTS = 3  # that can be made of one, each without something more
_THOUGHTS = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)


class TaskModel:
    """A language model that answers the requests of a task, for which `train` are examples."""

    def __init__(self, models: ModelCaller, info: ModelInfo, train: Sequence[Example]) -> None:
        self.info = info
        self._models = models
        answers = [each.answer for each in train]
        options, objects = answer_options(answers), json_answers(answers)
        self._format = _response_format(json_schema(objects, closed=bool(options)), bool(objects))
        self._hint = _options_hint(options, info)
        thinking = 0 if info.origin == "pack" else THINKING_TOKENS
        self._max_tokens = min(most_answer_tokens(answers) + thinking, info.context_tokens // 2)
        self._simplified = 0

    @property
    def concurrency(self) -> int:
        """How many requests the model may get at a time."""
        return 1 if self.info.origin == "pack" else ENDPOINT_CONCURRENCY

    @property
    def not_ready(self) -> str | None:
        """Why the model can't answer now, as a sentence."""
        name = self.info.name
        if self.info.ready:
            return None
        return f"The model {name!r} isn't downloaded; `tau models pull {name}` downloads it."

    @property
    def prompt_tokens(self) -> int:
        """Tokens that a request may have."""
        return self.info.context_tokens - self._max_tokens

    def instructions(self, example: Example) -> list[dict[str, Any]]:
        """Return the first message: the example's instructions, and the options if there are any.

        Empty if the example has none and none are needed.
        """
        parts = [part for part in (example.instructions, self._hint) if part]
        return [{"role": "system", "content": "\n\n".join(parts)}] if parts else []

    def kept(self, instructions: str) -> KeptPrompt:
        """Return what a request gets beside what was asked, so that it can be served."""
        return KeptPrompt(
            base=self.info.name,
            instructions=instructions,
            options=self._hint,
            response_format=self._format or {},
            max_tokens=self._max_tokens,
        )

    async def ask(self, messages: list[dict[str, Any]]) -> Answer:
        """Return the model's answer. Raises `ModelError`."""
        body = {"messages": messages, "temperature": 0.0, "max_tokens": self._max_tokens}
        if self._format:
            body["response_format"] = self._format
        completion = await self._complete(body)
        usage = completion.get("usage") or {}
        return Answer(self._text(completion), int(usage.get("total_tokens") or 0))

    async def _complete(self, body: dict[str, Any]) -> dict[str, Any]:
        """Ask, and ask for less if the request is rejected; what works is remembered."""
        for simplified in range(self._simplified, _REQUESTS):
            try:
                completion = await self._models.complete(
                    self.info.name, _simplify(body, simplified)
                )
            except RequestRejected:
                if simplified == _REQUESTS - 1:
                    raise
            else:
                self._simplified = simplified
                return completion
        raise AssertionError

    def _text(self, completion: dict[str, Any]) -> str:
        try:
            content = completion["choices"][0]["message"].get("content") or ""
        except (KeyError, IndexError, TypeError, AttributeError):
            content = ""
        text = _THOUGHTS.sub("", content if isinstance(content, str) else "").strip()
        if not text or text.startswith("<think>"):
            raise ModelInvalidAnswer(f"The model {self.info.name!r} gave no answer.")
        return text


def conversation(example: Example) -> list[dict[str, Any]]:
    """Return the request without its instructions."""
    return [each for each in example.chat() if each["role"] != "system"]


def _response_format(schema: dict[str, Any], wanted: bool) -> dict[str, Any] | None:
    if not wanted:
        return None
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _options_hint(options: Sequence[str], info: ModelInfo) -> str:
    """Return the instruction to choose one of the options, unless they fill the window.

    Without it a model would have to guess which answers the task has, and any comparison with a
    classifier, which knows them, would be unfair.
    """
    if not options:
        return ""
    hint = "\n".join(["Answer with exactly one of these:", *options])
    return hint if estimate_tokens(hint) <= info.context_tokens // 4 else ""


def _simplify(body: dict[str, Any], level: int) -> dict[str, Any]:
    """Return a request with less that an endpoint may not know."""
    simple = dict(body)
    if level >= 1:
        simple.pop("response_format", None)
    if level >= 2:  # models that think take neither a temperature nor this name of the limit
        del simple["temperature"]
        simple["max_completion_tokens"] = simple.pop("max_tokens")
    return simple
