"""Requests about usage and prices."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from tau.server.requests.fields import RequestBody

Amount = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class UsageQuery(BaseModel):
    """Which usage is asked for: days in UTC, both included; by default the last 30."""

    since: date | None = None
    until: date | None = None
    whose: Literal["mine", "everyone"] = "mine"


class PriceRequest(RequestBody):
    """What a million tokens cost; without `cached`, those cost as much as others."""

    prompt: Amount
    completion: Amount
    cached: Amount | None = None
