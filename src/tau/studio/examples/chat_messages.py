"""Messages of a chat in the shape of OpenAI's fine-tuning files, checked and read.

What can't be used is refused by its field, with a reason that doesn't quote what it says.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from tau.studio.examples.example import ExampleMessage, Role

TOOLS = ("tools", "functions")
INVALID_JSON = "It isn't valid JSON."
_CALLS = ("tool_calls", "function_call")
_ROLES: dict[Any, Role] = {role: role for role in get_args(Role)} | {"developer": "system"}
_NO_TOOLS = "Examples with tools can't be used."


class RefusedField(Exception):
    """A field that can't be used, and a sentence that says why."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


def decoded(raw: msgspec.Raw | None) -> Any:
    """Return the value of a field that was passed over undecoded until now."""
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (msgspec.MsgspecError, RecursionError):
        raise RefusedField("", INVALID_JSON) from None


def refuse_tools(fields: Mapping[str, Any]) -> None:
    """Refuse an example that offers tools."""
    for name in TOOLS:
        given = fields.get(name)
        if decoded(given) if isinstance(given, msgspec.Raw) else given:
            raise RefusedField(name, _NO_TOOLS)


def whole_chat(given: Any, path: str = "messages") -> tuple[ExampleMessage, ...]:
    """Return the messages of a chat that ends with the answer."""
    messages = chat_messages(given, path)
    if messages[-1].role != "assistant":
        last = f"{path}[{len(messages) - 1}].role"
        raise RefusedField(last, "The last message must be the assistant's: it's the answer.")
    require_user(messages, path)
    if all(each.weight == 0 for each in messages if each.role == "assistant"):
        raise RefusedField(path, "Every answer has weight 0, so there's nothing to learn.")
    return messages


def require_user(messages: Sequence[ExampleMessage], path: str) -> None:
    """Refuse a chat in which the user says nothing."""
    if all(each.role != "user" for each in messages):
        raise RefusedField(path, "There's no message of the user.")


def chat_messages(given: Any, path: str) -> tuple[ExampleMessage, ...]:
    """Return messages, whoever the last one is from."""
    if not isinstance(given, list) or not given:
        raise RefusedField(path, "It must be a list of messages.")
    return tuple(_message(each, f"{path}[{at}]") for at, each in enumerate(given))


def _message(given: Any, path: str) -> ExampleMessage:
    if not isinstance(given, dict):
        raise RefusedField(path, "A message must be an object with role and content.")
    for name in _CALLS:
        if given.get(name):
            raise RefusedField(f"{path}.{name}", _NO_TOOLS)
    role = given.get("role")
    if role in ("tool", "function"):
        raise RefusedField(f"{path}.role", _NO_TOOLS)
    if not isinstance(role, str) or role not in _ROLES:
        raise RefusedField(f"{path}.role", "The role must be system, user or assistant.")
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
        raise RefusedField(path, "The weight must be 0 or 1.")
    return int(weight)


def _content(given: Any, path: str) -> str:
    if isinstance(given, str):
        return given
    if not isinstance(given, list):
        raise RefusedField(path, "The content must be text.")
    return "".join(_part(each, f"{path}[{at}]") for at, each in enumerate(given))


def _part(given: Any, path: str) -> str:
    if isinstance(given, dict) and given.get("type") == "text":
        text = given.get("text")
        if isinstance(text, str):
            return text
    raise RefusedField(path, "Only text can be used: no images, audio or files.")


def content_text(content: Any) -> str:
    """Return the text of a message that a client sends to a model; other parts are left out."""
    if isinstance(content, list):
        return "".join(str(part.get("text") or "") for part in content if isinstance(part, dict))
    return str(content or "")
