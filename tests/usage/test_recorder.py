"""The ledger: what requests used, by day, person, key and model, written in batches."""

import asyncio
import time
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from tau.errors import StoreUnavailable
from tau.models.caller import Caller
from tau.people import People
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.schema import usage_days
from tau.usage.key_limits import KeyLimits
from tau.usage.ledger import KEPT_DAYS, Ledger, TokenSums
from tau.usage.limit_store import LimitStore
from tau.usage.prices import Price, Prices
from tau.usage.recorder import UsageRecorder

pytestmark = pytest.mark.anyio
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
DAY = date(2026, 11, 28)


@pytest.fixture
async def people(database: Database) -> People:
    return People(database, bytes(32), Settings())


@pytest.fixture
async def person(people: People) -> str:
    return (await people.owner()).person.id


async def test_two_nodes_add_up_in_one_row(database: Database, person: str) -> None:
    await Prices(database).set("opus", Price(prompt=10.0, completion=20.0, cached=1.0))
    nodes = [UsageRecorder(database, lambda: NOON) for _ in range(2)]
    for node in nodes:
        for _ in range(3):
            node.record(Caller(person, "a-key"), "opus", TokenSums(1, 100, 10, 40))
        node.record(Caller(person), "unpriced", TokenSums(1, 5, 5, 0))
        await node.close()
    rows = await Ledger(database).rows(DAY, DAY)
    assert [(row.key, row.model, row.requests) for row in rows] == [
        ("", "unpriced", 2),
        ("a-key", "opus", 6),
    ]
    without, priced = rows
    assert (without.micros, without.unpriced) == (0, 2)
    assert (priced.prompt_tokens, priced.completion_tokens, priced.cached_tokens) == (600, 60, 240)
    assert priced.micros == 6 * (60 * 10 + 40 * 1 + 10 * 20)
    assert priced.unpriced == 0
    assert await Ledger(database).rows(DAY, DAY, "somebody else") == []


async def test_a_limited_key_is_charged_before_its_next_request(
    database: Database, people: People
) -> None:
    owner = await people.owner()
    _, slot = await people.credentials.new_api_key(owner, "a program")
    limits = LimitStore(database)
    await limits.set(slot.id, KeyLimits(tokens_per_month=100))
    recorder = UsageRecorder(database)
    recorder.record(Caller(owner.person.id, slot.id, limited=True), "opus", TokenSums(1, 90, 20))
    await recorder.settle(slot.id)
    assert (await limits.states([slot.id]))[slot.id].month_tokens == 110
    await recorder.close()


async def test_usage_waits_while_the_database_does_not_answer(
    database: Database, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = UsageRecorder(database, lambda: NOON)
    recorder.record(Caller(person), "opus", TokenSums(1, 1, 1))

    async def fail(*_: object, **__: object) -> None:
        raise StoreUnavailable("The database does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(database, "run", fail)
        with pytest.raises(StoreUnavailable):
            await recorder.flush()
    recorder.record(Caller(person), "opus", TokenSums(1, 1, 1))
    await recorder.close()
    assert [row.requests for row in await Ledger(database).rows(DAY, DAY)] == [2]


async def test_nothing_is_written_for_a_person_who_was_removed(
    database: Database, people: People
) -> None:
    owner = await people.owner()
    key = await people.invitations.invite(owner)
    _, guest = await people.invitations.accept(key, "Guest", "a long password", "tests")
    recorder = UsageRecorder(database, lambda: NOON)
    recorder.record(Caller(guest.person.id), "opus", TokenSums(1, 1, 1))
    await recorder.flush()
    recorder.record(Caller(guest.person.id), "opus", TokenSums(1, 1, 1))
    recorder.record(Caller(), "opus", TokenSums(1, 1, 1))
    await people.remove(guest.person.id)
    await recorder.close()
    assert [row.person for row in await Ledger(database).rows(DAY, DAY)] == [""]


async def test_old_usage_is_deleted(database: Database) -> None:
    orphan = sa.insert(usage_days).values(
        day="2026-11-28", person="nobody", key="", model="opus", requests=1, prompt_tokens=1,
        completion_tokens=1, cached_tokens=0, micros=0, unpriced=1,
    )  # fmt: skip
    await database.run(lambda c: c.execute(orphan))
    old = NOON - (KEPT_DAYS + 1) * 86_400
    for now in (old, NOON):
        recorder = UsageRecorder(database, partial(float, now))
        recorder.record(Caller(), "opus", TokenSums(1, 1, 1))
        await recorder.close()
    await Ledger(database).delete_old(NOON)
    left = await Ledger(database).rows(date(2020, 1, 1), DAY)
    assert [(row.day, row.person) for row in left] == [("2026-11-28", "")]


async def test_what_is_being_written_at_the_end_is_counted_once(
    database: Database, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = UsageRecorder(database, lambda: NOON)
    recorder.record(Caller(person, "a-key", limited=True), "opus", TokenSums(1, 1, 1))
    began, write = asyncio.Event(), recorder._write
    loop = asyncio.get_running_loop()

    def write_slowly(*given: Any) -> None:
        loop.call_soon_threadsafe(began.set)
        time.sleep(0.2)
        write(*given)

    monkeypatch.setattr(recorder, "_write", write_slowly)
    await began.wait()
    await recorder.close()
    assert [row.requests for row in await Ledger(database).rows(DAY, DAY)] == [1]
