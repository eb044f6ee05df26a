"""ChatGPT's export: conversations as trees, in which edits and other answers are branches.

Kept are the words of the person and of the assistant. Left out is what nobody said to anybody:
system messages, hidden ones, calls of tools and their results, and the model's thoughts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tau.transfer.formats.pieces import Line, Piece, Skipped, Talk
from tau.transfer.formats.texts import called, identifier, joined, name_of, nameless, text_of
from tau.transfer.formats.threads import Node, in_order
from tau.transfer.formats.times import moment

ORIGIN = "chatgpt"
_IMAGE = "[image]"
_SPOKEN = {"text", "multimodal_text"}


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Tell whether an item is a conversation of ChatGPT's export."""
    return "mapping" in item


def read(item: Mapping[str, Any], where: str, at: float) -> Iterator[Piece]:
    """Yield the conversation and what of it could not be read; `at` is the file's own date."""
    title = name_of(item.get("title"))
    mapping = item.get("mapping")
    if not isinstance(mapping, Mapping):
        yield Skipped(called(title) if title else where, "its messages are missing or damaged")
        return
    named = filter(None, map(identifier, (item.get("conversation_id"), item.get("id"))))
    name = next(named, None) or nameless(next(iter(mapping), ""), item.get("create_time"), title)
    began = moment(item.get("create_time")) or moment(item.get("update_time")) or at
    nodes: dict[str, Node] = {}
    damaged = 0
    for key, node in mapping.items():
        if not isinstance(node, Mapping):
            damaged += 1
            continue
        message = node.get("message")
        line = _line(key, message, _earlier(nodes, node, began))
        damaged += message is not None and not isinstance(message, Mapping)
        nodes[key] = Node(identifier(node.get("parent")), line)
    if damaged:
        yield Skipped(called(title), f"{damaged} of its messages could not be read")
    yield Talk(
        origin=ORIGIN,
        id=name,
        title=title,
        at=began,
        lines=tuple(in_order(nodes, identifier(item.get("current_node")))),
        archived=item.get("is_archived") is True,
    )


def _earlier(nodes: Mapping[str, Node], node: Mapping[str, Any], began: float) -> float:
    """Return the date for a message that has none: that of the one it follows, if it is known."""
    parent = nodes.get(str(node.get("parent")))
    return parent.line.at if parent and parent.line else began


def _line(key: str, message: Any, at: float) -> Line | None:
    if not isinstance(message, Mapping):
        return None
    author, metadata = _part(message, "author"), _part(message, "metadata")
    if metadata.get("is_visually_hidden_from_conversation") is True:
        return None
    role = text_of(author.get("role"))
    if role not in {"user", "assistant"}:
        return None
    if role == "assistant" and message.get("recipient", "all") not in ("all", None):
        return None  # said to a tool
    text = _text(message.get("content"))
    if not text:
        return None
    return Line(
        id=key,
        by="person" if role == "user" else "tau",
        text=text,
        at=moment(message.get("create_time")) or at,
        model=name_of(metadata.get("model_slug")) if role == "assistant" else None,
    )


def _part(message: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = message.get(name)
    return part if isinstance(part, Mapping) else {}


def _text(content: Any) -> str:
    if isinstance(content, str):
        return text_of(content)
    if not isinstance(content, Mapping):
        return ""
    kind = text_of(content.get("content_type"))
    if kind == "code":
        return text_of(content.get("text"))
    parts = content.get("parts")
    if kind not in _SPOKEN or not isinstance(parts, list):
        return ""
    return joined(_text_of_part(part) for part in parts)


def _text_of_part(part: Any) -> str:
    if not isinstance(part, Mapping):
        return text_of(part)
    kind = str(part.get("content_type"))
    if kind == "image_asset_pointer":
        return _IMAGE
    return text_of(part.get("text")) if kind == "audio_transcription" else ""
