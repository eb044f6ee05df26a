"""Chinese time expressions: numbers, both scripts, ranges, words that mean two things."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.text.dates import spans
from tau.text.dates.chinese import number
from tau.text.dates.periods import Direction

from ..dates_reading import WEDNESDAY, read

DIGITS = "零一二三四五六七八九"
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
WEEKDAYS = "一二三四五六日"


def noon(day: date) -> float:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp()


def written(count: int) -> str:
    """A number below a hundred as people write it: 三, 十, 十二, 二十, 三十五."""
    tens, ones = divmod(count, 10)
    if not tens:
        return DIGITS[ones]
    return (DIGITS[tens] if tens > 1 else "") + "十" + (DIGITS[ones] if ones else "")


# --- numbers --------------------------------------------------------------------------------


@given(st.integers(1, 99))
def test_numbers_are_read_as_they_are_written(count: int) -> None:
    assert number(written(count)) == (count, count)
    assert number(str(count)) == (count, count)


@given(DAYS)
def test_a_date_means_one_day_however_it_is_written(day: date) -> None:
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    forms = [
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}年{day.month}月{day.day}号",
        f"{day.year}年{day.month}月{day.day}號",
        f"{day.year}年{day.month:02}月{day.day:02}日",
        f"{year}年{written(day.month)}月{written(day.day)}日",
        f"{year.replace('零', '〇')}年{written(day.month)}月{written(day.day)}号",
        f"{day.year}年的{day.month}月{day.day}",
    ]
    for form in forms:
        assert read(form) == [f"{day}"], form
        assert [span.exact for span in spans(f"我{form}搬家", WEDNESDAY)] == [True], form


@given(DAYS, st.integers(2, 40))
def test_counted_days_are_the_same_in_words_and_digits(today: date, count: int) -> None:
    now = noon(today)
    for pattern, means in (("{}天前", -count), ("{}天之前", -count), ("{}天后", count)):
        for told in (str(count), written(count)):
            assert read(pattern.format(told), now) == [f"{today + timedelta(means)}"]


@given(DAYS, st.integers(0, 6))
def test_weekdays_of_the_weeks_around(today: date, weekday: int) -> None:
    monday = today - timedelta(today.weekday())
    for which, weeks in (("上上", -2), ("上", -1), ("这", 0), ("下", 1), ("下下", 2)):
        means = monday + timedelta(7 * weeks + weekday)
        for name in ("周", "星期", "礼拜"):
            assert read(f"{which}{name}{WEEKDAYS[weekday]}", noon(today)) == [f"{means}"]


SCRIPTS = """
上個週末 上个周末
三個月後 三个月后
後天 后天
這個禮拜五 这个礼拜五
去年聖誕節 去年圣诞节
兩週前 两周前
幾天前 几天前
過去兩個月 过去两个月
上個月5號 上个月5号
大後天 大后天
國慶節 国庆节
婦女節 妇女节
雙十一 双十一
三小時前 三小时前
"""


@pytest.mark.parametrize("pair", SCRIPTS.strip().splitlines())
def test_both_scripts_say_the_same(pair: str) -> None:
    traditional, simplified = pair.split()
    assert read(traditional) == read(simplified) != []
    assert [span.text for span in spans(traditional, WEDNESDAY)] == [traditional]


# --- ranges ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "prefer", "means"),
    [
        ("周一到周三", "past", "2023-08-07..2023-08-09"),
        ("周一到周五", "past", "2023-08-07..2023-08-11"),
        ("周一到周五", "future", "2023-08-21..2023-08-25"),
        ("周五到周日", "past", "2023-08-11..2023-08-13"),
        ("上周一到上周三", "past", "2023-08-07..2023-08-09"),
        ("周五至下周一", "future", "2023-08-18..2023-08-21"),
        ("8月到3月", "past", "2022-08-01..2023-03-31"),
        ("8月到3月", "future", "2023-08-01..2024-03-31"),
        ("五月到三月", "past", "2022-05-01..2023-03-31"),
        ("11月到2月", "past", "2022-11-01..2023-02-28"),
        ("去年5月到今年3月", "past", "2022-05-01..2023-03-31"),
        ("5月3日-5月8日", "past", "2023-05-03..2023-05-08"),
        ("5月30日到6月2日", "past", "2023-05-30..2023-06-02"),
        ("5月30日到2号", "past", "2023-05-30..2023-06-02"),
        ("30号到2号", "past", "2023-07-30..2023-08-02"),
        ("三号到五号", "past", "2023-08-03..2023-08-05"),
        ("三号到五号", "future", "2023-09-03..2023-09-05"),
        ("12月30日到1月2日", "past", "2022-12-30..2023-01-02"),
        ("2021年5月3日至2021年6月1日", "past", "2021-05-03..2021-06-01"),
        ("从去年五月至今", "past", "2022-05-01..2023-08-16"),
        ("三月以来", "past", "2023-03-01..2023-08-16"),
        ("自2021年起", "past", "2021-01-01..2023-08-16"),
        ("昨天到今天", "past", "2023-08-15..2023-08-16"),
    ],
)
def test_ranges(text: str, prefer: Direction, means: str) -> None:
    assert read(text, prefer=prefer) == [means]


@given(DAYS, st.integers(0, 6), st.integers(0, 6), st.sampled_from(["past", "future"]))
def test_a_range_of_weekdays_is_one_run_of_days(
    today: date, first: int, last: int, prefer: Direction
) -> None:
    now = noon(today)
    (span,) = spans(f"周{WEEKDAYS[first]}到周{WEEKDAYS[last]}", now, prefer=prefer)
    days = (span.end - span.start) / 86_400
    assert days == (last - first) % 7 + 1
    begin, end = (datetime.fromtimestamp(each, UTC).date() for each in (span.start, span.end))
    assert begin.weekday() == first
    assert end <= today if prefer == "past" else begin > today - timedelta(1)


def test_a_range_that_cannot_be_is_two_times() -> None:
    assert read("下周一到上周五") == ["2023-08-21", "2023-08-11"]


@pytest.mark.parametrize("text", ["2月3日到31日", "11月3日到31号", "6月30日到31日"])
def test_a_day_that_is_not_in_its_month_takes_nothing_else_with_it(text: str) -> None:
    assert read(f"昨天回来，{text}我在北京")[0] == "2023-08-15"
    assert len(read(f"昨天回来，{text}我在北京")) == 2


# --- words that mean two things -------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("今年春天", ["2023-03-01..2023-05-31"]),
        ("今年春节", ["2023-01-01..2023-12-31"]),
        ("去年中秋", ["2022-01-01..2022-12-31"]),
        ("去年年中", ["2022-05-02..2022-09-01"]),
        ("去年初三的时候", ["2022-01-01..2022-12-31"]),
        ("去年初", ["2022-01-01..2022-04-01"]),
        ("大年初一", []),
        ("年初", ["2023-01-01..2023-04-01"]),
        ("过去24小时", ["2023-08-15..2023-08-16"]),
        ("最近三小时", ["2023-08-15..2023-08-16"]),
        ("三天内", ["2023-08-16..2023-08-19"]),
        ("国庆路15号，中山街3号", []),
        ("每月5号，每个月6号", []),
        ("圣诞树和圣诞老人", []),
        ("第3月月亮", []),
        ("后天性疾病", []),
        ("今天天气，明天见", ["2023-08-16", "2023-08-17"]),
        ("聪明早熟", []),
        ("上周围了一圈", []),
        ("去年轻松", []),
        ("三年级", []),
        ("5月饼", []),
        ("一周五次", []),
        ("每周三和每月5号", []),
        ("她和我礼拜天见", ["2023-08-13"]),
        ("九零年代和2010年代", ["1990-01-01..1999-12-31", "2010-01-01..2019-12-31"]),
    ],
)
def test_the_character_beside_tells_which_it_is(text: str, means: list[str]) -> None:
    assert read(text) == means


@given(st.text("我你在家的，。！ abc", max_size=20), st.text("我你在家的，。！ abc", max_size=20))
def test_words_around_a_date_do_not_change_it(before: str, after: str) -> None:
    text = f"{before}，2022年6月3日，{after}"
    (span,) = spans(text, WEDNESDAY)
    assert (span.text, text[span.at : span.at + len(span.text)]) == ("2022年6月3日",) * 2


def test_both_languages_in_one_text_keep_their_order() -> None:
    found = spans("昨天 I came, on 3 June 我走了, last week 回来", WEDNESDAY)
    assert [span.text for span in found] == ["昨天", "on 3 June", "last week"]
    assert [span.at for span in found] == sorted(span.at for span in found)
