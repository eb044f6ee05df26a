"""Judgement of believed facts against what a person stated.

Pure: it looks only at slots, values and words, and knows nothing of how facts are learned.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from tau.bench.facts_sets import ExpectedFact
from tau.facts import cleaning_chinese, vocabulary
from tau.text.dates import spans
from tau.text.tokenization import fold_text, terms

_TOPICS = {
    "name": {"name"},
    "nickname": {"name"},
    "birthday": {"birthday"},
    "age": {"other", "birthday"},
    "home": {"home"},
    "origin": {"home"},
    "birthplace": {"home"},
    "hometown": {"home"},
    "childhood": {"home"},
    "work": {"work"},
    "job": {"work"},
    "employer": {"work"},
    "study": {"study"},
    "family": {"family", "people"},
    "status": {"family", "event"},
    "relationship": {"family", "event"},
    "married": {"family", "event"},
    "children": {"family"},
    "people": {"people", "family"},
    "friend": {"people", "family"},
    "death": {"event", "family", "people", "pet"},
    "pregnancy": {"event", "family", "health"},
    "pregnant": {"event", "family", "health"},
    "pet": {"pet"},
    "health": {"health"},
    "diagnosis": {"health"},
    "condition": {"health"},
    "allergy": {"health"},
    "diet": {"health", "dislike"},
    "like": {"like"},
    "preference": {"like", "dislike"},
    "prefer": {"like", "dislike"},
    "favourite": {"like"},
    "favorite": {"like"},
    "dislike": {"dislike", "health"},
    "hobby": {"like", "habit"},
    "habit": {"habit"},
    "possession": {"possession"},
    "plan": {"plan", "event"},
    "event": {"event", "plan", "family", "work", "study"},
    "language": {"other", "instruction"},
    "instruction": {"instruction"},
}  # fmt: skip
"""Topics that a fact of a slot may have; another slot is a topic's own name."""
_NOW = 1_790_000_000.0
_MIN_SHARE = 0.6
"""Share of an expected value's terms that a fact must have."""
_MAX_EXTRA_TERMS = 3
"""Terms that a fact's value may have beside the expected ones: more is a cut that went wrong."""


@dataclass(frozen=True, slots=True)
class BelievedFact:
    """What is judged of a fact; `asked` is one that waits for the person's answer."""

    topic: str
    about: str
    text: str
    value: str
    ended: bool
    asked: bool = False


def matches(fact: BelievedFact, expected: ExpectedFact) -> bool:
    """Return whether a fact says what was expected: topic, person, value, and whether it is over.

    A word for a relation counts as its synonym does ("mum", "mother").
    """
    slot = expected.slot.partition(":")[0].casefold()
    if fact.topic not in _TOPICS.get(slot, {slot}) or fact.ended != expected.ended:
        return False
    return _is_about(fact, expected.about) and _has_value(fact, expected)


def holds_any(fact: BelievedFact, words: Iterable[str]) -> bool:
    """Return whether a fact holds one of `words`."""
    text = _plain(f"{fact.about} {fact.text} {fact.value}")
    return any(_plain(word) in text for word in words)


def _is_about(fact: BelievedFact, expected: str) -> bool:
    if not expected or not fact.about:
        # "Sister: Mia" is kept as the person's own, "Mia lives in Berlin" as Mia's.
        return not fact.about and (not expected or _relation(expected) in _plain(fact.text))
    text = _plain(f"{fact.about} {fact.text}")
    wanted = {_relation(expected), *(_relation(word) for word in expected.split())}
    return _relation(fact.about) in wanted or any(one in text for one in wanted)


def _relation(word: str) -> str:
    folded = _plain(word)
    return vocabulary.SYNONYMS.get(folded, cleaning_chinese.SYNONYMS.get(folded, folded))


def _has_value(fact: BelievedFact, expected: ExpectedFact) -> bool:
    if _same_day(expected.value, fact.value):
        return True
    wanted, kept = terms(expected.value).keys(), terms(fact.value or fact.text).keys()
    named = kept | terms(f"{fact.about} {fact.text}").keys()
    if not wanted:
        return _plain(expected.value) in _plain(f"{fact.text} {fact.value}")
    if len(kept - wanted) > max(_MAX_EXTRA_TERMS, len(wanted)):
        return False
    return len(wanted & named) >= (_MIN_SHARE * len(wanted) if len(wanted) > 2 else len(wanted))


def _same_day(one: str, other: str) -> bool:
    named = [_days(text) for text in (one, other)]
    return bool(named[0]) and named[0] == named[1]


def _days(text: str) -> Collection[float]:
    return {span.start for span in spans(text, _NOW)}


def _plain(text: str) -> str:
    return "".join(fold_text(text).split())
