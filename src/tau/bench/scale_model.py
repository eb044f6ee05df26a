"""What a number of daily people needs, from a simulated day and figures of one node.

Pure arithmetic. `NodeFigures` are measured on this machine; `Assumptions` are public or assumed
(`docs/scale.md` names the sources).
"""

import math
from dataclasses import dataclass
from typing import Any

from tau.bench.scale_day import Day

_HOURS_A_MONTH = 730.0
_GB, _TB, _MB = 1e9, 1e12, 1e6
_MESSAGES_A_TURN = 2  # the person's, and Tau's


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFigures:
    """One node, as it was measured."""

    cpu_ms_per_turn: float
    rss_mb: float
    """Without any memory loaded."""
    ram_bytes_per_message: float
    journal_bytes_per_turn: float
    snapshot_bytes_per_message: float
    snapshot_bytes_per_journal_byte: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumptions:
    """What isn't measured here. Prices are in US dollars, before discounts."""

    node_memory_gb: float = 16.0
    node_memory_used: float = 0.75
    node_cores: int = 4
    core_used: float = 0.6
    commits_a_turn: float = 2.0
    database_commits_per_second: float = 5_000.0
    database_mb_per_second: float = 200.0
    """That a database writes and passes on to its replicas."""
    database_disk_tb: float = 16.0
    prompt_tokens: float = 1_800.0
    reply_tokens: float = 120.0
    prefix_hits: float = 0.6
    """Share of a prompt's tokens that vLLM has computed before, with prompts routed to it."""
    prompt_tokens_per_second: float = 25_000.0
    reply_tokens_per_second: float = 12_500.0
    gpu_used: float = 0.85
    gpu_hour: float = 2.5
    node_hour: float = 0.20
    database_hour: float = 1.60
    disk_gb_month: float = 0.115


def needs(people: int, day: Day, node: NodeFigures, assumed: Assumptions) -> dict[str, Any]:
    """Return what `people` a day need at the busiest minute, and what it costs."""
    turns = people * day.peak_turns_per_second
    ram = people * day.peak_loaded_messages * node.ram_bytes_per_message
    cores = turns * node.cpu_ms_per_turn / 1000
    journal = turns * node.journal_bytes_per_turn
    saved = journal * node.snapshot_bytes_per_journal_byte
    kept = people * day.messages * _kept_per_message(node)
    nodes = _nodes(ram, cores, node, assumed)
    databases = _databases(turns, kept, node, assumed)
    gpus = {hits: _gpus(turns, hits, assumed) for hits in (0.0, assumed.prefix_hits)}
    fixed = _cost_without_gpus(nodes, databases, kept, assumed)
    return {
        "people": people,
        "turns_per_second": round(people * day.mean_turns_per_second, 2),
        "peak_turns_per_second": round(turns, 2),
        "peak_loaded_memories": round(people * day.peak_loaded),
        "memory_gb": round(ram / _GB, 2),
        "cores": round(cores, 2),
        "nodes": nodes,
        "journal_mb_per_second": round(journal / _MB, 3),
        "snapshots_mb_per_second": round(saved / _MB, 3),
        "commits_per_second": round(turns * assumed.commits_a_turn, 1),
        "kept_tb": round(kept / _TB, 3),
        "databases": databases,
        "gpus_without_hits": gpus[0.0],
        "gpus_with_hits": gpus[assumed.prefix_hits],
        "person_month_without_hits": _per_person(fixed, gpus[0.0], people, assumed),
        "person_month_with_hits": _per_person(fixed, gpus[assumed.prefix_hits], people, assumed),
        "gives_out": [name for name, most in limits(day, node, assumed).items() if most < people],
    }


def limits(day: Day, node: NodeFigures, assumed: Assumptions) -> dict[str, int]:
    """Return how many daily people one of each serves, the scarcest first."""
    ram = _usable(node, assumed) / (day.peak_loaded_messages * node.ram_bytes_per_message)
    turn_seconds = node.cpu_ms_per_turn / 1000
    rate = day.peak_turns_per_second
    found = {
        "memory of a node": ram,
        "a core": assumed.core_used / (rate * turn_seconds),
        "commits of a database": assumed.database_commits_per_second
        / (rate * assumed.commits_a_turn),
        "writes of a database": assumed.database_mb_per_second
        * _MB
        / (rate * _written_per_turn(node)),
        "disk of a database": assumed.database_disk_tb
        * _TB
        / (day.messages * _kept_per_message(node)),
        "a GPU": assumed.gpu_used / (rate * _gpu_seconds(assumed.prefix_hits, assumed)),
    }
    return {name: int(most) for name, most in sorted(found.items(), key=lambda one: one[1])}


def _written_per_turn(node: NodeFigures) -> float:
    return node.journal_bytes_per_turn * (1 + node.snapshot_bytes_per_journal_byte)


def _kept_per_message(node: NodeFigures) -> float:
    return node.journal_bytes_per_turn / _MESSAGES_A_TURN + node.snapshot_bytes_per_message


def _usable(node: NodeFigures, assumed: Assumptions) -> float:
    return assumed.node_memory_gb * _GB * assumed.node_memory_used - node.rss_mb * _MB


def _nodes(ram: float, cores: float, node: NodeFigures, assumed: Assumptions) -> int:
    by_memory = ram / _usable(node, assumed)
    by_cores = cores / (assumed.node_cores * assumed.core_used)
    return max(1, math.ceil(max(by_memory, by_cores)))


def _databases(turns: float, kept: float, node: NodeFigures, assumed: Assumptions) -> int:
    by_commits = turns * assumed.commits_a_turn / assumed.database_commits_per_second
    by_writes = turns * _written_per_turn(node) / (assumed.database_mb_per_second * _MB)
    by_disk = kept / (assumed.database_disk_tb * _TB)
    return max(1, math.ceil(max(by_commits, by_writes, by_disk)))


def _gpu_seconds(hits: float, assumed: Assumptions) -> float:
    prompt = assumed.prompt_tokens * (1 - hits) / assumed.prompt_tokens_per_second
    return prompt + assumed.reply_tokens / assumed.reply_tokens_per_second


def _gpus(turns: float, hits: float, assumed: Assumptions) -> int:
    return max(1, math.ceil(turns * _gpu_seconds(hits, assumed) / assumed.gpu_used))


def _cost_without_gpus(nodes: int, databases: int, kept: float, assumed: Assumptions) -> float:
    hours = nodes * assumed.node_hour + databases * assumed.database_hour
    return hours * _HOURS_A_MONTH + kept / _GB * assumed.disk_gb_month


def _per_person(fixed: float, gpus: int, people: int, assumed: Assumptions) -> float:
    return round((fixed + gpus * assumed.gpu_hour * _HOURS_A_MONTH) / people, 4)
