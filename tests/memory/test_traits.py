"""How a message speaks, in a few bits."""

import numpy as np
import pytest

from tau.memory.traits import Traits, traits


def of(text: str, *, own: bool = True) -> dict[str, float]:
    told = Traits(np.array([traits(text, own=own)], np.uint8))
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
