"""Cleaners of what Chinese rules match: names, places, jobs, things.

Each cleaner trims a match to what is meant and returns nothing for what is not of its kind: that
is where precision comes from.
"""

import re

from tau.facts.patterns import Cleaner
from tau.facts.vocabulary import word_set
from tau.text.scripts import HAN

RELATIVES = (
    "妈妈|母亲|老妈|爸爸|父亲|老爸|老婆|妻子|太太|老公|丈夫|先生|女儿|儿子|妹妹|姐姐|哥哥|弟弟|爷爷|奶奶|外公|外婆"
    "|姥姥|姥爷|女朋友|男朋友|女友|男友|未婚夫|未婚妻|叔叔|阿姨|舅舅|姑姑|表妹|表弟|表哥|表姐|堂哥|堂弟|堂姐|堂妹"
    "|孙子|孙女|宝宝|孩子|大女儿|小女儿|大儿子|小儿子|双胞胎妹妹|岳母|岳父|婆婆|公公|妈|爸|姐|哥|弟|妹"
)
PEOPLE = "好朋友|朋友|闺蜜|室友|同事|老板|领导|邻居|导师|同桌|同学|房东|教练|医生|班主任|上司"
SYNONYMS = {"妈": "妈妈", "爸": "爸爸", "姐": "姐姐", "哥": "哥哥", "弟": "弟弟", "妹": "妹妹",
        "母亲": "妈妈", "父亲": "爸爸", "老妈": "妈妈", "老爸": "爸爸", "妻子": "老婆",
        "太太": "老婆", "丈夫": "老公", "女友": "女朋友", "男友": "男朋友"}  # fmt: skip
EXCLUSIVE_RELATIONS = word_set(
    """
    妈妈 爸爸 老婆 老公 女朋友 男朋友 未婚夫 未婚妻 老板
    """
)

_NOT_IN_NAMES = re.compile("[他她你它我了过的个着别不来去谁吗呢吧得很把被给什么怎外卖车快]")
_NAME = re.compile(rf"[{HAN}]{{2,4}}$|[A-Z][A-Za-z'-]{{1,20}}(?: [A-Z][A-Za-z'-]{{1,20}})?$")
_NAME_TAIL = re.compile(
    "(?:，|今年|来自|是|住在?|目前|现在|就行|就好|吧|哦|啦|呀|啊|~|～|,| \\().*$"
)
_PLACE_TAIL = re.compile(
    "(?:了|呢|啊|呀|吧|这边|那边|这里|的|工作|上班|读书|上学|生活|好几|快[一二两三四五六七八九十]|[一二两三四五六七八九十几\\d]+(?:多)?(?:年|个月|天|楼|层)"
    "|和|跟|已经|因为|差不多|那年|之前|之后|附近|多年|很多年|很久).*$"
)
_NO_PLACE = re.compile(
    "[我你他她它这那哪什谁]|家里|学校|宿舍|一起|医院|外面|楼|房|^一[个座间套]|公寓|酒店|院|沙发|隔壁|父母|朋友|床|新家|城里|乡下|市区|郊区|海边|山里|农村|某"
)
_NO_ORIGIN = word_set(
    """
    好 男 女 大 病 名 普通 本地 外地 成年 年轻 老 主 负责 什么 哪里 哪儿 坏 聪明 正常 内向
    外向 中间 过来 当事 一个 单身 打工 社会 法 证 候选 机器 南方 北方 乡下 城里 外国 懒 文化 明白
    有钱 穷 富 新 老实 幸运 局外 经纪 主持 读书 养猫
    """
)
_NO_THING = re.compile(
    "^[你他她它我这那的上了过什谁一谁怎哪得着、和跟不很是被把让有在]|[吗呢]|什么|怎么|一下|自己|的人$|的时候|起来|跟你|和你|您"
)
_NO_ORG = re.compile(
    "^家|努力|认真|外面|这[里儿边家]|那[里儿边家]|国外$|[我你他她]|一起|哪|什么|加班|正|拼命|线上|网上|家里|忙|埋头|^为|一边|白天|晚上|夜里|周末|早上|下午"
)
_THING_TAIL = re.compile(
    "(?:[，,：:~～（(]|因为|但是|但|不过|所以|特别是|尤其是|的感觉|，|呢|啊|呀|吧|哦|啦|！).*$"
)
_LISTED = re.compile("[、/]|以及|(?<=.)[和跟与](?=.)")
_NO_SUBJECT = re.compile(
    "习|会|到|了|过|着|不|完|东西|做|怎么|什么|我|你|他|书|校|生|好|累|吧|得|的|游泳|开车|做饭|车|弹|画画"
)


def name(raw: str) -> list[str]:
    """Return a name of two to four characters, or one in Latin letters."""
    cut = _NAME_TAIL.sub("", raw).strip('“”"「」《》')
    return [cut] if _NAME.match(cut) and not _NOT_IN_NAMES.search(cut) else []


def place(raw: str) -> list[str]:
    """Return a place."""
    cut = _PLACE_TAIL.sub("", raw).removeprefix("老家").removeprefix("在")
    return [cut] if 2 <= len(cut) <= 10 and not _NO_PLACE.search(cut) else []


def things(raw: str) -> list[str]:
    """Return what someone likes, each thing of a list by itself."""
    whole = _THING_TAIL.sub("", raw)
    parts = [part for part in _LISTED.split(whole) if part]
    # "和朋友聊天" is one thing: what stands after 和 is a thing by itself only among short ones.
    each = parts if len(parts) > 1 and all(len(part) <= 5 for part in parts) else [whole]
    if any(_NO_THING.search(part) or not 1 <= len(part) <= 12 for part in each):
        return []
    return each if each != [whole] or len(whole) > 1 or whole in "猫狗茶酒书雪雨花海" else []


def thing(raw: str) -> list[str]:
    """Return one thing."""
    return things(raw)[:1]


def favourite(raw: str) -> list[str]:
    """Return what is the favourite of its kind."""
    cut = _THING_TAIL.sub("", raw)
    return [cut] if 1 <= len(cut) <= 16 and not re.match("[你他她它这那什谁]", cut) else []


def org(raw: str) -> list[str]:
    """Return a place of work or study."""
    cut = raw.removesuffix("了").strip()
    if _NO_ORG.search(cut) or not 2 <= len(cut) <= 14:
        return []
    return [re.sub("^一[家个所]", "", cut)]


def origin(raw: str) -> list[str]:
    """Return where someone comes from, of "四川人"."""
    odd = re.search("[的我你他她这那不很最个有]", raw) or any(
        raw.endswith(one) for one in _NO_ORIGIN
    )
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
    "place": place,
    "things": things,
    "items": things,
    "item": thing,
    "thing": thing,
    "favourite": favourite,
    "org": org,
    "origin": origin,
    "subject": subject,
    "relation": lambda raw: [SYNONYMS.get(raw, raw)],
    "diet": lambda raw: ["吃素" if "吃" in raw else raw],
}
"""The cleaner of each group of the rules."""
