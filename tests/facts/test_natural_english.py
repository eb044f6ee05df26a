"""The English rules on sentences of two other authors, who had not seen the rules.

Two thirds of them, by template, served to build the rules; the other third measures them.
"""

import hashlib
import tomllib
import zlib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.bench.facts import believed_facts
from tau.bench.facts_judging import BelievedFact, holds_any, matches
from tau.bench.facts_sets import ExpectedFact, SequenceMessage

NOW = 1_790_000_000.0
FLOORS = {
    ("first", "build"): (0.9, 0.8),
    ("first", "measured"): (0.85, 0.58),
    ("second", "build"): (0.94, 0.43),
    ("second", "measured"): (0.85, 0.18),
}
"""Least precision and recall of each set and part."""
FILES = {"first": ("english", "english_2"), "second": ("english_3",)}


def _part(of: str, template: str) -> str:
    if of == "second":
        return "build" if zlib.crc32(template.encode()) % 3 else "measured"
    digest = hashlib.sha256(template.encode()).hexdigest()
    return "measured" if int(digest, 16) % 3 == 0 else "build"


def _sentences(of: str) -> list[dict[str, Any]]:
    folder = Path(__file__).parent
    files = [folder / f"natural_{name}.toml" for name in FILES[of]]
    return [one for file in files for one in tomllib.loads(file.read_text("utf-8"))["sentences"]]


SETS = {of: _sentences(of) for of in FILES}
SENTENCES = SETS["first"]


@cache
def _facts(text: str) -> tuple[BelievedFact, ...]:
    return tuple(believed_facts([SequenceMessage(text=text)], NOW))


def _believed(text: str) -> list[BelievedFact]:
    return [fact for fact in _facts(text) if not fact.waits]


def _found(text: str, expected: ExpectedFact) -> bool:
    """Return whether a fact is believed, or is an instruction that Tau asks about."""
    return any(
        matches(fact, expected)
        for fact in _facts(text)
        if not fact.waits or (fact.asked and fact.topic == "instruction")
    )


@pytest.mark.parametrize(("of", "part"), FLOORS)
def test_what_people_say_is_believed_as_they_say_it(of: str, part: str) -> None:
    counts: Counter[str] = Counter()
    for sentence in SETS[of]:
        if _part(of, sentence["template"]) != part:
            continue
        expected = [msgspec.convert(one, ExpectedFact) for one in sentence["expect"]]
        believed = _believed(sentence["text"])
        counts["believed"] += len(believed)
        counts["right"] += sum(any(matches(fact, one) for one in expected) for fact in believed)
        counts["expected"] += len(expected)
        counts["found"] += sum(_found(sentence["text"], one) for one in expected)
    precision, recall = FLOORS[of, part]
    assert counts["right"] / counts["believed"] >= precision
    assert counts["found"] / counts["expected"] >= recall


@pytest.mark.parametrize(
    "sentence", [one for one in SENTENCES if one["never"]], ids=lambda one: one["text"][:30]
)
def test_what_is_not_true_of_the_person_is_not_believed_of_them(sentence: dict[str, Any]) -> None:
    for word in sentence["never"]:
        topic, _, text = word.rpartition(":")
        held = [
            fact.text
            for fact in _believed(sentence["text"])
            if not fact.about
            and not fact.ended
            and topic in {"", fact.topic}
            and holds_any(fact, [text])
        ]
        assert held == []


def test_nothing_is_believed_where_nothing_is_said() -> None:
    asking = [one["text"] for one in SENTENCES if one["kind"] == "none"]
    assert [text for text in asking if _believed(text)] == []
