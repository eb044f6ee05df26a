"""What is known of a person, over the API: looked at, set right, approved, forgotten."""

import asyncio
import time
from typing import Any

import msgspec
import pytest

from tau.ids import new_id
from tau.journal.entries import Claim, ClaimLearned, FileImported, MessageAdded
from tau.life.life import Life

from ..conftest import Person

pytestmark = pytest.mark.anyio
FACTS = "/api/memory/facts"


async def life_of(person: Person, api: Any) -> Life:
    life: Life = await api.state.app_state.lives.open(person.unlocked)
    return life


async def learn(life: Life, text: str, *sources: str, **more: Any) -> str:
    claim = Claim(
        topic=more.pop("topic", "home"),
        text=text,
        slot=more.pop("slot", ""),
        value=text.lower(),
        due=more.pop("due", None),
        valid_to=more.pop("valid_to", None),
    )
    parts = {"at": time.time(), "id": new_id(), "claim": claim, "sources": sources}
    learned = ClaimLearned(**(parts | more))
    await life._journal.append(learned)
    return learned.id


async def note(person: Person, text: str, conversation: str | None = None) -> str:
    where = conversation or await person.begin()
    noted = await person.post(f"/api/conversations/{where}/messages", {"text": text})
    return str(noted["id"])


async def listed(person: Person, **query: Any) -> list[str]:
    return [fact["text"] for fact in (await person.get(FACTS, **query))["facts"]]


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


async def test_memory_is_told_and_the_portrait_tells_it(owner: Person) -> None:
    told = await owner.post(FACTS, {"text": "My name is Ada."})
    (fact,) = told["facts"]
    assert (fact["topic"], fact["learned_by"]) == ("name", "person")
    drawn = await owner.get("/api/memory/profile")
    assert any(fact["id"] in line["facts"] for line in drawn["lines"])
    for text in ("", "  ", "x" * 1001, "a\0b"):
        assert (await owner.client.post(FACTS, json={"text": text})).status_code == 422


async def test_the_timeline_is_in_the_order_of_events(owner: Person, api: Any) -> None:
    life = await life_of(owner, api)
    now = time.time()
    await learn(life, "Lived in Porto", at=now - 500, valid_to=now - 100)
    await learn(life, "Has an exam", topic="plan", due=now + 900)
    await learn(life, "Hidden", topic="other", trust="waiting")
    moments = (await owner.get("/api/memory/timeline"))["moments"]
    told = [(one["what"], one["fact"]["text"]) for one in moments]
    assert told == [
        ("planned", "Has an exam"),
        ("ended", "Lived in Porto"),
        ("began", "Lived in Porto"),
    ]
    first = await owner.get("/api/memory/timeline", limit=1)
    rest = await owner.get("/api/memory/timeline", after=first["next"])
    assert first["moments"] + rest["moments"] == moments
    future = await owner.get("/api/memory/timeline", since=now)
    assert [one["what"] for one in future["moments"]] == ["planned"]


async def test_learning_is_paused_and_goes_on(owner: Person) -> None:
    path = "/api/memory/learning"
    assert (await owner.get(path))["paused"] is False
    for paused in (True, True, False):
        changed = await owner.client.put(path, json={"paused": paused})
        assert changed.json()["paused"] is paused
    assert (await owner.client.put(path, json={})).status_code == 422


async def test_forgetting_is_told_first_and_then_done(owner: Person, api: Any) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "The word is zanzibar. [[say Kept.]]")
    life = await life_of(owner, api)
    said = life.memory.conversations.thread(conversation)[0].id
    fact = await learn(life, "The word is zanzibar", said, topic="other")
    asked = {"messages": [said], "dry_run": True}
    preview = await owner.post("/api/memory/forget", asked)
    counts = {name: preview[name] for name in ("messages", "replies", "facts", "titles")}
    assert counts == {"messages": 1, "replies": 1, "facts": 1, "titles": 1}
    assert {(one["what"], one["id"]) for one in preview["preview"]} >= {
        ("message", said), ("fact", fact), ("title", conversation),
    }  # fmt: skip
    assert (await owner.get(f"/api/messages/{said}"))["id"] == said, "nothing is gone yet"
    done = await owner.post("/api/memory/forget", asked | {"dry_run": False})
    assert done["preview"] == []
    assert {name: done[name] for name in counts} == counts
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()
    assert (await owner.client.get(f"{FACTS}/{fact}")).status_code == 404


async def test_forgetting_a_fact_forgets_who_said_so(owner: Person, api: Any) -> None:
    said = await note(owner, "The word is zanzibar")
    name = await learn(await life_of(owner, api), "The word is zanzibar", said, topic="other")
    gone = await owner.client.delete(f"{FACTS}/{name}")
    assert (gone.json()["messages"], gone.json()["facts"]) == (1, 1)
    assert (await owner.client.delete(f"{FACTS}/{name}")).status_code == 404
    assert (await owner.get("/api/search", q="zanzibar"))["passages"] == []


async def test_a_time_is_forgotten(owner: Person) -> None:
    conversation = await owner.begin(title="Garden")
    path = f"/api/conversations/{conversation}/messages"
    await owner.post(path, {"text": "Long ago", "at": "2020-01-01T00:00:00Z"})
    await owner.post(path, {"text": "Zanzibar just now"})
    await owner.post(FACTS, {"text": "Zanzibar told directly"})
    done = await owner.post("/api/memory/forget", {"since": time.time() - 3600})
    assert (done["messages"], done["facts"], done["conversations"]) == (1, 1, 0)
    assert [one["text"] for one in (await owner.get(path))["messages"]] == ["Long ago"]
    assert await listed(owner, state="all") == []
    asked = {"since": "2019-12-01", "until": "2020-02-01"}
    assert (await owner.post("/api/memory/forget", asked))["conversations"] == 1
    assert (await owner.get("/api/conversations"))["conversations"] == []


async def test_an_import_is_forgotten_whole(owner: Person, api: Any) -> None:
    life = await life_of(owner, api)
    said = MessageAdded(
        at=1.0, id="m", conversation="c", by="person", text="Zanzibar", imported="i"
    )
    await life.append(
        FileImported(at=1.0, id="i", origin="chatgpt", name="zanzibar.json"),
        msgspec.structs.replace(said, origin="chatgpt"),
        ClaimLearned(at=1.0, id="f", claim=Claim(topic="other", text="Zanzibar"), imported="i"),
    )
    message = await owner.get("/api/messages/m")
    assert (message["origin"], message["imported"]) == ("chatgpt", "i")
    done = await owner.post("/api/memory/forget", {"import_id": "i"})
    assert (done["messages"], done["facts"], done["conversations"]) == (1, 1, 1)
    assert "zanzibar" not in (await owner.client.get("/api/export")).text.lower()
    again = await owner.client.post("/api/memory/forget", json={"import_id": "i"})
    assert again.status_code == 404


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 422),
        ({"dry_run": True}, 422),
        ({"messages": ["a"], "facts": ["b"]}, 422),
        ({"until": 5}, 422),
        ({"messages": []}, 422),
        ({"since": 10, "until": 5}, 400),
        ({"conversation": "nowhere"}, 404),
        ({"import_id": "nothing"}, 404),
        ({"messages": ["nothing"]}, 404),
        ({"facts": ["nothing"]}, 404),
    ],
)
async def test_what_cannot_be_forgotten_is_told(
    owner: Person, asked: dict[str, Any], status: int
) -> None:
    answer = await owner.client.post("/api/memory/forget", json=asked)
    assert answer.status_code == status, answer.text


async def test_the_events_of_a_turn_do_not_bring_back_what_was_forgotten(owner: Person) -> None:
    conversation = await owner.begin()
    events = await owner.say(conversation, "Zanzibar. [[say Zanzibar indeed.]]")
    turn = events[0]["turn"]
    await owner.client.delete(f"/api/messages/{events[0]['message']}")
    answer = await owner.client.get(f"/api/turns/{turn}/events")
    assert "zanzibar" not in answer.text.lower()


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
