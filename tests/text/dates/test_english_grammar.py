"""English time expressions: ways to say the same, ranges, words that mean two things."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.dates import spans
from tau.text.dates.english_words import MONTHS, NUMBERS, WEEKDAYS
from tau.text.dates.periods import Direction

from ..dates_reading import WEDNESDAY, read

TODAY = date(2023, 8, 16)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
NOON = timedelta(hours=12)
COUNTS = {name: number for name, number in NUMBERS.items() if 2 <= number <= 20}
ENDS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def noon(day: date) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()


def ordinal(number: int) -> str:
    return f"{number}{ENDS.get(number, 'th')}"


# --- one time, many words -------------------------------------------------------------------


@given(DAYS)
def test_a_date_in_full_means_one_day_however_it_is_said(day: date) -> None:
    number, month, year = day.day, f"{day:%B}", day.year
    forms = [
        f"on {number} {month} {year}",
        f"on {month} {number}, {year}",
        f"{month} {ordinal(number)} {year}",
        f"{month} the {ordinal(number)}, {year}",
        f"the {ordinal(number)} of {month}, {year}",
        f"on {day:%A}, {number} {month} {year}",
        f"{day:%A} the {ordinal(number)} of {month} {year}",
        f"on {number} {day:%b} {year}",
    ]
    for form in forms:
        assert read(form) == [f"{day}"], form


@given(DAYS, st.sampled_from(sorted(COUNTS)), st.sampled_from(["day", "week", "month", "year"]))
def test_numbers_in_words_and_in_digits_are_the_same(today: date, word: str, unit: str) -> None:
    now = noon(today)
    for pattern in ("{} {}s ago", "in {} {}s", "{} {}s from now", "the last {} {}s"):
        in_words, in_digits = (pattern.format(count, unit) for count in (word, COUNTS[word]))
        assert read(in_words, now) == read(in_digits, now) != []


@given(DAYS, st.integers(0, 6))
def test_the_last_weekday_is_in_the_week_behind_and_the_next_in_next_week(
    today: date, weekday: int
) -> None:
    now = noon(today)
    name = f"{date(2024, 1, 1) + timedelta(weekday):%A}"
    (last,), (this,), (following,) = (
        spans(f"{which} {name}", now) for which in ("last", "this", "next")
    )
    for span in (last, this, following):
        assert datetime.fromtimestamp(span.start, UTC).weekday() == weekday
    assert 0 < now - last.start <= 8 * 86_400 - 43_200
    assert following.start - this.start == 7 * 86_400
    (of_week,) = spans(f"{name} next week", now)
    assert of_week[:2] == following[:2]


@given(DAYS, st.integers(1, 40))
def test_days_ago_and_days_ahead_mirror_each_other(today: date, count: int) -> None:
    now = noon(today)
    assert read(f"{count} days ago", now) == [f"{today - timedelta(count)}"]
    assert read(f"in {count} days", now) == [f"{today + timedelta(count)}"]
    assert read(f"{count} days before yesterday", now) == [f"{today - timedelta(count + 1)}"]
    assert read(f"{count} days after tomorrow", now) == [f"{today + timedelta(count + 1)}"]


@given(DAYS, DAYS)
def test_a_range_of_dates_holds_both_ends(one: date, other: date) -> None:
    first, last = min(one, other), max(one, other)
    told = [f"{day.day} {day:%B} {day.year}" for day in (first, last)]
    means = f"{first}" if first == last else f"{first}..{last}"
    for pattern in ("from {} to {}", "between {} and {}", "{} - {}", "{} until {}"):
        assert read(pattern.format(*told)) == [means]


@given(st.sampled_from(sorted(MONTHS)), st.integers(1990, 2060))
def test_a_month_of_a_year_is_that_month(name: str, year: int) -> None:
    first = date(year, MONTHS[name], 1)
    (span,) = spans(f"in {name} {year}", WEDNESDAY)
    assert datetime.fromtimestamp(span.start, UTC).date() == first
    assert datetime.fromtimestamp(span.end, UTC).date() == (first + timedelta(32)).replace(day=1)
    assert span.exact


@given(st.text("abc XYZ.,!?\n", max_size=30), st.text("abc XYZ.,!?\n", max_size=30))
def test_words_around_a_date_do_not_change_it(before: str, after: str) -> None:
    text = f"{before} . on 3 June 2022 . {after}"
    (span,) = spans(text, WEDNESDAY)
    assert (span.text, span.exact) == ("on 3 June 2022", True)
    assert text[span.at :].startswith(span.text)


def test_case_does_not_matter_where_a_word_is_clear() -> None:
    for text in ("LAST WEEK", "Last Week", "last week", "lAsT wEeK"):
        assert read(text) == ["2023-08-07..2023-08-13"]


# --- parts, bounds and nests ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("the last day of February 2024", "2024-02-29"),
        ("the last weekend of 2022", "2022-12-31..2023-01-01"),
        ("the second week of May", "2023-05-08..2023-05-14"),
        ("the first Monday in September 2022", "2022-09-05"),
        ("the first half of last year", "2022-01-01..2022-07-01"),
        ("mid 2022", "2022-05-02..2022-09-01"),
        ("early 2000s", "2000-01-01..2003-05-01"),
        ("the late 1990s", "1996-09-01..1999-12-31"),
        ("in the week of Christmas", "2022-12-19..2022-12-25"),
        ("the Friday before Easter 2023", "2023-04-07"),
        ("the day after Christmas 2021", "2021-12-26"),
        ("a week after 3 June 2023", "2023-06-07..2023-06-13"),
        ("two days before my birthday on 3 June", "2023-06-03"),
        ("since last Friday", "2023-08-11..2023-08-16"),
        ("since 2021", "2021-01-01..2023-08-16"),
        ("after 3 June 2021", "2021-06-04..2023-08-16"),
        ("until yesterday", "2023-08-15"),
        ("from yesterday until tomorrow", "2023-08-15..2023-08-17"),
        ("from 2019-2020", "2019-01-01..2020-12-31"),
        ("from June 3 to 5, 2022", "2022-06-03..2022-06-05"),
        ("over the past year", "2022-08-16..2023-08-16"),
        ("the past 24 hours", "2023-08-15..2023-08-16"),
        ("in the last 3 hours", "2023-08-15..2023-08-16"),
        ("the last 48 hours", "2023-08-14..2023-08-16"),
        ("within 24 hours", "2023-08-16..2023-08-17"),
        ("an hour ago", "2023-08-16"),
        ("24 hours ago", "2023-08-15"),
        ("summer of '69", "1969-06-01..1969-08-31"),
        ("winter of '23", "2023-12-01..2024-02-29"),
        ("in '05", "2005-01-01..2005-12-31"),
    ],
)
def test_parts_and_bounds(text: str, means: str) -> None:
    assert read(text) == [means]


@pytest.mark.parametrize(
    ("text", "prefer", "means"),
    [
        ("by Friday", "past", "2023-08-18"),
        ("until Friday", "past", "2023-08-16..2023-08-18"),
        ("from Friday to Sunday", "past", "2023-08-11..2023-08-13"),
        ("from Friday to Sunday", "future", "2023-08-18..2023-08-20"),
        ("from Monday to Wednesday", "past", "2023-08-07..2023-08-09"),
        ("between October and March", "past", "2022-10-01..2023-03-31"),
        ("between October and March", "future", "2023-10-01..2024-03-31"),
        ("on Wednesday", "past", "2023-08-09"),
        ("on Wednesday", "future", "2023-08-23"),
        ("on the 16th", "past", "2023-08-16"),
        ("on the 16th", "future", "2023-08-16"),
        ("on 16 August", "past", "2023-08-16"),
        ("on 16 August", "future", "2023-08-16"),
        ("on the 31st", "past", "2023-07-31"),
        ("in August", "past", "2023-08-01..2023-08-31"),
        ("in August", "future", "2023-08-01..2023-08-31"),
    ],
)
def test_what_recurs_lies_where_it_is_preferred(text: str, prefer: Direction, means: str) -> None:
    assert read(text, prefer=prefer) == [means]


# --- words that mean two things -------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "I may 5 go",
        "May I?",
        "march 3 miles",
        "the SAT exams, sat on it, the sun",
        "the fall, a fall of 3 metres, spring for it",
        "in 3 words, in 2000 words",
        "second to none, first of all, the fourth",
        "10/10 and 7/4 and 3:30",
        "192.168.10.20 and 3.11.2",
        "call 2023-5555 or 555-2023",
        "on Sundays, weekly, each Monday",
        "in a minute, in 5 minutes",
        "0 days ago",
        "12345 days ago",
        "Feb 30, 2023-02-29, 13/13/2023",
        "augustus, mayor, sundae, decimal, weeks, months",
        "the day before",
        "day in, day out",
    ],
)
def test_these_name_no_time(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("I may go in May", ["2023-05-01..2023-05-31"]),
        ("We march in March", ["2023-03-01..2023-03-31"]),
        ("May told me on May 3rd", ["2023-05-03"]),
        ("I sat there on Sat", ["2023-08-12"]),
        ("The second of June was my second day", ["2023-06-02"]),
        ("I was 20 in 2020", ["2020-01-01..2020-12-31"]),
        ("It fell last fall", ["2022-09-01..2022-11-30"]),
        ("Friday's plan for Friday", ["2023-08-11", "2023-08-11"]),
        ("31 April 2022", ["2022-04-01..2022-04-30"]),
    ],
)
def test_the_word_beside_tells_which_it_is(text: str, means: list[str]) -> None:
    assert read(text) == means


@pytest.mark.parametrize("name", sorted(WEEKDAYS))
def test_every_name_of_a_weekday_is_that_day(name: str) -> None:
    (span,) = spans(f"last {name.capitalize()}", WEDNESDAY)
    assert datetime.fromtimestamp(span.start, UTC).weekday() == WEEKDAYS[name]


@pytest.mark.parametrize(
    "text", ["Nos vemos on 3 June 2022 y ya", "on 3 June 2022. Y? Za", "Wir heiraten June 3, 2022"]
)
def test_a_date_in_full_is_read_in_a_text_of_another_language_too(text: str) -> None:
    assert read(text) == ["2022-06-03"]


def test_nests_end_somewhere() -> None:
    deep = "the week after the week after the week after the week after the week after Easter"
    assert len(spans(deep, WEDNESDAY)) <= 6
    assert read("the week after the week after Easter 2023") == ["2023-04-17..2023-04-23"]
