"""Names that a Chinese clause gives to whom the one before it speaks of.

有两只猫，一只叫糯米一只叫汤圆; 捡了只小狗，打算就叫煤球; 儿子出生了，小名叫豆包.
"""

import re
from collections.abc import Iterator, Sequence

from tau.facts import vocabulary_chinese as words
from tau.facts.clauses_chinese import Clause
from tau.facts.cleaning_chinese import derive_values, nickname
from tau.journal.entries import Claim
from tau.text.tokenization import fold_text

_PET = re.compile(
    f"(?:只|条|匹|个|头)(?:[^，]{{0,6}}?)(?P<pet>{words.PETS})$|(?:新|一|俩|两|三)(?P<pet2>{words.PETS})$"
)
_EACH = re.compile(
    "(?:[一二两][只条个]|另[一外]+[只条个]?|大的|小的|公的|母的|老大|老二|哥哥|妹妹|弟弟|姐姐|(?<=[和跟、]))叫(?P<name>[^，和跟、叫]{1,4}?)(?=一[只条个]|另|[大小公母]的|[，和跟、]|$)"
)
_ONE = re.compile(
    "(?:就|我们?|打算|准备|想|给[它他她]|大家|都|也){0,4}(?:取名|起名|名字|小名|大名|唤作|叫|喊)(?:字?叫|它|他|她|是|为|作|做|了){0,2}(?P<name>[^，]{1,6})$"
)
_CHILD = re.compile(
    "(?:大名|小名|名字|乳名|取名|起名)(?:就|也)?(?:字?叫|叫|是|为)(?P<name>[^，大小]{1,4})(?:大名.*)?$"
)
_PARTNER = re.compile("脱单|(?:有|交|谈)了?(?:个|一个)?(?:(?P<who>女朋友|男朋友)|对象)|恋爱|谈恋爱")
_PARTNER_NAME = re.compile("(?:[他她]|对方|名字)(?:的?名字)?叫(?P<name>[^，]{2,4})$")
_CHILDREN = re.compile("有(?:[一二两三四俩]个?)?(?P<child>孩子|娃|女儿|儿子|宝宝|闺女|双胞胎)$")
_LOOKS_AHEAD = 3


def introduced(clause: Clause, following: Sequence[str]) -> Iterator[Claim]:
    """Yield the names that the clauses after one give to the pet or the relation it speaks of."""
    ahead = following[:_LOOKS_AHEAD]
    if clause.about:
        name = _first(_CHILD, ahead)
        if name and "有" not in clause.predicate[:1]:
            yield _family(clause.about, name)
        return
    pet = _PET.search(clause.predicate)
    if pet is None:
        yield from _of_family(clause.predicate, ahead)
        return
    for name in _names(ahead):
        kind = pet["pet"] or pet["pet2"]
        yield Claim(topic="pet", text=f"{kind}：{name}", value=fold_text(f"{kind} {name}"))


def _names(ahead: Sequence[str]) -> list[str]:
    several = [found["name"] for part in ahead for found in _EACH.finditer(part)]
    raw = several or re.split("[和跟、]", _whole(_ONE, ahead[:1]))
    return [name for each in raw for name in nickname(each)]


def _of_family(predicate: str, ahead: Sequence[str]) -> Iterator[Claim]:
    """Yield the names of a new partner, or of several children."""
    if partner := _PARTNER.fullmatch(predicate):
        if name := _first(_PARTNER_NAME, ahead[:1]):
            yield _family(partner["who"] or "对象", name)
    elif children := _CHILDREN.search(predicate):
        for part in ahead:
            for found in _EACH.finditer(part):
                for name in nickname(found["name"]):
                    yield _family(children["child"], name)


def _whole(pattern: re.Pattern[str], parts: Sequence[str]) -> str:
    return next((found["name"] for part in parts if (found := pattern.match(part))), "")


def _first(pattern: re.Pattern[str], parts: Sequence[str]) -> str:
    for part in parts:
        if found := pattern.match(part):
            return next(iter(nickname(found["name"])), "")
    return ""


def _family(relation: str, name: str) -> Claim:
    slot = derive_values({"relation": relation})["familyslot"]
    text, value = f"{relation}：{name}", fold_text(f"{relation} {name}")
    return Claim(topic="family", text=text, slot=slot, value=value)
