"""Examples from chats in the shape of OpenAI's fine-tuning files: `{"messages": [...]}`.

Roles are system (or developer), user and assistant, and the last message is the assistant's. Other
fields of the object are kept for graders; the `name` of a message isn't. An object without messages
that has the input and output columns is read as a row of a table.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

import msgspec

from tau.studio.examples.chat_messages import (
    INVALID_JSON,
    RefusedField,
    decoded,
    refuse_tools,
    whole_chat,
)
from tau.studio.examples.example import Example, ExampleMessage, Problem
from tau.studio.examples.json_items import JsonItem, decode_object, read_json_items
from tau.studio.examples.read_context import ReadContext, ReadOptions
from tau.studio.examples.rows import row_messages

PREFERENCES = ("preferred_output", "non_preferred_output")
_MIXED_QUOTES = "It isn't valid JSON: names and texts need double quotes."
_NO_OBJECT = "It isn't an object with messages."


def read_chat_lines(file: BinaryIO, context: ReadContext) -> Iterator[Example | Problem]:
    """Yield one example or problem for each object of a file."""
    for item in read_json_items(file):
        if item.reason:
            yield Problem(item.line, "", item.reason)
            continue
        try:
            yield _example(item, context)
        except RefusedField as refused:
            yield Problem(item.line, refused.field, refused.reason)


def object_fields(text: str) -> dict[str, msgspec.Raw]:
    """Return the fields of an object, undecoded, or refuse it."""
    try:
        return decode_object(text)
    except ValueError:
        raise RefusedField("", _reason(text)) from None


def _example(item: JsonItem, context: ReadContext) -> Example:
    fields = object_fields(item.text)
    for name in PREFERENCES:
        if name in fields:
            raise RefusedField(name, "Pairs of preferred answers can't be used yet; use messages.")
    refuse_tools(fields)
    if "messages" in fields:
        messages = whole_chat(decoded(fields.pop("messages")))
    else:
        messages = _row(fields, context.options)
    return context.example(
        item.line, messages, {name: _as_text(raw) for name, raw in fields.items()}
    )


def _reason(text: str) -> str:
    try:
        msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return _MIXED_QUOTES if text.startswith("{'") else INVALID_JSON
    return _NO_OBJECT


def _row(fields: Mapping[str, msgspec.Raw], options: ReadOptions) -> tuple[ExampleMessage, ...]:
    if any(name not in fields for name in options.columns):
        raise RefusedField("messages", "It's missing.")
    if "instruction" in fields and not options.instructions_column:
        raise RefusedField("instruction", "Name it as the column of the instructions to use it.")
    asked = _as_text(fields[options.input_column])
    if not asked.strip():
        raise RefusedField(options.input_column, "It's empty.")
    instructions = fields.get(options.instructions_column)
    return row_messages(
        asked,
        _as_text(fields[options.output_column]),
        "" if instructions is None else _as_text(instructions),
    )


def _as_text(raw: msgspec.Raw) -> str:
    """Return a string's text, or another value's JSON as it is written."""
    value = decoded(raw)
    if value is None:
        return ""
    return value if isinstance(value, str) else bytes(raw).decode()
