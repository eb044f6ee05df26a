"""Judgement of believed facts against what a person stated.

Pure: it looks only at slots, values and words, and knows nothing of how facts are learned.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from tau.bench.facts_sets import ExpectedFact, ProfileItem
from tau.facts import vocabulary, vocabulary_chinese
from tau.text.character_forms import unify_characters
from tau.text.dates import spans
from tau.text.tokenization import fold_text, terms

_STRICT = {
    "like": {"dislike"},
    "dislike": {"like"},
}
"""Topics that contradict a slot. Other neighbouring topics are right if the value is."""
_OWN_KIND = ("instruction", "name")
"""Topics that are of a kind of their own: no home or pet is an instruction."""
_NOW = 1_790_000_000.0
_IN_CHINESE = {
    "mother": "妈妈 母亲",
    "father": "爸爸 父亲",
    "brother": "哥哥 弟弟 哥 弟",
    "sister": "姐姐 妹妹 姐 妹",
    "grandmother": "奶奶 外婆 姥姥",
    "grandfather": "爷爷 外公 姥爷",
    "wife": "老婆",
    "husband": "老公",
    "son": "儿子",
    "daughter": "女儿",
    "girlfriend": "女朋友",
    "boyfriend": "男朋友",
    "friend": "朋友 闺蜜 发小",
    "colleague": "同事",
    "aunt": "阿姨 姑姑 姨妈 舅妈",
    "uncle": "叔叔 舅舅 伯伯",
    "cousin": "表哥 表姐 表弟 表妹 堂哥 堂姐 堂弟 堂妹",
    "mother-in-law": "婆婆 岳母",
    "father-in-law": "公公 岳父",
}
"""Chinese words for relations that sets of sentences name in English."""
_MAX_EXTRA_WIDTH = 48
"""Letters (a Chinese character counts as three) that a fact's value may have beside the expected.

More is a whole sentence that nobody has cut. An instruction is one, and may have any."""


@dataclass(frozen=True, slots=True)
class BelievedFact:
    """What is judged of a fact: `waits` is not believed, `asked` is what Tau asks about."""

    topic: str
    about: str
    text: str
    value: str
    ended: bool
    waits: bool = False
    asked: bool = False
    valid_from: float | None = None


def matches(fact: BelievedFact, expected: ExpectedFact) -> bool:
    """Return whether a fact says what was expected: topic, person, value, and whether it is over.

    The slot is a topic in the broad sense: a right value under a neighbouring one is right. A
    word for a relation counts as its synonym does ("mum", "mother").
    """
    slot = expected.slot.partition(":")[0].casefold()
    if fact.topic in _STRICT.get(slot, ()) or fact.ended != expected.ended:
        return False
    if (slot in _OWN_KIND) != (fact.topic in _OWN_KIND):
        return False
    return _is_about(fact, expected.about) and _has_value(fact, expected)


def is_known(item: ProfileItem, facts: Sequence[BelievedFact]) -> bool:
    """Return whether what is known after a sequence is what `item` says."""
    expected = ExpectedFact(slot=item.slot, value=item.value, ended=item.ended)
    fitting = [fact for fact in facts if not fact.waits and matches(fact, expected)]
    current = [fact for fact in facts if not fact.waits and not fact.ended]
    if not fitting or any(holds_any(fact, item.excluded) for fact in current):
        return False
    if item.ended and any(matches(fact, _still_holding(expected)) for fact in current):
        return False
    if item.asks and not any(fact.asked and holds_any(fact, [item.asks]) for fact in facts):
        return False
    return not item.since or any(_begins(fact, item.since) for fact in fitting)


def _still_holding(expected: ExpectedFact) -> ExpectedFact:
    """Return the same expectation of something that still holds."""
    return msgspec.structs.replace(expected, ended=False)


def _begins(fact: BelievedFact, since: str) -> bool:
    """Return whether a fact holds from a time in `since`, a year or a month."""
    if fact.valid_from is None:
        return False
    return datetime.fromtimestamp(fact.valid_from, UTC).isoformat().startswith(since)


def holds_any(fact: BelievedFact, words: Iterable[str]) -> bool:
    """Return whether a fact holds one of `words`."""
    text = _plain(f"{fact.about} {fact.text} {fact.value}")
    return any(_plain(word) in text for word in words)


def _is_about(fact: BelievedFact, expected: str) -> bool:
    if not expected or not fact.about:
        # "Sister: Mia" is kept as the person's own, "Mia lives in Berlin" as Mia's.
        return not fact.about and (not expected or _names(fact, expected))
    return _names(fact, expected)


def _names(fact: BelievedFact, expected: str) -> bool:
    """Return whether a fact names whom it should, in English or in Chinese."""
    text = _plain(f"{fact.about} {fact.text}")
    wanted = {_relation(expected), *(_relation(word) for word in expected.split())}
    wanted |= {word for one in wanted for word in _IN_CHINESE.get(one, "").split()}
    return _relation(fact.about) in wanted or any(one in text for one in wanted)


def _relation(word: str) -> str:
    folded = _plain(word)
    return vocabulary.SYNONYMS.get(folded, vocabulary_chinese.SYNONYMS.get(folded, folded))


def _has_value(fact: BelievedFact, expected: ExpectedFact) -> bool:
    if _same_day(expected.value, fact.value):
        return True
    if fact.topic == "name":
        return _plain(expected.value) == _plain(fact.value)
    extra = _width(fact.value or fact.text) - _width(expected.value)
    if fact.topic != "instruction" and extra > _MAX_EXTRA_WIDTH:
        return False
    whole = f"{fact.about} {fact.text} {fact.value}"
    wanted = terms(expected.value).keys()
    return _plain(expected.value) in _plain(whole) or bool(wanted and wanted <= terms(whole).keys())


def _width(text: str) -> int:
    return sum(1 if character.isascii() else 3 for character in text)


def _same_day(one: str, other: str) -> bool:
    named = [_days(text) for text in (one, other)]
    return bool(named[0]) and named[0] == named[1]


def _days(text: str) -> Collection[float]:
    return {span.start for span in spans(text, _NOW)}


def _plain(text: str) -> str:
    return unify_characters("".join(fold_text(text).split()))
