"""Nothing of what was erased is left in any file: pages that were split, the log, the copies."""

import os
import random
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.journal.store import SealedSnapshot, Store, Write
from tau.people import Slot, registry
from tau.people.slots import SealedSlot
from tau.storage import schema
from tau.storage.database import Database
from tests.people_rows import add_people

pytestmark = pytest.mark.anyio
COUNT = 250


def found(folder: Path, pieces: list[bytes]) -> int:
    """Count the pieces that stand in any file of the folder, by their beginnings."""
    files = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]
    return sum(any(piece[:28] in raw for raw in files) for piece in pieces)


async def filled(store: Store, seed: int = 2) -> list[bytes]:
    """Write what two people say in turn, long and short, so that pages are split."""
    await add_people(store._database, "ada", "bob")
    choose = random.Random(seed)
    written: list[bytes] = []
    for number in range(COUNT):
        for person in ("ada", "bob"):
            sealed = os.urandom(choose.choice([80, 150, 300, 900, 5000]))
            await store.append(Write(person=person, expected=number, sealed=[sealed]))
            if person == "ada":
                written.append(sealed)
    part = SealedSnapshot(COUNT, os.urandom(20_000))
    await store.save_snapshot("ada", {"words": part}, set(), 0)
    return [*written, part.sealed]


def keep_copy(path: Path, to: Path) -> None:
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target)


async def erase(store: Store, seqs: list[int]) -> None:
    await store.append(Write(person="ada", expected=COUNT, sealed=[os.urandom(60)], erase=seqs))


@pytest.mark.parametrize("seed", [2, 4, 5])
async def test_pages_that_were_split_keep_no_copies(tmp_path: Path, seed: int) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}")
    store = Store(database)
    written = await filled(store, seed)
    assert found(tmp_path, written) == len(written)
    seqs = random.Random(seed).sample(range(1, COUNT + 1), 60)
    await erase(store, seqs)
    await store.close()
    gone = [written[seq - 1] for seq in seqs] + written[-1:]
    assert found(tmp_path, gone) == 0, "while Tau is still open"
    assert found(tmp_path, written) == len(written) - len(gone)
    await database.close()
    assert found(tmp_path, gone) == 0


def change_slots(connection: sa.Connection, seed: int) -> list[bytes]:
    """Add, revoke and lengthen slots, so that pages are split; return the wrapped keys revoked."""
    choose = random.Random(seed)
    there: list[SealedSlot] = []
    revoked: list[bytes] = []
    for number in range(700):
        act = choose.random()
        if act < 0.5 or not there:
            label = "x" * choose.choice([5, 80])
            slot = Slot(f"{number:016x}", "session", label, 1.0)
            there.append(SealedSlot(slot, "ada", b"", choose.randbytes(60)))
            registry.add_slot(connection, there[-1])
        elif act < 0.75:
            label = "x" * choose.choice([5, 80])
            one = schema.slots.c.id == choose.choice(there).slot.id
            connection.execute(sa.update(schema.slots).where(one).values(label=label))
        else:
            gone = there.pop(choose.randrange(len(there)))
            registry.delete_slot(connection, gone.slot.id)
            revoked.append(gone.wrapped)
    return revoked


@pytest.mark.parametrize("seed", [2, 28])
async def test_pages_of_slots_that_were_split_keep_no_copies(tmp_path: Path, seed: int) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}")
    await add_people(database, "ada")
    revoked = await database.run(partial(change_slots, seed=seed))
    with closing(sqlite3.connect(tmp_path / "tau.db")) as log:
        log.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert found(tmp_path, revoked) > 0, "overwriting rows isn't enough"
    await database.scrub()
    assert found(tmp_path, revoked) == 0
    await database.close()


async def test_the_copies_lose_the_same_entries(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    database = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}", backup_folder=backups)
    store = Store(database)
    written = await filled(store)
    copy = backups / "before-something.db"
    keep_copy(tmp_path / "tau.db", copy)
    (backups / "broken.db").write_bytes(b"no database at all" * 100)
    await erase(store, [3, 200])
    await store.close()
    await database.close()
    assert found(tmp_path, [written[2], written[199], written[-1]]) == 0
    with closing(sqlite3.connect(copy)) as opened:
        left = opened.execute("SELECT count(*) FROM entries WHERE sealed IS NOT NULL")
        assert left.fetchone() == (2 * COUNT - 2,), "and nothing else"
    assert sorted(path.name for path in backups.iterdir()) == ["before-something.db", "broken.db"]


async def test_what_an_ended_tau_did_not_get_to_is_done_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}")
    store = Store(database)
    written = await filled(store)
    with monkeypatch.context() as ended:
        ended.setattr(Database, "scrub_blocking", lambda *_: None)
        await erase(store, list(range(1, COUNT)))
        await store.close()
    await database.close()
    assert found(tmp_path, written[: COUNT - 1]) > 0
    again = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}")
    assert found(tmp_path, written[: COUNT - 1]) == 0
    await again.close()


async def test_somebody_who_is_removed_is_gone_from_the_copies(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    database = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}", backup_folder=backups)
    store = Store(database)
    written = await filled(store)
    keep_copy(tmp_path / "tau.db", backups / "copy.db")
    await database.run(lambda c: registry.remove_person(c, "ada"))
    await database.scrub()
    await store.close()
    await database.close()
    assert found(tmp_path, written) == 0
    with closing(sqlite3.connect(backups / "copy.db")) as opened:
        assert opened.execute("SELECT count(*) FROM entries").fetchone() == (COUNT,)
        assert opened.execute("SELECT id FROM people").fetchall() == [("bob",)]


async def test_where_it_is_not_sqlite_there_is_nothing_to_do(database: Database) -> None:
    await database.scrub()
    assert isinstance(database.is_sqlite, bool)


async def test_a_person_is_removed_from_a_copy_that_an_older_release_made(tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    backups.mkdir()
    database = await Database.open(f"sqlite:///{tmp_path / 'tau.db'}", backup_folder=backups)
    await add_people(database, "ada")
    keep_copy(tmp_path / "tau.db", backups / "copy.db")
    with closing(sqlite3.connect(backups / "copy.db")) as opened:
        opened.execute("DROP TABLE jobs")
    await database.run(lambda c: registry.remove_person(c, "ada"))
    await database.scrub()
    await database.close()
    with closing(sqlite3.connect(backups / "copy.db")) as opened:
        assert opened.execute("SELECT count(*) FROM people").fetchone() == (0,)
