"""What was used of models, and what it cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UsageTotals:
    """Requests and tokens; `cost` is none where no price is known.

    `unpriced` requests aren't in the cost: the price of their model wasn't known.
    """

    requests: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    cost: float | None
    unpriced: int


@dataclass(frozen=True, slots=True)
class UsageItem(UsageTotals):
    """What one person used of one model with one key.

    `person` is empty for Tau's own work, and `key` for a person's devices. `person_name` and
    `key_label` are empty for what is no longer there.
    """

    person: str
    person_name: str
    key: str
    key_label: str
    model: str


@dataclass(frozen=True, slots=True)
class UsageDay(UsageTotals):
    """What was used on one day, in UTC."""

    day: str


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What was used from the day `since` to the day `until`, both included."""

    since: str
    until: str
    currency: str
    total: UsageTotals
    items: list[UsageItem]
    days: list[UsageDay]


@dataclass(frozen=True, slots=True)
class PriceOut:
    """What a million tokens of a model cost; `cached` is none if they cost as much as others."""

    model: str
    prompt: float
    completion: float
    cached: float | None


@dataclass(frozen=True, slots=True)
class PriceList:
    """The prices that are known."""

    currency: str
    prices: list[PriceOut]
