"""Spans of whole days on the calendar: weeks, weekends, months, seasons, years and parts of them.

Weeks begin on Monday. Seasons are those of the northern hemisphere, in whole months. Nothing here
knows of words or of time zones. Days before the year 1 or after 9999 raise `OverflowError` or
`ValueError`, as `datetime` does.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from math import ceil
from typing import Literal, NamedTuple

Direction = Literal["past", "future"]
PeriodPart = Literal["early", "mid", "late", "start", "end"]
TimeUnit = Literal["hour", "day", "week", "weekend", "month", "year", "decade"]

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "winter": 12}
"""The month each begins in; a winter belongs to the year it begins in."""
HOURS_PER_DAY = 24
SATURDAY = 5
_MAX_YEARS_SEARCHED = 9  # a leap day can be eight years away


class Period(NamedTuple):
    """Whole days, the first included and the end not."""

    first: date
    end: date


InYear = Callable[[int], Period | None]
"""What comes once a year, in the given one: a month, a day of a month, a season, a holiday."""


def day(one: date) -> Period:
    """Return a single day."""
    return Period(one, one + DAY)


def monday(one: date) -> date:
    """Return the Monday of the day's week."""
    return one - timedelta(days=one.weekday())


def month(year: int, number: int) -> Period:
    """Return a month of a year."""
    return Period(date(year, number, 1), next_month(date(year, number, 1)))


def next_month(one: date) -> date:
    """Return the first day of the month after the day's."""
    return date(one.year + 1, 1, 1) if one.month == 12 else date(one.year, one.month + 1, 1)


def years(first: int, count: int = 1) -> Period:
    """Return a year, or several that follow each other."""
    return Period(date(first, 1, 1), date(first + count, 1, 1))


def month_in_year(number: int) -> InYear:
    """Return the month as something that comes every year."""
    return lambda year: month(year, number)


def date_in_year(number: int, day_of_month: int) -> InYear:
    """Return a day of a month as something that comes every year; not always for 29 February."""

    def in_year(year: int) -> Period | None:
        if day_of_month > monthrange(year, number)[1]:
            return None
        return day(date(year, number, day_of_month))

    return in_year


def season_in_year(name: str) -> InYear:
    """Return a season as something that comes every year."""

    def in_year(year: int) -> Period:
        first = date(year, SEASONS[name], 1)
        return Period(first, add_months(first, 3))

    return in_year


def easter_in_year(year: int) -> Period:
    """Return Easter Sunday (Meeus, "Astronomical Algorithms", chapter 8)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    h = (19 * a + b - d - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    last = (32 + 2 * e + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * last) // 451
    number, before = divmod(h + last - 7 * m + 114, 31)
    return day(date(year, number, before + 1))


def nth_weekday(within: Period, weekday: int, nth: int) -> Period | None:
    """Return the nth such weekday of a period; -1 is the last. None when there are not as many."""
    if nth < 0:
        last = within.end - DAY
        found = last - timedelta(days=(last.weekday() - weekday) % 7) + (nth + 1) * WEEK
    else:
        ahead = timedelta(days=(weekday - within.first.weekday()) % 7)
        found = within.first + ahead + (nth - 1) * WEEK
    return day(found) if within.first <= found < within.end else None


def nearest_in_year(in_year: InYear, today: date, prefer: Direction) -> Period | None:
    """Return the nearest such period: begun by today, or for the future not over yet."""
    if prefer == "past":
        return _first_of(in_year, _back(today), lambda found: found.first <= today)
    return _first_of(in_year, _ahead(today), lambda found: found.end > today)


def last_of(in_year: InYear, today: date) -> Period | None:
    """Return the latest such period that is over."""
    return _first_of(in_year, _back(today), lambda found: found.end <= today)


def next_of(in_year: InYear, today: date) -> Period | None:
    """Return the first such period that has not begun."""
    return _first_of(in_year, _ahead(today), lambda found: found.first > today)


def this_of(in_year: InYear, today: date) -> Period | None:
    """Return this year's, or the one of last year that is not over yet."""
    before = in_year(today.year - 1)
    return before if before and before.end > today else in_year(today.year)


def part(whole: Period, which: PeriodPart) -> Period:
    """Return a third of a period, or its first or last quarter where that is what people mean."""
    length = (whole.end - whole.first).days
    if length < 3:
        return whole
    if length <= 31 and length > 7:
        cuts = (10, 20)
    elif length >= 365 and which in {"start", "end"}:
        cuts = (length // 4, length - length // 4)
    else:
        cuts = (max(length // 3, 1), max(length - length // 3, 1))
    first, second = (whole.first + timedelta(days=cut) for cut in cuts)
    if which in {"early", "start"}:
        return Period(whole.first, first)
    return Period(first, second) if which == "mid" and first < second else Period(second, whole.end)


def whole_unit(unit: TimeUnit, today: date, ahead: int = 0) -> Period:
    """Return the unit that holds today, or the one so many units ahead (negative: back)."""
    if unit in {"day", "hour"}:
        return day(today + ahead * DAY)
    if unit == "week":
        first = monday(today) + ahead * WEEK
        return Period(first, first + WEEK)
    if unit == "weekend":
        first = monday(today) + ahead * WEEK + timedelta(days=SATURDAY)
        return Period(first, first + 2 * DAY)
    if unit == "month":
        first = add_months(today.replace(day=1), ahead)
        return Period(first, next_month(first))
    if unit == "year":
        return years(today.year + ahead)
    return years((today.year // 10 + ahead) * 10, 10)


def approximate(unit: TimeUnit, today: date, low: float, high: float) -> Period:
    """Return the days from `low` to `high` units after today, each with half a unit of play."""
    if unit == "hour":
        low, high = round(low / HOURS_PER_DAY), round(high / HOURS_PER_DAY)
    if unit in {"hour", "day"}:
        return Period(shift("day", today, low), shift("day", today, high) + DAY)
    if unit == "year" and abs(low) < 1:
        unit, low, high = "month", 12 * low - 1, 12 * high + 1
    play = {"week": 3, "weekend": 3, "month": 15, "year": 182, "decade": 1826}[unit] * DAY
    return Period(shift(unit, today, low) - play, shift(unit, today, high) + play + DAY)


def rolling(unit: TimeUnit, today: date, count: float) -> Period:
    """Return the `count` units up to and with today, or from today on when positive.

    Some hours may reach into the day before or after.
    """
    if unit == "hour":
        unit, count = "day", ceil(abs(count) / HOURS_PER_DAY) * (-1 if count < 0 else 1)
    if count < 0:
        return Period(shift(unit, today, count), today + DAY)
    return Period(today, shift(unit, today, count) + DAY)


def add_months(one: date, count: int) -> date:
    """Return the same day of another month, or its last day where there are not as many."""
    year, index = divmod(one.year * 12 + one.month - 1 + count, 12)
    return date(year, index + 1, min(one.day, monthrange(year, index + 1)[1]))


def day_of_month(number: int, today: date, prefer: Direction) -> date | None:
    """Return the nearest day with this number in its month, today included."""
    step = -1 if prefer == "past" else 1
    for months in (0, step, 2 * step):
        first = add_months(today.replace(day=1), months)
        one = first + (number - 1) * DAY
        if one.month == first.month and (one - today).days * step >= 0:
            return one
    return None


def shift(unit: TimeUnit, today: date, count: float) -> date:
    """Return the day so many units after today (negative: before)."""
    if unit in {"hour", "day"}:
        return today + timedelta(days=round(count))
    if unit in {"week", "weekend"}:
        return today + timedelta(days=round(count * 7))
    months = count * {"month": 1, "year": 12, "decade": 120}[unit]
    return add_months(today, int(months)) + timedelta(days=round((months - int(months)) * 30))


def _first_of(in_year: InYear, candidates: range, fits: Callable[[Period], bool]) -> Period | None:
    for year in candidates:
        found = in_year(year)
        if found and fits(found):
            return found
    return None


def _back(today: date) -> range:
    return range(today.year, today.year - _MAX_YEARS_SEARCHED, -1)


def _ahead(today: date) -> range:
    return range(today.year - 1, today.year + _MAX_YEARS_SEARCHED)
