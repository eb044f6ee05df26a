"""Facts requested with cursors, dates and states, and with invalid input."""

import time
from typing import Any

import httpx
import pytest

from tau.app import App
from tau.errors import StoreUnavailable
from tau.ids import new_id
from tau.journal.entries import Claim, ClaimLearned
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.life.life import Life

from ..conftest import Person

pytestmark = pytest.mark.anyio
FACTS = "/api/memory/facts"
TIMELINE = "/api/memory/timeline"
LIVES = {"text": "I live in Porto."}


@pytest.fixture
async def life(owner: Person, app: App) -> Life:
    return await app.lives.open(owner.unlocked)


async def learn(life: Life, text: str, **more: Any) -> str:
    claim = Claim(topic=more.pop("topic", "other"), text=text, value=text, **more.pop("claim", {}))
    parts = {"at": 1_000.0, "id": new_id(), "claim": claim}
    await life._journal.append(ClaimLearned(**(parts | more)))
    return str((parts | more)["id"])


async def texts(person: Person, **asked: Any) -> list[str]:
    return [fact["text"] for fact in (await person.get(FACTS, **asked))["facts"]]


def failed(answer: httpx.Response, status: int) -> str:
    """Return the one sentence of a failure."""
    assert answer.status_code == status, answer.text
    sentence: str = answer.json()["error"]["sentence"]
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


# --- pages -----------------------------------------------------------------------------------


async def test_pages_go_on_where_new_facts_came_meanwhile(owner: Person, life: Life) -> None:
    for number in range(4):
        await learn(life, f"fact {number}", at=1_000.0 + number)
    first = await owner.get(FACTS, limit=2)
    await learn(life, "newest", at=9_000.0)
    assert await texts(owner, after=first["next"]) == ["fact 1", "fact 0"]


async def test_a_page_behind_a_forgotten_fact_is_told_to_be_none(owner: Person, life: Life) -> None:
    for number in range(4):
        await learn(life, f"fact {number}", at=1_000.0 + number)
    first = await owner.get(FACTS, limit=2)
    await owner.client.delete(f"{FACTS}/{first['next']}")
    told = failed(await owner.client.get(FACTS, params={"after": first["next"]}), 404)
    assert told == "The item to continue after doesn't exist any more."


async def test_the_last_page_says_that_it_is(owner: Person, life: Life) -> None:
    name = await learn(life, "one")
    page = await owner.get(FACTS, limit=1)
    assert ([fact["id"] for fact in page["facts"]], page["next"]) == ([name], None)
    assert await owner.get(FACTS, after=name) == {"facts": [], "next": None}


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 0}, {"limit": -1}, {"limit": 100_000}, {"limit": "x"}, {"state": "true"},
        {"topic": "sausage"}, {"q": "x" * 2_001}, {"after": "x" * 201}, {"message": "x" * 129},
    ],
    ids=str,
)  # fmt: skip
async def test_what_cannot_be_listed_is_told(owner: Person, asked: dict[str, Any]) -> None:
    failed(await owner.client.get(FACTS, params=asked), 422)


@pytest.mark.parametrize("query", [" ", "的", "🦆", "the of and", "x" * 2_000, "\x00", "((("])
async def test_any_words_find_something_or_nothing(owner: Person, life: Life, query: str) -> None:
    await learn(life, "Likes tea")
    for state in ("current", "all", "waiting"):
        assert await texts(owner, q=query, state=state) in ([], ["Likes tea"])


# --- states and dates ------------------------------------------------------------------------


async def test_states_are_told_apart(owner: Person, life: Life) -> None:
    await learn(life, "waits", trust="waiting")
    await learn(life, "is over", claim={"valid_to": time.time() - 10})
    await learn(life, "is so")
    wrong = await learn(life, "is wrong")
    await owner.post(f"{FACTS}/{wrong}/reject")
    for state, text in (
        ("waiting", "waits"), ("past", "is over"), ("current", "is so"), ("rejected", "is wrong"),
    ):  # fmt: skip
        assert await texts(owner, state=state) == [text]
    assert len(await texts(owner, state="all")) == 4
    assert await owner.get("/api/memory/learning") == {"paused": False, "current": 1, "waiting": 1}


async def test_the_timeline_takes_dates_in_several_shapes(owner: Person, life: Life) -> None:
    await learn(life, "exam", topic="plan", claim={"due": 1_717_416_000.0})  # 3 June 2024, noon
    await learn(life, "old", at=86_400.0)
    for since in ("2024-06-01", "2024-06-01T00:00:00Z", "1717200000"):
        found = (await owner.get(TIMELINE, since=since))["moments"]
        assert [one["fact"]["text"] for one in found] == ["exam"]
    assert (await owner.get(TIMELINE, until="1970-01-01"))["moments"] == []
    for wrong in ("soon", "2024-13-01", "1e400", ""):
        failed(await owner.client.get(TIMELINE, params={"since": wrong}), 422)
    failed(await owner.client.get(TIMELINE, params={"after": "nowhere.began"}), 404)


async def test_a_page_of_the_timeline_is_named_by_fact_and_moment(
    owner: Person, life: Life
) -> None:
    name = await learn(life, "was so", at=1_000.0, claim={"valid_to": 2_000.0})
    first = await owner.get(TIMELINE, limit=1)
    assert (first["moments"][0]["what"], first["next"]) == ("ended", f"{name}.ended")
    second = await owner.get(TIMELINE, limit=1, after=first["next"])
    assert (second["moments"][0]["what"], second["next"]) == ("began", None)


# --- a word on a fact ------------------------------------------------------------------------


async def test_a_fact_that_was_looked_at_long_ago_is_not_judged(owner: Person) -> None:
    (fact,) = (await owner.post(FACTS, LIVES))["facts"]
    await owner.post(f"{FACTS}/{fact['id']}/confirm", {"revision": fact["revision"]})
    for way, body in (("correct", {"text": "Lives in Lisbon"}), ("reject", {}), ("correct", LIVES)):
        stale = body | {"revision": fact["revision"]}
        answer = await owner.client.post(f"{FACTS}/{fact['id']}/{way}", json=stale)
        assert "changed elsewhere" in failed(answer, 409)
    assert await texts(owner) == ["Lives in Porto"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", {}), ("", {"text": ""}), ("", {"text": 5}), ("", {"text": None}),
        ("/approve", {"ids": []}), ("/approve", {"ids": "x"}), ("/reject", {"ids": [None]}),
        ("/approve", {"ids": ["x"] * 1_001}), ("/x/correct", {"text": "y", "revision": "z"}),
        ("/x/correct", {}), ("/x/confirm", {"revision": 1.5}),
    ],
    ids=str,
)  # fmt: skip
async def test_what_cannot_be_said_is_told(owner: Person, path: str, body: Any) -> None:
    answer = await owner.client.post(FACTS + path, json=body)
    failed(answer, 422)
    assert "x" * 100 not in answer.text


@pytest.mark.parametrize("text", ["   ", "\n\t", "x" * 1_001])
async def test_what_memory_cannot_be_told_is_told(owner: Person, text: str) -> None:
    answer = await owner.client.post(FACTS, json={"text": text})
    assert answer.status_code in (400, 422)
    assert answer.json()["error"]["sentence"].endswith(".")


async def test_if_one_is_unknown_none_is_judged(owner: Person, life: Life) -> None:
    name = await learn(life, "waits", trust="waiting")
    for verdict in ("approve", "reject"):
        failed(await owner.client.post(f"{FACTS}/{verdict}", json={"ids": [name, "no"]}), 404)
    assert await texts(owner, state="waiting") == ["waits"]


async def test_a_correction_in_chinese_is_undone(owner: Person) -> None:
    (fact,) = (await owner.post(FACTS, {"text": "我住在上海。"}))["facts"]
    corrected = await owner.post(f"{FACTS}/{fact['id']}/correct", {"text": "住在杭州"})
    assert await texts(owner) == ["住在杭州"]
    back = await owner.post(f"{FACTS}/{corrected['id']}/undo")
    assert back["fact"]["text"] == fact["text"]
    failed(await owner.client.post(f"{FACTS}/{corrected['id']}/undo"), 404)


# --- a database that goes away ---------------------------------------------------------------


async def test_a_turn_that_was_written_although_it_failed_is_not_written_twice(
    owner: Person, life: Life, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation = await owner.begin()
    store = Store(app.database)
    unseen = Journal(store, life.person, owner.unlocked.data_key)

    async def lost(*entries: Any, **_: Any) -> Any:
        await unseen.append(*entries)  # the commit came through, and its answer did not
        life._journal._stale = True
        raise StoreUnavailable("The database went away.")

    path = f"/api/conversations/{conversation}/turns"
    asked = {"words": "Zanzibar. [[say Noted.]]", "turn": "t1"}
    with monkeypatch.context() as patch:
        patch.setattr(life._journal, "append", lost)
        failed(await owner.client.post(path, json=asked), 503)
    again = await owner.post(path, asked)
    await store.close()
    assert again["turn"] == "t1"
    said = [one.text for one in life.memory.messages if one.by == "person"]
    assert said == ["Zanzibar. [[say Noted.]]"]
