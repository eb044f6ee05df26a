"""How good a plan is beyond its hard rules, and how much two plans differ."""

import itertools

from tau.experts.sketch.geometry import clear, facades, shared_wall
from tau.experts.sketch.plan import Plan, figures

DIFFERENT = 0.3
"""Two plans differ if this part of the walls that rooms share isn't common to both."""
_COMFORTABLE = 1.4
_WAYS = 2


def cost(plan: Plan) -> float:
    """Return what's not ideal about a plan, in points; less is better."""
    measured = figures(plan)
    points = 100 * measured.area_error + 80 * measured.circulation
    edges = plan.outline.edges()
    for wanted in plan.schedule.rooms:
        boxes = plan.boxes(wanted.storey)
        free = clear(boxes[wanted.id])
        if not wanted.is_circulation:
            long, narrow = max(free.width, free.depth), min(free.width, free.depth)
            points += 8 * max(0.0, long / narrow - _COMFORTABLE)
        sides = {piece.side for piece in facades(boxes[wanted.id], edges)}
        if wanted.prefers and wanted.facade and not sides & set(wanted.prefers):
            points += 20 if wanted.kind == "living" else 2
        touching = [one for one in wanted.near if shared_wall(boxes[wanted.id], boxes[one])]
        points += 8 if wanted.near and not touching else 0
    return points + 10 * len(idle_corridors(plan))


def idle_corridors(plan: Plan) -> list[str]:
    """Return the corridors that lead nowhere: with one way in and no other."""
    ways = [one for one in plan.openings if one.beyond and one.kind in ("door", "passage")]
    return [
        room.id
        for room in plan.rooms
        if room.kind == "corridor"
        and sum(room.id in (one.room, one.beyond) for one in ways) < _WAYS
    ]


def shared_walls(plan: Plan) -> set[frozenset[str]]:
    """Return which rooms share a wall of at least half a metre."""
    found = set()
    for storey in range(plan.brief.storeys):
        for one, other in itertools.combinations(plan.on(storey), 2):
            wall = shared_wall(one.box, other.box)
            if wall and wall.length > 0.5:
                found.add(frozenset((one.id, other.id)))
    return found


def difference(one: Plan, other: Plan) -> float:
    """Return which part of all shared walls is only in one of two plans; mirror images have 0."""
    a, b = shared_walls(one), shared_walls(other)
    return 1 - len(a & b) / max(1, len(a | b))
