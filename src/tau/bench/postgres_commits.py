"""Benchmark of commits on PostgreSQL: the process's CPU time, by SQLAlchemy and by asyncpg.

Both go through the same queue and the same writer thread, in a database that is created for this
and dropped afterwards. The server's CPU time isn't counted. On a busy machine both take more.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tau.bench import machine
from tau.bench.percentiles import percentile
from tau.bench.person import PERSON, add_bench_person
from tau.bench.postgres_server import NO_POSTGRES, own_database, postgres_server
from tau.bench.progress import Progress
from tau.errors import BadInput
from tau.journal.group_commit import GroupCommit, Write
from tau.journal.postgres_commits import PostgresCommits
from tau.journal.sql_commits import SqlCommits
from tau.storage.database import Database

ROWS = (1, 10, 50, 2_000)  # two thousand: a piece of an import
_SEALED = bytes(300)  # about a message of a few sentences
_ROUNDS = 5
_MOST_ROWS_IN_A_ROUND = 2_000


async def measure(url: str | None, progress: Progress) -> dict[str, Any]:
    """Return the CPU time of a commit by the number of its rows.

    Raises `BadInput` if there is neither the address `url` nor a server that can be started.
    """
    with postgres_server(url) as server, own_database(server) as address:
        async with _opened(address) as database:
            await add_bench_person(database)
            return {**await _commits(database, progress), "machine": machine.describe()}


async def _commits(database: Database, progress: Progress) -> dict[str, Any]:
    if database.direct is None:
        raise BadInput(NO_POSTGRES)
    ways = {
        "sqlalchemy": GroupCommit(SqlCommits(database)),
        "asyncpg": GroupCommit(PostgresCommits(database)),
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


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url)
    try:
        yield database
    finally:
        await database.close()
