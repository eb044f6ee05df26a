"""Security middleware: hosts, cross-site requests, body limits and headers."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers

from tau.app import App
from tau.server.security import SECURITY_HEADERS, host_matcher, is_same_site
from tau.settings import Settings

from .conftest import BASE, Person

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1:6283", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("localhost.", True),
        ("[::1]:6283", True),
        ("tau.example", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("192.0.2.1", False),
        ("[", False),
        ("", False),
    ],
)
def test_only_its_own_names_are_answered(host: str, own: bool) -> None:
    check = host_matcher(Settings(public_url="https://tau.example"))
    assert check(host) is own


def test_listening_everywhere_takes_any_number_but_no_name() -> None:
    check = host_matcher(Settings(host="0.0.0.0"))
    assert check("192.0.2.1:80")
    assert check("[2001:db8::1]")
    assert not check("evil.example")
    assert not check("")


@pytest.mark.parametrize(
    ("headers", "fine"),
    [
        ({}, True),
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "http://127.0.0.1:6283", "host": "127.0.0.1:6283"}, True),
        ({"origin": "http://127.0.0.1:9999", "host": "127.0.0.1:6283"}, False),
        ({"origin": "https://tau.example", "host": "inside:6283"}, True),
        ({"origin": "https://evil.example", "host": "127.0.0.1:6283"}, False),
        ({"origin": "null", "host": "127.0.0.1:6283"}, False),
    ],
)
def test_a_browser_may_act_from_taus_own_page_only(headers: dict[str, str], fine: bool) -> None:
    assert is_same_site(Headers(headers), "https://tau.example") is fine


async def test_a_foreign_host_is_refused_with_a_sentence(
    make_client: Callable[..., httpx.AsyncClient],
) -> None:
    response = await make_client().get("/status", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "host name" in response.json()["error"]["sentence"]


async def test_a_cookie_from_another_site_does_nothing(owner: Person, anonymous: Any) -> None:
    refused = await anonymous.post(
        "/api/conversations",
        json={},
        headers={"Origin": "https://evil.example", "Cookie": "tau_session=x"},
    )
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "wrong_origin"


async def test_a_key_needs_no_origin(owner: Person) -> None:
    response = await owner.client.post(
        "/api/conversations", json={}, headers={"Origin": "https://app.example"}
    )
    assert response.status_code == 201


async def test_every_response_keeps_other_sites_out(anonymous: httpx.AsyncClient) -> None:
    for path in ("/", "/status", "/api/me", "/nowhere", "/icon.svg"):
        headers = (await anonymous.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["permissions-policy"].startswith("microphone=(self), camera=()")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
    assert (await anonymous.get("/api/me")).headers["cache-control"] == "no-store"
    assert (await anonymous.get("/icon.svg")).headers["cache-control"] == "no-cache"


async def test_a_body_that_tells_it_is_too_large_is_not_read(api: FastAPI, owner: Person) -> None:
    limit = api.state.app_state.settings.max_request_bytes
    response = await owner.client.post("/api/search", content=b"x" * (limit + 1))
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


async def test_a_body_in_chunks_is_read_to_the_limit_only(api: FastAPI, owner: Person) -> None:
    limit = api.state.app_state.settings.max_request_bytes
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 4 * limit:
            sent += 1_000_000
            yield b" " * 1_000_000

    response = await owner.client.post(
        "/api/search", content=chunks(), headers={"Content-Type": "application/json"}
    )
    assert response.status_code == 413
    assert sent <= limit + 1_000_000


async def test_an_address_with_a_zero_byte_is_nowhere(owner: Person) -> None:
    response = await owner.client.get(f"{BASE}/api/conversations/%00")
    assert response.status_code == 404


async def test_an_origin_that_is_no_address_is_another_site(anonymous: httpx.AsyncClient) -> None:
    for origin in ("http://[", "http://]", "http://a]b", "//", "", "garbage"):
        headers = {"Origin": origin}
        response = await anonymous.post("/api/welcome", json={"key": "x"}, headers=headers)
        assert response.status_code == 403, origin
        assert response.json()["error"]["code"] == "wrong_origin"


ELSEWHERE = {"Origin": "https://evil.example"}
REFUSALS: tuple[tuple[str, str, dict[str, Any], int], ...] = (
    ("GET", "/", {}, 200),
    ("HEAD", "/", {}, 200),
    ("GET", "/welcome", {}, 200),
    ("GET", "/openapi.json", {}, 200),
    ("GET", "/assets/nothing.js", {}, 404),
    ("GET", "/nowhere", {}, 404),
    ("PUT", "/status", {}, 405),
    ("GET", "/api/me", {}, 401),
    ("GET", "/v1/models", {}, 401),
    ("GET", "/v1/discovery/configs", {}, 401),
    ("POST", "/api/welcome", {"headers": ELSEWHERE}, 403),
    ("GET", "/status", {"headers": {"Host": "evil.example"}}, 400),
    ("POST", "/api/sign-in", {"content": b"{"}, 422),
    ("POST", "/api/sign-in", {"content": b"x" * 9_000_000}, 413),
    ("GET", "/api/conversations/%00", {}, 404),
)


async def test_refusals_of_every_kind_keep_other_sites_out_too(
    anonymous: httpx.AsyncClient,
) -> None:
    for method, path, rest, status in REFUSALS:
        response = await anonymous.request(method, path, **rest)
        assert response.status_code == status, path
        for name, value in SECURITY_HEADERS.items():
            assert response.headers[name] == value, f"{method} {path} lacks {name}"
        assert "cache-control" in response.headers


async def test_answers_with_a_persons_words_are_kept_by_no_cache(owner: Person) -> None:
    conversation = await owner.begin()
    said = await owner.client.post(
        f"/api/conversations/{conversation}/turns",
        json={"words": "[[say Hi]]"},
        headers={"Accept": "text/event-stream"},
    )
    exported = await owner.client.get("/api/export")
    erased = await owner.client.delete(f"/api/conversations/{conversation}")
    for response in (said, exported, erased):
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in response.headers


async def test_what_breaks_unforeseen_keeps_other_sites_out_too(
    api: FastAPI, anonymous: httpx.AsyncClient
) -> None:
    @api.get("/api/breaks")
    async def breaks() -> None:
        raise RuntimeError

    response = await anonymous.get("/api/breaks")
    assert response.status_code == 500
    assert response.headers["x-frame-options"] == "DENY"


ACTS: tuple[tuple[str, dict[str, str], int], ...] = (
    ("POST", {"Sec-Fetch-Site": "same-origin"}, 401),
    ("POST", {"Sec-Fetch-Site": "cross-site"}, 403),
    ("POST", {"Sec-Fetch-Site": "cross-site", "Origin": BASE}, 403),
    ("POST", {"Origin": BASE}, 401),
    ("POST", {"Origin": BASE.upper().replace("HTTP", "http")}, 401),
    ("POST", {"Origin": "null"}, 403),
    ("PUT", ELSEWHERE, 403),
    ("PATCH", ELSEWHERE, 403),
    ("DELETE", ELSEWHERE, 403),
    ("POST", {**ELSEWHERE, "Authorization": "Bearer tau-x"}, 401),
    ("GET", ELSEWHERE, 401),
    ("OPTIONS", {**ELSEWHERE, "Access-Control-Request-Method": "POST"}, 405),
)


async def test_other_sites_may_look_but_not_act(anonymous: httpx.AsyncClient) -> None:
    paths = {"PUT": "/api/password", "PATCH": "/api/me", "DELETE": "/api/keys/x"}
    for method, headers, status in ACTS:
        path = paths.get(method, "/api/conversations")
        response = await anonymous.request(method, path, headers=headers)
        assert response.status_code == status, (method, headers)
        assert "access-control-allow-origin" not in response.headers


async def test_a_session_is_of_no_use_to_another_site(
    app: App, owner: Person, anonymous: httpx.AsyncClient
) -> None:
    """Even a browser that sent the cookie along would not be served."""
    link = await app.people.credentials.link(owner.unlocked)
    await anonymous.post("/api/welcome", json={"key": link})
    assert (await anonymous.post("/api/conversations", json={})).status_code == 201
    refused = await anonymous.post("/api/conversations", json={}, headers=ELSEWHERE)
    assert refused.status_code == 403
    assert len((await owner.get("/api/conversations"))["conversations"]) == 1


@pytest.mark.parametrize(
    ("path", "key"),
    [("/api/search", "error"), ("/v1/chat/completions", "error"), ("/external/api/x", "detail")],
)
async def test_each_door_refuses_what_is_too_large_in_its_own_shape(
    owner: Person, path: str, key: str
) -> None:
    response = await owner.client.post(path, content=b"", headers={"Content-Length": "99999999"})
    assert response.status_code == 413
    assert set(response.json()) == {key}


async def test_a_body_of_just_the_limit_is_read(
    api: FastAPI, owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> None:
    limit = api.state.app_state.settings.max_request_bytes
    body = b'{"query": "a boat"' + b" " * (limit - 19) + b"}"
    headers = {"Content-Type": "application/json"}
    for extra, status in ((b"", 200), (b" ", 413)):
        response = await owner.client.post("/api/search", content=body + extra, headers=headers)
        assert response.status_code == status


@pytest.mark.parametrize(
    ("settings", "host", "own"),
    [
        ({"host": "tau.local"}, "tau.local:6283", True),
        ({"host": "TAU.local"}, "tau.LOCAL", True),
        ({"host": "[::]"}, "192.0.2.1", False),
        ({"host": "::"}, "192.0.2.1", True),
        ({"host": "::"}, "rebound.example", False),
        ({"host": "192.0.2.1"}, "192.0.2.1:6283", True),
        ({"host": "192.0.2.1"}, "192.0.2.2:6283", False),
        ({"public_url": "https://Tau.Example:8443/"}, "tau.example", True),
        ({"public_url": "not an address"}, "not", False),
    ],
)
def test_its_own_names_follow_the_settings(settings: dict[str, str], host: str, own: bool) -> None:
    assert host_matcher(Settings(**settings))(host) is own
