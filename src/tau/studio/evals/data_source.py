"""Data sources of runs, in the shape of OpenAI's API: JSON from a client becomes a `DataSource`.

The items come with the request or from a file. Their answers are given with them (`jsonl`), or a
model is asked (`completions`, `responses`).
"""

import re
from typing import Any, Literal

import msgspec

from tau.errors import InvalidField
from tau.studio.evals.eval_row import EvalRow
from tau.studio.graders.grader import GraderMessage
from tau.studio.graders.templates import find_unknown_name

MAX_TEMPLATE_MESSAGES = 100
_WHERE = re.compile(r" - at `\$\.?(.*)`$")
_MISSING = re.compile(r"Object missing required field `(\w+)`")
_STORED = {
    "stored_completions": "Tau keeps no completions that an eval could read.",
    "responses": "Tau keeps no responses that an eval could read.",
    "logs": "Tau keeps no logs that an eval could read.",
}
_INSTEAD = "Give the items in the request (`file_content`) or in a file (`file_id`)."


class FileContentSource(msgspec.Struct, frozen=True, tag_field="type", tag="file_content"):
    """Items that come with the request."""

    content: list[EvalRow]


class FileIdSource(msgspec.Struct, frozen=True, tag_field="type", tag="file_id"):
    """Items of a stored file."""

    id: str


class InputTemplate(msgspec.Struct, frozen=True, tag_field="type", tag="template"):
    """Messages to the model, with templates that an item fills."""

    template: list[GraderMessage]


class InputReference(msgspec.Struct, frozen=True, tag_field="type", tag="item_reference"):
    """Messages to the model that an item holds, such as `item.messages`."""

    item_reference: str


class RunSampling(msgspec.Struct, frozen=True):
    """How the model answers."""

    max_completion_tokens: int | None = None
    reasoning_effort: str | None = None
    response_format: dict[str, Any] | None = None
    seed: int | None = None
    temperature: float | None = None
    text: dict[str, Any] | None = None
    """The format of the answer, as the API for responses has it."""
    tools: list[dict[str, Any]] | None = None
    top_p: float | None = None


RowSource = FileContentSource | FileIdSource


class DataSource(msgspec.Struct, frozen=True):
    """Where the items of a run come from, and who answers."""

    type: Literal["jsonl", "completions", "responses"]
    source: RowSource
    input_messages: InputTemplate | InputReference | None = None
    model: str | None = None
    sampling_params: RunSampling | None = None

    @property
    def asks_model(self) -> bool:
        """Whether a model answers; otherwise the answers are given with the items."""
        return self.type != "jsonl" and self.input_messages is not None


def parse_data_source(value: Any) -> DataSource:
    """Return the data source that a JSON value describes. Raises `InvalidField`."""
    if not isinstance(value, dict):
        raise InvalidField("The data source is a JSON object.", "data_source")
    _refuse_stored(value)
    try:
        source = msgspec.convert(value, DataSource)
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from None
    except RecursionError:
        raise InvalidField("The data source is nested too deeply.", "data_source") from None
    _require_complete(source)
    _check_messages(source)
    _check_tools(source)
    return source


def without_items(value: dict[str, Any]) -> dict[str, Any]:
    """Return a data source as it was given, but for the items in it."""
    source = value["source"]
    if source["type"] != "file_content":
        return value
    return {**value, "source": {**source, "content": []}}


def _refuse_stored(value: dict[str, Any]) -> None:
    source = value.get("source")
    kind = source.get("type") if isinstance(source, dict) else None
    if isinstance(kind, str) and kind in _STORED:
        raise InvalidField(f"{_STORED[kind]} {_INSTEAD}", "data_source.source.type")


def _require_complete(source: DataSource) -> None:
    if source.type == "jsonl":
        return
    if (source.input_messages is None) != (source.model is None):
        name = "model" if source.model is None else "input_messages"
        raise InvalidField(
            f"A model needs both `model` and `input_messages`; `{name}` is missing.",
            f"data_source.{name}",
        )
    if source.sampling_params is not None and source.input_messages is None:
        raise InvalidField(
            "Without a model there is nothing to sample.", "data_source.sampling_params"
        )


def _check_messages(source: DataSource) -> None:
    param = "data_source.input_messages"
    match source.input_messages:
        case InputReference(item_reference=name):
            if find_unknown_name(f"{{{{{name}}}}}") or not name.startswith("item"):
                raise InvalidField("The reference is a name like `item.messages`.", param)
        case InputTemplate(template=messages):
            if not 1 <= len(messages) <= MAX_TEMPLATE_MESSAGES:
                sentence = f"A template has 1 to {MAX_TEMPLATE_MESSAGES} messages."
                raise InvalidField(sentence, f"{param}.template")
            for number, message in enumerate(messages):
                for text in message.texts:
                    if unknown := find_unknown_name(text):
                        sentence = f"There is nothing named {{{{{unknown[:80]}}}}} in an item."
                        raise InvalidField(sentence, f"{param}.template[{number}].content")


def _check_tools(source: DataSource) -> None:
    tools = (source.sampling_params and source.sampling_params.tools) or []
    for number, tool in enumerate(tools):
        if tool.get("type") != "function":
            raise InvalidField(
                "Models here can be offered functions only.",
                f"data_source.sampling_params.tools[{number}].type",
            )


def _invalid(message: str) -> InvalidField:
    """Turn msgspec's message into a sentence that doesn't quote the value."""
    where = _WHERE.search(message)
    param = ".".join(filter(None, ["data_source", where[1] if where else ""]))
    if missing := _MISSING.match(message):
        param = f"{param}.{missing[1]}"
        return InvalidField(f"The field `{param}` is missing.", param)
    if ".content" in param and "template" in param:
        return InvalidField("Messages hold text only, as `input_text` or a string.", param)
    return InvalidField(f"The field `{param}` can't be used.", param)
