"""Turn benchmark: turns through Tau, against direct calls to the same model.

A real `tau run` on a SQLite file in a temporary home, with a memory filled through the API first,
and as its model a scripted one on loopback that streams a fixed number of tokens at once.
Both sides are asked by the same client, in turns (Tau, direct, Tau, direct, ...), so that whatever
else the machine does affects both. Every turn opens a conversation, searches the memory, and is
durable before its reply begins.

Of several people each has a memory and connections of their own, so that turns of one don't wait
for the writes of another.

At a fixed concurrency both sides work as fast as they can, and a first token waits for those of all
others: that is where turns per second come from. `steady` asks at half that pace, as people would.
"""

import time
from dataclasses import dataclass
from typing import Any

from tau import settings
from tau.bench import machine
from tau.bench.http_client import (
    BenchmarkClient,
    invited_client,
    signed_in_client,
    wait_until_idle,
)
from tau.bench.load import LoadTimes, Target, load
from tau.bench.percentiles import added_ms, percentiles_ms, to_ms
from tau.bench.processes import TauProcess, tau, temporary_home, upstream
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator

SCRIPTED_EMBEDDER = "scripted-embedder"
_ROUNDS = 5
_STEADY_SHARE = 0.5  # of the turns per second that Tau can do at most
_STEADY_SECONDS = 15  # on each side


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """Size of the measurement. Requests are per side, divided among the rounds.

    Each of the `people` has `messages` messages. With several `workers` one is measured beside
    them, both on a PostgreSQL server: that of `database_url`, or one that is started for it.
    """

    concurrency: int = 50
    requests: int = 1_500
    requests_alone: int = 200
    messages: int = 2_000
    tokens: int = 64
    embedder: str = SCRIPTED_EMBEDDER
    people: int = 1
    workers: int = 1
    database_url: str | None = None


@dataclass(frozen=True, slots=True)
class Sides:
    """A running Tau, and how it and the model behind it are asked."""

    server: TauProcess
    ours: Target
    theirs: Target


async def measure(plan: TurnPlan, progress: Progress) -> dict[str, Any]:
    """Return the figures of turns one at a time, at `plan.concurrency`, and at a steady pace."""
    with temporary_home() as environ:
        async with (
            upstream(environ, tokens=plan.tokens) as address,
            tau(environ, *server_arguments(plan, environ, address)) as server,
        ):
            return await _measure_server(plan, server, address, progress)


def server_arguments(plan: TurnPlan, environ: dict[str, str], address: str) -> list[str]:
    """Return the arguments of a server whose model is at `address`, and set its models' folder."""
    if plan.embedder != SCRIPTED_EMBEDDER:
        environ["TAU_MODELS_FOLDER"] = str(settings.load().models_path)
    arguments = ["--model-url", address, "--model", "scripted", "--offline"]
    return [*arguments, "--embedder", plan.embedder]


async def _measure_server(
    plan: TurnPlan, server: TauProcess, address: str, progress: Progress
) -> dict[str, Any]:
    writer = TextGenerator(seed=plan.messages)
    async with signed_in_client(server) as client:
        await client.get("/status")
        start_seconds = time.perf_counter() - server.started
        idle_mb = machine.rss_mb(server.pid)
        keys = await add_people(plan, server, client, writer, progress)
    await wait_until_idle(server)
    sides = Sides(server, Target(f"{server.url}/v1", "tau", keys), Target(address, "scripted"))
    loads = await measure_loads(plan, sides, writer, progress)
    return {
        **loads,
        "rss_mb": idle_mb,
        "rss_after_mb": machine.rss_mb(server.pid),
        "start_seconds": round(start_seconds, 3),
        **describe(plan),
    }


def describe(plan: TurnPlan) -> dict[str, Any]:
    """Return the figures that say what was measured, and where."""
    return {
        "people": plan.people,
        "messages": plan.messages,
        "tokens": plan.tokens,
        "embedder": plan.embedder,
        "machine": machine.describe(),
    }


async def measure_loads(
    plan: TurnPlan, sides: Sides, writer: TextGenerator, progress: Progress
) -> dict[str, Any]:
    """Return the figures of a running server under each load."""
    progress("One turn at a time ...")
    alone = await _compare(sides, writer, plan.requests_alone, 1)
    progress(f"{plan.concurrency} turns at a time ...")
    together = await _compare(sides, writer, plan.requests, plan.concurrency)
    pace = max(1.0, together["turns_per_second"] * _STEADY_SHARE)
    progress(f"{pace:.0f} turns in a second, evenly ...")
    requests = min(plan.requests, int(pace * _STEADY_SECONDS))
    steady = await _compare(sides, writer, requests, plan.concurrency, pace)
    return {
        **together,
        "one_at_a_time": alone,
        "steady": {"per_second": round(pace, 1), **steady},
    }


async def add_people(
    plan: TurnPlan,
    server: TauProcess,
    owner: BenchmarkClient,
    writer: TextGenerator,
    progress: Progress,
) -> tuple[str, ...]:
    """Give the owner and the other people their messages; return an API key of each."""
    each = "" if plan.people == 1 else f" of each of {plan.people} people"
    progress(f"Adding {plan.messages:,} messages{each} ...")
    await owner.send_messages(writer, plan.messages)
    keys = [await owner.new_key()]
    for number in range(1, plan.people):
        invitation = await owner.invite()
        async with invited_client(server, invitation, f"Person {number + 1}") as client:
            await client.send_messages(writer, plan.messages)
            keys.append(await client.new_key())
    return tuple(keys)


async def _compare(
    sides: Sides,
    writer: TextGenerator,
    requests: int,
    concurrency: int,
    per_second: float | None = None,
) -> dict[str, Any]:
    """Ask both sides in turns, after a round that does not count."""
    for target in (sides.ours, sides.theirs):
        await load(target, [writer.question() for _ in range(concurrency)], concurrency)
    await wait_until_idle(sides.server)
    through, direct = LoadTimes(), LoadTimes()
    used_before = machine.cpu_seconds(sides.server.pid)
    for number in range(_ROUNDS):
        share = requests // _ROUNDS + (number < requests % _ROUNDS)
        texts = [writer.question() for _ in range(share)]
        for target, times in ((sides.ours, through), (sides.theirs, direct)):
            if texts:
                times.add(await load(target, texts, concurrency, per_second=per_second))
    await wait_until_idle(sides.server)
    used = machine.cpu_seconds(sides.server.pid)
    return {
        "concurrency": concurrency,
        "added_ttft_ms": added_ms(through.first_token, direct.first_token, 50, 99),
        "turns_per_second": through.per_second,
        "direct_turns_per_second": direct.per_second,
        "cpu_per_turn_ms": _cpu_per_turn_ms(used_before, used, len(through.whole)),
        "ttft_ms": percentiles_ms(through.first_token, 50, 99),
        "direct_ttft_ms": percentiles_ms(direct.first_token, 50, 99),
        "requests": len(through.whole),
    }


def _cpu_per_turn_ms(before: float | None, after: float | None, turns: int) -> float | None:
    """Return the processor time of a turn, with what it leaves to be done after its reply."""
    return None if before is None or after is None else to_ms((after - before) / turns)
