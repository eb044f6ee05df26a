"""Examples from chats in the shape of OpenAI's fine-tuning files: `{"messages": [...]}`.

Roles are system (or developer), user and assistant, and the last message is the assistant's. Other
fields of the object are kept for graders; the `name` of a message isn't. An object without messages
that has the input and output columns is read as a row of a table.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, get_args

import msgspec

from tau.studio.examples.example import Example, ExampleMessage, Problem, Role
from tau.studio.examples.json_items import JsonItem, decode_object, read_json_items
from tau.studio.examples.read_context import ReadContext, ReadOptions
from tau.studio.examples.rows import row_messages

_PREFERENCES = ("preferred_output", "non_preferred_output")
_TOOLS = ("tools", "functions")
_CALLS = ("tool_calls", "function_call")
_ROLES: dict[Any, Role] = {role: role for role in get_args(Role)} | {"developer": "system"}
_MIXED_QUOTES = "It isn't valid JSON: names and texts need double quotes."
_INVALID = "It isn't valid JSON."
_NO_OBJECT = "It isn't an object with messages."


class _Refusal(Exception):
    """A field that can't be used, and a sentence that says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def read_chat_lines(file: BinaryIO, context: ReadContext) -> Iterator[Example | Problem]:
    """Yield one example or problem for each object of a file."""
    for item in read_json_items(file):
        if item.reason:
            yield Problem(item.line, "", item.reason)
            continue
        try:
            yield _example(item, context)
        except _Refusal as refused:
            yield Problem(item.line, refused.field, refused.reason)


def _example(item: JsonItem, context: ReadContext) -> Example:
    fields = _fields(item.text)
    if "messages" in fields:
        messages = _messages(fields.pop("messages"))
    else:
        messages = _row(fields, context.options)
    return context.example(
        item.line, messages, {name: _as_text(raw) for name, raw in fields.items()}
    )


def _fields(text: str) -> dict[str, msgspec.Raw]:
    try:
        fields = decode_object(text)
    except ValueError:
        raise _Refusal("", _reason(text)) from None
    if any(name in fields for name in _PREFERENCES):
        name = next(name for name in _PREFERENCES if name in fields)
        raise _Refusal(name, "Pairs of preferred answers can't be used yet; use messages.")
    for name in _TOOLS:
        if _decoded(fields.get(name)):
            raise _Refusal(name, "Examples with tools can't be used.")
    return fields


def _reason(text: str) -> str:
    try:
        msgspec.json.decode(text)
    except (msgspec.MsgspecError, RecursionError):
        return _MIXED_QUOTES if text.startswith("{'") else _INVALID
    return _NO_OBJECT


def _messages(raw: msgspec.Raw) -> tuple[ExampleMessage, ...]:
    given = _decoded(raw)
    if not isinstance(given, list) or not given:
        raise _Refusal("messages", "It must be a list of messages.")
    messages = tuple(_message(each, f"messages[{at}]") for at, each in enumerate(given))
    last = f"messages[{len(messages) - 1}].role"
    if messages[-1].role != "assistant":
        raise _Refusal(last, "The last message must be the assistant's: it's the answer.")
    if all(each.role != "user" for each in messages):
        raise _Refusal("messages", "There's no message of the user.")
    if all(each.weight == 0 for each in messages if each.role == "assistant"):
        raise _Refusal("messages", "Every answer has weight 0, so there's nothing to learn.")
    return messages


def _message(given: Any, path: str) -> ExampleMessage:
    if not isinstance(given, dict):
        raise _Refusal(path, "A message must be an object with role and content.")
    for name in _CALLS:
        if given.get(name):
            raise _Refusal(f"{path}.{name}", "Examples with tools can't be used.")
    role = given.get("role")
    if role in ("tool", "function"):
        raise _Refusal(f"{path}.role", "Examples with tools can't be used.")
    if not isinstance(role, str) or role not in _ROLES:
        raise _Refusal(f"{path}.role", "The role must be system, user or assistant.")
    weight = _weight(given, f"{path}.weight")
    return ExampleMessage(
        role=_ROLES[role],
        content=_content(given.get("content"), f"{path}.content"),
        weight=weight if role == "assistant" else 1,
    )


def _weight(given: Mapping[str, Any], path: str) -> int:
    weight = given.get("weight")
    if weight is None:
        return 1
    if isinstance(weight, bool) or weight not in (0, 1):
        raise _Refusal(path, "The weight must be 0 or 1.")
    return int(weight)


def _content(given: Any, path: str) -> str:
    if isinstance(given, str):
        return given
    if not isinstance(given, list):
        raise _Refusal(path, "The content must be text.")
    return "".join(_part(each, f"{path}[{at}]") for at, each in enumerate(given))


def _part(given: Any, path: str) -> str:
    if isinstance(given, dict) and given.get("type") == "text":
        text = given.get("text")
        if isinstance(text, str):
            return text
    raise _Refusal(path, "Only text can be used: no images, audio or files.")


def _row(fields: Mapping[str, msgspec.Raw], options: ReadOptions) -> tuple[ExampleMessage, ...]:
    if any(name not in fields for name in options.columns):
        raise _Refusal("messages", "It's missing.")
    if "instruction" in fields and not options.instructions_column:
        raise _Refusal("instruction", "Name it as the column of the instructions to use it.")
    asked = _as_text(fields[options.input_column])
    if not asked.strip():
        raise _Refusal(options.input_column, "It's empty.")
    instructions = fields.get(options.instructions_column)
    return row_messages(
        asked,
        _as_text(fields[options.output_column]),
        "" if instructions is None else _as_text(instructions),
    )


def _decoded(raw: msgspec.Raw | None) -> Any:
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):  # passed over undecoded until now
        raise _Refusal("", _INVALID) from None


def _as_text(raw: msgspec.Raw) -> str:
    """Return a string's text, or another value's JSON as it is written."""
    value = _decoded(raw)
    if value is None:
        return ""
    return value if isinstance(value, str) else bytes(raw).decode()
