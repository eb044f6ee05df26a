"""Conversations in the shape that OpenAI's chat API takes: `{"messages": [{"role", "content"}]}`.

They have no ids and often no dates, so a conversation is identified by its first messages.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tau.ids import derived_id
from tau.transfer.formats.import_items import (
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    SkippedItem,
)
from tau.transfer.formats.text_values import (
    as_identifier,
    as_name,
    as_text,
    display_title,
    join_texts,
)
from tau.transfer.formats.timestamps import parse_timestamp

ORIGIN = "openai"
_SPEAKER_ROLES = {"user": "person", "assistant": "tau"}
_IGNORED_ROLES = {"system", "developer", "tool", "function"}
_DATE_KEYS = ("created_at", "create_time", "created", "timestamp", "date")
_IDENTIFYING_MESSAGES = 2  # at the beginning of a conversation


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Return whether an item is a conversation in this shape."""
    return isinstance(item.get("messages"), list)


def read_conversation(
    item: Mapping[str, Any], where: str, at: float, begun: Counter[str]
) -> Iterator[ImportItem]:
    """Yield the conversation; `begun` counts those that begin with the same words."""
    messages: list[ImportedMessage] = []
    damaged = 0
    title = as_name(item.get("title"))
    began = _date(item) or at
    for place, message in enumerate(item["messages"], start=1):
        role = as_text(message.get("role")) if isinstance(message, Mapping) else ""
        if role in _IGNORED_ROLES:
            continue
        if role not in _SPEAKER_ROLES:
            damaged += 1
        elif text := _text(message.get("content")):
            before = messages[-1] if messages else None
            messages.append(
                ImportedMessage(
                    id=derived_id(str(place), role, text),
                    by="person" if role == "user" else "tau",
                    text=text,
                    at=_date(message) or (before.at if before else began),
                    parent=before.id if before else None,
                    model=as_name(item.get("model")) if role == "assistant" else None,
                )
            )
    if damaged:
        yield SkippedItem(
            display_title(title) if title else where, f"{damaged} of its messages are damaged"
        )
    if messages:
        yield ImportedConversation(
            origin=ORIGIN,
            id=_conversation_id(item, messages, begun),
            title=title,
            at=began,
            messages=tuple(messages),
        )


def _conversation_id(
    item: Mapping[str, Any], messages: list[ImportedMessage], begun: Counter[str]
) -> str:
    named = as_identifier(item.get("id")) or as_identifier(item.get("conversation_id"))
    if named is not None:
        return named
    first = derived_id(*(message.id for message in messages[:_IDENTIFYING_MESSAGES]))
    begun[first] += 1
    return f"{first}/{begun[first]}"


def _date(item: Mapping[str, Any]) -> float | None:
    return next((found for name in _DATE_KEYS if (found := parse_timestamp(item.get(name)))), None)


def _text(content: Any) -> str:
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, Mapping)]
        return join_texts(as_text(part.get("text")) for part in parts)
    return as_text(content)
