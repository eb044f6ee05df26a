"""Facts: listed, corrected, approved, rejected and shown with replies."""

import asyncio
import time
from typing import Any

import pytest

from ..conftest import Person
from .known import FACTS, learn, life_of, listed, note

pytestmark = pytest.mark.anyio


async def test_a_fact_tells_where_it_comes_from(owner: Person, api: Any) -> None:
    said = await note(owner, "Zanzibar is where I live")
    life = await life_of(owner, api)
    name = await learn(life, "Lives in Zanzibar", said)
    detail = await owner.get(f"{FACTS}/{name}")
    assert detail["fact"]["sources"] == [said]
    (source,) = detail["sources"]
    assert (source["text"], source["by"]) == ("Zanzibar is where I live", "person")
    assert source["at"] == pytest.approx(time.time(), abs=60)
    assert [claim["by"] for claim in detail["claims"]] == ["rules"]
    assert [fact["id"] for fact in detail["history"]] == [name]
    (page,) = (await owner.get(FACTS, message=said))["facts"]
    assert page == detail["fact"]


async def test_facts_are_listed_page_by_page(owner: Person, api: Any) -> None:
    life = await life_of(owner, api)
    for number in range(5):
        await learn(life, f"Fact {number}", topic="other", at=1_000.0 + number)
    assert await listed(owner) == [f"Fact {number}" for number in (4, 3, 2, 1, 0)]
    first = await owner.get(FACTS, limit=2)
    second = await owner.get(FACTS, limit=2, after=first["next"])
    third = await owner.get(FACTS, limit=2, after=second["next"])
    pages = [fact["text"] for page in (first, second, third) for fact in page["facts"]]
    assert pages == [f"Fact {number}" for number in (4, 3, 2, 1, 0)]
    assert third["next"] is None
    assert (await owner.client.get(FACTS, params={"after": "nowhere"})).status_code == 404
    assert await listed(owner, q="fact 3") == ["Fact 3", "Fact 4", "Fact 2", "Fact 1", "Fact 0"]
    assert await listed(owner, topic="pet") == []
    assert (await owner.client.get(FACTS, params={"topic": "sausage"})).status_code == 422


async def test_a_correction_in_two_tabs(owner: Person, api: Any) -> None:
    life = await life_of(owner, api)
    name = await learn(life, "Lives in Porto", slot="home")
    seen = (await owner.get(f"{FACTS}/{name}"))["fact"]["revision"]
    answers = await asyncio.gather(
        *(
            owner.client.post(f"{FACTS}/{name}/correct", json={"text": text, "revision": seen})
            for text in ("Lives in Lisbon", "Lives in Braga")
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    late = next(answer for answer in answers if answer.status_code == 409)
    assert late.json()["error"] == {
        "code": "conflict",
        "sentence": "This memory was changed elsewhere in the meantime; "
        "look at it again, then decide.",
    }
    won = next(answer for answer in answers if answer.status_code == 200).json()
    assert won["corrects"] == name
    assert await listed(owner) == [won["text"]]
    assert await listed(owner, state="past") == ["Lives in Porto"]
    undone = await owner.post(f"{FACTS}/{won['id']}/undo")
    assert undone["fact"]["id"] == name
    assert await listed(owner) == ["Lives in Porto"]
    nothing = await owner.client.post(f"{FACTS}/{name}/undo")
    assert nothing.status_code == 400


async def test_what_waits_is_approved_or_rejected_in_one_step(owner: Person, api: Any) -> None:
    life = await life_of(owner, api)
    names = [
        await learn(life, f"Read book {number}", topic="other", trust="waiting", by="import")
        for number in range(3)
    ]
    assert (await owner.get("/api/memory/learning"))["waiting"] == 3
    wrong = await owner.client.post(f"{FACTS}/approve", json={"ids": [names[0], "nobody's"]})
    assert wrong.status_code == 404
    approved = await owner.post(f"{FACTS}/approve", {"ids": names[:2]})
    assert [fact["state"] for fact in approved["facts"]] == ["current"] * 2
    rejected = await owner.post(f"{FACTS}/reject", {"ids": names[2:]})
    assert [fact["state"] for fact in rejected["facts"]] == ["rejected"]
    assert (await owner.get("/api/memory/learning"))["waiting"] == 0
    confirmed = await owner.post(f"{FACTS}/{names[2]}/confirm")
    assert (confirmed["state"], confirmed["confirmed"]) == ("current", True)
    assert (await owner.post(f"{FACTS}/{names[0]}/reject", {}))["state"] == "rejected"
    assert await listed(owner, state="rejected") == ["Read book 0"]


async def test_nothing_is_anybody_elses(owner: Person, guest: Person, api: Any) -> None:
    name = await learn(await life_of(owner, api), "Lives in Porto")
    assert await listed(guest, state="all") == []
    for method, path in (
        ("GET", f"{FACTS}/{name}"),
        ("DELETE", f"{FACTS}/{name}"),
        ("POST", f"{FACTS}/{name}/confirm"),
        ("POST", f"{FACTS}/{name}/reject"),
        ("POST", f"{FACTS}/{name}/undo"),
    ):
        assert (await guest.client.request(method, path)).status_code == 404, path
    for path, body in (
        (f"{FACTS}/{name}/correct", {"text": "x"}),
        (f"{FACTS}/approve", {"ids": [name]}),
        (f"{FACTS}/reject", {"ids": [name]}),
        ("/api/memory/forget", {"facts": [name]}),
    ):
        assert (await guest.client.post(path, json=body)).status_code == 404, path
    assert await listed(owner) == ["Lives in Porto"]


async def test_nobody_gets_nothing(anonymous: Any) -> None:
    for path in (FACTS, "/api/memory/profile", "/api/memory/timeline", "/api/memory/learning"):
        assert (await anonymous.get(path)).status_code == 401


async def test_a_reply_tells_what_is_known_by_the_messages_it_was_made_of(
    owner: Person, api: Any
) -> None:
    said = await note(owner, "My sister Ada keeps bees in Lund")
    life = await life_of(owner, api)
    name = await learn(life, "Ada keeps bees in Lund", said)
    over = await learn(life, "Ada is on holiday", said, topic="event", valid_to=1.0)
    waits = await learn(life, "Ada wants money", said, topic="other", trust="waiting")
    await learn(life, "Lives in Zanzibar", await note(owner, "Zanzibar is where I live"))
    conversation = await owner.begin()
    await owner.say(conversation, "[[say Lund]] Where does my sister Ada keep bees?")
    path = f"/api/conversations/{conversation}/messages"
    words, reply = (await owner.get(path))["messages"]
    assert said in [one["message"] for one in reply["recalled"]]
    assert words["facts"] == []
    fact = next(one for one in reply["facts"] if one["id"] == name)
    assert (fact["text"], fact["state"]) == ("Ada keeps bees in Lund", "current")
    assert not {over, waits} & {one["id"] for one in reply["facts"]}
    assert (await owner.get(f"/api/messages/{reply['id']}"))["facts"] == reply["facts"]
    rejected = await owner.client.post(
        f"{FACTS}/{name}/reject", json={"revision": fact["revision"]}
    )
    assert rejected.json()["state"] == "rejected"
    reply = (await owner.get(path))["messages"][-1]
    assert name not in [one["id"] for one in reply["facts"]]


async def test_in_private_a_reply_tells_what_is_known_too(owner: Person, api: Any) -> None:
    said = await note(owner, "My sister Ada keeps bees in Lund")
    name = await learn(await life_of(owner, api), "Ada keeps bees in Lund", said)
    conversation = await owner.begin(private=True)
    await owner.say(conversation, "[[say Lund]] Where does my sister Ada keep bees?")
    reply = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"][-1]
    assert name in [one["id"] for one in reply["facts"]]
