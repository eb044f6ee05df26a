"""Conversations and their messages."""

from typing import Any

import pytest

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


async def test_a_private_conversation_is_read_while_it_lasts_and_found_by_nobody(
    owner: Person,
) -> None:
    conversation = await owner.begin(private=True)
    assert conversation.startswith("private-")
    await owner.say(conversation, "The treasure lies under the oak")
    assert (await owner.get("/api/conversations"))["conversations"] == []
    messages = (await owner.get(f"/api/conversations/{conversation}/messages"))["messages"]
    assert len(messages) == 2
    shown = await owner.get(f"/api/messages/{messages[0]['id']}")
    assert shown["text"] == "The treasure lies under the oak"
    assert (await owner.get("/api/search", q="treasure oak"))["passages"] == []
    assert "treasure" not in (await owner.client.get("/api/export")).text


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
