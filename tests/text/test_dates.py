"""Time expressions: laws that hold for any text, zones, plans, and texts meant to do harm."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tau.text.dates import LONGEST_TEXT, asks_when, mentions, spans
from tau.text.dates.english_words import STARTS

from .dates_reading import WEDNESDAY, read, written

DAY = 86_400
MORE_WORDS = "ago now to 3 3rd 2021 21 , - . / the weeks days years 2023-06-03"
WORDS = [*sorted(STARTS), *MORE_WORDS.split()]
CHINESE = "上下这个周月年天日号前后三十二五到半几去今明昨末初底的12从起"
PHRASES = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(
    CHINESE, max_size=20
)
MOMENTS = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 1)).map(
    lambda one: one.replace(tzinfo=UTC).timestamp()
)
RELATIVE = [
    "today",
    "yesterday",
    "3 days ago",
    "three weeks ago",
    "a few days ago",
    "in two weeks",
    "the day after tomorrow",
    "the other day",
    "last 3 weeks",
    "昨天",
    "三天前",
    "两周后",
    "前几天",
]


@given(st.text() | PHRASES, st.floats() | MOMENTS, st.sampled_from(["past", "future"]))
@example("two weeks ago", float("inf"), "past")
@example("9999 years ago, in 1000 years", -62135596800.0, "past")
@example("in 900 years", 253402300799.0, "future")
def test_nothing_is_raised_and_spans_are_spans(text, now, prefer) -> None:  # type: ignore[no-untyped-def]
    place = 0
    for span in spans(text, now, prefer=prefer):
        assert span.start < span.end
        assert span.future == (span.start > now)
        assert span.at >= place, "no words are in two spans"
        place = span.at + len(span.text)
        assert text[span.at : place] == span.text != ""
    asks_when(text)
    mentions(text, now)


@given(st.sampled_from(RELATIVE), MOMENTS, st.integers(-400, 400))
def test_a_day_later_relative_spans_are_a_day_later(text: str, now: float, days: int) -> None:
    (before,), (after,) = spans(text, now), spans(text, now + days * DAY)
    assert after.start - before.start == after.end - before.end == days * DAY


@given(MOMENTS, st.sampled_from(["on {0:%A}", "on {0.day} {0:%B}", "in {0:%B}"]))
def test_what_recurs_is_behind_or_ahead_as_preferred(now: float, pattern: str) -> None:
    other_day = datetime.fromtimestamp(now, UTC) + timedelta(days=40)
    text = pattern.format(other_day)
    (behind,), (ahead,) = spans(text, now), spans(text, now, prefer="future")
    assert behind.start <= now
    assert ahead.end > now


@given(MOMENTS, MOMENTS)
def test_a_date_in_full_does_not_depend_on_now(now: float, other: float) -> None:
    day = datetime.fromtimestamp(other, UTC)
    for text in (f"{day:%Y-%m-%d}", f"{day.day} {day:%B} {day.year}", f"{day:%Y年%m月%d日}"):
        (span,) = spans(text, now)
        assert span.start <= other < span.end == span.start + DAY
        assert span.exact


def test_days_begin_at_midnight_where_the_person_is() -> None:
    late = datetime(2023, 8, 16, 23, 30, tzinfo=UTC).timestamp()
    tokyo, new_york = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/New_York")
    (here,), (there,) = spans("today", late, tokyo), spans("today", late, new_york)
    assert datetime.fromtimestamp(here.start, tokyo) == datetime(2023, 8, 17, tzinfo=tokyo)
    assert datetime.fromtimestamp(there.start, new_york) == datetime(2023, 8, 16, tzinfo=new_york)


def test_the_day_the_clocks_change_has_its_own_length() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2023, 3, 27, 12, tzinfo=berlin).timestamp()
    (span,) = spans("yesterday", now, berlin)
    assert span.end - span.start == 23 * 3600


def test_midnight_belongs_to_the_day_it_begins() -> None:
    midnight = datetime(2023, 8, 16, tzinfo=UTC).timestamp()
    assert read("today", midnight) == ["2023-08-16"]
    assert read("today", midnight - 1) == ["2023-08-15"]


@pytest.mark.parametrize(
    ("message", "means"),
    [
        ("My exam is on 3 June.", "2024-06-03"),
        ("I will see her on Friday", "2023-08-18"),
        ("The deadline: 1 September", "2023-09-01"),
        ("We're going to Rome in May", "2024-05-01..2024-05-31"),
        ("I went to Rome in May", "2023-05-01..2023-05-31"),
        ("I saw her on Friday", "2023-08-11"),
        ("Rome in May, what a time", "2023-05-01..2023-05-31"),
        ("我五月要去罗马", "2024-05-01..2024-05-31"),
        ("我五月去了罗马", "2023-05-01..2023-05-31"),
    ],
)
def test_a_message_tells_whether_it_speaks_of_a_plan(message: str, means: str) -> None:
    assert [written(span) for span in mentions(message, WEDNESDAY)] == [means]


@pytest.mark.parametrize(
    "question",
    [
        "When did I see her?",
        "when is my exam",
        "And when was that?",
        "What date is the wedding?",
        "What day did we meet?",
        "How long ago did I move?",
        "Do you know when I moved here?",
        "Which year was it?",
        "How many weeks ago did I start?",
        "我什么时候搬家的",
        "哪天考试？",
        "几月去的日本",
        "多久以前的事",
        "什麼時候",
        "Wann war das?",
        "¿Cuándo fue?",
        "いつ行った？",
    ],
)
def test_these_ask_when(question: str) -> None:
    assert asks_when(question)


@pytest.mark.parametrize(
    "text",
    [
        "Where did I go?",
        "I was happy when she came.",
        "Whenever you like",
        "She was on a date",
        "How long is the river?",
        "我的生日快到了",
        "",
    ],
)
def test_these_do_not(text: str) -> None:
    assert not asks_when(text)


HOSTILE = [
    "a week from ",
    "two days before ",
    "between May and ",
    "the first week of ",
    "last year in ",
    "Friday after ",
    "May 3 to ",
    "1",
    "20",
    "'",
    "x when ",
    "how many days ",
    "一二三",
    "三月到",
    "上个",
    "从去年到",
    "十",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_megabyte_meant_to_do_harm_is_read_in_part(piece: str) -> None:
    # Who reads all of it, or reads it again and again, runs into the suite's timeout.
    text = piece * (1_000_000 // len(piece))
    assert all(span.at < LONGEST_TEXT for span in spans(text, WEDNESDAY))
    mentions(text, WEDNESDAY)
    asks_when(text)
