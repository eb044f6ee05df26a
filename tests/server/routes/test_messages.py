"""Messages: reading a thread, adding messages, and forgetting them."""

import json
from typing import Any

import pytest

from ..conftest import Person
from .known import note

pytestmark = pytest.mark.anyio


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


async def test_a_thread_is_read_on_and_around_a_message(owner: Person) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    ids = [(await owner.post(path, {"text": f"note {n}"}))["id"] for n in range(7)]
    table: tuple[tuple[dict[str, Any], list[str], str | None, str | None], ...] = (
        ({"limit": 2}, ids[5:], ids[5], None),
        ({"limit": 3, "around": ids[3]}, ids[2:5], ids[2], ids[4]),
        ({"limit": 3, "around": ids[0]}, ids[:3], None, ids[2]),
        ({"limit": 3, "around": ids[6]}, ids[4:], ids[4], None),
        ({"around": ids[3]}, ids, None, None),
        ({"limit": 1, "around": ids[3]}, [ids[3]], ids[3], ids[3]),
        ({"limit": 2, "after": ids[4]}, ids[5:], ids[5], None),
        ({"limit": 2, "after": ids[2]}, ids[3:5], ids[3], ids[4]),
        ({"after": ids[6]}, [], None, None),
        ({"limit": 2, "before": ids[2]}, ids[:2], None, ids[1]),
    )
    for query, shown, earlier, later in table:
        page = await owner.get(path, **query)
        assert [one["id"] for one in page["messages"]] == shown, query
        assert (page["earlier"], page["later"]) == (earlier, later), query


async def test_a_place_in_a_thread_that_is_none_is_refused(owner: Person, guest: Person) -> None:
    conversation = await owner.begin()
    path = f"/api/conversations/{conversation}/messages"
    events = await owner.say(conversation, "The first version")
    old = events[0]["message"]
    await owner.say(conversation, "The second version", edits=old)
    elsewhere = (await owner.say(await owner.begin(), "Elsewhere"))[0]["message"]
    for place in ("around", "after", "before"):
        for message, why in ((old, "Another version"), (elsewhere, "in this conversation")):
            response = await owner.client.get(path, params={place: message})
            assert response.status_code == 404
            assert why in response.json()["error"]["sentence"]
        theirs = await guest.client.get(path, params={place: old})
        assert theirs.status_code == 404
    newest = (await owner.get(path))["messages"][0]["id"]
    for query in ({"around": newest, "before": newest}, {"after": newest, "before": newest}):
        response = await owner.client.get(path, params=query)
        assert response.status_code == 400
        assert "Use only one of" in response.json()["error"]["sentence"]


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


async def test_a_moment_too_long_for_any_calendar_is_a_refusal_not_a_fault(owner: Person) -> None:
    path = f"/api/conversations/{await owner.begin()}/messages"
    headers = {"Content-Type": "application/json"}
    for digits in (b"1" + b"0" * 400, b"9" * 5000, b"1e999", b"NaN"):
        body = b'{"text": "x", "at": %s}' % digits
        response = await owner.client.post(path, content=body, headers=headers)
        assert response.status_code in {400, 422}, digits[:5]


TEXTS = (
    "我种了一棵梨树，在北边的院子里。",
    "ありがとう、また明日",
    "고맙습니다",
    "مرحبا بالعالم",
    "👩‍👩‍👧‍👦 \N{HERB} e\u0301 \u200d",
    'quotes " and \\ and <script>alert(1)</script>',
    "line one\nline two\ttabbed",
    "\ufeff byte order mark",
)


async def test_every_script_is_kept_letter_by_letter(owner: Person) -> None:
    path = f"/api/conversations/{await owner.begin()}/messages"
    noted = [await owner.post(path, {"text": text, "speaker": "林黛玉"}) for text in TEXTS]
    assert [(one["text"], one["speaker"]) for one in noted] == [(text, "林黛玉") for text in TEXTS]
    assert (await owner.get(path))["messages"] == noted
    exported = [json.loads(line) for line in (await owner.client.get("/api/export")).iter_lines()]
    told = [one.get("text") or one.get("entry", {}).get("text") for one in exported]
    assert [text for text in told if text] == list(TEXTS)


async def test_pages_of_messages_begin_and_end_where_they_should(owner: Person) -> None:
    path = f"/api/conversations/{await owner.begin()}/messages"
    assert await owner.get(path) == {"messages": [], "earlier": None, "later": None}
    ids = [(await owner.post(path, {"text": f"note {number}"}))["id"] for number in range(3)]
    table: tuple[tuple[dict[str, Any], list[str], str | None], ...] = (
        ({"limit": 1}, ids[2:], ids[2]),
        ({"limit": 2}, ids[1:], ids[1]),
        ({"limit": 3}, ids, None),
        ({"limit": 200}, ids, None),
        ({"limit": 1, "before": ids[1]}, ids[:1], None),
        ({"limit": 1, "before": ids[2]}, ids[1:2], ids[1]),
        ({"before": ids[0]}, [], None),
    )
    for query, expected, earlier in table:
        page = await owner.get(path, **query)
        assert [one["id"] for one in page["messages"]] == expected, query
        assert page["earlier"] == earlier, query
    for query, status in (
        ({"limit": 0}, 422),
        ({"limit": 201}, 422),
        ({"limit": "two"}, 422),
        ({"before": "nowhere"}, 404),
        ({"before": ""}, 404),
        ({"before": "x" * 129}, 422),
    ):
        assert (await owner.client.get(path, params=query)).status_code == status, query


async def test_what_is_forgotten_is_found_no_more(owner: Person) -> None:
    conversation = await owner.begin()
    one = await note(owner, "The password of the shed is swordfish", conversation)
    two = await note(owner, "Swordfish is also a fish", conversation)
    assert (await owner.client.delete(f"/api/messages/{one}")).status_code == 204
    assert (await owner.client.get(f"/api/messages/{one}")).status_code == 404
    assert await owner.post("/api/messages/forget", {"ids": [two]}) is None
    assert (await owner.get("/api/search", q="swordfish"))["passages"] == []
    assert "swordfish" not in (await owner.client.get("/api/export")).text.lower()


async def test_nothing_is_forgotten_if_one_is_unknown(owner: Person) -> None:
    one = await note(owner, "Still here")
    response = await owner.client.post("/api/messages/forget", json={"ids": [one, "nowhere"]})
    assert response.status_code == 404
    assert (await owner.get(f"/api/messages/{one}"))["text"] == "Still here"


async def test_what_was_recalled_and_then_forgotten_is_shown_no_more(owner: Person) -> None:
    first = await owner.say(await owner.begin(), "My sister Ada keeps bees in Lund")
    conversation = await owner.begin()
    await owner.say(conversation, "[[say Lund]] Where does my sister Ada keep bees?")
    path = f"/api/conversations/{conversation}/messages"
    words = first[0]["message"]
    reply = (await owner.get(path))["messages"][-1]
    assert words in [one["message"] for one in reply["recalled"]]
    await owner.client.delete(f"/api/messages/{words}")
    reply = (await owner.get(path))["messages"][-1]
    assert words not in [one["message"] for one in reply["recalled"]]


async def test_notes_on_the_memory_are_read_again_until_they_are_decided(owner: Person) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "I live in Porto.")
    said = await owner.say(conversation, "I moved to Graz last week.")
    (streamed,) = next(event["notes"] for event in said if event["type"] == "notes")

    async def notes() -> list[list[Any]]:
        page = await owner.get(f"/api/conversations/{conversation}/messages")
        return [one["notes"] for one in page["messages"]]

    *before, (kept,) = await notes()
    assert before == [[], [], []]
    assert (kept["kind"], kept["replaces"]) == ("replaced", "Lives in Porto")
    assert streamed == kept | {"message": said[0]["message"]}
    await owner.post("/api/memory/facts/reject", {"ids": [kept["fact"]]})
    assert [[note["text"] for note in one] for one in await notes()] == [
        [], ["Lives in Porto"], [], [],
    ]  # fmt: skip


async def test_forgetting_takes_a_list_of_names_and_nothing_else(owner: Person) -> None:
    one = await note(owner, "Still here")
    for ids in ([], [one] * 1001, [5], "all", [one, ""], None, ["x" * 129]):
        response = await owner.client.post("/api/messages/forget", json={"ids": ids})
        assert response.status_code == 422, str(ids)[:30]
    assert (await owner.get(f"/api/messages/{one}"))["text"] == "Still here"
