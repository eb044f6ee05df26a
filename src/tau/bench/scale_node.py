"""One node under measurement: what a turn costs it, and how well that is predicted.

A real `tau run` on SQLite with several people, and a scripted model. Turns are measured one at a
time and at the most that the node can do; in between, at a third pace, the figures predict the
processor time and the bytes of the journal, which are then compared with what was used. The rounds
alternate, so that whatever else the machine does affects all of them.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import sqlalchemy as sa

from tau.bench import machine
from tau.bench.http_client import invited_client, signed_in_client, wait_until_idle
from tau.bench.load import Target, load
from tau.bench.processes import TauProcess, tau, temporary_home, upstream
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.errors import ModelError
from tau.storage.database import Database
from tau.storage.schema import entries

_EMBEDDER = "scripted-embedder"
_PACE = 0.5  # of the most, in the rounds that are predicted


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePlan:
    """Size of the measurement: messages of each person, and turns of each round."""

    messages: tuple[int, ...] = (100, 250, 500, 1_000)
    turns: int = 160
    turns_alone: int = 80
    rounds: int = 5
    concurrency: int = 8
    tokens: int = 64
    rest_seconds: float = 3.0


@dataclass(slots=True)
class _Round:
    """What turns used: processor time and bytes of the journal, each."""

    cpu_ms: list[float] = field(default_factory=list)
    journal_bytes: list[float] = field(default_factory=list)
    per_second: list[float] = field(default_factory=list)


class _Node:
    """A running node, with people whose API keys are known."""

    def __init__(self, server: TauProcess, database: Database, keys: Sequence[str]) -> None:
        self._server = server
        self._database = database
        self._target = Target(f"{server.url}/v1", "tau", tuple(keys))
        self._writer = TextGenerator(seed=5)
        self._idle_share = 0.0

    async def rest(self, seconds: float) -> None:
        """Find out what share of a core it uses while nobody says anything."""
        began, cpu = time.perf_counter(), self._cpu_seconds()
        await asyncio.sleep(seconds)
        self._idle_share = (self._cpu_seconds() - cpu) / (time.perf_counter() - began)

    async def turns(
        self, count: int, concurrency: int, into: _Round, per_second: float | None = None
    ) -> None:
        """Take `count` turns, and add what each used."""
        texts = [self._writer.question() for _ in range(count)]
        written = await _journal_bytes(self._database)
        began, cpu = time.perf_counter(), self._cpu_seconds()
        times = await load(self._target, texts, concurrency, per_second=per_second)
        await wait_until_idle(self._server)
        idle = self._idle_share * (time.perf_counter() - began)
        into.cpu_ms.append((self._cpu_seconds() - cpu - idle) / count * 1000)
        into.journal_bytes.append((await _journal_bytes(self._database) - written) / count)
        into.per_second.append(times.per_second)

    def _cpu_seconds(self) -> float:
        used = machine.cpu_seconds(self._server.pid)
        if used is None:
            raise ModelError("This system doesn't say how much processor time a process uses.")
        return used


async def measure_node(plan: NodePlan, progress: Progress) -> dict[str, Any]:
    """Return what a turn costs a node, and the prediction beside what was measured."""
    with temporary_home() as environ:
        async with upstream(environ, tokens=plan.tokens) as address:
            arguments = ("--model-url", address, "--model", "scripted", "--offline")
            async with tau(environ, *arguments, "--embedder", _EMBEDDER) as server:
                idle_mb = machine.rss_mb(server.pid)
                keys = await _add_people(plan, server, progress)
                database = await Database.open(f"sqlite:///{Path(environ['TAU_HOME']) / 'tau.db'}")
                try:
                    figures = await _measure(plan, _Node(server, database, keys), progress)
                finally:
                    await database.close()
    return {"rss_mb": idle_mb, **figures}


async def _add_people(plan: NodePlan, server: TauProcess, progress: Progress) -> list[str]:
    progress(f"Adding {sum(plan.messages):,} messages of {len(plan.messages)} people ...")
    writer = TextGenerator(seed=6)
    async with signed_in_client(server) as owner:
        await owner.send_messages(writer, plan.messages[0])
        keys = [await owner.new_key()]
        for number, messages in enumerate(plan.messages[1:], 2):
            invitation = await owner.invite()
            async with invited_client(server, invitation, f"Person {number}") as client:
                await client.send_messages(writer, messages)
                keys.append(await client.new_key())
    await wait_until_idle(server)
    return keys


async def _measure(plan: NodePlan, node: _Node, progress: Progress) -> dict[str, Any]:
    await node.turns(plan.concurrency * 2, plan.concurrency, _Round())  # doesn't count
    await node.rest(plan.rest_seconds)
    alone, most, paced = _Round(), _Round(), _Round()
    for number in range(plan.rounds):
        progress(f"Round {number + 1} of {plan.rounds} ...")
        await node.turns(plan.turns_alone, 1, alone)
        await node.turns(plan.turns, plan.concurrency, most)
        pace = max(1.0, median(most.per_second) * _PACE)
        await node.turns(plan.turns, plan.concurrency, paced, per_second=pace)
    paces = median(most.per_second) * _PACE
    in_progress = paces / median(alone.per_second)  # by Little's law: one turn lasts 1 / alone
    cpu = predicted_cost(
        median(alone.cpu_ms), median(most.cpu_ms), in_progress, most=plan.concurrency
    )
    written = median([*alone.journal_bytes, *most.journal_bytes])
    return {
        "turns_per_second": round(median(most.per_second), 1),
        "cpu_ms_per_turn_alone": round(median(alone.cpu_ms), 2),
        "cpu_ms_per_turn": round(median(most.cpu_ms), 2),
        "journal_bytes_per_turn": round(written),
        "predicted": {
            "per_second": round(paces, 1),
            "cpu_ms_per_turn": _compared(cpu, median(paced.cpu_ms)),
            "journal_bytes_per_turn": _compared(written, median(paced.journal_bytes)),
        },
    }


def predicted_cost(alone: float, together: float, in_progress: float, *, most: int) -> float:
    """Return what a turn costs while `in_progress` turns are in progress, on average.

    Turns share commits and wake-ups, so one of `most` that are in progress `together` costs less
    than one `alone`. In between the cost is a straight line.
    """
    share = min(max((in_progress - 1) / max(most - 1, 1), 0.0), 1.0)
    return alone + (together - alone) * share


def _compared(predicted: float, measured: float) -> dict[str, float]:
    return {
        "predicted": round(predicted, 2),
        "measured": round(measured, 2),
        "off_by_percent": round((predicted / measured - 1) * 100, 1),
    }


_JOURNAL_BYTES = sa.select(sa.func.sum(sa.func.length(entries.c.sealed)))


async def _journal_bytes(database: Database) -> int:
    return await database.run(
        lambda c: int(c.execute(_JOURNAL_BYTES).scalar() or 0), read_only=True
    )
