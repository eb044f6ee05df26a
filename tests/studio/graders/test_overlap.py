"""Measures of shared words: values that the papers' formulas give by hand, and laws."""

from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.graders.overlap import MEASURES, bleu, gleu, meteor, rouge_l, rouge_n

REFERENCE = "the cat sat on the mat"
words = st.lists(
    st.sampled_from(["a", "b", "dogs", "dog", "running", "run", ".", ","]), max_size=12
)
texts = words.map(" ".join) | st.text(max_size=30)


def test_bleu_by_hand() -> None:
    # 5 of 6 words, 3 of 5 pairs, 2 of 4 triples, 1 of 3 fours; all but the first smoothed by one
    expected = exp((log(5 / 6) + log(4 / 6) + log(3 / 5) + log(2 / 4)) / 4)
    assert bleu("the cat sat on a mat", REFERENCE) == pytest.approx(expected)


def test_bleu_punishes_what_is_too_short() -> None:
    # everything matches, and 3 words stand against 6: exp(1 - 6 / 3)
    assert bleu("the cat sat", REFERENCE) == pytest.approx(exp(-1))


def test_bleu_clips_words_that_are_repeated() -> None:
    # "the" occurs twice in the reference: 2 of 4, and no n-grams: 1/4, 1/3, 1/2 smoothed
    expected = exp((log(2 / 4) + log(1 / 4) + log(1 / 3) + log(1 / 2)) / 4 + (1 - 6 / 4))
    assert bleu("the the the the", REFERENCE) == pytest.approx(expected)


def test_gleu_by_hand() -> None:
    # n-grams of 1 to 4: 6 + 5 + 4 + 3 = 18 in each, and 5 + 3 + 2 + 1 = 11 are shared
    assert gleu("the cat sat on a mat", REFERENCE) == pytest.approx(11 / 18)
    # 3 words have 3 + 2 + 1 = 6, all shared: recall decides
    assert gleu("the cat sat", REFERENCE) == pytest.approx(6 / 18)


@pytest.mark.parametrize(
    ("n", "shared", "answered"), [(1, 5, 6), (2, 3, 5), (3, 2, 4), (4, 1, 3), (5, 0, 2)]
)
def test_rouge_n_by_hand(n: int, shared: int, answered: int) -> None:
    value = rouge_n("The cat sat on a mat.", REFERENCE, n)
    assert value == pytest.approx(2 * shared / (answered + answered))


def test_rouge_l_by_hand() -> None:
    # "police the gunman": precision 3/4, recall 3/4 (the example of Lin 2004 has the same lengths)
    assert rouge_l("police kill the gunman", "police killed the gunman") == pytest.approx(0.75)
    assert rouge_l("the gunman kill police", "police killed the gunman") == pytest.approx(0.5)


def test_meteor_by_hand() -> None:
    # the paper's penalty: 0.5 * (chunks / matches) ** 3
    assert meteor(REFERENCE, REFERENCE) == pytest.approx(1 - 0.5 / 6**3)
    # 3 matches ("the cat", "mat") in 2 chunks; P = 3/3, R = 3/6
    mean = 10 * 1 * 0.5 / (0.5 + 9 * 1)
    assert meteor("the cat mat", REFERENCE) == pytest.approx(mean * (1 - 0.5 * (2 / 3) ** 3))


def test_meteor_matches_stems_after_words() -> None:
    # "dogs" matches "dogs" rather than "dog", which leaves "dog" to "dogs"
    assert meteor("dogs run", "dog dogs running") > meteor("dogs run", "cat bird running")
    assert meteor("running", "run") == pytest.approx(0.5)


def test_meteor_keeps_repeated_words_in_one_chunk() -> None:
    text = "the dog and the cat and the bird"
    assert meteor(text, text) == pytest.approx(1 - 0.5 / 8**3)


def test_texts_without_spaces_are_compared_by_character() -> None:
    assert rouge_n("今天天气好", "今天天气很好", 1) == pytest.approx(10 / 11)
    assert bleu("今天天气好", "明日は雨") == 0


@pytest.mark.parametrize("name", MEASURES)
@given(text=texts, reference=texts)
def test_every_value_is_a_share(name: str, text: str, reference: str) -> None:
    value = MEASURES[name](text, reference)
    assert 0 <= value <= 1 + 1e-12
    if name not in {"bleu", "meteor"}:
        assert value == pytest.approx(MEASURES[name](reference, text))


@pytest.mark.parametrize("name", sorted(MEASURES.keys() - {"meteor"}))
@given(text=texts)
def test_equal_texts_are_1(name: str, text: str) -> None:
    assert MEASURES[name](text, text) == pytest.approx(1)


@pytest.mark.parametrize("name", MEASURES)
def test_texts_without_a_common_word_are_0(name: str) -> None:
    assert MEASURES[name]("one two three four five", "six seven eight nine ten") < 1e-9
    assert MEASURES[name]("", "six") == 0
    assert MEASURES[name]("six", "") == 0


@pytest.mark.parametrize("name", MEASURES)
def test_long_texts_are_compared(name: str) -> None:
    assert MEASURES[name]("a " * 25_000, "a " * 25_000) == pytest.approx(1)
