"""Claude's export: words, attached documents apart from them, and what Claude remembers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.transfer.formats import ImportedClaim, ImportedConversation

from ..exports import as_json, as_zip, claude
from .reading import of, pieces, reasons, talk, texts, thread


def test_a_conversation_is_a_thread_with_dates() -> None:
    one = talk(as_json([claude("k", ("human", "Tea?"), ("assistant", "Tea."))]))
    assert (one.origin, one.id, one.title, one.at) == ("claude", "k", "Talk k", 1_714_557_600.0)
    assert [(line.by, line.text, line.at - one.at) for line in one.messages] == [
        ("person", "Tea?", 0),
        ("tau", "Tea.", 1),
    ]
    assert thread(one) == ["Tea?", "Tea."]


def test_an_attached_document_speaks_for_itself() -> None:
    one = claude("k", ("human", "Sum this up."), ("assistant", "Done."))
    one["chat_messages"][0]["attachments"] = [
        {"file_name": "will.pdf", "extracted_content": "I leave it all."},
        {"file_name": None, "extracted_content": "More."},
        {"file_name": "empty.txt", "extracted_content": ""},
        None,
    ]
    found = talk(as_json([one]))
    assert [(line.speaker, line.text) for line in found.messages] == [
        ("will.pdf", "I leave it all."),
        ("a document", "More."),
        (None, "Sum this up."),
        (None, "Done."),
    ]
    assert len(thread(found)) == 4


def test_only_what_was_said_is_taken_of_an_answer() -> None:
    one = claude("k", ("assistant", "with a note that a block cannot be shown"))
    one["chat_messages"][0]["content"] = [
        {"type": "thinking", "thinking": "hm"},
        {"type": "tool_use", "name": "search", "input": {}},
        {"type": "text", "text": "Said."},
        None,
    ]
    assert texts(talk(as_json([one]))) == ["Said."]


def test_branches_where_parents_are_told() -> None:
    one = claude("k", ("human", "first"), ("assistant", "one"), ("human", "second"))
    for message, parent in zip(one["chat_messages"], ["root", "k-0", "root"], strict=True):
        message["parent_message_uuid"] = parent
    one["chat_messages"][2]["parent_message_uuid"] = "k-0"
    assert thread(talk(as_json([one]))) == ["first", "second"]
    one["current_leaf_message_uuid"] = "k-1"
    assert thread(talk(as_json([one]))) == ["first", "one"]


def test_damaged_and_doubled_messages_are_counted() -> None:
    one = claude("k", ("human", "kept"), ("human", "kept too"))
    one["chat_messages"] += [None, {"sender": "nobody"}, {**one["chat_messages"][0]}]
    raw = as_json([one, {**claude("x"), "chat_messages": None}])
    assert reasons(raw) == [
        "“Talk k”: 3 of its messages could not be read",
        "“Talk x”: its messages are missing or damaged",
    ]
    assert texts(talk(raw)) == ["kept", "kept too"]


def test_what_claude_remembers_becomes_claims_and_projects_are_named() -> None:
    memories = [
        {
            "conversations_memory": "**Work**\n\nAda is a baker.\n\n"
            "# Home\n- Has a cat.\n2. Likes tea.",
            "project_memories": {"p": "Plans a garden."},
            "account_uuid": "x",
        }
    ]
    projects = [{"uuid": "p", "name": "Garden", "docs": [], "prompt_template": ""}]
    raw = as_zip(
        {
            "conversations.json": as_json([claude("k", ("human", "x"))]),
            "memories.json": as_json(memories),
            "projects.json": as_json(projects),
            "users.json": as_json([{"uuid": "u", "full_name": "Ada"}]),
        }
    )
    told = of(ImportedClaim, raw)
    assert [each.claim.text for each in told] == [
        "Ada is a baker.",
        "Has a cat.",
        "Likes tea.",
        "Plans a garden.",
    ]
    assert len({each.id for each in told}) == 4
    assert reasons(raw) == ["the project “Garden”: projects are not imported"]


_SCRAP = st.none() | st.integers() | st.text(max_size=5) | st.just([]) | st.just({})
_MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        "uuid": _SCRAP | st.sampled_from(["a", "b", "c"]),
        "sender": _SCRAP | st.sampled_from(["human", "assistant"]),
        "text": _SCRAP,
        "content": _SCRAP | st.lists(_SCRAP | st.just({"type": "text", "text": "x"})),
        "attachments": _SCRAP | st.lists(_SCRAP | st.just({"extracted_content": "doc"})),
        "parent_message_uuid": _SCRAP | st.sampled_from(["a", "b", "c"]),
        "created_at": _SCRAP | st.just("2024-05-01T10:00:00Z"),
    },
)


@given(st.lists(_MESSAGE | _SCRAP) | _SCRAP, _SCRAP, _SCRAP | st.just("a"))
def test_no_shape_makes_it_stumble(messages: Any, name: Any, leaf: Any) -> None:
    one = {"uuid": "k", "name": name, "chat_messages": messages, "current_leaf_message_uuid": leaf}
    for piece in pieces(as_json([one])):
        if isinstance(piece, ImportedConversation):
            known: set[str] = set()
            for line in piece.messages:
                assert line.text
                assert line.parent is None or line.parent in known
                known.add(line.id)


@pytest.mark.parametrize("memory", [{}, {"conversations_memory": None}, {"project_memories": 3}])
def test_an_empty_memory_is_named_if_it_is_one(memory: dict[str, Any]) -> None:
    raw = as_json([claude("k", ("human", "x")), memory])
    assert len(reasons(raw)) == 1


def test_a_conversation_without_an_identifier_is_known_again_by_how_it_began() -> None:
    bare = {key: value for key, value in claude("k", ("human", "hi")).items() if key != "uuid"}
    first, again = talk(as_json([bare])), talk(as_json([{**bare, "name": "Renamed"}]))
    assert thread(first) == ["hi"]
    assert first.id == again.id
