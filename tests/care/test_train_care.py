"""`scripts/train_care`: a sound corpus, whole topics, and parts that find what is planted."""

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tau.bench.care_datasets import built_in_datasets
from tau.care.classifier import classifier
from tau.care.ngrams import ngram_rows
from tests.script_parts import imported_parts

FOLDER = Path(__file__).resolve().parents[2] / "scripts" / "train_care"
NAMES = ("corpus", "network", "regression", "training")


@pytest.fixture(scope="module")
def script() -> Iterator[dict[str, ModuleType]]:
    with imported_parts(FOLDER, NAMES) as parts:
        yield parts


def test_the_weights_are_those_of_the_corpus(script: dict[str, ModuleType]) -> None:
    """Else run `scripts/train_care --write`, and copy its figures into docs/care.md."""
    assert classifier().corpus == script["corpus"].corpus_hash()


def test_corpus_has_every_level_in_both_languages(script: dict[str, ModuleType]) -> None:
    found = {(one.group[:2], one.level) for one in script["corpus"].sentences()}
    assert found == {(language, level) for language in ("en", "zh") for level in range(4)}
    assert {one.level for one in script["corpus"].conversations()} >= {0, 2, 3}


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
    fold = script["regression"].fold_of(groups, 2).tolist()
    assert len(set(zip(groups, fold, strict=True))) == len(set(groups))
    assert set(fold) == {0, 1}


def test_a_network_finds_what_is_planted(
    script: dict[str, ModuleType], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The label needs both inputs at once, which no linear model finds."""
    monkeypatch.setattr(script["network"], "EPOCHS", 60)
    vectors = np.random.default_rng(3).normal(size=(1200, 6)).astype(np.float32)
    labels = (vectors[:, :1] * vectors[:, 1:2] > 0).astype(np.float32)
    made = script["network"].fit(vectors[:1000], labels[:1000], np.ones(1000, np.float32))
    assert ((made.of(vectors[1000:]) > 0) == labels[1000:].astype(bool)).mean() > 0.85


def test_ngrams_find_what_is_planted(script: dict[str, ModuleType]) -> None:
    fillers = [
        "the",
        "train",
        "is",
        "late",
        "again",
        "and",
        "nobody",
        "knows",
        "why",
        "we",
        "wait",
        "here",
    ]
    rng = np.random.default_rng(4)
    said, labels = [], []
    for number in range(300):
        words = rng.choice(fillers, 6).tolist()
        if number % 2:
            words[number % 6] = "蓝鲸" if number % 4 == 1 else "bluewhale"
        said.append(" ".join(words))
        labels.append([number % 2])
    rows = [ngram_rows(words) for words in said]
    fit = script["regression"].fit
    made = fit(rows[:200], np.array(labels[:200], float), np.ones(200))
    assert ((made.of(rows[200:]) > 0) == np.array(labels[200:], bool)).mean() > 0.95


def test_thresholds_keep_everyday_messages_below_their_share(
    script: dict[str, ModuleType],
) -> None:
    training = script["training"]
    odds = np.random.default_rng(5).normal(size=(20_000, 2)).astype(np.float32)
    found = (odds > training.limits(odds)).mean(axis=0)
    assert 0 < found[0] <= training.CARDS
    assert 0 < found[1] <= training.WORRIES
