"""ChatGPT's export: conversations as trees, in which edits and other answers are branches.

The messages of the person and the assistant are read. System messages, hidden ones, tool calls and
their results, and the model's thoughts are left out.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tau.transfer.formats.import_items import (
    ImportedConversation,
    ImportedMessage,
    ImportItem,
    SkippedItem,
)
from tau.transfer.formats.message_tree import TreeNode, flatten_tree
from tau.transfer.formats.text_values import (
    as_identifier,
    as_name,
    as_text,
    derived_conversation_id,
    display_title,
    join_texts,
)
from tau.transfer.formats.timestamps import parse_timestamp

ORIGIN = "chatgpt"
_IMAGE = "[image]"
_TEXT_TYPES = {"text", "multimodal_text"}


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Return whether an item is a conversation of ChatGPT's export."""
    return "mapping" in item


def read_conversation(item: Mapping[str, Any], where: str, at: float) -> Iterator[ImportItem]:
    """Yield the conversation and what of it could not be read; `at` is the file's own date."""
    title = as_name(item.get("title"))
    mapping = item.get("mapping")
    if not isinstance(mapping, Mapping):
        yield SkippedItem(
            display_title(title) if title else where, "its messages are missing or damaged"
        )
        return
    named = filter(None, map(as_identifier, (item.get("conversation_id"), item.get("id"))))
    name = next(named, None) or derived_conversation_id(
        next(iter(mapping), ""), item.get("create_time"), title
    )
    began = (
        parse_timestamp(item.get("create_time")) or parse_timestamp(item.get("update_time")) or at
    )
    nodes: dict[str, TreeNode] = {}
    damaged = 0
    for key, node in mapping.items():
        if not isinstance(node, Mapping):
            damaged += 1
            continue
        message = node.get("message")
        line = _read_message(key, message, _fallback_time(nodes, node, began))
        damaged += message is not None and not isinstance(message, Mapping)
        nodes[key] = TreeNode(as_identifier(node.get("parent")), line)
    if damaged:
        yield SkippedItem(display_title(title), f"{damaged} of its messages could not be read")
    yield ImportedConversation(
        origin=ORIGIN,
        id=name,
        title=title,
        at=began,
        messages=tuple(flatten_tree(nodes, as_identifier(item.get("current_node")))),
        archived=item.get("is_archived") is True,
    )


def _fallback_time(nodes: Mapping[str, TreeNode], node: Mapping[str, Any], began: float) -> float:
    """Return the date for a message that has none: that of the one it follows, if it is known."""
    parent = nodes.get(str(node.get("parent")))
    return parent.message.at if parent and parent.message else began


def _read_message(key: str, message: Any, at: float) -> ImportedMessage | None:
    if not isinstance(message, Mapping):
        return None
    author, metadata = _object_field(message, "author"), _object_field(message, "metadata")
    if metadata.get("is_visually_hidden_from_conversation") is True:
        return None
    role = as_text(author.get("role"))
    if role not in {"user", "assistant"}:
        return None
    if role == "assistant" and message.get("recipient", "all") not in ("all", None):
        return None  # addressed to a tool
    text = _text(message.get("content"))
    if not text:
        return None
    return ImportedMessage(
        id=key,
        by="person" if role == "user" else "tau",
        text=text,
        at=parse_timestamp(message.get("create_time")) or at,
        model=as_name(metadata.get("model_slug")) if role == "assistant" else None,
    )


def _object_field(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = message.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(content: Any) -> str:
    if isinstance(content, str):
        return as_text(content)
    if not isinstance(content, Mapping):
        return ""
    kind = as_text(content.get("content_type"))
    if kind == "code":
        return as_text(content.get("text"))
    parts = content.get("parts")
    if kind not in _TEXT_TYPES or not isinstance(parts, list):
        return ""
    return join_texts(_text_of_part(part) for part in parts)


def _text_of_part(part: Any) -> str:
    if not isinstance(part, Mapping):
        return as_text(part)
    kind = str(part.get("content_type"))
    if kind == "image_asset_pointer":
        return _IMAGE
    return as_text(part.get("text")) if kind == "audio_transcription" else ""
