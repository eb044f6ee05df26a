"""From a brief to plans: topology, walls, openings, furniture, and the check of all of it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import msgspec

from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.checking import violations
from tau.experts.sketch.furnishing import furnish
from tau.experts.sketch.geometry import Box, Outline, Side, clear
from tau.experts.sketch.grid_model import StoreyProblem
from tau.experts.sketch.openings import place_openings
from tau.experts.sketch.outlines import GRID, outlines
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.schedule import RoomSchedule, scheduled
from tau.experts.sketch.scoring import DIFFERENT, cost, difference, idle_corridors
from tau.experts.sketch.stairs import stair_start
from tau.experts.sketch.topology import SearchLimits, arrange
from tau.experts.sketch.wall_lines import WallProblem, place_walls

WORKERS = 2
MOST_SECONDS = 60.0
_FIRST_BETTER = 0.25
_BETTER = 0.8
_SEEDS = 6
_FIRST_TRY = 0.7  # seconds for each outline: some seeds are unlucky
_LONGER = 1.6  # times that in each further round
CELLS = (0.6, 0.5)
"""Sizes of the grid's cells: the larger finds plans of many rooms, the smaller those of few."""
TINY_CELLS = (0.5, 0.3)
_MANY, _LARGE = 9, 18  # rooms
_TINY = 45.0  # square metres
_GRID_PLANS = 3  # how many plans on the grid may be tried as exact ones


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try at a plan."""

    outline: Outline
    seed: int
    seconds: float
    better_seconds: float
    threads: int = 1
    cell: float = GRID
    together: bool = True
    """Whether all storeys are arranged at once; else the upper one after the lower."""
    apart: tuple[tuple[str, float, float], ...] = ()


class Arranged(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms of a storey: where they lie, and where they lay on the grid."""

    exact: Mapping[str, Box]
    grid: Mapping[str, Box]


class Solved(msgspec.Struct, frozen=True, kw_only=True):
    """Plans, best first, and what they cost to find."""

    plans: tuple[Plan, ...]
    first_cpu_seconds: float = 0.0
    cpu_seconds: float = 0.0
    seconds: float = 0.0


class Deadline:
    """The moment at which a search must end, by any clock."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._end = clock() + min(seconds, MOST_SECONDS)

    @property
    def left(self) -> float:
        """Seconds that are left; never below zero."""
        return max(0.0, self._end - self._clock())

    @property
    def wall_left(self) -> float:
        """Seconds that are left by the clock on the wall, if this counts them."""
        return max(0.1, self.left) if self._clock is time.monotonic else MOST_SECONDS


def make_plans(brief: Brief, wanted: int, deadline: Deadline) -> Solved:
    """Return up to so many plans that differ. Raises `BriefError` if the areas can't be met."""
    began, cpu = time.monotonic(), time.process_time()
    schedule = scheduled(brief)
    candidates = list(outlines(brief, schedule))
    if not candidates:
        raise BriefError(refusal("plot", brief.language))
    search = _Search(brief, schedule, candidates, deadline)
    plans = search.run(wanted)
    return Solved(
        plans=tuple(sorted(plans, key=cost)),
        first_cpu_seconds=search.first_cpu_seconds - cpu if plans else 0.0,
        cpu_seconds=time.process_time() - cpu,
        seconds=time.monotonic() - began,
    )


class _Search:
    """Attempts on two threads until there are enough plans that differ."""

    def __init__(
        self,
        brief: Brief,
        schedule: RoomSchedule,
        candidates: Sequence[Outline],
        deadline: Deadline,
    ) -> None:
        self.brief, self.schedule, self.deadline = brief, schedule, deadline
        self.candidates = candidates
        self.first_cpu_seconds = 0.0
        self.threads = 1
        self.plans: list[Plan] = []

    def run(self, wanted: int) -> list[Plan]:
        """Return the plans found."""
        attempts = self._attempts()
        workers = self.threads = WORKERS if wanted > 1 else 1
        running: set[Future[Plan | None]] = set()
        with ThreadPoolExecutor(workers) as pool:
            while len(self.plans) < wanted and self.deadline.left > 0.05:
                for attempt in _take(attempts, workers - len(running)):
                    running.add(pool.submit(self._try, attempt))
                if not running:
                    break
                done, running = wait(running, return_when=FIRST_COMPLETED)
                self._gather(done, wanted)
        return self.plans

    def _gather(self, done: set[Future[Plan | None]], wanted: int) -> None:
        for future in done:
            plan = future.result()
            if plan is None or len(self.plans) >= wanted:
                continue
            if all(difference(plan, other) >= DIFFERENT for other in self.plans):
                self.first_cpu_seconds = self.first_cpu_seconds or time.process_time()
                self.plans.append(plan)

    def _attempts(self) -> Iterator[Attempt]:
        """Yield attempts: every outline, then again with other seeds, away from what there is.

        Grids take turns, and with two storeys whether both are arranged at once.
        """
        many = len(self.schedule.rooms) >= _MANY
        for seed in range(1, _SEEDS + 1):
            for index, outline in enumerate(self.candidates[: 3 if seed < 4 else None]):
                better = _BETTER if self.plans else _FIRST_BETTER
                apart = self._apart() if seed > 1 or len(self.candidates) == 1 else ()
                at_once = (index + seed // 2 + self._is_large()) % 2 == 0
                yield Attempt(
                    outline=outline,
                    seed=seed,
                    seconds=self._first_try() * _LONGER ** (seed - 1),
                    better_seconds=better,
                    threads=self.threads,
                    cell=self._cell(outline, many + seed),
                    together=self.brief.storeys == 1 or at_once,
                    apart=apart,
                )

    def _cell(self, outline: Outline, turn: int) -> float:
        if outline.notch is not None:  # it lies on multiples of this
            return GRID
        return (TINY_CELLS if outline.area < _TINY else CELLS)[turn % 2]

    def _first_try(self) -> float:
        rooms = max(len(self.schedule.on(storey)) for storey in range(self.brief.storeys))
        return float(_FIRST_TRY * max(1.0, rooms / _MANY) ** 1.5)

    def _is_large(self) -> bool:
        return len(self.schedule.rooms) > _LARGE

    def _apart(self) -> tuple[tuple[str, float, float], ...]:
        """Return where the largest room isn't to be again."""
        main = max(self.schedule.on(0), key=lambda room: room.area).id
        return tuple((main, *plan.boxes(0)[main].centre) for plan in self.plans[:2])

    def _try(self, attempt: Attempt) -> Plan | None:
        plans = attempt_plans(self.brief, self.schedule, attempt, self.deadline)
        first = None
        for plan in plans:
            if not violations(plan):
                if not idle_corridors(plan):
                    return plan
                first = first or plan
        return first


def _take(attempts: Iterator[Attempt], count: int) -> Iterator[Attempt]:
    for _ in range(count):
        attempt = next(attempts, None)
        if attempt is None:
            return
        yield attempt


def attempt_plans(
    brief: Brief, schedule: RoomSchedule, attempt: Attempt, deadline: Deadline
) -> Iterator[Plan]:
    """Yield the plans of one attempt, unchecked."""
    problems = [
        StoreyProblem(
            rooms=tuple(schedule.on(storey)),
            outline=attempt.outline,
            entrance=None if storey else schedule.entrance,
            apart=() if storey else attempt.apart,
            cell=attempt.cell,
        )
        for storey in range(brief.storeys)
    ]
    limits = SearchLimits(
        seconds=attempt.seconds,
        better_seconds=attempt.better_seconds,
        seed=attempt.seed,
        threads=attempt.threads,
    )
    at_once = [problems] if attempt.together else [[one] for one in problems]
    for boxes in _grids(at_once, schedule, limits, deadline):
        placed = _placed(problems, boxes, stair_start(schedule.rooms, boxes))
        if placed is not None:
            yield finished(brief, schedule, attempt.outline, placed, attempt.cell)


def _grids(
    steps: Sequence[Sequence[StoreyProblem]],
    schedule: RoomSchedule,
    limits: SearchLimits,
    deadline: Deadline,
) -> Iterator[dict[str, Box]]:
    """Yield arrangements on the grid: of all storeys at once, or one after the other."""
    if deadline.left <= 0:
        return
    limits = msgspec.structs.replace(
        limits,
        seconds=max(0.1, min(limits.seconds, deadline.left)),
        wall_seconds=deadline.wall_left,
    )
    for below in arrange(steps[0], limits)[:_GRID_PLANS]:
        if len(steps) == 1:
            yield below.boxes
            continue
        (upper,) = steps[1]
        stair = next(room.id for room in schedule.on(0) if room.kind == "stair")
        above = next(room.id for room in upper.rooms if room.kind == "stair")
        tied = msgspec.structs.replace(
            upper,
            fixed={above: below.boxes[stair]},
            stair_start=stair_start(schedule.rooms, below.boxes),
        )
        for boxes in _grids([[tied]], schedule, limits, deadline):
            yield below.boxes | boxes


def _placed(
    problems: Sequence[StoreyProblem], boxes: Mapping[str, Box], start: Side | None
) -> dict[int, Arranged] | None:
    """Return every storey with exact walls, or nothing if a rule would break."""
    placed = {}
    for storey, problem in enumerate(problems):
        grid = {room.id: boxes[room.id] for room in problem.rooms}
        exact = _exact(problem, grid, start)
        if exact is None:
            return None
        placed[storey] = Arranged(exact=exact, grid=grid)
    return placed


def _exact(
    problem: StoreyProblem, boxes: Mapping[str, Box], start: Side | None
) -> dict[str, Box] | None:
    """Return the rooms of a storey with exact walls, or nothing if a rule would break."""
    return place_walls(
        WallProblem(
            rooms=problem.rooms,
            outline=problem.outline,
            boxes=boxes,
            entrance=problem.entrance,
            fixed=tuple(room.id for room in problem.rooms if room.kind == "stair"),
            stair_start=start,
        )
    )


def finished(
    brief: Brief,
    schedule: RoomSchedule,
    outline: Outline,
    placed: Mapping[int, Arranged],
    cell: float = GRID,
) -> Plan:
    """Return the plan with openings and furniture for boxes that are settled."""
    rooms, openings, furniture = [], [], []
    everywhere = {one: box for arranged in placed.values() for one, box in arranged.exact.items()}
    start = stair_start(schedule.rooms, everywhere)
    for storey, arranged in placed.items():
        boxes = arranged.exact
        wanted = schedule.on(storey)
        entrance = schedule.entrance if storey == 0 else None
        holes = place_openings(wanted, boxes, outline, entrance, start)
        openings += holes
        furniture += furnish(wanted, boxes, holes)
        rooms += [
            PlacedRoom(
                id=room.id,
                kind=room.kind,
                name=room.name,
                storey=storey,
                box=boxes[room.id],
                wanted=room.area,
                area=round(clear(boxes[room.id]).area, 2),
            )
            for room in wanted
        ]
    return Plan(
        brief=brief,
        schedule=schedule,
        outline=outline,
        rooms=tuple(rooms),
        openings=tuple(openings),
        furniture=tuple(furniture),
        grid={one: box for arranged in placed.values() for one, box in arranged.grid.items()},
        cell=cell,
    )
