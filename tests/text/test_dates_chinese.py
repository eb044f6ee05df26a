"""Chinese time expressions, read on Wednesday 16 August 2023."""

import pytest

from tau.text.dates import spans
from tau.text.dates.chinese import number

from .dates_reading import WEDNESDAY, read

READINGS = """
今天吃了什么 -> 2023-08-16
昨天，昨晚 -> 2023-08-15, 2023-08-15
前天和大前天 -> 2023-08-14, 2023-08-13
明天 -> 2023-08-17
大后天 -> 2023-08-19
上周三我们去了哪里 -> 2023-08-09
上个星期天 -> 2023-08-13
上个礼拜五 -> 2023-08-11
上上周 -> 2023-07-31..2023-08-06
这周五 -> 2023-08-18
下周一 -> 2023-08-21
下下周 -> 2023-08-28..2023-09-03
周三 -> 2023-08-09
星期五 -> 2023-08-11
上周末 -> 2023-08-12..2023-08-13
周末去了哪 -> 2023-08-12..2023-08-13
这个周末 -> 2023-08-19..2023-08-20
上个月 -> 2023-07-01..2023-07-31
上个月5号 -> 2023-07-05
下个月底 -> 2023-09-21..2023-09-30
本月中旬 -> 2023-08-11..2023-08-20
去年 -> 2022-01-01..2022-12-31
前年 -> 2021-01-01..2021-12-31
明年三月结婚 -> 2024-03-01..2024-03-31
去年五月你在哪里 -> 2022-05-01..2022-05-31
今年三月底 -> 2023-03-21..2023-03-31
去年夏天 -> 2022-06-01..2022-08-31
上个冬天 -> 2022-12-01..2023-02-28
去年下半年 -> 2022-07-01..2022-12-31
去年年底 -> 2022-10-02..2022-12-31
年初 -> 2023-01-01..2023-04-01
五月 -> 2023-05-01..2023-05-31
十月份 -> 2022-10-01..2022-10-31
五月上旬 -> 2023-05-01..2023-05-10
5月3日 -> 2023-05-03
5月3号 -> 2023-05-03
5月3 -> 2023-05-03
十二月二十五日 -> 2022-12-25
五月廿五日 -> 2023-05-25
二十号 -> 2023-07-20
2021年5月3日 -> 2021-05-03
二〇二一年十二月 -> 2021-12-01..2021-12-31
2021年 -> 2021-01-01..2021-12-31
三天前 -> 2023-08-13
３天前 -> 2023-08-13
十二天前 -> 2023-08-04
两周前 -> 2023-07-30..2023-08-05
两个星期以前 -> 2023-07-30..2023-08-05
三个月之前 -> 2023-05-01..2023-05-31
半年前 -> 2023-01-01..2023-03-31
一个半月前 -> 2023-06-16..2023-07-16
两年半前 -> 2020-08-18..2021-08-17
几天前 -> 2023-08-10..2023-08-14
三天后 -> 2023-08-19
两个星期后 -> 2023-08-27..2023-09-02
过几天 -> 2023-08-18..2023-08-22
最近三个月 -> 2023-05-16..2023-08-16
这几天 -> 2023-08-10..2023-08-16
从三月到五月 -> 2023-03-01..2023-05-31
5月3日到8日 -> 2023-05-03..2023-05-08
从去年开始 -> 2022-01-01..2023-08-16
国庆节 -> 2022-10-01
去年圣诞节 -> 2022-12-25
元旦 -> 2023-01-01
九十年代 -> 1990-01-01..1999-12-31
80年代 -> 1980-01-01..1989-12-31
上個月，三週前，兩天後 -> 2023-07-01..2023-07-31, 2023-07-23..2023-07-29, 2023-08-18
這週末 -> 2023-08-19..2023-08-20
去年聖誕節 -> 2022-12-25
我上周去了 Paris in May -> 2023-08-07..2023-08-13, 2023-05-01..2023-05-31
"""

AHEAD = """
我五月要考试 -> 2024-05-01..2024-05-31
周五开会 -> 2023-08-18
5月3日 -> 2024-05-03
三号 -> 2023-09-03
"""

NO_DATES = """
以前天气很好
聪明天真的孩子
后来他走了
我们每周三跑步
一周一次
15号楼
3个月的孩子
第二天
三天三夜
星期几
她晚上月亮下散步
以后天天见
人到中年
"""


def cases(table: str) -> list[tuple[str, list[str]]]:
    rows = [line.partition(" -> ") for line in table.strip().splitlines()]
    return [(text, means.split(", ")) for text, _, means in rows]


@pytest.mark.parametrize(("text", "means"), cases(READINGS))
def test_what_chinese_means(text: str, means: list[str]) -> None:
    assert read(text) == means


@pytest.mark.parametrize(("text", "means"), cases(AHEAD))
def test_what_chinese_means_for_a_plan(text: str, means: list[str]) -> None:
    assert read(text, prefer="future") == means


@pytest.mark.parametrize("text", NO_DATES.strip().splitlines())
def test_words_that_only_look_like_dates(text: str) -> None:
    assert read(text) == []


def test_only_a_told_year_is_exact() -> None:
    found = spans("2021年5月3日，去年五月，九十年代", WEDNESDAY)
    assert [span.exact for span in found] == [True, False, True]


def test_the_words_are_those_of_the_text_in_its_own_script() -> None:
    assert [span.text for span in spans("我們上個禮拜三見面", WEDNESDAY)] == ["上個禮拜三"]


@pytest.mark.parametrize("text", ["13月5日", "2月31日", "0月", "二月三十日", "9999年12月31日后天"])
def test_days_that_are_not_there_do_no_harm(text: str) -> None:
    spans(text, WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("三", 3), ("十", 10), ("十二", 12), ("二十五", 25), ("廿", 20), ("廿五", 25)],
        *[("卅", 30), ("两", 2), ("半", 0.5), ("一百", 100), ("一百二十", 120), ("１２", 12)],
    ],
)
def test_numbers(text: str, value: float) -> None:
    assert number(text) == (value, value)


def test_a_few_is_no_number_but_a_range() -> None:
    assert number("几") == (2, 6)
