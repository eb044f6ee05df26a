"""Many callers, one writer: each is told the truth about its own write and no other."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress

import pytest
import sqlalchemy as sa

from tau.errors import NotFound, SequenceConflict, StoreUnavailable
from tau.journal.group_commit import Outcome
from tau.journal.postgres_commits import PostgresCommits
from tau.journal.sql_commits import SqlCommits
from tau.journal.store import SealedSnapshot, Store, Write
from tau.storage.database import Database
from tau.storage.notifications import Notification
from tau.storage.schema import entries, people, snapshots
from tests.patience import patient

pytestmark = pytest.mark.anyio
POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def write(person: str, expected: int, *sealed: str, erase: tuple[int, ...] = ()) -> Write:
    return Write(
        person=person, expected=expected, sealed=[text.encode() for text in sealed], erase=erase
    )


@pytest.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    opened = Store(database)
    yield opened
    await opened.close()


async def log_of(store: Store, person: str) -> list[str | None]:
    rows = await store.read(person, 0, 100)
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    return [None if row.sealed is None else bytes(row.sealed).decode() for row in rows]


def outcome(future: "asyncio.Future[float]") -> str:
    error = future.exception()
    return type(error).__name__ if error else "written"


class Held:
    """Holds the writer before each commit, so that other writes gather behind it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.arrived, self.door = threading.Event(), threading.Event()
        self.commits = 0
        for kind in (SqlCommits, PostgresCommits):
            monkeypatch.setattr(kind, "commit", self._waiting(kind.commit))

    def _waiting(self, inner: Callable[..., list[Outcome]]) -> Callable[..., list[Outcome]]:
        def commit(*given: object) -> list[Outcome]:
            self.commits += 1
            self.arrived.set()
            assert self.door.wait(30)
            return inner(*given)

        return commit


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    made = Held(monkeypatch)
    yield made
    made.door.set()


async def gathered(store: Store, held: Held, *writes: Write) -> "list[asyncio.Future[float]]":
    """Queue `writes` so that they go into one commit, behind a write of somebody else's."""
    first = store.append(write("first", 0, "held"))
    await asyncio.to_thread(held.arrived.wait, 30)
    futures = [store.append(each) for each in writes]
    held.door.set()
    await asyncio.wait([first, *futures])
    outcome(first)
    return futures


async def test_a_bad_write_among_good_ones_fails_alone(store: Store, held: Held) -> None:
    futures = await gathered(
        store,
        held,
        write("ada", 0, "a1", "a2"),
        write("bob", 7, "too far ahead"),
        write("ada", 0, "written before"),
        write("ada", 2, "a3"),
        write("cleo", 0, "c1"),
    )
    assert [outcome(future) for future in futures] == [
        "written",
        "SequenceConflict",
        "SequenceConflict",
        "written",
        "written",
    ]
    assert await log_of(store, "ada") == ["a1", "a2", "a3"]
    assert await log_of(store, "bob") == []
    assert await log_of(store, "cleo") == ["c1"]
    assert held.commits == 2, "what waited went into one commit"
    assert futures[0].result() == futures[4].result(), "one commit has one time"


async def test_of_two_nodes_that_race_one_wins_and_bystanders_are_unharmed(
    store: Store, database: Database, held: Held
) -> None:
    other = Store(database)
    held.door.set()
    await store.append(write("ada", 0, "one"))
    await other.append(write("ada", 1, "from the other node"))
    held.door.clear()
    held.arrived.clear()
    # This store still believes that the log of ada ends at 1: the database itself refuses.
    futures = await gathered(
        store, held, write("bob", 0, "b1"), write("ada", 1, "late"), write("cleo", 0, "c1")
    )
    assert [outcome(future) for future in futures] == ["written", "SequenceConflict", "written"]
    assert await log_of(store, "ada") == ["one", "from the other node"]
    await store.append(write("ada", 2, "after a look"))
    assert (await log_of(store, "ada"))[2] == "after a look"
    await other.close()


async def test_a_write_after_a_refused_one_is_decided_by_where_the_log_really_ends(
    store: Store, held: Held
) -> None:
    held.door.set()
    await store.append(write("ada", 0, "one"))
    held.door.clear()
    held.arrived.clear()
    futures = await gathered(
        store,
        held,
        write("ada", 5, "too far ahead"),
        write("bob", 3, "too far ahead"),
        write("ada", 1, "two", "three"),
        write("nobody", 0, "no such person"),
        write("ada", 2, "between"),
        write("bob", 0, "b1", erase=(1,)),
        write("ada", 3, "four", erase=(1,)),
    )
    assert [outcome(future) for future in futures] == [
        "SequenceConflict",
        "SequenceConflict",
        "written",
        "NotFound",
        "SequenceConflict",
        "written",
        "written",
    ]
    assert await log_of(store, "ada") == [None, "two", "three", "four"]
    assert await log_of(store, "bob") == [None]


async def test_other_processes_are_notified_of_what_was_written_once_a_person(
    store: Store, database: Database, database_url: str, held: Held
) -> None:
    other = await Database.open(database_url)
    heard: asyncio.Queue[Notification] = asyncio.Queue()
    other.notifications.subscribe("journal", heard.put_nowait)
    await other.notifications.start()
    database.notifications.relay = other.notifications.deliver  # what workers of SQLite have
    futures = await gathered(
        store,
        held,
        write("ada", 0, "a1", "a2"),
        write("bob", 7, "too far ahead"),
        write("ada", 2, "a3"),
        write("cleo", 0, "c1"),
    )
    assert outcome(futures[1]) == "SequenceConflict"
    await store.append(write("first", 1, "the end"))
    received: list[Notification] = []
    async with asyncio.timeout(patient(30)):
        while not received or received[-1].person != "first" or received[-1].number != 2:
            received.append(await heard.get())
    assert sorted((one.person, one.number) for one in received) == [
        ("ada", 3),
        ("cleo", 1),
        ("first", 1),
        ("first", 2),
    ]
    await other.close()


async def test_an_entry_keeps_the_time_at_which_it_was_first_written(store: Store) -> None:
    moved = Write(person="ada", expected=0, sealed=[b"1", None, b"3"], written=[5.5, 6.5, None])
    at = await store.append(moved)
    assert [tuple(row) for row in await store.read("ada", 0, 9)] == [
        (1, b"1", 5.5),
        (2, None, 6.5),
        (3, b"3", at),
    ]


async def test_an_append_waits_for_a_removal_and_then_finds_nobody(
    store: Store, database: Database, database_url: str
) -> None:
    """Else a removed person's words would stay for ever, in rows that belong to nobody."""
    await store.append(write("ada", 0, "one"))
    removing, removed = threading.Event(), threading.Event()

    def remove(connection: sa.Connection) -> None:
        held = sa.select(people.c.id).where(people.c.id == "ada").with_for_update()
        connection.execute(held)
        connection.execute(sa.delete(entries).where(entries.c.person == "ada"))
        connection.execute(sa.delete(people).where(people.c.id == "ada"))
        removing.set()
        assert removed.wait(30)

    removal = asyncio.create_task(database.run(remove))
    await asyncio.to_thread(removing.wait, 30)
    late = store.append(write("ada", 1, "too late"))
    if not database.is_sqlite:
        await until_somebody_waits(database_url)
    removed.set()
    await removal
    with pytest.raises(NotFound):
        await late
    assert await store.read("ada", 0, 9) == []


async def until_somebody_waits(url: str) -> None:
    """Wait until PostgreSQL makes a statement wait for a lock."""
    other = await Database.open(url)
    waiting = sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")

    def wait(connection: sa.Connection) -> None:
        deadline = time.monotonic() + patient(30)
        while not connection.execute(waiting).scalar():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    await other.run(wait)
    await other.close()


async def test_a_write_that_lost_erases_nothing(store: Store) -> None:
    await store.append(write("ada", 0, "one", "two"))
    with pytest.raises(SequenceConflict):
        await store.append(write("ada", 1, "forgot", erase=(1,)))
    assert await log_of(store, "ada") == ["one", "two"]
    await store.append(write("ada", 2, "forgot", erase=(1,)))
    assert await log_of(store, "ada") == [None, "two", "forgot"]
    assert await store.erased("ada") == 1


async def test_an_erasure_reaches_no_other_person(store: Store) -> None:
    await store.append(write("ada", 0, "one"))
    await store.append(write("bob", 0, "one"))
    await store.save_snapshot("bob", {"words": SealedSnapshot(1, b"w")}, set(), 0)
    await store.append(write("ada", 1, "forgot", erase=(1,)))
    assert await log_of(store, "bob") == ["one"]
    assert await store.erased("bob") == 0
    assert await store.load_snapshot("bob") == {"words": SealedSnapshot(1, b"w")}


async def test_closing_writes_what_waits(store: Store, held: Held) -> None:
    futures = [store.append(write("ada", n, f"text {n}")) for n in range(40)]
    await asyncio.to_thread(held.arrived.wait, 30)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0)
    refused = store.append(write("ada", 40, "too late"))
    assert isinstance(refused.exception(), StoreUnavailable)
    held.door.set()
    await closing
    await asyncio.wait(futures)
    assert {outcome(future) for future in futures} == {"written"}
    assert await log_of(store, "ada") == [f"text {n}" for n in range(40)]


async def test_closing_twice_and_closing_what_never_wrote_is_nothing(database: Database) -> None:
    store = Store(database)
    await store.close()
    await store.close()
    assert "tau-store" not in {thread.name for thread in threading.enumerate()}


async def test_a_caller_that_left_is_written_and_the_others_are_told(
    store: Store, held: Held
) -> None:
    leaving = store.append(write("ada", 0, "left"))
    await asyncio.to_thread(held.arrived.wait, 30)
    staying = store.append(write("ada", 1, "stayed"))
    leaving.cancel()
    held.door.set()
    await staying
    assert await log_of(store, "ada") == ["left", "stayed"]


async def test_a_caller_whose_loop_is_gone_does_not_stop_the_writer(
    store: Store, held: Held
) -> None:
    async def leave() -> None:
        store.append(write("ada", 0, "from another loop"))
        await asyncio.to_thread(held.arrived.wait, 30)

    await asyncio.to_thread(asyncio.run, leave())
    held.door.set()
    await store.append(write("ada", 1, "from this one"))
    assert await log_of(store, "ada") == ["from another loop", "from this one"]


async def test_a_database_that_fails_is_told_to_each_and_then_works_again(
    store: Store, database: Database, held: Held
) -> None:
    async def rename(table: str, name: str) -> None:
        await database.run(lambda c: c.execute(sa.text(f"ALTER TABLE {table} RENAME TO {name}")))

    held.door.set()
    await store.append(write("ada", 0, "before"))
    held.door.clear()
    held.arrived.clear()
    await rename("entries", "mislaid")
    futures = await gathered(store, held, *(write("ada", n, "lost") for n in range(1, 4)))
    assert [outcome(future) for future in futures] == ["StoreUnavailable"] * 3
    assert len({id(future.exception()) for future in futures}) == 3, "each has one of its own"
    await rename("mislaid", "entries")
    await store.append(write("ada", 1, "after"))
    assert await log_of(store, "ada") == ["before", "after"]


async def test_pages_follow_each_other(store: Store) -> None:
    await store.append(write("ada", 0, *(str(n) for n in range(1, 8))))
    pages = [[row.seq for row in await store.read("ada", after, 3)] for after in (0, 3, 6, 7)]
    assert pages == [[1, 2, 3], [4, 5, 6], [7], []]
    assert await store.last("ada") == 7
    assert await store.last("nobody") == 0


async def test_a_snapshot_is_replaced_part_by_part(store: Store, database: Database) -> None:
    old = {name: SealedSnapshot(1, name.encode()) for name in ("a", "b", "c")}
    assert await store.save_snapshot("ada", old, set(), 0)
    assert await store.save_snapshot("ada", {"b": SealedSnapshot(2, b"new")}, {"a"}, 0)
    kept = await store.load_snapshot("ada")
    assert kept == {"a": SealedSnapshot(1, b"a"), "b": SealedSnapshot(2, b"new")}
    await store.drop_snapshot("ada")
    assert await store.load_snapshot("ada") == {}


async def test_a_refused_snapshot_leaves_the_old_one(store: Store, database: Database) -> None:
    await store.save_snapshot("ada", {"a": SealedSnapshot(1, b"old")}, set(), 0)
    assert not await store.save_snapshot("ada", {"a": SealedSnapshot(2, b"new")}, set(), 3)
    assert await store.load_snapshot("ada") == {"a": SealedSnapshot(1, b"old")}
    count = sa.select(sa.func.count()).select_from(snapshots)
    assert await database.run(lambda c: c.execute(count).scalar()) == 1


@POSTGRESQL
async def test_postgresql_spreads_people_over_partitions_and_asks_one(
    store: Store, database: Database
) -> None:
    names = [f"person-{n}" for n in range(48)]
    await asyncio.gather(*(store.append(write(name, 0, "one", "two")) for name in names))
    places = sa.text("SELECT person, tableoid::regclass::text FROM entries")
    rows = await database.run(lambda c: c.execute(places).all())
    assert len({place for _, place in rows}) > 8
    assert len(set(map(tuple, rows))) == len(names), "a person's log lies in one partition"

    def plan(connection: sa.Connection) -> str:
        query = sa.select(entries.c.seq).where(entries.c.person == "person-1")
        sql = query.compile(connection, compile_kwargs={"literal_binds": True})
        return "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}").scalars())

    told = await database.run(plan)
    assert sum(f"entries_{n} " in told for n in range(16)) == 1


@POSTGRESQL
async def test_two_postgresql_nodes_that_hammer_one_log_leave_no_gap(
    store: Store, database: Database
) -> None:
    other = Store(database)
    written = 0
    for _ in range(10):
        head = await store.last("ada")
        both = [node.append(write("ada", head, "x")) for node in (store, other)]
        for future in both:
            with suppress(SequenceConflict):
                await future
                written += 1
    assert len(await log_of(store, "ada")) == written == 10
    await other.close()
