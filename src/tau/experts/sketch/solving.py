"""From a brief to plans: topology, walls, openings, furniture, and the check of all of it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

import msgspec

from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.checking import violations
from tau.experts.sketch.furnishing import furnish
from tau.experts.sketch.geometry import Box, Outline, clear
from tau.experts.sketch.grid_model import StoreyProblem
from tau.experts.sketch.openings import place_openings
from tau.experts.sketch.outlines import outlines
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.schedule import RoomSchedule, scheduled
from tau.experts.sketch.scoring import DIFFERENT, cost, difference
from tau.experts.sketch.topology import SearchLimits, arrange
from tau.experts.sketch.wall_lines import WallProblem, place_walls

WORKERS = 2
MOST_SECONDS = 60.0
_FIRST_BETTER = 0.25
_BETTER = 0.8
_SEEDS = 6
_FIRST_TRY = 1.0  # seconds for each outline, doubled in every round: some seeds are unlucky
_GRID_PLANS = 3  # how many plans on the grid may be tried as exact ones


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try at a plan."""

    outline: Outline
    seed: int
    seconds: float
    better_seconds: float
    threads: int = 1
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
        """Yield attempts: every outline, then again with other seeds, away from what there is."""
        for seed in range(1, _SEEDS + 1):
            for outline in self.candidates[: 3 if seed < 4 else None]:
                better = _BETTER if self.plans else _FIRST_BETTER
                apart = self._apart() if seed > 1 or len(self.candidates) == 1 else ()
                yield Attempt(
                    outline=outline,
                    seed=seed,
                    seconds=_FIRST_TRY * 2 ** (seed - 1),
                    better_seconds=better,
                    threads=self.threads,
                    apart=apart,
                )

    def _apart(self) -> tuple[tuple[str, float, float], ...]:
        """Return where the largest room isn't to be again."""
        main = max(self.schedule.on(0), key=lambda room: room.area).id
        return tuple((main, *plan.boxes(0)[main].centre) for plan in self.plans[:2])

    def _try(self, attempt: Attempt) -> Plan | None:
        plans = attempt_plans(self.brief, self.schedule, attempt, self.deadline)
        return next((plan for plan in plans if not violations(plan)), None)


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
    below = _storey_boxes(schedule, 0, attempt, {}, deadline)
    for ground in below:
        if brief.storeys == 1:
            yield finished(brief, schedule, attempt.outline, {0: ground})
            continue
        for upper in _storey_boxes(schedule, 1, attempt, _stair(schedule, ground.exact), deadline):
            yield finished(brief, schedule, attempt.outline, {0: ground, 1: upper})


def _storey_boxes(
    schedule: RoomSchedule,
    storey: int,
    attempt: Attempt,
    fixed: Mapping[str, Box],
    deadline: Deadline,
) -> Iterator[Arranged]:
    """Yield arrangements of a storey with exact walls, best first."""
    rooms = tuple(schedule.on(storey))
    problem = StoreyProblem(
        rooms=rooms,
        outline=attempt.outline,
        entrance=schedule.entrance if storey == 0 else None,
        fixed=fixed,
        apart=attempt.apart if storey == 0 else (),
    )
    if deadline.left <= 0:
        return
    limits = SearchLimits(
        seconds=max(0.1, min(attempt.seconds, deadline.left)),
        better_seconds=attempt.better_seconds,
        seed=attempt.seed,
        threads=attempt.threads,
        wall_seconds=deadline.wall_left,
    )
    for grid in arrange(problem, limits)[:_GRID_PLANS]:
        placing = WallProblem(
            rooms=rooms,
            outline=attempt.outline,
            boxes=grid.boxes,
            entrance=problem.entrance,
            fixed=tuple(room.id for room in rooms if room.kind == "stair"),
        )
        if boxes := place_walls(placing):
            yield Arranged(exact=boxes, grid=grid.boxes)


def _stair(schedule: RoomSchedule, ground: Mapping[str, Box]) -> dict[str, Box]:
    """Return where the stair of the upper storey must be."""
    below = next(room.id for room in schedule.on(0) if room.kind == "stair")
    above = next(room.id for room in schedule.on(1) if room.kind == "stair")
    return {above: ground[below]}


def finished(
    brief: Brief, schedule: RoomSchedule, outline: Outline, placed: Mapping[int, Arranged]
) -> Plan:
    """Return the plan with openings and furniture for boxes that are settled."""
    rooms, openings, furniture = [], [], []
    for storey, arranged in placed.items():
        boxes = arranged.exact
        wanted = schedule.on(storey)
        entrance = schedule.entrance if storey == 0 else None
        holes = place_openings(wanted, boxes, outline, entrance)
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
    )
