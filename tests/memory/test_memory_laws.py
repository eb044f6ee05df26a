"""Laws that hold for every journal, against a model that is slow and plain."""

import re
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tau.journal.entries import EntriesForgotten, Record
from tau.memory import Memory
from tau.memory.fusion import REASONS
from tau.memory.thread_pages import thread_page

from .naive import CONVERSATIONS, TEXTS, Naive, logs

REASON = re.compile(
    r"words(?:: [^,]+(?:, [^,]+){0,4})?|meaning|next to a match|same session as a match"
    r"|fact: .+|speaker|time: .+",
    re.DOTALL,
)
"""Pages translate reasons: a form that is not among these would be shown as it is."""
queries = st.sampled_from(("Porto sister", "里斯本", "unicode mas", "Ana", "the", "🙂", ""))


def fold(log: list[Record], memory: Memory | None = None) -> Memory:
    memory = memory or Memory()
    for record in log:
        memory.apply(record)
    return memory


def embed_all(memory: Memory, model: str = "m") -> None:
    lacking = memory.messages_to_embed(model, 100)
    seeds = [sum(map(ord, message.id)) for message in lacking]
    rows = [np.random.default_rng(seed).normal(size=8).astype(np.float32) for seed in seeds]
    memory.add_vectors(model, [message.id for message in lacking], np.array(rows).reshape(-1, 8))


@given(logs)
def test_the_thread_is_the_last_message_walked_up_its_parents(log: list[Record]) -> None:
    memory, naive = fold(log), Naive(log)
    for conversation in {c.id for c in memory.conversations.all()} & set(CONVERSATIONS):
        thread = memory.conversations.thread(conversation)
        assert [message.id for message in thread] == naive.thread(conversation)
        assert all(message.visible for message in thread)
        parents = [None, *(message.id for message in thread)]
        assert [message.parent for message in thread] == parents[: len(thread)]
        summary = memory.conversation(conversation)
        assert summary.count == len(thread)
        assert summary.last == (thread[-1].id if thread else None)
    assert len(memory) == len(naive.ids())
    shown = {name for name in naive.ids() if memory.message(name).visible}
    assert shown == naive.visible()


@given(logs, st.integers(1, 6))
def test_a_stretch_is_a_part_of_the_thread(log: list[Record], limit: int) -> None:
    memory = fold(log)
    for conversation in (c.id for c in memory.conversations.all()):
        thread = memory.conversations.thread(conversation)
        end = thread_page(memory.conversations, conversation, limit)
        assert end == (thread[-limit:], len(thread) > limit, False)
        for place, message in enumerate(thread):
            before = thread_page(memory.conversations, conversation, limit, before=message.id)
            first = max(0, place - limit)
            assert before == (thread[first:place], first > 0, True)
            after = thread_page(memory.conversations, conversation, limit, after=message.id)
            last = place + 1 + limit
            assert after == (thread[place + 1 : last], True, last < len(thread))
            around = thread_page(memory.conversations, conversation, limit, around=message.id)
            start = max(0, min(place - (limit - 1) // 2, len(thread) - limit))
            assert around.messages == thread[start : start + limit]
            assert message in around.messages
            assert (around.earlier, around.later) == (start > 0, start + limit < len(thread))


@given(logs)
def test_neighbours_are_those_of_the_thread(log: list[Record]) -> None:
    memory = fold(log)
    for passage in memory.search("porto sister unicode 里斯本 Ana hello", limit=50):
        thread = [m.id for m in memory.conversations.thread(passage.message.conversation)]
        place = thread.index(passage.message.id)
        before = passage.before.id if passage.before else None
        after = passage.after.id if passage.after else None
        assert [before] == (thread[place - 1 : place] or [None])
        assert [after] == (thread[place + 1 : place + 2] or [None])


@given(logs, queries)
def test_only_what_is_visible_is_found(log: list[Record], query: str) -> None:
    memory = fold(log)
    embed_all(memory)
    vector = np.ones(8, np.float32)
    found = memory.search(query, vector=vector, limit=50)
    assert {p.message.id for p in found} <= Naive(log).visible()
    assert [p.score for p in found] == sorted((p.score for p in found), reverse=True)
    assert all(p.reasons for p in found)
    assert all(REASON.fullmatch(reason) for p in found for reason in p.reasons)


def test_the_forms_of_reasons_are_those_that_are_told() -> None:
    page = (Path(__file__).parents[2] / "docs" / "memory.md").read_text("utf-8")
    forms = page.partition("## Why a message was recalled")[2].partition("\n## ")[0]
    told = re.findall(r"^\| `([^`]+)` \|", forms, re.MULTILINE)
    assert {form.partition(":")[0] for form in told} == set(REASONS.values())
    assert all(REASON.fullmatch(form) for form in told)


@given(logs, st.integers(0, 25), queries)
def test_a_snapshot_gives_the_same_memory_back(log: list[Record], cut: int, query: str) -> None:
    straight = fold(log[:cut])
    embed_all(straight)
    parts = straight.dump()
    again = Memory.restore(parts)
    assert again.dump() == parts
    fold(log[cut:], straight)
    fold(log[cut:], again)
    assert again.dump() == straight.dump()
    assert again.conversations.all() == straight.conversations.all()
    vector = np.ones(8, np.float32)
    assert again.search(query, vector=vector) == straight.search(query, vector=vector)
    assert [again.messages.of_turn(t) for t in ("t1", "t2")] == [
        straight.messages.of_turn(t) for t in ("t1", "t2")
    ]
    assert again.messages_to_embed("m", 100) == straight.messages_to_embed("m", 100)
    assert again.last == straight.last


@given(logs)
def test_forgetting_everything_leaves_nothing(log: list[Record]) -> None:
    memory = fold(log)
    embed_all(memory)
    memory.apply(Record(99, 0.0, EntriesForgotten(targets=tuple(range(99)), at=0.0), b""))
    assert len(memory) == 0
    assert memory.conversations.all() == []
    assert memory.search("Porto 里斯本 Ana") == []
    assert memory.messages.of_turn("t1") == []
    kept = b"".join(memory.dump().values())
    for text in (*TEXTS, "porto", "里斯", "Ana", "A title"):
        assert len(text) < 4 or text.encode() not in kept
    vectors = [part for name, part in memory.dump().items() if name.startswith("vectors")]
    assert not any(np.frombuffer(part[4:], np.int8).any() for part in vectors)


@given(logs)
def test_the_words_left_are_those_of_the_living(log: list[Record]) -> None:
    """The index after forgetting is the index of a memory that never knew."""
    memory, living = fold(log), Memory()
    ids = Naive(log).ids()
    for name in sorted(ids):
        message = memory.message(name)
        living.remember(message.text, speaker=message.speaker)
    assert _counts(memory) == _counts(living)
    assert memory._indexes.lexical.total == living._indexes.lexical.total
    assert memory._indexes.lexical.texts == living._indexes.lexical.texts


def _counts(memory: Memory) -> dict[int, list[int]]:
    """How often each term is said by each message that says it."""
    postings = memory._indexes.lexical.postings.items()
    return {term: sorted(posting & 255 for posting in said) for term, said in postings.items()}
