"""How a message speaks, in a few bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.journal.entries import EntriesForgotten, Record
from tau.memory import Memory
from tau.memory.features import (
    LONGEST_TEXT,
    MAX_SELF_WORDS,
    MAX_TIME_WORDS,
    Features,
    extract_features,
)


def of(text: str, *, own: bool = True) -> dict[str, float]:
    told = Features(np.array([extract_features(text, own=own)], np.uint8))
    return {name: round(float(value[0]), 2) for name, value in vars(told).items() if value[0]}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", {}),
        ("The weather is fine.", {}),
        ("I bought my bike", {"of_self": 0.67}),
        ("I’m told my sister calls me and us", {"of_self": 1.0}),
        ("我昨天去了里斯本", {"of_self": 0.33, "of_times": 0.5}),
        ("Ich habe mein Fahrrad verkauft", {"of_self": 0.67}),
        ("We left last Tuesday", {"of_self": 0.33, "of_times": 1.0}),
        ("Is it far?", {"asking": 1.0}),
        ("It rains. Is it far?", {"asking": 0.5}),
        ("下雨了。远吗？", {"asking": 0.5}),
        ("Is it 3.5 miles?", {"asking": 1.0}),
        ("你好吗", {"asking": 1.0}),
        ("远吗？", {"asking": 1.0}),
        ("I really love jazz", {"of_self": 0.33, "liking": 1.0}),
        ("她最喜欢湖蓝色", {"liking": 1.0}),
        ("may I", {"of_self": 0.33}),
    ],
)
def test_what_a_message_tells(text: str, told: dict[str, float]) -> None:
    assert of(text) == told


def test_of_taus_words_only_whether_they_ask() -> None:
    assert of("I love what you did last week", own=False) == {}
    assert of("I love it. And you?", own=False) == {"asking": 0.5}


def test_only_the_beginning_of_a_huge_message_is_looked_at() -> None:
    assert of("x " * 1_000_000 + "I") == {}


@pytest.mark.parametrize(
    "text",
    ["Is it far?", "Is it far?\n", "\n\tIs it far? ", "远吗？\n", "Far? Really?", "¿Está lejos?"],
)
def test_a_question_is_one_whatever_space_is_around_it(text: str) -> None:
    assert of(text, own=False) == {"asking": 1.0}


@pytest.mark.parametrize("text", ["It is far", "I ask: is it far? Yes.", "why", "?!", "远"])
def test_what_does_not_end_as_a_question_asks_nothing(text: str) -> None:
    assert "asking" not in of(text, own=False)


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("June, the 3rd", 1.0),
        ("in 1999", 0.5),
        ("in 1066 and 3000", 0.0),
        ("the 5th", 0.5),
        ("3th1 and 20233", 0.0),
        ("上个月和去年", 1.0),
        ("十二月", 0.5),
        ("二十号", 0.0),
        ("20号", 0.5),
        ("最近下週", 1.0),
    ],
)
def test_words_of_time(text: str, share: float) -> None:
    assert of(text).get("of_times", 0.0) == share


@pytest.mark.parametrize(
    "text",
    ["I like it", "I'm allergic to nuts", "I am really a big fan of jazz", "My favourite is tea",
     "I can’t stand rain", "I’ve been looking for a flat", "我讨厌下雨", "她爱吃辣",
     "我對花生過敏"],
)  # fmt: skip
def test_these_say_what_is_liked(text: str) -> None:
    assert of(text)["liking"] == 1


@pytest.mark.parametrize(
    "text", ["It looks like rain", "He likes it", "would you like tea", "as I was like, no", "可爱"]
)
def test_these_do_not(text: str) -> None:
    assert "liking" not in of(text)


@given(st.text() | st.text("I my we ?.!我去年 \n1999th’'"), st.booleans())
def test_any_text_has_traits_and_each_is_a_share(text: str, own: bool) -> None:
    bits = extract_features(text, own=own)
    assert 0 <= bits < 256
    told = Features(np.array([bits], np.uint8))
    for name, value in vars(told).items():
        assert 0 <= float(value[0]) <= 1, name
    assert extract_features(f" {text}\n", own=own) == bits
    assert extract_features(text.replace("'", "’"), own=own) == extract_features(
        text.replace("’", "'"), own=own
    )


@given(st.text())
def test_taus_own_words_tell_no_more_than_the_person_s(text: str) -> None:
    assert extract_features(text, own=False) & ~extract_features(text, own=True) == 0


@given(st.integers(0, 9), st.integers(0, 9))
def test_counting_ends_soon(selves: int, times: int) -> None:
    told = of("me " * selves + "today " * times)
    assert told.get("of_self", 0) == round(min(selves, MAX_SELF_WORDS) / MAX_SELF_WORDS, 2)
    assert told.get("of_times", 0) == round(min(times, MAX_TIME_WORDS) / MAX_TIME_WORDS, 2)


def test_a_question_at_the_end_of_a_huge_message_is_seen() -> None:
    assert of("x" * (LONGEST_TEXT + 1) + "?")["asking"] > 0


def test_traits_go_with_the_message_and_come_back_with_a_snapshot() -> None:
    memory = Memory()
    memory.remember("I love my bike since last May?")
    memory.remember("it rains")
    assert Memory.restore(memory.dump()).signals("?")["of_self"].tolist() == (
        memory.signals("?")["of_self"].tolist()
    )
    memory.apply(Record(seq=3, at=0.0, entry=EntriesForgotten(at=0.0, targets=(1,)), raw=b""))
    found = memory.signals("can you recommend anything?")
    assert not any(found[name].any() for name in ("of_self", "of_times", "asking", "liking"))
    assert set(memory._indexes.features.values) == {0}
