"""Two writers on one log do what a plain list would do, whatever they are told in which order."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tau.journal.entries import EntriesForgotten, MessageAdded, Record
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage.database import Database

T = TypeVar("T")
KEY = bytes(32)
BLOCK = 3  # texts in one part of a snapshot, so that some parts stay as they are


def said(text: str) -> MessageAdded:
    return MessageAdded(at=1.0, id=text, conversation="c", by="person", text=text)


class Writer:
    """A process of its own: a store, a journal, and a projection that remembers every text."""

    def __init__(self, database: Database) -> None:
        self.store = Store(database)
        self.texts: dict[int, str] = {}
        self.journal = Journal(self.store, "ada", KEY, self.take)

    def take(self, record: Record) -> None:
        if isinstance(record.entry, MessageAdded):
            self.texts[record.seq] = record.entry.text
        if isinstance(record.entry, EntriesForgotten):
            for seq in record.entry.targets:
                self.texts.pop(seq, None)

    async def save(self) -> bool:
        blocks: dict[str, dict[int, str]] = {}
        for seq, text in self.texts.items():
            blocks.setdefault(f"block-{seq // BLOCK}", {})[seq] = text
        parts = {name: msgspec.json.encode(block) for name, block in blocks.items()}
        return await self.journal.save_snapshot(parts, self.journal.last)

    async def open(self) -> bool:
        """Open as a process does that has just started; return whether there was a snapshot."""
        snapshot = await self.journal.load_snapshot()
        for part in (snapshot[1] if snapshot else {}).values():
            self.texts |= msgspec.json.decode(part, type=dict[int, str])
        await self.journal.catch_up()
        return snapshot is not None


class TwoWriters(RuleBasedStateMachine):
    """The model is a list: a text, or `None` where there is none to read any more."""

    @initialize()
    def begin(self) -> None:
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.log: list[str | None] = []
        self.count = 0
        self.database = self.run(Database.open(f"sqlite:///{self.folder / 'tau.db'}"))
        self.writers = [Writer(self.database), Writer(self.database)]

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def fresh(self, count: int) -> list[str]:
        self.count += count
        return [f"text {n}" for n in range(self.count - count, self.count)]

    @rule(who=st.integers(0, 1), count=st.integers(1, 4))
    def append(self, who: int, count: int) -> None:
        texts = self.fresh(count)
        records = self.run(self.writers[who].journal.append(*map(said, texts)))
        assert [record.seq for record in records] == [
            len(self.log) + number for number in range(1, count + 1)
        ]
        self.log += texts

    @rule(count=st.integers(1, 3))
    def append_both_at_once(self, count: int) -> None:
        async def race() -> list[list[Record]]:
            tasks = (
                writer.journal.append(said(text))
                for text in texts
                for writer in self.writers
                if text.endswith(str(self.writers.index(writer)))
            )
            return list(await asyncio.gather(*tasks))

        texts = [f"{text} of {who}" for text in self.fresh(count) for who in (0, 1)]
        records = sorted((r for (r,) in self.run(race())), key=lambda record: record.seq)
        assert [r.seq for r in records] == list(
            range(len(self.log) + 1, len(self.log) + 2 * count + 1)
        )
        written = [r.entry.text for r in records if isinstance(r.entry, MessageAdded)]
        assert sorted(written) == sorted(texts)
        self.log += written

    @precondition(lambda self: self.log)
    @rule(who=st.integers(0, 1), data=st.data())
    def forget(self, who: int, data: st.DataObject) -> None:
        journal = self.writers[who].journal
        self.run(journal.catch_up())
        seqs = data.draw(st.sets(st.integers(1, len(self.log)), min_size=1, max_size=3))
        self.run(journal.forget(sorted(seqs), at=2.0))
        for seq in seqs:
            self.log[seq - 1] = None
        self.log.append(None)

    @rule(who=st.integers(0, 1))
    def save(self, who: int) -> None:
        self.run(self.writers[who].save())

    @rule(who=st.integers(0, 1))
    def save_when_up_to_date(self, who: int) -> None:
        self.run(self.writers[who].journal.catch_up())
        # The first is refused where the other writer's snapshot took the place of this one's.
        assert self.run(self.writers[who].save()) or self.run(self.writers[who].save())

    @rule(who=st.integers(0, 1))
    def start_again(self, who: int) -> None:
        self.run(self.writers[who].store.close())
        self.writers[who] = Writer(self.database)
        self.run(self.writers[who].open())
        assert self.writers[who].texts == self.expected()

    def expected(self) -> dict[int, str]:
        return {seq: text for seq, text in enumerate(self.log, start=1) if text is not None}

    @invariant()
    def both_know_what_the_list_knows(self) -> None:
        for writer in self.writers:
            self.run(writer.journal.catch_up())
            assert writer.texts == self.expected()
            assert writer.journal.last == len(self.log)
            assert not writer.journal.damaged

    def teardown(self) -> None:
        if not hasattr(self, "runner"):
            return
        for writer in self.writers:
            self.run(writer.store.close())
        self.run(self.database.close())
        self.runner.close()
        shutil.rmtree(self.folder)


class TwoWritersApart(TwoWriters):
    """The same, but a writer learns of the other's entries only when it has to."""

    @invariant()
    def both_know_what_the_list_knows(self) -> None:
        for writer in self.writers:
            known = {s: t for s, t in self.expected().items() if s <= writer.journal.last}
            assert known.items() <= writer.texts.items()


FEW = settings(
    max_examples=10,
    stateful_step_count=12,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
TestTwoWriters = TwoWriters.TestCase
TestTwoWriters.settings = FEW
TestTwoWritersApart = TwoWritersApart.TestCase
TestTwoWritersApart.settings = FEW
