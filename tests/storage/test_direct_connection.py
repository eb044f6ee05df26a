"""The connection that appends go through: what it gives up isn't done later."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from tau.errors import StoreUnavailable
from tau.storage import direct_connection
from tau.storage.database import Database

pytestmark = pytest.mark.anyio


@pytest.fixture
async def postgres(shared_url: str) -> AsyncIterator[Database]:
    database = await Database.open(shared_url)
    yield database
    await database.close()


@pytest.mark.parametrize("pooled", [False, True], ids=["direct", "pooled"])
async def test_what_waits_for_a_lock_is_not_written_after_it_was_given_up(
    postgres: Database, monkeypatch: pytest.MonkeyPatch, *, pooled: bool
) -> None:
    direct = postgres.direct
    assert direct is not None
    direct._is_pooled = pooled
    monkeypatch.setattr(direct_connection, "SERVER_SECONDS", 0.2)
    await postgres.run(lambda c: c.execute(sa.text("CREATE TABLE numbers AS SELECT 1 AS a")))
    is_held, may_end = threading.Event(), threading.Event()

    def hold(connection: sa.Connection) -> None:
        connection.execute(sa.text("SELECT a FROM numbers FOR UPDATE"))
        is_held.set()
        may_end.wait()

    holding = asyncio.create_task(postgres.run(hold))
    try:
        await asyncio.to_thread(is_held.wait)
        with pytest.raises(StoreUnavailable, match="took too long"):
            await asyncio.to_thread(
                direct.run_blocking, lambda c: c.execute("UPDATE numbers SET a = 2")
            )
    finally:
        may_end.set()
        await holding
    read = sa.text("SELECT a FROM numbers")
    assert await postgres.run(lambda c: c.execute(read).scalar_one()) == 1
