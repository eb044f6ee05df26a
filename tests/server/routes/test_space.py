"""Exercises and forms in the API: both languages, no model, and nothing that was written lost."""

import pytest
from fastapi import FastAPI

from tau.app import App
from tests.companion.test_care_step import ListeningChat, use_model
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
CARE = "/api/experts/care"
SECRET = "Zanzibarine"


async def _start(person: Person, exercise: str = "gratitude", **values: object) -> dict:  # type: ignore[type-arg]
    saved = await person.post(f"{CARE}/forms", {"exercise": exercise, "values": values})
    return dict(saved["form"])


async def test_exercises_are_listed_in_a_language(owner: Person) -> None:
    english = (await owner.get(f"{CARE}/exercises"))["exercises"]
    chinese = (await owner.get(f"{CARE}/exercises", language="zh"))["exercises"]
    assert [each["name"] for each in english] == [each["name"] for each in chinese]
    assert english[1]["title"] == "Box breathing"
    assert chinese[1]["title"] == "方块呼吸"
    assert [phase["seconds"] for phase in english[1]["phases"]] == [4, 4, 4, 4]
    assert english[0]["fields"][0]["label"] == "5 things you can see"


async def test_a_form_is_kept_as_it_is_typed(owner: Person) -> None:
    form = await _start(owner, good=["tea"])
    path = f"{CARE}/forms/{form['id']}"
    values = {"good": ["tea", "a walk"], "why": SECRET}
    saved = await owner.client.put(path, json={"version": form["version"], "values": values})
    assert saved.status_code == 200
    again = await owner.get(path)
    assert again["values"] == values
    assert again["version"] == saved.json()["form"]["version"] != form["version"]
    (listed,) = (await owner.get(f"{CARE}/forms"))["forms"]
    assert listed["exercise"] == "gratitude"
    assert SECRET not in str(listed)


async def test_two_devices_lose_nothing(owner: Person) -> None:
    form = await _start(owner, good=["tea"])
    path = f"{CARE}/forms/{form['id']}"
    first = {"version": form["version"], "values": {"good": ["tea", "one"]}}
    assert (await owner.client.put(path, json=first)).status_code == 200
    assert (await owner.client.put(path, json=first)).status_code == 200  # sent again
    second = {"version": form["version"], "values": {"good": ["tea", SECRET]}}
    refused = await owner.client.put(path, json=second)
    assert refused.status_code == 409
    assert SECRET not in refused.text
    assert (await owner.get(path))["values"] == first["values"]


async def test_a_form_is_forgotten_in_every_version(owner: Person, api: FastAPI) -> None:
    form = await _start(owner, why=f"{SECRET} first")
    path = f"{CARE}/forms/{form['id']}"
    body = {"version": form["version"], "values": {"why": "second"}}
    await owner.client.put(path, json=body)
    assert (await owner.client.delete(path)).status_code == 200
    assert (await owner.client.get(path)).status_code == 404
    life = await api.state.app_state.lives.open(owner.unlocked)
    entries = [record async for record in life.read()]
    assert not any(SECRET.encode() in getattr(record, "raw", b"") for record in entries)


async def test_danger_in_a_form_names_help(owner: Person) -> None:
    values = {"situation": "A long day", "thought": "I want to kill myself", "now": "tired"}
    saved = await owner.post(f"{CARE}/forms", {"exercise": "thought_record", "values": values})
    assert saved["help"]["kind"] == "suicide"
    assert saved["form"]["values"] == values


async def test_what_does_not_fit_is_refused_without_repeating_it(owner: Person) -> None:
    for body in (
        {"exercise": "gratitude", "values": {SECRET: "x"}},
        {"exercise": "gratitude", "values": {"good": SECRET}},
        {"exercise": SECRET},
        {"exercise": "gratitude", "values": {"good": {"x": SECRET}}},
    ):
        refused = await owner.client.post(f"{CARE}/forms", json=body)
        assert refused.status_code in {400, 404, 422}
        assert SECRET not in refused.text


async def test_the_safety_plan_is_the_one_changed_last(owner: Person) -> None:
    assert (await owner.get(f"{CARE}/safety-plan"))["form"] is None
    older = await _start(owner, "safety_plan", signs=["no sleep"])
    await _start(owner, "safety_plan")  # opened and left
    assert (await owner.get(f"{CARE}/safety-plan"))["form"]["id"] == older["id"]
    newer = await _start(owner, "safety_plan", signs=["not eating"])
    assert (await owner.get(f"{CARE}/safety-plan"))["form"]["id"] == newer["id"]


async def test_activities_become_plans_only_on_request(owner: Person) -> None:
    rows = [{"activity": "Walk by the river", "day": "2027-05-02", "time": "09:30"}]
    asked = {"exercise": "activity_plan", "values": {}, "rows": rows}
    form = (await owner.post(f"{CARE}/forms", asked))["form"]
    assert (await owner.get("/api/memory/facts", state="all"))["facts"] == []
    assert (await owner.post(f"{CARE}/forms/{form['id']}/plans"))["plans"] == 1
    (plan,) = (await owner.get("/api/memory/facts"))["facts"]
    assert (plan["topic"], plan["text"]) == ("plan", "Walk by the river")
    assert plan["due"] is not None
    undated = await _start(owner, "gratitude", why="x")
    refused = await owner.client.post(f"{CARE}/forms/{undated['id']}/plans")
    assert refused.status_code == 400


async def test_nothing_of_a_form_is_found_outside_of_care(owner: Person) -> None:
    await _start(owner, why=f"{SECRET} and the heron")
    for path in ("/api/search?q=Zanzibarine", "/api/conversations", "/api/memory/timeline"):
        assert SECRET not in (await owner.client.get(path)).text


async def test_exports_have_it_only_if_it_is_ticked(owner: Person) -> None:
    await _start(owner, why=f"{SECRET} in a form")
    await owner.post(f"{CARE}/checkins", {"mood": 2, "words": f"{SECRET} in a check-in"})
    await owner.post(f"{CARE}/questionnaires", {"name": "gad-7", "answers": [1] * 7})
    for form in ("jsonl", "markdown", "pam"):
        left = await owner.client.get("/api/export", params={"format": form})
        assert left.status_code == 200
        assert SECRET not in left.text
        assert "gad-7" not in left.text
    whole = (await owner.client.get("/api/export", params={"with_care": "true"})).text
    assert f"{SECRET} in a form" in whole
    assert f"{SECRET} in a check-in" in whole
    assert "gad-7" in whole


async def test_what_is_noted_in_care_is_in_no_prompt(app: App, owner: Person) -> None:
    model = ListeningChat()
    use_model(app, model)
    await _start(owner, why=f"{SECRET} by the heron pond")
    await owner.post(f"{CARE}/checkins", {"mood": 2, "words": f"{SECRET} at the heron pond"})
    asked = "What did I write about the heron pond? [[say Nothing.]]"
    for expert in ("talk", "writing", "sketch", "care"):
        await owner.say(await owner.begin(), asked, expert=expert)
    assert len(model.bodies) == 4
    assert SECRET not in str(model.bodies)
