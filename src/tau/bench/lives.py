"""Lives benchmark: the memory that an opened life takes, and what is written to keep it.

Days of messages are simulated in a real SQLite file: each day the life is opened, written to, given
vectors and unloaded. Memory is measured in a process of its own (`life_process`).
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from tau import settings
from tau.bench import machine
from tau.bench.person import PERSON, add_bench_person
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.errors import ModelError
from tau.journal.entries import Author, Claim, ClaimLearned, Entry, MessageAdded
from tau.life.life import Life
from tau.life.lives import Lives
from tau.people.types import Person, Slot, Unlocked
from tau.storage.database import Database
from tau.storage.schema import entries, snapshots
from tau.storage.sealing import new_key

DIMENSION = 384
_EMBEDDER = "given-vectors"
_BATCH = 500
_RECALLED = 4  # messages in a reply's prompt
_PER_CONVERSATION = 20
_PER_FACT = 20  # messages
_SENTENCES: dict[Author, int] = {"person": 1, "tau": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class LivesPlan:
    """How much is measured: messages in each life, and days of messages after that."""

    messages: tuple[int, ...] = (200, 1_000, 5_000, 20_000, 50_000)
    days: int = 30
    messages_a_day: int = 20


@dataclass(slots=True)
class _SimulatedPerson:
    """A person who talks with Tau about the same amount every day."""

    writer: TextGenerator = field(default_factory=lambda: TextGenerator(seed=3))
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(4))
    ids: list[str] = field(default_factory=list)

    def say(self, count: int) -> list[Entry]:
        """Return the entries of the next `count` messages, and of facts learned from them."""
        said: list[Entry] = []
        for _ in range(count):
            message = self._next_message()
            said.append(message)
            if len(self.ids) % _PER_FACT == 0:
                said.append(self._fact_of(message))
        return said

    def vectors(self, count: int) -> Any:
        """Return `count` random directions."""
        return self.random.standard_normal((count, DIMENSION), dtype=np.float32)

    def _next_message(self) -> MessageAdded:
        number = len(self.ids)
        by: Author = "tau" if number % 2 else "person"
        recalled = self.random.integers(0, max(number, 1), _RECALLED if number % 2 else 0)
        message = MessageAdded(
            at=1_700_000_000.0 + 60 * number,
            id=f"{number:016d}",
            conversation=f"{number // _PER_CONVERSATION:016d}",
            by=by,
            text=" ".join(self.writer.message() for _ in range(_SENTENCES[by])),
            parent=self.ids[-1] if number % _PER_CONVERSATION else None,
            turn=f"turn{number // 2:012d}",
            model="companion" if by == "tau" else None,
            recalled=tuple(self.ids[place] for place in recalled.tolist()),
            channel="tau",
        )
        self.ids.append(message.id)
        return message

    def _fact_of(self, message: MessageAdded) -> ClaimLearned:
        claim = Claim(topic="other", text=" ".join(self.writer.words(4)), value=message.id)
        return ClaimLearned(
            at=message.at, id=f"fact-{message.id}", claim=claim, sources=(message.id,)
        )


async def measure(plan: LivesPlan, progress: Progress) -> dict[str, Any]:
    """Return memory per message, bytes written per byte of journal, and time on the event loop."""
    figures: dict[str, Any] = {"lives": {}}
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        for size in plan.messages:
            progress(f"A life of {size:,} messages ...")
            url = f"sqlite:///{Path(folder) / f'{size}.db'}"
            figures["lives"][str(size)] = await _measure_life(url, size, plan)
    return figures | {
        "dimension": DIMENSION,
        "days": plan.days,
        "messages_a_day": plan.messages_a_day,
        "machine": machine.describe(),
    }


async def _measure_life(url: str, size: int, plan: LivesPlan) -> dict[str, Any]:
    database = await Database.open(url)
    key = new_key()
    unlocked = _unlocked(key)
    person = _SimulatedPerson()
    try:
        await add_bench_person(database)
        await _live(database, unlocked, person, size)
        written = await _days(database, unlocked, person, plan)
        kept = await database.run(lambda c: c.execute(_SNAPSHOT_BYTES).scalar(), read_only=True)
    finally:
        await database.close()
    opened = await _in_a_process(url, key, traced=False)
    traced = (await _in_a_process(url, key, traced=True))["traced_bytes"]
    held = opened["messages"]
    return {
        "rss_bytes_per_message": round(opened.pop("rss_bytes") / held),
        "traced_bytes_per_message": round(traced / held),
        "snapshot_bytes_per_message": round((kept or 0) / held),
        **written,
        **opened,
    }


async def _live(
    database: Database, unlocked: Unlocked, person: _SimulatedPerson, messages: int
) -> None:
    """Open the life, let the person talk, give the messages vectors, and unload it."""
    lives = Lives(database, settings.Settings(), _no_vector)
    try:
        life = await lives.open(unlocked)
        for count in _batches(messages):
            await life.append(*person.say(count))
        _embed(life, person)
    finally:
        await lives.close()


async def _days(
    database: Database, unlocked: Unlocked, person: _SimulatedPerson, plan: LivesPlan
) -> dict[str, Any]:
    """Return the bytes that snapshots wrote per byte of journal while days went by."""
    before, journal = await _parts(database), await _journal_bytes(database)
    journal_at_first, written, most_rows = journal, 0, 0
    for _ in range(plan.days):
        await _live(database, unlocked, person, plan.messages_a_day)
        after = await _parts(database)
        changed = [size for name, (mark, size) in after.items() if before.get(name) != (mark, size)]
        written += sum(changed)
        most_rows = max(most_rows, len(after))
        before = after
    journal = await _journal_bytes(database) - journal_at_first
    return {
        "snapshot_bytes_per_journal_byte": round(written / journal, 2),
        "journal_bytes_per_message": round(journal / (plan.days * plan.messages_a_day)),
        "snapshot_parts": most_rows,
    }


def _embed(life: Life, person: _SimulatedPerson) -> None:
    while waiting := life.memory.messages_to_embed(_EMBEDDER, _BATCH):
        ids = [message.id for message in waiting]
        life.memory.add_vectors(_EMBEDDER, ids, person.vectors(len(ids)))


_SNAPSHOT_BYTES = sa.select(sa.func.sum(sa.func.length(snapshots.c.sealed)))


async def _parts(database: Database) -> dict[str, tuple[bytes, int]]:
    """Return the size of every stored part, with bytes that change when it's written again."""
    query = sa.select(
        snapshots.c.name,
        sa.func.substr(snapshots.c.sealed, 1, 40),
        sa.func.length(snapshots.c.sealed),
    )
    rows = await database.run(lambda c: c.execute(query).all(), read_only=True)
    return {name: (bytes(mark), size) for name, mark, size in rows}


async def _journal_bytes(database: Database) -> int:
    query = sa.select(sa.func.sum(sa.func.length(entries.c.sealed)))
    return await database.run(lambda c: c.execute(query).scalar() or 0, read_only=True)


async def _in_a_process(url: str, key: bytes, *, traced: bool) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tau.bench.life_process",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    asked = json.dumps({"database": url, "data_key": key.hex(), "traced": traced})
    printed, _ = await process.communicate(asked.encode())
    if process.returncode:
        raise ModelError("A process under measurement ended too early.")
    figures: dict[str, Any] = json.loads(printed)
    return figures


def _unlocked(key: bytes) -> Unlocked:
    person = Person(PERSON, PERSON, owner=True, created_at=0.0)
    slot = Slot(id=PERSON, kind="password", label="", created_at=0.0)
    return Unlocked(person, slot, key)


def _batches(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, _BATCH)
        count -= _BATCH


async def _no_vector(query: str, model: str | None) -> None:  # noqa: ARG001 - a protocol's
    return None
