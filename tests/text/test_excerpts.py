"""How long a text is, and which part of a long one is kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.excerpts import estimate_tokens, excerpt

LONG = "once upon a time " * 300 + "the fox met Inês " + "and so it went on " * 300


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("里斯本", 3), ("Tau说：hi", 4), ("안녕", 2)],
)
def test_estimates(text: str, tokens: int) -> None:
    assert estimate_tokens(text) == tokens


@given(st.text(max_size=400), st.integers(4, 80), st.lists(st.text(min_size=1), max_size=3))
def test_an_excerpt_fits(text: str, tokens: int, words: list[str]) -> None:
    assert estimate_tokens(excerpt(text, tokens, words)) <= tokens


def test_an_excerpt_stands_around_its_word() -> None:
    part = excerpt(LONG, 30, ["fox"])
    assert "fox met Inês" in part
    assert part.startswith("…")
    assert part.endswith("…")


def test_an_excerpt_without_its_words_is_the_beginning() -> None:
    part = excerpt(LONG, 30, ["dragon"])
    assert part.startswith("once upon")
    assert part.endswith("…")


def test_a_short_text_stays_whole() -> None:
    assert excerpt("all of it", 30, ["it"]) == "all of it"


def test_the_end_has_no_ellipsis() -> None:
    assert excerpt("filler " * 100 + "the very end", 40, ["end"]).endswith("the very end")
