"""Which databases there are, how each is reached, and what is said when one fails."""

import errno
import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.errors import SettingsError, StoreFull, StoreUnavailable
from tau.storage.database import Database, create_engine, free_bytes
from tau.storage.database_errors import translate_errors
from tau.storage.schema import entries

pytestmark = pytest.mark.anyio
ENTRY = {"person": "ada", "seq": 1, "sealed": b"x", "at": 1.0}


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("secret")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize("url", ["", "tau.db", "mysql://h/tau", "mssql://u:secret@h/tau"])
def test_an_address_of_no_database_is_told_without_what_it_holds(url: str) -> None:
    with pytest.raises(SettingsError, match="database_url") as told:
        create_engine(url)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_every_way_to_write_postgresql_leads_to_the_one_driver(scheme: str) -> None:
    engine = create_engine(f"{scheme}://me:pw@host:5433/tau")
    assert engine.url.drivername == "postgresql+pg8000"
    assert (engine.url.host, engine.url.port, engine.url.password) == ("host", 5433, "pw")


@pytest.mark.parametrize(
    ("url", "socket"),
    [
        ("postgresql://me@/tau?host=/run/pg", "/run/pg/.s.PGSQL.5432"),
        ("postgresql://me@:5433/tau?host=/run/pg", "/run/pg/.s.PGSQL.5433"),
    ],
)
def test_a_folder_of_sockets_is_understood_as_elsewhere(url: str, socket: str) -> None:
    query = create_engine(url).url.query
    assert dict(query) == {"unix_sock": socket}


@pytest.mark.parametrize(
    ("fault", "kind", "sentence"),
    [
        (sqlite_error(sqlite3.SQLITE_FULL), StoreFull, "disk is full. Nothing was lost"),
        (sqlite_error(sqlite3.SQLITE_IOERR), StoreUnavailable, "OperationalError"),
        (sqlite3.DatabaseError("secret"), StoreUnavailable, "DatabaseError"),
        (Exception({"C": "53100", "M": "secret"}), StoreFull, "disk is full"),
        (Exception({"C": "57P01", "M": "secret"}), StoreUnavailable, "does not answer"),
        (Exception(), StoreUnavailable, "does not answer"),
    ],
)
def test_a_fault_of_the_database_is_named_and_its_values_are_not(
    fault: Exception, kind: type[Exception], sentence: str
) -> None:
    with pytest.raises(kind, match=sentence) as told, translate_errors():
        raise sa.exc.OperationalError("INSERT secret", {"sealed": "secret"}, fault)
    assert "secret" not in str(told.value)
    assert told.value.__suppress_context__  # nor in the log of an unforeseen error


def test_a_fault_of_the_network_is_named() -> None:
    with (
        pytest.raises(StoreUnavailable, match=r"ConnectionRefusedError") as told,
        translate_errors(),
    ):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "secret")
    assert "secret" not in str(told.value)


async def test_a_row_that_is_there_already_is_no_fault_of_the_database(
    sqlite_database: Database,
) -> None:
    def twice(connection: sa.Connection) -> None:
        for _ in range(2):
            connection.execute(sa.insert(entries).values(ENTRY))

    with pytest.raises(sa.exc.IntegrityError):
        await sqlite_database.run(twice)
    count = sa.select(sa.func.count()).select_from(entries)
    assert await sqlite_database.run(lambda c: c.execute(count).scalar()) == 0


async def test_a_reader_does_not_wait_for_a_writer_and_sees_nothing_half_done(
    sqlite_database: Database,
) -> None:
    count = sa.select(sa.func.count()).select_from(entries)

    def write(connection: sa.Connection) -> int:
        connection.execute(sa.insert(entries).values(ENTRY))
        seen = sqlite_database.run_blocking(lambda c: c.execute(count).scalar_one(), read_only=True)
        return int(seen)

    assert await sqlite_database.run(write) == 0
    assert await sqlite_database.run(lambda c: c.execute(count).scalar()) == 1


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("secure_delete", 1)],
)
async def test_a_sqlite_file_is_opened_so_that_nothing_is_lost_or_left(
    sqlite_database: Database, pragma: str, value: object
) -> None:
    def read(connection: sa.Connection) -> object:
        return connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()

    assert await sqlite_database.run(read, read_only=True) == value


async def test_a_file_that_is_no_database_is_told_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tau.db"
    path.write_bytes(b"Dear diary, " * 100)
    with pytest.raises(StoreUnavailable, match="DatabaseError"):
        await Database.open(f"sqlite:///{path}", backup_folder=tmp_path / "copies")
    assert path.read_bytes() == b"Dear diary, " * 100


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await Database.open(f"sqlite:///{tmp_path / 'nowhere' / 'tau.db'}")


def test_the_room_left_is_that_of_the_folder(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
    with pytest.raises(FileNotFoundError):
        free_bytes(tmp_path / "nowhere")
