"""Texts, names and identifiers from the values in import files."""

from collections.abc import Iterable
from typing import Any

from tau.ids import derived_id
from tau.text.labels import as_line

MAX_NAME_CHARACTERS = 120
_TITLE_CHARACTERS = 60
_UNNAMED = "a conversation without a name"


def as_text(value: Any) -> str:
    """Return `value` if it is text, without lone surrogates and outer white space; else nothing."""
    if not isinstance(value, str):
        return ""
    text: str = value
    try:
        text.encode()
    except UnicodeEncodeError:
        # Halves of a pair that stand together are joined again, others replaced.
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.strip()


def as_name(value: Any) -> str | None:
    """Return `value` as a name on one line, shortened where it is long; `None` if there is none."""
    return shorten(as_line(as_text(value)), MAX_NAME_CHARACTERS) or None


def as_identifier(value: Any) -> str | None:
    """Return `value` as an identifier, if it is one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return as_text(str(value)) or None


def derived_conversation_id(first: Any, began: Any, title: str | None) -> str:
    """Return an identifier for a conversation that has none in its file.

    It follows from its first message and the time it began, which a newer export repeats. Its
    title, which may change, counts only where there is no time.
    """
    when = as_identifier(began) if not isinstance(began, float) else repr(began)
    return derived_id("nameless", as_identifier(first) or "", when or f"“{title}”")


def shorten(text: str, length: int = _TITLE_CHARACTERS) -> str:
    """Return the beginning of `text` on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def join_texts(parts: Iterable[str]) -> str:
    """Return the parts that are not empty, each on a line of its own."""
    return "\n".join(part for part in parts if part)


def display_title(title: str | None) -> str:
    """Return how a conversation is named in a list of what was skipped."""
    return f"“{title}”" if title else _UNNAMED
