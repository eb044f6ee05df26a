"""Signing in and out, and the credentials of one person."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.datastructures import Headers

from tau.app import App
from tau.errors import DamagedEntry
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.server.api import create_api
from tau.server.auth import SESSION_COOKIE, device_label

from ..conftest import Person

pytestmark = pytest.mark.anyio
ClientOf = Callable[..., httpx.AsyncClient]


async def test_a_one_time_link_signs_in_once(app: App, anonymous: httpx.AsyncClient) -> None:
    key = await app.people.credentials.link(await app.people.owner())
    page = await anonymous.get("/welcome", params={"key": key})
    assert page.headers["content-type"].startswith("text/html")
    assert not page.cookies  # the preview of a link uses nothing up

    signed_in = await anonymous.post("/api/welcome", json={"key": key})
    assert signed_in.json()["owner"] is True
    cookie = signed_in.headers["set-cookie"].lower()
    assert cookie.startswith(SESSION_COOKIE)
    for part in ("httponly", "samesite=strict", "path=/"):
        assert part in cookie
    assert "secure" not in cookie
    assert (await anonymous.get("/api/me")).status_code == 200

    anonymous.cookies.clear()
    again = await anonymous.post("/api/welcome", json={"key": key})
    assert again.status_code == 401


async def test_the_cookie_is_secure_behind_https(
    api: FastAPI, app: App, make_client: ClientOf
) -> None:
    key = await app.people.credentials.link(await app.people.owner())
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
        signed_in = await client.post("/api/welcome", json={"key": key})
    assert "secure" in signed_in.headers["set-cookie"].lower()


async def test_a_password_and_a_recovery_code_sign_in(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    me = await owner.get("/api/me")
    changed = await owner.client.put("/api/password", json={"password": "a long password"})
    assert changed.status_code == 204
    code = (await owner.post("/api/recovery-code"))["code"]

    wrong = await anonymous.post("/api/sign-in", json={"name": me["name"], "password": "wrong one"})
    assert wrong.status_code == 401
    right = {"name": me["name"], "password": "a long password"}
    me |= {"has_password": True, "has_recovery_code": True}
    assert (await anonymous.post("/api/sign-in", json=right)).json() == me

    anonymous.cookies.clear()
    recovered = await anonymous.post("/api/recover", json={"name": me["name"], "code": code})
    assert recovered.json() == me


async def test_signing_out_ends_the_session(app: App, anonymous: httpx.AsyncClient) -> None:
    key = await app.people.credentials.link(await app.people.owner())
    await anonymous.post("/api/welcome", json={"key": key})
    token = anonymous.cookies[SESSION_COOKIE]
    assert (await anonymous.post("/api/sign-out")).status_code == 204
    assert SESSION_COOKIE not in anonymous.cookies
    anonymous.cookies.set(SESSION_COOKIE, token)
    assert (await anonymous.get("/api/me")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer tau-nonsense"},
        {"Authorization": "Basic dGF1OnRhdQ=="},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Cookie": f"{SESSION_COOKIE}=nonsense"},
        {"Cookie": f"{SESSION_COOKIE}="},
    ],
)
async def test_what_opens_nothing_is_told(
    owner: Person, anonymous: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await anonymous.get("/api/me", headers=headers)
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["error"]["sentence"]


async def test_a_wrong_key_is_not_saved_by_a_good_cookie(
    app: App, anonymous: httpx.AsyncClient
) -> None:
    key = await app.people.credentials.link(await app.people.owner())
    await anonymous.post("/api/welcome", json={"key": key})
    response = await anonymous.get("/api/me", headers={"Authorization": "Bearer tau-nonsense"})
    assert response.status_code == 401


async def test_devices_are_listed_and_signed_out(
    app: App, owner: Person, anonymous: httpx.AsyncClient
) -> None:
    link = await owner.post("/api/links")
    assert link["url"].endswith(f"/welcome#key={link['key']}")
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
    await anonymous.post("/api/welcome", json={"key": link["key"]}, headers=agent)
    items = (await anonymous.get("/api/sessions")).json()["items"]
    mine = [item for item in items if item["current"]]
    assert [item["label"] for item in mine] == ["Firefox on Linux"]

    gone = await owner.client.delete(f"/api/sessions/{mine[0]['id']}")
    assert gone.status_code == 204
    assert (await anonymous.get("/api/me")).status_code == 401


async def test_keys_are_made_listed_and_revoked(owner: Person, make_client: ClientOf) -> None:
    made = await owner.post("/api/keys", {"label": "a script"})
    program = make_client(made["key"])
    assert (await program.get("/api/me")).status_code == 200
    listed = await owner.get("/api/keys")
    assert made["key"] not in str(listed)
    assert "a script" in [item["label"] for item in listed["items"]]

    assert (await owner.client.delete(f"/api/keys/{made['item']['id']}")).status_code == 204
    assert (await program.get("/api/me")).status_code == 401


async def test_a_name_can_be_changed(owner: Person) -> None:
    changed = await owner.client.patch("/api/me", json={"name": "Mira"})
    assert changed.json()["name"] == "Mira"
    assert (await owner.get("/api/me"))["name"] == "Mira"


async def test_the_last_way_in_stays(owner: Person) -> None:
    refused = await owner.client.patch("/api/me", json={"learns_while_away": False})
    assert refused.status_code == 400
    await owner.client.put("/api/password", json={"password": "a long password"})
    fine = await owner.client.patch("/api/me", json={"learns_while_away": False})
    assert fine.status_code == 200


async def test_an_invitation_makes_a_person_once(
    owner: Person, guest: Person, anonymous: httpx.AsyncClient
) -> None:
    refused = await guest.client.post("/api/invitations")
    assert refused.status_code == 403
    invitation = await owner.post("/api/invitations")
    asked = {"key": invitation["key"], "name": "Ada", "password": "a long password"}
    accepted = await anonymous.post("/api/invitations/accept", json=asked)
    assert (accepted.status_code, accepted.json()["owner"]) == (201, False)
    assert (await anonymous.get("/api/me")).json()["name"] == "Ada"
    again = await anonymous.post("/api/invitations/accept", json={**asked, "name": "Eve"})
    assert again.status_code == 401


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/19 Safari/605", "Safari on Mac"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36", "Chrome on Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140 Safari/537", "Chrome on Android"),
        ("curl/8", "A program"),
    ],
)
def test_devices_are_named_for_people(agent: str, label: str) -> None:
    headers = Headers({"user-agent": agent}).raw
    assert device_label(Request({"type": "http", "headers": headers})) == label


async def test_a_programs_key_cannot_change_how_one_signs_in(
    owner: Person, make_client: ClientOf
) -> None:
    program = make_client(owner.key)
    session = (await owner.get("/api/sessions"))["items"][0]["id"]
    tried = [
        await program.put("/api/password", json={"password": "a long password"}),
        await program.post("/api/recovery-code"),
        await program.post("/api/data-key"),
        await program.post("/api/links"),
        await program.post("/api/invitations"),
        await program.post("/api/keys", json={"label": "another"}),
        await program.patch("/api/me", json={"learns_while_away": False}),
        await program.delete(f"/api/sessions/{session}"),
        await program.delete(f"/api/people/{owner.unlocked.person.id}"),
    ]
    assert {response.status_code for response in tried} == {403}
    assert all("browser" in response.json()["error"]["sentence"] for response in tried)


async def test_a_new_password_can_sign_the_other_devices_out(
    app: App, owner: Person, make_client: ClientOf
) -> None:
    other, _ = await app.people.sessions.redeem(
        await app.people.credentials.link(owner.unlocked), "other"
    )
    asked = {"password": "a long password", "sign_out_others": True}
    assert (await owner.client.put("/api/password", json=asked)).status_code == 204
    assert (await make_client(other).get("/api/me")).status_code == 401
    assert (await owner.client.get("/api/me")).status_code == 200


async def test_the_data_key_is_changed_and_the_browser_stays_signed_in(
    app: App, owner: Person, anonymous: httpx.AsyncClient
) -> None:
    await owner.client.put("/api/password", json={"password": "a long password"})
    code = (await owner.post("/api/recovery-code"))["code"]
    said = await owner.begin()
    await owner.say(said, "My boat is called Anna.")
    key = await app.people.credentials.link(await app.people.owner())
    await anonymous.post("/api/welcome", json={"key": key})
    wrong = await anonymous.post("/api/data-key", json={"password": "another password"})
    assert wrong.status_code == 400
    assert (await anonymous.get("/api/me")).status_code == 200
    changed = await anonymous.post("/api/data-key", json={"password": "a long password"})
    assert changed.status_code == 201
    assert changed.json()["recovery_code"] not in {None, code}
    assert (await owner.client.get("/api/me")).status_code == 401
    messages = await anonymous.get(f"/api/conversations/{said}/messages")
    assert "My boat is called Anna." in messages.text

    await anonymous.post(
        f"/api/conversations/{said}/messages", json={"text": "It is red.", "by": "person"}
    )
    former = Journal(Store(app.database), owner.unlocked.person.id, owner.unlocked.data_key)
    read = [record async for record in former.read()]
    assert isinstance(read[-1], DamagedEntry), "the former key doesn't open what came since"
    assert not isinstance(read[0], DamagedEntry)


async def test_a_browsers_cookie_is_renewed_with_its_session(
    app: App, anonymous: httpx.AsyncClient
) -> None:
    key = await app.people.credentials.link(await app.people.owner())
    await anonymous.post("/api/welcome", json={"key": key})
    renewed = (await anonymous.get("/api/me")).headers["set-cookie"]
    assert anonymous.cookies[SESSION_COOKIE] in renewed
    assert "HttpOnly" in renewed


async def test_an_invitation_leads_to_a_life_of_ones_own(
    owner: Person, make_client: ClientOf
) -> None:
    """From the link to the second sign-in, with a name and a password of any script."""
    await owner.say(await owner.begin(), "A word of the owner's")
    link = await owner.post("/api/invitations")
    assert link["url"].endswith(f"/welcome#invitation={link['key']}")
    assert link["expires_in_seconds"] == 7 * 86_400

    browser = make_client()
    asked = {"key": link["key"], "name": " 林 黛玉 ", "password": "一个很长的密码!"}
    accepted = await browser.post("/api/invitations/accept", json=asked)
    assert (accepted.status_code, accepted.json()["name"]) == (201, "林 黛玉")
    assert (await browser.get("/api/conversations")).json()["conversations"] == []
    assert (await browser.post("/api/conversations", json={"title": "Mine"})).status_code == 201
    assert (await browser.post("/api/invitations")).status_code == 403

    elsewhere = make_client()
    again = {"name": "林 黛玉", "password": "一个很长的密码!"}
    assert (await elsewhere.post("/api/sign-in", json=again)).json() == accepted.json()
    listed = (await elsewhere.get("/api/conversations")).json()["conversations"]
    assert [one["title"] for one in listed] == ["Mine"]


async def test_an_invitation_that_was_refused_can_be_taken_up_again(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    key = (await owner.post("/api/invitations"))["key"]
    good = {"key": key, "name": "Ada", "password": "a long password"}
    table: tuple[tuple[dict[str, str], int], ...] = (
        ({"password": "short"}, 400),
        ({"name": "You"}, 400),
        ({"name": "a\nb"}, 400),
        ({"name": " "}, 422),
        ({"name": "x" * 201}, 422),
        ({"password": ""}, 422),
        ({"key": "tau-nonsense"}, 401),
        ({"key": ""}, 422),
    )
    for wrong, status in table:
        response = await anonymous.post("/api/invitations/accept", json={**good, **wrong})
        assert response.status_code == status, f"{wrong}: {response.text}"
        assert not anonymous.cookies
    assert (await anonymous.post("/api/invitations/accept", json=good)).status_code == 201


async def test_who_guesses_has_to_wait(owner: Person, anonymous: httpx.AsyncClient) -> None:
    code = (await owner.post("/api/recovery-code"))["code"]
    await owner.post("/api/recovery-code")  # from now on the first one opens nothing
    wrong = {"name": "You", "code": code}
    statuses = []
    while 429 not in statuses:
        response = await anonymous.post("/api/recover", json=wrong)
        statuses.append(response.status_code)
        assert len(statuses) < 50
    assert set(statuses[:-1]) == {401}
    assert int(response.headers["retry-after"]) >= 1
    assert response.json()["error"]["code"] == "too_many"


async def test_a_key_of_one_kind_opens_no_other_door(
    app: App, owner: Person, anonymous: httpx.AsyncClient
) -> None:
    link = await app.people.credentials.link(owner.unlocked)
    invitation = await app.people.invitations.invite(owner.unlocked)
    asked = {"name": "Ada", "password": "a long password"}
    for key in (invitation, owner.key, link[:-1], link + "x", "密钥"):
        assert (await anonymous.post("/api/welcome", json={"key": key})).status_code == 401, key
    for key in (link, owner.key):
        response = await anonymous.post("/api/invitations/accept", json={"key": key, **asked})
        assert response.status_code == 401, key
    for token in (link, invitation):
        headers = {"Authorization": f"Bearer {token}"}
        assert (await anonymous.get("/api/me", headers=headers)).status_code == 401
    assert (await anonymous.post("/api/welcome", json={"key": link})).status_code == 200


async def test_bearer_is_read_in_any_case_and_a_key_signs_nobody_out(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    for scheme in ("bearer", "BEARER", "Bearer "):
        headers = {"Authorization": f"{scheme} {owner.key}"}
        response = await anonymous.get("/api/me", headers=headers)
        assert response.status_code == 200, scheme
        assert "set-cookie" not in response.headers
    refused = await anonymous.post("/api/sign-out", headers=headers)
    assert refused.status_code == 400
    assert (await anonymous.get("/api/me", headers=headers)).status_code == 200


async def test_what_is_revoked_must_be_ones_own(owner: Person, guest: Person) -> None:
    theirs = (await guest.get("/api/keys"))["items"][0]["id"]
    for path in (f"/api/keys/{theirs}", f"/api/sessions/{theirs}", "/api/keys/nowhere"):
        assert (await owner.client.delete(path)).status_code == 404
    assert (await guest.get("/api/keys"))["items"][0]["id"] == theirs


async def test_links_name_the_address_that_people_type(
    app: App, owner: Person, make_client: ClientOf
) -> None:
    plain = await owner.post("/api/links")
    assert plain["url"].startswith("http://127.0.0.1:6283/welcome#")
    assert plain["expires_in_seconds"] == 600
    elsewhere = replace(app.settings, public_url="https://tau.example/")
    api = create_api(replace(app, settings=elsewhere))
    headers = {"Authorization": owner.client.headers["Authorization"], "Host": "tau.example"}
    transport = httpx.ASGITransport(api)
    async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
        link = (await client.post("/api/links", headers=headers)).json()
        assert link["url"].startswith("https://tau.example/welcome#key=")
        body = {"key": link["key"]}
        entered = await client.post("/api/welcome", json=body, headers={"Host": "tau.example"})
        assert "secure" in entered.headers["set-cookie"].lower()
    await api.state.app_state.close()


async def test_a_page_of_somebody_else_reads_and_says_nothing(owner: Person, guest: Person) -> None:
    """Two people of one browser: the cookie is the second one's, the open page the first one's."""
    conversation = await guest.begin()
    mine = {"X-Tau-Person": owner.unlocked.person.id}
    path = f"/api/conversations/{conversation}/messages"
    for response in (
        await guest.client.get("/api/me", headers=mine),
        await guest.client.post(path, json={"text": "Hers"}, headers=mine),
    ):
        assert response.status_code == 401
        assert "Someone else" in response.json()["error"]["sentence"]
    assert (await guest.get(path))["messages"] == []
    own = {"X-Tau-Person": guest.unlocked.person.id}
    assert (await guest.client.get("/api/me", headers=own)).is_success


async def test_me_tells_which_ways_in_there_are(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    def ways(me: dict[str, Any]) -> tuple[bool, bool, bool]:
        return me["has_password"], me["has_recovery_code"], me["learns_while_away"]

    assert ways(await owner.get("/api/me")) == (False, False, True)
    await owner.client.put("/api/password", json={"password": "a long password"})
    assert ways(await owner.get("/api/me")) == (True, False, True)
    await owner.post("/api/recovery-code")
    changed = await owner.client.patch("/api/me", json={"learns_while_away": False})
    assert ways(changed.json()) == (True, True, False)
    name = changed.json()["name"]
    signed_in = await anonymous.post(
        "/api/sign-in", json={"name": name, "password": "a long password"}
    )
    assert ways(signed_in.json()) == (True, True, False)
    assert "has_password" not in str(await owner.get("/api/people"))
