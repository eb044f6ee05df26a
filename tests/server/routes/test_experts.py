"""Specialists over HTTP: scopes, skills of one's own, and what care keeps to itself."""

import json

import pytest

from tests.server.conftest import Person

pytestmark = pytest.mark.anyio

SKILL = "---\nname: gardener\ndescription: Gardens.\n---\nSpeak of soil\u202e first.\n"
SECRET = "My brother Quentin lives in Zanzibarine."


async def put(person: Person, path: str, body: object, status: int = 200) -> dict[str, object]:
    response = await person.client.put(path, json=body)
    assert response.status_code == status, response.text
    answer: dict[str, object] = response.json()
    return answer


async def care_was_told(person: Person) -> str:
    conversation = await person.begin()
    await person.say(conversation, SECRET, expert="care")
    return conversation


async def test_each_specialist_says_what_it_reads(owner: Person) -> None:
    found = {each["name"]: each for each in (await owner.get("/api/experts"))["experts"]}
    assert list(found) == ["talk", "writing", "sketch", "care"]
    for name, each in found.items():
        assert ("care" in each["scope"]["experts"]) is False
        assert each["approved"]
        assert not each["changed"]
        assert bool(each["body"]) == (name != "talk")
    assert found["writing"]["artifact"] == "document"
    assert "work" in found["writing"]["scope"]["topics"]
    assert found["care"]["scope"]["topics"] is None


async def test_a_scope_is_changed_in_part_and_kept(owner: Person) -> None:
    off = await put(owner, "/api/experts/sketch/scope", {"enabled": False})
    before = await owner.get("/api/experts/writing")
    assert off["scope"]["enabled"] is False  # type: ignore[index]
    changed = await put(owner, "/api/experts/writing/scope", {"topics": ["name"], "experts": []})
    assert changed["changed"]
    assert changed["scope"] == {**before["scope"], "topics": ["name"], "experts": []}
    every = await put(owner, "/api/experts/writing/scope", {"topics": None})
    assert every["scope"]["topics"] is None  # type: ignore[index]
    assert (await owner.get("/api/experts/writing"))["scope"]["experts"] == []
    conversation = await owner.begin()
    refused = await owner.client.post(
        f"/api/conversations/{conversation}/turns", json={"words": "x", "expert": "sketch"}
    )
    assert refused.status_code == 400
    assert "switched off" in refused.text


@pytest.mark.parametrize(
    ("expert", "body", "status"),
    [
        ("writing", {"experts": ["care"]}, 400),
        ("talk", {"experts": ["care"]}, 400),
        ("talk", {"enabled": False}, 400),
        ("writing", {"experts": ["nobody"]}, 404),
        ("writing", {"topics": ["gossip"]}, 422),
        ("nobody", {"enabled": False}, 404),
    ],
)
async def test_what_no_scope_may_be_is_refused(
    owner: Person, expert: str, body: object, status: int
) -> None:
    await put(owner, f"/api/experts/{expert}/scope", body, status)


async def test_a_skill_is_added_shown_approved_and_removed(owner: Person) -> None:
    added = await owner.post("/api/experts", {"name": "gardener", "files": {"SKILL.md": SKILL}})
    assert (added["own"], added["approved"]) == (True, False)
    assert added["body"] == "Speak of soil⟨U+202E⟩ first."
    assert added["warnings"] == ["SKILL.md, line 5: hidden characters (U+202E)"]
    assert added["scope"]["topics"] == added["scope"]["experts"] == []
    path = "/api/experts/gardener/approval"
    await put(owner, path, {"digest": "0" * 64}, 409)
    approved = await put(owner, path, {"digest": added["digest"]})
    assert approved["approved"]
    events = await owner.say(await owner.begin(), "hello", expert="gardener")
    assert events[-1]["type"] == "done"
    back = await put(owner, path, {"digest": added["digest"], "approved": False})
    assert not back["approved"]
    assert (await owner.client.delete("/api/experts/gardener")).status_code == 204
    assert (await owner.client.get("/api/experts/gardener")).status_code == 404


async def test_a_skill_that_breaks_a_rule_is_not_kept(owner: Person) -> None:
    for name, text in (("writing", SKILL), ("gardener", "no frontmatter"), ("other", SKILL)):
        response = await owner.client.post(
            "/api/experts", json={"name": name, "files": {"SKILL.md": text}}
        )
        assert response.status_code == 400
    assert len((await owner.get("/api/experts"))["experts"]) == 4


async def test_words_and_reply_carry_the_specialist(owner: Person) -> None:
    conversation = await owner.begin()
    await owner.say(conversation, "a letter, please", expert="writing")
    await owner.say(conversation, "shorter")
    page = await owner.get(f"/api/conversations/{conversation}/messages")
    assert [each["expert"] for each in page["messages"]] == ["writing"] * 4
    assert (await owner.get(f"/api/conversations/{conversation}"))["expert"] == "writing"


# --- care ---------------------------------------------------------------------------------


async def test_care_is_in_no_title_and_found_only_there(owner: Person) -> None:
    conversation = await care_was_told(owner)
    assert (await owner.get("/api/conversations"))["conversations"] == []
    (listed,) = (await owner.get("/api/conversations", expert="care"))["conversations"]
    assert (listed["id"], listed["title"], listed["expert"]) == (conversation, None, "care")
    for query in ({"q": "Quentin"}, {"q": "Zanzibarine", "expert": "writing"}):
        assert (await owner.get("/api/search", **query))["passages"] == []
    found = await owner.get("/api/search", q="Quentin", expert="care")
    assert SECRET in [each["message"]["text"] for each in found["passages"]]


async def test_a_fact_from_care_waits_until_others_may_know_it(owner: Person) -> None:
    await care_was_told(owner)
    waiting = (await owner.get("/api/memory/facts", state="waiting"))["facts"]
    assert {each["expert"] for each in waiting} == {"care"}
    assert (await owner.get("/api/memory/facts"))["facts"] == []
    assert (await owner.get("/api/memory/profile"))["lines"] == []
    ids = [each["id"] for each in waiting]
    corrected = await owner.post(
        f"/api/memory/facts/{ids[0]}/correct", {"text": "Has a brother named Quentin Q"}
    )
    assert (corrected["state"], corrected["expert"]) == ("waiting", "care")
    await owner.post("/api/memory/facts/approve", {"ids": [corrected["id"]]})
    (known,) = (await owner.get("/api/memory/facts"))["facts"]
    assert known["text"] == "Has a brother named Quentin Q"


async def test_an_export_has_care_only_if_it_is_wanted(owner: Person) -> None:
    await care_was_told(owner)
    await owner.say(await owner.begin(), "My sister Ana lives in Porto.")
    await owner.post("/api/experts/care/checkins", {"mood": 2, "words": "in Zanzibarine"})
    for shape in ("jsonl", "markdown", "pam"):
        plain = (await owner.client.get("/api/export", params={"format": shape})).text
        assert "Zanzibarine" not in plain
        assert "Porto" in plain
    whole = await owner.client.get("/api/export", params={"with_care": "true"})
    assert whole.text.count("Zanzibarine") >= 2
    plain = (await owner.client.get("/api/export")).text
    lines = [json.loads(line) for line in plain.splitlines()[1:]]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    assert any(line.get("left_out") for line in lines)


async def test_care_is_not_lent(owner: Person) -> None:
    conversation = await care_was_told(owner)
    project = await owner.post("/api/studio/projects", {"name": "Replies"})
    refused = await owner.client.post(
        f"/api/studio/projects/{project['id']}/lent", json={"conversations": [conversation]}
    )
    assert refused.status_code in (400, 404)
    assert "Zanzibarine" not in refused.text
