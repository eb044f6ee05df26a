"""Answers of models in a run: the request that an item makes, and what came back."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from tau.errors import ModelInvalidAnswer
from tau.models.types import Embedded, EmbeddingKind
from tau.studio.evals.data_source import DataSource, InputReference, InputTemplate, RunSampling
from tau.studio.evals.output_item import ModelUsage, RunSample, SampleMessage, TokenCounts
from tau.studio.graders.grade import GradingFailed, Sample
from tau.studio.graders.templates import Item, find_value, render
from tau.studio.model_caller import ModelCaller

_ROLES = {"developer": "system"}


class UsageCounter:
    """A `ModelCaller` that counts what is taken of each model."""

    def __init__(self, models: ModelCaller) -> None:
        self._models = models
        self._usage: dict[str, ModelUsage] = {}

    @property
    def usage(self) -> tuple[ModelUsage, ...]:
        """What was taken until now, by model."""
        return tuple(self._usage.values())

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """Ask a model, and count its tokens. Raises `ModelError`."""
        completion = await self._models.complete(name, body)
        model = str(completion.get("model") or name)
        before = self._usage.get(model, ModelUsage(model, 0, TokenCounts()))
        self._usage[model] = ModelUsage(
            model, before.invocations + 1, before.tokens + token_counts(completion)
        )
        return completion

    async def embed(
        self, name: str, texts: Sequence[str], kind: EmbeddingKind = "passage"
    ) -> Embedded:
        """Embed texts; nothing is counted. Raises `ModelError`."""
        return await self._models.embed(name, texts, kind)


async def sample_model(
    source: DataSource, item: Item, models: ModelCaller, limit_seconds: float
) -> RunSample:
    """Return a model's answer to an item. Raises `GradingFailed` and `ModelError`."""
    messages = build_messages(source, item)
    body = {"messages": messages, **_sampling(source.sampling_params or RunSampling())}
    try:
        async with asyncio.timeout(limit_seconds):
            completion = await models.complete(source.model or "", body)
    except TimeoutError:
        sentence = f"The model took longer than {limit_seconds:g} seconds."
        raise ModelInvalidAnswer(sentence) from None
    return _sample(completion, messages, source.model or "")


def build_messages(source: DataSource, item: Item) -> list[dict[str, str]]:
    """Return the messages that a model gets for an item. Raises `GradingFailed`."""
    match source.input_messages:
        case InputTemplate(template=template):
            return [
                {
                    "role": _ROLES.get(each.role, each.role),
                    "content": "\n".join(render(text, item, Sample(None)) for text in each.texts),
                }
                for each in template
            ]
        case InputReference(item_reference=name):
            return _referred(name, find_value(name, item, Sample(None)))
    raise GradingFailed("other", "There are no messages for the model.")


def given_sample(sample: dict[str, Any] | None) -> RunSample | None:
    """Return an answer that was given with its item."""
    if sample is None:
        return None
    text = sample.get("output_text")
    if not isinstance(text, str):
        text = _content(sample) if "choices" in sample else None
    if text is None and "output_json" in sample:
        text = json.dumps(sample["output_json"], ensure_ascii=False)
    if text is None:
        return None
    model = sample.get("model")
    return RunSample(
        output=(SampleMessage("assistant", text),), model=model if isinstance(model, str) else ""
    )


def token_counts(completion: dict[str, Any]) -> TokenCounts:
    """Return the tokens of a completion, 0 where the endpoint doesn't say."""
    usage = completion.get("usage")
    if not isinstance(usage, dict):
        return TokenCounts()
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    numbers = [
        each if isinstance(each, int) else 0
        for each in (
            usage.get("prompt_tokens"),
            usage.get("completion_tokens"),
            cached,
            usage.get("total_tokens"),
        )
    ]
    return TokenCounts(*numbers)


def _referred(name: str, value: Any) -> list[dict[str, str]]:
    """Return messages that an item holds: a list of them, or a text for the user's."""
    if isinstance(value, str):
        return [{"role": "user", "content": value}]
    messages = []
    for each in value if isinstance(value, list) else []:
        role, content = (
            (each.get("role"), each.get("content")) if isinstance(each, dict) else ("", "")
        )
        if not isinstance(role, str) or not isinstance(content, str) or not role:
            break
        messages.append({"role": _ROLES.get(role, role), "content": content})
    else:
        if messages:
            return messages
    raise GradingFailed("invalid_variable", f"{{{{{name}}}}} isn't a list of messages.")


def _sampling(params: RunSampling) -> dict[str, Any]:
    given = {
        "max_tokens": params.max_completion_tokens,
        "reasoning_effort": params.reasoning_effort,
        "response_format": params.response_format or _response_format(params.text),
        "seed": params.seed,
        "temperature": params.temperature,
        "tools": params.tools and [_tool(each) for each in params.tools],
        "top_p": params.top_p,
    }
    return {name: value for name, value in given.items() if value is not None}


def _response_format(text: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return the format of the API for responses as the one for chats has it."""
    form = (text or {}).get("format")
    if not isinstance(form, dict) or form.get("type") in {None, "text"}:
        return None
    if form["type"] != "json_schema":
        return form
    return {
        "type": "json_schema",
        "json_schema": {name: value for name, value in form.items() if name != "type"},
    }


def _tool(tool: dict[str, Any]) -> dict[str, Any]:
    if "function" in tool:
        return tool
    return {
        "type": "function",
        "function": {name: value for name, value in tool.items() if name != "type"},
    }


def _sample(completion: dict[str, Any], messages: list[dict[str, str]], model: str) -> RunSample:
    text = _content(completion)
    if text is None:
        raise ModelInvalidAnswer(f"The model {model[:100]!r} gave no answer.")
    choice = completion["choices"][0]
    return RunSample(
        input=tuple(SampleMessage(each["role"], each["content"]) for each in messages),
        output=(SampleMessage("assistant", text),),
        model=str(completion.get("model") or model),
        finish_reason=str(choice.get("finish_reason") or "stop"),
        tokens=token_counts(completion),
    )


def _content(completion: dict[str, Any]) -> str | None:
    """Return what a model said, or the calls of tools that it makes, as JSON."""
    try:
        message = completion["choices"][0]["message"]
        content, calls = message.get("content"), message.get("tool_calls")
    except (KeyError, IndexError, TypeError, AttributeError):
        return None
    if isinstance(content, str) and (content or not calls):
        return content
    return json.dumps(calls, ensure_ascii=False) if calls else None
