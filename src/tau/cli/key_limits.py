"""Limits of API keys as options of commands, and as words."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import click
import msgspec

from tau.errors import BadInput
from tau.usage.key_limits import NO_LIMITS, KeyLimits

_OPTIONS = (
    click.option("--requests-per-minute", type=click.IntRange(min=1), metavar="N"),
    click.option("--tokens-per-minute", type=click.IntRange(min=1), metavar="N"),
    click.option("--tokens-per-month", type=click.IntRange(min=1), metavar="N"),
    click.option(
        "--cost-per-month",
        type=click.FloatRange(min=0, min_open=True),
        metavar="AMOUNT",
        help="Counts models that have a price.",
    ),
    click.option(
        "--only",
        "models",
        multiple=True,
        metavar="NAME",
        help="Only this model; may be repeated. `tau` is the one with memory.",
    ),
    click.option("--expires", metavar="DATE", help="A day such as 2027-01-31, or 90d."),
)
_DAYS = "d"


def takes_limits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for each limit of a key."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def limits_given(given: dict[str, Any], known: KeyLimits = NO_LIMITS) -> KeyLimits:
    """Return known limits with those that are among the options of a command."""
    named = {name: given[name] for name in KeyLimits.__struct_fields__ if given.get(name)}
    return msgspec.structs.replace(known, **named)


def parse_expiry(text: str | None) -> float | None:
    """Return the end of a day, or of a number of days from now. Raises `BadInput`."""
    if text is None:
        return None
    if text.endswith(_DAYS) and text[:-1].isdecimal() and len(text) < 7:
        return time.time() + timedelta(days=int(text[:-1])).total_seconds()
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"{text!r} is neither a day such as 2027-01-31 nor 90d.") from None
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=UTC).timestamp()


def describe_limits(limits: KeyLimits) -> str:
    """Return limits in a few words, such as `10 requests/min, only tau`."""
    parts = [
        (limits.requests_per_minute, "requests/min"),
        (limits.tokens_per_minute, "tokens/min"),
        (limits.tokens_per_month, "tokens/month"),
        (limits.cost_per_month, "cost/month"),
    ]
    words = [f"{value:,} {unit}" for value, unit in parts if value is not None]
    if limits.models is not None:
        words.append("only " + ", ".join(limits.models))
    return "; ".join(words)
