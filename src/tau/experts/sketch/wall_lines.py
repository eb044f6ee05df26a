"""The exact places of walls: a linear program on the lines that walls lie on.

The topology stays: which rooms share a wall, which lie on a facade, where the doors go. Areas are
products, so the program is solved a few times around the last solution. Lines are then rounded to
5 cm one after another, and the others solved again, so that rounding breaks no rule.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tau.experts.sketch.contacts import (
    door_ways,
    facade_for,
    least_length,
    wall_for,
    window_sides,
)
from tau.experts.sketch.geometry import (
    INNER_WALL,
    SAME,
    SIDES,
    Box,
    Outline,
    Segment,
    Side,
    opposite,
    shared_wall,
)
from tau.experts.sketch.schedule import ScheduledRoom
from tau.experts.sketch.stairs import entry_zone

MODULE = 0.05
"""Walls lie on multiples of this."""
_ROUNDS = 6
_FIRST_STEP = 0.8
_ROUNDING_STEP = 0.15
_TRIES = 6
_SPARE = 0.03  # of the greatest aspect ratio, kept for rounding
_NOTCH = "(notch)"
Line = tuple[bool, int]
Terms = list[tuple[Line, float]]


class WallProblem(msgspec.Struct, frozen=True, kw_only=True):
    """Rooms whose walls are to be placed."""

    rooms: tuple[ScheduledRoom, ...]
    outline: Outline
    boxes: Mapping[str, Box]
    entrance: Side | None = None
    fixed: tuple[str, ...] = ()
    places: Mapping[tuple[str, Side], float] = {}
    """Walls of rooms that come to lie somewhere else, and then stay there."""
    stay_weight: float = 0.02
    """What it costs to move a line by a metre, in percent of area."""
    aim: Mapping[str, Box] = {}
    """Where rooms should stay, if that's not where they lie now."""
    weights: Mapping[str, float] = {}
    """How much the area of a room matters, if not 1."""
    stair_start: Side | None = None
    """The end at which the stair, which stays, is reached."""


def place_walls(problem: WallProblem) -> dict[str, Box] | None:
    """Return the boxes with exact walls, or nothing if a hard rule would break."""
    program = _Program(problem)
    values = dict(program.lines.start)
    step = _FIRST_STEP
    for _ in range(_ROUNDS):
        better = program.solve(values, step, {}, _SPARE) or program.solve(values, step, {})
        if better is None:
            return None
        values, step = better, step * 0.6
    rounded = _rounded(program, values)
    return None if rounded is None else program.lines.boxes(rounded)


def straight_move(problem: WallProblem, one: str, side: Side, by: float) -> WallProblem | None:
    """Return the problem with a room's wall moved outwards, as far as it runs straight.

    There is none if a room would vanish, or if the wall is an outer one.
    """
    lines = _Lines(problem)
    line = lines.of[one, side]
    if line in lines.fixed:
        return None
    sign = 1 if side in ("north", "east") else -1
    at = round(round((lines.start[line] + sign * by) / MODULE) * MODULE, 3)
    boxes = lines.boxes({**lines.start, line: at})
    if any(min(box.width, box.depth) < MODULE for box in boxes.values()):
        return None
    return msgspec.structs.replace(problem, boxes=boxes, places={(one, side): at})


def _rounded(program: "_Program", values: dict[Line, float]) -> dict[Line, float] | None:
    """Round the lines, the nearest first; a line that can't be rounded goes first the next time."""
    first: list[Line] = []
    for _ in range(_TRIES):
        done, stuck = _dive(program, values, first)
        if stuck is None:
            return done
        if stuck in first:
            return None
        first.insert(0, stuck)
    return None


def _dive(
    program: "_Program", values: dict[Line, float], first: Sequence[Line]
) -> tuple[dict[Line, float], Line | None]:
    """Round one line after another and solve for the rest; return the line that can't be."""
    done = {line: at for line, at in values.items() if line in program.lines.fixed}
    while open_lines := [line for line in values if line not in done]:
        line = next((one for one in first if one in open_lines), None) or min(
            open_lines, key=lambda one: abs(values[one] / MODULE - round(values[one] / MODULE))
        )
        nearest = round(values[line] / MODULE)
        second = nearest + (1 if values[line] / MODULE > nearest else -1)
        for candidate in (nearest, second, 2 * nearest - second):
            tried = {**done, line: candidate * MODULE}
            solved = program.solve(values, _ROUNDING_STEP, tried)
            if solved is not None:
                done, values = tried, solved
                break
        else:
            return done, line
    return done, None


class _Lines:
    """The lines that walls lie on: edges that share a wall are on one line."""

    def __init__(self, problem: WallProblem) -> None:
        self._problem = problem
        self._all = dict(problem.boxes)
        if problem.outline.notch:
            self._all[_NOTCH] = problem.outline.notch
        self._parent: dict[tuple[str, Side], tuple[str, Side]] = {
            (one, side): (one, side) for one in self._all for side in SIDES
        }
        self._join_walls()
        self._join_crossings()
        self.of: dict[tuple[str, Side], Line] = {}
        self.start: dict[Line, float] = {}
        self.aim: dict[Line, float] = {}
        self._number()
        self.fixed = set(self._fixed())
        self._round_fixed()
        self.start |= {self.of[wall]: at for wall, at in problem.places.items()}

    def boxes(self, values: Mapping[Line, float]) -> dict[str, Box]:
        """Return the boxes of the rooms for positions of the lines."""
        at = {key: round(values[line], 3) for key, line in self.of.items()}
        return {
            one: Box(at[one, "west"], at[one, "south"], at[one, "east"], at[one, "north"])
            for one in self._problem.boxes
        }

    def _root(self, key: tuple[str, Side]) -> tuple[str, Side]:
        while self._parent[key] != key:
            key = self._parent[key]
        return key

    def _join(self, one: tuple[str, Side], other: tuple[str, Side]) -> None:
        self._parent[self._root(one)] = self._root(other)

    def _join_walls(self) -> None:
        for one, other in itertools.combinations(self._all, 2):
            if wall := shared_wall(self._all[one], self._all[other]):
                self._join((one, wall.side), (other, opposite(wall.side)))

    def _join_crossings(self) -> None:
        """Where four rooms meet in a point, keep one of the two lines straight."""
        for (one, a), (other, b) in itertools.permutations(self._all.items(), 2):
            if abs(a.x1 - b.x0) < SAME and (abs(a.y1 - b.y0) < SAME or abs(a.y0 - b.y1) < SAME):
                self._join((one, "east"), (other, "west"))

    def _number(self) -> None:
        numbers: dict[tuple[str, Side], Line] = {}
        for key in self._parent:
            root = self._root(key)
            line = numbers.setdefault(root, (key[1] in ("east", "west"), len(numbers)))
            self.of[key] = line
            self.start[line] = _edge(self._all[key[0]], key[1])
            wanted = self._problem.aim.get(key[0])
            if wanted is not None or line not in self.aim:
                self.aim[line] = _edge(wanted or self._all[key[0]], key[1])

    def _round_fixed(self) -> None:
        """Put the lines of rooms that stay on multiples of the module."""
        for one in self._problem.fixed:
            for line in (self.of[one, side] for side in SIDES):
                at, limit = self.start[line], self._limit(line)
                if SAME < at < limit - SAME:
                    self.start[line] = round(at / MODULE) * MODULE

    def _limit(self, line: Line) -> float:
        return self._problem.outline.width if line[0] else self._problem.outline.depth

    def _fixed(self) -> Iterator[Line]:
        outline = self._problem.outline
        for (one, side), line in self.of.items():
            if (one, side) in self._problem.places:
                yield line
            limit = outline.width if line[0] else outline.depth
            at = self.start[line]
            on_edge = at < SAME or at > limit - SAME
            if on_edge or one == _NOTCH or one in self._problem.fixed:
                yield line


def _edge(box: Box, side: Side) -> float:
    return {"west": box.x0, "east": box.x1, "south": box.y0, "north": box.y1}[side]


class _Program:
    """The linear program, stated anew around a solution each time."""

    def __init__(self, problem: WallProblem) -> None:
        self.problem = problem
        self.lines = _Lines(problem)
        self._stairs = {room.id for room in problem.rooms if room.kind == "stair"}
        self._rules = [*self._widths(), *self._doors(), *self._facades()]

    def solve(
        self,
        around: Mapping[Line, float],
        step: float,
        pinned: Mapping[Line, float],
        spare: float = 0.0,
    ) -> dict[Line, float] | None:
        """Return better positions within a step of a solution; some lines are pinned.

        `spare` is the part of each greatest aspect ratio that isn't used.
        """
        from ortools.linear_solver import pywraplp

        solver = pywraplp.Solver.CreateSolver("GLOP")
        at: dict[Line, Any] = {}
        costs = []
        for line, value in around.items():
            known = pinned.get(line, value if line in self.lines.fixed else None)
            low, high = (value - step, value + step) if known is None else (known, known)
            at[line] = solver.NumVar(low, high, "")
            if known is None and self.problem.stay_weight:
                costs.append(
                    self.problem.stay_weight * _distance(solver, at[line], self.lines.aim[line])
                )
        for terms, least in (*self._rules, *self._aspects(spare)):
            solver.Add(sum(factor * at[line] for line, factor in terms) >= least)
        for room in self.problem.rooms:
            costs.extend(self._area_costs(solver, room, at, around))
        solver.Minimize(sum(costs))
        if solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        return {line: variable.solution_value() for line, variable in at.items()}

    def _widths(self) -> Iterator[tuple[Terms, float]]:
        for room in self._movable():
            for is_vertical in (True, False):
                yield self._extent(room.id, is_vertical), room.min_width + INNER_WALL
            if length := least_length(room):
                box = self.problem.boxes[room.id]
                yield self._extent(room.id, box.width > box.depth), length + INNER_WALL

    def _aspects(self, spare: float) -> Iterator[tuple[Terms, float]]:
        for room in self._movable():
            most = max(1.0, room.max_aspect * (1 - spare))
            across, up = self._extent(room.id, True), self._extent(room.id, False)
            for long, short in ((across, up), (up, across)):
                scaled = [(line, factor * most) for line, factor in short]
                yield scaled + [(line, -factor) for line, factor in long], (most - 1) * INNER_WALL

    def _movable(self) -> Iterator[ScheduledRoom]:
        return (room for room in self.problem.rooms if room.id not in self.problem.fixed)

    def _extent(self, one: str, is_vertical: bool) -> Terms:
        ends: tuple[Side, Side] = ("west", "east") if is_vertical else ("south", "north")
        low, high = ends
        return [(self.lines.of[one, high], 1.0), (self.lines.of[one, low], -1.0)]

    def _doors(self) -> Iterator[tuple[Terms, float]]:
        """Walls with a door stay long enough for it."""
        start = self.problem.stair_start
        for way in door_ways(self.problem.rooms, self.problem.boxes, start):
            low, high = _ends(way.wall)
            least = wall_for(way.width)
            for one, other in ((way.room, way.beyond), (way.beyond, way.room)):
                yield [(self.lines.of[one, high], 1.0), (self.lines.of[other, low], -1.0)], least
                if one in self._stairs and start and way.wall.side not in (start, opposite(start)):
                    first, last = entry_zone(self.lines.boxes(self.lines.start)[one], start)
                    yield [(self.lines.of[other, high], 1.0)], first + least
                    yield [(self.lines.of[other, low], -1.0)], least - last

    def _facades(self) -> Iterator[tuple[Terms, float]]:
        """Facades that a room depends on stay long enough for a window or the entrance."""
        outline, entrance = self.problem.outline, self.problem.entrance
        edges = outline.edges()
        for room in self.problem.rooms:
            for piece in window_sides(room, self.problem.boxes[room.id], outline, entrance):
                edge = next(e for e in edges if e.side == piece.side and _covers(e, piece))
                low, high = _ends(piece)
                least = facade_for(room)
                yield [(self.lines.of[room.id, high], 1.0)], edge.low + least
                yield [(self.lines.of[room.id, low], -1.0)], least - edge.high

    def _area_costs(
        self, solver: Any, room: ScheduledRoom, at: Mapping[Line, Any], around: Mapping[Line, float]
    ) -> Iterator[Any]:
        """Return what the area of a room costs, linear around a solution."""
        across, up = self._extent(room.id, True), self._extent(room.id, False)
        width, depth = (
            sum(around[line] * factor for line, factor in extent) - INNER_WALL
            for extent in (across, up)
        )
        terms = [(line, factor * depth) for line, factor in across]
        terms += [(line, factor * width) for line, factor in up]
        area = sum(at[line] * factor for line, factor in terms)
        area += width * depth - sum(around[line] * factor for line, factor in terms)
        yield from _beyond(solver, area, room.low + 0.02, room.high - 0.02, 2000 / room.area)
        if room.is_circulation and room.kind != "stair":
            yield area * 8
            return
        weight = self.problem.weights.get(room.id, 1.0) * 100 / room.area
        yield weight * _distance(solver, area, room.area)


def _ends(wall: Segment) -> tuple[Side, Side]:
    return ("west", "east") if wall.is_horizontal else ("south", "north")


def _covers(edge: Segment, piece: Segment) -> bool:
    return (
        abs(edge.at - piece.at) < SAME
        and edge.low < piece.low + SAME
        and edge.high > piece.high - SAME
    )


def _distance(solver: Any, value: Any, target: float) -> Any:
    """Return a variable that is at least the distance of a value from a target."""
    distance = solver.NumVar(0, solver.infinity(), "")
    solver.Add(distance >= value - target)
    solver.Add(distance >= target - value)
    return distance


def _beyond(solver: Any, value: Any, low: float, high: float, weight: float) -> Sequence[Any]:
    """Return what it costs that a value is outside a range."""
    out = solver.NumVar(0, solver.infinity(), "")
    solver.Add(out >= low - value)
    solver.Add(out >= value - high)
    return [weight * out]
