"""Usage and cost: what people see of their own, and the owner of everyone's."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI

from ..conftest import Person

pytestmark = pytest.mark.anyio
CHAT = "/v1/chat/completions"
PRICE = {"prompt": 2.0, "completion": 8.0, "cached": 0.5}


async def ask(person: Person, model: str = "scripted") -> None:
    body = {"model": model, "messages": [{"role": "user", "content": "[[say a secret word]]"}]}
    response = await person.client.post(CHAT, json=body)
    assert response.status_code == 200, response.text


def of_model(report: dict[str, Any], model: str = "scripted") -> list[dict[str, Any]]:
    return [item for item in report["items"] if item["model"] == model]


async def test_a_person_sees_their_own_and_the_owner_everyone_s(
    owner: Person, guest: Person
) -> None:
    await owner.client.put("/api/prices/scripted", json=PRICE)
    await ask(owner)
    await ask(guest)
    await ask(guest)
    mine = of_model(await guest.get("/api/usage"))
    assert [(item["requests"], item["person_name"]) for item in mine] == [(2, "Guest")]
    used = mine[0]
    expected = (used["prompt_tokens"] * 2.0 + used["completion_tokens"] * 8.0) / 1_000_000
    assert used["cost"] == pytest.approx(expected, abs=2e-6)
    refused = await guest.client.get("/api/usage", params={"whose": "everyone"})
    assert refused.status_code == 403
    everyone = of_model(await owner.get("/api/usage", whose="everyone"))
    assert {(item["person_name"], item["requests"]) for item in everyone} == {
        ("You", 1),
        ("Guest", 2),
    }
    today = datetime.now(UTC).date().isoformat()
    report = await owner.get("/api/usage", whose="everyone", since=today, until=today)
    assert report["total"]["requests"] >= 3
    assert [day["day"] for day in report["days"]] in ([today], [])  # midnight may have passed


async def test_an_unknown_price_is_no_cost_rather_than_none(owner: Person) -> None:
    await ask(owner)
    used = of_model(await owner.get("/api/usage"))[0]
    assert (used["cost"], used["unpriced"]) == (None, used["requests"])
    await owner.client.put("/api/prices/scripted", json=PRICE)
    await ask(owner)
    used = of_model(await owner.get("/api/usage"))[0]
    assert used["cost"] > 0
    assert used["unpriced"] == 1
    assert (await owner.get("/api/prices"))["prices"] == [{"model": "scripted", **PRICE}]
    assert (await owner.client.delete("/api/prices/scripted")).status_code == 204
    assert (await owner.get("/api/prices"))["prices"] == []


async def test_a_download_is_a_table_that_no_spreadsheet_runs(
    owner: Person, make_client: Any
) -> None:
    made = await owner.post("/api/keys", {"label": '=cmd|"x"'})
    body = {"model": "scripted", "messages": [{"role": "user", "content": "hello"}]}
    assert (await make_client(made["key"]).post(CHAT, json=body)).status_code == 200
    await ask(owner)
    answer = await owner.client.get("/api/usage.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "tau-usage-" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {
        (row["key"], row["requests"], row["cost"]) for row in rows if row["model"] == "scripted"
    } == {
        ('\'=cmd|"x"', "1", ""),
        ("", "1", ""),
    }
    assert "secret" not in answer.text


async def test_only_the_owner_sets_prices(owner: Person, guest: Person) -> None:
    for client in (guest.client,):
        assert (await client.put("/api/prices/scripted", json=PRICE)).status_code == 403
        assert (await client.delete("/api/prices/scripted")).status_code == 403
    bad = {"prompt": -1, "completion": 1}
    assert (await owner.client.put("/api/prices/scripted", json=bad)).status_code == 422
    for days in ({"since": "2026-02-02", "until": "2026-01-01"}, {"until": "0001-01-01"}):
        assert (await owner.client.get("/api/usage", params=days)).status_code == 400


async def test_metrics_count_tokens_without_naming_people(
    owner: Person, guest: Person, api: FastAPI
) -> None:
    await ask(guest)
    text = api.state.app_state.metrics.exposition().decode()
    lines = [line for line in text.splitlines() if line.startswith("tau_model_")]
    assert any('model="scripted"' in line and "tokens" in line for line in lines)
    assert guest.unlocked.person.id not in text
    assert "Guest" not in text
