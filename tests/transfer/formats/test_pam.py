"""Portable AI Memory: read with its dates and sources, and written so that others can read it."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.facts import Facts
from tau.journal.entries import Claim, ClaimLearned, Record
from tau.transfer.formats import ImportedClaim, ImportedConversation, pam

from ..exports import as_json, as_lines, as_zip, memory, store
from .reading import of, pieces, reasons, talk, thread

JUNE = 1_717_236_000.0  # 2024-06-01 10:00 UTC


def told(*memories: Any) -> list[ImportedClaim]:
    return of(ImportedClaim, as_json(store(*memories)))


def test_a_memory_keeps_its_dates_and_where_it_comes_from() -> None:
    temporal = {
        "created_at": "2024-06-01T10:00:00Z",
        "valid_from": "2024-06-01T12:00:00+02:00",
        "valid_until": None,
    }
    provenance = {"platform": "claude", "conversation_ref": "k", "message_ref": "m"}
    (one,) = told(
        memory("x", "Likes tea", type="instruction", temporal=temporal, provenance=provenance)
    )
    assert (one.origin, one.id, one.at) == ("pam", "x", JUNE)
    assert one.claim == Claim(topic="instruction", text="Likes tea", valid_from=JUNE)
    assert one.sources == (("claude", "k", "m"),)


def test_what_is_over_ends_and_what_was_taken_back_is_left_out() -> None:
    ended = {"created_at": "2024-06-01T10:00:00Z", "updated_at": "2024-06-01T11:00:00Z"}
    raw = as_json(
        store(
            memory("a", "Was true", status="superseded", temporal=ended),
            memory("b", "Never", status="retracted"),
            memory("c", "  "),
            memory("d", "Kept", temporal=None, provenance=None),
        )
    )
    assert [(one.claim.text, one.claim.valid_to) for one in of(ImportedClaim, raw)] == [
        ("Was true", JUNE + 3600),
        ("Kept", None),
    ]
    assert [each.partition(": ")[2] for each in reasons(raw)] == [
        "it was retracted",
        "it has no text",
    ]


@pytest.mark.parametrize("indent", [None, 2])
def test_a_store_is_the_same_on_one_line_or_on_many(indent: int | None) -> None:
    raw = json.dumps(store(memory("a", "one"), memory("b", "two")), indent=indent).encode()
    assert [one.claim.text for one in of(ImportedClaim, raw)] == ["one", "two"]
    assert [one.claim.text for one in of(ImportedClaim, raw + b"\n")] == ["one", "two"]


def test_a_store_that_is_cut_gives_the_memories_before_the_cut() -> None:
    raw = json.dumps(store(*(memory(f"m{n}", f"fact {n}") for n in range(9))), indent=1).encode()
    found = of(ImportedClaim, raw[: len(raw) * 2 // 3])
    assert [one.claim.text for one in found] == [f"fact {n}" for n in range(len(found))]
    assert len(found) >= 5


def test_conversations_beside_it_keep_the_names_of_their_product() -> None:
    def message(name: str, role: str, text: str, parent: str | None) -> dict[str, Any]:
        content = {"type": "text", "text": text}
        more = {"created_at": "2024-06-01T10:00:00Z", "parent_id": parent, "model": "m"}
        return {
            "id": name,
            "provider_message_id": f"p-{name}",
            "role": role,
            "content": content,
            **more,
        }

    conversation = {
        "schema": "portable-ai-memory-conversation",
        "schema_version": "1.0",
        "id": "c",
        "provider": {"name": "claude", "conversation_id": "k"},
        "title": "Talk",
        "temporal": {"created_at": "2024-06-01T10:00:00Z"},
        "messages": [
            message("1", "user", "Hi", None),
            message("2", "tool", "result", "1"),
            message("3", "assistant", "Hello", "2"),
            None,
        ],
    }
    raw = as_zip(
        {
            "memory-store.json": as_json(store(memory("a", "one"))),
            "conversations/c.json": json.dumps(conversation, indent=2).encode(),
        }
    )
    one = talk(raw)
    assert (one.origin, one.id, one.at) == ("claude", "k", JUNE)
    assert [line.id for line in one.messages] == ["p-1", "p-3"]
    assert thread(one) == ["Hi", "Hello"]
    assert len(of(ImportedClaim, raw)) == 1


_SCRAP = st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})


@given(
    st.lists(
        st.fixed_dictionaries(
            {"content": _SCRAP, "provenance": _SCRAP | st.just({"message_ref": 3})},
            optional={"id": _SCRAP, "temporal": _SCRAP, "status": _SCRAP, "metadata": _SCRAP},
        )
        | _SCRAP,
        min_size=1,
        max_size=12,  # after more items of no kind a file is left alone
    )
)
def test_no_shape_makes_it_stumble(memories: list[Any]) -> None:
    whole = store(*memories, memory("m", "kept"))
    for lines in (as_json(whole), as_lines(whole, whole)):
        assert not any(isinstance(piece, ImportedConversation) for piece in pieces(lines))


# --- written -----------------------------------------------------------------------------------


def facts() -> Facts:
    learned = [
        ("a", Claim(topic="home", slot="home", value="porto", text="Lives in Porto"), "own", 10.0),
        ("b", Claim(topic="home", slot="home", value="faro", text="Lives in Faro"), "own", 90.0),
        ("c", Claim(topic="plan", text="Exam", due=500.0), "own", 20.0),
        ("d", Claim(topic="like", text="Tea", about="Mia"), "waiting", 30.0),
    ]
    fold = Facts()
    for seq, (name, claim, trust, at) in enumerate(learned, start=1):
        entry = ClaimLearned(at=at, id=name, claim=claim, trust=trust, sources=("m",))  # type: ignore[arg-type]
        fold.apply(Record(seq, at, entry, b""))
    return fold


def written() -> dict[str, Any]:
    sources = {"m": pam.FactSource("m", "k", "Talk", 5.0)}
    raw = pam.render_store(facts().all(), sources, owner="ada", system="tau/1.2.3", now=JUNE)
    found: dict[str, Any] = json.loads(raw)
    return found


def test_what_is_written_follows_the_specification() -> None:
    found = written()
    assert (found["schema"], found["schema_version"]) == ("portable-ai-memory", "1.0")
    assert found["owner"] == {"id": "ada"}
    assert found["export_date"] == "2024-06-01T10:00:00Z"
    by_id = {one["id"]: one for one in found["memories"]}
    assert set(by_id) == {"a", "b", "c"}  # what waits is nobody's yet
    assert (by_id["a"]["status"], by_id["a"]["temporal"]["superseded_by"]) == ("superseded", "b")
    assert (by_id["b"]["status"], "superseded_by" in by_id["b"]["temporal"]) == ("active", False)
    assert (by_id["c"]["type"], by_id["b"]["type"]) == ("goal", "fact")
    text = hashlib.sha256(b"lives in porto").hexdigest()
    assert by_id["a"]["content_hash"] == f"sha256:{text}"
    assert by_id["a"]["provenance"]["message_ref"] == "m"
    (entry,) = found["conversations_index"]
    assert (entry["id"], sorted(entry["derived_memories"])) == ("k", ["a", "b", "c"])


def test_the_checksum_is_that_of_the_sorted_canonical_memories() -> None:
    found = written()
    ordered = sorted(found["memories"], key=lambda one: str(one["id"]))
    raw = json.dumps(ordered, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert found["integrity"]["checksum"] == f"sha256:{hashlib.sha256(raw).hexdigest()}"
    assert found["integrity"]["total_memories"] == len(found["memories"])


def test_no_memory_holds_null_fields_which_the_sdk_leaves_out_of_its_checksum() -> None:
    assert "null" not in json.dumps(written()["memories"])


def test_what_is_written_is_read_again() -> None:
    again = {one.id: one for one in of(ImportedClaim, as_json(written()))}
    assert again["b"].claim.slot == "home"
    assert again["a"].claim.valid_to == 90.0
    assert (again["c"].claim.topic, again["c"].claim.due) == ("plan", 500.0)
    assert again["c"].sources == (("tau", "k", "m"),)
