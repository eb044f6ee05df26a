"""Endpoints that are tried before they are kept."""

import asyncio

import pytest

from tau.models import probe, scripted_server
from tau.models.http import AddressGuard, GuardedClient
from tau.models.probe import ProbeResult, probe_endpoint
from tau.models.registry import make_endpoint

from .upstream import LOOPBACK, Raw

pytestmark = pytest.mark.anyio
HEAD = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nConnection: close\r\n\r\n"
JSON, HTML = b"application/json", b"text/html"


async def tried(
    client: GuardedClient, url: str, model: str = "", key: str | None = None
) -> ProbeResult:
    endpoint = make_endpoint(AddressGuard(LOOPBACK), "tried", url, model, key, {})
    return await probe_endpoint(client, endpoint, 5.0)


def answering(status: bytes, kind: bytes, body: bytes) -> object:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD % (status, kind) + body)

    return answer


async def test_several_models_are_listed_and_the_named_one_is_asked(
    client: GuardedClient, scripted_url: str
) -> None:
    listed = await tried(client, scripted_url)
    assert listed.ok
    assert listed.models == ["scripted", "scripted-embedder"]
    assert (listed.model, listed.first_token_seconds) == (None, None)
    assert "2 models" in listed.sentence
    asked = await tried(client, scripted_url, "scripted")
    assert (asked.ok, asked.model) == (True, "scripted")
    assert asked.first_token_seconds is not None
    assert asked.sentence.startswith("scripted answers after")


async def test_a_model_whose_name_says_so_is_asked_to_embed(
    client: GuardedClient, scripted_url: str
) -> None:
    asked = await tried(client, scripted_url, "scripted-embedder")
    assert asked.ok
    assert "dimensions" in asked.sentence


async def test_a_key_is_needed_and_a_wrong_one_never_repeated(client: GuardedClient) -> None:
    async with scripted_server.serving(scripted_server.create_app(key="right-key")) as url:
        assert (await tried(client, url, "scripted", "right-key")).ok
        wrong = await tried(client, url, "scripted", "wrong-key")
    assert not wrong.ok
    assert wrong.sentence.startswith("That endpoint refuses the key (HTTP 401")
    assert wrong.models == ["scripted", "scripted-embedder"]  # these are told to anybody
    assert "wrong-key" not in str(wrong)


async def test_the_only_model_is_asked(client: GuardedClient, raw: Raw) -> None:
    requests: list[bytes] = []

    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        requests.append(request)
        if b"GET /v1/models" in request:
            body = b'{"data":[{"id":"one"},{"id":5},{"id":""},{"id":"one"},{"id":"a\\u0000b"}]}'
            writer.write(HEAD % (b"200 OK", JSON) + body)
        else:
            writer.write(HEAD % (b"200 OK", b"text/event-stream"))
            writer.write(b'data: {"choices":[{"index":0,"delta":{"content":"Good"},')
            writer.write(b'"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')

    async with raw(answer) as url:
        found = await tried(client, url)
    assert (found.ok, found.models, found.model) == (True, ["one"], "one")
    assert b'"model":"one"' in requests[-1]


@pytest.mark.parametrize(
    ("status", "kind", "body", "told"),
    [
        (b"404 Not Found", JSON, b"{}", "is not known at that address (HTTP 404)"),
        (b"500 Oh", JSON, b"{}", "has a fault (HTTP 500)"),
        (b"200 OK", HTML, b"<html>hello</html>", "didn't answer with JSON"),
        (b"200 OK", JSON, b'{"hello": 1}', "doesn't list its models"),
        (b"200 OK", JSON, b"[1, 2]", "doesn't list its models"),
        (b"200 OK", JSON, b'{"data": []}', "doesn't list its models"),
        (b"200 OK", JSON, b'{"data": 5}', "doesn't list its models"),
    ],
)
async def test_what_is_no_endpoint_is_told(
    client: GuardedClient, raw: Raw, status: bytes, kind: bytes, body: bytes, told: str
) -> None:
    async with raw(answering(status, kind, body)) as url:  # type: ignore[arg-type]
        for model in ("", "any"):
            found = await tried(client, url, model)
            assert not found.ok
            assert found.models == []
            if not model:
                assert told in found.sentence


async def test_nobody_at_the_address(client: GuardedClient) -> None:
    found = await tried(client, "http://127.0.0.1:9/v1")
    assert found.sentence == "That endpoint cannot be reached."


async def test_a_name_that_leads_to_a_private_address_is_not_asked() -> None:
    strict = GuardedClient(AddressGuard(()))
    endpoint = make_endpoint(
        AddressGuard(LOOPBACK), "tried", "http://localhost:9/v1", "m", None, {}
    )
    found = await probe_endpoint(strict, endpoint, 5.0)
    await strict.close()
    assert not found.ok
    assert "private_hosts" in found.sentence


@pytest.mark.parametrize("path", [b"GET /v1/models", b"POST /v1/chat"])
@pytest.mark.parametrize("kind", [JSON, b"text/event-stream"])
async def test_an_answer_that_is_nested_without_end_is_no_answer(
    client: GuardedClient, raw: Raw, path: bytes, kind: bytes
) -> None:
    async def answer(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD % (b"200 OK", kind))
        start = b"" if kind == JSON else b"data: "
        writer.write(start + b"[" * 200_000 + b"\n\n" if path in request else b"{}")

    async with raw(answer) as url:
        found = await tried(client, url, "one")
    assert not found.ok
    assert found.sentence.startswith("That endpoint ")


async def test_an_endpoint_that_never_ends_is_not_waited_for(
    client: GuardedClient, raw: Raw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "_LISTING_SECONDS", 0.1)

    async def drip(request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD % (b"200 OK", b"text/event-stream"))
        while True:
            writer.write(b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n')
            await writer.drain()
            await asyncio.sleep(0.01)

    async with raw(drip) as url:
        endpoint = make_endpoint(AddressGuard(LOOPBACK), "tried", url, "one", None, {})
        found = await probe_endpoint(client, endpoint, 0.2)
    assert not found.ok
    assert "in time" in found.sentence
