"""HTTP client for addresses that people give, which does not connect to private networks.

A server that connects to addresses from users can be made to reach what only it can reach: a
router's page, a cloud's metadata service (SSRF). So an address must be http or https, contain no
credentials, and resolve to a public network address, unless its host is listed in the setting
`private_hosts`. The address of the actual connection is checked: the connector uses only the
resolver below, so a name that changes its address after the check gains nothing. Redirects are
followed here, and each is checked. Proxies of the environment are not used, because a proxy hides
where a connection goes.
"""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Literal

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tau.errors import RefusedAddress

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Follow = Literal["any", "same-host", "none"]

REDIRECT_LIMIT = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_KEEPS_METHOD = {307, 308}
_PRIVATE_HEADERS = ("authorization", "cookie", "proxy-authorization")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_NAT64_LOCAL = ipaddress.IPv6Network("64:ff9b:1::/48")  # RFC 8215
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291, 2.5.5.1


def is_public(address: str) -> bool:
    """Return whether a numeric address belongs to the public internet.

    Addresses that contain an IPv4 address (mapped, compatible, 6to4, NAT64) are as public as that
    one. Teredo is refused entirely: it tunnels to any address.
    """
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = _carried(parsed)
    if inner is not None:
        return is_public(str(inner))
    if isinstance(parsed, ipaddress.IPv6Address) and (
        parsed.teredo or parsed.is_site_local or parsed in _NAT64_LOCAL
    ):
        return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved


def _carried(address: IPAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address.ipv4_mapped or address.sixtofour:
        return address.ipv4_mapped or address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def parse_hosts(listed: str | Iterable[str]) -> frozenset[str]:
    """Return the hosts of the setting `private_hosts` in canonical form."""
    names = listed.split(",") if isinstance(listed, str) else listed
    return frozenset(_canonical(name.strip()) for name in names if name.strip())


def _canonical(host: str) -> str:
    """Return a host in canonical form: lower case, no brackets or final dot, dotted quads."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:  # 2130706433, 0x7f.1 and 0177.0.0.1 all mean 127.0.0.1 to a socket
        return socket.inet_ntoa(socket.inet_aton(host))
    except (OSError, UnicodeEncodeError):
        return host


def _is_numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class AddressGuard:
    """Policy for addresses that may be connected to. `listed` hosts may be private."""

    def __init__(self, listed: str | Iterable[str] = ()) -> None:
        self._listed = parse_hosts(listed)

    def check(self, url: str) -> URL:
        """Return the address in canonical form. Raises `RefusedAddress`.

        A name is not resolved here: that happens when the connection is made.
        """
        try:
            parsed = URL(url)
            host = _canonical(parsed.host or "")
            port = parsed.port
        except ValueError as error:
            raise RefusedAddress("Tau can't fetch that address.") from error
        if parsed.scheme not in ("http", "https") or not host or not port:
            raise RefusedAddress("Tau fetches only addresses that begin with http:// or https://.")
        if parsed.user is not None or parsed.password is not None:
            raise RefusedAddress(
                "An address can't contain a user name or password; enter the key separately."
            )
        if _is_numeric(host):
            self.check_resolved(host, host)
            parsed = parsed.with_host(host)  # aiohttp refuses the odd spellings of a number
        return parsed

    def check_resolved(self, host: str, address: str) -> None:
        """Raise `RefusedAddress` when `host` may not lead to the numeric `address`."""
        if not is_public(address) and _canonical(host) not in self._listed:
            raise RefusedAddress(
                f"Tau does not fetch {host}, because it leads to a private address; "
                "if that machine is yours, add it to the setting `private_hosts`."
            )


class _GuardedResolver(AbstractResolver):
    """Resolver that refuses names with a forbidden address."""

    def __init__(self, guard: AddressGuard, inner: AbstractResolver) -> None:
        self._guard = guard
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        for result in found:
            self._guard.check_resolved(host, result["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()


class GuardedClient:
    """HTTP client that checks addresses with an `AddressGuard` and keeps connections alive.

    `guard=None` is for the local engine, whose address no user can influence; it listens on
    `unix_socket`, and takes so many `connections` at a time (0: any number).
    """

    def __init__(
        self,
        guard: AddressGuard | None,
        *,
        resolver: AbstractResolver | None = None,
        unix_socket: str = "",
        connections: int = 0,
    ) -> None:
        self.guard = guard
        self._unix_socket = unix_socket
        self._connections = connections
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._live: set[aiohttp.ClientResponse] = set()

    @asynccontextmanager
    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - several limits, not one
        follow: Follow = "any",
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Yield the response, its body unread. Raises `RefusedAddress` and aiohttp's errors.

        `same-host` follows redirects within one host only and hands back the others. A request
        with a body is sent on only where the redirect keeps its method (307, 308).
        """
        address = self.guard.check(url) if self.guard else URL(url)
        sent = dict(headers or {})
        for _ in range(REDIRECT_LIMIT + 1):
            response = await self._send(method, address, sent, body, timeout)
            onward = _redirect(response, address, method, follow)
            if onward is None:
                self._live.add(response)
                try:
                    yield response
                finally:
                    self._live.discard(response)
                    response.release()
                return
            response.release()
            checked = self.guard.check(str(onward)) if self.guard else onward
            if checked.origin() != address.origin():
                sent = {k: v for k, v in sent.items() if k.lower() not in _PRIVATE_HEADERS}
            address = checked
        raise RefusedAddress(f"The address was redirected more than {REDIRECT_LIMIT} times.")

    async def _send(
        self,
        method: str,
        address: URL,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - several limits, not one
    ) -> aiohttp.ClientResponse:
        """Send one request; retry if a kept connection turns out to be closed."""
        for again in (True, True, False):
            try:
                return await self._open().request(
                    method,
                    address,
                    headers=headers,
                    data=body,
                    timeout=timeout,
                    allow_redirects=False,
                )
            except aiohttp.ClientConnectorError:
                raise
            except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError):
                if not again:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
                read_bufsize=2**18,
                headers={"User-Agent": "tau"},
            )
        return self._session

    def _connector(self) -> aiohttp.BaseConnector:
        if self._unix_socket:
            return aiohttp.UnixConnector(
                self._unix_socket, limit=self._connections, keepalive_timeout=60
            )
        resolver = self._resolver or aiohttp.ThreadedResolver()
        return aiohttp.TCPConnector(
            limit=0,
            ttl_dns_cache=60,
            keepalive_timeout=60,
            resolver=_GuardedResolver(self.guard, resolver) if self.guard else resolver,
        )

    async def close(self) -> None:
        """Close all connections; readers of open responses get an error."""
        for response in list(self._live):
            response.close()  # closing only the session would leave its reader waiting forever
        session, self._session = self._session, None
        if session is not None:
            await session.close()
            await asyncio.sleep(0)  # lets the transports notice


def _redirect(
    response: aiohttp.ClientResponse, address: URL, method: str, follow: Follow
) -> URL | None:
    """Return the target of a redirect to follow, or None."""
    target = response.headers.get("Location")
    if response.status not in _REDIRECTS or not target or follow == "none":
        return None
    if method not in ("GET", "HEAD") and response.status not in _KEEPS_METHOD:
        return None
    try:
        onward = address.join(URL(target))
    except ValueError:
        return None
    same_host = onward.absolute and onward.host and onward.origin() == address.origin()
    return onward if same_host or follow == "any" else None
