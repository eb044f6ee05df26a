"""Pages of a list in memory."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from tau.errors import NotFound

T = TypeVar("T")


def page_after(
    items: Sequence[T], after: str | None, limit: int, id_of: Callable[[T], str]
) -> tuple[Sequence[T], str | None]:
    """Return up to `limit` items that follow the one with the id `after`, and the next cursor.

    Without `after`, the page starts at the beginning; without more items, the cursor is `None`.
    Raises `NotFound` if no item has that id.
    """
    start = 0
    if after is not None:
        positions = (index for index, item in enumerate(items) if id_of(item) == after)
        position = next(positions, None)
        if position is None:
            raise NotFound("The item to continue after doesn't exist any more.")
        start = position + 1
    page = items[start : start + limit]
    return page, id_of(page[-1]) if start + limit < len(items) else None
