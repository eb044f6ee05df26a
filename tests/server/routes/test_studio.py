"""The studio through its routes: from a file of examples to a verdict, and who may see what."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.studio.desk import as_lines, as_table, requests

from ..conftest import Person

pytestmark = pytest.mark.anyio
PROJECTS = "/api/studio/projects"


async def created(person: Person, name: str = "Desk") -> str:
    return str((await person.post(PROJECTS, {"name": name}))["id"])


async def added(
    person: Person, project: str, raw: bytes, name: str = "desk.jsonl", **about: Any
) -> dict[str, Any]:
    response = await person.client.post(
        f"{PROJECTS}/{project}/files", content=raw, params={"name": name, **about}
    )
    assert response.status_code == 201, response.text
    done: dict[str, Any] = response.json()
    return done


async def frozen(person: Person, count: int = 120) -> str:
    """Return a project with a frozen test."""
    project = await created(person)
    await added(person, project, as_lines(requests(count)))
    await person.post(f"{PROJECTS}/{project}/test", {})
    return project


async def compared(person: Person, project: str, **asked: Any) -> dict[str, Any]:
    """Return the result of a comparison, once it is there."""
    job = await person.post(f"{PROJECTS}/{project}/comparisons", asked)
    while True:
        listed = await person.get(f"{PROJECTS}/{project}/comparisons")
        (now,) = [each for each in listed["jobs"] if each["id"] == job["id"]]
        if now["state"] != "running":
            break
        await asyncio.sleep(0.01)
    assert now["state"] == "done", now
    result: dict[str, Any] = await person.get(
        f"{PROJECTS}/{project}/comparisons/{now['comparison']}"
    )
    assert now["sentence"] == result["verdict"]["sentence"]
    return result


async def test_from_a_file_to_a_verdict(owner: Person) -> None:
    project = await created(owner)
    raw = as_lines(requests(150)) + b'\n{"messages": []}\n'
    done = await added(owner, project, raw)
    assert (done["added"], done["known"]) == (150, 0)
    assert [each["line"] for each in done["source"]["problems"]] == [151]
    again = await added(owner, project, raw)
    assert (again["added"], again["known"]) == (0, 150)

    report = await owner.get(f"{PROJECTS}/{project}/check")
    assert report["counts"]["examples"] == 150
    assert "unreadable" in {each["kind"] for each in report["findings"]}
    assert not [each for each in report["findings"] if each["severity"] == "error"]

    shown = await owner.post(f"{PROJECTS}/{project}/test", {"count": 50})
    assert shown["test"] == 50
    assert shown["grader"]["type"] == "exact"
    result = await compared(owner, project)
    assert (result["train_count"], result["test_count"]) == (100, 50)
    by_kind = {each["kind"]: each for each in result["methods"]}
    assert by_kind["classifier"]["passed"]["value"] > 0.9
    assert result["verdict"]["kind"] == "classifier is enough"
    answers = await owner.get(f"{PROJECTS}/{project}/comparisons/{result['id']}/answers/classifier")
    assert len(answers["answers"]) == 50
    assert {each["expected"] for each in answers["answers"]} == {
        "refunds",
        "deliveries",
        "accounts",
    }


async def test_a_table_needs_its_columns(owner: Person) -> None:
    project = await created(owner)
    raw = as_table(requests(12))
    refused = await owner.client.post(
        f"{PROJECTS}/{project}/files", content=raw, params={"name": "desk.csv"}
    )
    assert refused.status_code == 400
    assert "message" in refused.text
    done = await added(
        owner, project, raw, "desk.csv", input="message", output="desk", instructions="Name it."
    )
    assert done["added"] == 12
    (first, *_) = (await owner.get(f"{PROJECTS}/{project}/examples"))["examples"]
    assert [each["role"] for each in first["messages"]] == ["system", "user", "assistant"]


async def test_the_columns_of_a_table_are_named_before_it_is_added(owner: Person) -> None:
    project = await created(owner)
    path = f"{PROJECTS}/{project}/columns"
    raw = as_table(requests(400))[:1000]  # the beginning is enough
    response = await owner.client.post(path, content=raw, params={"name": "desk.csv"})
    assert response.json() == {"columns": ["message", "desk"]}
    chats = await owner.client.post(path, content=as_lines(requests(2)))
    assert chats.json() == {"columns": []}
    refused = await owner.client.post(path, content=b"%PDF-1.7")
    assert refused.status_code == 400
    assert (await owner.get(f"{PROJECTS}/{project}"))["examples"] == 0


async def test_files_larger_than_other_requests_are_taken(owner: Person) -> None:
    project = await created(owner)
    raw = as_lines(requests(12)) + b"\n" * 9_000_000
    assert (await added(owner, project, raw))["added"] == 12


async def test_examples_are_found_by_id_source_and_words(owner: Person) -> None:
    project = await created(owner)
    first = await added(owner, project, as_lines(requests(30)[:20]), "a.jsonl")
    await added(owner, project, as_lines(requests(30)[20:]), "b.jsonl")
    path = f"{PROJECTS}/{project}/examples"
    whole = (await owner.get(path, limit=200))["examples"]
    ids = [whole[7]["id"], whole[3]["id"]]
    page = await owner.get(path, id=ids)
    assert [each["id"] for each in page["examples"]] == ids[::-1]
    of_first = await owner.get(path, source=first["source"]["id"], limit=200)
    assert of_first["examples"] == whole[:20]
    said = [each["id"] for each in whole if "tracking" in each["messages"][1]["content"]]
    found = (await owner.get(path, q=" TRACKing", limit=200))["examples"]
    assert [each["id"] for each in found] == said
    assert said


async def test_a_test_is_frozen_once_and_not_changed(owner: Person) -> None:
    project = await frozen(owner)
    tested = (await owner.get(f"{PROJECTS}/{project}/examples", only="test"))["examples"]
    again = await owner.client.post(f"{PROJECTS}/{project}/test", json={})
    assert again.status_code == 409
    new = {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}
    path = f"{PROJECTS}/{project}/examples"
    assert (await owner.client.patch(f"{path}/{tested[0]['id']}", json=new)).status_code == 409
    left_out = {"examples": [tested[0]["id"]], "decision": "leave out"}
    refused = await owner.client.post(f"{PROJECTS}/{project}/decisions", json=left_out)
    assert refused.status_code == 409


async def test_a_file_may_be_the_test_unless_it_leaks(owner: Person) -> None:
    project = await created(owner)
    await added(owner, project, as_lines(requests(60)[:40]), "train.jsonl")
    leaking = await added(owner, project, as_lines(requests(60)[35:]), "test.jsonl")
    asked = {"source": leaking["source"]["id"]}
    refused = await owner.client.post(f"{PROJECTS}/{project}/test", json=asked)
    assert refused.status_code == 400
    assert "shares 5 of its 25 inputs" in refused.text
    clean = await added(owner, project, as_lines(requests(60)[40:]), "clean.jsonl")
    examples = (await owner.get(f"{PROJECTS}/{project}/examples", limit=200))["examples"]
    mixed = [each["id"] for each in examples if each["source"] == leaking["source"]["id"]]
    await owner.post(
        f"{PROJECTS}/{project}/decisions", {"examples": mixed, "decision": "leave out"}
    )
    shown = await owner.post(f"{PROJECTS}/{project}/test", {"source": clean["source"]["id"]})
    assert (shown["test"], shown["left_out"]) == (20, 25)


async def test_an_example_is_changed_or_withdrawn(owner: Person) -> None:
    project = await frozen(owner)
    result = await compared(owner, project, methods=["baseline", "classifier"])
    learned = (await owner.get(f"{PROJECTS}/{project}/examples", only="train"))["examples"]
    tested = (await owner.get(f"{PROJECTS}/{project}/examples", only="test"))["examples"]
    new = {"messages": [{"role": "user", "content": "x"}, {"role": "assistant", "content": "y"}]}
    path = f"{PROJECTS}/{project}/examples/{learned[0]['id']}"
    changed = await owner.client.patch(path, json=new)
    assert changed.json()["messages"][1]["content"] == "y"
    gone = [learned[1]["id"], tested[0]["id"]]
    shown = await owner.post(f"{PROJECTS}/{project}/withdrawals", {"examples": gone})
    assert shown["examples"] == 118
    marked = await owner.get(f"{PROJECTS}/{project}/comparisons/{result['id']}")
    assert sorted(marked["withdrawn"]) == sorted(gone)
    again = await owner.client.post(f"{PROJECTS}/{project}/withdrawals", json={"examples": gone})
    assert again.status_code == 404


async def test_a_grader_is_checked_before_it_is_chosen(owner: Person) -> None:
    project = await frozen(owner)
    bad = {"grader": {"type": "string_check", "name": "x", "input": "{{sample.nothing}}"}}
    refused = await owner.client.put(f"{PROJECTS}/{project}/grader", json=bad)
    assert refused.status_code == 400
    good = {
        "type": "string_check",
        "name": "same",
        "input": "{{sample.output_text}}",
        "reference": "{{item.answer}}",
        "operation": "eq",
    }
    response = await owner.client.put(f"{PROJECTS}/{project}/grader", json={"grader": good})
    assert response.json()["grader"]["type"] == "string_check"
    result = await compared(owner, project, methods=["classifier"])
    assert result["methods"][0]["passed"]["value"] > 0.8


async def test_nothing_is_compared_without_a_test(owner: Person) -> None:
    project = await created(owner)
    refused = await owner.client.post(f"{PROJECTS}/{project}/comparisons", json={})
    assert refused.status_code == 409
    await added(owner, project, as_lines(requests(5)))
    few = await owner.client.post(f"{PROJECTS}/{project}/test", json={})
    assert few.status_code == 400


async def test_a_comparison_is_stopped(owner: Person) -> None:
    project = await created(owner)
    hanging = [(f"{words} [[hang]]", desk) for words, desk in requests(60)]
    await added(owner, project, as_lines(hanging))
    await owner.post(f"{PROJECTS}/{project}/test", {})
    job = await owner.post(f"{PROJECTS}/{project}/comparisons", {"methods": ["prompt"]})
    busy = await owner.client.post(f"{PROJECTS}/{project}/comparisons", json={})
    assert busy.status_code == 409
    path = f"{PROJECTS}/{project}/comparisons/{job['id']}"
    stopped: httpx.Response = await owner.client.delete(path)
    assert stopped.json()["state"] == "stopped"
    assert (await owner.get(f"{PROJECTS}/{project}/comparisons"))["comparisons"] == []
    assert (await owner.client.delete(path)).status_code == 409


@pytest.mark.parametrize("only", ["all", "train", "test", "left out"])
async def test_pages_of_examples_are_all_of_them_once(owner: Person, only: str) -> None:
    project = await frozen(owner, 60)
    path = f"{PROJECTS}/{project}/examples"
    train = (await owner.get(path, only="train", limit=200))["examples"]
    out = [each["id"] for each in train[:7]]
    await owner.post(f"{PROJECTS}/{project}/decisions", {"examples": out, "decision": "leave out"})
    whole = await owner.get(path, only=only, limit=200)
    assert whole["next"] is None
    found, after = [], None
    while True:
        page = await owner.get(path, only=only, limit=3, **({"after": after} if after else {}))
        assert page["total"] == whole["total"]
        assert len(page["examples"]) <= 3
        found += page["examples"]
        after = page["next"]
        if after is None:
            break
    assert found == whole["examples"]
    for each in found:
        assert each["in_test"] is (only == "test") or only == "all"
        assert (each["decision"] == "leave out") is (each["id"] in out)
    assert {"all": 60, "left out": 7}.get(only, len(found)) == len(found) == whole["total"]


async def test_what_cannot_be_asked_is_refused(owner: Person) -> None:
    project = await frozen(owner, 60)
    path = f"{PROJECTS}/{project}"
    refused: list[tuple[str, str, dict[str, Any] | None, int]] = [
        ("GET", "/examples?only=some", None, 422),
        ("GET", "/examples?limit=0", None, 422),
        ("GET", "/examples?after=nothing", None, 404),
        ("PATCH", "/examples/nothing", {"messages": []}, 422),
        ("POST", "/decisions", {"examples": [], "decision": "keep"}, 422),
        ("POST", "/decisions", {"examples": ["nothing"], "decision": "keep"}, 404),
        ("POST", "/withdrawals", {"examples": ["nothing"]}, 404),
        ("POST", "/comparisons", {"methods": ["magic"]}, 422),
        ("POST", "/comparisons", {"model": "no-such-model"}, 404),
        ("GET", "/comparisons/nothing", None, 404),
        ("DELETE", "/comparisons/nothing", None, 404),
        ("GET", "/comparisons/nothing/answers/prompt", None, 404),
    ]
    for method, where, body, status in refused:
        response = await owner.client.request(method, path + where, json=body)
        assert response.status_code == status, (method, where, response.text)
    assert (await owner.get(path))["examples"] == 60


async def test_nobody_else_sees_a_project(owner: Person, guest: Person) -> None:
    project = await frozen(owner)
    result = await compared(owner, project, methods=["baseline"])
    example = (await owner.get(f"{PROJECTS}/{project}/examples"))["examples"][0]["id"]
    ids = {"examples": [example]}
    answers = f"{PROJECTS}/{project}/comparisons/{result['id']}/answers/baseline"
    for method, path, body in [
        ("GET", f"{PROJECTS}/{project}", None),
        ("PATCH", f"{PROJECTS}/{project}", {"name": "Mine"}),
        ("DELETE", f"{PROJECTS}/{project}", None),
        ("GET", f"{PROJECTS}/{project}/examples", None),
        ("GET", f"{PROJECTS}/{project}/check", None),
        ("POST", f"{PROJECTS}/{project}/files", None),
        ("POST", f"{PROJECTS}/{project}/columns", None),
        ("POST", f"{PROJECTS}/{project}/withdrawals", ids),
        ("POST", f"{PROJECTS}/{project}/decisions", {**ids, "decision": "keep"}),
        ("POST", f"{PROJECTS}/{project}/test", {}),
        ("PUT", f"{PROJECTS}/{project}/grader", {"grader": {"type": "exact", "name": "x"}}),
        ("POST", f"{PROJECTS}/{project}/comparisons", {}),
        ("GET", f"{PROJECTS}/{project}/comparisons", None),
        ("GET", f"{PROJECTS}/{project}/comparisons/{result['id']}", None),
        ("GET", answers, None),
    ]:
        response = await guest.client.request(method, path, json=body)
        assert response.status_code == 404, (method, path, response.text)
    assert (await guest.get(PROJECTS))["projects"] == []
    assert (await owner.get(answers))["answers"]
