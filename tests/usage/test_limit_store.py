"""Limits of keys, counted in the database by any number of processes."""

import asyncio
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tau.errors import BadInput, QuotaExceeded, RateLimited
from tau.people import People
from tau.settings import Settings
from tau.storage.database import Database
from tau.usage.key_limits import KeyLimits
from tau.usage.limit_store import LimitStore, charge

pytestmark = pytest.mark.anyio
START = datetime(2026, 11, 30, 23, 50, tzinfo=UTC).timestamp()


class Clock:
    """A clock that stands until it's moved."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> float:
        return self.time


@pytest.fixture
async def key(database: Database) -> str:
    people = People(database, bytes(32), Settings())
    _, slot = await people.credentials.new_api_key(await people.owner(), "a program")
    return slot.id


@pytest.fixture
async def sqlite(sqlite_url: str) -> Database:
    return await Database.open(sqlite_url)


@pytest.fixture
async def sqlite_key(sqlite: Database) -> str:
    people = People(sqlite, bytes(32), Settings())
    _, slot = await people.credentials.new_api_key(await people.owner(), "a program")
    return slot.id


async def use(
    database: Database, store: LimitStore, key: str, tokens: int, micros: int = 0
) -> None:
    await database.run(lambda c: charge(c, store._now, key, tokens, micros))


async def test_two_processes_count_one_allowance(database: Database, key: str) -> None:
    nodes = [LimitStore(database), LimitStore(database)]
    await nodes[0].set(key, KeyLimits(requests_per_minute=10))
    asked = [nodes[number % 2].admit(key) for number in range(40)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    refused = [each for each in answers if each is not None]
    assert all(isinstance(each, RateLimited) for each in refused)
    # 10 at once, and one more for every 6 s that 40 statements take on a slow machine
    assert 10 <= len(answers) - len(refused) <= 15
    waits = [each.retry_after_seconds for each in refused if isinstance(each, RateLimited)]
    assert all(0 < wait <= 6.01 for wait in waits)


async def test_a_key_without_limits_is_not_counted(database: Database, key: str) -> None:
    store = LimitStore(database)
    assert await store.of(key) is None
    await store.admit(key)
    assert await store.states([key]) == {}


async def test_an_allowance_fills_up_at_an_even_pace(sqlite: Database, sqlite_key: str) -> None:
    clock = Clock()
    store = LimitStore(sqlite, clock)
    await store.set(sqlite_key, KeyLimits(requests_per_minute=3))
    for _ in range(3):
        await store.admit(sqlite_key)
    with pytest.raises(RateLimited) as caught:
        await store.admit(sqlite_key)
    assert caught.value.retry_after_seconds == pytest.approx(20)
    clock.time += 20
    await store.admit(sqlite_key)
    with pytest.raises(RateLimited):
        await store.admit(sqlite_key)
    clock.time += 60
    for _ in range(3):
        await store.admit(sqlite_key)


async def test_tokens_are_owed_after_a_long_answer(sqlite: Database, sqlite_key: str) -> None:
    clock = Clock()
    store = LimitStore(sqlite, clock)
    await store.set(sqlite_key, KeyLimits(tokens_per_minute=600))
    await use(sqlite, store, sqlite_key, 599)
    await store.admit(sqlite_key)
    await use(sqlite, store, sqlite_key, 301)
    with pytest.raises(RateLimited) as caught:
        await store.admit(sqlite_key)
    assert caught.value.retry_after_seconds == pytest.approx(30)
    clock.time += 31
    await store.admit(sqlite_key)


async def test_a_higher_limit_makes_up_for_owed_tokens_sooner(database: Database, key: str) -> None:
    store = LimitStore(database)
    await store.set(key, KeyLimits(tokens_per_minute=1))
    await use(database, store, key, 10_000)
    with pytest.raises(RateLimited):
        await store.admit(key)
    await store.set(key, KeyLimits(tokens_per_minute=20_000))
    await store.admit(key)
    await store.set(key, KeyLimits(tokens_per_minute=9_000))
    with pytest.raises(RateLimited) as caught:
        await store.admit(key)
    assert 0 < (caught.value.retry_after_seconds or 0) <= 10
    await store.set(key, KeyLimits(requests_per_minute=60))
    await store.set(key, KeyLimits(tokens_per_minute=1))
    await store.admit(key)


@pytest.mark.parametrize(
    "limits", [KeyLimits(tokens_per_month=1000), KeyLimits(cost_per_month=0.5)], ids=str
)
async def test_a_month_begins_anew(sqlite: Database, sqlite_key: str, limits: KeyLimits) -> None:
    clock = Clock()
    store = LimitStore(sqlite, clock)
    await store.set(sqlite_key, limits)
    await use(sqlite, store, sqlite_key, 999, 499_999)
    await store.admit(sqlite_key)
    await use(sqlite, store, sqlite_key, 5000, 9_000_000)  # an answer that passed it was finished
    with pytest.raises(QuotaExceeded) as caught:
        await store.admit(sqlite_key)
    assert caught.value.retry_after_seconds == pytest.approx(600)  # ten minutes to December
    clock.time += 601
    assert (await store.states([sqlite_key]))[sqlite_key].month_tokens == 0
    await store.admit(sqlite_key)
    await use(sqlite, store, sqlite_key, 7)
    assert (await store.states([sqlite_key]))[sqlite_key].month_tokens == 7


async def test_budgets_hold_on_every_database(database: Database, key: str) -> None:
    store = LimitStore(database)
    await store.set(key, KeyLimits(tokens_per_month=100, cost_per_month=2.5, models=("tau",)))
    await use(database, store, key, 60, 1_000_000)
    await store.admit(key)
    await use(database, store, key, 60, 1_000_000)
    with pytest.raises(QuotaExceeded, match="tokens"):
        await store.admit(key)
    state = (await store.states([key]))[key]
    assert (state.month_tokens, state.month_micros) == (120, 2_000_000)
    assert state.limits == KeyLimits(tokens_per_month=100, cost_per_month=2.5, models=("tau",))
    await store.set(key, KeyLimits(cost_per_month=2.5))  # what was used is kept
    await store.admit(key)
    await use(database, store, key, 0, 500_000)
    with pytest.raises(QuotaExceeded, match="budget"):
        await store.admit(key)


async def test_a_change_is_seen_here_at_once_and_elsewhere_soon(
    database: Database, key: str
) -> None:
    passed = Clock()
    here, elsewhere = LimitStore(database), LimitStore(database, monotonic=passed)
    assert await elsewhere.of(key) is None
    await here.set(key, KeyLimits(models=("tau",)))
    assert await here.of(key) == KeyLimits(models=("tau",))
    passed.time += 11
    assert await elsewhere.of(key) == KeyLimits(models=("tau",))
    await here.set(key, KeyLimits())
    assert await here.of(key) is None


async def test_limits_go_with_their_key(database: Database, key: str) -> None:
    store = LimitStore(database)
    await store.set(key, KeyLimits(requests_per_minute=1))
    people = People(database, bytes(32), Settings())
    await people.credentials.revoke((await people.owner()).person.id, key)
    count = sa.text("SELECT count(*) FROM key_limits")
    assert await database.run(lambda c: c.execute(count).scalar_one()) == 0


@pytest.mark.parametrize(
    "limits",
    [
        KeyLimits(requests_per_minute=0),
        KeyLimits(tokens_per_month=-1),
        KeyLimits(cost_per_month=float("nan")),
        KeyLimits(cost_per_month=1e-9),
        KeyLimits(models=()),
    ],
    ids=str,
)
async def test_impossible_limits_are_refused(
    database: Database, key: str, limits: KeyLimits
) -> None:
    with pytest.raises(BadInput):
        await LimitStore(database).set(key, limits)
