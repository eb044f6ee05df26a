"""Why a plan can't be changed as asked, in a sentence of the plan's language."""

from collections.abc import Sequence

from tau.experts.sketch.checking import Violation
from tau.experts.sketch.edits import (
    AddRoom,
    MoveEntrance,
    MoveWall,
    PlanEdit,
    ResizeRoom,
    SwapRooms,
)
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.refusals import refusal, side_name


def edit_reason(plan: Plan, edit: PlanEdit, broken: Sequence[Violation]) -> str:
    """Return why an edit failed; `broken` is what the closest try would have broken."""
    language = plan.brief.language
    sentence = _sentence(plan, edit)
    if not broken or isinstance(edit, AddRoom):
        return sentence
    return sentence + ("" if language == "zh" else " ") + broken[0].says


def _sentence(plan: Plan, edit: PlanEdit) -> str:
    language = plan.brief.language
    names = {room.id: room.name for room in plan.rooms}
    name = names.get(getattr(edit, "room", ""), refusal("plan", language))
    match edit:
        case ResizeRoom():
            return refusal("resize", language, name=name, area=edit.area)
        case SwapRooms():
            return refusal("swap", language, name=name, other=names.get(edit.other, ""))
        case AddRoom():
            return refusal("add", language)
        case MoveEntrance():
            return refusal("entrance", language, side=side_name(edit.side, language))
        case MoveWall():
            return refusal("wall", language, name=name)
        case _:
            return refusal("edit", language, name=name)
