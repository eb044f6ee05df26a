"""What may be fetched, and what may not."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import RefusedAddress
from tau.models import scripted_server
from tau.models.http import AddressGuard, GuardedClient, is_public, parse_hosts
from tests.patience import patient

pytestmark = pytest.mark.anyio
QUICK = aiohttp.ClientTimeout(total=patient(10))


@asynccontextmanager
async def guarded(
    listed: str = "", resolver: AbstractResolver | None = None
) -> AsyncIterator[GuardedClient]:
    client = GuardedClient(AddressGuard(listed), resolver=resolver)
    try:
        yield client
    finally:
        await client.close()


PRIVATE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "100.64.0.1",
    "169.254.169.254", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1",
    "2002:7f00:1::", "2002:a00:1::", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "not an address",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
SPELLINGS = [
    "http://127.0.0.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
    "http://127.1/", "http://0x7f.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/", "http://169.254.169.254/latest/meta-data", "http://0/",
    "https://192.168.0.1:8443/x", "http://127.0.0.1./",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_of_a_network_of_ones_own_are_private(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


@given(st.ip_addresses(v=4).filter(lambda a: not a.is_global))
def test_no_form_of_a_private_ipv4_address_is_public(address: object) -> None:
    number = int(address)  # type: ignore[call-overload]
    low = f"{number >> 16:x}:{number & 0xFFFF:x}"
    for form in (f"{address}", f"::ffff:{low}", f"64:ff9b::{low}", f"2002:{low}::"):
        assert not is_public(form)


@pytest.mark.parametrize("url", SPELLINGS)
def test_every_spelling_of_a_private_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress, match="private"):
        AddressGuard().check(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/x", "file:///etc/passwd", "gopher://example.com", "example.com", "",
        "http://", "http://user@example.com/", "http://user:pass@example.com/", "http://[::1",
        "javascript:alert(1)", "http://exa mple.com:port/",
    ],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        AddressGuard("127.0.0.1").check(url)


def test_a_listed_host_may_be_private_in_any_spelling() -> None:
    guard = AddressGuard("localhost, 127.0.0.1 ,::1,Nas.Local.")
    assert str(guard.check("http://2130706433:8080/v1")) == "http://127.0.0.1:8080/v1"
    assert guard.check("http://[::1]:80/").host == "::1"
    guard.check_resolved("nas.local", "192.168.1.9")
    with pytest.raises(RefusedAddress):
        guard.check("http://127.0.0.2/")
    with pytest.raises(RefusedAddress, match="private_hosts"):
        guard.check_resolved("evil.example", "127.0.0.1")  # the name is not listed


def test_an_empty_list_lists_nothing() -> None:
    assert parse_hosts("") == parse_hosts(" , ") == frozenset()


class _Names(AbstractResolver):
    """Resolves each name to the next of its addresses, as an attacker's server would."""

    def __init__(self, addresses: dict[str, list[str]]) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        listed = self.addresses[host]
        address = listed.pop(0) if len(listed) > 1 else listed[0]
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


async def test_a_name_that_leads_home_is_refused_when_the_connection_is_made() -> None:
    async with guarded(resolver=_Names({"rebound.example": ["127.0.0.1"]})) as client:
        with pytest.raises(RefusedAddress, match=r"rebound\.example"):
            async with client.request("GET", "http://rebound.example:9/", timeout=QUICK):
                pass


async def test_a_listed_name_may_lead_home(scripted_url: str) -> None:
    async with guarded("nas.local", resolver=_Names({"nas.local": ["127.0.0.1"]})) as client:
        url = scripted_url.replace("127.0.0.1", "nas.local")
        async with client.request("GET", f"{url}/models", timeout=QUICK) as response:
            assert response.status == 200


def _redirecting(seen: list[dict[str, str]], targets: dict[str, str]) -> web.Application:
    async def answer(request: web.Request) -> web.Response:
        seen.append({"path": request.path, **request.headers})
        target = targets.get(request.path)
        if target is None:
            return web.Response(text="here")
        return web.Response(status=307, headers={"Location": target})

    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    return app


async def test_a_redirect_to_a_private_address_is_refused() -> None:
    targets = {"/v1/a": "http://169.254.169.254/latest", "/v1/b": "file:///etc/passwd"}
    async with (
        guarded("127.0.0.1") as client,
        scripted_server.serving(_redirecting([], targets)) as url,
    ):
        for path in ("a", "b"):
            with pytest.raises(RefusedAddress):
                async with client.request("GET", f"{url}/{path}", timeout=QUICK):
                    pass


async def test_a_key_does_not_follow_a_redirect_to_another_host() -> None:
    seen: list[dict[str, str]] = []
    async with (
        guarded("127.0.0.1,localhost") as client,
        scripted_server.serving(_redirecting(seen, {})) as there,
    ):
        elsewhere = there.replace("127.0.0.1", "localhost") + "/end"
        targets = {"/v1/near": "/v1/end", "/v1/far": elsewhere}
        async with scripted_server.serving(_redirecting(seen, targets)) as url:
            for path in ("near", "far"):
                async with client.request(
                    "GET", f"{url}/{path}", headers={"Authorization": "Bearer k"}, timeout=QUICK
                ) as response:
                    assert await response.text() == "here"
    ends = [request for request in seen if request["path"] == "/v1/end"]
    assert [request.get("Authorization") for request in ends] == ["Bearer k", None]


async def test_redirects_end() -> None:
    async with (
        guarded("127.0.0.1") as client,
        scripted_server.serving(_redirecting([], {"/v1/a": "/v1/a"})) as url,
    ):
        with pytest.raises(RefusedAddress, match="redirected more than"):
            async with client.request("GET", f"{url}/a", timeout=QUICK):
                pass


async def test_what_is_said_is_not_carried_to_another_host() -> None:
    seen: list[dict[str, str]] = []
    async with (
        guarded("127.0.0.1,localhost") as client,
        scripted_server.serving(_redirecting(seen, {})) as there,
    ):
        targets = {"/v1/a": there.replace("127.0.0.1", "localhost") + "/end"}
        async with (
            scripted_server.serving(_redirecting(seen, targets)) as url,
            client.request(
                "POST", f"{url}/a", body=b"words", timeout=QUICK, follow="same-host"
            ) as response,
        ):
            assert response.status == 307
    assert [request["path"] for request in seen] == ["/v1/a"]
