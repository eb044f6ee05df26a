"""Edits, retries, forgetting and what is damaged: which thread a conversation shows."""

import pytest

from tau.errors import NotFound
from tau.journal.entries import (
    ConversationChanged,
    EntriesForgotten,
    Entry,
    MessageAdded,
    UnknownEntry,
)
from tau.memory import Memory
from tau.memory.thread_pages import thread_page

from .naive import records, said


def memory_of(*entries: Entry | UnknownEntry) -> Memory:
    memory = Memory()
    for record in records(*entries):
        memory.apply(record)
    return memory


def shown(memory: Memory, conversation: str = "walks") -> str:
    return "".join(message.id for message in memory.conversations.thread(conversation))


def test_an_edit_replaces_the_words_and_all_that_followed() -> None:
    memory = memory_of(
        said("a", "I like tea"),
        said("b", "Which?", by="tau", parent="a"),
        said("c", "Oolong", parent="b"),
        said("d", "I like coffee"),
    )
    assert shown(memory) == "d"
    assert [p.message.id for p in memory.search("tea coffee oolong")] == ["d"]
    assert not memory.message("b").visible
    assert memory.conversation("walks").count == 1


def test_a_retry_is_another_child_of_the_same_words() -> None:
    memory = memory_of(said("a"), said("b", by="tau", parent="a"), said("c", by="tau", parent="a"))
    assert shown(memory) == "ac"
    memory.apply(records(said("d", parent="b"), start=4)[0])
    assert shown(memory) == "abd"
    assert memory.message("c").visible is False


def test_a_message_whose_parent_was_lost_follows_the_newest() -> None:
    memory = memory_of(said("a"), said("b", parent="a"), said("d", parent="damaged"))
    assert shown(memory) == "abd"
    assert memory.message("d").parent == "b"


def test_a_message_that_names_itself_or_another_conversation_as_parent() -> None:
    memory = memory_of(said("a", parent="a"), said("x", conversation="work"), said("b", parent="x"))
    assert shown(memory) == "ab"
    assert shown(memory, "work") == "x"


def test_the_same_message_twice_is_kept_once() -> None:
    memory = memory_of(said("a", "first"), said("a", "second"))
    assert len(memory) == 1
    assert memory.message("a").text == "first"
    assert memory.last == 2


def test_forgetting_hangs_children_to_the_nearest_living_ancestor() -> None:
    memory = memory_of(
        said("a"),
        said("b", parent="a"),
        said("c", parent="b"),
        said("d", parent="c"),
        EntriesForgotten(targets=(2, 3), at=0),
    )
    assert shown(memory) == "ad"
    assert memory.message("d").parent == "a"
    with pytest.raises(NotFound):
        memory.message("b")


def test_forgetting_a_retry_brings_the_earlier_reply_back() -> None:
    memory = memory_of(
        said("a"),
        said("b", parent="a"),
        said("c", parent="a"),
        EntriesForgotten(targets=(3,), at=0),
    )
    assert shown(memory) == "ab"
    assert memory.message("b").visible


def test_a_conversation_is_named_archived_and_brought_back() -> None:
    memory = memory_of(
        ConversationChanged(id="walks", title="Walks", at=5.0),
        said("a", at=10.0),
        said("b", at=20.0, parent="a"),
        ConversationChanged(id="walks", archived=True, at=30.0),
        said("x", conversation="work", at=15.0),
    )
    first, second = memory.conversations.all()
    assert (first.id, first.title, first.archived) == ("walks", "Walks", True)
    assert (first.started_at, first.updated_at) == (5.0, 20.0)
    assert (second.id, second.title, second.archived) == ("work", None, False)
    memory.apply(records(ConversationChanged(id="walks", archived=False, at=40.0), start=6)[0])
    assert memory.conversation("walks").archived is False


def test_a_forgotten_title_is_gone_and_the_one_before_it_back() -> None:
    memory = memory_of(
        ConversationChanged(id="walks", title="Walks", at=1.0),
        ConversationChanged(id="walks", title="A secret", at=2.0),
        EntriesForgotten(targets=(2,), at=3.0),
    )
    assert memory.conversation("walks").title == "Walks"
    assert b"secret" not in b"".join(memory.dump().values())
    memory.apply(records(EntriesForgotten(targets=(1,), at=4.0), start=4)[0])
    with pytest.raises(NotFound):
        memory.conversation("walks")


def test_the_messages_of_a_turn() -> None:
    memory = memory_of(
        said("a", turn="t"), said("b", by="tau", parent="a", turn="t"), said("c", parent="b")
    )
    assert [message.id for message in memory.messages.of_turn("t")] == ["a", "b"]
    assert memory.messages.of_turn("nothing") == []
    memory.apply(records(EntriesForgotten(targets=(1,), at=0), start=4)[0])
    assert [message.id for message in memory.messages.of_turn("t")] == ["b"]


def test_an_unknown_kind_only_moves_on() -> None:
    memory = memory_of(said("a"), UnknownEntry(kind="dreamt"))
    assert memory.last == 2
    assert len(memory) == 1


def test_nothing_is_found_where_nothing_is() -> None:
    memory = Memory()
    for look in (memory.conversation, memory.conversations.thread, memory.message):
        with pytest.raises(NotFound):
            look("nothing")
    assert memory.conversations.all() == []


def test_a_very_long_thread_and_a_switch_at_its_root() -> None:
    chain: list[MessageAdded] = [said("0")]
    chain.extend(said(str(i), parent=str(i - 1)) for i in range(1, 3000))
    memory = memory_of(*chain, said("new"))
    assert shown(memory) == "new"
    memory.apply(records(said("back", parent="2999"), start=3002)[0])
    assert memory.conversation("walks").count == 3001


def test_a_stretch_of_what_the_thread_does_not_show_is_refused() -> None:
    memory = memory_of(said("a"), said("b", parent="a"), said("c", parent="a"))
    memory.apply(records(said("x", conversation="work"), start=4)[0])
    for place in ("before", "after", "around"):
        with pytest.raises(NotFound, match="Another version"):
            thread_page(memory.conversations, "walks", 2, **{place: "b"})
        for unknown in ("x", "nowhere", ""):
            with pytest.raises(NotFound, match="no such message in this conversation"):
                thread_page(memory.conversations, "walks", 2, **{place: unknown})
    with pytest.raises(NotFound, match="no such conversation"):
        thread_page(memory.conversations, "nowhere", 2)


def test_a_record_that_was_taken_in_before_is_passed_over() -> None:
    memory = memory_of(said("a"), said("b", parent="a"))
    before = memory.dump()
    for record in records(said("x"), EntriesForgotten(targets=(1,), at=0)):
        memory.apply(record)
    assert memory.dump() == before


@pytest.mark.parametrize("at", [float("nan"), float("inf"), -float("inf"), 1e300, -1e300])
def test_a_time_that_is_none_does_no_harm(at: float) -> None:
    memory = memory_of(said("a", "tea", at=at), said("b", "tea", parent="a", at=5.0))
    assert {p.message.id for p in memory.search("tea")} == {"a", "b"}
    assert memory.search("tea", now=0.0)
    assert len(memory.conversations.all()) == 1


def test_targets_that_never_were_are_passed_over() -> None:
    memory = memory_of(said("a"), EntriesForgotten(targets=(0, -1, 7, 2**40, 2**63, 1, 1), at=0))
    assert len(memory) == 0


def test_a_sitting_ends_with_a_long_pause() -> None:
    hour = 3600.0
    memory = Memory()
    for at in (0, 1, 9, 9.5):
        memory.remember("tea", at=at * hour)
    memory.remember("tea", at=9.5 * hour, conversation="another")
    assert memory.messages.session.values.tolist() == [0, 0, 1, 1, 2]


def test_a_library_user_needs_no_journal() -> None:
    memory = Memory()
    first = memory.remember("My sister lives in Porto", at=1.0)
    second = memory.remember("How nice", by="tau")
    assert (first.seq, second.seq, memory.last) == (1, 2, 2)
    assert second.parent == first.id
    assert second.at > first.at
    assert memory.conversations.thread("default") == [first, second]
    assert memory.conversation("default").last == second.id


def test_the_entries_of_a_conversation_are_all_it_takes_to_erase_it() -> None:
    memory = memory_of(
        ConversationChanged(id="walks", title="Walks", at=1.0),
        said("a"),
        said("x", conversation="work"),
        said("b"),
        ConversationChanged(id="plans", title="Plans", at=2.0),
    )
    assert memory.conversations.entries_of("walks") == [1, 2, 4]
    assert memory.conversations.entries_of("plans") == [5]
    memory.apply(records(EntriesForgotten(targets=(1, 2, 4, 5), at=3.0), start=6)[0])
    assert [conversation.id for conversation in memory.conversations.all()] == ["work"]
    with pytest.raises(NotFound):
        memory.conversations.entries_of("walks")


def test_what_was_written_after_an_entry_comes_in_the_order_of_the_journal() -> None:
    memory = memory_of(
        said("a"),
        said("b", by="tau", parent="a"),
        said("c"),
        said("d"),
        EntriesForgotten(at=1, targets=(3,)),
    )
    assert [message.id for message in memory.messages.since(0, 10)] == ["a", "b", "d"]
    assert [message.id for message in memory.messages.since(1, 1)] == ["b"]
    assert memory.messages.since(4, 10) == []
    assert memory.messages.since(0, -1) == []
