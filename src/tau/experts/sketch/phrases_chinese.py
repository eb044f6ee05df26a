"""Puts Chinese as people write it into the few forms that the reader of briefs knows."""

import re

from tau.text.scripts import HAN

_TRADITIONAL = str.maketrans(
    "廳衛臥間個兩廚書車庫陽臺東門樓層儲廁無礙輪長輩兒進開寬單雙總積約帶獨點設計畫讀孫爺媽對從後園質側邊際實樣風廣場級陳舊戶壹貳參",
    "厅卫卧间个两厨书车库阳台东门楼层储厕无碍轮长辈儿进开宽单双总积约带独点设计画读孙爷妈对从后园质侧边际实样风广场级陈旧户一二三",
)
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMERAL = "[零〇一二两三四五六七八九十百]"
_UNIT_AHEAD = r"(?=多?个?(?:平|㎡|坪|米|m2|m²))"
_PING, _SQUARE_FOOT = 3.3058, 0.0929  # square metres
_SAME: tuple[tuple[str, str], ...] = (
    (r"(?<=\d)[多来](?=个?平)", ""),
    (r"客餐厅", "客厅餐厅"),
    (r"双车库|[两2]车位?车库|双车位", "车库"),
    (r"(要大(?:一?[点些])?)[，,](?=\d+(?:平|㎡))", r"\1"),
    (r"(卧室|次卧|儿童房|房间)[a-d]", r"\1"),
)


def plain_chinese(words: str) -> str:
    """Return words in simplified characters without spaces, with areas as digits and 平."""
    spaced = re.sub(r"(卧室?|房间?)[ \t]*[1-9][ \t]+(?=\d)", r"\1", words)
    spaced = re.sub(r"(?<=[:：])\s+", "", spaced)
    spaced = re.sub(rf"(?<=\d)\s+(?=[{HAN}]{{2,}}[:：])", "，", spaced)
    text = re.sub(r"\s+", "", spaced.lower()).replace("×", "x").replace("*", "x")
    text = text.translate(_TRADITIONAL)
    # A longer number would only take time to read.
    text = re.sub(rf"(\d{{9}})\d+|({_NUMERAL}{{9}}){_NUMERAL}+", r"\1\2", text)
    text = re.sub(rf"{_NUMERAL}{{2,}}{_UNIT_AHEAD}|十{_UNIT_AHEAD}", _as_digits, text)
    text = re.sub(r"(\d+(?:\.\d+)?)坪", lambda found: _metres(found, _PING), text)
    text = re.sub(
        r"(\d{3,5})(?:平方)?(?:英)?[尺呎]", lambda found: _metres(found, _SQUARE_FOOT), text
    )
    for pattern, same in _SAME:
        text = re.sub(pattern, same, text)
    return text


def _metres(found: re.Match[str], each: float) -> str:
    return f"{round(float(found[1]) * each, 1):g}平"


def _as_digits(found: re.Match[str]) -> str:
    """Return a number below a thousand, such as 一百二十, in digits."""
    whole, last = 0, 0
    for char in found[0]:
        if char in "十百":
            whole += (last or 1) * (10 if char == "十" else 100)
            last = 0
        else:
            last = _DIGITS[char]
    return str(whole + last)
