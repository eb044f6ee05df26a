"""Pages of a list: where they begin and end, and what their cursors lead to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import NotFound
from tau.server.pagination import page_after


@given(st.integers(0, 30), st.integers(1, 10))
def test_following_the_cursor_returns_every_item_once(count: int, limit: int) -> None:
    items = [f"item {n}" for n in range(count)]
    found: list[str] = []
    cursor: str | None = None
    while True:
        page, cursor = page_after(items, cursor, limit, str)
        assert len(page) <= limit
        found += page
        if cursor is None:
            break
    assert found == items


def test_a_page_that_ends_with_the_list_has_no_cursor() -> None:
    assert page_after(["a", "b"], None, 2, str) == (["a", "b"], None)
    assert page_after(["a", "b"], "b", 2, str) == ([], None)
    assert page_after([], None, 2, str) == ([], None)


def test_an_unknown_cursor_is_not_found() -> None:
    with pytest.raises(NotFound):
        page_after(["a"], "b", 1, str)
