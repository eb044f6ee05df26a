"""Arithmetic of the calendar: laws that hold on any day, and days that everybody knows."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.dates.periods import (
    DAY,
    Period,
    TimeUnit,
    add_months,
    approximate,
    date_in_year,
    day,
    day_of_month,
    easter_in_year,
    last_of,
    monday,
    month,
    month_in_year,
    nearest_in_year,
    next_of,
    nth_weekday,
    part,
    rolling,
    season_in_year,
    shift,
    this_of,
    whole_unit,
    years,
)

DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))
UNITS: list[TimeUnit] = ["day", "week", "weekend", "month", "year", "decade"]
TODAY = date(2023, 8, 16)


@given(DAYS, st.sampled_from(["day", "week", "month", "year", "decade"]))
def test_a_unit_holds_today(today: date, unit: TimeUnit) -> None:
    found = whole_unit(unit, today)
    assert found.first <= today < found.end


@given(DAYS, st.sampled_from(UNITS), st.integers(-50, 50))
def test_units_follow_each_other(today: date, unit: TimeUnit, ahead: int) -> None:
    one, following = whole_unit(unit, today, ahead), whole_unit(unit, today, ahead + 1)
    assert one.end <= following.first
    if unit != "weekend":
        assert one.end == following.first


@given(DAYS, st.sampled_from(["week", "month", "year", "decade"]))
def test_early_mid_and_late_are_all_of_it_and_share_nothing(today: date, unit: TimeUnit) -> None:
    found = whole_unit(unit, today)
    thirds = [part(found, which) for which in ("early", "mid", "late")]
    assert thirds[0].first == found.first
    assert thirds[2].end == found.end
    assert all(one.end == following.first for one, following in pairwise(thirds))
    assert all(one.first < one.end for one in thirds)


@given(DAYS)
def test_the_beginning_and_the_end_of_a_year_are_its_quarters(today: date) -> None:
    found = whole_unit("year", today)
    assert part(found, "start").end <= date(today.year, 4, 3)
    assert part(found, "end").first >= date(today.year, 9, 28)


@given(DAYS)
def test_a_day_has_no_parts(today: date) -> None:
    assert part(day(today), "early") == part(day(today), "late") == day(today)


@given(DAYS, st.sampled_from(UNITS), st.integers(1, 40))
def test_some_units_ago_lies_behind_and_holds_that_day(
    today: date, unit: TimeUnit, count: int
) -> None:
    found = approximate(unit, today, -count, -count)
    assert found.first <= shift(unit, today, -count) < found.end
    assert found.first < today


@given(DAYS, st.sampled_from(UNITS), st.integers(1, 20), st.integers(0, 5))
def test_between_some_and_more_ago_holds_both(
    today: date, unit: TimeUnit, low: int, more: int
) -> None:
    found = approximate(unit, today, -low - more, -low)
    for count in (low, low + more):
        exactly = approximate(unit, today, -count, -count)
        assert found.first <= exactly.first < exactly.end <= found.end


@given(DAYS, st.sampled_from(UNITS), st.integers(1, 20))
def test_what_rolls_begins_or_ends_today(today: date, unit: TimeUnit, count: int) -> None:
    assert rolling(unit, today, -count).end == today + DAY
    assert rolling(unit, today, count).first == today


@given(DAYS, st.integers(-200, 200))
def test_months_are_added_within_the_month(today: date, count: int) -> None:
    found = add_months(today, count)
    apart = (found.year - today.year) * 12 + found.month - today.month
    assert apart == count
    assert found.day == today.day or (found.day < today.day and (found + DAY).day == 1)


@given(DAYS)
def test_a_week_begins_on_monday(today: date) -> None:
    assert monday(today).weekday() == 0
    assert timedelta() <= today - monday(today) < timedelta(days=7)
    assert whole_unit("weekend", today).first.weekday() == 5


@given(DAYS, st.integers(1, 12))
def test_what_comes_every_year_is_behind_ahead_or_now(today: date, number: int) -> None:
    in_year = month_in_year(number)
    behind, ahead = (
        nearest_in_year(in_year, today, "past"),
        nearest_in_year(in_year, today, "future"),
    )
    over, coming = last_of(in_year, today), next_of(in_year, today)
    assert behind is not None
    assert ahead is not None
    assert over is not None
    assert coming is not None
    assert behind.first <= today
    assert ahead.end > today
    assert over.end <= today < coming.first
    assert (behind == ahead) == (today.month == number)


@given(DAYS, st.sampled_from(["spring", "summer", "autumn", "winter"]))
def test_a_season_is_three_months(today: date, name: str) -> None:
    found = this_of(season_in_year(name), today)
    assert found is not None
    assert add_months(found.first, 3) == found.end


@pytest.mark.parametrize(
    ("today", "winter"),
    [
        (date(2023, 1, 15), Period(date(2022, 12, 1), date(2023, 3, 1))),
        (date(2023, 8, 16), Period(date(2023, 12, 1), date(2024, 3, 1))),
        (date(2023, 12, 24), Period(date(2023, 12, 1), date(2024, 3, 1))),
        (date(2024, 2, 29), Period(date(2023, 12, 1), date(2024, 3, 1))),
    ],
)
def test_a_winter_goes_over_the_turn_of_the_year(today: date, winter: Period) -> None:
    assert this_of(season_in_year("winter"), today) == winter


@pytest.mark.parametrize(
    ("year", "easter"),
    [
        (1961, date(1961, 4, 2)),
        (1999, date(1999, 4, 4)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2011, date(2011, 4, 24)),
        (2023, date(2023, 4, 9)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year: int, easter: date) -> None:
    assert easter_in_year(year) == day(easter)


@pytest.mark.parametrize(
    ("weekday", "nth", "means"),
    [
        (0, 1, date(2023, 8, 7)),
        (1, 1, date(2023, 8, 1)),
        (4, 2, date(2023, 8, 11)),
        (3, 5, date(2023, 8, 31)),
        (4, 5, None),
        (4, -1, date(2023, 8, 25)),
        (3, -1, date(2023, 8, 31)),
    ],
)
def test_the_nth_weekday_of_a_month(weekday: int, nth: int, means: date | None) -> None:
    assert nth_weekday(month(2023, 8), weekday, nth) == (means and day(means))


def test_the_31st_is_not_in_every_month() -> None:
    assert day_of_month(31, TODAY, "past") == date(2023, 7, 31)
    assert day_of_month(31, TODAY, "future") == date(2023, 8, 31)
    assert day_of_month(31, date(2023, 6, 15), "past") == date(2023, 5, 31)
    assert day_of_month(16, TODAY, "past") == day_of_month(16, TODAY, "future") == TODAY


def test_29_february_is_the_last_there_was() -> None:
    leap_day = date_in_year(2, 29)
    assert leap_day(2023) is None
    assert nearest_in_year(leap_day, TODAY, "past") == day(date(2020, 2, 29))
    assert nearest_in_year(leap_day, date(1903, 1, 1), "past") == day(date(1896, 2, 29))
    assert next_of(leap_day, TODAY) == day(date(2024, 2, 29))


def test_ends_of_months() -> None:
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)
    assert add_months(date(2023, 12, 31), 2) == date(2024, 2, 29)
    assert month(2023, 12) == Period(date(2023, 12, 1), date(2024, 1, 1))
    assert years(1990, 10) == Period(date(1990, 1, 1), date(2000, 1, 1))


def test_half_a_month_is_half_a_month() -> None:
    assert shift("month", TODAY, -1.5) == date(2023, 7, 1)
    assert shift("year", TODAY, -2.5) == date(2021, 2, 16)
    assert shift("hour", TODAY, 0) == TODAY


def test_what_is_off_the_calendar_is_an_error_that_readers_expect() -> None:
    with pytest.raises((OverflowError, ValueError)):
        whole_unit("year", TODAY, 9000)
    with pytest.raises((OverflowError, ValueError)):
        shift("day", TODAY, -10_000_000)
