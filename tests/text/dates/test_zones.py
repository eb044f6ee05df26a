"""Days begin where the person is: time zones, days without midnight, leap days, ends of years."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tau.text.dates import Span, spans
from tau.text.dates.periods import Direction

from ..dates_reading import read

NAMES = [
    "UTC",
    "Asia/Shanghai",
    "Asia/Kolkata",
    "America/New_York",
    "America/St_Johns",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # half an hour of summer time
    "America/Sao_Paulo",  # had days without a midnight
    "America/Havana",  # has days with two
    "Africa/Cairo",
    "Pacific/Kiritimati",  # fourteen hours ahead
    "Etc/GMT+12",  # twelve behind
]
ZONES = st.sampled_from(NAMES).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(1996, 1, 1), datetime(2037, 12, 1)).map(
    lambda one: one.replace(tzinfo=UTC).timestamp()
)


def only(text: str, now: float, zone: ZoneInfo, prefer: Direction = "past") -> Span:
    (span,) = spans(text, now, zone, prefer)
    return span


def days(span: Span, zone: ZoneInfo) -> tuple[date, date]:
    """The first day of a span and its last, where the person is."""
    first = datetime.fromtimestamp(span.start, zone).date()
    return first, datetime.fromtimestamp(span.end - 1, zone).date()


def at(zone: ZoneInfo, *parts: int, fold: int = 0) -> float:
    return datetime(*parts, tzinfo=zone, fold=fold).timestamp()  # type: ignore[arg-type]


@given(MOMENTS, ZONES)
@example(datetime(2018, 11, 4, 12, tzinfo=UTC).timestamp(), ZoneInfo("America/Sao_Paulo"))
@example(datetime(2023, 11, 5, 12, tzinfo=UTC).timestamp(), ZoneInfo("America/Havana"))
@example(datetime(2023, 4, 28, 12, tzinfo=UTC).timestamp(), ZoneInfo("Africa/Cairo"))
def test_days_meet_without_a_gap_and_today_holds_now(now: float, zone: ZoneInfo) -> None:
    words = ("the day before yesterday", "yesterday", "today", "tomorrow")
    told = [only(word, now, zone) for word in words]
    assert all(one.end == following.start for one, following in pairwise(told))
    assert told[2].start <= now < told[2].end
    assert [span.future for span in told] == [False, False, False, True]


@given(MOMENTS, ZONES, st.sampled_from(["week", "month", "year"]))
def test_units_meet_without_a_gap_and_this_one_holds_now(
    now: float, zone: ZoneInfo, unit: str
) -> None:
    last, this, following = (only(f"{which} {unit}", now, zone) for which in LAST_THIS_NEXT)
    assert last.end == this.start <= now < this.end == following.start


LAST_THIS_NEXT = ("last", "this", "next")


@given(MOMENTS, ZONES)
def test_chinese_and_english_days_are_the_same(now: float, zone: ZoneInfo) -> None:
    pairs = [("昨天", "yesterday"), ("上周", "last week"), ("三天前", "3 days ago")]
    for chinese, english in pairs:
        assert only(chinese, now, zone)[:2] == only(english, now, zone)[:2]


@given(MOMENTS, ZONES)
def test_a_date_begins_and_ends_at_midnight_where_the_person_is(now: float, zone: ZoneInfo) -> None:
    day = datetime.fromtimestamp(now, zone).date()
    span = only(f"on {day.day} {day:%B} {day.year}", now, zone)
    assert days(span, zone) == (day, day)
    assert 22 * 3600 <= span.end - span.start <= 26 * 3600


def test_the_evening_here_is_tomorrow_elsewhere() -> None:
    late = datetime(2023, 8, 16, 2, 30, tzinfo=UTC).timestamp()
    new_york, shanghai = ZoneInfo("America/New_York"), ZoneInfo("Asia/Shanghai")
    assert days(only("yesterday", late, new_york), new_york)[0] == date(2023, 8, 14)
    assert days(only("昨天", late, shanghai), shanghai)[0] == date(2023, 8, 15)
    assert days(only("this month", at(new_york, 2023, 7, 31, 23), new_york), new_york) == (
        date(2023, 7, 1),
        date(2023, 7, 31),
    )


@pytest.mark.parametrize(
    ("name", "day", "hours"),
    [
        ("Europe/Berlin", date(2023, 3, 26), 23),
        ("Europe/Berlin", date(2023, 10, 29), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Havana", date(2023, 11, 5), 25),
        ("Australia/Lord_Howe", date(2023, 4, 2), 24.5),
        ("Asia/Shanghai", date(2023, 3, 26), 24),
    ],
)
def test_a_day_on_which_the_clocks_change_is_as_long_as_it_was(
    name: str, day: date, hours: float
) -> None:
    zone = ZoneInfo(name)
    noon_after = at(zone, *(day + timedelta(1)).timetuple()[:3], 12)
    span = only("yesterday", noon_after, zone)
    assert (span.end - span.start) / 3600 == hours
    assert days(span, zone) == (day, day)


def test_a_day_that_an_island_skipped_is_no_time_at_all() -> None:
    apia = ZoneInfo("Pacific/Apia")
    now = at(apia, 2012, 1, 2, 12)
    assert spans("on 30 December 2011", now, apia) == []
    (kept,) = spans("on 30 December 2011 and on 29 December 2011", now, apia)
    assert days(kept, apia)[0] == date(2011, 12, 29)
    assert only("last week", now, apia).end - only("last week", now, apia).start == 6 * 86_400


@pytest.mark.parametrize(
    ("now", "text", "means"),
    [
        ((2023, 12, 31, 23, 59), "tomorrow", "2024-01-01"),
        ((2024, 1, 1), "yesterday", "2023-12-31"),
        ((2024, 1, 1), "last Sunday", "2023-12-31"),
        ((2024, 1, 1), "last week", "2023-12-25..2023-12-31"),
        ((2024, 1, 1), "last year", "2023-01-01..2023-12-31"),
        ((2024, 1, 1), "on New Year's Eve", "2023-12-31"),
        ((2024, 1, 1), "on New Year's Day", "2024-01-01"),
        ((2024, 1, 1), "the end of last year", "2023-10-02..2023-12-31"),
        ((2024, 1, 1), "in December", "2023-12-01..2023-12-31"),
        ((2024, 1, 1), "on 31 December", "2023-12-31"),
        ((2024, 1, 1), "去年年底", "2023-10-02..2023-12-31"),
        ((2024, 1, 1), "上个月31号", "2023-12-31"),
        ((2024, 1, 1), "前天", "2023-12-30"),
        ((2025, 1, 3), "from 30 December to 2 January", "2024-12-30..2025-01-02"),
        ((2025, 1, 3), "12月30日到1月2日", "2024-12-30..2025-01-02"),
        ((2025, 1, 3), "30号到2号", "2024-12-30..2025-01-02"),
        ((2025, 1, 3), "上周五到周三", "2024-12-27..2025-01-01"),
    ],
)
def test_the_turn_of_the_year(now: tuple[int, ...], text: str, means: str) -> None:
    moment = datetime(*now, tzinfo=UTC).timestamp()  # type: ignore[arg-type, misc]
    assert read(text, moment) == [means]


@pytest.mark.parametrize(
    ("now", "text", "means"),
    [
        ((2024, 2, 29), "a year ago today", ["2023-02-28"]),
        ((2024, 2, 29), "today", ["2024-02-29"]),
        ((2024, 3, 1), "yesterday", ["2024-02-29"]),
        ((2023, 3, 1), "yesterday", ["2023-02-28"]),
        ((2024, 3, 31), "last month", ["2024-02-01..2024-02-29"]),
        ((2024, 3, 15), "on 29 February", ["2024-02-29"]),
        ((2025, 3, 15), "on 29 February", ["2024-02-29"]),
        ((2025, 3, 15), "on 29 February last year", ["2024-02-29"]),
        ((2025, 3, 15), "2月29日", ["2024-02-29"]),
        ((2025, 3, 15), "去年2月29日", ["2024-02-29"]),
        ((2025, 3, 15), "今年2月29日", []),
        ((2025, 3, 15), "今年2月29日还是昨天", ["2025-03-14"]),
        ((2101, 3, 15), "on 29 February", ["2096-02-29"]),
        ((2024, 2, 1), "the end of the month", ["2024-02-21..2024-02-29"]),
    ],
)
def test_leap_days(now: tuple[int, ...], text: str, means: list[str]) -> None:
    assert read(text, datetime(*now, tzinfo=UTC).timestamp()) == means  # type: ignore[arg-type, misc]


@pytest.mark.parametrize("now", [float("nan"), float("inf"), -float("inf"), 1e300, -1e300])
@pytest.mark.parametrize("zone", [None, ZoneInfo("Asia/Shanghai")])
def test_an_impossible_now_names_no_time(now: float, zone: ZoneInfo | None) -> None:
    assert spans("yesterday, 昨天, on 3 June 2023", now, zone) == []


@given(MOMENTS, ZONES, st.sampled_from(["in 900 decades, 昨天", "999 decades ago, 昨天"]))
def test_what_leaves_the_calendar_takes_nothing_else_with_it(
    now: float, zone: ZoneInfo, text: str
) -> None:
    assert any(span.text == "昨天" for span in spans(text, now, zone))
