"""Signing in at an OpenID provider (OpenID Connect Core 1.0, authorization code flow with PKCE).

What a sign-in in progress needs lies sealed in a cookie of the browser that began it, so any node
can finish it, and no other browser can. The provider learns nothing but that somebody signs in.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import msgspec

from tau.errors import NotSignedIn, ProviderUnavailable
from tau.models.http import GuardedClient
from tau.people import People
from tau.people.identities import Identity
from tau.settings import Settings
from tau.storage.sealing import SecretBox, UnsealError

FLOW_SECONDS = 600
_PLACE = "sign-in"
_KEY_PURPOSE = b"tau sign-in"
_DISCOVERY = "/.well-known/openid-configuration"
_FRESH_SECONDS = 3_600.0
_KEYS_RETRY_SECONDS = 30.0  # a token with an unknown key id makes Tau look for new keys this often
_LEEWAY_SECONDS = 60.0
_MOST_BYTES = 256 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_ALGORITHMS = [
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
]
_NOT_BEGUN_HERE = "This sign-in wasn't begun in this browser, or it took too long; begin again."
_REFUSED = "The provider didn't sign you in."
_NOT_PROVEN = "The provider's answer can't be trusted, so nobody was signed in."
_UNREACHABLE = "The provider that signs people in doesn't answer; try again."


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in in progress: its secrets, and what it's for.

    `invitation` adds a new person; `person` and `slot` are those of who is signed in and links an
    account.
    """

    state: str
    nonce: str
    verifier: str
    begun_at: float
    invitation: str | None = None
    person: str | None = None
    slot: str | None = None


class _Configuration(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class OidcProvider:
    """The OpenID provider of the settings."""

    def __init__(
        self,
        settings: Settings,
        client: GuardedClient,
        key: bytes,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.issuer = settings.oidc_issuer.rstrip("/")
        self.name = settings.oidc_name or urlsplit(self.issuer).hostname or self.issuer
        self.anyone_joins = settings.oidc_join == "anyone"
        self._id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._client = client
        self._box = SecretBox(key)
        self._now = now
        self._configuration: tuple[float, _Configuration] | None = None
        self._keys: tuple[float, Any] | None = None
        self._lock = asyncio.Lock()

    @classmethod
    def of(cls, settings: Settings, client: GuardedClient, people: People) -> Self | None:
        """Return the provider of the settings; `None` if they name none.

        Raises `SettingsError` if there is no server key, which seals what a sign-in needs.
        """
        if not settings.oidc_issuer or not settings.oidc_client_id:
            return None
        return cls(settings, client, people.key_for(_KEY_PURPOSE))

    async def begin(
        self,
        back_to: str,
        *,
        invitation: str | None = None,
        person: str | None = None,
        slot: str | None = None,
    ) -> tuple[str, str]:
        """Return the provider's page that signs in, and the cookie that belongs to it.

        `back_to` is the address that the provider sends the browser to. Raises
        `ProviderUnavailable`.
        """
        flow = Flow(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            begun_at=self._now(),
            invitation=invitation,
            person=person,
            slot=slot,
        )
        challenge = hashlib.sha256(flow.verifier.encode()).digest()
        configuration = await self._configured()
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": back_to,
            "scope": "openid profile",
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        page = configuration.authorization_endpoint
        url = f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"
        sealed = self._box.seal(msgspec.json.encode(flow), _PLACE)
        return url, base64.urlsafe_b64encode(sealed).decode().rstrip("=")

    async def finish(
        self, cookie: str, answer: Mapping[str, str], back_to: str
    ) -> tuple[Flow, Identity]:
        """Return the sign-in that `cookie` belongs to, and whom the provider signed in.

        `answer` is what the provider put into the address. Raises `NotSignedIn` if it wasn't begun
        in this browser, was refused or isn't proven, and `ProviderUnavailable`.
        """
        flow = self._opened(cookie)
        if not hmac.compare_digest(answer.get("state", "").encode(), flow.state.encode()):
            raise NotSignedIn(_NOT_BEGUN_HERE)
        code = answer.get("code", "")
        if "error" in answer or not code:
            raise NotSignedIn(_REFUSED)
        # RFC 9207: an answer of another provider isn't this one's.
        if answer.get("iss", self.issuer).rstrip("/") != self.issuer:
            raise NotSignedIn(_NOT_PROVEN)
        token = await self._exchange(code, flow.verifier, back_to)
        return flow, await self._verified(token, flow.nonce)

    def _opened(self, cookie: str) -> Flow:
        try:
            sealed = base64.urlsafe_b64decode(cookie + "=" * (-len(cookie) % 4))
            flow = msgspec.json.decode(self._box.open(sealed, _PLACE), type=Flow)
        except (ValueError, UnsealError, msgspec.DecodeError):
            raise NotSignedIn(_NOT_BEGUN_HERE) from None
        if not 0 <= self._now() - flow.begun_at <= FLOW_SECONDS:
            raise NotSignedIn(_NOT_BEGUN_HERE)
        return flow

    async def _configured(self) -> _Configuration:
        known = self._configuration
        if known is not None and self._now() - known[0] < _FRESH_SECONDS:
            return known[1]
        content = await self._fetch("GET", self.issuer + _DISCOVERY)
        try:
            configuration = msgspec.json.decode(content, type=_Configuration)
        except msgspec.DecodeError:
            raise ProviderUnavailable(_UNREACHABLE) from None
        if configuration.issuer.rstrip("/") != self.issuer:
            raise ProviderUnavailable(
                "The setting 'oidc_issuer' isn't what that provider calls itself."
            )
        self._configuration = (self._now(), configuration)
        return configuration

    async def _exchange(self, code: str, verifier: str, back_to: str) -> str:
        """Return the identity token that a code stands for."""
        configuration = await self._configured()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_to,
            "code_verifier": verifier,
            "client_id": self._id,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        methods = configuration.token_endpoint_auth_methods_supported
        if self._secret and "client_secret_basic" in methods:
            pair = f"{quote(self._id, safe='')}:{quote(self._secret, safe='')}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        elif self._secret:
            form["client_secret"] = self._secret
        content = await self._fetch(
            "POST", configuration.token_endpoint, headers, urlencode(form).encode()
        )
        try:
            return str(msgspec.json.decode(content)["id_token"])
        except (msgspec.DecodeError, KeyError, TypeError):
            raise NotSignedIn(_NOT_PROVEN) from None

    async def _verified(self, token: str, nonce: str) -> Identity:
        """Return whom an identity token names (OpenID Connect Core 1.0, section 3.1.3.7)."""
        import jwt

        try:
            header = jwt.get_unverified_header(token)
            key = await self._key(header.get("kid"), str(header.get("alg")))
            claims = jwt.decode(
                token,
                key,
                algorithms=_ALGORITHMS,
                audience=self._id,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except (jwt.PyJWTError, ValueError):
            raise NotSignedIn(_NOT_PROVEN) from None
        subject = claims["sub"]
        right = (
            str(claims["iss"]).rstrip("/") == self.issuer
            and claims.get("azp", self._id) == self._id
            and hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode())
            and isinstance(subject, str)
            and 0 < len(subject) <= 255
        )
        if not right:
            raise NotSignedIn(_NOT_PROVEN)
        name = claims.get("name") or claims.get("preferred_username") or ""
        return Identity(self.issuer, subject, str(name))

    async def _key(self, key_id: str | None, algorithm: str) -> Any:
        """Return the provider's public key of that id; new keys are looked for now and then."""
        if algorithm not in _ALGORITHMS:
            raise ValueError(algorithm)
        async with self._lock:
            key = self._known_key(key_id)
            if key is None and self._may_look_again():
                await self._fetch_keys()
                key = self._known_key(key_id)
        if key is None:
            raise ValueError("an unknown key")
        return key

    def _known_key(self, key_id: str | None) -> Any | None:
        keys = self._keys[1] if self._keys else []
        found = [each for each in keys if key_id is None or each.key_id == key_id]
        return found[0] if len(found) == 1 else None

    def _may_look_again(self) -> bool:
        return self._keys is None or self._now() - self._keys[0] >= _KEYS_RETRY_SECONDS

    async def _fetch_keys(self) -> None:
        import jwt

        content = await self._fetch("GET", (await self._configured()).jwks_uri)
        try:
            keys = jwt.PyJWKSet.from_json(content.decode()).keys
        except (jwt.PyJWTError, ValueError, AttributeError):
            keys = []
        self._keys = (self._now(), [each for each in keys if each.public_key_use in ("sig", None)])

    async def _fetch(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> bytes:
        """Return what the provider answers. Raises `ProviderUnavailable`, `NotSignedIn`."""
        sent = {"Accept": "application/json", **(headers or {})}
        try:
            async with self._client.request(
                method, url, headers=sent, body=body or None, timeout=_TIMEOUT, follow="none"
            ) as response:
                content = await response.content.read(_MOST_BYTES)
                while not response.content.at_eof() and len(content) < _MOST_BYTES:
                    content += await response.content.read(_MOST_BYTES - len(content))
                if response.status < 300:
                    return content
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise ProviderUnavailable(_UNREACHABLE) from None
        if method == "POST" and response.status < 500:
            raise NotSignedIn(_REFUSED)
        raise ProviderUnavailable(_UNREACHABLE)
