"""Claude's export: conversations with their attachments, and what Claude made of them.

An attached document is not the person's own words: it becomes a separate message whose speaker is
the file. What Claude holds in memory becomes claims.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tau.ids import derived_id
from tau.journal.entries import Claim
from tau.transfer.formats.import_items import (
    ImportedClaim,
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

ORIGIN = "claude"
_SENDERS = {"human": "person", "user": "person", "assistant": "tau"}
_HEADING = re.compile(r"^(#+\s.*|\*\*[^*]+\*\*:?)$")
_BULLET = re.compile(r"^(?:[-*•]|\d+[.)])\s+")


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Return whether an item is a conversation of Claude's export."""
    return "chat_messages" in item


def is_memory(item: Mapping[str, Any]) -> bool:
    """Return whether an item is what Claude holds in memory."""
    return "conversations_memory" in item or "project_memories" in item


def is_project(item: Mapping[str, Any]) -> bool:
    """Return whether an item is a project with its documents."""
    return "docs" in item and "prompt_template" in item


def read_conversation(item: Mapping[str, Any], where: str, at: float) -> Iterator[ImportItem]:
    """Yield the conversation and what of it could not be read; `at` is the file's own date."""
    title = as_name(item.get("name"))
    messages = item.get("chat_messages")
    if not isinstance(messages, list):
        yield SkippedItem(
            display_title(title) if title else where, "its messages are missing or damaged"
        )
        return
    first = next((each.get("uuid") for each in messages if isinstance(each, Mapping)), "")
    name = as_identifier(item.get("uuid")) or derived_conversation_id(
        first, item.get("created_at"), title
    )
    began = parse_timestamp(item.get("created_at")) or parse_timestamp(item.get("updated_at")) or at
    thread = _MessageList(began)
    for place, message in enumerate(messages, start=1):
        thread.add(message, place)
    if thread.damaged:
        yield SkippedItem(
            display_title(title), f"{thread.damaged} of its messages could not be read"
        )
    current = as_identifier(item.get("current_leaf_message_uuid")) or thread.last
    yield ImportedConversation(
        origin=ORIGIN,
        id=name,
        title=title,
        at=began,
        messages=tuple(flatten_tree(thread.nodes, current)),
    )


class _MessageList:
    """The messages of a conversation; one without a parent follows the one before it."""

    def __init__(self, began: float) -> None:
        self.nodes: dict[str, TreeNode] = {}
        self.last: str | None = None
        self.damaged = 0
        self._at = began

    def add(self, message: Any, place: int) -> None:
        if not isinstance(message, Mapping) or as_text(message.get("sender")) not in _SENDERS:
            self.damaged += 1
            return
        name = as_identifier(message.get("uuid")) or f"#{place}"
        if name in self.nodes:
            self.damaged += 1
            return
        self._at = parse_timestamp(message.get("created_at")) or self._at
        parent = as_identifier(message.get("parent_message_uuid"))
        if parent not in self.nodes:
            parent = self.last
        for number, (speaker, text) in enumerate(_documents(message), start=1):
            line = ImportedMessage(
                id=f"{name}/{number}", by="person", text=text, at=self._at, speaker=speaker
            )
            self.nodes[line.id] = TreeNode(parent, line)
            parent = line.id
        by = "person" if _SENDERS[as_text(message["sender"])] == "person" else "tau"
        text = _text(message)
        message_or_none = ImportedMessage(id=name, by=by, text=text, at=self._at) if text else None  # type: ignore[arg-type]
        self.nodes[name] = TreeNode(parent, message_or_none)
        self.last = name


def _text(message: Mapping[str, Any]) -> str:
    blocks = message.get("content")
    spoken = ""
    if isinstance(blocks, list):
        spoken = join_texts(
            as_text(block.get("text"))
            for block in blocks
            if isinstance(block, Mapping) and as_text(block.get("type")) in {"text", "voice_note"}
        )
    return spoken or as_text(message.get("text"))


def _documents(message: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    attachments = message.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        if isinstance(attachment, Mapping):
            text = as_text(attachment.get("extracted_content"))
            if text:
                yield as_name(attachment.get("file_name")) or "a document", text


def read_memory(item: Mapping[str, Any], where: str, at: float) -> Iterator[ImportItem]:
    """Yield what Claude holds in memory: a claim for each line."""
    texts = [as_text(item.get("conversations_memory"))]
    projects = item.get("project_memories")
    if isinstance(projects, Mapping):
        texts += [as_text(text) for text in projects.values()]
    when = parse_timestamp(item.get("updated_at")) or at
    found = False
    for line in (line.strip() for text in texts for line in text.split("\n")):
        claim = _BULLET.sub("", line).strip()
        if claim and not _HEADING.match(claim):
            found = True
            yield ImportedClaim(
                origin=ORIGIN,
                id=derived_id("memory", claim),
                at=when,
                claim=Claim(topic="other", text=claim),
            )
    if not found:
        yield SkippedItem(where, "it is empty")


def read_project(item: Mapping[str, Any], where: str) -> Iterator[ImportItem]:
    """Yield that a project is left out."""
    name = as_name(item.get("name"))
    yield SkippedItem(
        f"the project {display_title(name)}" if name else where, "projects are not imported"
    )
