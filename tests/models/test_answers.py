"""What endpoints answer, to the letter: asked in their words, read without trust, told plainly."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import numpy as np
import pytest
from aiohttp import web

from tau.errors import ModelError, ModelInvalidAnswer, ModelUnavailable, RefusedAddress
from tau.models import scripted, scripted_server
from tau.models.discovery import ServerKind, discover
from tau.models.errors import BackendUnavailable, InputTooLong, RequestRejected
from tau.models.http import AddressGuard, GuardedClient
from tau.models.remote import RemoteModel
from tau.models.types import ModelInfo
from tests.patience import patient

from .upstream import asking, remote

pytestmark = pytest.mark.anyio
QUICK = aiohttp.ClientTimeout(total=patient(10))
HI = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi."}}]}


class Upstream:
    """A web server that gives one answer, and remembers what it was asked."""

    def __init__(self, answer: Callable[[web.Request], web.Response]) -> None:
        self.answer = answer
        self.paths: list[str] = []
        self.bodies: list[Any] = []
        self.heads: list[dict[str, str]] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        self.paths.append(f"{request.method} {request.path}")
        self.heads.append(dict(request.headers))
        self.bodies.append(await request.read())
        return self.answer(request)


@asynccontextmanager
async def upstream(answer: object, status: int = 200) -> AsyncIterator[Upstream]:
    """Serve an answer: a function of the request, bytes, or anything that JSON can say."""

    def respond(request: web.Request) -> web.Response:
        if callable(answer):
            return answer(request)  # type: ignore[no-any-return]
        body = answer if isinstance(answer, bytes) else msgspec.json.encode(answer)
        return web.Response(status=status, body=body, content_type="application/json")

    made = Upstream(respond)
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", made.handle)
    async with scripted_server.serving(app) as url:
        made.url = url
        yield made


def port_of(server: Upstream) -> int:
    return int(server.url.removesuffix("/v1").rsplit(":", 1)[1])


# What is asked


async def test_a_request_reaches_the_endpoint_as_it_was_said(client: GuardedClient) -> None:
    async with upstream(HI) as server:
        model = remote(client, server.url + "/", key="k")
        asked = {**asking("hi"), "model": "companion", "temperature": 0.5, "stream": True}
        answer = await model.complete({**asked, "stream_options": {"include_usage": True}})
    assert answer["model"] == "far"
    assert server.paths == ["POST /v1/chat/completions"]
    assert server.heads[0]["Authorization"] == "Bearer k"
    said = msgspec.json.decode(server.bodies[0])
    assert said == {**asking("hi"), "model": "m", "temperature": 0.5}


async def test_a_stream_asks_for_the_count_unless_the_caller_said_otherwise(
    client: GuardedClient,
) -> None:
    async with upstream(HI) as server:
        model = remote(client, server.url)
        for more in ({}, {"stream_options": {"include_usage": False}}):
            texts = [chunk.text async for chunk in model.stream({**asking("hi"), **more})]
            assert "".join(texts) == "Hi."
    options = [msgspec.json.decode(body)["stream_options"] for body in server.bodies]
    assert options == [{"include_usage": True}, {"include_usage": False}]
    assert "Authorization" not in server.heads[0]


async def test_vectors_come_back_in_the_order_of_the_texts_and_of_length_one(
    client: GuardedClient,
) -> None:
    rows: list[dict[str, Any]] = [
        {"index": 1, "embedding": [0, 5]},
        {"index": 0, "embedding": [3, 4]},
    ]
    async with upstream({"data": rows}) as server:
        vectors = await remote(client, server.url).embed(["a", "b"])
    assert np.allclose(vectors, np.array([[0.6, 0.8], [0, 1]]))
    assert msgspec.json.decode(server.bodies[0])["input"] == ["a", "b"]


async def test_a_vector_of_nothing_stays_nothing(client: GuardedClient) -> None:
    async with upstream({"data": [{"index": 0, "embedding": [0, 0]}]}) as server:
        assert (await remote(client, server.url).embed([""])).tolist() == [[0, 0]]


@pytest.mark.parametrize("number", [b"1e999", b'"x"', b"null", b"[1]"])
async def test_a_vector_that_is_no_vector_is_nonsense(client: GuardedClient, number: bytes) -> None:
    body = b'{"data":[{"index":0,"embedding":[1,%b]}]}' % number
    async with upstream(body) as server:
        with pytest.raises(ModelInvalidAnswer):
            await remote(client, server.url).embed(["a"])


# What is answered


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{",
        b"\xff",
        [],
        "Hi.",
        {},
        {"choices": []},
        {"choices": [{}]},
        {"choices": [{"message": "Hi."}]},
        {"choices": [{"message": {"content": 7}}]},
        {"choices": [{"message": {"content": None}}]},
    ],
)
async def test_what_is_no_answer_is_nonsense_whole_and_streamed(
    client: GuardedClient, answer: object
) -> None:
    async with upstream(answer) as server:
        model = remote(client, server.url)
        with pytest.raises(ModelInvalidAnswer, match="'far'"):
            await model.complete(asking("hi"))
        with pytest.raises(ModelInvalidAnswer, match="'far'"):
            _ = [chunk async for chunk in model.stream(asking("hi"))]


async def test_an_answer_that_only_calls_a_tool_is_an_answer(client: GuardedClient) -> None:
    message = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
    async with upstream({"choices": [{"index": 0, "message": message}]}) as server:
        answer = await remote(client, server.url).complete(asking("hi"))
    assert answer["choices"][0]["message"] == message


async def test_an_error_inside_a_good_status_is_told_by_its_code_only(
    client: GuardedClient,
) -> None:
    async with upstream({"error": {"code": "overloaded", "message": "sk-KEY"}}) as server:
        model = remote(client, server.url)
        for asked in (model.complete(asking("hi")), model.embed(["a"])):
            with pytest.raises(BackendUnavailable, match=r"an error \(overloaded\)") as told:
                await asked
            assert "KEY" not in str(told.value)
        with pytest.raises(BackendUnavailable, match="overloaded"):
            _ = [chunk async for chunk in model.stream(asking("hi"))]


@pytest.mark.parametrize(
    ("status", "body", "kind", "persistent", "reason"),
    [
        (401, {}, BackendUnavailable, True, "refuses the key"),
        (402, {}, BackendUnavailable, True, "wants to be paid"),
        (403, b"<html>", BackendUnavailable, True, "refuses the key"),
        (408, [], BackendUnavailable, True, "took too long"),
        (409, {}, RequestRejected, False, "does not accept"),
        (413, {}, RequestRejected, False, "text this long"),
        (422, {}, RequestRejected, False, "does not accept"),
        (418, {}, BackendUnavailable, True, "does not accept"),
        (502, b"\xff", BackendUnavailable, True, "has a fault"),
        (400, {"error": "maximum context length is 8"}, InputTooLong, False, "text this long"),
        (500, {"error": "exceed_context_size"}, InputTooLong, False, "text this long"),
        (503, {"error": "context length"}, BackendUnavailable, True, "has a fault"),
    ],
)
async def test_each_refusal_says_whether_to_come_back(
    client: GuardedClient, status: int, body: object, kind: type, persistent: bool, reason: str
) -> None:
    async with upstream(body, status) as server:
        with pytest.raises(ModelError, match=reason) as told:
            await remote(client, server.url).complete(asking("hi"))
    assert type(told.value) is kind
    assert isinstance(told.value, BackendUnavailable)
    assert told.value.persistent is persistent


@pytest.mark.parametrize("models", [{"data": []}, {"data": [{"id": 7}]}, [], b"<html>", {}])
async def test_an_endpoint_that_names_no_model_is_asked_nevertheless(
    client: GuardedClient, models: object
) -> None:
    def answer(request: web.Request) -> web.Response:
        told = HI if request.method == "POST" else models
        body = told if isinstance(told, bytes) else msgspec.json.encode(told)
        return web.Response(body=body, content_type="application/json")

    info = ModelInfo(name="far", origin="endpoint")
    async with upstream(answer) as server:
        model = RemoteModel(info, client, url=server.url, model="", key=None, timeout_seconds=20)
        assert (await model.complete(asking("hi")))["choices"]
    assert server.paths == ["GET /v1/models", "POST /v1/chat/completions"]
    assert msgspec.json.decode(server.bodies[1])["model"] == ""


async def test_a_private_address_says_how_to_allow_it() -> None:
    guarded = GuardedClient(AddressGuard())
    try:
        with pytest.raises(BackendUnavailable, match="private_hosts"):
            await remote(guarded, "http://127.0.0.1:9/v1").complete(asking("hi"))
    finally:
        await guarded.close()


# Redirects


def moved(status: int, target: str) -> Callable[[web.Request], web.Response]:
    def answer(request: web.Request) -> web.Response:
        if request.path == "/v1/new":
            return web.Response(text="new")
        return web.Response(status=status, text="old", headers={"Location": target})

    return answer


@pytest.mark.parametrize(
    ("method", "status", "body"),
    [
        ("GET", 301, "new"),
        ("GET", 302, "new"),
        ("GET", 303, "new"),
        ("GET", 308, "new"),
        ("POST", 307, "new"),
        ("POST", 308, "new"),
        ("POST", 301, "old"),  # would become a GET without its words
        ("POST", 302, "old"),
        ("GET", 300, "old"),
    ],
)
async def test_a_redirect_is_followed_where_the_request_stays_what_it_is(
    client: GuardedClient, method: str, status: int, body: str
) -> None:
    words = b"words" if method == "POST" else None
    async with (
        upstream(moved(status, "new")) as server,
        client.request(method, server.url + "/old", body=words, timeout=QUICK) as response,
    ):
        assert await response.text() == body
    assert set(server.bodies) == {words or b""}


@pytest.mark.parametrize("target", ["", "http://[broken", "new"])
async def test_who_follows_nothing_gets_the_redirect_itself(
    client: GuardedClient, target: str
) -> None:
    follow: Any = "none" if target == "new" else "any"
    async with (
        upstream(moved(302, target)) as server,
        client.request("GET", server.url + "/old", timeout=QUICK, follow=follow) as response,
    ):
        assert response.status == 302
    assert len(server.paths) == 1


async def test_a_closed_client_opens_again_and_forgets_cookies(client: GuardedClient) -> None:
    head = {"Set-Cookie": "who=me"}
    async with upstream(lambda _: web.Response(headers=head)) as server:
        for _ in range(2):
            async with client.request("GET", server.url, timeout=QUICK) as response:
                assert response.status == 200
            await client.close()
    assert len(server.heads) == 2
    assert all("Cookie" not in head for head in server.heads)
    assert server.heads[0]["User-Agent"] == "tau"  # no version: nobody's business


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "ftp://host.example", "http://a:b@h.example"]
)
async def test_what_may_not_be_fetched_is_refused_before_anything_is_sent(url: str) -> None:
    guarded = GuardedClient(AddressGuard())
    with pytest.raises(RefusedAddress):
        async with guarded.request("GET", url, timeout=QUICK):
            pass
    assert guarded._session is None


# Servers of this machine


async def look(answer: object, *, tags: bool = False) -> list[tuple[str, str, int]]:
    async with upstream(answer) as server:
        found = await discover(
            [ServerKind("Kind", "kind", port_of(server), tags)], timeout_seconds=10
        )
        assert all(each.url == server.url for each in found)
    return [(each.info.name, each.model, each.info.context_tokens) for each in found]


@pytest.mark.parametrize(
    ("item", "window"),
    [
        ({"max_model_len": 4096}, 4096),
        ({"meta": {"n_ctx_train": 512}, "max_model_len": 4096}, 512),
        ({"meta": None}, 8192),
        ({"meta": {"n_ctx_train": 0}}, 8192),
        ({"max_model_len": 255}, 8192),
        ({"max_model_len": 10_000_001}, 8192),
        ({"max_model_len": "4096"}, 8192),
    ],
)
async def test_a_window_is_believed_within_reason(item: dict[str, Any], window: int) -> None:
    assert await look({"data": [{"id": "x", **item}]}) == [("kind/x", "x", window)]


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("/srv/models/Phi.gguf", "kind/Phi"),
        ("./Phi.gguf", "kind/Phi"),
        ("org/model", "kind/org/model"),
        ("model.gguf", "kind/model.gguf"),
    ],
)
async def test_a_file_on_the_disk_is_named_without_its_folders(model: str, name: str) -> None:
    assert await look({"data": [{"id": model}]}) == [(name, model, 8192)]


async def test_a_server_with_very_many_models_does_not_flood_the_list() -> None:
    assert len(await look({"data": [{"id": f"m{n}"} for n in range(500)]})) == 200


async def test_a_server_that_sends_us_elsewhere_or_refuses_is_none() -> None:
    assert await look(lambda _: web.Response(status=302, headers={"Location": "/v1/new"})) == []
    assert await look(lambda _: web.Response(status=401, body=b'{"data":[{"id":"x"}]}')) == []
    assert await look({"models": [{"name": ""}, {"name": 7}, "x"]}, tags=True) == []


# The scripted server


async def test_the_scripted_server_counts_and_speaks_as_told(client: GuardedClient) -> None:
    async with scripted_server.serving(scripted_server.create_app(tokens=7)) as url:
        model = remote(client, url)
        answer = await model.complete(asking("hi"))
        said = await model.complete(asking("[[say Just this.]]"))
    assert answer["usage"]["completion_tokens"] == 7
    assert len(answer["choices"][0]["message"]["content"].split()) == 7
    assert said["choices"][0]["message"]["content"] == "Just this."


@pytest.mark.parametrize("wish", ["die", "die after 2", "nonsense"])
async def test_the_scripted_server_goes_wrong_when_told_to(
    client: GuardedClient, scripted_url: str, wish: str
) -> None:
    model = remote(client, scripted_url)
    kind = ModelInvalidAnswer if wish == "nonsense" else ModelUnavailable
    with pytest.raises(kind):
        await model.complete(asking(f"[[{wish}]]"))
    with pytest.raises(ModelError):
        _ = [chunk async for chunk in model.stream(asking(f"[[{wish}]]"))]
    assert (await model.complete(asking("hi")))["choices"]  # it has survived that


async def test_one_text_alone_is_embedded_like_a_list_of_one(
    client: GuardedClient, scripted_url: str
) -> None:
    rows = []
    for given in ("a cat", ["a cat"]):
        body = msgspec.json.encode({"model": scripted.EMBEDDER, "input": given})
        async with client.request(
            "POST", f"{scripted_url}/embeddings", body=body, timeout=QUICK
        ) as response:
            rows.append((await response.json())["data"])
    assert rows[0] == rows[1]
    assert len(rows[0]) == 1


@pytest.mark.parametrize("path", ["chat/completions", "embeddings"])
async def test_a_server_with_a_key_answers_nobody_without(client: GuardedClient, path: str) -> None:
    async with scripted_server.serving(scripted_server.create_app(key="k")) as url:
        statuses = []
        for head in ({}, {"Authorization": "k"}, {"Authorization": "Bearer k2"}):
            async with client.request(
                "POST", f"{url}/{path}", headers=head, body=b"{}", timeout=QUICK
            ) as response:
                statuses.append(response.status)
    assert statuses == [401, 401, 401]


async def test_many_at_once_get_each_their_own_answer(
    client: GuardedClient, scripted_url: str
) -> None:
    model = remote(client, scripted_url)
    answers = await asyncio.gather(*(model.complete(asking(f"[[say {n}]]")) for n in range(30)))
    assert [each["choices"][0]["message"]["content"] for each in answers] == [
        str(n) for n in range(30)
    ]
