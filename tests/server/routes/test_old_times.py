"""Times that no calendar has, from the journal of an older Tau: everything still shows a date."""

from typing import Any

import pytest

from tau.app import App
from tau.clock import is_in_calendar
from tau.journal.entries import (
    Claim,
    ClaimLearned,
    ConversationChanged,
    MessageAdded,
    RawEntry,
    encode,
)

from ..conftest import Person, text_of
from .known import FACTS, life_of

pytestmark = pytest.mark.anyio

WILD = (-62_135_596_800.0, 1e18, -1e18, float("nan"), float("inf"), float("-inf"), -1e11, 2.6e11)


@pytest.fixture
async def old(app: App, owner: Person, api: Any) -> Person:
    """A person whose journal holds what older versions wrote."""
    life = await life_of(owner, api)
    await life._journal.append(ConversationChanged(at=1.0, id="c", title="Marmalade"))
    for number, at in enumerate(WILD):
        message = MessageAdded(
            at=at,
            id=f"m{number}",
            conversation="c",
            by="person",
            text=f"Aunt Berta gave me marmalade number {number} for breakfast in Coimbra",
            parent=f"m{number - 1}" if number else None,
        )
        topic: Any = "plan" if number % 2 else "other"
        claim = Claim(topic=topic, text=f"Jam {number}", valid_from=at, valid_to=at, due=at)
        learned = ClaimLearned(at=at, id=f"f{number}", claim=claim, by="person", sources=("m0",))
        await life._journal.append(RawEntry(encode(message)), RawEntry(encode(learned)))
    await app.lives.unload(owner.unlocked.person.id)
    return owner


async def test_a_message_of_no_year_breaks_no_reply_that_recalls_it(old: Person) -> None:
    events = await old.say(
        await old.begin(), "What did Aunt Berta give me for breakfast in Coimbra?"
    )
    assert events[-1]["type"] == "done", events[-1]
    assert text_of(events)
    assert next(each for each in events if each["type"] == "recalled")["passages"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/conversations",
        "/api/conversations/c/messages",
        f"{FACTS}?state=past",
        "/api/memory/timeline",
        "/api/memory/profile",
        "/api/search?q=Aunt+Berta+breakfast+in+Coimbra",
    ],
)
async def test_every_time_that_is_shown_has_a_date(old: Person, path: str) -> None:
    response = await old.client.get(path)
    assert response.is_success, response.text
    times = list(times_in(response.json()))
    assert times or "profile" in path
    assert all(map(is_in_calendar, times))


@pytest.mark.parametrize("form", ["jsonl", "markdown", "pam"])
async def test_it_can_be_exported(old: Person, form: str) -> None:
    response = await old.client.get("/api/export", params={"format": form})
    assert response.is_success, response.text
    assert ("Jam 1" if form == "pam" else "marmalade number 7") in response.text


def times_in(shown: Any) -> Any:
    """Yield every time in an answer."""
    if isinstance(shown, list):
        for each in shown:
            yield from times_in(each)
    elif isinstance(shown, dict):
        for name, each in shown.items():
            if name in {"at", "updated_at", "said_on", "valid_from", "valid_to", "due"}:
                if each is not None:
                    yield each
            else:
                yield from times_in(each)
