"""Whether the database answers, said in time: a balancer doesn't wait for long."""

import asyncio

from sqlalchemy import text

from tau.errors import StoreUnavailable
from tau.storage.database import Database

_SECONDS = 1.5  # so that the response arrives within two
_SILENT = "Tau's database isn't answering."


class DatabaseProbe:
    """Asks the database one thing at a time, however often it's called."""

    def __init__(self, database: Database, seconds: float = _SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._asking: asyncio.Task[None] | None = None

    async def check(self) -> None:
        """Raise `StoreUnavailable` if the database doesn't answer within two seconds."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(_take_outcome)
        asking = self._asking
        done, _ = await asyncio.wait({asking}, timeout=self._seconds)
        if not done:
            raise StoreUnavailable(_SILENT)
        asking.result()

    async def _ask(self) -> None:
        await self._database.run(
            lambda connection: connection.execute(text("SELECT 1")).scalar(), read_only=True
        )


def _take_outcome(asked: "asyncio.Task[None]") -> None:
    """Take the error of an answer that came too late for anybody to hear it."""
    if not asked.cancelled():
        asked.exception()
