"""Mirror images of plans: the rooms stay as they are to each other."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from tau.experts.sketch.brief import Brief
from tau.experts.sketch.geometry import Box, Outline
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.solving import Arranged, finished

Turn = Callable[[Box], Box]


def mirrored(plan: Plan, brief: Brief, *, across: bool, up: bool, over: bool = False) -> Plan:
    """Return a mirror image: east and west change, north and south, or both axes (`over`)."""
    outline = plan.outline
    width, depth = outline.width, outline.depth
    if over:
        width, depth = depth, width

    def turn(box: Box) -> Box:
        x0, y0, x1, y1 = box.x0, box.y0, box.x1, box.y1
        if over:
            x0, y0, x1, y1 = y0, x0, y1, x1
        if across:
            x0, x1 = width - x1, width - x0
        if up:
            y0, y1 = depth - y1, depth - y0
        return Box(round(x0, 3), round(y0, 3), round(x1, 3), round(y1, 3))

    notch = turn(outline.notch) if outline.notch else None
    schedule = msgspec.structs.replace(plan.schedule, entrance=brief.entrance)
    placed = {
        storey: Arranged(
            exact=_turned(plan.boxes(storey), turn),
            grid=_turned({room.id: plan.grid[room.id] for room in plan.on(storey)}, turn),
        )
        for storey in range(brief.storeys)
    }
    turned = Outline(width=width, depth=depth, notch=notch)
    return finished(brief, schedule, turned, placed)


def _turned(boxes: Mapping[str, Box], turn: Turn) -> dict[str, Box]:
    return {one: turn(box) for one, box in boxes.items()}


def mirror_images(plan: Plan, brief: Brief) -> Iterator[Plan]:
    """Yield the three other mirror images, and those over the diagonal if the outline is open."""
    for over in (False, True) if brief.outline is None else (False,):
        for across, up in ((True, False), (False, True), (True, True), (False, False)):
            if over or across or up:
                yield mirrored(plan, brief, across=across, up=up, over=over)
