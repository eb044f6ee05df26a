"""The text that is measured with: the same everywhere, and spread like language."""

import hashlib
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tau.bench.sample_text import TextGenerator, _vocabulary

FINGERPRINT = "7eca19b62d672f11"


@given(seed=st.integers(min_value=0, max_value=2**31))
def test_the_same_seed_writes_the_same(seed: int) -> None:
    one, other = TextGenerator(seed), TextGenerator(seed)
    assert [one.message(), one.question()] == [other.message(), other.question()]


def test_another_seed_writes_something_else_in_the_same_words() -> None:
    one, other = TextGenerator(1), TextGenerator(2)
    assert one.message() != other.message()
    shared = set(one.words(5_000)) & set(other.words(5_000))
    assert len(shared) > 200


def test_words_are_as_frequent_as_in_language() -> None:
    counted = Counter(TextGenerator(3).words(50_000)).most_common()
    first, tenth = counted[0][1], counted[9][1]
    assert 5 < first / tenth < 20  # by Zipf's law 10
    assert len(counted) > 3_000


def test_messages_have_the_length_of_messages() -> None:
    writer = TextGenerator(4)
    lengths = [len(writer.message().split()) for _ in range(500)]
    assert min(lengths) >= 6
    assert max(lengths) <= 34


def test_questions_ask() -> None:
    question = TextGenerator(5).question()
    assert question.startswith("What did ")
    assert question.endswith("?")


def test_what_is_written_never_changes_between_versions_and_machines() -> None:
    """Figures of two releases are comparable only if both were read on the same text."""
    writer = TextGenerator(1)
    written = "\n".join([*(writer.message() for _ in range(50)), writer.question()])
    assert hashlib.sha256(written.encode()).hexdigest()[:16] == FINGERPRINT


@given(count=st.integers(min_value=0, max_value=300))
def test_as_many_words_come_as_were_asked_for(count: int) -> None:
    words = TextGenerator(6).words(count)
    assert len(words) == count
    assert all(word.isascii() and word.isalpha() for word in words)


def test_the_vocabulary_holds_no_word_twice_and_is_one_for_all() -> None:
    vocabulary = _vocabulary(2_000)
    assert len(set(vocabulary)) == len(vocabulary) == 2_000
    assert _vocabulary(100) == vocabulary[:100]
    assert all(word.islower() for word in vocabulary)


def test_a_message_is_a_sentence() -> None:
    writer = TextGenerator(7)
    for _ in range(50):
        message = writer.message()
        assert message[0].isupper()
        assert message.endswith(".")
        assert message.count(".") == 1


def test_questions_name_three_things_that_are_seldom_named() -> None:
    writer = TextGenerator(8)
    frequent = {word for word, _ in Counter(TextGenerator(9).words(20_000)).most_common(50)}
    for _ in range(50):
        rare = writer.question().removesuffix("?").split()[-3:]
        assert len(set(rare)) == 3
        assert not frequent & set(rare)


def test_asking_for_words_moves_a_writer_on() -> None:
    writer = TextGenerator(10)
    assert writer.words(20) != writer.words(20)
