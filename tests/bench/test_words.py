"""The text that is measured with: the same everywhere, and spread like language."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tau.bench.words import Writer


@given(seed=st.integers(min_value=0, max_value=2**31))
def test_the_same_seed_writes_the_same(seed: int) -> None:
    one, other = Writer(seed), Writer(seed)
    assert [one.message(), one.question()] == [other.message(), other.question()]


def test_another_seed_writes_something_else_in_the_same_words() -> None:
    one, other = Writer(1), Writer(2)
    assert one.message() != other.message()
    shared = set(one.words(5_000)) & set(other.words(5_000))
    assert len(shared) > 200


def test_words_are_as_frequent_as_in_language() -> None:
    counted = Counter(Writer(3).words(50_000)).most_common()
    first, tenth = counted[0][1], counted[9][1]
    assert 5 < first / tenth < 20  # by Zipf's law 10
    assert len(counted) > 3_000


def test_messages_have_the_length_of_messages() -> None:
    writer = Writer(4)
    lengths = [len(writer.message().split()) for _ in range(500)]
    assert min(lengths) >= 6
    assert max(lengths) <= 34


def test_questions_ask() -> None:
    question = Writer(5).question()
    assert question.startswith("What did ")
    assert question.endswith("?")
