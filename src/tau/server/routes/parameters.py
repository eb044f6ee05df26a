"""Types of path and query parameters that several routes share."""

from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BeforeValidator

from tau.server.requests.fields import parse_timestamp

PathId = Annotated[str, Path(max_length=128)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=128)]
FactCursor = Annotated[str | None, Query(max_length=200)]
"""The id of a fact or of an entry in the timeline, which is longer."""


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
