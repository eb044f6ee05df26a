"""Laws of an erasure plan, whatever was said: whose words go, and that no reply keeps them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tau.journal.entries import Entry, MessageAdded, Record
from tau.memory import Memory
from tau.memory.erasure_plan import plan_erasure
from tau.memory.erasure_request import ErasureTargets
from tau.memory.messages import Message
from tau.memory.repetition import shares_content

WORDS = ("zanzibar", "heron", "quokka", "good", "thanks", "you", "芝麻", "开门", "好")
Said = tuple[bool, int, list[str]]


def memory_of(said: list[Said]) -> Memory:
    """Return a memory of conversations with edits, retries and messages in a row."""
    memory = Memory()
    names: list[str] = []
    for seq, (by_tau, place, words) in enumerate(said, start=1):
        parent = names[-1 - place % len(names)] if names and place % 5 else None
        names.append(f"m{seq}")
        entry: Entry = MessageAdded(
            at=float(seq), id=names[-1], conversation="c", by="tau" if by_tau else "person",
            text=" ".join(words), parent=parent,
        )  # fmt: skip
        memory.apply(Record(seq=seq, at=0.0, entry=entry, raw=b""))
    return memory


conversations = st.lists(
    st.tuples(st.booleans(), st.integers(0, 12), st.lists(st.sampled_from(WORDS), max_size=4)),
    min_size=1, max_size=14,
)  # fmt: skip


@settings(max_examples=300)
@given(conversations, st.integers(0, 13))
def test_of_the_person_only_what_was_chosen_and_its_versions_go(
    said: list[Said], pick: int
) -> None:
    memory = memory_of(said)
    chosen = list(memory.messages)[pick % len(said)]
    plan = plan_erasure(memory, ErasureTargets(messages=(chosen.id,)))
    going = [memory.message(name) for name in plan.messages]
    assert all(not one.is_reply for one in going)
    assert all(one.parent == chosen.parent and not chosen.is_reply for one in going)
    assert all(memory.message(name).is_reply for name in plan.replies)
    assert chosen.id in (*plan.messages, *plan.replies)
    assert {*plan.answers, *plan.elsewhere}.isdisjoint((*plan.messages, *plan.replies))


@settings(max_examples=300)
@given(conversations, st.integers(0, 13))
def test_no_reply_keeps_a_word_of_what_it_answers_or_a_word_of_nobody_else(
    said: list[Said], pick: int
) -> None:
    memory = memory_of(said)
    chosen = list(memory.messages)[pick % len(said)]
    plan = plan_erasure(memory, ErasureTargets(messages=(chosen.id,)))
    gone = {*plan.messages, *plan.replies}
    left = [one for one in memory.messages if one.id not in gone]
    answers = [one for one in left if one.is_reply and one.parent in plan.messages]
    assert {one.id for one in answers} == set(plan.answers), "each that stays is listed"
    for one in answers:
        assert not shares_content(memory.message(one.parent or "").text, one.text)
    start = min(memory.message(name).seq for name in gone)
    for word in ("zanzibar", "heron", "quokka"):
        if word in chosen.text and not any(word in one.text for one in _others(left, start)):
            assert not any(word in one.text for one in left)


def _others(left: list[Message], start: int) -> list[Message]:
    """Return what can have a word from elsewhere: the words of the person, and earlier replies."""
    return [one for one in left if not one.is_reply or one.seq < start]


@settings(max_examples=300)
@given(conversations, st.integers(0, 13))
def test_replies_that_share_no_word_with_what_goes_stay(said: list[Said], pick: int) -> None:
    memory = memory_of(said)
    chosen = list(memory.messages)[pick % len(said)]
    plan = plan_erasure(memory, ErasureTargets(messages=(chosen.id,)))
    sources = [chosen, *(memory.message(name) for name in plan.messages)]
    for name in set(plan.replies) - {chosen.id}:
        assert any(shares_content(one.text, memory.message(name).text) for one in sources)
