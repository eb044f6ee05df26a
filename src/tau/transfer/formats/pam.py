"""Portable AI Memory 1.0 (portable-ai-memory.org/spec/v1.0), read and written.

`memory-store.json` holds memories: each becomes a claim, with its dates and the messages it names.
Files of conversations beside it are read too, under the names their products gave them, so that a
conversation that is also imported another way is not doubled.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, get_args

from tau.facts.facts import Fact
from tau.ids import derived_id
from tau.journal.entries import Claim, Topic
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
    display_title,
    join_texts,
)
from tau.transfer.formats.timestamps import format_timestamp, parse_timestamp

ORIGIN = "pam"
SCHEMA = "portable-ai-memory"
_SCHEMA_OF_CONVERSATIONS = "portable-ai-memory-conversation"
_PLATFORM = re.compile(r"[a-z0-9_-]{2,32}")
_TOPICS: dict[str, Topic] = {
    "identity": "other",
    "relationship": "people",
    "instruction": "instruction",
    "preference": "other",
}
_TYPES: dict[str, str] = {
    "name": "identity",
    "birthday": "identity",
    "family": "relationship",
    "people": "relationship",
    "like": "preference",
    "dislike": "preference",
    "plan": "goal",
    "instruction": "instruction",
}
_ENDED_STATUSES = {"superseded", "deprecated", "archived"}


class FactSource(NamedTuple):
    """The message that a fact was learned from, as a PAM file names it."""

    message: str
    conversation: str
    title: str | None
    began: float


def is_store(item: Mapping[str, Any]) -> bool:
    """Return whether an item is a whole memory store."""
    return item.get("schema") == SCHEMA and isinstance(item.get("memories"), list)


def is_memory(item: Mapping[str, Any]) -> bool:
    """Return whether an item is one memory of a store."""
    return "content" in item and ("provenance" in item or "content_hash" in item)


def is_conversation(item: Mapping[str, Any]) -> bool:
    """Return whether an item is a conversation of PAM's companion files."""
    return item.get("schema") == _SCHEMA_OF_CONVERSATIONS


def read_store(item: Mapping[str, Any], at: float) -> Iterator[ImportItem]:
    """Yield the memories of a whole store."""
    for number, memory in enumerate(item["memories"], start=1):
        where = f"memory {number}"
        if isinstance(memory, Mapping) and is_memory(memory):
            yield from read_memory(memory, where, at)
        else:
            yield SkippedItem(where, "it is damaged")


def read_memory(item: Mapping[str, Any], where: str, at: float) -> Iterator[ImportItem]:
    """Yield one memory as a claim; one that was retracted is left out."""
    text = as_text(item.get("content"))
    temporal, provenance = _object_field(item, "temporal"), _object_field(item, "provenance")
    if not text:
        yield SkippedItem(where, "it has no text")
        return
    if item.get("status") == "retracted":
        yield SkippedItem(where, "it was retracted")
        return
    made = (
        parse_timestamp(temporal.get("created_at"))
        or parse_timestamp(provenance.get("extracted_at"))
        or at
    )
    ended = parse_timestamp(temporal.get("valid_until"))
    if ended is None and as_text(item.get("status")) in _ENDED_STATUSES:
        ended = parse_timestamp(temporal.get("updated_at")) or made
    platform = as_text(provenance.get("platform")) or ORIGIN
    conversation = as_identifier(provenance.get("conversation_ref"))
    message = as_identifier(provenance.get("message_ref"))
    yield ImportedClaim(
        origin=ORIGIN,
        id=as_identifier(item.get("id")) or derived_id(text),
        at=made,
        claim=_claim(item, text, parse_timestamp(temporal.get("valid_from")), ended),
        sources=((platform, conversation or "", message),) if message else (),
    )


def _claim(item: Mapping[str, Any], text: str, begun: float | None, ended: float | None) -> Claim:
    own = _object_field(_object_field(item, "metadata"), "tau")
    topic: Topic = _TOPICS.get(str(item.get("type")), "other")
    if own.get("topic") in get_args(Topic):
        topic = own["topic"]
    return Claim(
        topic=topic,
        text=text,
        about=as_text(own.get("about")),
        slot=as_text(own.get("slot")),
        value=as_text(own.get("value")),
        valid_from=begun,
        valid_to=ended,
        due=parse_timestamp(own.get("due")),
    )


def read_conversation(item: Mapping[str, Any], where: str, at: float) -> Iterator[ImportItem]:
    """Yield a conversation of a companion file."""
    provider, temporal = _object_field(item, "provider"), _object_field(item, "temporal")
    title, messages = as_name(item.get("title")), item.get("messages")
    name = as_identifier(provider.get("conversation_id")) or as_identifier(item.get("id"))
    if not isinstance(messages, list) or name is None:
        yield SkippedItem(
            display_title(title) if title else where, "its messages are missing or damaged"
        )
        return
    began = parse_timestamp(temporal.get("created_at")) or at
    nodes: dict[str, TreeNode] = {}
    known_as: dict[str | None, str] = {}
    damaged, when, last = 0, began, None
    for message in messages:
        read = _read_message(message, when) if isinstance(message, Mapping) else None
        if read is None:
            damaged += 1
            continue
        own, line = read
        parent = as_identifier(message.get("parent_id"))
        known_as[own] = line.id
        nodes[line.id] = TreeNode(known_as.get(parent, last), line if line.text else None)
        when, last = line.at, line.id
    if damaged:
        yield SkippedItem(display_title(title), f"{damaged} of its messages could not be read")
    platform = as_text(provider.get("name"))
    yield ImportedConversation(
        origin=platform if _PLATFORM.fullmatch(platform) else ORIGIN,
        id=name,
        title=title,
        at=began,
        messages=tuple(flatten_tree(nodes, last)),
        archived=item.get("is_archived") is True,
    )


def _read_message(
    message: Mapping[str, Any], at: float
) -> tuple[str | None, ImportedMessage] | None:
    """Return a message and its id in the file. One without text only connects others."""
    own = as_identifier(message.get("id"))
    name = as_identifier(message.get("provider_message_id")) or own
    role = as_text(message.get("role"))
    if name is None or role not in {"user", "assistant", "system", "tool"}:
        return None
    spoken = role in {"user", "assistant"} and message.get("is_thought") is not True
    return own, ImportedMessage(
        id=name,
        by="person" if role == "user" else "tau",
        text=_text(message.get("content")) if spoken else "",
        at=parse_timestamp(message.get("created_at")) or at,
        model=as_name(message.get("model")) if role == "assistant" else None,
    )


def _text(content: Any) -> str:
    if not isinstance(content, Mapping):
        return as_text(content)
    parts = content.get("parts")
    if isinstance(parts, list):
        found = [part for part in parts if isinstance(part, Mapping)]
        return join_texts(as_text(part.get("text")) for part in found) or as_text(
            content.get("text")
        )
    return as_text(content.get("text"))


def _object_field(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = item.get(name)
    return part if isinstance(part, Mapping) else {}


def render_store(
    facts: Sequence[Fact], sources: Mapping[str, FactSource], *, owner: str, system: str, now: float
) -> bytes:
    """Return a memory store of what is or was believed of `owner`.

    `sources` are messages by their id; `system` names the program, as `name/1.2.3`. Facts that wait
    or were rejected are left out.
    """
    memories = [
        _without_nulls(_memory(fact, sources))
        for fact in facts
        if fact.state in {"current", "past"}
    ]
    canonical = _canonical_json(sorted(memories, key=lambda memory: memory["id"]))
    store = {
        "schema": SCHEMA,
        "schema_version": "1.0",
        "spec_uri": "https://portable-ai-memory.org/spec/v1.0",
        "exported_by": system,
        "export_date": format_timestamp(now),
        "owner": {"id": owner},
        "memories": memories,
        "relations": [],
        "conversations_index": _index(memories, sources),
        "integrity": {
            "canonicalization": "RFC8785",
            "checksum": _digest(canonical),
            "total_memories": len(memories),
        },
        "export_type": "full",
    }
    return json.dumps(store, ensure_ascii=False, indent=2).encode() + b"\n"


def _memory(fact: Fact, sources: Mapping[str, FactSource]) -> dict[str, Any]:
    source = next((sources[each] for each in fact.sources if each in sources), None)
    status = "active" if fact.state == "current" else "archived"
    if fact.state == "past" and fact.superseded_by is not None:
        status = "superseded"
    own = {"topic": fact.topic, "about": fact.about, "slot": fact.slot}
    if fact.due is not None:
        own["due"] = format_timestamp(fact.due)
    return {
        "id": fact.id,
        "type": _TYPES.get(fact.topic, "fact"),
        "custom_type": None,
        "status": status,
        "content": fact.text,
        "content_hash": _digest(_normalized(fact.text).encode()),
        "summary": None,
        "tags": [fact.topic],
        "confidence": {
            "initial": 1,
            "current": 1,
            "decay_model": "none",
            "last_reinforced": format_timestamp(fact.last_said_on),
        },
        "temporal": {
            "created_at": format_timestamp(fact.said_on),
            "updated_at": format_timestamp(fact.last_said_on),
            "valid_from": None if fact.valid_from is None else format_timestamp(fact.valid_from),
            "valid_until": None if fact.valid_to is None else format_timestamp(fact.valid_to),
            "superseded_by": fact.superseded_by,
        },
        "provenance": {
            "platform": "tau",
            "conversation_ref": source.conversation if source else None,
            "message_ref": source.message if source else None,
            "extraction_method": _method(fact.learned_by),
            "extracted_at": format_timestamp(fact.said_on),
        },
        "access": {"visibility": "private", "exportable": True, "shared_with": []},
        "embedding_ref": None,
        "metadata": {"tau": own},
    }


def _without_nulls(value: Any) -> Any:
    """Return `value` without fields that are null.

    The format's own SDK leaves them out before it computes the checksum, so a file that holds them
    does not pass its validation.
    """
    if not isinstance(value, dict):
        return value
    return {name: _without_nulls(each) for name, each in value.items() if each is not None}


def _method(learned_by: str) -> str:
    known = {
        "person": "explicit_user_input",
        "import": "api_export",
        "rules": "explicit_user_input",
    }
    return known.get(learned_by, "llm_inference")


def _index(
    memories: Sequence[Mapping[str, Any]], sources: Mapping[str, FactSource]
) -> list[dict[str, Any]]:
    known = {source.conversation: source for source in sources.values()}
    derived: dict[str, list[str]] = {}
    for memory in memories:
        conversation = memory["provenance"].get("conversation_ref")
        if conversation is not None:
            derived.setdefault(conversation, []).append(memory["id"])
    return [
        {
            "id": conversation,
            "platform": "tau",
            "title": known[conversation].title,
            "temporal": {"created_at": format_timestamp(known[conversation].began)},
            "derived_memories": names,
        }
        for conversation, names in derived.items()
    ]


def _normalized(text: str) -> str:
    """Return `text` as the hash of its content wants it (section 6 of the specification)."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text.strip().lower()))


def _canonical_json(value: Any) -> bytes:
    """Return RFC 8785's form: our keys are ASCII and our numbers whole, so sorting is enough."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.encode()


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"
