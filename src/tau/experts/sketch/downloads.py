"""The formats that a plan can be saved in."""

from typing import Literal

import msgspec

from tau.experts.sketch.axonometric import axonometric
from tau.experts.sketch.brief import BriefError
from tau.experts.sketch.pdf import pdf, pdf_document
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.plan_validation import check_plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.svg import svg, svg_document

PlanFormat = Literal["svg", "dxf", "pdf", "json"]
PICTURES: tuple[PlanFormat, ...] = ("svg", "pdf")
"""Formats that show a view."""
PlanView = Literal["plan", "axonometric"]


class PlanPicture(msgspec.Struct, frozen=True, kw_only=True):
    """How a plan is drawn: from above or as a model, one storey or all, and which rooms tinted."""

    view: PlanView = "plan"
    storey: int | None = None
    tint: tuple[str, ...] = ()


_WHOLE = PlanPicture()


def plan_file(plan: Plan, kind: PlanFormat, picture: PlanPicture = _WHOLE) -> bytes:
    """Return a plan in a format; `dxf` is written by the program of the specialists."""
    match kind:
        case "svg":
            if picture.view == "axonometric":
                return svg_document(axonometric(plan, picture.storey, picture.tint)).encode()
            return svg(plan, picture.tint, picture.storey).encode()
        case "pdf":
            if picture.view == "axonometric":
                return pdf_document([axonometric(plan, picture.storey, picture.tint)])
            return pdf(plan, picture.storey)
        case "json":
            return msgspec.json.format(msgspec.json.encode(plan), indent=1)
        case "dxf":
            raise ValueError("DXF is written by the program of the specialists.")


def check_picture(kind: PlanFormat, picture: PlanPicture, plan: Plan) -> None:
    """Raise `BriefError` if a format can't show a view, or a plan has no such storey."""
    language = plan.brief.language
    if picture.view == "axonometric" and kind not in PICTURES:
        raise BriefError(refusal("view", language))
    if (picture.storey or 0) >= plan.brief.storeys:
        raise BriefError(refusal("storey", language))


def read_plan(data: bytes) -> Plan:
    """Read a plan that was saved. Raises `BriefError` if it's none, or can't be drawn."""
    try:
        return check_plan(msgspec.json.decode(data, type=Plan))
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise BriefError("This isn't a plan that Tau saved.") from wrong
