"""Failed sign-ins are limited over all processes together."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.errors import NotSignedIn, StoreUnavailable, TooManyRequests
from tau.people.people import People
from tau.people.signin_throttle import IN_TOTAL, PER_NAME
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.schema import signin_failures

from .conftest import CHEAP, PASSWORD, SERVER_KEY, Clock

pytestmark = pytest.mark.anyio


@pytest.fixture
async def nodes(
    shared_url: str, clock: Clock, tmp_path: Path
) -> AsyncIterator[tuple[People, People]]:
    """The same people, as two processes see them."""
    databases = [await Database.open(shared_url) for _ in range(2)]
    settings = Settings(home=tmp_path)
    one, two = (People(each, SERVER_KEY, settings, now=clock, cost=CHEAP) for each in databases)
    await one.credentials.set_password(await one.owner(), PASSWORD)
    yield one, two
    for each in databases:
        await each.close()


async def _fail(people: People, name: str = "You", password: str = "a wrong guess") -> None:
    with pytest.raises(NotSignedIn):
        await people.sessions.sign_in(name, password, "")


async def _rows(people: People) -> list[sa.Row[tuple[object, ...]]]:
    query = sa.select(signin_failures)
    return await people.database.run(lambda c: list(c.execute(query)), read_only=True)


async def test_two_processes_get_no_more_guesses_than_one(nodes: tuple[People, People]) -> None:
    guesses = [each.sessions.sign_in("You", "a wrong guess", "") for each in nodes * 10]
    outcomes = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(outcome, NotSignedIn) for outcome in outcomes) == PER_NAME.free
    assert sum(isinstance(outcome, TooManyRequests) for outcome in outcomes) == 20 - PER_NAME.free


async def test_one_password_tried_on_many_names_is_slowed_in_total(
    nodes: tuple[People, People],
) -> None:
    for number in range(IN_TOTAL.free):
        await _fail(nodes[number % 2], f"name {number}")
    for each in nodes:
        with pytest.raises(TooManyRequests):
            await each.sessions.sign_in("a fresh name", "a wrong guess", "")


async def test_a_wait_ends_everywhere(nodes: tuple[People, People], clock: Clock) -> None:
    one, two = nodes
    for _ in range(PER_NAME.free):
        await _fail(one)
    with pytest.raises(TooManyRequests) as refusal:
        await two.sessions.sign_in("You", PASSWORD, "")
    assert 0 < refusal.value.retry_after_seconds <= PER_NAME.longest_wait_seconds
    clock.pass_seconds(refusal.value.retry_after_seconds)
    await two.sessions.sign_in("You", PASSWORD, "")
    await _fail(one)  # its failures are forgotten with the success


async def test_who_succeeds_is_not_counted(nodes: tuple[People, People]) -> None:
    for _ in range(2 * PER_NAME.free):
        for each in nodes:
            await each.sessions.sign_in("You", PASSWORD, "")
    assert all(row.level == 0 for row in await _rows(nodes[0]))


async def test_a_database_that_does_not_answer_is_nobodys_failure(
    nodes: tuple[People, People],
) -> None:
    attempts = nodes[0].sessions._password_attempts
    for _ in range(2 * PER_NAME.free):
        with pytest.raises(StoreUnavailable):
            async with attempts.attempt("you"):
                raise StoreUnavailable("It doesn't answer.")
    await _fail(nodes[1])


async def test_what_was_typed_is_not_in_the_database(nodes: tuple[People, People]) -> None:
    await _fail(nodes[0], "my password by mistake")
    rows = await _rows(nodes[0])
    assert rows
    assert all(len(row.key) == 64 and "password" not in row.key for row in rows)
    other = People(
        nodes[1].database, bytes(32), Settings(home=Path()), now=Clock(), cost=CHEAP
    ).sessions._password_attempts
    assert other._key("my password by mistake") not in {row.key for row in rows}


async def test_counts_are_deleted_after_a_day(nodes: tuple[People, People], clock: Clock) -> None:
    await _fail(nodes[0])
    await nodes[0].delete_expired()
    assert await _rows(nodes[0])
    clock.pass_days(1.01)
    await nodes[1].delete_expired()
    assert await _rows(nodes[0]) == []


async def test_the_time_is_the_databases(
    shared_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(shared_url)
    people = People(database, SERVER_KEY, Settings(home=tmp_path), cost=CHEAP)
    await people.owner()
    clock = sa.text("SELECT extract(epoch FROM clock_timestamp())")
    before = await database.run(lambda c: float(c.execute(clock).scalar_one()))
    monkeypatch.setattr("time.time", lambda: 4_000_000_000.0)
    await _fail(people)
    after = await database.run(lambda c: float(c.execute(clock).scalar_one()))
    assert {before <= row.updated_at <= after for row in await _rows(people)} == {True}
    await database.close()
