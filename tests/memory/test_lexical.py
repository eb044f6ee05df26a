"""BM25 as the book has it, and an index that forgets exactly."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.memory.key_index import hash_of
from tau.memory.lexical import LENGTH_PENALTY, SATURATION, LexicalIndex
from tau.text.tokenization import terms

VOCABULARY = ("tea", "porto", "sister", "running", "猫", "里斯本", "the", "café")
texts = st.lists(st.sampled_from(VOCABULARY), max_size=8).map(" ".join)
collections = st.lists(texts, min_size=1, max_size=12)


def index_of(collection: list[str]) -> LexicalIndex:
    index = LexicalIndex()
    for text in collection:
        index.add(text)
    return index


def _vocabulary(index: LexicalIndex) -> set[int]:
    return set(index.postings.items())


def bm25(collection: list[str], term: str) -> list[float]:
    """The formula, one document at a time."""
    counted = [terms(text) for text in collection]
    known = [counts for counts in counted if counts]
    average = sum(sum(counts.values()) for counts in known) / max(len(known), 1)
    frequency = sum(1 for counts in known if term in counts)
    idf = math.log(1 + (len(known) - frequency + 0.5) / (frequency + 0.5))
    scores = []
    for counts in counted:
        said, length = counts.get(term, 0), sum(counts.values())
        damping = SATURATION * (1 - LENGTH_PENALTY + LENGTH_PENALTY * length / (average or 1))
        scores.append(idf * said * (SATURATION + 1) / (said + damping) if said else 0.0)
    return scores


@given(collections, st.sampled_from(["tea", "porto", "run", "猫", "里斯", "cafe", "nothing"]))
def test_scores_are_those_of_the_formula(collection: list[str], term: str) -> None:
    scores = index_of(collection).scores({term: 1.0})
    assert scores.tolist() == pytest.approx(bm25(collection, term), rel=1e-4, abs=1e-6)


@given(collections, st.data())
def test_removing_a_text_leaves_the_index_as_if_it_had_been_empty(
    collection: list[str], data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(collection) - 1)))
    index = index_of(collection)
    for row in gone:
        index.remove(row, collection[row])
    never = index_of(["" if i in gone else text for i, text in enumerate(collection)])
    assert index.postings.items() == never.postings.items()
    assert (index.texts, index.total) == (never.texts, never.total)
    assert index.lengths.values.tolist() == never.lengths.values.tolist()


def test_weights_add_up() -> None:
    index = index_of(["tea in porto", "tea"])
    both = index.scores({"tea": 1.0, "porto": 0.5})
    apart = index.scores({"tea": 1.0}) + 0.5 * index.scores({"porto": 1.0})
    assert both.tolist() == pytest.approx(apart.tolist())


def test_rare_words_weigh_more_and_unknown_ones_nothing() -> None:
    index = index_of(["tea porto", "tea", "tea", "tea"])
    assert index.idf("porto") > index.idf("tea") > 0
    assert index.scores({"unknown": 1.0}).tolist() == [0, 0, 0, 0]
    assert index.contains(0, "porto")
    assert not index.contains(1, "porto")
    assert not index.contains(0, "unknown")


def test_a_word_said_a_thousand_times_does_not_spill_into_the_next_row() -> None:
    index = index_of(["tea " * 1000, "porto"])
    assert index.scores({"tea": 1.0})[1] == 0
    assert index.contains(0, "tea")
    assert not index.contains(1, "tea")
    index.remove(0, "tea " * 1000)
    assert _vocabulary(index) == {hash_of("porto")}


def test_an_index_grows_right_after_a_search() -> None:
    """A view that outlived its search would refuse the growth."""
    index = index_of(["tea"])
    for _ in range(200):
        index.scores({"tea": 1.0})
        index.add("tea")
    assert index.rows("tea") == list(range(201))


def test_an_empty_index_has_no_scores() -> None:
    assert LexicalIndex().scores({"tea": 1.0}).tolist() == []
    assert index_of(["", "the"]).scores({"tea": 1.0}).tolist() == [0, 0]


def test_removing_what_was_never_said_changes_nothing_else() -> None:
    index = index_of(["tea", "porto"])
    index.remove(0, "tea and something else")
    assert _vocabulary(index) == {hash_of("porto")}
    assert index.scores({"porto": 1.0})[1] > 0


@given(collections, st.integers(0, 12), st.data())
def test_where_postings_are_kept_changes_nothing(
    collection: list[str], compacted: int, data: st.DataObject
) -> None:
    gone = data.draw(st.sets(st.integers(0, len(collection) - 1)))
    index, plain = index_of(collection[:compacted]), index_of(collection)
    index.compact()
    for text in collection[compacted:]:
        index.add(text)
    for row in gone:
        index.remove(row, collection[row])
        plain.remove(row, collection[row])
    assert index.postings.items() == plain.postings.items()
    for term in ("tea", "porto", "run", "猫", "里斯"):
        assert index.rows(term) == plain.rows(term)
        assert index.scores({term: 1.0}).tolist() == plain.scores({term: 1.0}).tolist()
        assert [index.contains(row, term) for row in range(len(collection))] == [
            row in plain.rows(term) for row in range(len(collection))
        ]


def test_a_long_memory_is_compacted_on_its_own_and_forgets_exactly() -> None:
    texts_said = [f"word{row} tea" for row in range(1000)]
    index = index_of(texts_said)
    assert index.rows("tea") == list(range(1000))
    for row in (3, 500, 999):
        index.remove(row, texts_said[row])
    assert not any(index.has_term(f"word{row}") for row in (3, 500, 999))
    assert len(index.rows("tea")) == 997
    assert len(index.postings) == 998
