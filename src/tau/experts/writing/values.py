"""Values in a text that can be compared: dates, times, amounts, shares, numbers with a unit.

English and Chinese. What could be read in two ways (03/04/2026) isn't a value.
"""

import re
from collections.abc import Callable
from typing import Literal, NamedTuple

ValueKind = Literal["date", "time", "amount", "percent", "quantity", "place"]
DateParts = tuple[int | None, int, int]
"""Year (None where none is said), month and day."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sep sept", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_HAN_DIGITS = {character: number for number, character in enumerate("〇一二三四五六七八九")}
_HAN_DIGITS |= {"零": 0, "两": 2}
_HAN_NUMBER = "[〇零一二两三四五六七八九十百千万]"
_NUMBER = r"\d{1,3}(?:[,\u00a0\u202f' ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR",
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "美元": "USD",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "英镑": "GBP",
    "¥": "CNY", "￥": "CNY", "cny": "CNY", "rmb": "CNY", "yuan": "CNY", "元": "CNY",
    "人民币": "CNY",
    "chf": "CHF", "francs": "CHF", "瑞士法郎": "CHF",
}  # fmt: skip
_UNITS = {
    "kg": "kg", "km": "km", "m2": "m2", "m²": "m2", "sqm": "m2", "square metres": "m2",
    "square meters": "m2", "平方米": "m2", "公里": "km", "公斤": "kg", "people": "people",
    "guests": "people", "participants": "people", "employees": "people", "persons": "people",
    "人": "people", "名": "people", "copies": "copies", "份": "copies", "台": "units",
    "units": "units", "pieces": "units", "licences": "units", "licenses": "units", "件": "units",
    "years": "years", "年": "years", "months": "months", "个月": "months", "weeks": "weeks",
    "周": "weeks", "days": "days", "天": "days", "hours": "hours", "小时": "hours",
    "minutes": "minutes", "分钟": "minutes", "pages": "pages", "页": "pages",
}  # fmt: skip
_SIGN = "|".join(re.escape(one) for one in sorted(_CURRENCIES, key=len, reverse=True))
_UNIT = "|".join(re.escape(one) for one in sorted(_UNITS, key=len, reverse=True))
_WORDS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve".split(),  # noqa: SIM905
        range(1, 13),
        strict=True,
    )
)

_DATE = re.compile(
    rf"(?<![0-9A-Za-z.,-])(?P<iso>\d{{4}}-\d{{2}}-\d{{2}})\b"
    rf"|\b(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m1>{_MONTH})\b(?:\.?,? (?P<y1>\d{{4}})\b)?"
    rf"|\b(?P<m2>{_MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,? (?P<y2>\d{{4}})\b)?"
    r"|\b(?P<d3>\d{1,2})\.(?P<m3>\d{1,2})\.(?P<y3>\d{4})\b"
    r"|\b(?P<a>\d{1,2})/(?P<b>\d{1,2})/(?P<y4>\d{4})\b"
    rf"|(?:(?P<y5>\d{{4}}) ?年 ?)?(?P<m5>\d{{1,2}}|{_HAN_NUMBER}{{1,3}}) ?月 ?"
    rf"(?P<d5>\d{{1,2}}|{_HAN_NUMBER}{{1,3}}) ?[日号]",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"(?<![0-9A-Za-z.,])(?P<h1>\d{1,2})[:.](?P<n1>\d{2}) ?(?P<p1>[ap]\.?m\b)?"
    r"|(?<![0-9A-Za-z.,])(?P<h2>\d{1,2}) ?(?P<p2>[ap]\.?m\b)"
    rf"|(?P<z>上午|早上|中午|下午|晚上)? ?(?P<h3>\d{{1,2}}|{_HAN_NUMBER}{{1,3}}) ?[点时](?![间候])"
    r"(?:(?P<n3>\d{1,2})分?|(?P<half>半))?",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    rf"(?P<before>{_SIGN}) ?(?P<n1>{_NUMBER})(?P<k1> ?(?:k|m|million|bn)\b|万|亿)?"
    rf"|(?<![0-9A-Za-z.,])(?P<n2>{_NUMBER})(?P<k2> ?(?:k|million)\b|万|亿)? ?(?P<after>{_SIGN})"
    r"(?![^\W\d_]*[a-z])",
    re.IGNORECASE,
)
_PERCENT = re.compile(
    r"(?<![0-9A-Za-z.,])(\d+(?:[.,]\d+)?) ?(?:%|percent\b|per cent\b|％)", re.IGNORECASE
)
_QUANTITY = re.compile(
    rf"(?<![0-9A-Za-z.,])(?P<n>{_NUMBER}|{'|'.join(_WORDS)})[- ]?(?P<unit>{_UNIT})(?![a-z])",
    re.IGNORECASE,
)
_SCALES = {"k": 1e3, "m": 1e6, "million": 1e6, "bn": 1e9, "万": 1e4, "亿": 1e8}
_FIRST_YEAR = 1000
_AFTERNOON = {"下午", "晚上"}


class Value(NamedTuple):
    """A value at its place. Two values of one `kind` and `unit` can be compared by `key`."""

    kind: ValueKind
    unit: str
    key: float
    start: int
    end: int
    text: str
    date: DateParts | None = None

    def differs(self, other: "Value") -> bool:
        """Return whether both can't be true: they're alike, but not the same."""
        if (self.kind, self.unit) != (other.kind, other.unit):
            return False
        if self.date is None or other.date is None:
            return abs(self.key - other.key) > 1e-6
        years = {self.date[0], other.date[0]} - {None}
        return self.date[1:] != other.date[1:] or len(years) > 1


def find_values(text: str) -> list[Value]:
    """Return the values of a text in order; of two at one place, the more certain kind."""
    found: list[Value] = []
    readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Value | None]], ...] = (
        (_DATE, _date),
        (_AMOUNT, _amount),
        (_PERCENT, _percent),
        (_TIME, _time),
        (_QUANTITY, _quantity),
    )
    for pattern, read in readers:
        for match in pattern.finditer(text):
            value = read(match)
            if value and not any(value.start < one.end and one.start < value.end for one in found):
                found.append(value)
    return sorted(found, key=lambda value: value.start)


def _value(
    match: re.Match[str], kind: ValueKind, key: float, unit: str = "", date: DateParts | None = None
) -> Value:
    return Value(kind, unit, key, match.start(), match.end(), match[0], date)


def _date(match: re.Match[str]) -> Value | None:
    parts = _date_parts(match.groupdict())
    if parts is None or not (1 <= parts[1] <= 12 and 1 <= parts[2] <= 31):
        return None
    return _value(match, "date", parts[1] * 100 + parts[2], date=parts)


def _date_parts(named: dict[str, str | None]) -> DateParts | None:
    if named["iso"]:
        year, month, day = map(int, named["iso"].split("-"))
        return year, month, day
    for number in ("1", "2"):
        month_name, day_text = named[f"m{number}"], named[f"d{number}"]
        if month_name and day_text:
            return _whole(named[f"y{number}"]), _MONTHS[month_name.lower()], int(day_text)
    if named["d3"]:
        return _whole(named["y3"]), int(named["m3"] or 0), int(named["d3"])
    if named["a"]:
        first, second = int(named["a"]), int(named["b"] or 0)
        if first > 12 >= second or first == second:
            return _whole(named["y4"]), second, first
        return (_whole(named["y4"]), first, second) if second > 12 else None
    return _whole(named["y5"]), _han_number(named["m5"] or ""), _han_number(named["d5"] or "")


def _whole(text: str | None) -> int | None:
    return int(text) if text else None


def _time(match: re.Match[str]) -> Value | None:
    named = match.groupdict()
    hour = _han_number(named["h1"] or named["h2"] or named["h3"] or "")
    minute = 30 if named["half"] else int(named["n1"] or named["n3"] or 0)
    half = (named["p1"] or named["p2"] or "").lower()
    if (half.startswith("p") or named["z"] in _AFTERNOON) and hour < 12:
        hour += 12
    if half.startswith("a") and hour == 12:
        hour = 0
    if hour > 24 or minute > 59 or ("." in match[0] and not half):
        return None
    return _value(match, "time", hour * 60 + minute)


def _amount(match: re.Match[str]) -> Value | None:
    named = match.groupdict()
    sign = (named["before"] or named["after"] or "").lower()
    number = _number(named["n1"] or named["n2"] or "")
    scale = _SCALES.get((named["k1"] or named["k2"] or "").strip().lower(), 1.0)
    return _value(match, "amount", number * scale, _CURRENCIES[sign])


def _percent(match: re.Match[str]) -> Value:
    return _value(match, "percent", _number(match[1]))


def _quantity(match: re.Match[str]) -> Value | None:
    text = match["n"].lower()
    number = float(_WORDS[text]) if text in _WORDS else _number(text)
    if match["unit"] == "年" and number >= _FIRST_YEAR:
        return None  # a year, not so many years
    return _value(match, "quantity", number, _UNITS[match["unit"].lower()])


def _number(text: str) -> float:
    """Return a number: a comma before three digits groups them, before others it's decimal."""
    plain = re.sub(r"[\u00a0\u202f' ]", "", text)
    plain = re.sub(r",(?=\d{3}(?:\D|$))", "", plain).replace(",", ".")
    if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", plain):
        plain = plain.replace(".", "")
    return float(plain)


def _han_number(text: str) -> int:
    """Return a number below a thousand that is written in digits or in Chinese."""
    if not text or text.isdigit():
        return int(text or 0)
    total, digit = 0, 0
    for character in text:
        if character in _HAN_DIGITS:
            digit = _HAN_DIGITS[character]
        else:
            total += (digit or 1) * (10 if character == "十" else 100)
            digit = 0
    return total + digit
