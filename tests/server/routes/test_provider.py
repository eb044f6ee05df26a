"""Signing in at an OpenID provider: whom it signs in, who may join, and what proves nothing."""

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
import sqlalchemy as sa
from aiohttp import BasicAuth, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI

from tau.app import App
from tau.settings import Settings
from tau.storage.schema import identities
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
CLIENT, SECRET = "tau-client", "a/secret:of tau"
OWN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass
class Provider:
    """An OpenID provider that signs in whoever `subject` says, as `alter` says."""

    url: str = ""
    subject: str = "ana-1"
    name: str = "Ana"
    down: bool = False
    alter: Callable[[dict[str, Any]], str | None] = lambda _: None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._configuration)
        app.router.add_get("/keys", self._keys)
        app.router.add_post("/token", self._token)
        return app

    def visit(self, page: str) -> dict[str, str]:
        """Sign in on the page as a person does; returns what is added to the address."""
        asked = {name: one[0] for name, one in parse_qs(urlsplit(page).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    async def _configuration(self, _: web.Request) -> web.Response:
        if self.down:
            raise web.HTTPBadGateway
        pages = {
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return web.json_response({"issuer": self.url, **pages})

    async def _keys(self, _: web.Request) -> web.Response:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(OWN_KEY.public_key(), as_dict=True)
        return web.json_response({"keys": [{**public, "kid": "own", "use": "sig"}]})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        asked = self.codes.pop(str(form["code"]), None)
        given = BasicAuth.decode(request.headers["Authorization"])
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        right = asked is not None and (given.login, given.password) == (
            CLIENT,
            "a%2Fsecret%3Aof%20tau",
        )
        if asked is None or not right or challenge != asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {"iss": self.url, "sub": self.subject, "aud": CLIENT, "iat": now, "exp": now + 60}
        claims |= {"nonce": asked["nonce"], "name": self.name}
        token = self.alter(claims) or signed(claims)
        return web.json_response({"id_token": token, "access_token": "x", "token_type": "Bearer"})


def signed(claims: dict[str, Any], key: Any = OWN_KEY, algorithm: str = "RS256") -> str:
    return jwt.encode(claims, key, algorithm, headers={"kid": "own"})


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    one = Provider()
    async with TestServer(one.app()) as server:
        one.url = str(server.make_url("/")).rstrip("/")
        yield one


@pytest.fixture
def joining() -> str:
    return "invited"


@pytest.fixture
def settings(tmp_path: Path, provider: Provider, joining: str) -> Settings:
    return Settings(
        home=tmp_path / "home",
        model="scripted",
        embedder="scripted-embedder",
        oidc_issuer=provider.url,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Example",
        oidc_join=joining,
    )


async def _back(browser: httpx.AsyncClient, provider: Provider, page: str) -> str:
    """Sign in at the provider and come back; returns the page that follows."""
    response = await browser.get("/api/provider/done", params=provider.visit(page))
    assert response.status_code == 303
    return response.headers["location"]


async def _sign_in(browser: httpx.AsyncClient, provider: Provider, **asked: Any) -> str:
    begun = await browser.post("/api/provider/sign-in", json=asked)
    assert begun.status_code == 200, begun.text
    return await _back(browser, provider, begun.json()["url"])


async def _welcome(browser: httpx.AsyncClient, page: str) -> dict[str, Any]:
    assert page.startswith("/welcome#key="), page
    response = await browser.post("/api/welcome", json={"key": page.partition("=")[2]})
    assert response.is_success, response.text
    return dict(response.json())


async def _link(person: Person, provider: Provider, app: App) -> str:
    """Link an account with a person in their browser; returns the page that follows."""
    token = await app.people.credentials.link(person.unlocked)
    person.client.headers.pop("Authorization", None)
    await person.post("/api/welcome", {"key": token})
    begun = await person.post("/api/provider/account")
    return await _back(person.client, provider, begun["url"])


async def test_a_linked_account_signs_its_person_in_elsewhere(
    owner: Person, anonymous: httpx.AsyncClient, provider: Provider, app: App
) -> None:
    assert (await anonymous.get("/api/provider")).json()["name"] == "Example"
    assert await _link(owner, provider, app) == "/settings/devices"
    assert (await owner.get("/api/provider/account"))["linked_at"] > 0
    me = await _welcome(anonymous, await _sign_in(anonymous, provider))
    assert me["id"] == owner.unlocked.person.id
    assert (await anonymous.get("/api/me")).json()["id"] == me["id"]


async def test_the_provider_is_asked_for_no_more_than_a_name(
    owner: Person, anonymous: httpx.AsyncClient, provider: Provider
) -> None:
    page = (await anonymous.post("/api/provider/sign-in", json={})).json()["url"]
    asked = parse_qs(urlsplit(page).query)
    assert set(asked) == {
        *("response_type", "client_id", "redirect_uri", "scope", "state", "nonce"),
        *("code_challenge", "code_challenge_method"),
    }
    assert asked["scope"] == ["openid profile"]
    assert owner.unlocked.person.id not in page


async def test_an_account_that_nobody_linked_signs_nobody_in(
    owner: Person, anonymous: httpx.AsyncClient, provider: Provider, app: App
) -> None:
    await _link(owner, provider, app)
    provider.subject = "ana-2"
    assert await _sign_in(anonymous, provider) == "/welcome#refused=account_not_linked"
    assert (await anonymous.get("/api/me")).status_code == 401
    assert len(await app.people.list()) == 1


async def test_an_invited_person_joins_with_an_account_once(
    owner: Person,
    make_client: Callable[..., httpx.AsyncClient],
    provider: Provider,
    app: App,
) -> None:
    invitation = await app.people.invitations.invite(owner.unlocked)
    provider.name = owner.unlocked.person.name  # it's taken
    first = make_client()
    me = await _welcome(first, await _sign_in(first, provider, invitation=invitation))
    assert me["name"] == f"{owner.unlocked.person.name} 2"
    assert (me["owner"], me["has_password"], me["learns_while_away"]) == (False, False, True)
    again = make_client()
    assert (await _welcome(again, await _sign_in(again, provider)))["id"] == me["id"]
    provider.subject = "somebody-else"
    late = make_client()
    assert "refused=not_signed_in" in await _sign_in(late, provider, invitation=invitation)
    assert len(await app.people.list()) == 2


@pytest.mark.parametrize("joining", ["anyone"])
async def test_whoever_the_provider_signs_in_joins_where_the_owner_allows_it(
    make_client: Callable[..., httpx.AsyncClient], provider: Provider, app: App
) -> None:
    await app.people.owner()
    provider.name = ""
    browsers = [make_client() for _ in range(3)]
    pages = await asyncio.gather(*(_sign_in(each, provider) for each in browsers))
    joined = [each for each in pages if each.startswith("/welcome#key=")]
    known = {(await _welcome(make_client(), each))["id"] for each in joined}
    assert len(known) == 1, "the same account at the same moment is one person"
    assert len(await app.people.list()) == 2


PROVES_NOTHING: dict[str, Callable[[dict[str, Any]], str]] = {
    "another nonce": lambda claims: signed({**claims, "nonce": "another"}),
    "another audience": lambda claims: signed({**claims, "aud": "another"}),
    "another party": lambda claims: signed({**claims, "aud": [CLIENT, "b"], "azp": "b"}),
    "another issuer": lambda claims: signed({**claims, "iss": "https://login.example"}),
    "expired": lambda claims: signed({**claims, "exp": claims["iat"] - 3600}),
    "without an end": lambda claims: signed({k: v for k, v in claims.items() if k != "exp"}),
    "without a subject": lambda claims: signed({k: v for k, v in claims.items() if k != "sub"}),
    "another key": lambda claims: signed(claims, OTHER_KEY),
    "no signature": lambda claims: jwt.encode(claims, None, "none", headers={"kid": "own"}),
    "a shared secret": lambda claims: signed(claims, SECRET * 3, "HS256"),
    "no token": lambda _: "abc",
}


@pytest.mark.parametrize("what", PROVES_NOTHING)
async def test_what_proves_nothing_signs_nobody_in(
    owner: Person, anonymous: httpx.AsyncClient, provider: Provider, app: App, what: str
) -> None:
    await _link(owner, provider, app)
    provider.alter = PROVES_NOTHING[what]
    assert await _sign_in(anonymous, provider) == "/welcome#refused=not_signed_in"
    assert (await anonymous.get("/api/me")).status_code == 401


async def test_a_sign_in_ends_only_where_it_was_begun(
    owner: Person, make_client: Callable[..., httpx.AsyncClient], provider: Provider, app: App
) -> None:
    await _link(owner, provider, app)
    mine, theirs = make_client(), make_client()
    page = (await mine.post("/api/provider/sign-in", json={})).json()["url"]
    assert "refused=" in await _back(theirs, provider, page)
    their_page = (await theirs.post("/api/provider/sign-in", json={})).json()["url"]
    assert "refused=" in await _back(mine, provider, their_page), "the state is another"
    page = (await mine.post("/api/provider/sign-in", json={})).json()["url"]
    answer = provider.visit(page)
    first = await mine.get("/api/provider/done", params=answer)
    assert "#key=" in first.headers["location"]
    again = await mine.get("/api/provider/done", params=answer)
    assert "#refused=" in again.headers["location"], "it's used up"


async def test_an_account_of_one_person_is_not_linked_with_another(
    owner: Person, guest: Person, provider: Provider, app: App
) -> None:
    await _link(owner, provider, app)
    assert await _link(guest, provider, app) == "/welcome#refused=conflict"


async def test_an_account_needs_the_servers_slot_and_leaves_a_way_in(
    owner: Person, anonymous: httpx.AsyncClient, provider: Provider, app: App
) -> None:
    await _link(owner, provider, app)
    last = await owner.client.delete("/api/provider/account")
    assert last.status_code == 400
    await app.people.credentials.set_password(owner.unlocked, "a long password")
    await app.people.credentials.set_server_slot(owner.unlocked, on=False)
    assert await _sign_in(anonymous, provider) == "/welcome#refused=not_signed_in"
    assert await _link(owner, provider, app) == "/welcome#refused=bad_input"
    assert (await owner.client.delete("/api/provider/account")).status_code == 204
    assert (await owner.get("/api/provider/account"))["linked_at"] is None


async def test_nothing_of_an_account_stays_when_its_person_is_removed(
    owner: Person, guest: Person, provider: Provider, app: App
) -> None:
    await _link(guest, provider, app)
    await app.remove_person(guest.unlocked.person.id)
    left = await app.database.run(lambda c: c.execute(sa.select(identities)).all())
    assert left == []


async def test_a_provider_that_does_not_answer_is_told(
    anonymous: httpx.AsyncClient, provider: Provider
) -> None:
    provider.down = True
    begun = await anonymous.post("/api/provider/sign-in", json={})
    assert begun.status_code == 503
    assert begun.json()["error"]["code"] == "provider_unavailable"


async def test_an_api_key_links_no_account(
    owner: Person, make_client: Callable[..., httpx.AsyncClient]
) -> None:
    refused = await make_client(owner.key).post("/api/provider/account", json={})
    assert refused.status_code == 403


async def test_without_a_provider_nobody_is_sent_anywhere(
    anonymous: httpx.AsyncClient, api: FastAPI
) -> None:
    state = api.state.app_state
    assert state.provider is not None
    object.__setattr__(state, "provider", None)
    assert (await anonymous.get("/api/provider")).json()["name"] == ""
    assert (await anonymous.post("/api/provider/sign-in", json={})).status_code == 404
