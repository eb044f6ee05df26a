"""Health and metrics."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace

import httpx
import pytest
from fastapi import FastAPI

import tau
from tau.app import App
from tau.errors import StoreUnavailable
from tau.models.scripted import gate

from ..conftest import Person

pytestmark = pytest.mark.anyio
ClientOf = Callable[..., httpx.AsyncClient]


async def test_status_tells_that_all_is_well(anonymous: httpx.AsyncClient) -> None:
    response = await anonymous.get("/status")
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["version"] == tau.__version__


async def test_status_tells_when_the_database_is_away(
    api: FastAPI, anonymous: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(api.state.app_state.database, "run", away)
    response = await anonymous.get("/status")
    assert response.status_code == 503
    assert response.json()["error"]["sentence"] == "The database does not answer."


async def test_status_tells_in_time_that_the_database_says_nothing(
    api: FastAPI, anonymous: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, thaw = 0, asyncio.Event()

    async def freeze(*_: object, **__: object) -> None:
        nonlocal asked
        asked += 1
        await thaw.wait()

    state = api.state.app_state
    monkeypatch.setattr(state.database_probe, "_seconds", 0.05)
    monkeypatch.setattr(state.database_probe, "_database", SimpleNamespace(run=freeze))
    for _ in range(3):
        response = await anonymous.get("/status")
        assert response.status_code == 503
        assert "isn't answering" in response.json()["error"]["sentence"]
    assert asked == 1, "no more is asked of a database that says nothing"
    thaw.set()
    assert (await anonymous.get("/status")).status_code == 200


async def test_status_sends_balancers_elsewhere_before_tau_ends(
    api: FastAPI, anonymous: httpx.AsyncClient
) -> None:
    api.state.app_state.draining.set()
    response = await anonymous.get("/status")
    assert (response.status_code, response.json()["status"]) == (503, "draining")


async def test_metrics_count_turns_and_requests_and_name_nobody(
    owner: Person, make_client: ClientOf
) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "[[say Something quiet]]")
    await owner.client.get("/nowhere/secret-path")
    text = (await make_client(peer="127.0.0.1").get("/metrics")).text
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
    owner: Person, guest: Person, anonymous: httpx.AsyncClient, make_client: ClientOf
) -> None:
    assert (await make_client(peer="::1").get("/metrics")).status_code == 200
    assert (await anonymous.get("/metrics")).status_code == 401
    assert (await guest.client.get("/metrics")).status_code == 403
    assert (await owner.client.get("/metrics")).status_code == 200
    through_a_proxy = make_client(peer="127.0.0.1")
    response = await through_a_proxy.get("/metrics", headers={"X-Forwarded-For": "192.0.2.9"})
    assert response.status_code == 401


async def test_a_turn_whose_watcher_left_is_measured_all_the_same(
    api: FastAPI, app: App, owner: Person
) -> None:
    life = await app.lives.open(owner.unlocked)
    turn = await app.companion.turn(life, None, "[[pause after 2]] [[tokens 4]]")
    measured_batches = api.state.app_state.metrics.turns.batches(turn)
    await anext(measured_batches)
    await gate.reached()
    await measured_batches.aclose()
    gate.set()
    await turn.ended()
    await api.state.app_state.metrics.turns.wait_until_idle()
    assert b'tau_turns_total{outcome="complete"} 1.0' in api.state.app_state.metrics.exposition()


async def test_a_turn_that_is_watched_twice_is_counted_once(api: FastAPI, owner: Person) -> None:
    conversation = await owner.begin()
    asked = {"turn": "watched-twice"}
    await asyncio.gather(*(owner.say(conversation, "[[tokens 5]]", **asked) for _ in range(3)))
    assert b'tau_turns_total{outcome="complete"} 1.0' in api.state.app_state.metrics.exposition()


async def test_metrics_count_every_end_of_a_turn_and_hold_nothing_of_it(owner: Person) -> None:
    conversation = await owner.begin(title="A secret title")
    for words in ("[[say a secret]]", "[[die after 2]] a secret", "[[nonsense]]"):
        await owner.say(conversation, words)
    begun = await owner.post(
        f"/api/conversations/{conversation}/turns", {"words": "[[pause after 1]] [[tokens 4]]"}
    )
    await gate.reached()
    assert "tau_live_turns 1.0" in (await owner.client.get("/metrics")).text
    await owner.client.post(f"/api/turns/{begun['turn']}/stop")
    await owner.client.get(f"/api/turns/{begun['turn']}/events")
    await owner.client.get("/api/search", params={"q": "a secret"})
    response = await owner.client.get("/metrics")
    assert response.headers["content-type"].startswith("text/plain")
    for line in (
        'tau_turns_total{outcome="complete"} 1.0',
        'tau_turns_total{outcome="failed"} 2.0',
        'tau_turns_total{outcome="stopped"} 1.0',
        "tau_turn_seconds_count 4.0",
        "tau_turn_first_token_seconds_count 3.0",
        "tau_live_turns 0.0",
    ):
        assert line in response.text, line
    told = (conversation, begun["turn"], begun["message"], owner.unlocked.person.id, owner.key)
    assert not [one for one in (*told, "secret") if one in response.text]


async def test_metrics_are_not_swollen_by_what_strangers_ask(
    owner: Person, anonymous: httpx.AsyncClient
) -> None:
    """Each new label is memory for good: addresses and methods of nobody's share one."""
    for number in range(5):
        await anonymous.get(f"/nowhere/{number}")
        await anonymous.request(f"WHAT{number}", "/nowhere")
        await anonymous.get("/status", headers={"Host": f"evil{number}.example"})
    text = (await owner.client.get("/metrics")).text
    requests = [line for line in text.splitlines() if line.startswith("tau_http_requests_total{")]
    assert {line.partition("}")[0] for line in requests} == {
        'tau_http_requests_total{method="other",route="other",status="404"',
        'tau_http_requests_total{method="other",route="other",status="400"',
    }


@pytest.mark.parametrize(
    ("peer", "status"),
    [("127.0.0.1", 200), ("127.8.8.8", 200), ("::1", 200), ("10.0.0.1", 401), ("a socket", 401)],
)
async def test_metrics_know_this_machine_by_its_numbers(
    make_client: ClientOf, peer: str, status: int
) -> None:
    assert (await make_client(peer=peer).get("/metrics")).status_code == status
