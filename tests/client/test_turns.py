"""Turns over connections that break, and over answers that get lost."""

import msgspec
import pytest
from aiohttp import web

from tau.client import turns as turns_module
from tau.client.http import ApiError
from tau.companion import events
from tau.errors import TauError

from .serving import serving

pytestmark = pytest.mark.anyio
ALL: list[events.Event] = [
    events.Accepted(id=1, turn="t", conversation="c", message="m"),
    events.Recalled(id=2, passages=[]),
    events.Delta(id=3, text="one "),
    events.Delta(id=4, text="two"),
    events.Done(id=5, message="r", status="complete", model="scripted"),
]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "_FIRST_PAUSE_SECONDS", 0)


class Dropping:
    """Streams at most `at_once` events over one connection, then drops it."""

    def __init__(self, at_once: int) -> None:
        self.at_once = at_once
        self.asked_after: list[str] = []
        self.keys: set[str] = set()

    def add(self, app: web.Application) -> None:
        app.router.add_get("/api/turns/{id}/events", self.stream)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        self.keys.add(request.headers["Authorization"])
        after = request.headers["Last-Event-ID"]
        self.asked_after.append(after)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for event in ALL[int(after) :][: self.at_once]:
            await response.write(b"data: " + msgspec.json.encode(event) + b"\n\n")
        await response.write(b'data: {"half an ev')
        if request.transport is not None:
            request.transport.close()
        return response


@pytest.mark.parametrize("at_once", [1, 2, 5])
async def test_a_broken_stream_is_taken_up_where_it_broke(at_once: int) -> None:
    dropping = Dropping(at_once)
    async with serving(dropping.add) as client:
        assert [event async for event in client.turns.events("t")] == ALL
    assert dropping.asked_after == [str(seen) for seen in range(0, 5, at_once)]
    assert dropping.keys == {"Bearer tau-secret"}


async def test_a_stream_that_never_comes_back_is_given_up_in_a_sentence() -> None:
    dropping = Dropping(0)
    async with serving(dropping.add) as client:
        with pytest.raises(TauError, match="what you said is kept"):
            assert [event async for event in client.turns.events("t")] == []
    assert len(dropping.asked_after) == 5


async def test_words_whose_answer_was_lost_are_sent_again_as_the_same_turn() -> None:
    turns: list[str] = []

    async def begin(request: web.Request) -> web.Response:
        turns.append((await request.json())["turn"])
        if len(turns) == 1 and request.transport is not None:
            request.transport.close()
        body = {"turn": turns[0], "conversation": "c", "message": "m", "finished": False}
        return web.json_response(body, status=201)

    path = "/api/conversations/c/turns"
    async with serving(lambda app: app.router.add_post(path, begin)) as client:
        turn = await client.turns.say("c", "hello")
    assert turns == [turn.turn, turn.turn]


class Moving:
    """Answers the first requests with 503, as a server that ends or whose place is taken."""

    def __init__(self, refusals: int, headers: dict[str, str]) -> None:
        self.left = refusals
        self.headers = headers
        self.turns: list[str] = []

    def add(self, app: web.Application) -> None:
        app.router.add_post("/api/conversations/c/turns", self.begin)
        app.router.add_get("/api/turns/{id}/events", self.stream)

    async def begin(self, request: web.Request) -> web.StreamResponse:
        self.turns.append((await request.json())["turn"])
        body = {"turn": self.turns[0], "conversation": "c", "message": "m", "finished": False}
        return self._refusal() or web.json_response(body, status=201)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        body = b"".join(b"data: " + msgspec.json.encode(event) + b"\n\n" for event in ALL)
        return self._refusal() or web.Response(body=body, content_type="text/event-stream")

    def _refusal(self) -> web.Response | None:
        self.left -= 1
        if self.left < 0:
            return None
        body = {"error": {"code": "unavailable", "sentence": "Tau is restarting."}}
        return web.json_response(body, status=503, headers=self.headers)


async def test_a_server_that_moves_is_asked_again_with_the_same_turn() -> None:
    moving = Moving(3, {"Retry-After": "1"})
    async with serving(moving.add) as client:
        turn = await client.turns.say("c", "hello")
        assert moving.turns == [turn.turn] * 4
        moving.left = 3
        assert [event async for event in client.turns.events("t")] == ALL


async def test_a_server_that_stays_away_is_given_up_in_its_sentence() -> None:
    moving = Moving(100, {"Retry-After": "1"})
    async with serving(moving.add) as client:
        with pytest.raises(ApiError, match="restarting"):
            await client.turns.say("c", "hello")
    assert len(moving.turns) == 5


async def test_a_failure_that_does_not_pass_is_told_at_once() -> None:
    moving = Moving(100, {})
    async with serving(moving.add) as client:
        with pytest.raises(ApiError, match="restarting"):
            await client.turns.say("c", "hello")
        with pytest.raises(ApiError, match="restarting"):
            assert [event async for event in client.turns.events("t")]
    assert len(moving.turns) == 1


async def test_a_turn_that_is_not_there_fails_at_once() -> None:
    asked = []

    async def refuse(request: web.Request) -> web.Response:
        asked.append(request.path)
        body = {"error": {"code": "not_found", "sentence": "There is no such turn."}}
        return web.json_response(body, status=404)

    async with serving(lambda app: app.router.add_route("*", "/{any:.*}", refuse)) as client:
        with pytest.raises(ApiError, match="no such turn"):
            assert [event async for event in client.turns.events("t")]
    assert asked == ["/api/turns/t/events"]
