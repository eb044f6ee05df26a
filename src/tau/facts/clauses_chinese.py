"""Chinese clauses: whom each is about, and its predicate without times, adverbs and particles.

The order of subject, time, place and verb is free in Chinese. Here all but the predicate is taken
off, so that a rule needs to know the predicate only: 我去年底就搬来高雄了 and 搬来高雄一年了 are
both 搬来高雄. Text is in simplified characters.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from tau.facts import vocabulary_chinese as words

MAX_CLAUSES = 16
MAX_CLAUSE_CHARACTERS = 40
"""A longer clause states nothing plainly."""

_NUMBER = "[一二两三四五六七八九十几半多百\\d]+"
_UNIT = "(?:年|个?月|天|周|个?星期|个?礼拜|学期)"
SPAN = (
    "(?:(?:快|将近|差不多|大概|大约|有|也有|整整|都|已经|满|好|足足|前后|小){0,2}"
    f"{_NUMBER}(?:来|多)?{_UNIT}(?:多|半|整|左右|有余)?|(?:很|好)多年|(?:很|好)久|第{_NUMBER}{_UNIT})"
)
"""How long: 快十年, 三个月, 很多年."""
_TIME = (
    "(?:现在|如今|目前|眼下|(?:今|去|前|大前)年(?:年?[初底]|[春夏秋冬]天|\\d{1,2}月份?)?|上个?月[初底]?|这个?月|上周|这周|[上这]个?(?:星期|礼拜)[一二三四五六日天]?|[上这]?周[一二三四五六日天](?!.?[都常])"
    "|[年月](?:初|底)|刚刚|刚才|前阵子|前段时间|这段时间|前几[天年]|前天|大前天|昨天|昨晚|昨夜|今天|今早|今晚|刚|最近|近来|近期|近几年|这几[天年]|这阵子|当年|当时"
    "|(?:春|夏|秋|冬)天|年中|上半年|下半年|寒假|暑假|春节|过年|(?:19|20)?\\d\\d年(?!的|出生|生|人|$|\\d{1,2}月出?生)(?:\\d{1,2}月(?!出?生))?(?:\\d{1,2}[日号])?(?:起|开始|以来)?|\\d{1,2}月(?:\\d{1,2}[日号]|份|底|初)?"
    f"|{_NUMBER}{_UNIT}(?:多|半)?(?:之?前|以前|以来)|(?:大|高|初|研)[一二三四](?:的时候|时候|时|那年|上学期|下学期)"
    "|[^，我的点]{1,4}(?:之后|以后)|毕业(?:后|以后|之后|那年)|婚后|退休(?:后|以后)|产后|大学毕业后|生完(?:孩子|娃)(?:后|以后)?)"
)
_ADVERB = (
    "(?:也|都|就|还|才|又|已经|已|早就|早已|早(?!上|晨|饭|餐|点|安|起|睡|班|年)|一直以来|一直都?|向来|从来都?|其实|确实|的确|真的|真|实在|终于|总算|正在|正|一般|通常|平时|平常|主要|基本上?|本来就|天生就?|从小就?|从小到大|打小就?"
    "|反正|毕竟|好歹|另外|然后|后来|结果|最后|偷偷|直接|干脆|果断|正式|如愿|成功|幸运地?|不小心|突然|居然|竟然|仍然|依然|仍旧|依旧|自己|一个人|独自|全职|这边|那边|所以|于是|在(?=[开跑送吃服用备]|学(?!校|院|生))|现|常年|长期|可能因为|只|这人|这个人|个人|主业|本职)"
)
_PAST = re.compile(
    "(?:以前|之前|曾经?|原来|原先|过去|小时候|早年|年轻(?:的)?时候?|年轻时|退休前|婚前)"
)
_LEADING = re.compile(
    f"(?:{_TIME}|{_ADVERB}|{SPAN}(?!没|不|的$|生|出生)|[读干做学住待谈养吃用上念]了?{SPAN}(?=我)|的时候|[、:：])+(?=.)"
)
_INNER = re.compile(
    "(?<=.)(?:(?:去|今|前)年(?:年?[初底]|春天|夏天|秋天|冬天)?|上个?月|上周|昨天|昨晚|今早|刚刚|已经|目前|现在|最近|前几天|终于)(?=.)"
    f"|(?<=[^第我]){SPAN}(?=[了啦的]?$)"
)
_PARTICLES = re.compile(
    f"(?:了|啦|咯|喽|啊|呀|哦|喔|噢|耶|呢|哈+|嘿+|嘻+|呜+|的说|而已|捏|惹|哎|唉|诶|吧(?<=了吧)|来着|{SPAN}|[~～.。!！、·]|(?:^|(?<=[了啦]))(?:真的|目前|现在))+$"
)
_CHANGED = re.compile("了|啦|咯|喽")
OFTEN = (
    "(?:每(?:天|周|晚|早|年|个?月|个?周末|个?星期|个?礼拜|周[一二三四五六日天]|个?星期[一二三四五六日天]|隔[一两]天|逢周[一二三四五六日天]|次|笔|顿)|周末(?=都|一般|通常|会|经常|总|基本|我|[^，]{0,2}(?:去|跑|打|骑|爬))|周[一二三四五六日天]都|天天"
    "|睡前|饭后|晚饭后|午饭后|早饭后|下班后|下了班|起床后|睡醒|早上|早晨|晚上|中午|一周[一二两三四五六七八九十\\d]+次|一天[一二两三四五六七八九十\\d]+(?:次|杯|顿|包))"
)
_COMPANION = re.compile(
    "(?:和|跟|与|同|陪|带)(?!谁|你)[^，在住]{1,8}?(?:一起|一块儿?)?(?=住|在|搬|租|定居|养|开)"
)

_RELATIONS = "|".join(sorted(f"{words.RELATIVES}|{words.PEOPLE}".split("|"), key=len, reverse=True))
_SELF = re.compile(
    "(?:我们?|俺们?|本人|咱们?|偶|人家我)(?:一家(?:人|子|[三四五]口)?|全家|两口子|夫妻俩?|俩|家(?!的|里|那|乡|长|庭|人|教|务|属)|家里(?!的|人))?"
)
_RELATION = re.compile(
    f"(?:我们?|咱们?|俺)?(?:家里?)?的?(?:那个?)?(?P<relation>{_RELATIONS})(?!们|圈|节|会)(?:家(?=[在住]))?"
)
_NAMED = re.compile("(?P<who>[^，]{2,3})$")
_OTHER = re.compile(
    f"[他她它牠你您妳]|(?:有|有一)[个位](?:{words.PEOPLE})|(?:我们?|咱们?|俺们?)(?:的)?(?:公司|学校|单位|班|小区|村|部门|国|校|家(?:那|的|里的))|人家|别人|有(?:些|个|位|的)?人|某|大家|这[个位家里]|那[个位家里]|隔壁|对面|楼[上下]|{words.RELATIVES}|{words.PEOPLE}"
)
_TOPICALISED = re.compile(
    "(?P<object>(?:[^我，你他她它在是有会对了]{1,8}))我(?P<rest>(?:们)?.{0,10}?(?:戒|停|卖|辞|退|不吃|不喝|不碰|吃不|喝不|受不了|转手|出掉|丢|会|喝腻|吃腻|忌|都).*)$"
)
_TAKEN = re.compile(
    "把(?P<object>[^，]{1,12}?)(?:都|也|全|给)*(?P<verb>戒|辞|卖|停|退|离|送(?:人|走)?|扭|摔|崴|出|转手|丢|伤|断)(?P<tail>.{0,3})$"
)


_HABIT_FIRST = re.compile(f"(?P<often>{OFTEN}[^，我]{{0,4}}?)我们?(?=.)")
"""How often something is done, before the subject."""
_ABOUT = re.compile(
    "(?:买东西|出门|旅游|旅行|吃饭|做事|点菜|工作上|生活里|生活中|[^，我]{1,4}(?:的时候|方面))我"
)

_PERHAPS_OVER = re.compile(
    "^(?!.*(?:已经|都|至今|到现在|一直|还|快|到今天))"
    ".*(?:住|待|呆|漂|混|生活|定居)了"
    "[0-9一二三四五六七八九十两几半多好]+个?(?:多?(?:年|月|周|星期|礼拜|天))[^了啦]{0,3}$"
)
_INTRODUCES = re.compile(f"(?:叫|名叫|是(?!我)|{_NUMBER}多?(?:岁|$)|今年)")
_STATES = re.compile("是|在|做|住|有|对|患|当|读|上")


class Clause(NamedTuple):
    """A clause: `about` is empty for the speaker, else a relation.

    `predicate` is what is left of it. `dropped`: it names no subject. `continued`: one before it
    names the same. `past`: it says that it was
    so once. `changed`: it says that something has become so.
    """

    text: str
    predicate: str
    about: str = ""
    dropped: bool = False
    continued: bool = False
    past: bool = False
    changed: bool = False


def clauses_of(parts: list[str]) -> Iterator[Clause | None]:
    """Yield each part of a sentence as a clause; None for one that is about nobody known.

    A clause without a subject goes on about the speaker, unless the one before it is about
    somebody else.
    """
    before: Clause | None = None
    of_others = named = False
    for part in parts[:MAX_CLAUSES]:
        clause = None if len(part) > MAX_CLAUSE_CHARACTERS else _clause(part)
        if clause is None:
            of_others = True
        elif clause.dropped and of_others:
            clause = _of_same(clause, before)
        elif clause.dropped:
            clause = clause._replace(continued=named)
        else:
            of_others, named = bool(clause.about), not clause.about
        before = clause
        yield clause


def _of_same(clause: Clause, before: Clause | None) -> Clause | None:
    """Return a clause as one on whom the one before introduces: 我老婆叫小燕，是护士."""
    if before is None or not before.about or not _INTRODUCES.match(before.predicate):
        return None
    return (
        clause._replace(about=before.about, dropped=False)
        if _STATES.match(clause.predicate)
        else None
    )


def _clause(text: str) -> Clause | None:
    rest = _HABIT_FIRST.sub("我\\g<often>", text, count=1) if _HABIT_FIRST.match(text) else text
    rest = _ABOUT.sub("我", rest, count=1) if _ABOUT.match(rest) else rest
    rest = _without_leading(rest)
    past = _PAST.match(text[: len(text) - len(rest)] or "") is not None
    rest, before = _past_off(rest)
    past = past or before
    subject = _SELF.match(rest)
    relation = _RELATION.match(rest)
    if relation is not None and not _is_companion(rest):
        return _of_relation(text, rest[relation.end() :], relation["relation"])
    dropped = subject is None
    if subject is not None:
        rest = _without_leading(rest[subject.end() :])
        rest, before = _past_off(rest)
        past = past or before
    elif _OTHER.match(rest):
        return None
    if (topic := _TOPICALISED.match(rest)) and dropped:
        rest, dropped = f"{_predicate(topic['rest'])}{topic['object']}", False
        rest = rest.removeprefix("们")
    return Clause(text, _predicate(rest), dropped=dropped, past=past, changed=_changes(text))


def _is_companion(text: str) -> bool:
    return text.startswith(("和", "跟", "与", "同"))


def _of_relation(text: str, rest: str, relation: str) -> Clause:
    about = words.SYNONYMS.get(relation, relation)
    rest, past = _past_off(_without_leading(rest))
    return Clause(text, _predicate(rest), about, past=past, changed=_changes(text))


def _changes(text: str) -> bool:
    return _CHANGED.search(text) is not None


def _past_off(text: str) -> tuple[str, bool]:
    """Return a text without a word such as 以前 at its start, and whether it had one."""
    found = _PAST.match(text)
    return (_without_leading(text[found.end() :]), True) if found else (text, False)


def _without_leading(text: str) -> str:
    found = _LEADING.match(text)
    return text[found.end() :] if found else text


def _predicate(text: str) -> str:
    """Return a predicate without what says when, how long, with whom or in what mood."""
    rest = _without_leading(_PARTICLES.sub("", text))
    if taken := _TAKEN.search(rest):
        rest = f"{rest[: taken.start()]}{taken['verb']}{taken['tail']}{taken['object']}"
    rest = _INNER.sub("", rest)
    if companion := _COMPANION.match(rest):
        rest = rest[companion.end() :]
    return _without_leading(_PARTICLES.sub("", _without_leading(rest)))


def may_be_over(text: str) -> bool:
    """Return whether a stay may be over: 住了七年 may be, 住了七年了 isn't."""
    return _PERHAPS_OVER.search(text) is not None
