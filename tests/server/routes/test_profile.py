"""The profile and the timeline of facts."""

import time
from typing import Any

import pytest

from ..conftest import Person
from .known import FACTS, learn, life_of

pytestmark = pytest.mark.anyio


async def test_the_profile_shows_what_was_added(owner: Person) -> None:
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
