"""English time expressions, read on Wednesday 16 August 2023."""

from datetime import UTC, datetime

import pytest

from tau.text.dates import spans

from .dates_reading import WEDNESDAY, read

READINGS = """
what did I eat today? -> 2023-08-16
the day before yesterday we met -> 2023-08-14
it happened yesterday morning -> 2023-08-15
the day after tomorrow -> 2023-08-18
last night was fun -> 2023-08-15
tonight -> 2023-08-16
we met on Friday -> 2023-08-11
last Tuesday -> 2023-08-15
last Wednesday -> 2023-08-09
this Friday -> 2023-08-18
this coming Friday -> 2023-08-18
next Friday -> 2023-08-25
next Monday -> 2023-08-21
on Sat we ran -> 2023-08-12
Friday before last -> 2023-08-04
Monday's meeting -> 2023-08-14
3 days ago -> 2023-08-13
ten days ago -> 2023-08-06
twenty-one days ago -> 2023-07-26
three weeks ago -> 2023-07-23..2023-07-29
a couple of months ago -> 2023-05-01..2023-07-01
a few weeks ago -> 2023-07-09..2023-08-05
2 or 3 weeks ago -> 2023-07-23..2023-08-05
half a year ago -> 2023-01-01..2023-03-31
a year ago today -> 2022-08-16
two and a half years ago -> 2020-08-18..2021-08-17
two Fridays ago -> 2023-08-04
two weekends ago -> 2023-08-05..2023-08-06
the other day -> 2023-08-09..2023-08-15
in 3 days -> 2023-08-19
in two weeks -> 2023-08-27..2023-09-02
a week from now -> 2023-08-20..2023-08-26
last week -> 2023-08-07..2023-08-13
the week before last -> 2023-07-31..2023-08-06
next week -> 2023-08-21..2023-08-27
over the weekend -> 2023-08-12..2023-08-13
last weekend -> 2023-08-12..2023-08-13
this weekend -> 2023-08-19..2023-08-20
next weekend -> 2023-08-26..2023-08-27
last month -> 2023-07-01..2023-07-31
this year -> 2023-01-01..2023-12-31
last year's trip -> 2022-01-01..2022-12-31
in the past three months -> 2023-05-16..2023-08-16
the last few days -> 2023-08-11..2023-08-16
earlier this year -> 2023-01-01..2023-08-16
later this week -> 2023-08-16..2023-08-20
in May -> 2023-05-01..2023-05-31
in may -> 2023-05-01..2023-05-31
last May -> 2023-05-01..2023-05-31
last October -> 2022-10-01..2022-10-31
in October -> 2022-10-01..2022-10-31
May 2021 -> 2021-05-01..2021-05-31
in May last year -> 2022-05-01..2022-05-31
last year in May -> 2022-05-01..2022-05-31
early June -> 2023-06-01..2023-06-10
mid-July -> 2023-07-11..2023-07-20
in late February 2020 -> 2020-02-21..2020-02-29
summer 2022 -> 2022-06-01..2022-08-31
in the summer of last year -> 2022-06-01..2022-08-31
last winter -> 2022-12-01..2023-02-28
winter of 2021-2022 -> 2021-12-01..2022-02-28
in the fall -> 2022-09-01..2022-11-30
on 3 June -> 2023-06-03
3 September -> 2022-09-03
June 3rd -> 2023-06-03
the 3rd of June -> 2023-06-03
the second of June -> 2023-06-02
June 3, 2021 -> 2021-06-03
Jun. 3, 2021 -> 2021-06-03
1 may 2021 -> 2021-05-01
June 3rd last year -> 2022-06-03
Friday, 3 June 2022 -> 2022-06-03
on the 3rd -> 2023-08-03
on the 20th we left -> 2023-07-20
the 5th of next month -> 2023-09-05
3-5 June -> 2023-06-03..2023-06-05
June 28 - July 3 -> 2023-06-28..2023-07-03
2023-06-03 -> 2023-06-03
25/12/2022 -> 2022-12-25
3/6/2023 -> 2023-03-06
3.6.2023 -> 2023-06-03
12/31/99 -> 1999-12-31
in 2021 -> 2021-01-01..2021-12-31
back in 2021 -> 2021-01-01..2021-12-31
the year 2020 -> 2020-01-01..2020-12-31
the 90s -> 1990-01-01..1999-12-31
in the '80s -> 1980-01-01..1989-12-31
the nineties -> 1990-01-01..1999-12-31
since March -> 2023-03-01..2023-08-16
after Easter -> 2023-04-10..2023-08-16
until Friday -> 2023-08-16..2023-08-18
by Friday -> 2023-08-18
between May and July -> 2023-05-01..2023-07-31
between November and February -> 2022-11-01..2023-02-28
from Monday to Friday -> 2023-08-07..2023-08-11
from 2019 to 2021 -> 2019-01-01..2021-12-31
at Christmas -> 2022-12-25
this Christmas -> 2023-12-25
last Christmas -> 2022-12-25
New Year's Eve -> 2022-12-31
Valentine's Day 2020 -> 2020-02-14
Halloween -> 2022-10-31
on Thanksgiving -> 2022-11-24
Easter 2024 -> 2024-03-31
two days before Christmas -> 2022-12-23
the Tuesday after Christmas -> 2022-12-27
the week of May 3 -> 2023-05-01..2023-05-07
the first weekend of August -> 2023-08-05..2023-08-06
the last Friday of May -> 2023-05-26
the first week of June 2022 -> 2022-06-01..2022-06-07
in the second half of 2022 -> 2022-07-02..2022-12-30
the end of the month -> 2023-08-21..2023-08-31
the end of last year -> 2022-10-02..2022-12-31
next week on Friday -> 2023-08-25
Friday next week -> 2023-08-25
Tuesday two weeks ago -> 2023-08-01
I came on Monday and left yesterday -> 2023-08-14, 2023-08-15
"""

AHEAD = """
on Friday -> 2023-08-18
my exam is on 3 June -> 2024-06-03
on 3 September -> 2023-09-03
in May -> 2024-05-01..2024-05-31
at Christmas -> 2023-12-25
the weekend trip, on the weekend -> 2023-08-19..2023-08-20
on the 3rd -> 2023-09-03
from Monday to Wednesday -> 2023-08-21..2023-08-23
two weeks from yesterday -> 2023-08-26..2023-09-01
"""

NO_DATES = """
I may go, but may I? You may 5 times.
May was my aunt; April told June, and August laughed.
march on; I sat in the sun; he wed her; this sun is hot
for the second time, the first day at work, second of all
day by day, one day, some day, all day, every day
the fall was hard; the water will fall in; spring rolls; a summer dress
in the morning, at night, good night
I am in my 30s; I have 2000 dollars and ran 2000 steps in 2000 words
call me at 5, at 5:30 pm
version 3.11.2 at 192.168.10.20, 10/10, 3/4 cup
I waited a week; it took two days; for three years
next time, last time, the last day, the next day
every Friday, each Sunday, on Fridays, weekly, on Black Friday
room 2019, flight 2023
at the end of the day, in the end
the week was long, what a year, the month is over
a new year resolution, the Christmas tree
on the 3rd floor, on the 5th attempt
In 1066
3 may come
"""


def cases(table: str) -> list[tuple[str, list[str]]]:
    rows = [line.partition(" -> ") for line in table.strip().splitlines()]
    return [(text, means.split(", ")) for text, _, means in rows]


@pytest.mark.parametrize(("text", "means"), cases(READINGS))
def test_what_english_means(text: str, means: list[str]) -> None:
    assert read(text) == means


@pytest.mark.parametrize(("text", "means"), cases(AHEAD))
def test_what_english_means_for_a_plan(text: str, means: list[str]) -> None:
    assert read(text, prefer="future") == means


@pytest.mark.parametrize("text", NO_DATES.strip().splitlines())
def test_words_that_only_look_like_dates(text: str) -> None:
    assert read(text) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Did I see her in early June?", "in early June"),
        ("My exam, on 3 June 2024, is hard", "on 3 June 2024"),
        ("What happened the week before last?", "the week before last"),
    ],
)
def test_the_words_are_those_of_the_text(text: str, words: str) -> None:
    (span,) = spans(text, WEDNESDAY)
    assert (span.text, text[span.at : span.at + len(span.text)]) == (words, words)


@pytest.mark.parametrize("text", ["in May 2021", "3 June 2023", "2023-06-03", "the 90s", "in 2021"])
def test_a_told_year_is_exact(text: str) -> None:
    assert [span.exact for span in spans(text, WEDNESDAY)] == [True]


@pytest.mark.parametrize("text", ["in May", "last Friday", "3 June", "last year", "at Christmas"])
def test_what_is_told_from_today_is_not_exact(text: str) -> None:
    assert [span.exact for span in spans(text, WEDNESDAY)] == [False]


def test_the_turn_of_the_year_and_leap_days() -> None:
    new_year = datetime(2024, 1, 1, 0, 0, 1, tzinfo=UTC).timestamp()
    assert read("yesterday", new_year) == ["2023-12-31"]
    assert read("last month", new_year) == ["2023-12-01..2023-12-31"]
    assert read("last week", new_year) == ["2023-12-25..2023-12-31"]
    assert read("this winter", new_year) == ["2023-12-01..2024-02-29"]
    leap = datetime(2024, 2, 29, 12, tzinfo=UTC).timestamp()
    assert read("a year ago today", leap) == ["2023-02-28"]
    assert read("on 29 February", leap) == ["2024-02-29"]
    assert read("29 February 2023", leap) == ["2023-02-01..2023-02-28"], "the month at least"
