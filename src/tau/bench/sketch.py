"""How good plans are and what they cost: of generated briefs, or of those in a file.

Time is processor time of the program that solves, over all its threads, so that other programs
don't change it. A plan counts if the independent check finds no broken rule.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from tau.bench import machine
from tau.bench.sketch_briefs import GeneratedBrief, sketch_briefs
from tau.bench.sketch_words import measure_words, spoken_briefs, word_briefs
from tau.errors import BadInput, WorkerError
from tau.experts.sketch.brief import Brief, BriefError, check_brief
from tau.experts.sketch.checking import violations
from tau.experts.sketch.edits import AddRoom, PlanEdit, ResizeRoom, SwapRooms, far_moved
from tau.experts.sketch.plan import Plan, figures
from tau.experts.sketch.scoring import difference
from tau.experts.worker_process import ExpertWorker

SECONDS = 10.0
_SPARE = 60.0


@dataclass
class _Outcomes:
    """What was measured so far."""

    briefs: int = 0
    met: int = 0
    errors: list[float] = field(default_factory=list)
    circulation: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    whole: list[float] = field(default_factory=list)
    variants: int = 0
    differences: list[float] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    edits: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)


def briefs_of(file: Path) -> list[GeneratedBrief]:
    """Read briefs from a file: a JSON list, or an object a line. Raises `BadInput`."""
    data = file.read_bytes()
    try:
        listed = data.lstrip().startswith(b"[")
        read = (
            msgspec.json.decode(data, type=list[Brief])
            if listed
            else [
                msgspec.json.decode(line, type=Brief) for line in data.splitlines() if line.strip()
            ]
        )
        return [GeneratedBrief(file.stem, check_brief(brief)) for brief in read]
    except (msgspec.DecodeError, BriefError) as wrong:
        raise BadInput(f"{file} isn't a list of briefs: {wrong}.") from wrong


async def measure(
    worker: ExpertWorker,
    briefs: Sequence[GeneratedBrief],
    say: Callable[[str], None],
    *,
    edits: bool = True,
) -> dict[str, Any]:
    """Return the figures of plans for these briefs, and of changes to them."""
    outcomes = _Outcomes()
    for index, one in enumerate(briefs, 1):
        plan = await _solve(worker, one, outcomes)
        if plan is not None and edits:
            await _change(worker, plan, outcomes)
        if index % 10 == 0:
            say(f"{index} of {len(briefs)} briefs, {outcomes.met} met every rule")
    words, spoken = measure_words(word_briefs()), measure_words(spoken_briefs())
    words.pop("wrong")
    spoken.pop("wrong")
    summary = _summary(outcomes)
    return {"machine": machine.describe(), **summary, "words": words, "spoken": spoken}


def generated(count: int) -> list[GeneratedBrief]:
    """Return the development set."""
    return sketch_briefs(count)


async def _solve(worker: ExpertWorker, one: GeneratedBrief, outcomes: _Outcomes) -> Plan | None:
    outcomes.briefs += 1
    arguments = {
        "brief": msgspec.to_builtins(one.brief),
        "variants": 3,
        "seconds": SECONDS,
        "cpu_clock": True,
    }
    try:
        solved = await worker.call("sketch.solve", arguments, seconds=SECONDS + _SPARE)
    except (BadInput, WorkerError) as error:
        outcomes.failed.append({"template": one.template, "why": str(error)})
        return None
    plans = [plan for plan in msgspec.convert(solved["plans"], list[Plan]) if not violations(plan)]
    if not plans:
        outcomes.failed.append({"template": one.template, "why": "no plan"})
        return None
    best = plans[0]
    measured = figures(best)
    outcomes.met += 1
    outcomes.errors.append(measured.area_error)
    if one.brief.storeys == 1:
        outcomes.circulation.append(measured.circulation)
    outcomes.first.append(solved["first_cpu_seconds"])
    outcomes.whole.append(solved["cpu_seconds"])
    outcomes.variants += len(plans) == 3
    outcomes.differences += [
        difference(a, b) for index, a in enumerate(plans) for b in plans[:index]
    ]
    return best


async def _change(worker: ExpertWorker, plan: Plan, outcomes: _Outcomes) -> None:
    for name, edit, concerned in _edits_of(plan):
        arguments = {
            "plan": msgspec.to_builtins(plan),
            "edit": msgspec.to_builtins(edit),
            "seconds": SECONDS,
            "cpu_clock": True,
        }
        try:
            done = await worker.call("sketch.edit", arguments, seconds=SECONDS + _SPARE)
        except (BadInput, WorkerError):
            outcomes.refused[name] = outcomes.refused.get(name, 0) + 1
            continue
        changed = msgspec.convert(done["plan"], Plan)
        far = far_moved(plan, changed, concerned)
        outcomes.edits.setdefault(name, []).append((done["cpu_seconds"], far))


def _edits_of(plan: Plan) -> list[tuple[str, PlanEdit, set[str]]]:
    """Return a change of size, a swap and an addition, each with the rooms it concerns."""
    found: list[tuple[str, PlanEdit, set[str]]] = []
    kitchen = next((room for room in plan.rooms if room.kind == "kitchen"), None)
    if kitchen:
        wanted = ResizeRoom(room=kitchen.id, area=round(kitchen.area * 1.2, 1))
        found.append(("resize", wanted, {kitchen.id}))
    pair = next(
        (
            (one.id, other.id)
            for index, one in enumerate(plan.rooms)
            for other in plan.rooms[:index]
            if one.storey == other.storey
            and {one.kind, other.kind} <= {"bedroom", "child", "master"}
        ),
        None,
    )
    if pair:
        found.append(("swap", SwapRooms(room=pair[0], other=pair[1]), set(pair)))
    if not any(room.kind == "study" for room in plan.rooms):
        found.append(("add", AddRoom(kind="study"), set()))
    return found


def _summary(found: _Outcomes) -> dict[str, Any]:
    return {
        "briefs": found.briefs,
        "every_rule_met": _share(found.met, found.briefs),
        "area_error": _mean(found.errors),
        "circulation_one_storey": _mean(found.circulation),
        "first_plan_cpu_seconds": {"p50": _part(found.first, 0.5), "p95": _part(found.first, 0.95)},
        "three_variants": _share(found.variants, found.briefs),
        "variants_cpu_seconds": {"p50": _part(found.whole, 0.5), "p95": _part(found.whole, 0.95)},
        "difference_of_variants": _mean(found.differences),
        "edits": {
            name: {
                "done": _share(len(rows), len(rows) + found.refused.get(name, 0)),
                "cpu_seconds_p50": _part([row[0] for row in rows], 0.5),
                "cpu_seconds_p95": _part([row[0] for row in rows], 0.95),
                "others_moved_over_1_m_mean": _mean([float(row[1]) for row in rows]),
                "others_moved_over_1_m_p50": _part([float(row[1]) for row in rows], 0.5),
            }
            for name, rows in found.edits.items()
        },
        "failed": found.failed,
    }


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0


def _part(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3) if ordered else 0.0
