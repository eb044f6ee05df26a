"""Prices of models: what a million tokens cost.

The currency is whatever the owner thinks in; amounts carry the sign of the setting `currency`. A
model without a price has no known cost, which is not the same as none.
"""

import msgspec
import sqlalchemy as sa

from tau.errors import BadInput
from tau.storage.database import Database
from tau.storage.schema import model_prices

_LARGEST = 1_000_000.0
_MOST_CHARACTERS = 128  # of a model's name


class Price(msgspec.Struct, frozen=True):
    """What a million tokens of one model cost.

    `cached` is for the part of a prompt that the endpoint still had; `None`: as any other.
    """

    prompt: float
    completion: float
    cached: float | None = None

    def micros(self, prompt: int, completion: int, cached: int) -> int:
        """Return the cost of a request in millionths; `cached` tokens are some of `prompt`."""
        held = min(cached, prompt)
        cheap = self.prompt if self.cached is None else self.cached
        return round(
            (prompt - held) * self.prompt + held * cheap + completion * self.completion
        )  # a price per million tokens is as many millionths per token


class Prices:
    """The prices of models in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> dict[str, Price]:
        """Return the prices that are known, by the name of the model."""
        return await self._database.run(read_prices, read_only=True)

    async def set(self, model: str, price: Price) -> None:
        """Set what a model costs from now on. Raises `BadInput`."""
        given = (price.prompt, price.completion, price.cached or 0.0)
        if not all(0 <= each <= _LARGEST for each in given):
            raise BadInput("A price per million tokens is from 0 to 1,000,000.")
        if not 0 < len(model) <= _MOST_CHARACTERS:
            raise BadInput("There is no model of that name.")
        row = {"model": model, **msgspec.structs.asdict(price)}

        def write(connection: sa.Connection) -> None:
            connection.execute(sa.delete(model_prices).where(model_prices.c.model == model))
            connection.execute(sa.insert(model_prices).values(row))

        await self._database.run(write)

    async def remove(self, model: str) -> None:
        """Make a model's cost unknown again."""
        await self._database.run(
            lambda c: c.execute(sa.delete(model_prices).where(model_prices.c.model == model))
        )


def read_prices(connection: sa.Connection) -> dict[str, Price]:
    """Return every price, inside a transaction."""
    rows = connection.execute(sa.select(model_prices).order_by(model_prices.c.model))
    return {row.model: Price(row.prompt, row.completion, row.cached) for row in rows}
