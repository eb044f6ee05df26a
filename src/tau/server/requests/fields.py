"""The base class and field types of request bodies."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from tau.clock import LATEST_TIME, is_in_calendar

_SURROGATE = re.compile("[\ud800-\udfff]")
_OUT_OF_RANGE = "this time is outside the calendar: the years 1000 to 8999 are known"


def parse_timestamp(value: Any) -> float:
    """Return a time as seconds since 1970; accepts seconds, milliseconds or an ISO date-time.

    A date-time without a zone is UTC. Numbers beyond the year 5138 are milliseconds.
    """
    if isinstance(value, str):
        return _check_range(_parse_date_time(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("seconds since 1970 or a date-time are needed")  # noqa: TRY004 (pydantic)
    if abs(value) > LATEST_TIME * 1000:  # a whole number may be too long to be divided
        raise ValueError(_OUT_OF_RANGE)
    return _check_range(value / 1000 if abs(value) > 1e11 else value)


def _parse_date_time(text: str) -> float:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("a date-time like 2024-05-31T09:30:00Z is needed") from None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _check_range(seconds: float) -> float:
    if not is_in_calendar(seconds):
        raise ValueError(_OUT_OF_RANGE)
    return float(seconds)


def check_characters(text: str) -> str:
    """Return `text`. Raises `ValueError` if it can't be stored or sent as text."""
    if "\0" in text or (not text.isascii() and _SURROGATE.search(text)):
        raise ValueError("it contains a character that is not allowed in text")
    return text


def _check_not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return check_characters(text)


Timestamp = Annotated[
    float,
    BeforeValidator(parse_timestamp, json_schema_input_type=float | str),
]
NonEmptyText = Annotated[str, AfterValidator(_check_not_blank), Field(min_length=1)]
ShortText = Annotated[str, AfterValidator(_check_not_blank), Field(min_length=1, max_length=200)]
Secret = Annotated[str, AfterValidator(check_characters), Field(min_length=1, max_length=1000)]
Id = Annotated[str, AfterValidator(check_characters), Field(min_length=1, max_length=128)]
QueryText = Annotated[str, Field(max_length=4_000)]
"""A long text in an address, of which the server reads 64 kB: a character may take 12 bytes."""


class RequestBody(BaseModel):
    """The base class of the request bodies of the app's API."""

    model_config = ConfigDict(protected_namespaces=(), hide_input_in_errors=True)
