"""Artifacts over HTTP: versions, undo, conflicts, search, forgetting, and none of care's."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.conftest import Person

pytestmark = pytest.mark.anyio

ONE, TWO, THREE = '{"text": "cold rooms"}', '{"text": "warm rooms"}', '{"text": "new boiler"}'


async def created(person: Person, content: str = ONE, **more: Any) -> dict[str, Any]:
    body = {"type": "document", "content": content, "title": "Heating", **more}
    made: dict[str, Any] = await person.post("/api/artifacts", body)
    return made


async def revised(person: Person, made: dict[str, Any], content: str) -> dict[str, Any]:
    path = f"/api/artifacts/{made['artifact']['id']}"
    body = {"after": made["version"]["id"], "content": content}
    again: dict[str, Any] = await person.post(f"{path}/versions", body)
    return again


async def undone(person: Person, made: dict[str, Any], **more: Any) -> dict[str, Any]:
    path = f"/api/artifacts/{made['artifact']['id']}/undo"
    again: dict[str, Any] = await person.post(path, {"after": made["version"]["id"], **more})
    return again


async def test_every_version_stays_and_undo_goes_back_one_by_one(owner: Person) -> None:
    made = await created(owner, expert="writing")
    for content in (TWO, THREE):
        made = await revised(owner, made, content)
    third = made["version"]["id"]
    for content in (TWO, ONE):
        made = await undone(owner, made)
        assert made["content"] == content
    path = f"/api/artifacts/{made['artifact']['id']}"
    first = await owner.client.post(f"{path}/undo", json={"after": made["version"]["id"]})
    assert first.status_code == 400
    again = await undone(owner, made, version=third)
    assert again["content"] == THREE
    assert (await undone(owner, again))["content"] == ONE
    versions = (await owner.get(f"{path}/versions"))["versions"]
    causes = ["created", "edited", "edited", "undone", "undone", "restored", "undone"]
    assert [each["cause"] for each in versions] == causes
    assert (await owner.get(path, version=third))["content"] == THREE


async def test_of_two_devices_the_slower_one_is_refused_and_nothing_is_lost(owner: Person) -> None:
    made = await created(owner)
    await revised(owner, made, TWO)
    path = f"/api/artifacts/{made['artifact']['id']}"
    late = {"after": made["version"]["id"], "content": THREE}
    assert (await owner.client.post(f"{path}/versions", json=late)).status_code == 409
    assert (await owner.client.post(f"{path}/undo", json=late)).status_code == 409
    assert (await owner.get(path))["content"] == TWO


async def test_they_are_named_archived_listed_and_found(owner: Person) -> None:
    conversation = await owner.begin()
    made = await created(owner, conversation=conversation, expert="writing")
    plan = await owner.post("/api/artifacts", {"type": "plan", "content": '{"rooms": ["kitchen"]}'})
    path = f"/api/artifacts/{made['artifact']['id']}"
    named = await owner.client.patch(path, json={"title": "To the landlord"})
    assert named.json()["artifact"]["title"] == "To the landlord"
    for query in ({"expert": "writing"}, {"conversation": conversation}):
        (one,) = (await owner.get("/api/artifacts", **query))["artifacts"]
        assert one["id"] == made["artifact"]["id"]
    found = (await owner.get("/api/search", q="kitchen"))["artifacts"]
    assert [each["id"] for each in found] == [plan["artifact"]["id"]]
    await owner.client.patch(path, json={"archived": True})
    for archived, name in ((False, plan), (True, made)):
        (one,) = (await owner.get("/api/artifacts", archived=archived))["artifacts"]
        assert one["id"] == name["artifact"]["id"]
    (last,) = (await owner.get("/api/experts/writing"))["artifacts"]
    assert last["title"] == "To the landlord"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"content": "no json"}, 400),
        ({"content": "[" * 100_000}, 400),
        ({"content": '"' + "x" * 2_000_001 + '"'}, 422),
        ({"expert": "care"}, 400),
        ({"expert": "nobody"}, 404),
        ({"conversation": "nowhere"}, 404),
        ({"type": "song"}, 422),
    ],
)
async def test_what_cannot_be_kept_is_refused(owner: Person, body: Any, status: int) -> None:
    asked = {"type": "document", "content": ONE, **body}
    assert (await owner.client.post("/api/artifacts", json=asked)).status_code == status


async def test_nothing_of_a_private_conversation_is_kept(owner: Person) -> None:
    private = await owner.begin(private=True)
    asked = {"type": "document", "content": ONE, "conversation": private}
    assert (await owner.client.post("/api/artifacts", json=asked)).status_code == 400


async def test_forms_of_care_are_not_among_them(owner: Person) -> None:
    form = await owner.post(
        "/api/experts/care/forms", {"exercise": "gratitude", "values": {"why": "a secret"}}
    )
    name = form["form"]["id"]
    assert (await owner.get("/api/artifacts"))["artifacts"] == []
    assert (await owner.get("/api/search", q="secret"))["artifacts"] == []
    made = await created(owner, '{"text": "No secret here"}')
    (found,) = (await owner.get("/api/search", q="a secret: why gratitude", limit=1))["artifacts"]
    assert found["id"] == made["artifact"]["id"], "a form that fits better takes no place"
    await owner.client.delete(f"/api/artifacts/{found['id']}")
    assert (await owner.get("/api/experts/care"))["artifacts"] == []
    for method in ("get", "delete"):
        response = await getattr(owner.client, method)(f"/api/artifacts/{name}")
        assert response.status_code == 404


async def test_forgetting_lists_what_repeats_it_and_erases_what_is_chosen(owner: Person) -> None:
    conversation = await owner.begin()
    said = await owner.say(conversation, "My landlord Quokkabert is rude.")
    made = await created(owner, '{"text": "Dear Mr Quokkabert"}')
    await revised(owner, made, '{"text": "Dear Sir"}')
    other = await created(owner, '{"text": "roses"}')
    message = said[0]["message"]
    preview = await owner.post("/api/memory/forget", {"messages": [message], "dry_run": True})
    assert preview["artifacts"] == 1
    listed = [each for each in preview["preview"] if each["what"] == "artifact"]
    assert [each["id"] for each in listed] == [made["artifact"]["id"]]
    chosen = {"messages": [message], "artifacts": [made["artifact"]["id"]]}
    await owner.post("/api/memory/forget", chosen)
    (left,) = (await owner.get("/api/artifacts"))["artifacts"]
    assert left["id"] == other["artifact"]["id"]
    gone = await owner.client.delete(f"/api/artifacts/{left['id']}")
    assert gone.status_code == 200
    assert (await owner.get("/api/artifacts"))["artifacts"] == []
    assert "Quokkabert" not in (await owner.client.get("/api/export")).text


async def test_a_period_takes_what_was_made_in_it(owner: Person) -> None:
    await created(owner)
    await owner.post("/api/memory/forget", {"since": 0})
    assert (await owner.get("/api/artifacts"))["artifacts"] == []


@given(st.lists(st.sampled_from([ONE, TWO, THREE, "undo"]), max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_undo_is_as_if_the_last_change_had_not_been(owner: Person, steps: list[str]) -> None:
    made, stack = await created(owner), [ONE]
    for step in steps:
        if step != "undo":
            made = await revised(owner, made, step)
            stack += [step] if step != stack[-1] else []
        elif len(stack) > 1:
            stack.pop()
            made = await undone(owner, made)
        assert made["content"] == stack[-1]
