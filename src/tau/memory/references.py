"""References: who "she" is in "where does she live?", from what was said just before.

A search knows only the last words; with the name in place of the pronoun it finds what the person
means. Rules for English and Chinese singular pronouns of people: the newest message that names
somebody they may stand for decides. Where nobody fits, the words stay as they are.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from tau.text.dates.calendar import MONTHS, WEEKDAYS
from tau.text.scripts import HAN

Gender = Literal["she", "he"]
LOOKED_BACK = 6
"""Messages before the words that may say who is meant."""
LONGEST_TEXT = 2_000
"""Characters of a message that are looked at."""

_PRONOUN = re.compile(
    r"\b(?:(she|hers?)|(he|him|his))\b|(她)(?!们|們)|(他)(?!们|們|人)", re.IGNORECASE
)
_NAME = r"[A-Z][a-z]+(?:-[A-Z][a-z]+)?"
_WOMEN = (
    "mother|mom|mum|mommy|mummy|sister|daughter|wife|girlfriend|fiancee|fiancée|aunt|niece|grandma"
    "|grandmother|granny"
)
_MEN = (
    "father|dad|daddy|brother|son|husband|boyfriend|fiancé|uncle|nephew|grandpa|grandfather|grandad"
)
_ANYONE = (
    "friend|boss|doctor|dentist|therapist|teacher|neighbou?r|colleague|coworker|partner|cousin"
    "|roommate|landlord|manager|coach"
)
_PERSON = re.compile(
    rf"\b(?:(?P<woman>{_WOMEN})|(?P<man>{_MEN})|(?P<anyone>{_ANYONE}))\b(?:,? (?P<called>{_NAME}))?"
    rf"|(?P<before>\b[\w',]+) (?P<name>{_NAME})\b"
    r"|(?P<wife>妈妈|媽媽|[我她他]妈|母亲|母親|姐姐|妹妹|女儿|女兒|妻子|老婆|女朋友|女友|奶奶|外婆|姥姥|阿姨|姑姑"
    r"|表姐|表妹)"
    r"|(?P<husband>爸爸|[我她他]爸|父亲|父親|哥哥|弟弟|儿子|兒子|丈夫|老公|男朋友|男友|爷爷|爺爺|外公|姥爷|叔叔"
    r"|舅舅|表哥|表弟)"
    r"|(?P<other>朋友|老板|老闆|医生|醫生|老师|老師|邻居|鄰居|同事|同学|同學|室友|房东|房東"
    rf"|[小老阿](?!时|時|区|區|心|学|學|说|說|孩|板|闆|师|師|人|家|是|吃|姨|伴|外|婆|公)[{HAN}])"
)
_NOT_BEFORE_A_PERSON = frozenset(
    ["in", "at", "to", "from", "near", "of", "on", "into", "through", "visit", "visited", "the"]
)
_OTHER_CAPITALS = [
    "english",
    "chinese",
    "french",
    "german",
    "spanish",
    "christmas",
    "easter",
    "god",
    "tau",
    "internet",
]
_NO_NAMES = frozenset(name.title() for name in (*MONTHS, *WEEKDAYS, *_OTHER_CAPITALS))


def resolve_references(text: str, before: Sequence[str]) -> str:
    """Return `text` with pronouns replaced by whom they stand for; `before` is oldest first."""
    found = _PRONOUN.search(text[:LONGEST_TEXT])
    if found is None or any(match["name"] for match in _PERSON.finditer(text[:LONGEST_TEXT])):
        return text
    gender: Gender = "she" if found[1] or found[3] else "he"
    for earlier in [*reversed(before[-LOOKED_BACK:])]:
        people = [name for name, of in _people(earlier[:LONGEST_TEXT]) if of in (None, gender)]
        if people:
            return _replace(text, gender, people[-1])
    return text


def _replace(text: str, gender: Gender, person: str) -> str:
    """Return `text` with a person in place of the pronouns of a gender."""

    def replaced(match: re.Match[str]) -> str:
        of = "she" if match[1] or match[3] else "he"
        return person if of == gender else match[0]

    return _PRONOUN.sub(replaced, text)


def _people(text: str) -> Iterator[tuple[str, Gender | None]]:
    """Yield the people that a text names, each with the gender that the word implies."""
    for match in _PERSON.finditer(text):
        gender: Gender | None = None
        if match["woman"] or match["wife"]:
            gender = "she"
        elif match["man"] or match["husband"]:
            gender = "he"
        if match["name"]:
            if (
                match["before"].lower() not in _NOT_BEFORE_A_PERSON
                and match["name"] not in _NO_NAMES
            ):
                yield match["name"], None
        else:
            yield match[0].replace(",", ""), gender
