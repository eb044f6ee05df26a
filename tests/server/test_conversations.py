"""Conversations and their messages."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tau.server.shapes import Moment, moment

from .conftest import Person

pytestmark = pytest.mark.anyio


async def test_a_conversation_from_beginning_to_end(owner: Person) -> None:
    begun = await owner.post("/api/conversations", {"title": "Trees"})
    assert (begun["title"], begun["private"], begun["count"]) == ("Trees", False, 0)
    path = f"/api/conversations/{begun['id']}"

    renamed = await owner.client.patch(path, json={"title": "Birches"})
    assert renamed.json()["title"] == "Birches"
    archived = await owner.client.patch(path, json={"archived": True})
    assert (archived.json()["title"], archived.json()["archived"]) == ("Birches", True)
    assert (await owner.get("/api/conversations"))["conversations"] == []
    listed = (await owner.get("/api/conversations", archived=True))["conversations"]
    assert [one["id"] for one in listed] == [begun["id"]]

    assert (await owner.client.delete(path)).status_code == 204
    assert (await owner.client.get(path)).status_code == 404


async def test_a_long_list_is_read_page_by_page(owner: Person) -> None:
    begun = [await owner.begin(title=f"Number {number}") for number in range(5)]
    seen, after = [], None
    while True:
        query = {"limit": 2, **({"after": after} if after else {})}
        page = await owner.get("/api/conversations", **query)
        seen += [one["id"] for one in page["conversations"]]
        after = page["next"]
        if after is None:
            break
    assert sorted(seen) == sorted(begun)
    lost = await owner.client.get("/api/conversations", params={"after": "nowhere"})
    assert lost.status_code == 404


async def test_notes_keep_who_said_them_and_when(owner: Person) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    noted = await owner.post(
        path, {"text": "I planted a pear tree", "at": "2023-05-08T13:56:00Z", "speaker": "Caroline"}
    )
    assert (noted["at"], noted["speaker"], noted["by"]) == (1683554160.0, "Caroline", "person")
    await owner.post(path, {"text": "How lovely", "by": "tau", "at": 1683554170})
    messages = (await owner.get(path))["messages"]
    assert [one["text"] for one in messages] == ["I planted a pear tree", "How lovely"]
    assert messages[1]["parent"] == messages[0]["id"]


async def test_a_thread_is_read_backwards(owner: Person) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    for number in range(5):
        await owner.post(path, {"text": f"note {number}"})
    last = await owner.get(path, limit=2)
    assert [one["text"] for one in last["messages"]] == ["note 3", "note 4"]
    earlier = await owner.get(path, limit=9, before=last["earlier"])
    assert [one["text"] for one in earlier["messages"]] == ["note 0", "note 1", "note 2"]
    assert earlier["earlier"] is None


@pytest.mark.parametrize(
    "note",
    [
        {},
        {"text": ""},
        {"text": "x", "by": "somebody"},
        {"text": "x", "at": "yesterday"},
        {"text": "x", "at": True},
        {"text": "x", "at": 1e300},
        {"text": "x", "speaker": ""},
        {"text": "x", "speaker": "s" * 201},
        {"text": 5},
    ],
)
async def test_a_note_that_is_none_is_refused(owner: Person, note: dict[str, Any]) -> None:
    conversation = await owner.begin()
    response = await owner.client.post(f"/api/conversations/{conversation}/messages", json=note)
    assert response.status_code == 422


async def test_a_message_that_is_too_long_is_refused(owner: Person) -> None:
    conversation = await owner.begin()
    response = await owner.client.post(
        f"/api/conversations/{conversation}/messages", json={"text": "x" * 1_000_001}
    )
    assert response.status_code == 400
    assert "longer" in response.json()["error"]["sentence"]


async def test_a_private_conversation_is_shown_while_it_lasts_and_searched_by_nobody(
    owner: Person,
) -> None:
    conversation = await owner.begin(private=True)
    assert conversation.startswith("private-")
    await owner.say(conversation, "The treasure lies under the oak")
    listed = (await owner.get("/api/conversations"))["conversations"]
    assert [(one["id"], one["private"]) for one in listed] == [(conversation, True)]
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert len(messages) == 2
    shown = await owner.get(f"/api/messages/{messages[0]['id']}")
    assert shown["text"] == "The treasure lies under the oak"
    assert (await owner.get("/api/search", q="treasure oak"))["passages"] == []
    assert "treasure" not in (await owner.client.get("/api/export")).text


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        (1683554160, 1683554160.0),
        (1683554160.5, 1683554160.5),
        (1683554160000, 1683554160.0),
        ("2023-05-08T13:56:00Z", 1683554160.0),
        ("2023-05-08T13:56:00", 1683554160.0),
        ("2023-05-08T15:56:00+02:00", 1683554160.0),
        ("2023-05-08", 1683504000.0),
        (-86400, -86400.0),
    ],
)
def test_moments_are_read_in_every_common_way(given: float | str, seconds: float) -> None:
    assert moment(given) == seconds


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.none()))
)
def test_a_moment_is_inside_the_calendar_or_refused(value: Any) -> None:
    try:
        read = TypeAdapter(Moment).validate_python(value)
    except ValidationError:
        return
    assert -62_135_596_800 <= read <= 253_402_300_799
