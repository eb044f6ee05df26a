"""Copies of the database: whole, private, erased in, and put back."""

import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tau.errors import BadInput, Conflict, JournalError, NotFound, StoreFull, StoreUnavailable
from tau.journal.store import Store, Write
from tau.storage import backup_scrubbing, backups, file_lock
from tau.storage.backups import Backups, check, create_at, restore
from tau.storage.database import Database
from tau.storage.schema import people

pytestmark = pytest.mark.anyio


class Home:
    """A home with a database in which Ada said three things."""

    def __init__(self, folder: Path, database: Database, store: Store) -> None:
        self.folder, self.database, self.store = folder, database, store
        self.file, self.backups = folder / "tau.db", folder / "backups"
        self.written: list[bytes] = []

    async def say(self, sealed: bytes | None = None, erase: tuple[int, ...] = ()) -> bytes:
        said = sealed or os.urandom(400)
        write = Write(person="ada", expected=len(self.written), sealed=[said], erase=erase)
        await self.store.append(write)
        self.written.append(said)
        return said

    async def close(self) -> None:
        await self.store.close()
        await self.database.close()


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[Home]:
    folder = tmp_path / "home"
    folder.mkdir()
    database = await Database.open(
        f"sqlite:///{folder / 'tau.db'}", backup_folder=folder / "backups"
    )
    made = Home(folder, database, Store(database))
    who = [{"id": "ada", "name": "Ada", "owner": True, "created_at": 1.0}]
    await database.run(lambda c: c.execute(sa.insert(people), who))
    for _ in range(3):
        await made.say()
    yield made
    await made.close()


async def restart(home: Home) -> None:
    """Start once more with the same files."""
    address = f"sqlite:///{home.file}"
    await (await Database.open(address, backup_folder=home.backups)).close()


def held(path: Path) -> list[bytes | None]:
    with closing(sqlite3.connect(path)) as opened:
        return [row[0] for row in opened.execute("SELECT sealed FROM entries ORDER BY seq")]


async def test_a_copy_is_whole_private_and_listed(home: Home) -> None:
    copies = Backups(home.database)
    assert copies.all() == []
    first, second = copies.make(), copies.make()
    assert first.name != second.name
    assert copies.all() == [second, first]
    path = copies.path(first.name)
    assert held(path) == home.written
    assert (path.stat().st_size, path.stat().st_mode & 0o777) == (first.bytes, 0o600)
    assert home.backups.stat().st_mode & 0o777 == 0o700
    assert abs(first.at - time.time()) < 60
    check(path)
    copies.remove(first.name)
    assert copies.all() == [second]
    assert [one.name for one in home.backups.iterdir()] == [second.name]


async def test_only_the_name_of_a_copy_leads_anywhere(home: Home) -> None:
    copies = Backups(home.database)
    copies.make()
    (home.backups / "link.db").symlink_to(home.file)
    (home.folder / "server.key").write_text("secret")
    for name in ("", ".", "..", "../tau.db", "../server.key", "/etc/passwd", "link.db", "x.db"):
        with pytest.raises(NotFound):
            copies.path(name)
        with pytest.raises(NotFound):
            copies.remove(name)
    for name in (str(home.file), "..\\tau.db", "a\0.db", "x" * 300 + ".db", "tau.db.partial"):
        with pytest.raises(NotFound):
            copies.path(name)
    assert home.file.exists()


async def test_what_is_forgotten_goes_from_the_copies(home: Home) -> None:
    copy = Backups(home.database).path(Backups(home.database).make().name)
    at = Backups(home.database).all()[0].at
    await home.say(erase=(2,))
    assert held(copy) == [home.written[0], None, home.written[2]]
    assert home.written[1] not in copy.read_bytes()
    assert Backups(home.database).all()[0].at == at, "it tells when it was made"


async def test_who_is_reading_a_copy_reads_it_whole_while_it_is_erased_in(home: Home) -> None:
    copy = Backups(home.database).path(Backups(home.database).make().name)
    whole = copy.read_bytes()
    with copy.open("rb") as reading:
        begun = reading.read(1000)
        await home.say(erase=(2,))
        assert begun + reading.read() == whole
    assert held(copy) == [home.written[0], None, home.written[2]]
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.backups.iterdir()] == [copy.name]


async def test_what_is_forgotten_while_a_copy_is_made_is_not_in_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The erasure comes between the reading of the database and the naming of the copy."""
    catch_up = backup_scrubbing.apply_recent_erasures

    def late(raw: sqlite3.Connection, copy: Path) -> None:
        with closing(sqlite3.connect(home.file)) as other, other:
            other.execute("UPDATE entries SET sealed = NULL WHERE seq = 1")
            other.execute("INSERT INTO people VALUES ('eve', 'Eve', 0, 1.0)")
            other.execute("DELETE FROM people WHERE id = 'ada'")
        catch_up(raw, copy)

    monkeypatch.setattr(backup_scrubbing, "apply_recent_erasures", late)
    copy = Backups(home.database).path(Backups(home.database).make().name)
    assert all(said not in copy.read_bytes() for said in home.written)
    assert held(copy) == [], "and of somebody who was removed nothing stays"


async def test_an_erasure_that_a_copy_held_up_is_finished_after_it(home: Home) -> None:
    with closing(sqlite3.connect(home.file)) as other:
        other.execute("PRAGMA user_version = 1")  # as an erasure does that could not end
    Backups(home.database).make()
    with closing(sqlite3.connect(home.file)) as other:
        assert other.execute("PRAGMA user_version").fetchone() == (0,)


async def test_a_copy_that_was_never_finished_is_deleted(home: Home) -> None:
    home.backups.mkdir()
    drafts = [home.backups / "tau-1.db.partial", home.backups / "tau-1.db.partial-journal"]
    drafts += [home.backups / "tau-2.db-0a1b.partial", home.folder / "tau.db.partial"]
    for path in drafts:
        path.write_bytes(b"half")
    await restart(home)
    assert [path.name for path in drafts if path.exists()] == []
    assert Backups(home.database).all() == []


async def test_a_copy_that_another_program_writes_is_left_to_it(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_lock, "_WAIT_SECONDS", 0.0)
    home.backups.mkdir()
    draft = home.backups / "tau-1.db.partial"
    with file_lock.lock_files(home.file):
        draft.write_bytes(b"half")
        await restart(home)
        assert draft.exists()
    await restart(home)
    assert not draft.exists()


async def test_a_copy_that_cannot_be_written_leaves_nothing(home: Home) -> None:
    home.backups.write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable):
        Backups(home.database).make()


async def test_a_copy_elsewhere(home: Home, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    assert held(there) == home.written
    with pytest.raises(Conflict, match="--force"):
        create_at(there, home.file)
    create_at(there, home.file, force=True)
    with pytest.raises(BadInput, match="folder"):
        create_at(tmp_path, home.file, force=True)
    with pytest.raises(BadInput, match="can't be written"):
        create_at(tmp_path / "nowhere" / "copy.db", home.file)
    assert there.stat().st_mode & 0o777 == 0o600


async def test_no_copy_takes_the_place_of_the_database_it_is_of(home: Home, tmp_path: Path) -> None:
    link, twin, around = tmp_path / "link.db", tmp_path / "twin.db", tmp_path / "around"
    link.symlink_to(home.file)
    twin.hardlink_to(home.file)
    around.symlink_to(home.folder)
    beside = [Path(f"{home.file}{ending}") for ending in ("-wal", "-shm", "-journal")]
    file = home.file.stat().st_ino
    for own in (home.file, link, twin, around / "tau.db", around / "tau.db-journal", *beside):
        with pytest.raises(BadInput, match="Tau's own database"):
            create_at(own, home.file, force=True)
    with pytest.raises(BadInput, match="Tau's own database"):
        create_at(Path(f"{home.file}-wal"), link, force=True)
    assert home.file.stat().st_ino == file
    await home.say()
    assert held(home.file) == home.written


async def test_a_copy_is_put_back_and_what_was_there_is_kept(home: Home, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    before = [*home.written]
    await home.say()
    with pytest.raises(Conflict, match="using this database"):
        restore(there, home.file, home.backups)
    await home.close()
    restored = restore(there, home.file, home.backups)
    assert held(home.file) == before
    assert restored.left_out == 0
    assert restored.kept is not None
    assert held(restored.kept) == home.written
    assert restored.kept.stat().st_mode & 0o777 == 0o600
    assert home.file.stat().st_mode & 0o777 == 0o600
    assert held(there) == before, "the copy itself stays"
    assert sorted(path.name for path in home.folder.iterdir()) == [
        "backups",
        "tau.db",
        "tau.db.lock",
    ]


@pytest.mark.parametrize("forgotten", [False, True])
async def test_what_was_forgotten_since_stays_forgotten_unless_it_is_wanted(
    home: Home, tmp_path: Path, forgotten: bool
) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    before = [*home.written]
    await home.say(erase=(2,))
    await home.close()
    restored = restore(there, home.file, home.backups, forgotten=forgotten)
    assert restored.left_out == (0 if forgotten else 1)
    left = before if forgotten else [before[0], None, before[2]]
    assert held(home.file) == left
    assert (before[1] in home.file.read_bytes()) == forgotten


async def test_another_past_under_the_same_numbers_is_not_erased(
    home: Home, tmp_path: Path
) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    with closing(sqlite3.connect(there)) as other, other:
        other.execute("UPDATE entries SET at = 1.0 WHERE seq = 2")
    await home.say(erase=(2,))
    await home.close()
    assert restore(there, home.file, home.backups).left_out == 0
    assert held(home.file) == home.written[:3]


async def test_what_is_forgotten_after_a_restoration_spares_the_other_past(
    home: Home, tmp_path: Path
) -> None:
    """What was said after the copy stands under the same numbers as what is said after it."""
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    for _ in range(3):
        await home.say()
    other_past = [*home.written]
    await home.close()
    kept = restore(there, home.file, home.backups).kept
    assert kept is not None
    home.database = await Database.open(f"sqlite:///{home.file}", backup_folder=home.backups)
    home.store, home.written = Store(home.database), home.written[:3]
    await home.say()
    await home.say(erase=(2, 4))
    assert held(home.file)[1] is None
    assert held(home.file)[3] is None
    assert held(kept) == [other_past[0], None, *other_past[2:]]


@pytest.mark.parametrize("forgotten", [False, True])
async def test_who_was_removed_and_what_was_revoked_stay_away_unless_they_are_wanted(
    home: Home, tmp_path: Path, forgotten: bool
) -> None:
    def ask(words: str) -> list[str]:
        with closing(sqlite3.connect(home.file)) as opened, opened:
            return [row[0] for row in opened.execute(words)]

    slot = "INSERT INTO slots VALUES ('{0}', '{1}', 'key', '', '', '', 1.0, NULL, NULL)"
    ask("INSERT INTO people VALUES ('bob', 'Bob', 0, 1.0)")
    for name, person in (("revoked", "ada"), ("stays", "ada"), ("bobs", "bob")):
        ask(slot.format(name, person))
    ask("INSERT INTO entries VALUES ('bob', 1, x'00', 1.0)")
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    for gone in ("entries WHERE person = 'bob'", "slots WHERE id IN ('revoked', 'bobs')"):
        ask(f"DELETE FROM {gone}")
    ask("DELETE FROM people WHERE id = 'bob'")
    ask(slot.format("fresh", "ada"))
    await home.close()
    restored = restore(there, home.file, home.backups, forgotten=forgotten)
    assert restored.removed == ([] if forgotten else ["Bob"])
    people_left, slots_left = ["ada", "bob"], ["bobs", "revoked", "stays"]
    assert ask("SELECT id FROM people ORDER BY id") == people_left[: 2 if forgotten else 1]
    assert ask("SELECT id FROM slots ORDER BY id") == (
        slots_left if forgotten else ["fresh", "stays"]
    )
    assert len(ask("SELECT seq FROM entries")) == (4 if forgotten else 3)


async def test_a_copy_of_another_tau_is_put_back_with_everybody(home: Home, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    await home.close()
    with closing(sqlite3.connect(home.file)) as opened, opened:
        opened.execute("UPDATE people SET id = 'new'")
    restored = restore(there, home.file, home.backups)
    assert (restored.removed, restored.compared) == ([], False)
    assert held(home.file) == home.written


async def test_a_copy_is_put_where_nothing_was(home: Home, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    restored = restore(there, fresh / "tau.db", fresh / "backups")
    assert restored.kept is None
    assert held(fresh / "tau.db") == home.written


async def test_a_damaged_database_is_kept_as_it_is(home: Home, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    await home.close()
    home.file.write_bytes(b"ruined " * 1000)
    with pytest.raises(Conflict, match="--forgotten"):
        restore(there, home.file, home.backups)
    assert home.file.read_bytes() == b"ruined " * 1000
    restored = restore(there, home.file, home.backups, forgotten=True)
    assert held(home.file) == home.written
    assert restored.kept is not None
    assert restored.kept.read_bytes() == b"ruined " * 1000


async def test_where_there_is_no_room_to_forget_again_nothing_is_put_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    await home.say(erase=(2,))
    await home.close()

    def full(*_: object) -> int:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    with monkeypatch.context() as disk:
        disk.setattr(backup_scrubbing, "apply_erasures", full)
        with pytest.raises(StoreFull):
            restore(there, home.file, home.backups)
    assert held(home.file) == [home.written[0], None, *home.written[2:]]


@pytest.mark.parametrize("there_before", [True, False])
async def test_a_tau_that_starts_during_a_restoration_works_with_what_was_put_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there_before: bool
) -> None:
    """It waits for the lock, on the file that stays, and not on one that is taken away."""
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    before = [*home.written]
    await home.say(erase=(2,))
    await home.close()
    if not there_before:
        home.file.unlink()
    early: list[sqlite3.Connection] = []
    replace = backups._replace

    def while_it_goes(*given: Any, **named: Any) -> backups.RestoreResult:
        early.append(sqlite3.connect(home.file, timeout=0))
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            early[0].execute("PRAGMA journal_mode = WAL")
        return replace(*given, **named)

    monkeypatch.setattr(backups, "_replace", while_it_goes)
    restore(there, home.file, home.backups)
    with closing(early[0]) as started, started:
        started.execute("PRAGMA journal_mode = WAL")
        started.execute("UPDATE people SET name = 'Started meanwhile'")
    left = [before[0], None, before[2]] if there_before else before
    assert held(home.file) == left
    with closing(sqlite3.connect(home.file)) as opened:
        assert opened.execute("SELECT name FROM people").fetchall() == [("Started meanwhile",)]
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_database_that_opens_and_is_damaged_within_is_kept_and_replaced(
    home: Home, tmp_path: Path
) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    before = [*home.written]
    for _ in range(50):
        await home.say()
    await home.close()
    with closing(sqlite3.connect(home.file)) as opened:
        opened.execute("PRAGMA journal_mode = DELETE")
    raw = home.file.read_bytes()
    damaged = raw[:8192] + b"\xff" * (len(raw) - 8192)
    home.file.write_bytes(damaged)
    with pytest.raises(Conflict, match="--forgotten"):
        restore(there, home.file, home.backups)
    restored = restore(there, home.file, home.backups, forgotten=True)
    assert held(home.file) == before
    assert restored.kept is not None
    assert restored.kept.read_bytes() == damaged


async def test_what_is_no_copy_of_tau_changes_nothing(home: Home, tmp_path: Path) -> None:
    there = tmp_path / "copy.db"
    create_at(there, home.file)
    await home.close()
    before = home.file.read_bytes()
    (tmp_path / "text.db").write_text("not a database " * 100)
    (tmp_path / "empty.db").touch()
    cut = there.read_bytes()
    (tmp_path / "cut.db").write_bytes(cut[: len(cut) // 2])
    with closing(sqlite3.connect(tmp_path / "other.db")) as other, other:
        other.execute("CREATE TABLE people (id)")
    for name in ("text.db", "empty.db", "cut.db", "other.db", "missing.db"):
        with pytest.raises(BadInput):
            restore(tmp_path / name, home.file, home.backups)
    with closing(sqlite3.connect(there)) as newer, newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.execute("UPDATE oldest_user SET version = '9999'")
    with pytest.raises(JournalError, match="newer Tau"):
        restore(there, home.file, home.backups)
    assert home.file.read_bytes() == before
    assert sorted(path.name for path in home.folder.iterdir()) == ["tau.db", "tau.db.lock"]


async def test_postgresql_is_backed_up_on_the_command_line(database: Database) -> None:
    if not database.is_sqlite:
        with pytest.raises(BadInput, match="tau backup"):
            Backups(database)
