"""Texts in pieces, and dates written in numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.dates.tokens import Tokens, full_year, parse_numeric_date

DAYS = st.dates(date(1950, 1, 1), date(2049, 12, 31))


@given(st.text())
def test_tokens_stand_where_they_say_and_share_nothing(text: str) -> None:
    tokens = Tokens(text)
    end = 0
    for place, word in enumerate(tokens.words):
        assert end <= tokens.at(place) < tokens.until(place)
        end = tokens.until(place)
        written = text[tokens.at(place) : end]
        assert word == written.lower() or written.lower().endswith(("'s", "’s"))
        assert tokens.is_capitalized(place) == written[0].isupper()
    assert tokens.places(0, len(text)) == len(tokens)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("  \n\t", []),
        ("Monday's lunch", ["monday", "lunch"]),
        ("Monday’s lunch", ["monday", "lunch"]),
        ("o'clock won't", ["o'clock", "won't"]),
        ("3rd 22ND 1st. 90s", ["3rd", "22nd", "1st", ".", "90s"]),
        ("2023-06-03, 3/6/23", ["2023-06-03", ",", "3/6/23"]),
        ("2023-06-03-04", ["2023-06-03", "-", "04"]),
        ("3/6/2023/7", ["3", "/", "6", "/", "2023", "/", "7"]),
        ("2023-06/03", ["2023", "-", "06", "/", "03"]),
        ("3rdly", ["3", "rdly"]),
        ("May3", ["may", "3"]),
        ("snake_case_may", ["snake", "case", "may"]),
        ("五月3日", ["五月", "3", "日"]),
    ],
)
def test_a_text_in_pieces(text: str, words: list[str]) -> None:
    assert Tokens(text).words == words


@given(DAYS)
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    year, month, number = day.year, day.month, day.day
    for sign in "-/.":
        assert parse_numeric_date(f"{year}{sign}{month}{sign}{number}") == day
        assert parse_numeric_date(f"{year}{sign}{month:02}{sign}{number:02}") == day
    for sign in "-.":
        assert parse_numeric_date(f"{number}{sign}{month}{sign}{year}") == day
        assert parse_numeric_date(f"{number:02}{sign}{month:02}{sign}{year % 100:02}") == day
    assert parse_numeric_date(f"{month}/{number}/{year}") == day
    assert parse_numeric_date(f"{number}/{month}/{year}", day_first=True) == day


@given(DAYS.filter(lambda day: day.day > 12))
def test_what_can_be_no_month_is_the_day(day: date) -> None:
    for first, second in ((day.day, day.month), (day.month, day.day)):
        for day_first in (True, False):
            assert parse_numeric_date(f"{first}/{second}/{day.year}", day_first=day_first) == day


@pytest.mark.parametrize(
    "word",
    ["", "-", "/", "3", "3-6", "2023", "0-0-2000", "31-4-2022", "29/02/2023", "2023-13-01",
     "00/00/00", "2023-00-10", "99-99-99", "1-2-3-4"],
)  # fmt: skip
def test_what_is_no_day_is_none(word: str) -> None:
    assert parse_numeric_date(word) is None
    assert parse_numeric_date(word, day_first=True) is None


@pytest.mark.parametrize(
    ("word", "means"),
    [
        ("29-02-24", date(2024, 2, 29)),
        ("3.5.65", date(1965, 5, 3)),
        ("1/1/00", date(2000, 1, 1)),
        ("31/12/99", date(1999, 12, 31)),
        ("31.12.49", date(2049, 12, 31)),
        ("1.1.50", date(1950, 1, 1)),
    ],
)
def test_two_digits_are_a_year_of_this_century_or_of_the_last(word: str, means: date) -> None:
    assert parse_numeric_date(word) == means


@given(st.integers(0, 99))
def test_two_digits_stay_the_end_of_the_year(short: int) -> None:
    assert full_year(short) % 100 == short
    assert 1950 <= full_year(short) <= 2049
