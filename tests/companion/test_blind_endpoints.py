"""An endpoint that refuses pictures answers without them, and is asked with none again."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web

from tau.app import App, open_app
from tau.companion.turn import Turn
from tau.companion.turn_input import TurnInput
from tau.errors import UnreadableFile
from tau.ids import new_id
from tau.life.life import Life
from tau.models import scripted_server
from tau.settings import Settings
from tests.documents.pictures import png

pytestmark = pytest.mark.anyio
SENTENCE = "(eyes can't see pictures: this reply is without them.)"


class Provider:
    """Refuses requests with pictures with an error of its own; answers all others."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        self.message = message
        self.pictures: list[bool] = []

    async def answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        has_picture = "image_url" in json.dumps(body["messages"])
        self.pictures.append(has_picture)
        if has_picture:
            return web.json_response({"error": {"message": self.message}}, status=self.status)
        chunk = {"choices": [{"index": 0, "delta": {"content": "Hm."}, "finish_reason": "stop"}]}
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n")
        return response


@asynccontextmanager
async def opened(settings: Settings, provider: Provider) -> AsyncIterator[App]:
    served = web.Application()
    served.router.add_post("/v1/chat/completions", provider.answer)
    async with scripted_server.serving(served) as url, open_app(settings, environ={}) as app:
        await app.models.directory.add("eyes", url, "m", "sk-key", capabilities=["chat", "vision"])
        await app.models.aliases.use("companion", ["eyes"])
        yield app


async def show(app: App, life: Life) -> Turn:
    async def pieces() -> AsyncIterator[bytes]:
        yield png(3, 2)

    try:
        file = await app.attachments.receive(life, "cat.png", pieces())
    except UnreadableFile as error:
        raise AssertionError(error) from error
    request = TurnInput(
        words="What is this?", turn_id=new_id(), model="eyes", attachments=(file.id,)
    )
    turn = await app.companion.begin(life, request)
    await turn.ended()
    return turn


def capabilities(app: App) -> Any:
    return app.models.directory.backend("eyes").info.capabilities


@pytest.mark.parametrize(
    ("status", "message", "learned"),
    [
        (400, "this model does not support images", True),
        (500, "image input is not supported", True),
        (404, "No endpoints found that support image input", True),
        (400, "Image is too large", False),
        (422, "bad request", False),
    ],
)
async def test_the_person_gets_a_reply_and_a_sentence(
    settings: Settings, status: int, message: str, learned: bool
) -> None:
    provider = Provider(status, message)
    async with opened(settings, provider) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await show(app, life)
        assert turn.text == f"Hm.\n\n{SENTENCE}"
        assert provider.pictures == [True, False]
        assert ("vision" not in capabilities(app)) == learned
        assert (await show(app, life)).text.endswith(SENTENCE)
        assert provider.pictures == [True, False, *([False] if learned else [True, False])]
        key = app.models.directory.registry.endpoints["eyes"].key
        assert key == "sk-key"
    async with open_app(settings, environ={}) as app:
        assert ("vision" not in capabilities(app)) == learned, "it's kept with the endpoint"


async def test_an_error_for_another_reason_stays_one(settings: Settings) -> None:
    provider = Provider(401, "this model does not support images")
    async with opened(settings, provider) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await show(app, life)
        assert turn.text == ""
        assert provider.pictures == [True]
        assert "vision" in capabilities(app)
