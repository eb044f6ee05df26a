"""A client of nodes sends again what wasn't answered, and goes on with a stream that broke."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from tau.bench.nodes_client import RetryingClient, retrying_client
from tau.errors import ModelError

pytestmark = pytest.mark.anyio
Handler = Callable[[web.Request], Any]


@pytest.fixture
def answers() -> list[Handler]:
    """What the server answers, one after the other."""
    return []


@pytest.fixture
async def client(answers: list[Handler]) -> AsyncIterator[RetryingClient]:
    async def answer(request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await answers.pop(0)(request)
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with retrying_client(f"http://127.0.0.1:{runner.addresses[0][1]}", "key") as client:
            yield client
    finally:
        await runner.cleanup()


def refusing(status: int, sentence: str = "Not now.") -> Handler:
    async def answer(_: web.Request) -> web.Response:
        return web.json_response({"error": {"sentence": sentence}}, status=status)

    return answer


async def hang_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def test_words_are_sent_with_one_turn_id_until_they_are_acknowledged(
    client: RetryingClient, answers: list[Handler]
) -> None:
    seen = []

    async def acknowledge(request: web.Request) -> web.Response:
        seen.append((request.path, await request.json()))
        return web.json_response({"message": "m"}, status=201)

    answers += [refusing(503), hang_up, refusing(502), acknowledge]
    answer = await client.send("c", "hello", "t")
    assert (answer.status, answer.body) == (201, {"message": "m"})
    assert seen == [("/api/conversations/c/turns", {"words": "hello", "turn": "t"})]
    assert answers == []


async def test_what_is_refused_for_good_is_not_sent_again(
    client: RetryingClient, answers: list[Handler]
) -> None:
    answers += [refusing(404, "There is no such conversation.")]
    answer = await client.send("c", "hello", "t")
    assert (answer.status, answer.sentence) == (404, "There is no such conversation.")


async def test_a_broken_stream_is_resumed_after_the_last_event(
    client: RetryingClient, answers: list[Handler]
) -> None:
    asked = []

    def streaming(*events: dict[str, Any], breaks: bool) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            asked.append(request.headers.get("Last-Event-ID"))
            response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
            await response.prepare(request)
            for event in events:
                await response.write(f"data: {json.dumps(event)}\n\n".encode())
            if breaks and request.transport is not None:
                request.transport.close()
            return response

        return answer

    answers += [
        streaming({"id": 1, "type": "accepted"}, {"id": 2, "type": "delta"}, breaks=True),
        refusing(503),
        streaming({"id": 3, "type": "failed", "code": "interrupted"}, breaks=False),
    ]
    assert await client.outcome("t") == {"id": 3, "type": "failed", "code": "interrupted"}
    assert asked == [None, "2"]


async def test_a_turn_that_nobody_knows_is_an_error(
    client: RetryingClient, answers: list[Handler]
) -> None:
    answers += [refusing(404, "There is no such turn.")]
    with pytest.raises(ModelError, match=r"404 \(There is no such turn\.\)"):
        await client.outcome("t")
