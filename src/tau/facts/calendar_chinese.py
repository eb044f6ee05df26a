"""Birthdays and plans in Chinese clauses: what is on a day."""

import re
from collections.abc import Iterator

from tau.facts import vocabulary_chinese as words
from tau.facts.reference_time import ReferenceTime
from tau.journal.entries import Claim
from tau.text.scripts import HAN

_EVENT = re.compile(
    f"考试|考[{HAN}A-Za-z]|面试|手术|婚礼|结婚|出差|旅行|旅游|比赛|演讲|答辩|开会|会议|搬家|体检|毕业|开学|入职|复查|看病"
    f"|看牙|拔牙|演出|聚会|聚餐|上课|截止|预约|产检|高考|期末|马拉松|飞|去[{HAN}]|回[{HAN}]|约了|见|报到|生产|音乐会"
    f"|演唱会|培训|家长会|汇报|交[{HAN}]|参加|出发|签约|搬到|出院|住院|到期|预产期"
)
_PLAN_EDGES = re.compile(
    "^(?:我们?|的|要|会|将|将要|打算|准备|计划|有个|有一个|有一场|有场|有|在|是|得|定在|安排在|就|还|也|那天|一场|一个|个|因为|大概|应该|,|，)+|(?:定在|安排在|是在|在|是|就在|大概|，)+$"
)
_NO_PLAN = re.compile("没|不|取消|别|^我?(?:今天|今晚|今早)(?!要|得|会|还要)")
_BIRTHDAY = re.compile(
    rf"我(?:(?:的)?(?P<relation>{words.RELATIVES}|{words.PEOPLE}))?的?(?:生日(?:是|在|：|就是)?|是?(?=[^，]*(?:出生|生的|生$|生人$)))(?:农历|阳历|阴历)?"
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?(?:出生|生)?(?:的|人)?$"
)
_BIRTHDAY_AFTER = re.compile(
    r"我?(?:(?:是|每年)?(?:(?P<year>(?:19|20)\d\d)年)?)(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?(?:是|就是)?(?:我的?|过|的)?生日$"
)
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)}


def names_birthday(clause: str) -> bool:
    """Return whether a clause names the speaker's birthday without a subject before the date."""
    return _BIRTHDAY_AFTER.match(clause) is not None


def relation_of(found: re.Match[str]) -> str:
    """Return the relation that a match names, by its usual word; empty for the speaker."""
    relation = found.groupdict().get("relation") or ""
    return words.SYNONYMS.get(relation, relation)


def birthday_claims(clause: str) -> Iterator[Claim]:
    """Yield the birthday that a clause names, of the speaker or of a relation."""
    found = _BIRTHDAY.match(clause) or _BIRTHDAY_AFTER.match(clause)
    if found is None:
        return
    month, day = _number(found["month"]), _number(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return
    date = (f"{found['year']}年" if found.groupdict().get("year") else "") + f"{month}月{day}日"
    relation = relation_of(found)
    text = f"{relation}的生日：{date}" if relation else f"生日：{date}"
    yield Claim(topic="birthday", text=text, about=relation, slot="birthday", value=date)


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def plan_claims(clause: str, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield the event on a day to come that a clause names."""
    if not _EVENT.search(clause) or _NO_PLAN.search(clause):
        return
    due = reference.due(clause)
    if due is None:
        return
    at, date_words = due
    what = clause.replace(date_words, "", 1)
    while (shorter := _PLAN_EDGES.sub("", what)) != what:
        what = shorter
    if 2 <= len(what) <= 20 and _EVENT.search(what):
        yield Claim(topic="plan", text=what, slot=f"plan:{what}", value=reference.day(at), due=at)
