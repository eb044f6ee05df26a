"""Types of path and query parameters that several routes share."""

from typing import Annotated, Any

from fastapi import Depends, Header, Path, Query
from pydantic import BeforeValidator

from tau.server.requests.fields import parse_timestamp

PathId = Annotated[str, Path(max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=128)]
FactCursor = Annotated[str | None, Query(max_length=200)]
"""The id of a fact or of an entry in the timeline, which is longer."""


def last_seen(
    after: Annotated[int, Query(ge=0, le=2**53)] = 0,
    last_event_id: Annotated[str | None, Header(max_length=20)] = None,
) -> int:
    """Return the number of the last event that a watcher received, 0 for none."""
    return int(last_event_id) if last_event_id and last_event_id.isdecimal() else after


LastSeen = Annotated[int, Depends(last_seen)]


def parse_query_timestamp(value: Any) -> float:
    """Return the time in a query parameter, where numbers are written as text."""
    try:
        return parse_timestamp(float(value))
    except (TypeError, ValueError):
        return parse_timestamp(value)


QueryTimestamp = Annotated[
    float,
    BeforeValidator(parse_query_timestamp, json_schema_input_type=float | str),
]
