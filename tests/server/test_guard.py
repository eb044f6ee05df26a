"""The gate: whose requests come in, how long they may be, and what every response carries."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from starlette.datastructures import Headers

from tau.server.guard import host_check, same_site
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
    check = host_check(Settings(public_url="https://tau.example"))
    assert check(host) is own


def test_listening_everywhere_takes_any_number_but_no_name() -> None:
    check = host_check(Settings(host="0.0.0.0"))
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
    assert same_site(Headers(headers), "https://tau.example") is fine


async def test_a_foreign_host_is_refused_with_a_sentence(
    client_of: Callable[..., httpx.AsyncClient],
) -> None:
    response = await client_of().get("/status", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "host name" in response.json()["error"]["sentence"]


async def test_a_cookie_from_another_site_does_nothing(owner: Person, nobody: Any) -> None:
    refused = await nobody.post(
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


async def test_every_response_keeps_other_sites_out(nobody: httpx.AsyncClient) -> None:
    for path in ("/", "/status", "/api/me", "/nowhere", "/page/talk.js"):
        headers = (await nobody.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
    assert (await nobody.get("/api/me")).headers["cache-control"] == "no-store"
    assert (await nobody.get("/page/talk.js")).headers["cache-control"] == "no-cache"


async def test_a_body_that_tells_it_is_too_large_is_not_read(api: FastAPI, owner: Person) -> None:
    limit = api.state.house.settings.max_request_bytes
    response = await owner.client.post("/api/search", content=b"x" * (limit + 1))
    assert response.status_code == 413
    assert response.json()["error"]["code"] == "too_large"


async def test_a_body_in_chunks_is_read_to_the_limit_only(api: FastAPI, owner: Person) -> None:
    limit = api.state.house.settings.max_request_bytes
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
