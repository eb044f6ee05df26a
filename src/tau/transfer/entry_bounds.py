"""Bounds of what an entry from a file may hold.

Tau writes no entry beyond them. A file can be made by anyone, and an entry out of all bounds would
slow down everything that reads the journal later.
"""

from typing import Any

import msgspec

from tau.memory.artifacts import MAX_CONTENT_BYTES

MAX_FIELD_CHARACTERS = 4_000
"""Longest text in an entry: a title, a name, a claim. The text of a message has its own limit."""
MAX_NESTING = 8
MAX_CLAIMS = 20_000
"""Claims that are merged from one file. Everything that is known is read whenever facts change."""
TOO_MANY_CLAIMS = f"a file may bring at most {MAX_CLAIMS:,} of them"
_TOO_DEEP = "it is nested too deeply"


def bounds_problem(raw: bytes, max_message_bytes: int) -> str | None:
    """Return why an encoded entry can't be kept, or `None` if it can."""
    plain: dict[str, Any] = msgspec.msgpack.decode(raw)
    text, limit = _long_text(plain, max_message_bytes)
    if (size := len(text.encode("utf-8", "surrogatepass"))) > limit:
        return f"its text is too long ({size:,} bytes)"
    return _value_problem(plain, MAX_NESTING)


def _long_text(plain: dict[str, Any], max_message_bytes: int) -> tuple[str, int]:
    """Take the text that may be long out of an entry; return it with its limit in bytes."""
    match plain.get("kind"):
        case "said":
            name, limit = "text", max_message_bytes
        case "artifact":
            name, limit = "content", MAX_CONTENT_BYTES
        case _:
            return "", max_message_bytes
    text = plain.get(name)
    return (plain.pop(name), limit) if isinstance(text, str) else ("", limit)


def _value_problem(value: Any, depth: int) -> str | None:
    if isinstance(value, str):
        return None if len(value) <= MAX_FIELD_CHARACTERS else f"it holds {len(value):,} characters"
    if not isinstance(value, dict | list):
        return None
    if depth == 0:
        return _TOO_DEEP
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return next((found for part in parts if (found := _value_problem(part, depth - 1))), None)
