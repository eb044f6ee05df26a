"""Usage of models in one place: what is counted, limited, priced and reported."""

import logging
import time
from collections.abc import Callable

from tau.errors import TauError
from tau.models.caller import Caller
from tau.models.models import Models
from tau.models.types import AnsweredRequest
from tau.storage.database import Database
from tau.usage.ledger import Ledger, TokenSums
from tau.usage.limit_store import LimitStore
from tau.usage.prices import Prices
from tau.usage.recorder import UsageRecorder

PRIVATE_MODEL = "ft:*"
"""What the ledger calls a model that only its owner knows by name."""
_TUNED = "ft:"
logger = logging.getLogger(__name__)


class UsageAccounting:
    """The limits of API keys, the ledger, and the prices of models."""

    def __init__(self, database: Database, models: Models) -> None:
        self._models = models
        self.limits = LimitStore(database)
        self.ledger = Ledger(database)
        self.prices = Prices(database)
        self.recorder = UsageRecorder(database)
        self.listeners: list[Callable[[str, TokenSums], None]] = []
        """Who learns which model was used, and how much, but not by whom."""
        models.usage_listeners.append(self._record)

    async def admit(self, key: str) -> None:
        """Count a request of an API key with limits. Raises `RateLimited` and `QuotaExceeded`."""
        await self.recorder.settle(key)
        await self.limits.admit(key)

    async def sweep(self) -> None:
        """Delete what is too old to be kept."""
        try:
            await self.ledger.delete_old(time.time())
        except TauError as error:
            logger.warning("old usage was not deleted: %s", error)

    async def close(self) -> None:
        """Write what is pending."""
        await self.recorder.close()

    def _record(self, caller: Caller, used: AnsweredRequest) -> None:
        name = PRIVATE_MODEL if self._is_private(used.model) else used.model
        added = TokenSums(1, used.prompt_tokens, used.completion_tokens, used.cached_tokens)
        self.recorder.record(caller, name, added)
        for listener in self.listeners:
            listener(name, added)

    def _is_private(self, name: str) -> bool:
        """Return whether a model is of the studio and not released: its name is its owner's."""
        registry = self._models.directory.registry
        is_named = any(name in models for models in registry.aliases.values())
        return name.startswith(_TUNED) and name not in registry.endpoints and not is_named
