"""People in a fresh database, with a clock that the test turns and passwords that cost little."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tau.people.passwords import Cost
from tau.people.people import People
from tau.settings import Settings
from tau.storage.database import Database

SERVER_KEY = bytes(range(32))
CHEAP = Cost(passes=1, memory_kib=8, lanes=1)
PASSWORD = "correct horse battery"

MakePeople = Callable[..., People]


@dataclass
class Clock:
    seconds: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds

    def pass_days(self, days: float) -> None:
        self.seconds += days * 86_400


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_people(database: Database, clock: Clock, tmp_path: Path) -> MakePeople:
    """Make another `People` of the same database, as another process would have."""

    def make(
        *, server_key: bytes | None = SERVER_KEY, cost: Cost = CHEAP, **settings: object
    ) -> People:
        return People(
            database,
            server_key,
            Settings(home=tmp_path, **settings),  # type: ignore[arg-type]
            now=clock,
            cost=cost,
        )

    return make


@pytest.fixture
def people(make_people: MakePeople) -> People:
    return make_people()
