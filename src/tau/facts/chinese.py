"""Reader of claims in one Chinese sentence: its clauses, what invalidates them, plans.

The patterns are in `rules_chinese.toml`, what they may catch in `cleaning_chinese.py`.
"""

import re
from collections.abc import Iterator
from functools import cache

from tau.facts.cleaning_chinese import CLEANERS, PEOPLE, RELATIVES, SYNONYMS, derive_values, name
from tau.facts.patterns import LanguageCleaning, RuleTable, claims_from_match, load_rules
from tau.facts.reference_time import ReferenceTime
from tau.facts.trust import is_suspicious
from tau.journal.entries import Claim
from tau.text.scripts import HAN
from tau.text.tokenization import fold_text

MAX_CLAUSES = 16
MAX_REQUEST_CHARACTERS = 60
_CHINESE = LanguageCleaning(CLEANERS, derive_values)

_BREAK = re.compile(r"[，,；;！!…\s]+|(?<=.)(?:但是|不过|所以|而且|因为)")
_FILLER = re.compile(
    "(?:你好|您好|嗨|哈喽|大家好|嗯|哦|对了|其实|另外|顺便说一下|顺便|还有|而且|因为|但是|不过|所以|那个|请记住|记住"
    "|记得|说实话|老实说|话说|今天|提醒你|告诉你|[-·•*\\d.]+|[:：、])+"
)
_NOT_ASSERTED = re.compile(
    "如果|要是|假如|假设|假装|希望|但愿|可能|也许|或许|说不定|据说|听说|说(?!话|明)|告诉|觉得|认为|以为|梦到|梦见"
    "|打算|应该|不知道|万一|除非|的话|想象|好像|似乎|谁|什么|怎么|哪[里儿个些]|为什么|是不是|有没有|会不会|要不要|该不该"
    "|开玩笑|骗你|并不|才怪|想(?:去|要|当|做|住|搬|换|学|养|买|吃)"
)
_ASKS = re.compile("[?？]|[吗么呢]$|吧[?？]$")
_ASKS_BACK = re.compile("你|您|什么|怎么|哪|吗|呢|谁|能|可以|推荐|有没有|几")
_OTHER_SUBJECT = re.compile(
    rf"^(?:[他她它你您这那]|我(?:们)?(?:家)?的?(?:{RELATIVES}|{PEOPLE})[^，]{{0,2}}?的(?!名字|生日))"
)
_HABIT = re.compile(
    r"我(?:们)?(?:一般|通常|平时|基本上?|几乎|习惯|都){0,2}(?P<habit>(?:每(?:天|周|晚|早|年|个?月|个?周末|个?星期|周[一二三四五六日天]"
    r"|个?星期[一二三四五六日天]|隔一天)|周[一二三四五六日天]都|天天)[^，,。；;！!？?…]{2,20})"
)
_HABITUAL = re.compile(
    "跑步|游泳|健身|散步|骑车|冥想|看书|读书|阅读|写日记|记日记|喝|吃|做饭|练|打球|打坐|瑜伽|起床|睡|学|弹|画|上课|锻炼"
    "|运动|遛狗|打电话|爬山|打太极|跳舞|踢球|打羽毛球|打篮球|加班|通勤|背单词|午睡|钓鱼|去"
)
_EVENT = re.compile(
    f"考试|考[{HAN}A-Za-z]|面试|手术|婚礼|结婚|出差|旅行|旅游|比赛|演讲|答辩|开会|会议|搬家|体检|毕业|开学|入职|复查|看病"
    f"|看牙|拔牙|演出|聚会|聚餐|上课|截止|预约|产检|高考|期末|马拉松|飞|去[{HAN}]|回[{HAN}]|约了|见|报到|生产|音乐会"
    f"|演唱会|培训|家长会|汇报|交[{HAN}]|参加|出发|签约|搬到|出院|住院|到期"
)
_PLAN_EDGES = re.compile(
    "^(?:我们?|的|要|会|将|将要|有个|有一个|有一场|有场|有|在|是|准备|得|定在|安排在|就|还|也|那天|一场|一个|个|因为|,|，)+|(?:定在|安排在|是在|在|是|就在|，)+$"
)
_BIRTHDAY = re.compile(
    rf"我(?:(?:的)?(?P<relation>{RELATIVES}|{PEOPLE}))?的?(?:生日(?:是|在|：|就是)?|是?(?=[^，]*(?:出生|生的)))(?:农历|阳历|阴历)?"
    r"(?:(?P<year>(?:19|20)\d\d)年)?(?P<month>\d{1,2}|[一二三四五六七八九十]{1,2})月(?P<day>\d{1,2}|[一二三四五六七八九十]{1,3})[日号]?"
)
_CALL_ME = re.compile(
    "(?:(?P<before>请|以后|今后|可以|你就|就|往后|麻烦|你|都|大家|喜欢|直接)+)?(?:叫|称呼)我(?P<name>[^，,。；;！!？?…\\s]{2,12}?)"
    "(?P<after>就行了?|就好了?|就可以了?|吧|即可|好了|$)"
)
_ORDER = re.compile("起床|名字|一声|帮|出|上|回|吃|开|做|写|看|走|睡|干|买|学|等|跟|和|到|家|快|醒")
_INSTRUCTION = re.compile(
    "(?P<polite>请|麻烦|拜托|你|希望你|能不能|可以)*(?P<always>以后|今后|从现在起|从现在开始|从今以后|往后|每次|总是|永远|始终|一律|平时)"
    "(?P<again>请|都|你|要|，|,|每次|回答时?|就){0,4}(?P<request>.{2,})$"
)
_NO_MORE = re.compile(
    "(?:请|麻烦|拜托|你|以后|今后)*(?P<request>(?:不要再|别再|不要|别)(?:用|使用|发|加|叫我|说).{2,})$"
)
_BRIEFLY = re.compile(
    "(?:请|麻烦|你|以后|今后)+(?P<request>(?:回答|回复|说话)(?:尽量|要|请|得|时)*(?:简短|简洁|详细|简单|直接|温柔|正式).{0,10})$"
)
_ABOUT_REPLIES = re.compile(
    f"回答|回复|称呼|说话|表情|文字|用[{HAN}]{{1,3}}[文语话]|简短|简洁|详细|啰嗦|语气|列表|表格|客套|废话|格式|标点"
    "|感叹号|解释|举例|例子|单位|公制|摄氏|叫我|敬语|您|口语"
)
_STYLE = re.compile(
    "表情|emoji|列表|表格|感叹号|客套|废话|敬语|markdown|标题|网络用语|英文|缩写|叫我|您",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(
    "用(?:简体|繁体)?(?:中|英|日|法|德|韩|俄|西班牙|葡萄牙|意大利|粤|汉|普通)[文语话]?(?:回|说|聊|跟|和|写)"
)
_REMEMBER = re.compile(
    "(?:请|你|帮我|要|一定)*(?:记住|记得|记一下|记下来?|别忘了)[，,：: ]*(?P<what>我(?:们)?.{3,})$"
)
_STATES_A_FACT = re.compile("是|在|停|放|有|叫|需要|用的")
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)}


@cache
def _table() -> RuleTable:
    """Return the rules; the file is loaded with the first message."""
    return load_rules(
        "rules_chinese.toml", {"RELATIVES": RELATIVES, "PEOPLE": PEOPLE, "HAN": f"[{HAN}]"}
    )


def read(sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield the claims of one sentence, with or without its final punctuation."""
    sentence = sentence.strip().rstrip("。.！!~～")
    yield from _request_claims(sentence)
    clauses = _BREAK.split(sentence)[:MAX_CLAUSES]
    if _ASKS.search(sentence):
        if len(clauses) < 2 or not _ASKS_BACK.search(clauses[-1]):
            return
        clauses = clauses[:-1]
    of_me = False
    for place, raw in enumerate(clauses):
        filler = _FILLER.match(raw)
        clause = raw[filler.end() :] if filler else raw
        if _NOT_ASSERTED.search(clause) or _ASKS.search(clause):
            return
        of_me = clause.startswith("我") or (of_me and not _OTHER_SUBJECT.match(clause))
        if of_me and re.search("[:：].*[你您他她]", clause):
            return
        if of_me:
            following = clauses[place + 1] if place + 1 < len(clauses) else ""
            yield from _clause_claims(clause, following, reference)


def _clause_claims(clause: str, following: str, reference: ReferenceTime) -> Iterator[Claim]:
    whom = _table().patterns["relation"].match(clause)
    if whom is not None:
        yield from _relation_claims(clause, whom)
    elif not _OTHER_SUBJECT.match(clause):
        yield from _rule_claims(clause, following, reference)
        yield from _habit_claims(clause)
        yield from _plan_claims(clause, reference)
    else:
        yield from _plan_claims(clause, reference)
    yield from _birthday_claims(clause)


def _rule_claims(clause: str, following: str, reference: ReferenceTime) -> Iterator[Claim]:
    for rule in _table().rules["me"]:
        # A pet's name stands in the clause after it: 养了一只猫，叫咪咪.
        text = f"{clause}，{following}" if rule.topic == "pet" and following else clause
        found = rule.pattern.match(text)
        if found is None:
            continue
        for claim in claims_from_match(rule, found, _CHINESE):
            yield reference.with_times(claim, clause, ended=rule.ended, dated=rule.dated)


def _relation_claims(clause: str, whom: re.Match[str]) -> Iterator[Claim]:
    relation = SYNONYMS.get(whom["relation"], whom["relation"])
    named = whom["who"] or ""
    for rule in _table().rules["others"]:
        found = rule.pattern.match(clause, whom.end())
        if found is not None:
            yield from claims_from_match(
                rule, found, _CHINESE, who=relation + named, about=named or relation
            )


def _habit_claims(clause: str) -> Iterator[Claim]:
    found = _HABIT.match(clause)
    if found and _HABITUAL.search(found["habit"]) and not re.search("不|没|想", found["habit"]):
        yield Claim(topic="habit", text=found["habit"], value=fold_text(found["habit"]))


def _birthday_claims(clause: str) -> Iterator[Claim]:
    found = _BIRTHDAY.match(clause)
    if found is None:
        return
    month, day = _number(found["month"]), _number(found["day"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return
    date = (f"{found['year']}年" if found["year"] else "") + f"{month}月{day}日"
    relation = SYNONYMS.get(found["relation"] or "", found["relation"] or "")
    text = f"{relation}的生日：{date}" if relation else f"生日：{date}"
    yield Claim(topic="birthday", text=text, about=relation, slot="birthday", value=date)


def _number(written: str) -> int:
    if written.isdigit():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)


def _plan_claims(clause: str, reference: ReferenceTime) -> Iterator[Claim]:
    if not clause.startswith("我") or not _EVENT.search(clause):
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


def _request_claims(sentence: str) -> Iterator[Claim]:
    """Yield what a sentence asks Tau to do always, or to remember, unless it is suspicious."""
    if is_suspicious(sentence, instruction=True) or _ASKS.search(sentence):
        return
    called = _CALL_ME.search(sentence)
    meant = called and (called["before"] or called["after"] or not _ORDER.search(called["name"]))
    if called and meant and _starts_clause(sentence, called.start()):
        for one in name(called["name"]):
            yield Claim(
                topic="name", text=f"希望被叫作{one}", slot="name:called", value=fold_text(one)
            )
        return
    found = _REMEMBER.match(sentence)
    if (
        found
        and _STATES_A_FACT.search(found["what"])
        and len(found["what"]) <= MAX_REQUEST_CHARACTERS
    ):
        yield Claim(topic="other", text=found["what"], value=fold_text(found["what"]))
        return
    standing = _INSTRUCTION.match(sentence)
    request = standing["request"] if standing and _ABOUT_REPLIES.search(standing["request"]) else ""
    for other in (_NO_MORE.match(sentence), _BRIEFLY.match(sentence)):
        if not request and other and (other.re is _BRIEFLY or _STYLE.search(other["request"])):
            request = other["request"]
    request = request.strip("，, ~～")
    if request and len(request) <= MAX_REQUEST_CHARACTERS:
        slot = "instruction:language" if _LANGUAGE.search(request) else ""
        yield Claim(topic="instruction", text=request, slot=slot, value=fold_text(request))


def _starts_clause(sentence: str, place: int) -> bool:
    return place == 0 or sentence[place - 1] in "，,。；; ！!"
