"""Cleaners of Chinese values that nobody knows: names, places, jobs and illnesses that look right.

What they accept stands where nothing else can ("我是一名…"), but in no list and with no ending of
its kind, so it's only suggested. They return nothing for what is clearly something else.
"""

import re

from tau.facts import cleaning_chinese as cleaning
from tau.facts.patterns import Cleaner
from tau.facts.vocabulary_chinese import JOBS, PEOPLE, RELATIVES
from tau.text.scripts import HAN

_SOMEBODY = re.compile(f"{RELATIVES}|{PEOPLE}|{JOBS}")
_NO_NAME = re.compile("^[苦不好冤板醒停喊嚣价床座卖绝号屈救骂]|[车饭菜单人醒停点来去好啥]$")
_NO_PLACE = re.compile(
    "^[很太最更真好挺非全一]|^[两三四五六七八九十几半百]+(?:张|个|把|本|台|箱|层|间|室|天|年|次|套|辆|只|条|件|楼|号|环)"
    "|[装修搬等办建盖拆吃做闹打养看玩不没]"
    "|[室厅卧房位桌柜仓库店厂校院馆站场旁里上下内外边间层架箱处组部科班队户家]$"
)
_NO_JOB = re.compile(
    "[你您他她它我咱这那哪的了吗呢不没有被很]|(?:者|人|迷|控|生|民|族|粉丝|会员|党员|团员|队员|患者|顾客|用户|乘客|观众|读者"
    "|母亲|父亲|妈妈|爸爸|女性|男性|女孩|男孩|女子|男子|孤儿|新手)$"
)
_NO_ILLNESS = re.compile(
    "[你您他她它我咱这那哪的了吗呢谁\\d]|[一二两三四五六七八九十几半]+(?:年|个?月|天|周)|什么|怎么|^(?:之?[前后时]|以[前后来]|没|无|不)|[前后时]$|阳性|阴性|医院|医生|结果"
)


def unknown_name(raw: str) -> list[str]:
    """Return what somebody says they are called, if it may be a name."""
    odd = _SOMEBODY.search(raw) or _NO_NAME.search(raw)
    return [] if odd or len(raw) < 2 else cleaning.nickname(raw)


def unknown_place(raw: str) -> list[str]:
    """Return where somebody says they live, if it may be a place."""
    return [each for each in cleaning.place(raw) if not _NO_PLACE.search(each)]


def unknown_job(raw: str) -> list[str]:
    """Return what somebody says they work as, if it may be a job."""
    return [] if _NO_JOB.search(raw) or re.fullmatch(f"{RELATIVES}|{PEOPLE}", raw) else [raw]


def unknown_illness(raw: str) -> list[str]:
    """Return what somebody was diagnosed with."""
    odd = _NO_ILLNESS.search(raw) or not re.fullmatch(f"[{HAN}]{{2,10}}", raw)
    return [] if odd else [raw]


UNKNOWN_VALUES: dict[str, Cleaner] = {
    "unknownname": unknown_name,
    "unknownplace": unknown_place,
    "unknownjob": unknown_job,
    "unknownillness": unknown_illness,
}
"""The cleaner of each group of the doubtful predicates."""
