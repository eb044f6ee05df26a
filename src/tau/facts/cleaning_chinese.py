"""Cleaners of what Chinese rules match: names, places, jobs, things.

Each cleaner trims a match to what is meant and returns nothing for what is not of its kind: that
is where precision comes from. What they are given is in simplified characters.
"""

import re

from tau.facts.patterns import Cleaner
from tau.facts.places_chinese import LATIN_PLACES, PLACES
from tau.facts.vocabulary_chinese import (
    COMMON_SURNAMES,
    COMPOUND_SURNAMES,
    EXCLUSIVE_RELATIONS,
    GIVEN_NAME_CHARACTERS,
    SCHOOL_ENDINGS,
    SCHOOL_SHORT_NAMES,
    SURNAMES,
    SYNONYMS,
    TITLES,
)
from tau.text.scripts import HAN

_NOT_IN_NAMES = re.compile(
    "[他她你您它我了过的个着别不去谁吗呢吧得很把被给什么怎这那是在有没也都就还跟和与让叫说话]"
)
_NO_NAME = re.compile(
    f"外卖|滴滴|小[区学丑贩妹弟哥姐狗猫]|阿姨|快递|顺风车|出租|代驾|救护|服务员|小心|小时|小吃|小费|小孩|小朋友|小偷|老板|大家|大车|大巴|明天|今天|高铁|高中|(?:{TITLES})$"
    "|[来去走吃喝回看做买睡醒起帮]$"
)
_LATIN_NAME = re.compile(r"[A-Z][A-Za-z'-]{1,20}(?: [A-Z][A-Za-z'-]{1,20})?$")
_NO_LATIN_NAME = re.compile("uber|didi|taxi|grab|lyft|siri|gpt|tau$|ai$", re.IGNORECASE)

_PLACE_TAIL = re.compile(
    "(?:的|了|呢|啊|呀|吧|哦|啦|这边|那边|这里|工作|上班|读书|上学|生活|定居|发展|住|好几年|很多年|多年|很久|好久"
    "|快?[一二两三四五六七八九十几半\\d]+(?:多|来)?(?:年|个月|个多月|天|周|个星期)(?:多|半)?)+$"
)
_PLACE_END = re.compile(
    f"[{HAN}]{{1,6}}(?:市|省|县|镇|乡|村|州|岛|城|湾|自治区|特区|街道|大道|路|街|巷|弄|胡同|小区|花园|苑|屯|旗|盟|堡|港|半岛|开发区|新区|区)$"
)
_NO_PLACE = re.compile(
    "[我你您他她它这那哪什谁某的了吗呢]|家里|学校|宿舍|一起|医院|外面|楼|^一|公寓|酒店|民宿|宾馆|旅馆|沙发|隔壁|父母|朋友|亲戚|对象|床"
    "|新家|老家|城里|乡下|市区|郊区|郊外|海边|山里|山上|农村|附近|旁边|对面|单位|公司|地下室|出租屋|合租|别墅|房子|公园|国外|国内|外地|本地|异地|他乡|心里|梦里|租房|养老院"
    "|小区$|花园$|自己|大城市|小城市|小镇$|小城$|小岛$|小村|县城$|村子|城市$|火星|月球|地球|天堂|地狱|云端|云上"
)
_PRONOUN = "你您他她它我咱俺"
_NO_ORIGIN = re.compile(
    "[的我你您他她它这那不很最个有好坏男女大病名老小新]|^(?:什么|哪|普通|本地|外地|成年|年轻|负责|聪明|正常|内向|外向|中间|过来|当事|单身|打工|社会|法|证|候选|机器"
    "|南方|北方|乡下|城里|外国|懒|文化|明白|穷|富|幸运|局外|经纪|主持|读书|养猫|两种|同类|同路|牛|猎|忙|闲|粗|俗|凡|真|地球|现代|古|当地|中年|残疾|盲|聋|原始)"
)
_NO_THING = re.compile(
    f"[{_PRONOUN}吗呢谁]|^(?:[这那的上了过什怎哪得着、和跟不很是被把让有在一为]|自己)|什么|怎么|一下|的人$|的时候|起来|的感觉$|的样子|这样|那样|的话|的是|的原因"
    "|回答|建议|说法|想法|主意|意思|结果|方式$|聊天机器人"
)
_SARCASTIC = re.compile(
    "加班|塞车|堵|熬夜|通勤|打针|吃药|等位|被催|挤|缴税|交税|值班|开会|早起|堵车|被.|挨骂|挨打|扣钱|扣工资|排队|催婚|相亲|周一|星期一|上班|写作业|做作业|生病|迟到|停电|蚊子|排长队|失眠|内卷|调休|交房租|还贷|还房贷"
    "|背锅|搬砖|考试|补课|挤地铁|洗碗$|倒霉|吵架|分手|失恋|裁员"
)
"""What people like only in jest."""
_THING_TAIL = re.compile("(?:[：:~～（(].*|的感觉|呢|啊|呀|吧|哦|啦|了|哈|哈哈+|嘛|！)$")
_LISTED = re.compile("[、/]|以及|(?<=.)[和跟与](?=.)")
_NO_ORG = re.compile(
    f"^家$|^(?:努力|认真|外面|拼命|正|加班|忙|埋头|一边|为|线上|网上|家|一起|这|那|哪|什么|某|同一|别的|其他)|[{_PRONOUN}了的吗呢]"
    "|国外$|白天|晚上|夜里|周末|早上|下午|远程|公司$(?<!.公司)|单位$|办公室|工位|咖啡馆里|床上|路上"
)
_NO_SUBJECT = re.compile(
    "老师|医生|上班|医院|工作|工程师|教授|护士|师$|员$|生$|教书|习|(?<!社)会(?!计|展)|到|了|过|着|不|完|东西|做|怎么|什么|书|校|好|累|吧|得|的|游泳|开车|做饭|车|弹|画画|乖|坏|聪明|精|舌|样|说|叫|[我你他她]|大一|大二|大三|大四|研|博士|硕士|本科|高[一二三中]|初[一二三中]|小学|幼儿园|几年级|年级"
)
_JOB_PREFIX = re.compile(
    f"[了演扮回次{_PRONOUN}这那的不很最没非前家像当过想被给和跟比假冒位名个]|将来|未来|以前|曾经|理想|梦想|光荣|人民|合格|优秀|好$"
)
_METAPHOR_ALLERGEN = re.compile(
    f"[{_PRONOUN}]|什么|哪|工作|上班|加班|学习|数学|英语|早起|周一|开会|考试|作业|婚姻|爱情|男人|女人|人类|领导|老板|亲戚|生活|世界|气喘|鼻子|穷|钱|运动|健身|努力|恋爱|这|那|所有|一切"
)


def name(raw: str) -> list[str]:
    """Return a name that is certainly one: a surname and a given name, a pet form, or Latin."""
    cut = raw.strip("“”\"「」『』《》'")
    if _LATIN_NAME.match(cut):
        return [] if _NO_LATIN_NAME.match(cut) else [cut]
    return [cut] if _is_name(cut) and not _NO_NAME.search(cut) else []


def _is_name(text: str) -> bool:
    if not re.fullmatch(f"[{HAN}]{{2,4}}", text) or _NOT_IN_NAMES.search(text):
        return False
    first, rest = text[0], text[1:]
    if text[:2] in COMPOUND_SURNAMES and len(text) > 2:
        return True
    if len(text) == 4:
        return False
    usual = all(character in GIVEN_NAME_CHARACTERS for character in rest)
    if first in COMMON_SURNAMES:
        return True
    if first in "小阿老大" and len(rest) == 1:
        return usual or first in "小阿" or rest in SURNAMES
    pet_form = first in "小阿" and usual
    return (
        pet_form
        or (usual and (first in SURNAMES or first in GIVEN_NAME_CHARACTERS))
        or (len(text) == 2 and first == rest)
    )


def nickname(raw: str) -> list[str]:
    """Return a name that somebody gives to a person or an animal: short, and no phrase."""
    cut = raw.strip("“”\"「」『』《》'")
    cut = re.sub("(?:就行了?|就好了?|就可以了?|吧|哦|啦|呀|即可|好了)$", "", cut)
    if _LATIN_NAME.match(cut.capitalize()):
        return [] if _NO_LATIN_NAME.match(cut) else [cut]
    odd = _NOT_IN_NAMES.search(cut) or re.search(
        "外卖|滴滴|小[区学丑贩妹弟哥姐狗猫]|阿姨|车$|起床|一声|快点|什么", cut
    )
    return [cut] if re.fullmatch(f"[{HAN}]{{2,5}}|[{HAN}]", cut) and not odd else []


def title(raw: str) -> list[str]:
    """Return how somebody wants to be addressed: "王老师" may stand here."""
    return [] if re.search("[来去回吃起出上做看走帮干写]$|[走快来滚去]$", raw) else nickname(raw)


def place(raw: str) -> list[str]:
    """Return a place, also one that is not known, as long as it looks like one."""
    cut = _place(raw)
    if _is_known(cut):
        return [cut]
    odd = _NO_PLACE.search(cut) or not re.fullmatch(f"[{HAN}]{{2,8}}", cut)
    return [] if odd else [cut]


def known_place(raw: str) -> list[str]:
    """Return a place that is known, or that ends as places do ("平江路", "清水镇")."""
    cut = _place(raw)
    if _is_known(cut):
        return [cut]
    return [cut] if _PLACE_END.match(cut) and not _NO_PLACE.search(cut) else []


def _place(raw: str) -> str:
    cut = _PLACE_TAIL.sub("", raw.strip())
    return cut.removeprefix("了").removeprefix("老家").removeprefix("在").strip()


def _is_known(text: str) -> bool:
    """Return whether a text starts with a known place and goes on with the parts of one."""
    if re.fullmatch("[A-Za-z][A-Za-z '.-]{1,24}", text):
        return text.casefold() in LATIN_PLACES
    if text in PLACES or re.sub("(?:市|省|县|区|那边|这边)$", "", text) in PLACES:
        return True
    for length in (2, 3, 4):
        if text[:length] in PLACES:
            rest = re.sub("^(?:市|省|州|的)", "", text[length:])
            if rest in PLACES or _PLACE_END.match(rest) or not rest:
                return not _NO_PLACE.search(rest.removesuffix("小区").removesuffix("花园"))
            return rest != text and _is_known(rest)
    return False


def things(raw: str) -> list[str]:
    """Return what someone likes, each thing of a list by itself."""
    whole = _THING_TAIL.sub("", raw.strip())
    parts = [part for part in _LISTED.split(whole) if part]
    # "和朋友聊天" is one thing: what stands after 和 is a thing by itself only among short ones.
    each = parts if len(parts) > 1 and all(len(part) <= 5 for part in parts) else [whole]
    if any(_NO_THING.search(part) or not 1 <= len(part) <= 12 for part in each):
        return []
    return each if each != [whole] or len(whole) > 1 or whole in "猫狗茶酒书雪雨花海面" else []


def liked(raw: str) -> list[str]:
    """Return what someone likes in earnest; "茶而不是咖啡" is 茶."""
    raw = re.sub("(?:，?而不是|多于|胜过|甚于|不喜欢|不太喜欢|不爱).*$", "", raw)
    return [] if _SARCASTIC.search(raw) else things(raw.removeprefix("一个人"))


def thing(raw: str) -> list[str]:
    """Return one thing."""
    return things(raw)[:1]


def favourite(raw: str) -> list[str]:
    """Return what is the favourite of its kind."""
    cut = _THING_TAIL.sub("", raw.strip())
    odd = _NO_THING.search(cut) or _SARCASTIC.search(cut)
    return [cut] if 1 <= len(cut) <= 14 and not odd else []


def allergen(raw: str) -> list[str]:
    """Return what someone is allergic to, and nothing for a figure of speech."""
    if re.search("[不没无]$|^[不没无]", raw):
        return []
    if raw in {"虾", "蟹", "鱼", "蛋", "奶", "酒", "螨", "桃", "猫", "狗"}:
        return [raw]
    return [] if _METAPHOR_ALLERGEN.search(raw) else things(raw)


def org(raw: str) -> list[str]:
    """Return a place of work or study."""
    cut = raw.removesuffix("了").strip()
    cut = re.sub("^(?:一[家个所间]|本地一家|本地的?一?家?)", "", cut)
    return [] if _NO_ORG.search(cut) or not 2 <= len(cut) <= 14 else [cut]


_SCHOOL = re.compile(f"(?:{SCHOOL_ENDINGS})$|^(?:{SCHOOL_SHORT_NAMES})$")


_ANY_SCHOOL = re.compile("(?:小学|中学|初中|高中|大学|学院|学校|幼儿园|我们学校|上大学|读大学)")


def school(raw: str) -> list[str]:
    """Return a school, by how such names end or as one that everybody knows."""
    cut = re.sub("^(?:了|一[所家个])", "", raw.removesuffix("了"))
    odd = re.search(f"[{_PRONOUN}这那哪读念]|什么|一起", cut)
    odd = odd or _ANY_SCHOOL.fullmatch(cut)
    return [cut] if _SCHOOL.search(cut) and not odd and len(cut) <= 14 else []


def intro(raw: str) -> list[str]:
    """Return the name of somebody who says 我是 before it: a full name, and no other word."""
    whole = raw[:2] in COMPOUND_SURNAMES or (len(raw) == 3 and raw[0] in COMMON_SURNAMES)
    usual = all(character in GIVEN_NAME_CHARACTERS for character in raw[1:])
    odd = re.search(
        "[一人生员师者家族座控迷长手后]$|^(?:单身|高[一二三中]|安静|成功|东方|明白|白天|平安|万一)",
        raw,
    )
    return name(raw) if whole and usual and not odd else []


def venture(raw: str) -> list[str]:
    """Return a business of one's own."""
    return [] if re.search(f"[{_PRONOUN}的这那]|什么|玩笑", raw) else [raw]


def job(raw: str) -> list[str]:
    """Return a job; what stands before it must be a part of it ("小学", "软件")."""
    return [] if _JOB_PREFIX.search(raw) or len(raw) > 10 else [raw]


def origin(raw: str) -> list[str]:
    """Return where someone comes from, of "四川人"."""
    if _is_known(raw):
        return [raw]
    odd = _NO_ORIGIN.search(raw) or not re.search("[州阳山江城海湖安宁南西东北川]$", raw)
    return [] if odd else [raw]


def subject(raw: str) -> list[str]:
    """Return what someone studies."""
    return [] if _NO_SUBJECT.search(raw) else [raw]


def derive_values(texts: dict[str, str]) -> dict[str, str]:
    """Return the parts of templates that follow from what was matched."""
    relation = texts.get("relation", "")
    only = relation if relation in EXCLUSIVE_RELATIONS else ""
    return {
        "familyslot": f"family:{only}" if only else "",
        "peopleslot": f"people:{only}" if only else "",
        **texts,
    }


CLEANERS: dict[str, Cleaner] = {
    "name": name,
    "nickname": nickname,
    "title": title,
    "place": place,
    "known": known_place,
    "things": things,
    "liked": liked,
    "items": allergen,
    "item": thing,
    "thing": thing,
    "favourite": favourite,
    "org": org,
    "job": job,
    "origin": origin,
    "subject": lambda raw: subject(raw) if raw else [""],
    "school": school,
    "intro": intro,
    "venture": venture,
    "trade": lambda raw: [] if re.search(f"[{_PRONOUN}这那]|玩笑|梦|好人|事$", raw) else [raw],
    "held": lambda raw: (
        []
        if re.search(f"[{_PRONOUN}这那吗呢要会想能不就去被坏该可]", raw.replace("吉他", ""))
        else [raw]
    ),
    "field": lambda raw: [] if _NO_ORG.search(raw) else [raw],
    "relation": lambda raw: [SYNONYMS.get(raw, raw)],
}
"""The cleaner of each group of the rules."""
