"""The classifier of danger: what it adds to the rules, and what it never does."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.care.classifier import Classifier, Odds, classifier, text_for_vector
from tau.care.ngrams import BITS, ngram_rows
from tau.care.reading import Reading
from tau.care.signals import Level, Signal, assess, assess_by_rules, signals_of


@given(st.text(max_size=300))
def test_any_text_has_rows_within_the_table_each_once(text: str) -> None:
    rows = ngram_rows(text)
    assert len(rows) == len(set(rows.tolist())) > 0
    assert 0 <= rows.min() <= rows.max() < 2**BITS


def test_the_same_words_have_the_same_rows_on_every_machine() -> None:
    assert ngram_rows("hi 你").tolist() == [
        *(5067, 18005, 41815, 45110, 49485, 97784, 103578, 104730, 109297, 134113),
        *(140795, 141368, 143690, 200383, 205432, 206286, 220354, 234243, 261308),
    ]


@given(st.lists(st.text(max_size=80), max_size=4), st.text(max_size=200))
def test_the_classifier_never_lowers_what_rules_found(earlier: list[str], words: str) -> None:
    assert assess(words, earlier).level >= assess_by_rules(words, earlier).level


NONE = Odds(-1, -1, -3)


def follow(*odds: Odds, reads: list[Reading] | None = None) -> list[Signal]:
    return list(signals_of(reads or [Reading()] * len(odds), odds))


def test_a_message_above_a_threshold_counts() -> None:
    assert [one.level for one in follow(NONE, Odds(-1, 0.5, -1), Odds(0.5, 0.5, -1))] == [0, 1, 2]


def test_evidence_adds_up_and_harmless_talk_counts_against() -> None:
    worried = Odds(-1, 2.0, 1.0)
    assert [one.level for one in follow(worried, worried, worried)] == [1, 1, 2]
    assert follow(worried, NONE, NONE, worried)[-1].level == Level.WORRY
    assert follow(worried, worried, worried, Odds(-1, -0.1, 1.0))[-1].level == Level.NONE


def test_who_says_that_they_are_safe_is_believed() -> None:
    reads = [Reading(), Reading(), Reading(is_safe=True), Reading()]
    found = follow(*[Odds(-1, 2.0, 1.0)] * 4, reads=reads)
    assert [one.level for one in found] == [1, 1, 0, 1]


def test_the_classifier_keeps_who_is_in_danger() -> None:
    read = Reading(1, "abuse", "other")
    assert follow(Odds(1, 1, -1), reads=[read]) == [Signal(Level.IDEATION, "abuse", "other")]
    assert follow(Odds(1, 1, -1)) == [Signal(Level.IDEATION, "suicide", "self")]


@pytest.mark.parametrize("words", IMPLIED := [
    "I've given the dog to my sister and paid everything up to Friday. After that nothing matters.",
    "我把猫送人了,信也写好了,这周末以后就不用再麻烦大家了",
])  # fmt: skip
def test_danger_that_no_rule_knows_is_noticed(words: str) -> None:
    assert assess(words).level >= Level.WORRY


@pytest.mark.parametrize(
    "words",
    ["Hello!", "What's the weather tomorrow?", "Recipe for lentil soup", "ok", "", "?", "谢谢你",
     "明天天气怎么样", "Remind me to call the dentist on Monday."],
)  # fmt: skip
def test_everyday_words_get_no_card(words: str) -> None:
    assert assess(words).level < Level.IDEATION


def test_a_vector_decides_together_with_the_ngrams() -> None:
    used = classifier()._replace(
        share=1.0,
        from_ngrams=np.array([1, 1], "f"),
        from_both=np.array([3, 3], "f"),
        together_from=np.array([-2, -4], "f"),
    )
    ngrams = np.array([2, 0], "f")
    assert used.judge(ngrams) == Odds(1, -1, 3)
    assert used.judge(ngrams, np.array([0.5, 4], "f")) == Odds(-0.5, 1, 3.5)


def test_weights_fit_the_embedder_and_stay_small() -> None:
    used: Classifier = classifier()
    assert used.vector_odds(np.ones((3, 384)) / 384**0.5).shape == (3, 2)
    assert used.table.nbytes < 1_000_000


def test_of_a_long_message_both_ends_are_embedded() -> None:
    text = text_for_vector("a" * 5_000 + "b" * 5_000)
    assert len(text) < 1_000
    assert {"a", "b"} <= set(text)
    assert text_for_vector("short") == "short"
