"""Collects what requests to models used, and writes it to the database in batches."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress

import sqlalchemy as sa

from tau.errors import JournalError
from tau.models.caller import Caller
from tau.storage.database import Database
from tau.usage.ledger import TokenSums, UsagePlace, day_of, write_sums
from tau.usage.limit_store import charge
from tau.usage.prices import read_prices

FLUSH_SECONDS = 10.0
"""How long usage waits to be written with others'; that of a key with limits doesn't wait."""
_MOST_PENDING = 20_000
"""Rows that are kept while the database doesn't answer; beyond that, the oldest are lost."""
logger = logging.getLogger(__name__)


class UsageRecorder:
    """Counts requests in memory; a task writes them. Nothing is written while nobody asks."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database = database
        self._now = now
        self._pending: dict[UsagePlace, TokenSums] = {}
        self._charges: dict[str, dict[str, TokenSums]] = {}
        self._due = asyncio.Event()
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def record(self, caller: Caller, model: str, used: TokenSums) -> None:
        """Count a request that `caller` made to `model`."""
        place = UsagePlace(day_of(self._now()), caller.person, caller.credential, model)
        self._pending.setdefault(place, TokenSums()).add(used)
        if caller.limited:
            by_model = self._charges.setdefault(caller.credential, {})
            by_model.setdefault(model, TokenSums()).add(used)
            self._due.set()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write_later())

    async def settle(self, key: str) -> None:
        """Return once what a key used here is written, so that its next request is judged by it.

        Raises `StoreUnavailable`.
        """
        if key in self._charges or self._writing.locked():
            await self.flush()

    async def flush(self) -> None:
        """Write what is pending. Raises `StoreUnavailable`; then it stays pending."""
        async with self._writing:
            pending, charges = self._pending, self._charges
            self._pending, self._charges = {}, {}
            self._due.clear()
            if not pending:
                return
            try:
                await self._database.run(lambda c: self._write(c, pending, charges))
            except BaseException:
                self._put_back(pending, charges)
                raise

    async def close(self) -> None:
        """Write what is pending, and end."""
        if self._task is not None:
            async with self._writing:  # what is cancelled while it's written is counted twice
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        try:
            await self.flush()
        except JournalError as error:
            logger.warning("usage was not written: %s", error)

    def _write(
        self,
        connection: sa.Connection,
        pending: dict[UsagePlace, TokenSums],
        charges: dict[str, dict[str, TokenSums]],
    ) -> None:
        prices = read_prices(connection)
        # People are locked before their keys, as by who removes them: neither waits for the other.
        write_sums(connection, pending, prices)
        for key in sorted(charges):
            used = charges[key]
            tokens = sum(each.prompt_tokens + each.completion_tokens for each in used.values())
            micros = sum(
                each.micros(prices[model]) for model, each in used.items() if model in prices
            )
            charge(connection, self._now, key, tokens, micros)

    def _put_back(
        self, pending: dict[UsagePlace, TokenSums], charges: dict[str, dict[str, TokenSums]]
    ) -> None:
        newer, self._pending = self._pending, pending
        for place, added in newer.items():
            self._pending.setdefault(place, TokenSums()).add(added)
        while len(self._pending) > _MOST_PENDING:
            del self._pending[next(iter(self._pending))]
        newer_charges, self._charges = self._charges, charges
        for key, used in newer_charges.items():
            for model, added in used.items():
                self._charges.setdefault(key, {}).setdefault(model, TokenSums()).add(added)

    async def _write_later(self) -> None:
        """Write until nothing is pending."""
        while self._pending:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_SECONDS):
                    await self._due.wait()
            try:
                await self.flush()
            except JournalError as error:
                logger.warning("usage was not written and is kept: %s", error)
                await asyncio.sleep(FLUSH_SECONDS)
