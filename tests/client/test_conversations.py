"""Conversations and messages, over as many pages as they take."""

from typing import Any

import pytest
from aiohttp import web

from .serving import serving

pytestmark = pytest.mark.anyio
MESSAGE: dict[str, Any] = {
    "conversation": "c", "by": "person", "at": 0, "speaker": None, "parent": None, "turn": None,
    "status": "complete", "model": None, "recalled": [], "facts": [], "notes": [],
    "origin": None,
    "a field of a later version": True,
}  # fmt: skip


async def test_long_lists_are_read_to_their_end() -> None:
    async def page(request: web.Request) -> web.Response:
        first = "before" not in request.query
        message = MESSAGE | ({"id": "2", "text": "late"} if first else {"id": "1", "text": "early"})
        body = {"messages": [message], "earlier": "2" if first else None, "later": None}
        return web.json_response(body)

    path = "/api/conversations/c/messages"
    async with serving(lambda app: app.router.add_get(path, page)) as client:
        assert [message.text for message in await client.conversations.messages("c")] == [
            "early",
            "late",
        ]
