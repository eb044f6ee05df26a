"""Predicates in Chinese: what a clause says of the speaker or of somebody close to them.

A predicate is understood as a whole or not at all. The patterns are in `predicates_chinese/`, one
file for each kind of fact; what a clause is, in `clauses_chinese`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec

from tau.facts import vocabulary_chinese as words
from tau.facts.clauses_chinese import OFTEN, SPAN, Clause, may_be_over
from tau.facts.cleaning_chinese import derive_values, known_place
from tau.facts.open_classes_chinese import CLEANERS
from tau.facts.patterns import LanguageCleaning, Rule, claims_from_match, load_rules
from tau.facts.reference_time import ReferenceTime
from tau.facts.unknown_values_chinese import UNKNOWN_VALUES
from tau.facts.vocabulary import word_set
from tau.journal.entries import Claim
from tau.text.scripts import HAN

_KINDS = ("name", "home", "work", "study", "family", "health", "taste")
_TOPICS_OF_OTHERS = frozenset({"home", "work", "study", "health", "like", "dislike"})
_PEOPLE = frozenset(words.PEOPLE.split("|"))
_PARTNERS = frozenset({"老婆", "女朋友", "对象", "爱人", "未婚妻"})
_SPOUSES = frozenset({"老伴", "老婆", "老公", "爱人", "老伴儿"})
_GOES_WRONG = re.compile("不能|没法|不敢|又犯|犯了|得注意|疼|难受|吃着?药|复查|老毛病|发作|医生")
_SIDE = re.compile("兼职|副业|业余|晚上|周末|下班|同时|顺便|另外还?")
_ELDERS = word_set("爷爷 奶奶 外公 外婆 姥姥 姥爷 太奶奶 太爷爷 阿公 阿嬷 阿婆")
_BRIEF = re.compile("今晚|昨晚|今天|昨天|明天|后天|这几天|这周|周末|暂时|临时|先|过夜|一晚|几天")
_MOOD = re.compile("抑郁|焦虑|自闭|近视|骨折|失眠")
_MAJORS = ("major", "major2", "major3")
_AT_TIMES = re.compile("早上|早晨|晚上|中午|(?:睡前|饭后|下班后|下了班|起床后|睡醒).*了$")
_AGAIN = re.compile("每|都|一般|通常|总|会|必|一定|习惯|坚持|经常|天天|雷打不动|次")
_ENDINGS = frozenset({"", "none", "分手", "失恋", "离婚"})
"""Values of what ends a job, a couple or a stay."""
_BACK_THEN = re.compile(
    "那年|那时|当年|当时|年轻|[上读念]?(?:大学|高中|初中)时|(?:大|高|初|研)[一二三四]"
)
_STATUS = {"离": "离婚", "分": "分手"}
_VOCABULARY = (
    "RELATIVES",
    "PEOPLE",
    "PETS",
    "SUBJECTS",
    "SKILLS",
    "NOT_EATEN",
    "SCHOOL_ENDINGS",
    "SCHOOL_SHORT_NAMES",
)


def _derived(texts: dict[str, str]) -> dict[str, str]:
    major = next((texts[name] for name in _MAJORS if texts.get(name)), "")
    unit = texts.get("unit", "")
    return {
        "leftstatus": _STATUS.get(texts.get("left", ""), ""),
        "majoring": f"{major}{unit}",
        "studying": f"{major}{unit}读书" if unit or not major else f"读{major}",
        **derive_values(texts),
    }


_LANGUAGE = LanguageCleaning({**CLEANERS, **UNKNOWN_VALUES}, _derived)


@cache
def _macros() -> Mapping[str, str]:
    raw = files("tau.facts").joinpath("predicates_chinese/macros.toml").read_text("utf-8")
    macros = {**tomllib.loads(raw), **{name: getattr(words, name) for name in _VOCABULARY}}
    macros |= {"HAN": f"[{HAN}]", "SPAN": SPAN, "OFTEN": OFTEN}
    return {name: f"(?:{pattern})" for name, pattern in macros.items()}


@cache
def _rules(kind: str) -> Sequence[Rule]:
    return load_rules(f"predicates_chinese/{kind}.toml", _macros()).rules["predicate"]


def predicate_claims(
    clause: Clause, following: str, reference: ReferenceTime, *, asks: bool
) -> Iterator[Claim]:
    """Yield what a clause says.

    `following` is the next one, `asks` whether their sentence ends in a question.
    """
    if clause.about:
        yield from _relation_claims(clause, following, reference)
        return
    found = list(_read(clause, clause.predicate, following, reference, asks=asks))
    if not found and clause.changed and (was := _negated(clause.predicate)):
        found = [_over(claim, reference) for claim in _read(clause, was, "", reference, asks=asks)]
    yield from found


def doubtful_claims(clause: Clause, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield what the grammar of a clause says of the speaker, whatever the value is."""
    if clause.about or clause.dropped or clause.past or may_be_over(clause.text):
        return
    for rule in _rules("doubtful"):
        found = rule.pattern.fullmatch(clause.predicate)
        if found is not None and _has(rule.needs, clause, "", asks=False):
            for claim in claims_from_match(rule, found, _LANGUAGE):
                yield reference.with_times(claim, clause.text, ended=False, dated=rule.dated)


def _negated(predicate: str) -> str:
    """Return what 不…了 says is over: 不吃素了 is the end of 吃素."""
    found = re.match("(?:不再?|没再)(?=.{2})", predicate)
    return predicate[found.end() :] if found else ""


def _over(claim: Claim, reference: ReferenceTime) -> Claim:
    if claim.valid_to is not None:
        return claim
    return msgspec.structs.replace(claim, text=f"曾{claim.text}", valid_to=reference.said_at)


def _read(
    clause: Clause, predicate: str, following: str, reference: ReferenceTime, *, asks: bool
) -> Iterator[Claim]:
    for kind in _KINDS:
        for rule in _rules(kind):
            found = rule.pattern.fullmatch(predicate)
            if found is None or not _has(rule.needs, clause, following, asks=asks):
                continue
            yield from _claims(rule, found, clause, reference)


def _claims(
    rule: Rule, found: re.Match[str], clause: Clause, reference: ReferenceTime
) -> Iterator[Claim]:
    for claim in claims_from_match(rule, found, _LANGUAGE):
        if claim.topic == "home" and may_be_over(clause.text):
            continue
        if claim.value in _ENDINGS and _BACK_THEN.search(clause.text):
            continue
        timed = reference.with_times(claim, clause.text, ended=rule.ended, dated=rule.dated)
        if claim.topic == "work" and _SIDE.search(clause.text):
            timed = msgspec.structs.replace(timed, slot="")
        yield _over(timed, reference) if clause.past else timed


def _has(needs: str, clause: Clause, following: str, *, asks: bool) -> bool:
    """Return whether a clause has what a rule needs beside its predicate."""
    named = not clause.dropped or clause.continued
    held: Mapping[str, bool] = {
        "subject": named,
        "change": clause.changed,
        "moved": named and clause.changed,
        "own": named or clause.changed or clause.predicate.startswith(("家", "养")),
        "left": clause.changed and not known_place(clause.predicate.removeprefix("不在")),
        "resettled": clause.changed and re.search("年|毕业|定居", clause.text) is not None,
        "usual": re.search("一般|通常|平时|都|每|习惯|必|才", clause.text) is not None,
        "habitual": _is_habit(clause.text),
        "follow": (named and not _MOOD.fullmatch(clause.predicate))
        or (not asks and _GOES_WRONG.search(following) is not None),
        "still": not clause.changed,
        "stays": _BRIEF.search(clause.text) is None,
        "present": re.search("周|号|月", clause.text) is not None,
        "elder": clause.changed and clause.about in _ELDERS,
        "close": not clause.about.startswith("前"),
        "name": not clause.dropped or clause.predicate.startswith(("全名", "大名", "本名", "真名")),
        "former": clause.about.startswith("前"),
        "death": clause.changed and clause.about not in _SPOUSES,
        "widowed": clause.changed and clause.about in _SPOUSES,
        "partner": clause.about in _PARTNERS,
    }
    if asks and clause.dropped and not clause.changed:
        return False
    return held.get(needs, True)


def _is_habit(text: str) -> bool:
    """Return whether a clause is about what is done again and again, not about one evening."""
    return _AT_TIMES.search(text) is None or _AGAIN.search(text) is not None


def _relation_claims(clause: Clause, following: str, reference: ReferenceTime) -> Iterator[Claim]:
    """Yield what is said of somebody close: who they are, and what holds of them."""
    for rule in _rules("relation"):
        found = rule.pattern.fullmatch(clause.predicate)
        if found is not None and _has(rule.needs, clause, following, asks=False):
            yield from _claims_on_relation(rule, found, clause, reference)
    if clause.about.startswith("前") or clause.about in _PEOPLE:
        return
    for claim in _read(clause, clause.predicate, following, reference, asks=False):
        if claim.topic in _TOPICS_OF_OTHERS and not claim.about and claim.value != "none":
            link = "的" if "：" in claim.text else ""
            text = f"{clause.about}{link}{claim.text}"
            yield msgspec.structs.replace(claim, about=clause.about, text=text)


def _claims_on_relation(
    rule: Rule, found: re.Match[str], clause: Clause, reference: ReferenceTime
) -> Iterator[Claim]:
    relation = clause.about
    about = relation if rule.topic == "event" else ""
    known = rule._replace(topic="people", slot="") if relation in _PEOPLE else rule
    chosen = known if rule.topic == "family" else rule
    for claim in claims_from_match(chosen, found, _LANGUAGE, about=about, relation=relation):
        yield reference.with_times(claim, clause.text, ended=rule.ended, dated=rule.dated)
