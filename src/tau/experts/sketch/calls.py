"""What the program of the specialists can be asked about sketches. Plain data in and out."""

import time
from typing import Any

import msgspec

from tau.experts.sketch.brief import Brief, BriefError, check_brief
from tau.experts.sketch.conflicts import what_to_change
from tau.experts.sketch.dxf import dxf
from tau.experts.sketch.editing import edited
from tau.experts.sketch.edits import PlanEdit
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.solving import Deadline, make_plans
from tau.experts.worker.calls import CallRefused

MOST_VARIANTS = 3
_FOR_PLANS = 0.7  # of the time; the rest is for what to change, if there's no plan


def _deadline(arguments: dict[str, Any], share: float = 1.0) -> Deadline:
    """Return when to stop, by the clock or by processor time."""
    clock = time.process_time if arguments.get("cpu_clock") else time.monotonic
    return Deadline(share * float(arguments.get("seconds", 10)), clock)


def solve(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return plans for a brief: `{"brief": ..., "variants": 3, "seconds": 10}`."""
    try:
        brief = check_brief(msgspec.convert(arguments["brief"], Brief))
        variants = min(int(arguments.get("variants", 1)), MOST_VARIANTS)
        solved = make_plans(brief, variants, _deadline(arguments, _FOR_PLANS))
        advice = "" if solved.plans else what_to_change(brief, _deadline(arguments, 1 - _FOR_PLANS))
    except (BriefError, msgspec.ValidationError) as wrong:
        raise CallRefused(str(wrong)) from wrong
    made: dict[str, Any] = msgspec.to_builtins(solved)
    return made | {"advice": advice}


def edit(arguments: dict[str, Any]) -> dict[str, Any]:
    """Change a plan: `{"plan": ..., "edit": ..., "seconds": 10}`; the edit is of `edits`."""
    try:
        plan = msgspec.convert(arguments["plan"], Plan)
        wanted: PlanEdit = msgspec.convert(arguments["edit"], PlanEdit)
        began = time.process_time()
        changed = edited(plan, wanted, _deadline(arguments))
    except (BriefError, msgspec.ValidationError) as wrong:
        raise CallRefused(str(wrong)) from wrong
    made: dict[str, Any] = msgspec.to_builtins(changed)
    return made | {"cpu_seconds": time.process_time() - began}


def write_dxf(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return a plan as DXF: `{"plan": ...}`."""
    try:
        plan = msgspec.convert(arguments["plan"], Plan)
    except msgspec.ValidationError as wrong:
        raise CallRefused(str(wrong)) from wrong
    return {"dxf": dxf(plan)}
