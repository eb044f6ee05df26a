"""Chinese as people type it: how much of what they say is believed, and how much of that is right.

A part of each set was looked at while the rules were made, the other was only counted.
"""

import hashlib
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.bench.facts import believed_facts
from tau.bench.facts_judging import holds_any, matches
from tau.bench.facts_sets import DEFAULT_NOW, ExpectedFact, SequenceMessage

HERE = Path(__file__).parent
FLOORS = {
    ("natural", "build"): (0.89, 0.84),
    ("natural", "measured"): (0.78, 0.4),
    ("typed", "build"): (0.9, 0.83),
    ("typed", "measured"): (0.9, 0.77),
}
"""Least precision of what is believed, and least recall of plain facts, by set and part."""


def _read(name: str) -> list[dict[str, Any]]:
    raw = tomllib.loads((HERE / f"{name}_chinese.toml").read_text("utf-8"))
    return list(raw["sentences"])


def _part(sentence: dict[str, Any]) -> str:
    """Return the part that a sentence belongs to; all of a template belong to one."""
    if "half" in sentence:
        return str(sentence["half"])
    digest = hashlib.sha256(sentence["template"].encode()).hexdigest()
    return "build" if int(digest, 16) % 3 else "measured"


def _judged(sentences: Sequence[dict[str, Any]]) -> tuple[float, float]:
    """Return precision of all that is believed, and recall of what plain sentences state."""
    believed = right = stated = found = 0
    for sentence in sentences:
        expected = [msgspec.convert(one, ExpectedFact) for one in sentence["expect"]]
        facts = believed_facts([SequenceMessage(text=sentence["text"])], DEFAULT_NOW)
        counted = [fact for fact in facts if not fact.waits]
        known = counted + [fact for fact in facts if fact.asked]
        believed += len(counted)
        right += sum(any(matches(fact, one) for one in expected) for fact in counted)
        if sentence["kind"] == "plain":
            stated += len(expected)
            found += sum(any(matches(fact, one) for fact in known) for one in expected)
    return right / believed, found / stated


@pytest.mark.parametrize(("name", "part"), list(FLOORS))
def test_precision_and_recall_reach_their_floors(name: str, part: str) -> None:
    precision, recall = _judged([each for each in _read(name) if _part(each) == part])
    least_precision, least_recall = FLOORS[name, part]
    assert precision >= least_precision
    assert recall >= least_recall


@pytest.mark.parametrize("name", ["natural", "typed"])
def test_nothing_is_believed_that_must_never_be(name: str) -> None:
    for sentence in _read(name):
        facts = believed_facts([SequenceMessage(text=sentence["text"])], DEFAULT_NOW)
        own = [fact for fact in facts if not fact.waits and not fact.about and not fact.ended]
        for word in sentence["never"]:
            slot, _, value = word.rpartition(":")
            assert not [f for f in own if (not slot or f.topic == slot) and holds_any(f, [value])]
