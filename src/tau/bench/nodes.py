"""Benchmark of several nodes: whether they are one Tau, and what becomes of one that is killed.

Real `tau run` processes with the scripted model share a PostgreSQL database. What is done at one
node is looked for at another; nodes are killed in mid-turn behind a balancer, and the database is
cut off from all of them.
"""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import sqlalchemy as sa

from tau.bench import machine
from tau.bench.nodes_client import NodeAnswer, RetryingClient, retrying_client, sign_in
from tau.bench.nodes_processes import ServingNode, serving_nodes
from tau.bench.nodes_proxies import TagBalancer, Wire, listening
from tau.bench.nodes_wires import wires_to
from tau.bench.percentiles import Percentiles, percentiles_ms, to_ms
from tau.bench.postgres_server import own_database, postgres_server
from tau.bench.progress import Progress
from tau.errors import ModelError
from tau.ids import new_id

_AT_ONCE = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NodesPlan:
    """Size of the measurement."""

    nodes: int = 3
    rounds: int = 100
    """How often something is forgotten, and a change is heard."""
    turns: int = 1_000
    """How many turns are delivered twice."""
    kills: int = 200
    cuts: int = 3
    database_url: str | None = None
    """Address of a PostgreSQL server; `None`: one that is started for the measurement."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The nodes, a client of each, and one of the balancer."""

    nodes: Sequence[ServingNode]
    clients: Sequence[RetryingClient]
    balanced: RetryingClient
    wires: Sequence[Wire]


async def measure(plan: NodesPlan, progress: Progress) -> dict[str, Any]:
    """Return the figures of nodes that share a database. Raises `ModelError` and `BadInput`."""
    async with _stage(plan, progress) as stage:
        progress(f"Forgetting {plan.rounds} times at one node, looking at the other ...")
        forgetting = await _measure_forgetting(stage, plan.rounds)
        progress(f"Listening to {plan.rounds} changes at the other node ...")
        hearing = await _measure_changes(stage, plan.rounds)
        progress(f"Delivering {plan.turns:,} turns twice ...")
        doubled = await _measure_duplicates(stage, plan.turns)
        progress(f"Killing a node in mid-turn {plan.kills} times ...")
        killed = await _measure_kills(stage, plan.kills, progress)
        progress("Cutting off the database ...")
        cut = await _measure_cuts(stage, plan.cuts)
    return {
        "forgotten": forgetting,
        "changes": hearing,
        "delivered_twice": doubled,
        "database_cut_off": cut,
        "killed": killed,
        "nodes": plan.nodes,
        "machine": machine.describe(),
    }


@asynccontextmanager
async def _stage(plan: NodesPlan, progress: Progress) -> AsyncIterator[Stage]:
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tau-bench-")))
        server = stack.enter_context(postgres_server(plan.database_url))
        database = sa.make_url(stack.enter_context(own_database(server)))
        wires, urls = await stack.enter_async_context(wires_to(database, plan.nodes))
        progress(f"Starting {plan.nodes} nodes ...")
        nodes = await stack.enter_async_context(serving_nodes(folder, urls))
        _, key = await sign_in(nodes[0].url, nodes[0].link_key())
        clients = [
            await stack.enter_async_context(retrying_client(each.url, key)) for each in nodes
        ]
        balancer = TagBalancer([each.url for each in nodes])
        port = await stack.enter_async_context(listening(balancer))
        front = f"http://127.0.0.1:{port}"
        balanced = await stack.enter_async_context(retrying_client(front, key))
        yield Stage(nodes, clients, balanced, wires)


async def _measure_forgetting(stage: Stage, rounds: int) -> dict[str, Any]:
    """Forget at each node in turn; return until when another still found it."""
    conversation, times, found = await stage.balanced.conversation(), [], 0
    for number in range(rounds):
        here, there = _pair(stage, number)
        word = f"quokka{number}"
        said = await _say(here, conversation, f"My secret animal is the {word}")
        await here.post("/api/memory/forget", {"messages": [said]})
        began, seen = time.perf_counter(), 0
        while await _finds(there, word):
            seen += 1
        found += seen > 0
        times.append(time.perf_counter() - began if seen else 0.0)
    return {"times": rounds, "found_elsewhere": found, "until_ms": _spread(times)}


async def _measure_changes(stage: Stage, rounds: int) -> dict[str, Any]:
    """Say something at each node in turn; return how soon a device at another hears of it."""
    since_sent: list[float] = []
    since_acknowledged: list[float] = []
    for number in range(rounds):
        here, there = _pair(stage, number)
        conversation, connected = await here.conversation(), asyncio.Event()
        hearing = asyncio.create_task(_hear(there, conversation, connected))
        await connected.wait()
        sent = time.perf_counter()
        answer = await here.send(conversation, "Good morning", new_id())
        acknowledged = time.perf_counter()
        heard = await hearing
        since_sent.append(heard - sent)
        since_acknowledged.append(max(0.0, heard - acknowledged))
        await here.outcome(answer.body["turn"])
    return {
        "times": rounds,
        "heard_after_sending_ms": _spread(since_sent),
        "heard_after_acknowledged_ms": _spread(since_acknowledged),
    }


async def _measure_duplicates(stage: Stage, turns: int) -> dict[str, Any]:
    """Deliver each turn to two nodes at the same moment; return how many messages there are."""
    ids = [new_id() for _ in range(turns)]
    conversations = [await stage.balanced.conversation() for _ in range(_AT_ONCE)]
    seconds: list[float] = []

    async def deliver(place: int) -> None:
        for number in range(place, turns, _AT_ONCE):
            began = time.perf_counter()
            await asyncio.gather(
                *(
                    client.send(conversations[place], f"Delivered {number}", ids[number])
                    for client in _pair(stage, number)
                )
            )
            seconds.append(time.perf_counter() - began)
            await stage.balanced.outcome(ids[number])

    await asyncio.gather(*(deliver(place) for place in range(_AT_ONCE)))
    kept = [each for where in conversations for each in await stage.balanced.messages(where)]
    by = Counter(message["by"] for message in kept)
    return {
        "turns": turns,
        "messages": by["person"],
        "replies": by["tau"],
        "both_acknowledged_ms": percentiles_ms(seconds, 50, 99),
    }


async def _measure_kills(stage: Stage, kills: int, progress: Progress) -> dict[str, Any]:
    """Kill the home in mid-turn, again and again; return what was lost, and when that was known."""
    client, conversation = stage.balanced, await stage.balanced.conversation()
    said: list[str] = []
    known: list[float] = []
    statuses: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for number in range(kills):
        words, turn = f"[[pace 20]] [[tokens 500]] number {number}", new_id()
        home = await _begin_and_find_home(stage, conversation, words, turn)
        said.append(words)
        began = time.perf_counter()
        await home.kill()
        answer = await client.send(conversation, words, turn)
        statuses[str(answer.status)] += 1
        end = await client.outcome(turn)
        known.append(time.perf_counter() - began)
        ends[str(end.get("code") or end["type"])] += 1
        await home.start()
        if (number + 1) % 20 == 0:
            progress(f"... {number + 1}")
    kept = Counter(
        message["text"]
        for message in await client.messages(conversation)
        if message["by"] == "person"
    )
    return {
        "kills": kills,
        "lost": sum(1 for words in said if not kept[words]),
        "doubled": sum(1 for words in said if kept[words] > 1),
        "answers": dict(statuses),
        "outcomes": dict(ends),
        "outcome_known_ms": _spread(known),
    }


async def _begin_and_find_home(
    stage: Stage, conversation: str, words: str, turn: str
) -> ServingNode:
    """Begin a turn, wait for its first token, and return the node that speaks."""
    path = f"/api/conversations/{conversation}/turns"
    async for event in stage.balanced.events(path, body={"words": words, "turn": turn}):
        if event["type"] == "delta":
            break
    for node, client in zip(stage.nodes, stage.clients, strict=True):
        metrics = str((await client.ask("GET", "/metrics")).body)
        if "\ntau_live_turns 1.0" in metrics:
            return node
    raise ModelError("No node speaks the turn that began.")


async def _measure_cuts(stage: Stage, cuts: int) -> dict[str, Any]:
    """Cut the database off from all nodes; return how requests are answered meanwhile."""
    conversation = await stage.balanced.conversation()
    await _say(stage.balanced, conversation, "Before the cut")
    seconds: list[float] = []
    statuses: Counter[str] = Counter()
    without_sentence = 0
    asked = [
        ("GET", "/status", None),
        ("GET", "/api/conversations", None),
        ("GET", f"/api/conversations/{conversation}/messages", None),
        ("POST", "/api/search", {"query": "cut"}),
        ("POST", f"/api/conversations/{conversation}/turns", {"words": "During the cut"}),
    ]
    for _ in range(cuts):
        for wire in stage.wires:
            wire.cut()
        answers = await asyncio.gather(
            *(_answer(client, *request) for client in stage.clients for request in asked)
        )
        for wire in stage.wires:
            wire.restore()
        seconds += [answer.seconds for answer in answers]
        statuses.update(str(answer.status) for answer in answers)
        without_sentence += sum(1 for each in answers if each.status != 200 and not each.sentence)
        await stage.balanced.insist("GET", "/api/life")
        await stage.balanced.send(conversation, "After the cut", new_id())
    return {
        "requests": len(seconds),
        "answers": dict(statuses),
        "without_sentence": without_sentence,
        "answered_ms": _spread(seconds),
    }


async def _answer(client: RetryingClient, method: str, path: str, body: Any) -> NodeAnswer:
    """Return the answer to a request; one without an answer has the status 0."""
    began = time.perf_counter()
    try:
        return await client.ask(method, path, body)
    except (aiohttp.ClientError, TimeoutError):
        return NodeAnswer(0, None, time.perf_counter() - began)


def _pair(stage: Stage, number: int) -> tuple[RetryingClient, RetryingClient]:
    """Return two nodes: each in turn, and the one after it."""
    count = len(stage.clients)
    return stage.clients[number % count], stage.clients[(number + 1) % count]


async def _say(client: RetryingClient, conversation: str, words: str) -> str:
    """Send words and wait for the end of the reply; return the message's id."""
    answer = await client.send(conversation, words, new_id())
    await client.outcome(answer.body["turn"])
    return str(answer.body["message"])


async def _finds(client: RetryingClient, word: str) -> bool:
    passages = (await client.post("/api/search", {"query": word}))["passages"]
    return any(word in passage["message"]["text"] for passage in passages)


async def _hear(client: RetryingClient, conversation: str, connected: asyncio.Event) -> float:
    """Return when a device hears of a turn in a conversation, by `time.perf_counter`."""
    with suppress(aiohttp.ClientError):
        async for change in client.events("/api/changes", connected=lambda _: connected.set()):
            if change["what"] == "turn_began" and change["conversation"] == conversation:
                return time.perf_counter()
    raise ModelError("A stream of changes ended too early.")


def _spread(seconds: Sequence[float]) -> Percentiles:
    return {**percentiles_ms(seconds, 50, 99), "max": to_ms(max(seconds))}
