"""Mirror images of plans: the rooms stay as they are to each other."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from tau.experts.sketch.brief import Brief, Corner
from tau.experts.sketch.geometry import Box, Outline, Side
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
    return finished(brief, schedule, turned, placed, plan.cell)


def _turned(boxes: Mapping[str, Box], turn: Turn) -> dict[str, Box]:
    return {one: turn(box) for one, box in boxes.items()}


def mirror_images(plan: Plan, brief: Brief) -> Iterator[Plan]:
    """Yield the three other mirror images, and those over the diagonal if the outline is open."""
    for over in (False, True) if brief.outline is None else (False,):
        for across, up in ((True, False), (False, True), (True, True), (False, False)):
            if over or across or up:
                yield mirrored(plan, brief, across=across, up=up, over=over)


def with_sides_mirrored(plan: Plan, *, across: bool) -> Plan:
    """Return the plan with every side that its brief names exchanged: east and west, or the others.

    So that a mirror image of it is what was asked for.
    """
    pair: tuple[Side, Side] = ("east", "west") if across else ("north", "south")
    other: dict[Side | None, Side] = {pair[0]: pair[1], pair[1]: pair[0]}

    def turn(side: Side | None) -> Side | None:
        return other.get(side, side)

    entrance = turn(next(one.side for one in plan.openings if one.kind == "entrance"))
    site, outline = plan.brief.site, plan.brief.outline
    corner = outline.notch_corner if outline else None
    if outline and corner:
        outline = msgspec.structs.replace(outline, notch_corner=_corner(corner, other))
    replace = msgspec.structs.replace
    brief = replace(
        plan.brief,
        entrance=entrance,
        outline=outline,
        site=replace(site, garden=turn(site.garden), street=turn(site.street)),
        rooms=tuple(replace(room, side=turn(room.side)) for room in plan.brief.rooms),
    )
    rooms = tuple(
        replace(
            room,
            side=turn(room.side),
            prefers=tuple(other.get(side, side) for side in room.prefers),
        )
        for room in plan.schedule.rooms
    )
    schedule = replace(plan.schedule, entrance=entrance, rooms=rooms)
    return replace(plan, brief=brief, schedule=schedule)


def _corner(corner: Corner, other: Mapping[Side | None, Side]) -> Corner:
    """Return the corner of a mirror image."""
    ends = [other.get(end, end) for end in corner.split("-")]  # type: ignore[call-overload]
    return "-".join(ends)  # type: ignore[return-value]
