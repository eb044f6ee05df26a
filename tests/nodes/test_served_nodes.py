"""Two servers are one Tau: whichever is asked, a person gets the same answers."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tau.cli.in_process import start_server
from tau.models.scripted import gate
from tau.server.draining import drain
from tau.server.forwarded_body import KEPT_BYTES
from tau.settings import Settings

from ..patience import patient, until
from .served_nodes import KEY, Device, ServedNode, served_node

pytestmark = pytest.mark.anyio

TURN = "T" * 16


@pytest.fixture(scope="module")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop that `tau run` has: connections and TLS are its own."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture
async def near(shared_url: str, tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served_node(tmp_path / "near", shared_url) as node:
        yield node


@pytest.fixture
async def far(shared_url: str, tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served_node(tmp_path / "far", shared_url) as node:
        yield node


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    timeout = aiohttp.ClientTimeout(total=patient(60))
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session
    gate.set()
    gate.clear()


@pytest.fixture
async def owner(near: ServedNode, far: ServedNode, session: aiohttp.ClientSession) -> Device:
    """The owner's program, connected to `near`; their home is `far`."""
    token = await far.session_of(await far.app.people.owner())
    device = Device(session, far.url, token)
    await device.call("GET", "/api/me")
    return device.at(near)


async def homes(node: ServedNode, person: str) -> str:
    assert node.app.homes is not None
    return (await node.app.homes.home_of(person, ask=True)).id


async def begin(device: Device, words: str, turn: str = TURN) -> tuple[str, Any]:
    conversation = (await device.call("POST", "/api/conversations", {}))["id"]
    body = {"words": words, "turn": turn}
    return conversation, await device.call("POST", f"/api/conversations/{conversation}/turns", body)


async def events(device: Device, path: str) -> AsyncIterator[dict[str, Any]]:
    async with device.ask("GET", path, Accept="text/event-stream") as response:
        assert response.status == 200, await response.text()
        async for line in response.content:
            if line.startswith(b"data: "):
                yield json.loads(line.removeprefix(b"data: "))


async def test_a_reply_in_progress_elsewhere_is_watched_and_stopped_not_told_as_interrupted(
    near: ServedNode, far: ServedNode, owner: Device
) -> None:
    conversation, begun = await begin(owner, "[[pause]] [[say Well]]")
    await gate.reached()
    assert far.app.companion.active_turn_count == 1
    assert near.app.companion.active_turn_count == 0
    assert not (await owner.call("GET", f"/api/turns/{TURN}"))["finished"]
    again = await owner.call(
        "POST",
        f"/api/conversations/{conversation}/turns",
        {"words": "[[pause]] [[say Well]]", "turn": TURN},
    )
    assert again["message"] == begun["message"]
    watching = asyncio.ensure_future(_all(events(owner, f"/api/turns/{TURN}/events")))
    gate.release()
    told = await watching
    assert told[-1]["type"] == "done"
    assert "Well" in "".join(each["text"] for each in told if each["type"] == "delta")
    second, _ = await begin(owner, "[[hang after 1]]", "U" * 16)
    await owner.call("POST", f"/api/turns/{'U' * 16}/stop")
    stopped = await _all(events(owner, f"/api/turns/{'U' * 16}/events"))
    assert stopped[-1]["type"] == "done"
    assert stopped[-1]["status"] == "stopped"
    assert second != conversation


async def test_a_command_without_a_server_does_not_take_a_reply_elsewhere_for_an_interrupted_one(
    far: ServedNode,
    owner: Device,
    shared_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await begin(owner, "[[pause]] [[say Well]]")
    await gate.reached()
    for name, value in KEY.items():
        monkeypatch.setenv(name, value)
    settings = Settings(home=tmp_path / "command", database_url=shared_url, model="scripted")
    async with start_server(settings) as (url, _), aiohttp.ClientSession() as connections:
        command = Device(connections, url, "")
        command.headers = owner.headers
        turns = (await command.call("GET", "/api/turns"))["turns"]
        assert [(each["turn"], each["finished"]) for each in turns] == [(TURN, False)]
        watching = asyncio.ensure_future(_all(events(command, f"/api/turns/{TURN}/events")))
        gate.release()
        assert (await watching)[-1]["type"] == "done"
        person = (await command.call("GET", "/api/me"))["id"]
    assert await homes(far, person) == far.id


async def test_a_device_hears_of_what_is_said_at_the_other_node(
    far: ServedNode, owner: Device
) -> None:
    async with owner.ask("GET", "/api/changes", Accept="text/event-stream") as response:
        await response.content.readuntil(b"\n\n")  # it's connected
        conversation, _ = await begin(owner.at(far), "[[say Yes]]")
        async for line in response.content:
            if b"turn_ended" in line:
                assert conversation.encode() in line
                break


async def test_a_long_import_is_passed_on(owner: Device, far: ServedNode) -> None:
    line = json.dumps({"messages": [{"role": "user", "content": "By the lake " * 60}]}) + "\n"
    content = (line * 200).encode()
    assert len(content) > 2 * KEPT_BYTES
    path = "/api/imports?name=old.jsonl"
    async with owner._session.post(
        owner._url + path, data=io.BytesIO(content), headers=owner.headers
    ) as got:
        assert got.status == 202, await got.text()
        name = (await got.json())["id"]
    imported = await owner.call("GET", f"/api/imports/{name}")
    async with asyncio.timeout(patient(60)):
        while imported["state"] == "running":
            await asyncio.sleep(0.02)  # nothing tells a client that polls
            imported = await owner.call("GET", f"/api/imports/{name}")
    assert (imported["state"], imported["bytes_done"]) == ("done", len(content))


async def test_signing_in_works_anywhere_and_a_cookie_stays_secure(
    near: ServedNode, far: ServedNode, owner: Device, session: aiohttp.ClientSession
) -> None:
    link = await far.app.people.credentials.link(await far.app.people.owner())
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9"}
    async with session.post(
        near.url + "/api/welcome", json={"key": link}, headers=proxied
    ) as response:
        assert response.status == 200
        cookie = response.headers["Set-Cookie"].partition(";")[0]
    async with session.get(near.url + "/api/me", headers={**proxied, "Cookie": cookie}) as response:
        assert response.status == 200
        assert "Secure" in response.headers["Set-Cookie"]  # renewed at the home
    headers = {**proxied, "Cookie": cookie, "Host": "127.0.0.1:9"}
    async with session.post(near.url + "/api/links", json={}, headers=headers) as response:
        assert (await response.json())["url"].startswith("https://127.0.0.1:9/welcome#key=")


async def test_a_node_that_ends_hands_a_person_over_and_lets_their_reply_end(
    near: ServedNode, far: ServedNode, owner: Device
) -> None:
    person = (await owner.call("GET", "/api/me"))["id"]
    await begin(owner, "[[pause]] [[say Well]]")
    await gate.reached()
    draining = asyncio.create_task(drain(far.app, far.serving.app_state, patient(60)))
    await far.serving.app_state.draining.wait()
    watching = asyncio.ensure_future(_all(events(owner, f"/api/turns/{TURN}/events")))
    assert await owner.at(far).status("GET", "/status") == 503
    gate.release()
    await draining
    assert (await watching)[-1]["type"] == "done"
    assert far.app.homes is not None
    assert far.app.homes.held() == []
    assert await homes(near, person) == near.id
    told = await _all(events(owner.at(far), f"/api/turns/{TURN}/events"))  # forwarded, now
    assert told[-1]["type"] == "done"


async def test_an_owner_removes_somebody_whose_home_is_elsewhere(
    near: ServedNode, far: ServedNode, owner: Device
) -> None:
    invitation = await near.app.people.invitations.invite(await near.app.people.owner())
    _, guest = await near.app.people.invitations.accept(invitation, "Guest", "a long password", "")
    theirs = Device(owner._session, near.url, await near.session_of(guest))
    await begin(theirs, "[[pause]]")
    await gate.reached()
    assert near.app.companion.active_turn_count == 1
    changes = asyncio.ensure_future(_all(events(theirs, "/api/changes")))
    await owner.call("DELETE", f"/api/people/{guest.person.id}")
    async with asyncio.timeout(patient(30)):
        await changes  # their streams end
    await until(lambda: near.app.companion.active_turn_count + len(near.app.lives) == 0)
    for node in (near, far):
        assert await theirs.at(node).status("GET", "/api/me") == 401


async def _all(stream: AsyncIterator[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each async for each in stream]
