"""Laws of a life in a person's hands: whatever they do, and in whatever order.

What is known is only what the journal says, an act that is undone was never, and what is forgotten
is nowhere.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tau.errors import BadInput, NotFound
from tau.facts import Fact
from tau.facts.facts import undoable
from tau.ids import new_id
from tau.journal.entries import ChangeUndone, Claim, ClaimLearned
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.life.fact_editing import FactEditor
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory import Memory
from tau.memory.erasure_request import ErasureRequest
from tau.storage.database import Database
from tests.people_rows import add_people

KEY = bytes(32)
PLACES = ("Zanzibar", "里斯本港口", "Quokkaville", "Ünterwald")
Act = tuple[str, int, int]
ACTS = st.lists(
    st.tuples(
        st.sampled_from(
            ["tell", "learn", "learn", "wait", "correct", "correct", "confirm", "approve",
             "reject", "undo", "undo", "forget", "forget message", "save"]
        ),
        st.integers(0, 7),
        st.integers(0, len(PLACES) - 1),
    ),
    max_size=12,
)  # fmt: skip


class Place(NamedTuple):
    """A database, and a loop to reach it from: a law has many lives, and none needs its own."""

    runner: asyncio.Runner
    store: Store
    names: Iterator[int]

    def run(self, law: Callable[[Life], Awaitable[Any]]) -> Any:
        async def lived() -> Any:
            return await law(await self.opened(f"person{next(self.names)}"))

        return self.runner.run(lived())

    async def opened(self, person: str) -> Life:
        async def nothing(_query: str, _model: str | None) -> None:
            return None

        await add_people(self.store._database, person)
        return await Life.open(self.store, person, KEY, embed=nothing)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("laws")
    with asyncio.Runner() as runner:
        database = runner.run(Database.open(f"sqlite:///{folder / 'tau.db'}"))
        store = Store(database)
        yield Place(runner, store, count())
        runner.run(store.close())
        runner.run(database.close())


def home(name: str) -> Claim:
    return Claim(topic="home", text=f"Lives in {name}", slot="home", value=name.casefold())


async def learn(life: Life, name: str, conversation: str, trust: Any) -> None:
    words = f"So it is {name} where I live"
    message = await life.add_message(conversation, words)
    learned = ClaimLearned(
        at=message.at, id=new_id(), claim=home(name), sources=(message.id,), trust=trust
    )
    await life.append(learned)


async def act(life: Life, memories: FactEditor, step: Act) -> None:
    """Do what a step says to one of the facts; where there is none, nothing."""
    kind, which, name = step[0], step[1], PLACES[step[2]]
    facts = life.memory.facts.all()
    fact = facts[which % len(facts)] if facts else None
    conversation = (
        next(iter(life.memory.conversations.all()), None) or await life.create_conversation()
    )
    match kind:
        case "tell":
            await memories.add_fact(f"I live in {name}.")
        case "learn" | "wait":
            trust = "own" if kind == "learn" else "waiting"
            await learn(life, name, conversation.id, trust)
        case "save":
            await life.save()
        case "forget message":
            messages = [message.id for message in life.memory.messages]
            await forget(life, ErasureRequest(messages=tuple(messages[which : which + 1])))
        case _ if fact is not None:
            await to_a_fact(memories, kind, fact, name)


async def to_a_fact(memories: FactEditor, kind: str, fact: Fact, name: str) -> None:
    match kind:
        case "correct":
            await memories.correct(fact.id, f"Lives in {name}")
        case "confirm":
            await memories.confirm(fact.id)
        case "approve":
            await memories.approve([fact.id])
        case "reject":
            await memories.reject([fact.id])
        case "forget":
            await forget(memories._life, ErasureRequest(facts=(fact.id,)))
        case "undo":
            with suppress(BadInput):  # there is nothing to undo
                await memories.undo(fact.id)


def plain(facts: list[Fact]) -> list[dict[str, Any]]:
    """Facts but for what tells that something happened in between."""
    names = [name for name in Fact.__struct_fields__ if name != "revision"]
    return [{name: getattr(fact, name) for name in names} for fact in facts]


@settings(max_examples=40)
@given(acts=ACTS)
def test_a_journal_read_anew_says_the_same(place: Place, acts: list[Act]) -> None:
    async def law(life: Life) -> None:
        for step in acts:
            await act(life, FactEditor(life), step)
        by_snapshot = await place.opened(life.person)
        anew = Memory()
        await Journal(place.store, life.person, KEY, anew.apply).catch_up()
        for other in (by_snapshot.memory, anew):
            assert other.facts.all() == life.memory.facts.all()
            assert undoable(other.facts) == undoable(life.memory.facts)
            assert other.last == life.memory.last
            assert {m.id for m in other.messages} == {m.id for m in life.memory.messages}
        for fact in life.memory.facts.all():
            assert FactEditor(by_snapshot).evidence_for(fact.id) == FactEditor(life).evidence_for(
                fact.id
            )
        again = Memory.restore(life.memory.dump())
        assert again.facts.all() == life.memory.facts.all()

    place.run(law)


@settings(max_examples=40)
@given(acts=ACTS, kind=st.sampled_from(["correct", "confirm", "approve", "reject"]),
       which=st.integers(0, 7), name=st.sampled_from(PLACES))  # fmt: skip
def test_what_is_undone_was_never_done(
    place: Place, acts: list[Act], kind: str, which: int, name: str
) -> None:
    async def law(life: Life) -> None:
        memories = FactEditor(life)
        for step in acts:
            await act(life, memories, step)
        before = life.memory.facts.all()
        if not before:
            return
        fact, written = before[which % len(before)], life.memory.last
        await to_a_fact(memories, kind, fact, name)
        if life.memory.last == written:
            assert life.memory.facts.all() == before, "nothing is written where nothing changes"
            return
        newest = next(reversed([*life.memory.facts.entries()]))[1]
        await memories.undo(newest.id if isinstance(newest, ClaimLearned) else fact.id)
        assert plain(life.memory.facts.all()) == plain(before)

    place.run(law)


@settings(max_examples=40)
@given(acts=ACTS)
def test_what_is_forgotten_is_nowhere(place: Place, acts: list[Act]) -> None:
    async def law(life: Life) -> None:
        memories = FactEditor(life)
        for step in acts:
            await act(life, memories, step)
        for name in PLACES:
            await forget_all_of(life, memories, name)
        assert life.memory.facts.all() == []
        assert undoable(life.memory.facts) == []
        assert life.memory.search(" ".join(PLACES), now=time.time()) == []
        left = [each for _, each in life.memory.facts.entries() if isinstance(each, ClaimLearned)]
        undone = {e.target for _, e in life.memory.facts.entries() if isinstance(e, ChangeUndone)}
        # What the person took back is no fact that could be named. It stays until its time is
        # forgotten, also where the fact that it had corrected was forgotten before.
        assert all(each.id in undone for each in left)
        if left:
            await forget(life, ErasureRequest(since=0.0))
        kept = str([record async for record in life.read()]).encode()
        kept += b"".join(life.memory.dump().values())
        for word in (*PLACES, "lives"):
            assert word.encode() not in kept
            assert word.casefold().encode() not in kept

    place.run(law)


async def forget_all_of(life: Life, memories: FactEditor, name: str) -> None:
    """Forget one place with all that was said and told of it."""
    while facts := [f for f in life.memory.facts.all() if name in f.text]:
        await forget(life, ErasureRequest(facts=(facts[0].id,)))
        with pytest.raises(NotFound):
            memories.evidence_for(facts[0].id)
    said = [message.id for message in life.memory.messages if name in message.text]
    if said:
        await forget(life, ErasureRequest(messages=tuple(said)))


@settings(max_examples=25)
@given(acts=ACTS, which=st.integers(0, 7))
def test_a_rehearsal_changes_nothing_and_tells_the_truth(
    place: Place, acts: list[Act], which: int
) -> None:
    async def law(life: Life) -> None:
        memories = FactEditor(life)
        for step in acts:
            await act(life, memories, step)
        facts = life.memory.facts.all()
        if not facts:
            return
        chosen = facts[which % len(facts)]
        before = life.memory.dump()
        rehearsed = await forget(life, ErasureRequest(facts=(chosen.id,)), dry_run=True)
        assert life.memory.dump() == before
        done = await forget(life, ErasureRequest(facts=(chosen.id,)))
        assert (done.messages, done.facts, done.seqs) == (
            rehearsed.messages, rehearsed.facts, rehearsed.seqs,
        )  # fmt: skip
        assert {fact.id for fact in life.memory.facts.all()}.isdisjoint(done.facts)
        held = {fact.text for fact in facts if fact.state == "current"}
        assert {fact.text for fact in life.memory.facts.current(time.time())} <= held, "back again"
        assert {message.id for message in life.memory.messages}.isdisjoint(done.messages)

    place.run(law)


@settings(max_examples=20)
@given(acts=st.lists(ACTS, min_size=2, max_size=4))
def test_several_devices_at_once_leave_one_truth(place: Place, acts: list[list[Act]]) -> None:
    async def law(life: Life) -> None:
        async def device(steps: list[Act]) -> None:
            for step in steps:
                try:
                    await act(life, FactEditor(life), step)
                except NotFound:
                    continue  # another device forgot it in between

        await asyncio.gather(*map(device, acts))
        anew = Memory()
        await Journal(place.store, life.person, KEY, anew.apply).catch_up()
        assert anew.facts.all() == life.memory.facts.all()
        sources = {source for fact in anew.facts.all() for source in fact.sources}
        assert sources <= {message.id for message in life.memory.messages}

    place.run(law)
