"""Conversations in the shape that OpenAI's chat API takes: `{"messages": [{"role", "content"}]}`.

They carry no names and often no dates, so a conversation is known by the words it begins with.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tau.ids import derived_id
from tau.transfer.formats.pieces import Line, Piece, Skipped, Talk
from tau.transfer.formats.texts import called, identifier, joined, name_of, text_of
from tau.transfer.formats.times import moment

ORIGIN = "openai"
_PEOPLE = {"user": "person", "assistant": "tau"}
_OTHERS = {"system", "developer", "tool", "function"}
_DATES = ("created_at", "create_time", "created", "timestamp", "date")
_FIRST = 2  # messages that tell a conversation from others


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is a conversation in this shape."""
    return isinstance(item.get("messages"), list)


def read(item: Mapping[str, Any], where: str, at: float, begun: Counter[str]) -> Iterator[Piece]:
    """Yield the conversation; `begun` counts those that begin with the same words."""
    lines: list[Line] = []
    damaged = 0
    title = name_of(item.get("title"))
    began = _date(item) or at
    for place, message in enumerate(item["messages"], start=1):
        role = text_of(message.get("role")) if isinstance(message, Mapping) else ""
        if role in _OTHERS:
            continue
        if role not in _PEOPLE:
            damaged += 1
        elif text := _text(message.get("content")):
            before = lines[-1] if lines else None
            lines.append(
                Line(
                    id=derived_id(str(place), role, text),
                    by="person" if role == "user" else "tau",
                    text=text,
                    at=_date(message) or (before.at if before else began),
                    parent=before.id if before else None,
                    model=name_of(item.get("model")) if role == "assistant" else None,
                )
            )
    if damaged:
        yield Skipped(called(title) if title else where, f"{damaged} of its messages are damaged")
    if lines:
        yield Talk(
            origin=ORIGIN,
            id=_known_as(item, lines, begun),
            title=title,
            at=began,
            lines=tuple(lines),
        )


def _known_as(item: Mapping[str, Any], lines: list[Line], begun: Counter[str]) -> str:
    named = identifier(item.get("id")) or identifier(item.get("conversation_id"))
    if named is not None:
        return named
    first = derived_id(*(line.id for line in lines[:_FIRST]))
    begun[first] += 1
    return f"{first}/{begun[first]}"


def _date(item: Mapping[str, Any]) -> float | None:
    return next((found for name in _DATES if (found := moment(item.get(name)))), None)


def _text(content: Any) -> str:
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, Mapping)]
        return joined(text_of(part.get("text")) for part in parts)
    return text_of(content)
