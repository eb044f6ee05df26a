"""Imports through the client, on a real Tau."""

import io
import json

import pytest

from tau.client.client import Client
from tau.client.http import ApiError

pytestmark = pytest.mark.anyio
LINES = b"".join(
    json.dumps({"conversation": "One", "by": by, "text": text}).encode() + b"\n"
    for by, text in (("person", "I live in Porto"), ("tau", "Noted"))
)


async def test_a_file_is_uploaded_with_progress_and_its_import_is_listed(client: Client) -> None:
    sent: list[tuple[int, int]] = []
    begun = await client.imports.upload(
        io.BytesIO(LINES), "chats.jsonl", lambda *progress: sent.append(progress), dry_run=False
    )
    assert sent[-1] == (len(LINES), len(LINES))
    while (found := await client.imports.get(begun.id)).state == "running":
        pass  # each request gives the server its turn
    assert found.name == "chats.jsonl"
    assert [one.name for one in await client.imports.all()] == ["chats.jsonl"]
    with pytest.raises(ApiError):
        await client.imports.stop(begun.id)
