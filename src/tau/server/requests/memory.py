"""Requests that search memory."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import Id, NonEmptyText, RequestBody


class SearchRequest(RequestBody):
    """What to search for, phrased as a question or as keywords."""

    query: NonEmptyText
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    expert: Id | None = None
    """The specialist whose reading it is; without one, that of plain talk."""
