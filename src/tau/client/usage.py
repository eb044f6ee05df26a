"""Requests about usage, cost and prices."""

from tau.client.http import HttpConnection, path_of
from tau.server.schemas.usage import PriceList, UsageReport


class UsageClient:
    """The part of the API that concerns what models are used for and cost."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def report(self, **asked: str) -> UsageReport:
        """Return what was used; `since`, `until` and `whose` say of when and of whom."""
        return await self._http.get("/api/usage", UsageReport, **asked)

    async def csv(self, **asked: str) -> str:
        """Return the same by day, as a CSV file."""
        return (await self._http.request("GET", "/api/usage.csv", params=asked)).decode()

    async def prices(self) -> PriceList:
        """Return the prices that are known."""
        return await self._http.get("/api/prices", PriceList)

    async def set_price(
        self, model: str, prompt: float, completion: float, cached: float | None
    ) -> None:
        """Set what a million tokens of a model cost."""
        price = {"prompt": prompt, "completion": completion, "cached": cached}
        await self._http.command("PUT", path_of("prices", model), **price)

    async def remove_price(self, model: str) -> None:
        """Make a model's cost unknown again."""
        await self._http.command("DELETE", path_of("prices", model))
