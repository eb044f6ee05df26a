"""What those who run Tau ask of it."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from fastapi import FastAPI

import tau
from tau.app import App
from tau.errors import StoreUnavailable
from tau.models.scripted import gate

from .conftest import Person

pytestmark = pytest.mark.anyio
ClientOf = Callable[..., httpx.AsyncClient]


async def test_status_tells_that_all_is_well(nobody: httpx.AsyncClient) -> None:
    response = await nobody.get("/status")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["version"] == tau.__version__


async def test_status_tells_when_the_database_is_away(
    api: FastAPI, nobody: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(api.state.house.database, "run", away)
    response = await nobody.get("/status")
    assert response.status_code == 503
    assert response.json()["error"]["sentence"] == "The database does not answer."


async def test_metrics_count_turns_and_requests_and_name_nobody(
    owner: Person, client_of: ClientOf
) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "[[say Something quiet]]")
    await owner.client.get("/nowhere/secret-path")
    text = (await client_of(peer="127.0.0.1").get("/metrics")).text
    route = "/api/conversations/{conversation_id}/turns"
    assert f'tau_http_requests_total{{method="POST",route="{route}",status="200"}} 1.0' in text
    assert 'tau_turns_total{outcome="complete"} 1.0' in text
    assert "tau_turn_seconds_count 1.0" in text
    assert "tau_turn_first_token_seconds_count 1.0" in text
    assert 'tau_tokens_total{kind="completion"}' in text
    assert "tau_open_lives 1.0" in text
    assert "tau_live_turns 0.0" in text
    assert 'route="other"' in text
    for told in (conversation, owner.unlocked.person.id, "quiet", "secret-path"):
        assert told not in text


async def test_metrics_are_for_this_machine_and_the_owner(
    owner: Person, guest: Person, nobody: httpx.AsyncClient, client_of: ClientOf
) -> None:
    assert (await client_of(peer="::1").get("/metrics")).status_code == 200
    assert (await nobody.get("/metrics")).status_code == 401
    assert (await guest.client.get("/metrics")).status_code == 403
    assert (await owner.client.get("/metrics")).status_code == 200
    through_a_proxy = client_of(peer="127.0.0.1")
    response = await through_a_proxy.get("/metrics", headers={"X-Forwarded-For": "192.0.2.9"})
    assert response.status_code == 401


async def test_a_turn_whose_watcher_left_is_measured_all_the_same(
    api: FastAPI, house: App, owner: Person
) -> None:
    life = await house.companion.life(owner.unlocked)
    turn = await house.companion.turn(life, None, "[[pause after 2]] [[tokens 4]]")
    measured = api.state.house.measured(turn)
    await anext(measured)
    await gate.reached()
    await measured.aclose()
    gate.set()
    await turn.ended()
    await asyncio.gather(*api.state.house._observers.values())
    assert b'tau_turns_total{outcome="complete"} 1.0' in api.state.house.meters.exposition()


async def test_a_turn_that_is_watched_twice_is_counted_once(api: FastAPI, owner: Person) -> None:
    conversation = await owner.begin()
    asked = {"turn": "watched-twice"}
    await asyncio.gather(*(owner.say(conversation, "[[tokens 5]]", **asked) for _ in range(3)))
    assert b'tau_turns_total{outcome="complete"} 1.0' in api.state.house.meters.exposition()
