"""Conversations and their messages."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tau.server.requests.fields import Timestamp, parse_timestamp

from ..conftest import Person

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
        (" 2023-05-08T13:56:00Z\n", 1683554160.0),
        ("20230508T135600Z", 1683554160.0),
        ("2023-05-08T13:56:00.250+00:00", 1683554160.25),
        ("2023-W19-1", 1683504000.0),
        (-86400, -86400.0),
        (0, 0.0),
        (1683554160000.0, 1683554160.0),
        ("6000-01-01", 127174492800.0),
        ("9999-12-31T23:59:59Z", 253402300799.0),
        ("0001-01-01T00:00:00Z", -62135596800.0),
    ],
)
def test_moments_are_read_in_every_common_way(given: float | str, seconds: float) -> None:
    assert parse_timestamp(given) == seconds


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("yesterday", "date-time"),
        ("", "date-time"),
        ("1683554160", "date-time"),
        ("2023-02-30", "date-time"),
        ("2023-05-08T25:00:00Z", "date-time"),
        ("0001-01-01T00:00:00+14:00", "calendar"),
        ("9999-12-31T23:59:59-14:00", "calendar"),
        (10**400, "calendar"),
        (-(10**400), "calendar"),
        (float("inf"), "calendar"),
        (float("nan"), "calendar"),
        (253_402_300_800_000, "calendar"),
        (-1e11, "calendar"),
        (True, "seconds"),
        (None, "seconds"),
        ([1683554160], "seconds"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_reason(given: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_timestamp(given)


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.none()))
)
def test_a_moment_is_inside_the_calendar_or_refused(value: Any) -> None:
    try:
        read = TypeAdapter(Timestamp).validate_python(value)
    except ValidationError:
        return
    assert -62_135_596_800 <= read <= 253_402_300_799


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


async def test_chinese_is_found_by_a_part_of_what_was_said(owner: Person) -> None:
    path = f"/api/conversations/{await owner.begin(title='院子')}/messages"
    await owner.post(path, {"text": "我去年春天种了一棵梨树"})
    await owner.post(path, {"text": "今天下雨了"})
    found = await owner.get("/api/search", q="梨树", limit=1)
    assert [one["message"]["text"] for one in found["passages"]] == ["我去年春天种了一棵梨树"]


async def test_titles_are_trimmed_named_after_first_words_and_refused_when_long(
    owner: Person,
) -> None:
    named = await owner.post("/api/conversations", {"title": "  两\n 行  "})
    assert named["title"] == "两 行"
    for title, status in (("x" * 200, 201), ("x" * 201, 422), (" ", 422), ("", 422), (5, 422)):
        response = await owner.client.post("/api/conversations", json={"title": title})
        assert response.status_code == status, title
    conversation = await owner.begin()
    await owner.say(conversation, "[[say Hi]] " + "long " * 30)
    shown = await owner.get(f"/api/conversations/{conversation}")
    assert len(shown["title"]) <= 60
    assert shown["title"].endswith("…")


async def test_a_change_of_nothing_changes_nothing(owner: Person) -> None:
    conversation = await owner.begin(title="Stays")
    path = f"/api/conversations/{conversation}"
    for change in ({}, {"title": None, "archived": None}, {"unknown": 1}):
        changed = (await owner.client.patch(path, json=change)).json()
        assert (changed["title"], changed["archived"]) == ("Stays", False)
    assert (await owner.client.patch(path, json={"archived": "maybe"})).status_code == 422


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


async def test_pages_of_conversations_begin_and_end_where_they_should(owner: Person) -> None:
    path = "/api/conversations"
    assert await owner.get(path) == {"conversations": [], "next": None}
    ids = [await owner.begin(title=f"Number {number}") for number in range(3)][::-1]
    table: tuple[tuple[dict[str, Any], list[str], str | None], ...] = (
        ({"limit": 1}, ids[:1], ids[0]),
        ({"limit": 2, "after": ids[0]}, ids[1:], None),
        ({"limit": 3}, ids, None),
        ({"after": ids[2]}, [], None),
        ({"limit": 200, "archived": True}, [], None),
    )
    for query, expected, following in table:
        page = await owner.get(path, **query)
        assert [one["id"] for one in page["conversations"]] == expected, query
        assert page["next"] == following, query
    for query, status in (
        ({"limit": 0}, 422),
        ({"limit": -1}, 422),
        ({"limit": 201}, 422),
        ({"archived": "perhaps"}, 422),
        ({"after": ids[0], "archived": True}, 404),
    ):
        assert (await owner.client.get(path, params=query)).status_code == status, query
