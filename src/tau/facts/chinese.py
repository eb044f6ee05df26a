"""Reader of claims in one Chinese sentence: its clauses, whom each is about, plans.

Only clauses whose subject is the speaker are read, and a rule must understand the whole clause. The
patterns are in `rules_chinese.toml`, what they may catch in `cleaning_chinese.py`. Everything is
compared in simplified characters; texts are given back in the person's own.
"""

import re
from collections.abc import Iterator
from functools import cache

import msgspec

from tau.facts import vocabulary_chinese as words
from tau.facts.attribution_chinese import as_own_news
from tau.facts.calendar_chinese import birthday_claims, names_birthday, plan_claims, relation_of
from tau.facts.cantonese import in_mandarin
from tau.facts.claim_selection_chinese import distinct_claims
from tau.facts.clauses_chinese import Clause, clauses_of, may_be_over
from tau.facts.cleaning_chinese import CLEANERS, derive_values
from tau.facts.introductions_chinese import introduced
from tau.facts.patterns import LanguageCleaning, RuleTable, claims_from_match, load_rules
from tau.facts.predicates_chinese import doubtful_claims, predicate_claims
from tau.facts.reference_time import ReferenceTime
from tau.facts.requests_chinese import request_claims
from tau.journal.entries import Claim
from tau.text.character_forms import unify_characters
from tau.text.scripts import HAN
from tau.text.tokenization import fold_text

MAX_CLAUSES = 16
MAX_CLAUSE_CHARACTERS = 60
"""A longer clause states nothing plainly."""
_CHINESE = LanguageCleaning(CLEANERS, derive_values)

_BESIDE_LATIN = re.compile(f"(?<=[{HAN}])[ \\t]+(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])[ \\t]+(?=[{HAN}])")
_BREAK = re.compile(
    f"[，,；;！!…~～\\n]+|(?<=[{HAN}])\\s+(?=[{HAN}])|(?<=.)(?:但是|不过(?!敏)|所以|而且|因为(?=我))|(?<=.)但(?!凡|愿)|(?<=了)(?=还没)"
)
_FILLER = re.compile(
    "(?:你好|您好|原来|哎呀|天哪|呃|嘿|喂|在吗|是这样的|先说一下|顺带一提|说个事|跟你讲|嗨|哈喽|大家好|早上好|晚上好|嗯|哦|啊|唉|哎|哈哈+|对了|其实|另外|顺便说一下|顺便说一句|顺便提一下|顺便|还有|而且|因为|但是|但|不过|所以"
    "|那个|请记住|记住|记得|说实话|老实说|实话说|话说|说起来|总之|最近|后来|结果|提醒你|告诉你|跟你说|告诉你一个好消息|好消息|坏消息|没想到|补充一下|更新一下|说一下|介绍一下|自我介绍一下"
    "|怎么说呢|[-·•*]+|\\d{1,2}[.、)）](?!\\d)|[:：、])+"
)
_TIME_BEFORE_ME = re.compile(
    "(?:(?:现在|如今|目前|今年|去年|前年|上个?月|上周|上个?星期|上周[一二三四五六日天]|昨天|昨晚|前天|今天|今早|最近|刚刚|刚才|前几天|前阵子"
    "|[去今前]年\\d{1,2}月(?:份)?|(?:19|20)\\d\\d年(?:\\d{1,2}月)?|\\d{1,2}月(?:\\d{1,2}[日号]|份)?|[一二两三四五六七八九十几半\\d]+(?:年|个月|天|周)前"
    "|从小到大|从小|下周[一二三四五六日天]?|下个?月(?:\\d{1,2}[日号])?|明天|后天|大后天|明年(?:\\d{1,2}月)?|这周[一二三四五六日天]|周[一二三四五六日天]|下个?星期[一二三四五六日天]?|上午|下午|晚上|早上|中午|傍晚|一直以来|平时|周末|从(?:[^我，]{1,6})(?:起|开始))[的]?)+(?=我)"
)
_COMPARED = re.compile(
    "(?:比起|相比|和|跟|与|相较于|相对于|对比)[^我，]{1,10}?(?:比起来|相比|来说|比)?(?=我)"
    "|[^我，]{1,6}(?:和|跟|与|还是)[^我，]{1,6}(?:之间|相比|比|里)?(?=我(?:还是)?(?:更|比较)(?:喜欢|爱|偏爱))"
)
_NOT_ASSERTED = re.compile(
    "怀疑(?!人生)|疑似|估计|猜|如果|要是|假如|假设|假使|倘若|若是|假装|希望|但愿|可能|也许|或许|大概是|说不定|据说|听说|传说|说(?!错|话|明|英|日|法|德|韩|粤|汉|中|普|实|起来|一|俄|西|闽|上海|客)"
    "|告诉|觉得|认为|以为|梦到|梦见|应该|不知道|万一|除非|的话|想象|好像|似乎|谁|什么|怎么|哪[里儿个些]|为什么|是不是|有没有|会不会|要不要|该不该|能不能"
    "|开玩笑|骗你|并不|才怪|就好了|多好|恨不得|巴不得|差点|险些|幻想|下辈子|上辈子|前世|等我(?:老|退休|有钱|长大)|长大(?:以)?后|将来|未来|仿佛|装作|假扮|冒充|号称|自称|叫做?什么"
    "|想(?:去|要|当|做|住|搬|换|学|养|买|吃|成为)|快要|即将|差一点|本来(?:要|想|该)|不得不承认你|嫁给(?:了)?(?:工作|事业)|一辈子都?"
)
_SARCASM = re.compile(
    "可真是?太?|真是太.*了呢|可太.*了|太.{1,6}了呢|爱死|呵呵|谢谢你啊|真棒啊|真会|多么?(?:喜欢|爱|幸福|幸运)|简直(?:是|太)|感谢.{1,8}让我|当然喜欢|最喜欢.*了呢|[🙄🙃🐶]|\\[doge\\]|\\[狗头\\]|狗头"
)
_ASKS = re.compile("[?？]|[吗么嘛]$|(?<![在正])呢$|吧[?？]$|是吧$|对吧$|没有$(?<=[了过]没有)")
_ASKS_BACK = re.compile("你|您|什么|怎么|哪|吗|呢|谁|能|可以|推荐|有没有|几")
_NOT_ME = re.compile(
    rf"我(?:们)?(?:的|家|家的|家里的?)?(?:{words.RELATIVES}|{words.PEOPLE})|我(?:们)?的(?!名字|中文名|英文名|生日|职业|工作|专业|老家|家乡|爱好|兴趣|家(?:在|住)|{words.PETS}|预产期|血型|本职)"
    "|我(?:们)?(?:公司|学校|单位|班|小区|村|部门|老家(?!是|在)|国|校|们班|们家(?:那|的))"
)
_NEW_PERSON = re.compile(f"我有一?[个位](?:{words.RELATIVES}|{words.PEOPLE})")
_GOES_ON = re.compile(
    "也|还|现在|目前|已经|刚|最近|平时|一直|就(?!是说)|都|又|从|在|住|是(?!因为|吗|的|不)|有(?!人|点|些|的|时)|养|对(?!了|吧|的)|不(?!过|是|管|论|如|然|好意思|知)|没|喜欢|最|特别|很|非常|比较|更|挺|讨厌|来自|毕业|学|读|做|当"
    "|搬|每|老家|怀孕|结婚|离婚|退休|被|查出|确诊|爱|打算|准备|要(?!是|不)|会|下周|明天|后天|热爱|患|跟|和|宁愿|今年|去年|离开|辞|会说|开了?一?[家间]|定居|戒|吃|家(?:在|住)|专业|主修|职业"
)
_DROPPED = re.compile(
    "(?:[上这]周[一二三四五六日天]?|上个?月|去年|今年|前年|前几天|昨天|今天|昨晚|刚刚|刚|已经|终于|最近|其实|现在|目前|如今|从小|从小就|一直|也|都|又|早就|今早"
    "|(?:19|20)\\d\\d年|\\d{1,2}月份?|[一二两三四五六七八九十几半\\d]+(?:年|个月|天|周)前|突然|刚好|总算|正式|本来就|天生|特别|很|超级?|最|真的|挺|蛮|更){0,4}(?:被)?"
    "(?:搬到|搬来|搬去|搬回|搬进|住|定居|回到?|离开|确诊|查出|检查出|诊断|得了|患|怀孕|怀上|怀了|离婚|结婚|订婚|领证|分手|脱单|单身|已婚|恋爱|辞职|离职|裸辞|失业|裁|退休|入职|跳槽|换工作|转行|当上"
    "|升了|升为|开了一?家|开了家|(?:在[^，]{2,8})?干了|转做|养了|养|领养|收养|有(?:一?[个只条辆台]|[两二三四五六七八九俩]|男朋友|女朋友|高血压|糖尿病|哮喘|鼻炎|抑郁)|对|[^，的]{1,4}过敏|不吃|不能吃|不能喝|不喝|不太能|吃不了|吃素|吃全素|戒|乳糖不耐受"
    "|喜欢|不喜欢|讨厌|受不了|不爱|爱[吃喝看听玩打]|怕|迷上|宁愿|宁可|偏爱|每[天周晚早年个]|天天|周末|毕业|考上|在[^，]{2,14}(?:工作|上班|实习|读|念|上学|留学|当|做|教|开)|来自|老家|母语|会说|会讲"
    "|学(?:了|的|过)|在学|是(?:一名|个|一个|做|搞|独生)|做[^，]{1,6}的$|干[^，]{1,6}的$|开(?:出租|网约车|了一?家)|生日|预产期|买了|家在|家住|租|坐标|读(?:大|研|高|博)|从事|任职|就职|本科|专业)"
    "|(?:明天|后天|大后天|明早|今晚|下周[一二三四五六日天]?|这周[一二三四五六日天]|周[一二三四五六日天]|下个?月(?:\\d{1,2}[日号])?|(?:\\d{1,2}|[一二三四五六七八九十]{1,2})月(?:\\d{1,2}|[一二三四五六七八九十]{1,3})[日号])"
    "[^，]{0,3}(?:要|得|去|有个|有场|飞|考|参加|做手术|体检|面试|答辩|出差|搬家|手术|复查)"
)
"""How a clause may begin that leaves out 我, as people do when they speak of themselves."""
_DROPPED_RELATIVE = re.compile(
    "(?:老公|老婆|媳妇|女儿|儿子|闺女|女朋友|男朋友|未婚妻|未婚夫|爸爸|妈妈|爸|妈|哥哥|姐姐|弟弟|妹妹|爷爷|奶奶|外公|外婆|姥姥|姥爷|岳母|婆婆|室友|家里|家里的|家中)(?![们的说])"
)
_OTHERS = re.compile(f"(?<!其)[他她它]|{words.RELATIVES}|{words.PEOPLE}|有人|别人|人家|某")
_THIRD_PERSON = re.compile("(?<!其)[他她它]")
_SPEAKER = re.compile("[我俺咱]|本人")
_HAN = re.compile(f"[{HAN}]")
_SURNAME = re.compile("我(?:姓.{1,2}|改名.{0,2})$")
_MOURNED = re.compile(
    "(?:爷爷|奶奶|外公|外婆|姥姥|姥爷|爸爸|妈妈|父亲|母亲|老爸|老妈)[^，的说]{0,8}(?:去世|过世|病逝|离世)"
)
_HABIT = re.compile(
    r"我(?:们)?(?:一般|通常|平时|基本上?|几乎|习惯|都|现在|坚持){0,3}(?P<habit>(?:每(?:天|周|晚|早|年|个?月|个?周末|个?星期|周[一二三四五六日天]"
    r"|个?星期[一二三四五六日天]|隔一天|逢周[一二三四五六日天])|周末(?:都|一般|通常|会|经常|总|基本)|周[一二三四五六日天]都|天天|(?<=[般常时惯都])(?:早上|晚上|中午|睡前|下班后|晚饭后|周末)|一周[一二两三四五六七八九十\d]+次)[^，,。；;！!？?…]{2,20})$"
)
_HABITUAL = re.compile(
    "跑步|跑.*公里|走路|上班|骑|游泳|健身|散步|骑车|骑行|冥想|看书|读书|阅读|写日记|记日记|喝|吃|做饭|练|打球|打坐|瑜伽|起床|起来|睡|学|弹|画|上课|锻炼"
    "|运动|遛狗|打电话|爬山|打太极|跳舞|踢球|打羽毛球|打篮球|打网球|加班|通勤|背单词|午睡|钓鱼|去"
)
_TOPICS_OF_OTHERS = frozenset(
    {"home", "work", "study", "health", "like", "dislike", "possession", "event"}
)
"""What is kept of others: no names, and no relations of relations."""
_INTERROGATIVE = re.compile(
    "多少|怎么|如何|什么|哪[里个些家]|能不能|要不要|好不好|是不是|有没有|贵不贵"
)
_ADDRESSES = re.compile("[:：].*[你您他她]")
_TEMPLATE_FORMS = str.maketrans(
    "来过职业专业会说话养爱对严岁开从学读书长间结离婚后样个为国东华语称医视湾",
    "來過職業專業會說話養愛對嚴歲開從學讀書長間結離婚後樣個為國東華語稱醫視灣",
)
"""Traditional forms of the characters in the templates of the rules."""


@cache
def _table() -> RuleTable:
    """Return the rules; the file is loaded with the first message."""
    names = ("RELATIVES", "PEOPLE", "JOBS", "DISEASES", "PETS", "SUBJECTS", "SKILLS", "NOT_EATEN")
    macros = {name: getattr(words, name) for name in names}
    return load_rules("rules_chinese.toml", {**macros, "HAN": f"[{HAN}]"})


def read(sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield the claims of one sentence, with or without its final punctuation."""
    plain, forms = _simplified(sentence)
    for claim in _claims(plain, reference):
        yield _as_written(claim, forms) if forms else claim


def read_doubtful(sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield what the grammar of a sentence says with a value that nobody knows."""
    plain, forms = _simplified(sentence)
    if _SARCASM.search(plain) or _ASKS.search(plain):
        return
    for clause in clauses_of(_asserted(_split(plain))):
        for claim in doubtful_claims(clause, reference) if clause else ():
            yield _as_written(claim, forms) if forms else claim


def _simplified(sentence: str) -> tuple[str, dict[int, str]]:
    """Return a sentence in simplified characters and Mandarin words, and its own characters."""
    written = sentence.strip().rstrip("。.！!~～")
    plain = in_mandarin(_BESIDE_LATIN.sub("", unify_characters(written))).replace("啦", "了")
    forms = {ord(one): other for one, other in zip(unify_characters(written), written, strict=True)
             if one != other}  # fmt: skip
    return plain, forms


def _split(sentence: str) -> list[str]:
    return [clause for clause in _BREAK.split(sentence)[:MAX_CLAUSES] if clause]


def without_others(sentences: list[str]) -> list[str]:
    """Return sentences without those that leave out whom they are about after one about others.

    我哥换工作了。搬到上海了: who moved is not the speaker. Other languages stay.
    """
    if not any(map(_HAN.search, sentences)):
        return sentences
    kept: list[str] = []
    of_others = False
    for sentence in sentences:
        plain = unify_characters(sentence)
        speaker = _SPEAKER.search(plain)
        if not (of_others and not speaker and _HAN.search(plain)):
            kept.append(sentence)
        if speaker or _OTHERS.search(plain):
            of_others = bool(_THIRD_PERSON.search(plain) or (speaker is None)
                             or _NOT_ME.match(plain[speaker.start() :]))  # fmt: skip
    return kept


def _claims(sentence: str, reference: ReferenceTime) -> Iterator[Claim]:
    if _SARCASM.search(sentence):
        return
    clauses = _split(sentence)
    if not _ASKS.search(sentence):
        yield from request_claims(sentence, clauses)
    elif len(clauses) < 2 or not _ASKS_BACK.search(clauses[-1]):
        return
    else:
        clauses = clauses[:-1]
    found: list[Claim] = []
    for clause, following in _clauses_of_me(clauses):
        found += _clause_claims(clause, following, reference)
    found += _predicate_claims(clauses, reference, asks=bool(_ASKS.search(sentence)))
    yield from distinct_claims(found)


def _predicate_claims(
    clauses: list[str], reference: ReferenceTime, *, asks: bool
) -> Iterator[Claim]:
    parts = _asserted(clauses)
    asks = asks or any(_INTERROGATIVE.search(clause) for clause in clauses)
    understood = True
    for place, clause in enumerate(clauses_of(parts)):
        # Who leaves out 我 goes on from words of their own, or begins with them.
        if clause is not None and clause.dropped and not (clause.continued or understood):
            continue
        found = list(_of_clause(clause, parts[place + 1 :], reference, asks)) if clause else []
        understood = bool(found) or (clause is not None and len(clause.predicate) <= 4)
        yield from found


def _asserted(clauses: list[str]) -> list[str]:
    """Return clauses without what leads them, up to the first that nobody asserts."""
    parts: list[str] = []
    for raw in clauses:
        part = as_own_news(raw.strip())
        if lead := _FILLER.match(part):
            part = part[lead.end() :]
        if any(sign.search(part) for sign in (_NOT_ASSERTED, _ASKS, _ADDRESSES)):
            break
        parts.append(part)
    return parts


def _of_clause(
    clause: Clause, following: list[str], reference: ReferenceTime, asks: bool
) -> Iterator[Claim]:
    yield from introduced(clause, following)
    yield from predicate_claims(clause, "".join(following[:1]), reference, asks=asks)
    if not clause.about:
        yield from plan_claims(f"我{clause.text.removeprefix('我')}", reference)


def _clauses_of_me(clauses: list[str]) -> Iterator[tuple[str, str]]:
    """Yield the clauses about the speaker, with the clause after each.

    我 is put before those that go on without a subject. The first that nobody asserts ends them.
    """
    of_me = of_others = False
    for place, raw in enumerate(clauses):
        if len(raw) > MAX_CLAUSE_CHARACTERS:
            return
        clause = _without_lead(raw)
        if _NOT_ASSERTED.search(clause) or _ASKS.search(clause):
            return
        if clause.startswith(("俺", "本人", "咱")):
            clause = f"我{clause[2:] if clause.startswith(('本人', '咱们')) else clause[1:]}"
        if not clause.startswith("我") and names_birthday(clause):
            yield clause, ""
            continue
        if not clause.startswith("我"):
            before = clauses[place - 1] if place else ""
            goes_on = (
                (not of_others and (_DROPPED.match(clause) or _DROPPED_RELATIVE.match(clause)))
                or _MOURNED.match(clause)
                or (of_me and _GOES_ON.match(clause))
                or (_SURNAME.match(before) and "叫" in clause[:4])
            )
            of_me = of_me and not clause
            of_others = of_others or _OTHERS.search(clause) is not None
            of_others = of_others or clause.startswith(("你", "您"))
            clause = f"我{clause}" if goes_on else ""
        if clause:
            of_me = not (_NOT_ME.match(clause) or _NEW_PERSON.fullmatch(clause))
            of_others = not of_me
            if _ADDRESSES.search(clause):
                return
            yield clause, clauses[place + 1] if place + 1 < len(clauses) else ""


def _without_lead(clause: str) -> str:
    """Return a clause without what may stand before its subject."""
    clause = as_own_news(clause.strip())
    for lead in (_FILLER, _TIME_BEFORE_ME, _COMPARED):
        found = lead.match(clause)
        if found is None:
            continue
        if lead is _TIME_BEFORE_ME:
            # 去年我搬到了上海 is read as 我去年搬到了上海.
            clause = f"我{found[0].rstrip('的')}{clause[found.end() + 1 :]}"
        else:
            clause = clause[found.end() :]
    return clause


def _clause_claims(clause: str, following: str, reference: ReferenceTime) -> Iterator[Claim]:
    yield from _rule_claims(clause, following, reference)
    if _NOT_ME.match(clause):
        whom = _table().patterns["relation"].match(clause)
        if whom is not None:
            yield from _relation_claims(clause, whom, reference)
    else:
        yield from _habit_claims(clause)
    yield from plan_claims(clause, reference)
    yield from birthday_claims(clause)


def _rule_claims(clause: str, following: str, reference: ReferenceTime) -> Iterator[Claim]:
    named: set[str] = set()
    for rule in _table().rules["me"]:
        if rule.topic == "home" and may_be_over(clause):
            continue
        # A name stands in the clause after it: 养了一只猫，叫咪咪; 有个妹妹，叫小美.
        joined = following and rule.topic in {"pet", "family", "people"}
        found = rule.pattern.match(f"{clause}，{following}") if joined else None
        if found is not None:
            named.add(rule.topic)
        elif rule.topic not in named:
            found = rule.pattern.match(clause)
        if found is None:
            continue
        about = relation_of(found) if rule.topic == "event" else ""
        for claim in claims_from_match(rule, found, _CHINESE, about=about):
            yield reference.with_times(claim, clause, ended=rule.ended, dated=rule.dated)


def _relation_claims(clause: str, whom: re.Match[str], reference: ReferenceTime) -> Iterator[Claim]:
    """Yield what a clause says of somebody else, read as if they said it of themselves."""
    relation = words.SYNONYMS.get(whom["relation"], whom["relation"])
    named = whom["who"] or ""
    for claim in _rule_claims(f"我{clause[whom.end() :]}", "", reference):
        if claim.topic in _TOPICS_OF_OTHERS and not claim.about:
            link = "的" if "：" in claim.text else ""
            text = f"{relation}{named}{link}{claim.text}"
            yield msgspec.structs.replace(claim, about=named or relation, text=text)


def _habit_claims(clause: str) -> Iterator[Claim]:
    found = _HABIT.match(clause)
    if found and _HABITUAL.search(found["habit"]) and not re.search("不|没|想", found["habit"]):
        yield Claim(topic="habit", text=found["habit"], value=fold_text(found["habit"]))


def _as_written(claim: Claim, forms: dict[int, str]) -> Claim:
    """Return a claim whose text is in the characters of a sentence in traditional ones."""
    text = claim.text.translate(forms)
    return msgspec.structs.replace(claim, text=text.translate(_TEMPLATE_FORMS))
