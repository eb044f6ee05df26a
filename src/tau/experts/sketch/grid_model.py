"""The constraint program of a storey: rooms as rectangles of cells that tile the outline.

Hard rules are constraints; what makes one plan better than another is the objective. This module is
written for CP-SAT's model but doesn't import it: the model comes from `topology`.
"""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tau.experts.sketch.contacts import facade_for, least_length
from tau.experts.sketch.geometry import INNER_WALL, SIDES, Box, Outline, Side
from tau.experts.sketch.outlines import GRID
from tau.experts.sketch.schedule import ScheduledRoom

GRID_TOLERANCE = 0.22
"""How far areas may be off on the grid, where most are made exact afterwards."""
NARROW = ("wc", "storage", "pantry")
_LARGE = 8.0
_FAR, _FAR_COST = 0.7, 60  # metres that a room moves along an axis before it counts, and what then
_COMFORTABLE = 1.35  # aspect ratios up to this cost nothing


class StoreyProblem(msgspec.Struct, frozen=True, kw_only=True):
    """A storey to arrange."""

    rooms: tuple[ScheduledRoom, ...]
    outline: Outline
    entrance: Side | None = None
    fixed: Mapping[str, Box] = {}
    """Rooms that stay where they are, such as a stair that comes from below."""
    hint: Mapping[str, Box] = {}
    """Where rooms were: a start for the search."""
    stay: Mapping[str, Box] = {}
    """Where rooms should stay if they can."""
    apart: tuple[tuple[str, float, float], ...] = ()
    """Rooms whose middle must be at least a quarter of the outline away from a point."""
    near: tuple[tuple[str, float, float, float], ...] = ()
    """Rooms whose middle must be within a distance of a point, along the axes together."""
    stair_start: Side | None = None
    """The end at which the stair is reached on the other storey."""
    cell: float = GRID
    """About how large the cells of the grid are, in metres."""


class CellRange:
    """The variables of a room: its four sides in cells."""

    def __init__(self, x: Any, y: Any, width: Any, depth: Any, right: Any, top: Any) -> None:
        self.x, self.y, self.width, self.depth = x, y, width, depth
        self.right, self.top = right, top

    def ends(self, side: Side) -> Any:
        """Return the coordinate of one of its sides."""
        return {"west": self.x, "east": self.right, "south": self.y, "north": self.top}[side]

    def range(self, side: Side) -> tuple[Any, Any]:
        """Return from where to where one of its sides goes."""
        return (self.x, self.right) if side in ("north", "south") else (self.y, self.top)


class GridModel:
    """The constraint program of a storey."""

    def __init__(self, problem: StoreyProblem, model: Any) -> None:
        self.problem, self.model = problem, model
        outline = problem.outline
        self.columns = max(1, round(outline.width / problem.cell))
        self.rows = max(1, round(outline.depth / problem.cell))
        self.cell = outline.width / self.columns, outline.depth / self.rows
        self.sides: dict[str, CellRange] = {}
        self.costs: list[Any] = []
        self._touching: dict[tuple[str, str], Any] = {}

    def build(self) -> bool:
        """State the problem; return whether every room has a size that fits at all."""
        areas = []
        for room in self.problem.rooms:
            sizes = self._sizes(room)
            if not sizes:
                return False
            areas.append(self._add_room(room, sizes))
        self._tile(areas)
        for room in self.problem.rooms:
            self._reach(room)
            self._face(room)
        self._reach_water()
        self._like()
        self._keep()
        return True

    def box_of(self, one: str, value: Callable[[Any], int]) -> Box:
        """Return a room's box in metres."""
        room, (across, up) = self.sides[one], self.cell
        return Box(
            value(room.x) * across,
            value(room.y) * up,
            value(room.right) * across,
            value(room.top) * up,
        )

    def _sizes(self, room: ScheduledRoom) -> list[tuple[int, int, int, int]]:
        """Return (columns, rows, cells, cost) of every size a room may have."""
        if room.id in self.problem.fixed:
            box = self.problem.fixed[room.id]
            across, up = round(box.width / self.cell[0]), round(box.depth / self.cell[1])
            return [(across, up, across * up, 0)]
        slack = 0 if room.is_circulation else max(0.0, GRID_TOLERANCE * room.area - 0.01)
        low, high = min(room.low, room.area - slack), max(room.high, room.area + slack)
        found = []
        for across, up in itertools.product(range(1, self.columns + 1), range(1, self.rows + 1)):
            width = across * self.cell[0] - INNER_WALL
            depth = up * self.cell[1] - INNER_WALL
            if min(width, depth) < room.min_width - 1e-9 or not low <= width * depth <= high:
                continue
            if max(width, depth) < least_length(room) - 1e-9:
                continue
            aspect = max(width / depth, depth / width)
            if aspect <= room.max_aspect + 1e-9:
                cost = _size_cost(room, width * depth, aspect)
                found.append((across, up, across * up, cost))
        return found

    def _add_room(self, room: ScheduledRoom, sizes: Sequence[tuple[int, int, int, int]]) -> Any:
        model, one = self.model, room.id
        x = model.new_int_var(0, self.columns - 1, f"x {one}")
        y = model.new_int_var(0, self.rows - 1, f"y {one}")
        right = model.new_int_var(1, self.columns, f"right {one}")
        top = model.new_int_var(1, self.rows, f"top {one}")
        width = model.new_int_var(1, self.columns, f"width {one}")
        depth = model.new_int_var(1, self.rows, f"depth {one}")
        area = model.new_int_var(min(s[2] for s in sizes), max(s[2] for s in sizes), f"area {one}")
        cost = model.new_int_var(min(s[3] for s in sizes), max(s[3] for s in sizes), f"cost {one}")
        model.add_allowed_assignments([width, depth, area, cost], sizes)
        model.add(x + width == right)
        model.add(y + depth == top)
        self.sides[one] = CellRange(x, y, width, depth, right, top)
        self.costs.append(cost)
        if one in self.problem.fixed:
            box = self.problem.fixed[one]
            model.add(x == round(box.x0 / self.cell[0]))
            model.add(y == round(box.y0 / self.cell[1]))
        return area

    def _tile(self, areas: Sequence[Any]) -> None:
        """Rooms don't overlap and fill the outline; projections say so once more."""
        model = self.model
        across, up = [], []
        for one, room in self.sides.items():
            across.append(model.new_interval_var(room.x, room.width, room.right, f"across {one}"))
            up.append(model.new_interval_var(room.y, room.depth, room.top, f"up {one}"))
        depths = [room.depth for room in self.sides.values()]
        widths = [room.width for room in self.sides.values()]
        cells = self.columns * self.rows
        if (cut := self.problem.outline.notch) is not None:
            x, y = round(cut.x0 / self.cell[0]), round(cut.y0 / self.cell[1])
            width, depth = round(cut.x1 / self.cell[0]) - x, round(cut.y1 / self.cell[1]) - y
            across.append(model.new_fixed_size_interval_var(x, width, "across notch"))
            up.append(model.new_fixed_size_interval_var(y, depth, "up notch"))
            depths.append(depth)
            widths.append(width)
            cells -= width * depth
        model.add_no_overlap_2d(across, up)
        model.add_cumulative(across, depths, self.rows)
        model.add_cumulative(up, widths, self.columns)
        model.add(sum(areas) == cells)

    def touch(self, one: str, other: str) -> Any:
        """Return a literal: if it holds, the two rooms share a wall long enough for a door."""
        key = (min(one, other), max(one, other))
        if key not in self._touching:
            kinds = {room.id: room.kind for room in self.problem.rooms}
            metres = 0.9 if {kinds[one], kinds[other]} & set(NARROW) else 1.2
            least = math.ceil(metres / max(self.cell) - 1e-9)
            a, b = self.sides[key[0]], self.sides[key[1]]
            ways = [self.side_by_side(a, b, side, least) for side in SIDES]
            literal = self.model.new_bool_var(f"touch {key}")
            self.model.add_bool_or([*ways, literal.negated()])
            self._touching[key] = literal
        return self._touching[key]

    def side_by_side(self, a: CellRange, b: CellRange, side: Side, least: int) -> Any:
        """Return a literal: b lies on this side of a, along at least so many cells."""
        way = self.model.new_bool_var("")
        across: Side = SIDES[(SIDES.index(side) + 2) % 4]
        (a_low, a_high), (b_low, b_high) = a.range(side), b.range(side)
        self.model.add(a.ends(side) == b.ends(across)).only_enforce_if(way)
        self.model.add(a_high - b_low >= least).only_enforce_if(way)
        self.model.add(b_high - a_low >= least).only_enforce_if(way)
        return way

    def _reach(self, room: ScheduledRoom) -> None:
        """Require a wall for a door to one of the rooms that a room may be reached from."""
        reached = [one for one in room.access if one in self.sides]
        if reached:
            self.model.add_bool_or([self.touch(room.id, one) for one in reached])

    def _face(self, room: ScheduledRoom) -> None:
        """Require outer walls: for light, for a wanted side, for the entrance."""
        if room.side is not None:
            self.model.add_bool_or(self.on_facade(room, (room.side,)))
        elif room.kind == "hall" and room.storey == 0:
            sides = (self.problem.entrance,) if self.problem.entrance else SIDES
            self.model.add_bool_or(self.on_facade(room, sides))
        elif room.facade:
            self.model.add_bool_or(self.on_facade(room, SIDES))
        if room.prefers and room.facade:
            missed = self.model.new_bool_var("")
            self.model.add_bool_or([*self.on_facade(room, room.prefers), missed])
            self.costs.append(missed * (60 if room.kind == "living" else 8))

    def on_facade(self, room: ScheduledRoom, sides: Sequence[Side]) -> list[Any]:
        """Return literals: the room lies on a facade of one of these sides."""
        found = []
        own = self.sides[room.id]
        need = facade_for(room)
        for edge in self.problem.outline.edges():
            if edge.side not in sides:
                continue
            step = self.cell[1] if edge.is_horizontal else self.cell[0]
            along = self.cell[0] if edge.is_horizontal else self.cell[1]
            low, high = own.range(edge.side)
            least = math.ceil(need / along - 1e-9)
            way = self.model.new_bool_var("")
            self.model.add(own.ends(edge.side) == round(edge.at / step)).only_enforce_if(way)
            self.model.add(high - round(edge.low / along) >= least).only_enforce_if(way)
            self.model.add(round(edge.high / along) - low >= least).only_enforce_if(way)
            found.append(way)
        return found

    def _like(self) -> None:
        """Prefer that rooms which belong together touch."""
        rooms = self.problem.rooms
        for room in rooms:
            for index, other in enumerate(one for one in room.near if one in self.sides):
                self.costs.append((1 - self.touch(room.id, other)) * (30 if index == 0 else 10))

    def _reach_water(self) -> None:
        """Require that a wet room touches another or an outer wall; better another."""
        wet = [room for room in self.problem.rooms if room.wet]
        for room in wet:
            alone = self.model.new_bool_var("")
            others = [self.touch(room.id, two.id) for two in wet if two is not room]
            self.model.add_bool_or([alone, *others])
            self.model.add_bool_or([alone.negated(), *self.on_facade(room, SIDES)])
            self.costs.append(alone * (12 if others else 0))

    def _keep(self) -> None:
        """Stay where rooms were, start from a hint, and differ from plans there are."""
        for one, box in self.problem.hint.items():
            if one in self.sides:
                self._hint(self.sides[one], box)
        for one, box in self.problem.stay.items():
            if one in self.sides:
                self.costs.extend(self._moved(self.sides[one], box))
        for one, x, y in self.problem.apart:
            if one in self.sides:
                self._stand_apart(self.sides[one], x / self.cell[0], y / self.cell[1])
        for one, x, y, most in self.problem.near:
            self._stand_near(self.sides[one], (x, y), most)

    def _hint(self, room: CellRange, box: Box) -> None:
        for variable, value, step in (
            (room.x, box.x0, 0),
            (room.right, box.x1, 0),
            (room.y, box.y0, 1),
            (room.top, box.y1, 1),
        ):
            self.model.add_hint(variable, round(value / self.cell[step]))

    def _moved(self, room: CellRange, box: Box) -> list[Any]:
        """Return what it costs that a room's middle moves."""
        costs = []
        for low, high, at, step, most in (
            (room.x, room.right, box.x0 + box.x1, 0, self.columns),
            (room.y, room.top, box.y0 + box.y1, 1, self.rows),
        ):
            way = self.model.new_int_var(0, 2 * most, "")
            self.model.add_abs_equality(way, low + high - round(at / self.cell[step]))
            far = self.model.new_bool_var("")
            self.model.add(way <= int(2 * _FAR / self.cell[step])).only_enforce_if(~far)
            costs += [way * 10, far * _FAR_COST]
        return costs

    def _stand_near(self, room: CellRange, point: tuple[float, float], most: float) -> None:
        """Require that a room's middle is near a point."""
        ways = []
        for low, high, at, step, limit in (
            (room.x, room.right, point[0], 0, self.columns),
            (room.y, room.top, point[1], 1, self.rows),
        ):
            way = self.model.new_int_var(0, 2 * limit, "")
            self.model.add(way >= low + high - round(2 * at / self.cell[step]))
            self.model.add(way >= round(2 * at / self.cell[step]) - low - high)
            ways.append(way)
        self.model.add(sum(ways) <= round(2 * most / min(self.cell)))

    def _stand_apart(self, room: CellRange, x: float, y: float) -> None:
        """Require that a room's middle is a quarter of the outline away from a point."""
        ways = []
        for low, high, at, most in (
            (room.x, room.right, x, self.columns),
            (room.y, room.top, y, self.rows),
        ):
            for sign in (1, -1):
                way = self.model.new_bool_var("")
                away = sign * (low + high - round(2 * at))
                self.model.add(away >= max(2, most // 2)).only_enforce_if(way)
                ways.append(way)
        self.model.add_bool_or(ways)


def _size_cost(room: ScheduledRoom, area: float, aspect: float) -> int:
    """Return what a size costs: its error in percent, its length, and circulation in full."""
    if room.kind == "stair":
        return round(20 * max(0.0, area - room.area))
    if room.is_circulation:
        return round(9 * area)
    error = 100 * abs(area - room.area) / room.area
    if room.area > _LARGE:
        error += 3 * max(0.0, error - 10)
    return round(error + 45 * max(0.0, aspect - _COMFORTABLE))
