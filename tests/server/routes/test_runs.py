"""Runs of training over HTTP, trained by a scripted program."""

import asyncio
import json
from typing import Any

import pytest

from tau.app import App
from tests.server.conftest import Person
from tests.studio.tuning.made_runs import HOLDING, SHORT, TuningDesk, at_step, put_base

pytestmark = pytest.mark.anyio


@pytest.fixture
async def tuning(app: App) -> TuningDesk:
    put_base(app.settings.models_path)
    return await TuningDesk.open(app)


async def started(owner: Person, tuning: TuningDesk, **asked: Any) -> dict[str, Any]:
    answer = await owner.client.post(f"/api/studio/projects/{tuning.project}/runs", json=asked)
    assert answer.status_code == 201, answer.text
    run: dict[str, Any] = answer.json()
    return run


def steps_of(seen: list[dict[str, Any]]) -> list[int]:
    return [each["step"] for one in seen for each in one["steps"]]


async def updates(owner: Person, run: str, after: int = 0) -> list[dict[str, Any]]:
    """Return the data of a run's events until the stream ends."""
    headers = {"Last-Event-ID": str(after)} if after else {}
    async with owner.client.stream(
        "GET", f"/api/studio/runs/{run}/events", headers=headers
    ) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        return [
            json.loads(line.removeprefix("data:"))
            async for line in stream.aiter_lines()
            if line.startswith("data:")
        ]


async def test_a_run_is_started_watched_and_shown(owner: Person, tuning: TuningDesk) -> None:
    planned = await owner.client.post(f"/api/studio/projects/{tuning.project}/runs/plan", json={})
    assert planned.json()["train_examples"] == 35
    run = await started(owner, tuning, suffix="desk", epochs=4)
    assert run["status"] == "queued"
    assert run["plan"]["epochs"] == 4
    assert run["plan"]["estimated_seconds"] > 0
    seen = await updates(owner, run["id"])
    last = seen[-1]
    assert last["run"]["status"] == "succeeded"
    assert steps_of(seen) == list(range(1, 13))
    assert await updates(owner, run["id"], last["id"]) == []
    half = next(each for each in seen if each["steps"])
    after = await updates(owner, run["id"], half["id"])
    later = [each for each in seen if each["id"] > half["id"]]
    assert steps_of(after) == steps_of(later)
    shown = (await owner.client.get(f"/api/studio/runs/{run['id']}")).json()
    assert len(shown["steps"]) == 12
    assert shown["best_step"] == 6
    (result,) = [each for each in shown["models"] if each["is_result"]]
    assert result["name"].startswith("ft:smollm2-135m-instruct:tau:desk:")
    checkpoint = shown["checkpoints"][0]
    assert (checkpoint["step"], checkpoint["passed"], checkpoint["graded"]) == (3, 3, 5)
    listed = (await owner.client.get("/api/studio/runs")).json()["runs"]
    assert [each["id"] for each in listed] == [run["id"]]
    of_project = await owner.client.get(f"/api/studio/projects/{tuning.project}/runs")
    assert of_project.json()["runs"] == listed


async def test_a_run_is_paused_resumed_and_cancelled(owner: Person, tuning: TuningDesk) -> None:
    tuning.script(HOLDING)
    run = (await started(owner, tuning))["id"]
    log = await tuning.app.studio.runs.open(tuning.owner, run)
    await tuning.until(log, at_step(5))
    assert (await owner.client.post(f"/api/studio/runs/{run}/resume")).status_code == 409
    assert (await owner.client.post(f"/api/studio/runs/{run}/pause")).json()["status"] == "paused"
    resumed = await owner.client.post(f"/api/studio/runs/{run}/resume")
    assert resumed.json()["status"] in {"queued", "running"}
    assert (await owner.client.post(f"/api/studio/runs/{run}/cancel")).json()[
        "status"
    ] == "cancelled"
    again = await owner.client.post(f"/api/studio/runs/{run}/cancel")
    assert again.status_code == 409
    assert "cancelled" in again.json()["error"]["sentence"]
    assert (await owner.client.delete(f"/api/studio/runs/{run}")).status_code == 204
    assert (await owner.client.get(f"/api/studio/runs/{run}")).status_code == 404


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ({"epochs": 10**9}, "epochs"),
        ({"epochs": 0}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate_multiplier": -1.0}, "learning_rate_multiplier"),
        ({"suffix": "Über/.."}, "suffix"),
        ({"base": "gpt-9"}, "gpt-9"),
    ],
)
async def test_absurd_numbers_are_refused(
    owner: Person, tuning: TuningDesk, asked: dict[str, Any], word: str
) -> None:
    answer = await owner.client.post(f"/api/studio/projects/{tuning.project}/runs", json=asked)
    assert answer.status_code in {400, 404}
    assert word in answer.json()["error"]["sentence"]
    assert (await owner.client.get("/api/studio/runs")).json()["runs"] == []


async def test_nobody_elses_run_is_there(owner: Person, guest: Person, tuning: TuningDesk) -> None:
    tuning.script(SHORT)
    run = (await started(owner, tuning))["id"]
    paths = [("GET", ""), ("GET", "/events"), ("POST", "/cancel"), ("DELETE", "")]
    answers = await asyncio.gather(
        *(guest.client.request(method, f"/api/studio/runs/{run}{path}") for method, path in paths)
    )
    assert [each.status_code for each in answers] == [404] * len(paths)
    assert (await guest.client.get("/api/studio/runs")).json() == {"runs": []}
