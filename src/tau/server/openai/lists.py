"""Pages of lists as OpenAI's API returns them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from fastapi import Query

from tau.server.pagination import page_after

T = TypeVar("T")
ListOrder = Literal["asc", "desc"]
PageLimit = Annotated[int, Query(ge=1, le=100)]


class ListPage(NamedTuple, Generic[T]):
    """The items of a page, and what stands around them."""

    items: Sequence[T]
    frame: dict[str, Any]


def list_page(
    items: Sequence[T], id_of: Callable[[T], str], after: str | None, limit: int
) -> ListPage[T]:
    """Return the page of `items` that follows the one with the id `after`.

    Raises `NotFound` if no item has that id.
    """
    page, following = page_after(items, after, limit, id_of)
    frame = {
        "object": "list",
        "first_id": id_of(page[0]) if page else None,
        "last_id": id_of(page[-1]) if page else None,
        "has_more": following is not None,
    }
    return ListPage(page, frame)


def ordered(oldest_first: Sequence[T], order: ListOrder) -> list[T]:
    """Return items in the order that a request asks for."""
    return list(oldest_first) if order == "asc" else list(reversed(oldest_first))
