"""What one process notifies another of: when it arrives, when it doesn't, and what was missed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from tau.storage.database import Database
from tau.storage.notifications import Notification, Notifications, encode
from tests.patience import patient

pytestmark = pytest.mark.anyio


class Heard:
    """The notifications that a process received; `next` waits for another."""

    def __init__(self, notifications: Notifications, *kinds: str) -> None:
        self._queue: asyncio.Queue[Notification] = asyncio.Queue()
        for what in kinds:
            notifications.subscribe(what, self._queue.put_nowait)  # type: ignore[arg-type]

    async def next(self) -> Notification:
        async with asyncio.timeout(patient(30)):
            return await self._queue.get()

    def __len__(self) -> int:
        return self._queue.qsize()


async def _send(database: Database, *sent: Notification) -> None:
    def work(connection: sa.Connection) -> None:
        for each in sent:
            database.notifications.notify(connection, each)

    await database.run(work)


@pytest.fixture
async def one(shared_url: str) -> AsyncIterator[Database]:
    database = await Database.open(shared_url)
    await database.notifications.start()
    yield database
    await database.close()


@pytest.fixture
async def two(shared_url: str, one: Database) -> AsyncIterator[Database]:
    database = await Database.open(shared_url)
    await database.notifications.start()
    yield database
    await database.close()


async def test_another_process_is_notified(one: Database, two: Database) -> None:
    heard = Heard(two.notifications, "journal", "slot")
    await _send(one, Notification("journal", "ada", number=7), Notification("slot", name="s"))
    here = one.notifications.node
    assert await heard.next() == Notification("journal", "ada", node=here, number=7)
    assert await heard.next() == Notification("slot", name="s", node=here)


async def test_only_the_kinds_that_were_asked_for_arrive(one: Database, two: Database) -> None:
    heard = Heard(two.notifications, "removed")
    await _send(one, Notification("journal", "ada"), Notification("removed", "bob"))
    assert (await heard.next()).person == "bob"
    assert len(heard) == 0


async def test_nobody_is_notified_of_what_was_rolled_back(one: Database, two: Database) -> None:
    heard = Heard(two.notifications, "journal")

    def fails(connection: sa.Connection) -> None:
        one.notifications.notify(connection, Notification("journal", "undone"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await one.run(fails)
    await _send(one, Notification("journal", "done"))
    assert (await heard.next()).person == "done"


async def test_a_process_does_not_hear_itself(one: Database, two: Database) -> None:
    here, there = Heard(one.notifications, "journal"), Heard(two.notifications, "journal")
    await _send(one, Notification("journal", "own"))
    await there.next()
    await _send(two, Notification("journal", "other"))
    assert (await here.next()).person == "other"


async def test_listeners_of_every_kind_are_warned_after_a_lost_connection(
    one: Database, two: Database
) -> None:
    heard, models = Heard(two.notifications, "journal"), Heard(two.notifications, "models")
    await _send(one, Notification("journal", "before"))
    await heard.next()

    def cut_off(connection: sa.Connection) -> None:
        ended = sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
        )
        connection.execute(ended)

    await one.run(cut_off)
    assert (await heard.next()).what == "resync"
    assert (await models.next()).what == "resync"
    await _send(one, Notification("journal", "after"))
    assert (await heard.next()).person == "after"


async def test_a_listener_that_fails_keeps_nobody_from_hearing(
    one: Database, two: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_: Notification) -> None:
        raise ZeroDivisionError

    two.notifications.subscribe("journal", fails)
    heard = Heard(two.notifications, "journal")
    await _send(one, Notification("journal", "a"), Notification("journal", "b"))
    assert [(await heard.next()).person, (await heard.next()).person] == ["a", "b"]
    assert "ZeroDivisionError" in caplog.text


async def test_one_who_starts_without_a_database_hears_once_it_answers(shared_url: str) -> None:
    nowhere = sa.make_url(shared_url).set(drivername="postgresql+pg8000", database="missing")
    waiting = Notifications(nowhere)
    await waiting.start()  # returns although nobody answers
    await waiting.close()


@pytest.mark.parametrize("text", ["", "{}", '{"what":"unheard"}', "[1]", '{"what":7}'])
def test_what_a_newer_tau_says_is_ignored(text: str) -> None:
    notifications = Notifications()
    heard = Heard(notifications, "journal", "resync")
    notifications.deliver(text)
    assert len(heard) == 0


def test_a_text_says_only_what_it_has_to() -> None:
    assert encode(Notification("models")) == '{"what":"models"}'
    assert len(encode(Notification("journal", "p" * 32, "n" * 32, "o" * 32, 2**62))) < 8000


async def test_a_relay_gets_what_was_committed_in_a_file(sqlite_database: Database) -> None:
    relayed: list[str] = []
    sqlite_database.notifications.relay = relayed.append
    other = Notifications()
    heard = Heard(other, "journal")

    def fails(connection: sa.Connection) -> None:
        sqlite_database.notifications.notify(connection, Notification("journal", "undone"))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await sqlite_database.run(fails)
    await _send(sqlite_database, Notification("journal", "done"))
    for text in relayed:
        other.deliver(text)
        sqlite_database.notifications.deliver(text)  # its own, which it ignores
    assert [text for text in relayed if "undone" in text] == []
    assert (await heard.next()).person == "done"


async def test_one_process_on_a_file_listens_to_nobody(sqlite_database: Database) -> None:
    await sqlite_database.notifications.start()
    await _send(sqlite_database, Notification("journal", "ada"))
    await sqlite_database.run(lambda c: None)
