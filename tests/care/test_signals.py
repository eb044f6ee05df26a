"""Signals in single messages and over the turns of a conversation."""

import tomllib
from pathlib import Path

import pytest

from tau.care.signals import MAX_EARLIER, Level, Signal, assess, assess_by_rules

SENTENCES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text("utf-8"))
EXPECTED = {
    "help": {Level.IDEATION, Level.ACUTE},
    "acute": {Level.ACUTE},
    "none": {Level.NONE, Level.WORRY},
}


@pytest.mark.parametrize("expected", EXPECTED)
def test_single_messages(expected: str) -> None:
    wrong = {
        words: assess_by_rules(words)
        for words in SENTENCES[expected]
        if assess_by_rules(words).level not in EXPECTED[expected]
    }
    assert wrong == {}


@pytest.mark.parametrize("talk", SENTENCES["conversation"], ids=lambda talk: talk["said"][-1])
def test_conversations(talk: dict[str, str | list[str]]) -> None:
    *earlier, words = talk["said"]
    assert assess(words, earlier).level in EXPECTED[str(talk["level"])]


@pytest.mark.parametrize(
    ("words", "kind", "about"),
    [
        ("I want to kill myself", "suicide", "self"),
        ("I cut myself again last night", "self_harm", "self"),
        ("I make myself throw up after every meal", "eating", "self"),
        ("My husband beats me", "abuse", "self"),
        ("I'm planning to kill my ex tonight, I have a gun", "violence", "self"),
        ("My brother is suicidal, what do I do?", "suicide", "other"),
        ("she told me 'I want to die'", "suicide", "other"),
        ("我想自杀", "suicide", "self"),
        ("我朋友说他想自杀", "suicide", "other"),
        ("我用刀片划自己的胳膊", "self_harm", "self"),
    ],
)
def test_the_kind_and_who_is_in_danger(words: str, kind: str, about: str) -> None:
    signal = assess(words)
    assert (signal.kind, signal.about) == (kind, about)


def test_an_acute_level_is_kept_until_the_person_says_that_they_are_safe() -> None:
    said = ["I'm going to kill myself tonight"]
    assert assess("ok", said).level == Level.ACUTE
    assert assess("what's the weather tomorrow?", [*said, "ok"]).level == Level.ACUTE
    safe = [*said, "I'm safe now, my mom is with me. Thank you."]
    assert assess("what's the weather tomorrow?", safe) == Signal()


def test_an_acute_level_ends_after_some_turns() -> None:
    said = ["I'm going to kill myself tonight", *["what's the weather tomorrow?"] * 4]
    assert assess("and on Sunday?", said).level < Level.ACUTE


def test_only_the_last_messages_count() -> None:
    said = ["I'm going to kill myself tonight", *["ok"] * MAX_EARLIER]
    assert assess("thanks", said) == Signal()


@pytest.mark.parametrize(
    "words",
    [
        "",
        " ",
        "\x00",
        "a" * 100_000,
        "i " * 50_000,
        "死" * 20_000,
        "🙂" * 5_000,
        "k i l l " * 9_999,
    ],
)
def test_any_text_gets_a_signal(words: str) -> None:
    assert isinstance(assess(words, [words] * 3), Signal)
