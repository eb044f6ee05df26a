"""A server that refuses, answers nonsense, or is not there."""

import pytest
from aiohttp import web

from tau.client.client import Client
from tau.client.http import ApiError, path_of
from tau.errors import TauError

from .serving import serving

pytestmark = pytest.mark.anyio


async def test_a_refusal_is_its_sentence() -> None:
    async def refuse(_: web.Request) -> web.Response:
        body = {"error": {"code": "not_found", "sentence": "There is no such turn."}}
        return web.json_response(body, status=404)

    async with serving(lambda app: app.router.add_route("*", "/{any:.*}", refuse)) as client:
        with pytest.raises(ApiError, match="no such turn") as refusal:
            await client.conversations.get("x")
        assert refusal.value.status == 404


async def test_nonsense_is_a_sentence_too() -> None:
    async def nonsense(_: web.Request) -> web.Response:
        return web.Response(status=502, text="<html>bad gateway</html>")

    async with serving(lambda app: app.router.add_route("*", "/{any:.*}", nonsense)) as client:
        with pytest.raises(ApiError, match="status 502"):
            await client.models.all()


async def test_an_answer_of_another_shape_is_a_sentence_too() -> None:
    async def other(_: web.Request) -> web.Response:
        return web.json_response({"hello": "world"})

    async with serving(lambda app: app.router.add_route("*", "/{any:.*}", other)) as client:
        with pytest.raises(TauError, match="did not come from Tau"):
            await client.models.all()


async def test_nobody_there_is_a_sentence() -> None:
    async with Client("http://127.0.0.1:1", "key") as client:
        with pytest.raises(TauError, match="responding"):
            await client.models.all()


def test_a_path_quotes_its_parts() -> None:
    assert path_of("models", "a/b?c") == "/api/models/a%2Fb%3Fc"
