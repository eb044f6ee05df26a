"""Plans as the API shows them."""

from collections.abc import Sequence

from tau.experts.plans import KeptPlan, Plans
from tau.experts.sketch.annotations import storey_name
from tau.experts.sketch.checking import Violation
from tau.experts.sketch.placing import drawn_area, drawn_sheet, movable_walls
from tau.experts.sketch.plan import Plan, figures
from tau.experts.sketch.sentences import broken_rules, missed_rooms
from tau.experts.sketch.svg import UNITS
from tau.memory import Memory
from tau.server.expert_presenters import version_out
from tau.server.schemas.sketch import (
    PlanDrawingOut,
    PlanFiguresOut,
    PlanRoomOut,
    PlanVariantOut,
    PlanWallOut,
    SketchPlanOut,
)


def plan_out(memory: Memory, plans: Plans, kept: KeptPlan) -> SketchPlanOut:
    """Return a plan with everything that a page shows of it."""
    plan = kept.plan
    broken = broken_rules(plan)
    shown = memory.artifacts.version(kept.id, kept.version)
    variants = [
        PlanVariantOut(each.id, memory.artifacts.version(kept.id, each.id).content == shown.content)
        for each in plans.variants(kept.id)
    ]
    return SketchPlanOut(
        id=kept.id,
        version=kept.version,
        newest=memory.artifacts.get(kept.id).newest,
        title=kept.title,
        language=plan.brief.language,
        rooms=_rooms_out(kept, broken),
        walls=[
            PlanWallOut(w.room, w.beyond, w.side, w.storey, w.x1, w.y1, w.x2, w.y2)
            for w in movable_walls(plan)
        ],
        drawings=[_drawing_out(plan, storey) for storey in range(plan.brief.storeys)],
        units_per_metre=UNITS,
        figures=_figures_out(plan),
        assumed=list(plan.brief.assumed),
        broken=[rule.says for rule in broken],
        variants=variants,
        versions=[version_out(each) for each in memory.artifacts.versions(kept.id)],
    )


def _rooms_out(kept: KeptPlan, broken: Sequence[Violation]) -> list[PlanRoomOut]:
    missed = missed_rooms(kept.plan)
    made = []
    for room in kept.plan.rooms:
        area = drawn_area(room.box)
        made.append(
            PlanRoomOut(
                id=room.id,
                kind=room.kind,
                name=room.name,
                storey=room.storey,
                wanted=round(room.wanted, 1),
                area=room.area,
                missed=room.id in missed,
                moved=room.id in kept.moved,
                broken=[rule.says for rule in broken if room.id in rule.rooms],
                x=area.x,
                y=area.y,
                width=area.width,
                height=area.height,
            )
        )
    return made


def _drawing_out(plan: Plan, storey: int) -> PlanDrawingOut:
    sheet = drawn_sheet(plan)
    return PlanDrawingOut(
        storey=storey,
        name=storey_name(storey, plan.brief.language),
        area=round(sum(room.area for room in plan.on(storey)), 1),
        x=sheet.x,
        y=sheet.y,
        width=sheet.width,
        height=sheet.height,
    )


def _figures_out(plan: Plan) -> PlanFiguresOut:
    measured = figures(plan)
    return PlanFiguresOut(
        width=plan.outline.width,
        depth=plan.outline.depth,
        area=round(sum(room.area for room in plan.rooms), 1),
        area_error=measured.area_error,
        circulation=measured.circulation,
    )
