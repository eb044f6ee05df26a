"""The rules are found by terms that every match of theirs has."""

import re
from random import Random
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from tau.care.pattern_terms import needed_terms
from tau.care.rules import signal_rules
from tau.care.wording import terms_of

SAMPLES = 12
CLASSES = {"CATEGORY_WORD": "q", "CATEGORY_DIGIT": "3", "CATEGORY_NOT_WORD": " "}


def _sample(nodes: Any, random: Random) -> str:
    """Return a text that a pattern may match; what it must not be next to is left out."""
    return "".join(_one(str(kind), inner, random) for kind, inner in nodes)


def _one(kind: str, inner: Any, random: Random) -> str:
    if kind == "LITERAL":
        return chr(inner)
    if kind == "BRANCH":
        return _sample(random.choice(inner[1]), random)
    if kind == "SUBPATTERN":
        return _sample(inner[3], random)
    if kind in {"MAX_REPEAT", "MIN_REPEAT"}:
        least, most, repeated = inner
        most = least + 2 if most == _constants.MAXREPEAT else min(most, least + 2)
        return "".join(_sample(repeated, random) for _ in range(random.randint(least, most)))
    if kind == "IN":
        return _member(inner, random)
    return "" if kind in {"AT", "ASSERT", "ASSERT_NOT"} else "q"


def _member(members: Any, random: Random) -> str:
    if str(members[0][0]) == "NEGATE":
        return "q"
    kind, value = random.choice(members)
    if str(kind) == "RANGE":
        return chr(random.randint(*value))
    return chr(value) if str(kind) == "LITERAL" else CLASSES.get(str(value), " ")


def test_a_rule_is_never_skipped_for_words_that_it_matches() -> None:
    random = Random(9)
    matches = 0
    for rule in signal_rules().rules:
        pattern = rule.pattern
        needed = needed_terms(rule.source, re.MULTILINE)
        nodes = _parser.parse(rule.source, re.MULTILINE)
        for _ in range(SAMPLES):
            text = _sample(nodes, random)
            if pattern.search(text):
                matches += 1
                assert not any(map(terms_of(text).isdisjoint, needed))
    assert matches > len(signal_rules().rules)


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\bwant to die\b", [{"die"}]),
        (r"\b(?:kill|hang) myself\b", [{"myself"}]),
        (r"\bpills\b[^.]{0,9}\btonight\b", [{"pills"}, {"tonight"}]),
        (r"\bsuicid\w+", []),
        (r"不想活", [{"活"}]),
    ],
)
def test_the_terms_of_a_pattern(pattern: str, needed: list[set[str]]) -> None:
    assert sorted(map(sorted, needed_terms(pattern))) == sorted(map(sorted, needed))


def test_few_rules_are_tried_on_every_message() -> None:
    assert len(signal_rules().always) < 5
