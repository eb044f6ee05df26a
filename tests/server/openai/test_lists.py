"""Pages follow each other without a gap or a repetition."""

from hypothesis import given
from hypothesis import strategies as st

from tau.server.openai.lists import ListOrder, list_page, ordered


@given(
    count=st.integers(0, 25),
    limit=st.integers(1, 10),
    order=st.sampled_from(["asc", "desc"]),
)
def test_pages_are_the_whole_list(count: int, limit: int, order: ListOrder) -> None:
    items = ordered([str(number) for number in range(count)], order)
    seen: list[str] = []
    after = None
    while True:
        page = list_page(items, lambda each: each, after, limit)
        seen += page.items
        after = page.frame["last_id"]
        assert len(page.items) <= limit
        if not page.frame["has_more"]:
            break
    assert seen == items
    assert seen == sorted(seen, key=int, reverse=order == "desc")


def test_an_empty_page_names_nothing() -> None:
    page = list_page([], str, None, 5)
    assert page.frame == {"object": "list", "first_id": None, "last_id": None, "has_more": False}
