"""Tokens of a text: words, numbers and signs with their places, for the date parsers."""

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from tau.text.dates.periods import InYear, Period

_TOKENS = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}(?![\d/])"  # 2023-06-03
    r"|\d{1,2}([-/.])\d{1,2}\2(?:\d{4}|\d{2})(?![\d/])"  # 3/6/2023
    r"|\d+(?:st|nd|rd|th|s)(?![^\W_])|\d+"
    r"|[^\W\d_]+(?:['’][^\W\d_]+)?|[^\w\s]",
    re.IGNORECASE,
)
MAX_DIGITS = 4
_FOUR_DIGITS = 4
CENTURY_PIVOT = 50
"""The least of two digits that mean a year of the last century."""


class DateMatch(NamedTuple):
    """A time expression: where it stands in the text, and the days it means."""

    at: int
    until: int
    period: Period
    exact: bool


class ParsedDate(NamedTuple):
    """A time expression as far as token `end`, and how it moves when a year or week is named."""

    period: Period
    end: int
    exact: bool = False
    in_year: InYear | None = None
    in_week: Callable[[date], Period] | None = None


class Tokens:
    """The words, numbers and signs of a text, lower-cased; where they stand in it."""

    def __init__(self, text: str) -> None:
        self._matches = list(_TOKENS.finditer(text))
        self.words = [_normalize(match.group()) for match in self._matches]

    def __len__(self) -> int:
        return len(self.words)

    def at(self, place: int) -> int:
        """Return where a token begins."""
        return self._matches[place].start()

    def until(self, place: int) -> int:
        """Return where a token ends."""
        return self._matches[place].end()

    def places(self, at: int, until: int) -> int:
        """Return how many tokens stand between two places of the text."""
        return sum(at <= match.start() < until for match in self._matches)

    def is_capitalized(self, place: int) -> bool:
        """Return whether a token begins with a capital."""
        return self._matches[place].group()[0].isupper()


def _normalize(word: str) -> str:
    """Return a token lower-cased and without a possessive 's."""
    low = word.lower()
    return low[:-2] if low.endswith(("'s", "’s")) else low


def full_year(short: int) -> int:
    """Return the year that two digits mean: more often a year of birth than one far ahead."""
    return short + (2000 if short < CENTURY_PIVOT else 1900)


def parse_numeric_date(word: str, *, day_first: bool = False) -> date | None:
    """Return the day of a date written in numbers, or None.

    The year first is year, month, day. Otherwise a number over 12 is the day; where both could be
    the month, strokes mean month first (American), dots and hyphens day first (European), and
    `day_first` everywhere.
    """
    sign = next((one for one in "-/." if one in word[1:]), "")
    numbers = [int(one) for one in word.split(sign)] if sign else []
    if len(numbers) != 3:
        return None
    if word[:_FOUR_DIGITS].isdigit():
        return _day(*numbers)
    first, second, year = numbers
    if year < 100:
        year = full_year(year)
    day_first = first > 12 or ((day_first or sign != "/") and second <= 12)
    return _day(year, second, first) if day_first else _day(year, first, second)


def _day(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
