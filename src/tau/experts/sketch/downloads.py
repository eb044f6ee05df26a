"""The formats that a plan can be saved in."""

from typing import Literal

import msgspec

from tau.experts.sketch.brief import BriefError
from tau.experts.sketch.pdf import pdf
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.svg import svg

PlanFormat = Literal["svg", "dxf", "pdf", "json"]


def plan_file(plan: Plan, kind: PlanFormat, moved: tuple[str, ...] = ()) -> bytes:
    """Return a plan in a format; `dxf` is written by the program of the specialists.

    Rooms that have moved are tinted in an SVG.
    """
    match kind:
        case "svg":
            return svg(plan, moved).encode()
        case "pdf":
            return pdf(plan)
        case "json":
            return msgspec.json.format(msgspec.json.encode(plan), indent=1)
        case "dxf":
            raise ValueError("DXF is written by the program of the specialists.")


def read_plan(data: bytes) -> Plan:
    """Read a plan that was saved. Raises `BriefError` if it's none."""
    try:
        return msgspec.json.decode(data, type=Plan)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise BriefError("This isn't a plan that Tau saved.") from wrong
