"""Parser of Chinese time expressions: 昨天, 上周三, 去年五月, 5月3日, 三天前, 周末, 年底.

Reads both scripts. One expression per kind, tried together from left to right, so a text is read
once. 早上, 晚上 and hours are ignored: the day is read. Holidays that follow the moon are left out.
What a word only seems to say is kept out by its neighbours: 以前天气, 聪明天真, 上周围, 后来.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import cache

from tau.text.dates.periods import (
    DAY,
    SATURDAY,
    SEASONS,
    WEEK,
    Direction,
    InYear,
    Period,
    PeriodPart,
    TimeUnit,
    approximate,
    date_in_year,
    day,
    day_of_month,
    last_of,
    monday,
    month_in_year,
    nearest_in_year,
    next_of,
    part,
    rolling,
    season_in_year,
    this_of,
    whole_unit,
    years,
)
from tau.text.dates.tokens import DateMatch

_SIMPLIFIED = str.maketrans(
    "後個週禮號兩幾這點當現為歲聖誕節勞動國慶兒師萬過內時婦雙",
    "后个周礼号两几这点当现为岁圣诞节劳动国庆儿师万过内时妇双",
)
_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")}
_DIGITS |= {"〇": 0, "两": 2, "○": 0}
_TENS = {"十": 10, "廿": 20, "卅": 30}
_NUMBER = r"(?:[0-9０-９]{1,4}|[一二两三四五六七八九十廿卅百]{1,5}|半|几|数)"
_YEAR = r"(?:(?:1[89]|20)[0-9]{2}|[一二][零〇○一二三四五六七八九]{3})"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DATE = (
    r"(?:3[01]|[12][0-9]|0?[1-9]|三十一?|卅一?|二?十[一二三四五六七八九]?"
    r"|廿[一二三四五六七八九]?|[一二三四五六七八九])"
)
_DAY = rf"(?:(?P<day>{_DATE})[日号]|(?P<digits>[0-9]{{1,2}})(?![0-9个年月]))"
_PART = r"(?:份?的?(?P<part>上旬|中旬|下旬|初|中(?!国|文|午|间|学)|底|末))"
_THAT_YEAR = rf"(?:(?P<which>大前年|前年|去年|今年|明年|后年|本年|当年)|(?P<year>{_YEAR})年)的?"
_WEEKDAY = r"(?:末|[二三四五六1-6]|一(?![起直样些共下定个次点切般月号日年])|[日天](?![气空天]))"
_HOLIDAYS = {
    "元旦": date_in_year(1, 1),
    "情人节": date_in_year(2, 14),
    "妇女节": date_in_year(3, 8),
    "愚人节": date_in_year(4, 1),
    "劳动节": date_in_year(5, 1),
    "五一": date_in_year(5, 1),
    "儿童节": date_in_year(6, 1),
    "教师节": date_in_year(9, 10),
    "国庆节": date_in_year(10, 1),
    "国庆": date_in_year(10, 1),
    "万圣节": date_in_year(10, 31),
    "双十一": date_in_year(11, 11),
    "平安夜": date_in_year(12, 24),
    "圣诞节": date_in_year(12, 25),
    "圣诞": date_in_year(12, 25),
}
_HOLIDAY = "|".join(sorted(_HOLIDAYS, key=len, reverse=True))
_DAYS = {
    "大前天": -3,
    "前天": -2,
    "前晚": -2,
    "昨天": -1,
    "昨日": -1,
    "昨晚": -1,
    "昨夜": -1,
    "今天": 0,
    "今日": 0,
    "今早": 0,
    "今晚": 0,
    "今晨": 0,
    "明天": 1,
    "明日": 1,
    "明早": 1,
    "明晚": 1,
    "后天": 2,
    "大后天": 3,
}
_YEARS = {
    "大前年": -3,
    "前年": -2,
    "去年": -1,
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "明年": 1,
    "后年": 2,
}
_STEPS = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
_PARTS: dict[str, PeriodPart] = {
    "上旬": "early",
    "初": "start",
    "中旬": "mid",
    "中": "mid",
    "下旬": "late",
    "底": "end",
    "末": "end",
}
_SEASON_NAMES = dict(zip("春夏秋冬", SEASONS, strict=True))
_UNITS: dict[str, TimeUnit] = {
    "小时": "hour",
    "天": "day",
    "日": "day",
    "周": "week",
    "星期": "week",
    "礼拜": "week",
    "月": "month",
    "年": "year",
}
_COUNTED = (
    rf"(?P<count>{_NUMBER})多?个?(?P<half>半)?"
    r"(?P<unit>小时|天|日|周|星期|礼拜|月|年)(?P<and_half>半)?"
)

_RULES = {
    "ago": rf"{_COUNTED}(?:以前|之前|前(?![后台面线途]))",
    "ahead": rf"{_COUNTED}(?:以后|之后|后(?![来台面悔])|内|之内|以内)",
    "recent": rf"(?:最近|过去|近)(?:的?这?){_COUNTED}|(?:最近|过去)?[前这](?P<few>几|两)天",
    "soon": r"过(?:几|两|三)天",
    "relative": r"大前天|(?<![以之])前[天晚](?![气天])|昨[天日晚夜]|今[天日早晚晨]|"
    r"(?<![聪说])明[天日早晚](?!真)|大后天|(?<![以之然先])后天(?![天性])",
    "holiday": rf"(?:{_THAT_YEAR}|(?P<next>明|去|今)年)?(?P<name>{_HOLIDAY})(?!路|广场|老人|树)",
    "week": rf"(?P<step>上上|上|这|本|下下|下)(?:一?个?)(?:周|星期|礼拜)(?P<weekday>{_WEEKDAY})?"
    r"(?![围边岁年期])",
    "month": r"(?:(?P<step>上上|上|这|本|下下|下)一?个月"
    r"|(?<![晚早马])(?P<short>[上本下])月(?![亮光球色台饼]))"
    rf"(?:{_PART}|的?(?P<day>{_DATE})[日号])?",
    "year": rf"{_THAT_YEAR}(?:(?P<month>{_MONTH})月(?:{_DAY}|{_PART})?|"
    r"年?(?P<end>初(?![一二三四五六七八九十])|底|末|中(?!秋))|(?P<season>[春夏秋冬])(?!节)[天季]?|(?P<half>[上下]半)年)?(?![轻龄纪代])",
    "this_end": r"(?<![一二三四五六七八九十0-9半每过同大])(?P<unit>年|月)"
    r"(?P<end>初(?![一二三四五六七八九十])|底|末)",
    "date": rf"(?<![0-9第每])(?P<month>{_MONTH})月"
    rf"(?:{_DAY}|份|{_PART})?(?![亮球饼])",
    "weekday": rf"(?<![一二两三四五六七八九十几半每数0-9])(?:周|星期|礼拜)(?P<weekday>{_WEEKDAY})",
    "season": r"(?P<step>上个?|这个?|今年|下个?)(?P<season>[春夏秋冬])[天季]",
    "bare": r"(?<![0-9一二三四五六七八九十A-Za-z第每路街道巷弄])(?<!每月)(?<!每个月)"
    rf"(?P<day>{_DATE})号"
    r"(?![线楼院门车房室码店台机馆厅球选桌位])",
    "decade": r"(?P<first>(?:1[89]|20)[0-9]0|[1-9]0|[一二三四五六七八九][零〇十])年代",
}


@cache
def _any_rule() -> re.Pattern[str]:
    """Return all rules in one, each a group of its own; made when the first Chinese text comes."""
    rules = (
        f"(?P<r_{name}>{re.sub(r'[(][?]P<[a-z_]+>', '(?:', rule)})" for name, rule in _RULES.items()
    )
    return re.compile("|".join(rules))


@cache
def _rule(name: str) -> re.Pattern[str]:
    return re.compile(_RULES[name])


_RANGE = re.compile(r"[到至~～\-–—]")
_SECOND_DAY = re.compile(rf"(?P<day>{_DATE})[日号]")
_RECURRING = frozenset({"r_date", "r_weekday", "r_bare"})
_SINCE = re.compile(r"以来|开始|起(?!来|床)|到现在|至今")

CUE = re.compile(
    r"[天日号周月年末昨今明]|星期|礼拜|[元旦节诞庆]|昨|夜|[週號聖誕節慶]|禮拜|[双雙]十一|五一|小[时時]"
)
"""One of these is in every expression."""


def number(text: str) -> tuple[float, float]:
    """Return the least and the most that a written number means: 十二, 廿五, 半, 几."""
    if text in {"几", "数"}:
        return 2, 6
    if text == "半":
        return 0.5, 0.5
    if text.isdecimal():
        return int(text), int(text)
    total, digit = 0, 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * 10 if char == "十" else _TENS[char]
            digit = 0
        elif char == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            digit = _DIGITS.get(char, 0)
    return total + digit, total + digit


def _year_number(text: str) -> int:
    return int(text) if text.isdecimal() else int("".join(str(_DIGITS[char]) for char in text))


def _whole(text: str) -> int:
    return int(number(text)[0])


class ChineseRules:
    """What a match of each rule means to someone who lives on the day `today`."""

    def __init__(self, today: date, prefer: Direction) -> None:
        self.today = today
        self.prefer: Direction = prefer
        self._rules: dict[str, Callable[[re.Match[str]], Period | None]] = {
            "ago": self._ago,
            "ahead": self._ahead,
            "recent": self._recent,
            "soon": self._soon,
            "relative": self._relative,
            "holiday": self._holiday,
            "week": self._week,
            "month": self._month,
            "year": self._year,
            "this_end": self._this_end,
            "date": self._monthly,
            "weekday": self._weekday,
            "season": self._season,
            "bare": self._bare,
            "decade": self._decade,
        }

    def period(self, name: str, match: re.Match[str]) -> Period | None:
        """Return the days that a match of the rule `name` means; None if it leaves the calendar."""
        try:
            return self._rules[name](match)
        except (OverflowError, ValueError):
            return None

    def _in_year(self, match: re.Match[str], in_year: InYear) -> Period | None:
        """Return what comes every year in the year that is named, else in the one meant."""
        groups = match.groupdict()
        if groups.get("year"):
            return in_year(_year_number(groups["year"]))
        which = groups.get("which") or (f"{groups['next']}年" if groups.get("next") else "")
        if which:
            return in_year(self.today.year + _YEARS[which])
        return nearest_in_year(in_year, self.today, self.prefer)

    def _monthly(self, match: re.Match[str]) -> Period | None:
        count = _whole(match["month"])
        if written := match["day"] or match["digits"]:
            one = _whole(written)
            return self._in_year(match, date_in_year(count, one)) if 0 < one <= 31 else None
        named = match.groupdict().get("part")
        found = self._in_year(match, month_in_year(count))
        return part(found, _PARTS[named]) if named and found else found

    def _counted(self, match: re.Match[str]) -> tuple[TimeUnit, float, float]:
        low, high = number(match["count"])
        more = 0.5 if match["half"] or match["and_half"] else 0
        return _UNITS[match["unit"]], low + more, high + more

    def _ago(self, match: re.Match[str]) -> Period | None:
        unit, low, high = self._counted(match)
        return approximate(unit, self.today, -high, -low)

    def _ahead(self, match: re.Match[str]) -> Period | None:
        unit, low, high = self._counted(match)
        if match.group().endswith(("内",)):
            return rolling(unit, self.today, high)
        return approximate(unit, self.today, low, high)

    def _recent(self, match: re.Match[str]) -> Period | None:
        if match["few"]:
            return rolling("day", self.today, -number(match["few"])[1])
        unit, _, high = self._counted(match)
        return rolling(unit, self.today, -high)

    def _soon(self, match: re.Match[str]) -> Period | None:
        low, high = number(match.group()[1])
        return approximate("day", self.today, low, high)

    def _relative(self, match: re.Match[str]) -> Period | None:
        return day(self.today + _DAYS[match.group()] * DAY)

    def _holiday(self, match: re.Match[str]) -> Period | None:
        return self._in_year(match, _HOLIDAYS[match["name"]])

    def _week(self, match: re.Match[str]) -> Period | None:
        first = monday(self.today) + _STEPS[match["step"]] * WEEK
        weekday = match["weekday"]
        if weekday == "末" and match["step"] == "上":
            return whole_unit("weekend", self.today, -1)
        return _in_week(first, weekday) if weekday else Period(first, first + WEEK)

    def _weekday(self, match: re.Match[str]) -> Period | None:
        first = monday(self.today)
        found = _in_week(first, match["weekday"])
        if self.prefer == "past" and found.first >= self.today:
            return _in_week(first - WEEK, match["weekday"])
        if self.prefer == "future" and found.end <= self.today + DAY:
            return _in_week(first + WEEK, match["weekday"])
        return found

    def _month(self, match: re.Match[str]) -> Period | None:
        found = whole_unit("month", self.today, _STEPS[match["step"] or match["short"]])
        if match["day"]:
            one = found.first.replace(day=_whole(match["day"]))
            return day(one)
        return part(found, _PARTS[match["part"]]) if match["part"] else found

    def _year(self, match: re.Match[str]) -> Period | None:
        if match["month"]:
            return self._monthly(match)
        if match["season"]:
            return self._in_year(match, season_in_year(_SEASON_NAMES[match["season"]]))
        found = self._in_year(match, years)
        if found and match["half"]:
            middle = date(found.first.year, 7, 1)
            early = match["half"].startswith("上")
            return Period(found.first, middle) if early else Period(middle, found.end)
        return part(found, _PARTS[match["end"]]) if found and match["end"] else found

    def _this_end(self, match: re.Match[str]) -> Period | None:
        return part(whole_unit(_UNITS[match["unit"]], self.today), _PARTS[match["end"]])

    def _season(self, match: re.Match[str]) -> Period | None:
        in_year = season_in_year(_SEASON_NAMES[match["season"]])
        step = match["step"][0]
        chosen = {"上": last_of, "下": next_of}.get(step, this_of)
        return chosen(in_year, self.today)

    def _bare(self, match: re.Match[str]) -> Period | None:
        one = day_of_month(_whole(match["day"]), self.today, self.prefer)
        return day(one) if one else None

    def _decade(self, match: re.Match[str]) -> Period | None:
        first = match["first"]
        short = int(first) if first.isdecimal() else _DIGITS[first[0]] * 10
        if short < 100:
            short += 2000 if short < 30 else 1900
        return years(short, 10)


class ChineseParser:
    """Parser of the Chinese time expressions of a text."""

    def __init__(self, text: str, today: date, prefer: Direction) -> None:
        self.text = text.translate(_SIMPLIFIED)
        self.today = today
        self.prefer: Direction = prefer

    def found(self) -> Iterator[DateMatch]:
        """Yield the time expressions in the order of the text."""
        place = 0
        while match := _any_rule().search(self.text, place):
            found = self._read(match, self.today)
            if found:
                with suppress(OverflowError, ValueError):  # the range leaves the calendar
                    found = self._joined(found)
                yield found
            place = found.until if found else match.end()

    def _read(self, match: re.Match[str], today: date) -> DateMatch | None:
        name = str(match.lastgroup).removeprefix("r_")
        inner = _rule(name).match(self.text, match.start())
        period = inner and ChineseRules(today, self.prefer).period(name, inner)
        if inner is None or period is None:
            return None
        exact = name == "decade" or bool(inner.groupdict().get("year"))
        return DateMatch(inner.start(), inner.end(), period, exact)

    def _joined(self, found: DateMatch) -> DateMatch:
        """Read on: 三月到五月, 5月3日到8日, 从三月开始."""
        before = self.text[max(found.at - 2, 0) : found.at]
        since = before.endswith(("从", "自")) and _SINCE.match(self.text, found.until)
        if since or self.text.startswith(("以来", "至今"), found.until):
            period = Period(found.period.first, max(self.today + DAY, found.period.end))
            return found._replace(period=period)
        if not _RANGE.match(self.text, found.until):
            return found
        place = found.until + 1
        days = _SECOND_DAY.match(self.text, place)
        if days and (found.period.end - found.period.first).days == 1:
            last = day_of_month(_whole(days["day"]), found.period.first, "future")
            return self._up_to(found, day(last) if last else None, days.end())
        match = _any_rule().match(self.text, place)
        second = self._read(match, self.today) if match else None
        return self._up_to(found, second.period, second.until) if second else found

    def _up_to(self, found: DateMatch, last: Period | None, until: int) -> DateMatch:
        """Return the range from what was found to `last`; where they are crossed, move one."""
        first = found.period
        if last and last.end <= first.first:
            if self.prefer == "past":
                first = self._again(found.at, last.first) or first
            else:
                last = self._again(found.until + 1, first.first)
        if last is None or last.end <= first.first:
            return found
        return DateMatch(found.at, until, Period(first.first, last.end), found.exact)

    def _again(self, at: int, today: date) -> Period | None:
        """Return what a bare month, weekday or day means to someone of another day."""
        match = _any_rule().match(self.text, at)
        if match is None or match.lastgroup not in _RECURRING:
            return None
        found = self._read(match, today)
        return found and found.period


def _in_week(first: date, weekday: str) -> Period:
    if weekday == "末":
        return Period(first + SATURDAY * DAY, first + WEEK)
    days = "一二三四五六日".find(weekday.replace("天", "日"))
    return day(first + (days if days >= 0 else int(weekday) - 1) * DAY)


def found(text: str, today: date, prefer: Direction) -> Iterator[DateMatch]:
    """Yield the Chinese time expressions of a text."""
    return ChineseParser(text, today, prefer).found()
