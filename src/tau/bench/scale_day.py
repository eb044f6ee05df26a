"""A day of many people, simulated: when they talk, whose memory is loaded, and how large it is.

A sample of people is drawn; everything it says grows in proportion to the people. A person comes a
few times a day at an hour of the daily curve, says something every minute or so, and their memory
stays loaded until it was idle for a while. Sizes of memories are lognormal. The same seed gives the
same day.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tau.errors import BadInput

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
MINUTES = 1440
_MINUTE, _DAY = 60.0, 86_400.0
# Share of the day's turns in each hour, assumed: quiet at night, busiest in the evening.
CURVE = (
    *(0.35, 0.2, 0.12, 0.1, 0.12, 0.25, 0.55, 0.9, 1.1, 1.15, 1.15, 1.15),
    *(1.25, 1.2, 1.15, 1.15, 1.2, 1.3, 1.45, 1.65, 1.85, 1.85, 1.5, 0.8),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How people use Tau; all of it is assumed, and can be given."""

    turns_a_day: float = 20.0
    visits_a_day: float = 3.0
    seconds_between_turns: float = 60.0
    messages_median: float = 3_000.0
    messages_mean: float = 4_900.0
    idle_seconds: float = 900.0

    def __post_init__(self) -> None:
        if not 1 <= self.visits_a_day <= self.turns_a_day:
            raise BadInput("People need at least one visit a day, and a turn in each visit.")
        if self.messages_mean < self.messages_median:
            raise BadInput("The mean of the messages must not be less than their median.")


@dataclass(frozen=True, slots=True)
class Day:
    """What one person adds to a day, on average, and at the minute in which it's most."""

    turns: float
    loads: float
    """How often a memory is loaded, and saved again."""
    messages: float
    """In a person's memory."""
    mean_turns_per_second: float
    peak_turns_per_second: float
    peak_loaded: float
    """Memories loaded at the minute with the most."""
    peak_loaded_messages: float
    """Messages in them."""
    peak_loads_per_second: float


@dataclass(frozen=True, slots=True)
class _Visits:
    person: Places
    begin: Numbers
    turns: Places
    moments: Numbers
    end: Numbers


def simulate(habits: Habits, people: int, seed: int) -> Day:
    """Return a day of a sample of `people`, divided by their number."""
    random = np.random.default_rng(seed)
    visits = _draw_visits(habits, people, random)
    sizes = _draw_sizes(habits, people, random)
    loaded_from, loaded_until, owners = _loaded(visits, habits.idle_seconds)
    turns = _per_minute(visits.moments)
    loads = _per_minute(loaded_from)
    return Day(
        turns=len(visits.moments) / people,
        loads=len(owners) / people,
        messages=float(sizes.mean()),
        mean_turns_per_second=len(visits.moments) / people / _DAY,
        peak_turns_per_second=float(turns.max()) / _MINUTE / people,
        peak_loaded=_most(loaded_from, loaded_until, np.ones(len(owners))) / people,
        peak_loaded_messages=_most(loaded_from, loaded_until, sizes[owners]) / people,
        peak_loads_per_second=float(loads.max()) / _MINUTE / people,
    )


def _draw_visits(habits: Habits, people: int, random: np.random.Generator) -> _Visits:
    counts = 1 + random.poisson(habits.visits_a_day - 1, people)
    person = np.repeat(np.arange(people, dtype=np.int64), counts)
    number = len(person)
    hours = random.choice(24, number, p=np.array(CURVE) / sum(CURVE))
    begin = (hours + random.random(number)) * 3600.0
    more = random.poisson(habits.turns_a_day / habits.visits_a_day - 1, number)
    turns = 1 + more.astype(np.int64)
    first = np.cumsum(turns) - turns
    pauses = random.exponential(habits.seconds_between_turns, int(turns.sum()))
    pauses[first] = 0.0
    elapsed = np.cumsum(pauses)
    moments = np.repeat(begin - elapsed[first], turns) + elapsed
    end = moments[first + turns - 1]
    return _Visits(person, begin, turns, moments, end)


def _draw_sizes(habits: Habits, people: int, random: np.random.Generator) -> Numbers:
    ratio = habits.messages_mean / habits.messages_median
    spread = math.sqrt(2 * math.log(ratio))
    return random.lognormal(math.log(habits.messages_median), spread, people)


def _loaded(visits: _Visits, idle_seconds: float) -> tuple[Numbers, Numbers, Places]:
    """Return from when until when memories are loaded, and whose: visits that meet are one."""
    order = np.lexsort((visits.begin, visits.person))
    person, begin = visits.person[order], visits.begin[order]
    end = visits.end[order] + idle_seconds
    apart = person * (float(end.max()) + _DAY)  # so that nobody's visit meets another person's
    latest = np.maximum.accumulate(end + apart)
    starts = np.ones(len(person), dtype=bool)
    starts[1:] = begin[1:] + apart[1:] > latest[:-1]
    first = np.flatnonzero(starts)
    last = np.append(first[1:], len(person)) - 1
    return begin[first], latest[last] - apart[last], person[first]


def _per_minute(moments: Numbers) -> Numbers:
    minutes = (moments // _MINUTE).astype(np.int64) % MINUTES
    return np.bincount(minutes, minlength=MINUTES).astype(np.float64)


def _most(begin: Numbers, end: Numbers, weights: Numbers) -> float:
    """Return the most of `weights` at the beginning of a minute of the day, which repeats."""
    first = np.ceil(begin / _MINUTE).astype(np.int64)
    after = np.minimum(np.ceil(end / _MINUTE).astype(np.int64), first + MINUTES)
    days = int(after.max()) // MINUTES + 1
    changes = np.zeros(days * MINUTES + 1)
    np.add.at(changes, first, weights)
    np.add.at(changes, after, -weights)
    held = np.cumsum(changes)[: days * MINUTES]
    return float(held.reshape(days, MINUTES).sum(axis=0).max())
