"""`scripts/train_care`: a sound corpus, whole topics, and heads that find what is planted."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tau.bench.care_datasets import built_in_datasets

FOLDER = Path(__file__).resolve().parents[2] / "scripts" / "train_care"
NAMES = ("corpus", "regression", "combining")


@pytest.fixture(scope="module")
def script() -> Iterator[dict[str, ModuleType]]:
    """The parts of the script, which find each other because they lie in one folder."""
    sys.path.insert(0, str(FOLDER))
    try:
        yield {name: __import__(name) for name in NAMES}
    finally:
        sys.path.remove(str(FOLDER))
        for name in NAMES:
            sys.modules.pop(name, None)


def test_corpus_has_every_level_in_both_languages(script: dict[str, ModuleType]) -> None:
    found = {(one.group[:2], min(one.level, 2)) for one in script["corpus"].sentences()}
    assert found == {(language, level) for language in ("en", "zh") for level in (0, 1, 2)}
    assert {one.level for one in script["corpus"].conversations()} == {0, 2, 3}


def test_no_sentence_has_two_levels_or_is_judged_elsewhere(script: dict[str, ModuleType]) -> None:
    """A sentence that's also in the built-in sets would be judged by what was learned from it."""
    corpus = script["corpus"]
    level: dict[str, int] = {}
    for one in corpus.sentences():
        assert level.setdefault(one.text.casefold(), one.level) == one.level, one.text
    judged = {words.strip().casefold() for each in built_in_datasets()
              for item in each.items for words in item.said if len(words) > 15}  # fmt: skip
    said = {words.casefold() for one in corpus.conversations() for words in one.said}
    assert not judged & (level.keys() | said)


def test_a_topic_is_never_split(script: dict[str, ModuleType]) -> None:
    groups = ["a", "b", "a", "c", "b", "d"]
    fold = script["regression"].fold_of(groups, 3).tolist()
    assert len(set(zip(groups, fold, strict=True))) == len(set(groups))
    assert set(fold) == {0, 1, 2}


def test_heads_find_what_is_planted(script: dict[str, ModuleType]) -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(400, 12)) * 0.05 + 0.3  # far from zero, like an embedder's
    labels = (vectors[:, 4] > 0.32).astype(float)
    head = script["regression"].fit(vectors[:300], labels[:300], np.ones(300), 1.0)
    assert ((head.of(vectors[300:]) > 0) == labels[300:].astype(bool)).mean() > 0.9


def test_evidence_adds_up_and_harmless_talk_counts_against(script: dict[str, ModuleType]) -> None:
    combining, head = script["combining"], script["regression"].Head(np.ones(1), 0.0)
    heads = combining.Heads(head, head, card_from=9.0, worry_from=0.0, together_from=3.0)

    def levels(*odds: float) -> list[int]:
        said = tuple(f"message {number}" for number in range(len(odds)))
        talk = combining.talk_of(said, np.array(odds)[:, None])
        return list(combining.levels(heads, talk))

    assert levels(2.0, 2.0) == [1, 2]
    assert levels(2.0, -2.0, -2.0, 2.0) == [1, 0, 0, 1]
    assert levels(9.5) == [2]


def test_heads_never_lower_what_rules_found(script: dict[str, ModuleType]) -> None:
    combining, head = script["combining"], script["regression"].Head(np.ones(1), -50.0)
    talk = combining.talk_of(("I want to kill myself",), np.zeros((1, 1)))
    assert talk.rules[0] >= 2
    assert combining.both(combining.Heads(head, head, 0.0, 0.0, 0.0), talk) == list(talk.rules)


def test_thresholds_keep_everyday_messages_below_their_share(
    script: dict[str, ModuleType],
) -> None:
    combining, head = script["combining"], script["regression"].Head(np.ones(1), 0.0)
    rng = np.random.default_rng(5)
    everyday = [
        combining.talk_of(("a", "b", "c", "d"), rng.normal(size=(4, 1))) for _ in range(500)
    ]
    heads = combining.with_thresholds(combining.Heads(head, head), everyday)
    found = [level for talk in everyday for level in combining.levels(heads, talk)]
    assert sum(level >= 2 for level in found) <= 2 * combining.CARDS * len(found)
    assert 0 < sum(level >= 1 for level in found) <= 0.011 * len(found)
