"""Lays out one storey of a plan anew: only its walls, or also which room lies where.

The other storey stays as it is. Walls and rooms are drawn to where they were.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.geometry import Box, Outline, Side, shared_wall
from tau.experts.sketch.grid_model import StoreyProblem
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.schedule import TOLERANCE, RoomSchedule, ScheduledRoom
from tau.experts.sketch.solving import Arranged, Deadline, finished
from tau.experts.sketch.stairs import stair_start
from tau.experts.sketch.topology import SearchLimits, arrange
from tau.experts.sketch.wall_lines import WallProblem, place_walls

_STAY = 6.0
"""Percent of a room's area that moving a wall by a metre costs in an edit."""
_LOOSE = 0.3
_AROUND_SECONDS = 0.6
_ALL_SECONDS = 4.0


class Relayout(msgspec.Struct, frozen=True, kw_only=True):
    """A storey of a plan, and what it should become."""

    plan: Plan
    brief: Brief
    schedule: RoomSchedule
    storey: int
    outline: Outline | None = None
    """The outline, if it changes too."""
    weights: Mapping[str, float] = {}
    """How much the area of a room matters, if not 1."""
    stay_weight: float = _STAY
    places: Mapping[tuple[str, Side], float] = {}
    """Walls of rooms that come to lie somewhere else, and then stay there."""

    def walls(self, start: Arranged | None = None) -> Plan | None:
        """Return the plan with the walls placed anew, from where they are or an arrangement."""
        plan, storey = self.plan, self.storey
        start = start or as_it_is(plan, storey)
        boxes = place_walls(self.problem(start))
        if boxes is None:
            return None
        placed = {
            level: as_it_is(plan, level) for level in range(self.brief.storeys) if level != storey
        }
        placed[storey] = Arranged(exact=boxes, grid=start.grid)
        in_order = dict(sorted(placed.items()))
        outline = self.outline or plan.outline
        return _settled(finished(self.brief, self.schedule, outline, in_order, plan.cell))

    def problem(self, start: Arranged) -> WallProblem:
        """Return what is to be solved to place the walls, from an arrangement."""
        rooms = tuple(self.schedule.on(self.storey))
        return WallProblem(
            rooms=rooms,
            outline=self.outline or self.plan.outline,
            boxes=start.exact,
            entrance=self.schedule.entrance if self.storey == 0 else None,
            fixed=tuple(room.id for room in rooms if room.kind == "stair"),
            places=self.places,
            stay_weight=self.stay_weight,
            aim=self.plan.boxes(self.storey),
            weights=self.weights,
            stair_start=self.stair_start(),
        )

    def stair_start(self) -> Side | None:
        """Return the end at which the stair is reached on both storeys."""
        boxes = {room.id: room.box for room in self.plan.rooms}
        return stair_start(self.plan.schedule.rooms, boxes)

    def rooms(
        self,
        free: Iterable[str] | None,
        deadline: Deadline,
        near: Sequence[tuple[str, float, float, float]] = (),
    ) -> Iterator[Plan | None]:
        """Yield plans in which the free rooms are arranged anew, or all near where they were.

        Those of `near` must come to lie within a distance of a point.
        """
        old = grid_boxes(self.plan, self.storey)
        rooms = tuple(self.schedule.on(self.storey))
        ids = {room.id for room in rooms}
        moving = ids if free is None else set(free)
        stairs = {room.id for room in rooms if room.kind == "stair"}
        problem = StoreyProblem(
            rooms=rooms,
            outline=self.outline or self.plan.outline,
            entrance=self.schedule.entrance if self.storey == 0 else None,
            fixed={one: old[one] for one in ids & old.keys() if one not in moving or one in stairs},
            hint=old,
            stay=old,
            near=tuple(near),
            stair_start=self.stair_start(),
            cell=self.plan.cell,
        )
        seconds = min(_ALL_SECONDS if free is None else _AROUND_SECONDS, max(0.1, deadline.left))
        limits = SearchLimits(seconds=seconds, better_seconds=seconds / 4)
        for found in arrange([problem], limits)[:2]:
            yield self.walls(Arranged(exact=found.boxes, grid=found.boxes))


def current_schedule(plan: Plan, storey: int, **changes: ScheduledRoom | None) -> RoomSchedule:
    """Return the schedule with rooms as they are now, and some changed or taken away.

    Rooms that Tau sized may change more than those whose area was asked for.
    """
    asked = {room.id for room in plan.brief.rooms if room.area is not None}
    got = {room.id: room.area for room in plan.rooms}
    rooms = []
    for room in plan.schedule.rooms:
        if room.id in changes:
            if (changed := changes[room.id]) is not None:
                rooms.append(changed)
        elif room.storey != storey or room.is_circulation or room.id in asked:
            rooms.append(room)
        else:
            area = got[room.id]
            low, high = min(room.low, area * (1 - _LOOSE)), max(room.high, area * (1 + _LOOSE))
            rooms.append(msgspec.structs.replace(room, area=area, low=low, high=high))
    return msgspec.structs.replace(plan.schedule, rooms=tuple(rooms))


def wanting(room: ScheduledRoom, area: float) -> ScheduledRoom:
    """Return a room with another area, asked for."""
    slack = max(TOLERANCE * area, 0.5)
    width = min(room.min_width, area**0.5 * 0.95)
    return msgspec.structs.replace(
        room, area=area, low=area - slack, high=area + slack, min_width=width
    )


def _settled(plan: Plan) -> Plan:
    """Return the plan with the areas of rooms that Tau sized as they came out."""
    asked = {room.id for room in plan.brief.rooms if room.area is not None}
    got = {room.id: room.area for room in plan.rooms}
    wanted = tuple(
        room
        if room.id in asked or room.is_circulation
        else msgspec.structs.replace(
            room,
            area=got[room.id],
            low=min(room.low, got[room.id]),
            high=max(room.high, got[room.id]),
        )
        for room in plan.schedule.rooms
    )
    schedule = msgspec.structs.replace(plan.schedule, rooms=wanted)
    areas = {room.id: room.area for room in wanted}
    rooms = tuple(
        msgspec.structs.replace(room, wanted=areas.get(room.id, room.wanted)) for room in plan.rooms
    )
    return msgspec.structs.replace(plan, schedule=schedule, rooms=rooms)


def grid_boxes(plan: Plan, storey: int) -> dict[str, Box]:
    """Return where the rooms of a storey lie on the grid."""
    return {room.id: plan.grid[room.id] for room in plan.on(storey)}


def as_it_is(plan: Plan, storey: int) -> Arranged:
    """Return a storey as it is."""
    return Arranged(exact=plan.boxes(storey), grid=grid_boxes(plan, storey))


def placed_room(plan: Plan, one: str) -> PlacedRoom:
    """Return a room of a plan. Raises `BriefError` if there's none."""
    found = next((room for room in plan.rooms if room.id == one), None)
    if found is None:
        raise BriefError(refusal("no room", plan.brief.language))
    return found


def scheduled_room(plan: Plan, one: str) -> ScheduledRoom:
    """Return a room of a plan as it's wanted."""
    return next(room for room in plan.schedule.rooms if room.id == one)


def touching(plan: Plan, one: str) -> list[str]:
    """Return the rooms that share a wall with one."""
    room = placed_room(plan, one)
    return [
        other.id
        for other in plan.on(room.storey)
        if other.id != one and shared_wall(room.box, other.box)
    ]
