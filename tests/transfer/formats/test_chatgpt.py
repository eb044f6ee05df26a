"""ChatGPT's export comes over as a tree, and the thread that showed there shows here."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.transfer.formats import ImportedConversation, SkippedItem

from ..exports import BEGAN, as_json, as_zip, chatgpt, node, said
from .reading import notes, of, pieces, reasons, talk, texts, thread


def conversation(mapping: dict[str, Any], current: str | None = None) -> bytes:
    return as_json([{**chatgpt("c"), "mapping": mapping, "current_node": current}])


def test_a_conversation_keeps_who_said_what_when_and_with_which_model() -> None:
    answer = said("assistant", "Tea.", BEGAN + 9, metadata={"model_slug": "gpt-4o"})
    one = talk(
        conversation(
            {"r": node(None), "a": node("r", said("user", "Tea?")), "b": node("a", answer)}, "b"
        )
    )
    assert (one.origin, one.id, one.title, one.at) == ("chatgpt", "c", "Talk c", BEGAN)
    assert [(line.by, line.text, line.at, line.model) for line in one.messages] == [
        ("person", "Tea?", BEGAN, None),
        ("tau", "Tea.", BEGAN + 9, "gpt-4o"),
    ]


def test_edits_are_branches_and_the_current_thread_comes_last() -> None:
    mapping = {
        "r": node(None),
        "a": node("r", said("user", "first")),
        "b": node("a", said("assistant", "one", BEGAN + 1)),
        "c": node("a", said("assistant", "two", BEGAN + 2)),
        "d": node("b", said("user", "on", BEGAN + 3)),
        "e": node("r", said("user", "edited", BEGAN + 4)),
    }
    one = talk(conversation(mapping, "d"))
    assert thread(one) == ["first", "one", "on"]
    assert sorted(texts(one)) == sorted(["first", "one", "two", "on", "edited"])
    assert thread(talk(conversation(mapping, "e"))) == ["edited"]
    assert thread(talk(conversation(mapping, None))) == ["edited"]  # the newest end
    assert thread(talk(conversation(mapping, "nowhere"))) == ["edited"]


def test_what_nobody_said_to_anybody_is_left_out_and_tears_no_thread() -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    thoughts = {**said("assistant", "x"), "content": {"content_type": "thoughts", "thoughts": []}}
    mapping = {
        "r": node(None, said("system", "You are helpful.")),
        "h": node("r", said("user", "profile", metadata=hidden)),
        "a": node("h", said("user", "Compute.")),
        "t": node("a", thoughts),
        "p": node("t", said("assistant", "print(1)", recipient="python")),
        "o": node("p", said("tool", "1")),
        "b": node("o", said("assistant", "It is 1.")),
    }
    one = talk(conversation(mapping, "b"))
    assert thread(one) == ["Compute.", "It is 1."]


def test_pictures_speech_and_empty_parts() -> None:
    parts = [
        None,
        {"content_type": "image_asset_pointer", "asset_pointer": "file-service://x"},
        {"content_type": "audio_transcription", "text": "spoken words"},
        {"content_type": "video"},
        7,
        "typed",
    ]
    message = said("user", parts)
    message["content"]["content_type"] = "multimodal_text"
    nothing = said("user", [None, ""])
    one = talk(conversation({"a": node(None, message), "b": node("a", nothing)}, "b"))
    assert texts(one) == ["[image]\nspoken words\ntyped"]


def test_a_missing_parent_a_cycle_and_a_missing_date_lose_no_words() -> None:
    mapping = {
        "a": node("gone", said("user", "one", None)),
        "b": node("a", said("assistant", "two", None)),
        "x": node("y", said("user", "three", BEGAN + 5)),
        "y": node("x", said("assistant", "four", BEGAN + 6)),
        "s": node("s", said("user", "five", 0)),
    }
    one = talk(conversation(mapping, "b"))
    assert sorted(texts(one)) == ["five", "four", "one", "three", "two"]
    assert [line.at for line in one.messages if line.text in {"one", "two"}] == [BEGAN, BEGAN]


def test_without_any_date_it_is_that_of_the_file() -> None:
    raw = as_json([{**chatgpt("c", ("user", "x")), "create_time": None, "update_time": None}])
    assert talk(raw).at == 5.0


def test_damaged_messages_are_counted_under_the_name_of_their_conversation() -> None:
    mapping: dict[str, Any] = {
        "a": node(None, said("user", "kept")),
        "b": 3,
        "c": node("a", "text"),
    }
    assert reasons(conversation(mapping)) == ["“Talk c”: 2 of its messages could not be read"]
    assert texts(talk(conversation(mapping))) == ["kept"]


@pytest.mark.parametrize("broken", [{"mapping": None}, {"mapping": []}])
def test_a_conversation_without_messages_is_named_and_the_next_is_read(broken: Any) -> None:
    raw = as_json([{**chatgpt("a", ("user", "x")), **broken}, chatgpt("b", ("user", "kept"))])
    assert reasons(raw) == ["“Talk a”: its messages are missing or damaged"]
    assert texts(talk(raw)) == ["kept"]


def test_a_zip_with_numbered_files_is_read_in_order_and_the_rest_is_told() -> None:
    raw = as_zip(
        {
            "export/conversations-001.json": as_json([chatgpt("b", ("user", "two"))]),
            "export/conversations-000.json": as_json([chatgpt("a", ("user", "one"))]),
            "export/export_manifest.json": as_json({"files": ["conversations-000.json"]}),
            "export/user.json": as_json({"id": "user-1"}),
            "../../evil.png": b"\x89PNG",
        }
    )
    assert [texts(each) for each in of(ImportedConversation, raw)] == [["one"], ["two"]]
    assert of(SkippedItem, raw) == []
    assert notes(raw) == ["1 other file: pictures and other files are not imported"]


_SCRAP = st.sampled_from([None, [], {}, [None, {}]]) | st.integers() | st.text(max_size=5)
_NODE = st.fixed_dictionaries(
    {},
    optional={
        "parent": st.sampled_from(["a", "b", "c", "zzz", None, 4]),
        "message": _SCRAP
        | st.fixed_dictionaries(
            {},
            optional={
                "author": _SCRAP | st.just({"role": "user"}) | st.just({"role": "assistant"}),
                "create_time": _SCRAP | st.floats(),
                "content": _SCRAP
                | st.fixed_dictionaries(
                    {"content_type": _SCRAP | st.just("text"), "parts": _SCRAP | st.lists(_SCRAP)}
                ),
                "metadata": _SCRAP,
                "recipient": _SCRAP,
            },
        ),
    },
)


@given(st.dictionaries(st.sampled_from("abcdef"), _NODE | _SCRAP), _SCRAP | st.just("a"), _SCRAP)
def test_no_shape_makes_it_stumble(mapping: Any, current: Any, title: Any) -> None:
    raw = as_json(
        [
            {
                "title": title,
                "mapping": mapping,
                "current_node": current,
                "id": "x",
                "create_time": title,
            }
        ]
    )
    for piece in pieces(raw):
        if isinstance(piece, ImportedConversation):
            known: set[str] = set()
            for line in piece.messages:
                assert line.text
                assert line.parent is None or line.parent in known
                known.add(line.id)


def test_a_conversation_without_an_identifier_is_known_again_by_how_it_began() -> None:
    mapping: dict[str, Any] = {"r": node(None, None), "a": node("r", said("user", "hello"))}
    bare = {"title": "Before", "create_time": 1684000000.25, "mapping": mapping}
    grown = {**bare, "title": "Renamed", "mapping": {**mapping, "b": node("a", said("user", "x"))}}
    other = {**bare, "create_time": 1684000001.25}
    first, again, apart = (talk(as_json([each])) for each in (bare, grown, other))
    assert texts(first) == ["hello"]
    assert texts(again) == ["hello", "x"]
    assert first.id == again.id != apart.id


def test_conversations_without_identifier_and_date_are_told_apart_by_title() -> None:
    mapping: dict[str, Any] = {"a": node(None, said("user", "hello"))}
    one, other = (talk(as_json([{"title": title, "mapping": mapping}])) for title in ("A", "B"))
    assert one.id != other.id
