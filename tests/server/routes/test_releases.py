"""Models of the studio through the routes: who may ask them before and after their release."""

import json
from typing import Any

import pytest
from openai import AsyncOpenAI, NotFoundError

from tests.studio.desk import requests

from ..conftest import Person
from ..openai.made_evals import asking, make_eval, row, run_to_end
from .test_studio import PROJECTS, compared, frozen

pytestmark = pytest.mark.anyio
ASKED = [{"role": "user", "content": "where is my parcel"}]


async def chat(person: Person, model: str, **more: Any) -> tuple[int, dict[str, Any]]:
    asked = {"model": model, "messages": ASKED, **more}
    response = await person.client.post("/v1/chat/completions", json=asked)
    return response.status_code, response.json()


async def kept(person: Person) -> tuple[str, str]:
    """Return a project and the name of its classifier, kept."""
    project = await frozen(person)
    await compared(person, project, methods=["baseline", "classifier"])
    model = await person.post(f"{PROJECTS}/{project}/models", {"method": "classifier"})
    (finished,) = (await person.get(f"{PROJECTS}/{project}/comparisons"))["comparisons"]
    assert (model["comparison"], model["method"]) == (finished["id"], "classifier")
    return project, model["name"]


async def review_all(person: Person, project: str) -> dict[str, Any]:
    """Judge pairs of the classifier and the baseline blind, and return what is revealed."""
    begun = await person.post(
        f"{PROJECTS}/{project}/reviews", {"first": "classifier", "second": "baseline", "count": 12}
    )
    path = f"{PROJECTS}/{project}/reviews/{begun['id']}"
    expected = dict(requests(120))
    shown = begun
    while shown["next"] is not None:
        assert "classifier" not in json.dumps(shown)
        pair = shown["next"]
        assert [each["role"] for each in pair["example"]["messages"]] == ["system", "user"]
        right = expected[pair["example"]["messages"][-1]["content"]]
        choice = "left" if pair["left"] == right else "right"
        voted = {"example": pair["example"]["id"], "choice": choice}
        shown = await person.post(f"{path}/votes", voted)
    revealed: dict[str, Any] = (await person.post(f"{path}/reveal", {}))["revealed"]
    return revealed


async def test_from_a_comparison_to_a_release_and_back(owner: Person, guest: Person) -> None:
    project, model = await kept(owner)
    status, answer = await chat(owner, model, logprobs=True)
    assert (status, answer["model"]) == (200, model)
    assert answer["choices"][0]["message"]["content"] == "deliveries"
    assert answer["choices"][0]["logprobs"]["content"][0]["logprob"] <= 0
    assert (await chat(guest, model))[0] == 404
    used = await owner.client.put("/api/models/aliases/quick", json={"names": [model]})
    assert used.status_code == 400

    refused = await owner.client.post(
        f"{PROJECTS}/{project}/releases", json={"model": model, "alias": "desk"}
    )
    assert refused.status_code == 409
    assert "A person must judge" in refused.json()["error"]["sentence"]
    revealed = await review_all(owner, project)
    assert revealed["first"] == "classifier"
    assert revealed["preferred_first"] > revealed["preferred_second"]
    gate = await owner.post(f"{PROJECTS}/{project}/gate", {"model": model})
    assert gate["passed"], gate
    assert len(gate["conditions"]) == 8

    listed = await owner.post(f"{PROJECTS}/{project}/releases", {"model": model, "alias": "desk"})
    assert listed["aliases"][0]["sentence"] == f"{model} for everybody"
    assert (await chat(guest, "desk"))[1]["model"] == model
    assert (await chat(guest, model))[0] == 200
    assert "desk" in [each["id"] for each in (await guest.get("/v1/models"))["data"]]
    theirs = await guest.get("/api/studio/releases")
    assert theirs == {"releases": [], "aliases": []}

    card = await owner.get(f"{PROJECTS}/{project}/card", model=model)
    assert card["card"]["releases"][0]["standing"] == "live"
    assert "| classifier |" in card["markdown"]
    assert not [said for said, _ in requests(120) if said in json.dumps(card)]

    back = await owner.post("/api/studio/rollbacks", {"alias": "desk", "reason": "A try"})
    assert back["releases"][0]["standing"] == "rolled back"
    assert back["releases"][0]["reason"] == "A try"
    assert (await chat(guest, "desk"))[0] == 404
    assert (await chat(guest, model))[0] == 404
    assert (await chat(owner, model))[0] == 200


async def test_nobody_else_reaches_a_project_by_its_ids(owner: Person, guest: Person) -> None:
    project, model = await kept(owner)
    begun = await owner.post(
        f"{PROJECTS}/{project}/reviews", {"first": "classifier", "second": "baseline"}
    )
    paths = [
        ("GET", "models", None),
        ("POST", "models", {"method": "classifier"}),
        ("GET", f"gate?model={model}", None),
        ("POST", "gate", {"model": model}),
        ("GET", f"card?model={model}", None),
        ("GET", "releases", None),
        ("POST", "releases", {"model": model, "alias": "desk"}),
        ("PATCH", "releases/desk", {"model": model, "share": 10}),
        ("POST", "readings", {"model": model, "examples": ["x"]}),
        ("POST", "reviews", {"first": "classifier", "second": "baseline"}),
        ("GET", f"reviews/{begun['id']}", None),
        ("POST", f"reviews/{begun['id']}/votes", {"example": "x", "choice": "left"}),
        ("POST", f"reviews/{begun['id']}/reveal", {}),
    ]
    for method, path, body in paths:
        response = await guest.client.request(method, f"{PROJECTS}/{project}/{path}", json=body)
        assert response.status_code == 404, path
    assert (await guest.get("/api/studio/models"))["models"] == []
    response = await guest.client.post("/api/studio/rollbacks", json={"alias": "desk"})
    assert response.status_code == 404


async def test_an_eval_asks_a_model_of_ones_own_and_of_nobody_else(
    owner: Person, guest: Person, served: str
) -> None:
    _, model = await kept(owner)
    source = asking(row("where is my parcel", "deliveries"), model=model)
    async with AsyncOpenAI(api_key=owner.key, base_url=f"{served}/v1") as client:
        run = await run_to_end(client, (await make_eval(client)).id, source)
        assert (run.status, run.result_counts.passed) == ("completed", 1)
    async with AsyncOpenAI(api_key=guest.key, base_url=f"{served}/v1") as client:
        theirs = (await make_eval(client)).id
        with pytest.raises(NotFoundError):
            await client.evals.runs.create(theirs, data_source=source)


async def test_a_model_is_compared_and_can_be_deleted(owner: Person) -> None:
    project, model = await kept(owner)
    result = await compared(owner, project, tuned=[model], methods=["baseline", "tuned"])
    (tuned,) = [each for each in result["methods"] if each["kind"] == "tuned"]
    assert (tuned["name"], tuned["model"]) == (model, model)
    answers = await owner.get(f"{PROJECTS}/{project}/comparisons/{result['id']}/answers/{model}")
    assert len(answers["answers"]) == result["test_count"]
    assert (await owner.client.delete(f"/v1/models/{model}")).status_code == 200
    assert (await chat(owner, model))[0] == 404
    missing = await owner.client.post(f"{PROJECTS}/{project}/comparisons", json={"tuned": [model]})
    assert missing.status_code == 404


async def test_shares_of_an_alias_are_set_and_shown(owner: Person) -> None:
    path = "/api/models/aliases/quick"
    models = {"names": ["scripted", "smollm2-135m-instruct"], "shares": {"scripted": 10}}
    listed = (await owner.client.put(path, json=models)).json()
    assert listed["shares"] == {"quick": {"scripted": 10}}
    for bad in ({"scripted": 100}, {"nobody": 10}, {"scripted": 10, "smollm2-135m-instruct": 10}):
        response = await owner.client.put(path, json={**models, "shares": bad})
        assert response.status_code in (400, 422), bad
    assert (await owner.get("/api/models"))["shares"] == {"quick": {"scripted": 10}}
