"""Made-up exports of every product, as bytes."""

import io
import json
import zipfile
from typing import Any

BEGAN = 1_700_000_000.0


def said(role: str, text: Any, at: Any = BEGAN, **more: Any) -> dict[str, Any]:
    """A message of ChatGPT's export."""
    parts = text if isinstance(text, list) else [text]
    content = {"content_type": "text", "parts": parts}
    return {"author": {"role": role}, "create_time": at, "content": content, **more}


def node(parent: str | None, message: Any = None) -> dict[str, Any]:
    return {"parent": parent, "message": message, "children": []}


def chatgpt(
    name: str, *turns: tuple[str, str], title: str | None = None, at: Any = BEGAN
) -> dict[str, Any]:
    """A conversation of ChatGPT's without branches."""
    mapping = {f"{name}-root": node(None)}
    above = f"{name}-root"
    for number, (role, text) in enumerate(turns):
        here = f"{name}-{number}"
        mapping[here] = node(above, said(role, text, BEGAN + number))
        above = here
    return {
        "title": title or f"Talk {name}",
        "create_time": at,
        "update_time": at,
        "mapping": mapping,
        "current_node": above,
        "conversation_id": name,
    }


def claude(name: str, *turns: tuple[str, str], title: str | None = None) -> dict[str, Any]:
    """A conversation of Claude's."""
    messages = [
        {
            "uuid": f"{name}-{number}",
            "sender": sender,
            "text": text,
            "content": [{"type": "text", "text": text}],
            "created_at": f"2024-05-01T10:00:{number:02}.000000Z",
            "attachments": [],
        }
        for number, (sender, text) in enumerate(turns)
    ]
    return {
        "uuid": name,
        "name": title or f"Talk {name}",
        "created_at": "2024-05-01T10:00:00Z",
        "updated_at": "2024-05-01T11:00:00Z",
        "chat_messages": messages,
    }


def memory(name: str, content: str, **more: Any) -> dict[str, Any]:
    """A memory of Portable AI Memory."""
    return {
        "id": name,
        "type": "fact",
        "status": "active",
        "content": content,
        "content_hash": "sha256:" + "0" * 64,
        "temporal": {"created_at": "2024-06-01T10:00:00Z"},
        "provenance": {"platform": "claude"},
        **more,
    }


def store(*memories: Any) -> dict[str, Any]:
    """A memory store of Portable AI Memory."""
    return {
        "schema": "portable-ai-memory",
        "schema_version": "1.0",
        "owner": {"id": "somebody"},
        "memories": list(memories),
    }


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def as_lines(*values: Any) -> bytes:
    return b"".join(as_json(value) + b"\n" for value in values)


def as_zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def many(count: int, turns: int = 4) -> list[dict[str, Any]]:
    """Conversations of ChatGPT's with words of their own each."""
    return [
        chatgpt(
            f"c{number}",
            *(
                ("user" if turn % 2 == 0 else "assistant", f"word{number} turn{turn} of a talk")
                for turn in range(turns)
            ),
        )
        for number in range(count)
    ]
