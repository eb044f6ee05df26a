"""Scale benchmark: what a number of daily people would need, from what one node needs here.

One node is measured (`scale_node`), and memories in a process of their own (`lives`). A simulated
day (`scale_day`) says how much happens at its busiest minute; `scale_model` does the arithmetic.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

from tau.bench import lives as lives_bench
from tau.bench import machine
from tau.bench.lives import LivesPlan
from tau.bench.progress import Progress
from tau.bench.scale_day import Habits, simulate
from tau.bench.scale_model import Assumptions, NodeFigures, limits, needs
from tau.bench.scale_node import NodePlan, measure_node

PEOPLE = (1_000, 100_000, 1_000_000, 10_000_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalePlan:
    """What is measured, and what is simulated."""

    habits: Habits = field(default_factory=Habits)
    assumed: Assumptions = field(default_factory=Assumptions)
    node: NodePlan = field(default_factory=NodePlan)
    lives: LivesPlan = field(default_factory=lambda: LivesPlan(messages=(5_000,), days=10))
    people: tuple[int, ...] = PEOPLE
    sample: int = 200_000
    seed: int = 1


async def measure(plan: ScalePlan, progress: Progress) -> dict[str, Any]:
    """Return the figures of one node, and what each number of daily people would need."""
    measured = await measure_node(plan.node, progress)
    progress("Memories ...")
    memory = (await lives_bench.measure(plan.lives, progress))["lives"]
    node = node_figures(measured, memory[str(plan.lives.messages[-1])])
    progress(f"A day of {plan.sample:,} people ...")
    return {**table(plan, node), "measured": measured, "machine": machine.describe()}


def node_figures(measured: dict[str, Any], memory: dict[str, Any]) -> NodeFigures:
    """Return one node's figures, from the two measurements."""
    return NodeFigures(
        cpu_ms_per_turn=measured["cpu_ms_per_turn_alone"],  # the more careful of the two
        rss_mb=measured["rss_mb"] or 0.0,
        ram_bytes_per_message=memory["rss_bytes_per_message"],
        journal_bytes_per_turn=measured["journal_bytes_per_turn"],
        snapshot_bytes_per_message=memory["snapshot_bytes_per_message"],
        snapshot_bytes_per_journal_byte=memory["snapshot_bytes_per_journal_byte"],
    )


def table(plan: ScalePlan, node: NodeFigures) -> dict[str, Any]:
    """Return what each number of people needs; the same seed and figures give the same table."""
    day = simulate(plan.habits, plan.sample, plan.seed)
    return {
        "node": asdict(node),
        "day": {name: round(value, 6) for name, value in asdict(day).items()},
        "limits": limits(day, node, plan.assumed),
        "needs": [needs(people, day, node, plan.assumed) for people in plan.people],
        "habits": asdict(plan.habits),
        "assumed": asdict(plan.assumed),
        "seed": plan.seed,
    }
