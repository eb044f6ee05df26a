"""The development sentences of the fact extractor are whole; no rule runs here."""

import collections
import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
FILES = ("natural_english", "natural_english_2", "natural_chinese")
KINDS = {
    ("english", "plain"): 220,
    ("english", "adversarial"): 90,
    ("english", "none"): 40,
    ("chinese", "plain"): 140,
    ("chinese", "adversarial"): 60,
    ("chinese", "none"): 20,
}
SLOTS = {
    "name",
    "birthday",
    "home",
    "work",
    "study",
    "family",
    "relationship",
    "friend",
    "pet",
    "health",
    "diet",
    "like",
    "dislike",
    "preference",
    "habit",
    "possession",
    "event",
    "plan",
    "instruction",
    "language_spoken",
}
MOST_SENTENCES_OF_A_CONSTRUCTION = 2


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text("utf-8"))


SENTENCES = [sentence for name in FILES for sentence in _read(name)["sentences"]]
SEQUENCES = _read("natural_sequences")["sequences"]


def _missing_from(text: str, words: list[str]) -> list[str]:
    return [word for word in words if not word or word.casefold() not in text.casefold()]


def test_every_language_and_kind_has_its_sentences() -> None:
    assert collections.Counter((s["language"], s["kind"]) for s in SENTENCES) == KINDS


def test_no_sentence_or_construction_is_used_too_often() -> None:
    texts = collections.Counter(s["text"] for s in SENTENCES)
    templates = collections.Counter((s["language"], s["template"]) for s in SENTENCES)
    assert max(texts.values()) == 1
    assert [name for name, n in templates.items() if n > MOST_SENTENCES_OF_A_CONSTRUCTION] == []


@pytest.mark.parametrize("sentence", SENTENCES, ids=lambda s: s["text"][:30])
def test_a_sentence_has_valid_fields(sentence: dict[str, Any]) -> None:
    assert set(sentence) == {"text", "language", "kind", "template", "expect", "never"}
    for fact in sentence["expect"]:
        assert set(fact) == {"slot", "value", "about", "ended"}
        assert fact["slot"] in SLOTS
        assert isinstance(fact["ended"], bool)
    limited = [word.partition(":")[0] for word in sentence["never"] if ":" in word]
    assert set(limited) <= SLOTS
    values = [fact["value"] for fact in sentence["expect"]]
    words = [word.rpartition(":")[2] for word in sentence["never"]]
    if sentence["kind"] == "none":
        assert values == words == []
        return
    assert values if sentence["kind"] == "plain" else values + words
    assert _missing_from(sentence["text"], [*values, *words]) == []


@pytest.mark.parametrize("sequence", SEQUENCES, ids=lambda s: s["template"])
def test_a_sequence_has_valid_fields(sequence: dict[str, Any]) -> None:
    assert set(sequence) == {"template", "language", "messages", "profile"}
    assert all(set(message) == {"said_days_ago", "text"} for message in sequence["messages"])
    assert all(set(asked) == {"slot", "value", "not"} for asked in sequence["profile"])
    assert {asked["slot"] for asked in sequence["profile"]} <= SLOTS
    said = "\n".join(message["text"] for message in sequence["messages"])
    asked_of = [word for asked in sequence["profile"] for word in (asked["value"], asked["not"])]
    assert any(asked_of)
    assert _missing_from(said, list(filter(None, asked_of))) == []


def test_the_second_set_in_english_is_whole() -> None:
    sentences = _read("natural_english_3")["sentences"]
    assert collections.Counter(one["kind"] for one in sentences) == {
        "plain": 768,
        "adversarial": 275,
        "none": 220,
    }
    assert len({one["text"] for one in sentences}) == len(sentences)
    for one in sentences:
        values = [fact["value"] for fact in one["expect"]]
        words = [word.rpartition(":")[2] for word in one["never"]]
        assert _missing_from(one["text"], [*values, *words]) == []


def test_there_are_forty_sequences_and_each_is_another_case() -> None:
    assert len({sequence["template"] for sequence in SEQUENCES}) == len(SEQUENCES) == 40


def test_messages_arrive_in_order_unless_the_clock_was_wrong() -> None:
    for sequence in SEQUENCES:
        days = [m["said_days_ago"] for m in sequence["messages"] if m["said_days_ago"] >= 0]
        assert all(earlier >= later for earlier, later in itertools.pairwise(days))
