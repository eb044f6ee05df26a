"""Signals, their weights, and the reasons that are told."""

import numpy as np
import pytest

from tau.memory.fusion import REASONS, Scores, Surroundings, fuse, load_weights, reasons, signals


def scores(*numbers: float) -> Scores:
    return np.array(numbers, np.float32)


def thread(rows: int, **changes: object) -> Surroundings:
    """One conversation of `rows` messages in one sitting."""
    fields: dict[str, object] = {
        "visible": np.ones(rows, np.bool_),
        "before": np.arange(-1, rows - 1, dtype=np.int32),
        "after": np.append(np.arange(1, rows), -1).astype(np.int32),
        "sitting": np.zeros(rows, np.int32),
        "sittings": 1,
        "own": np.ones(rows, np.bool_),
        "lending": np.ones(rows, np.float32),
    }
    return Surroundings(**(fields | changes))  # type: ignore[arg-type]


def test_words_are_scaled_and_lent_to_neighbours() -> None:
    found = signals(scores(0, 4, 0, 2), None, thread(4))
    assert found["words"].tolist() == [0, 1, 0, 0.5]
    assert found["words_before"].tolist() == [0, 0, 1, 0]
    assert found["words_after"].tolist() == [1, 0, 0.5, 0]
    assert found["words_before_2"].tolist() == [0, 0, 0, 1]
    assert found["words_after_2"].tolist() == [0, 0.5, 0, 0]
    assert found["sitting_words"].tolist() == [1, 1, 1, 1]
    assert "meaning" not in found


def test_meaning_that_is_contrary_counts_nothing() -> None:
    found = signals(scores(0, 0), scores(-0.5, 0.5), thread(2))
    assert found["meaning"].tolist() == [0, 0.5]
    assert found["meaning_after"].tolist() == [0.5, 0]


def test_hidden_rows_have_and_lend_nothing() -> None:
    visible = np.array([True, False, True])
    found = signals(scores(1, 4, 0), scores(0, 1, 0), thread(3, visible=visible))
    assert found["words"].tolist() == [1, 0, 0]
    assert found["words_before"].tolist() == [0, 1, 0]
    assert not found["meaning"].any()
    assert not found["sitting_meaning"].any()


def test_a_long_reply_lends_only_a_share() -> None:
    own = np.array([True, False, True])
    found = signals(scores(0, 1, 0), None, thread(3, own=own, lending=scores(1, 0.25, 1)))
    assert found["words"].tolist() == [0, 1, 0]
    assert found["words_before"].tolist() == [0, 0, 0.25]
    assert found["words_after"].tolist() == [0.25, 0, 0]
    assert found["own"].tolist() == [1, 0, 1]


def test_sittings_are_apart() -> None:
    sitting = np.array([0, 0, 1], np.int32)
    found = signals(scores(2, 0, 1), None, thread(3, sitting=sitting, sittings=2))
    assert found["sitting_words"].tolist() == [1, 1, 0.5]


def test_nothing_at_all_is_no_trouble() -> None:
    found = signals(scores(), scores(), thread(0, sittings=0))
    assert fuse(found, {"words": 1.0}).tolist() == []


def test_the_score_is_the_weighted_sum_of_what_has_weights() -> None:
    found = signals(scores(0, 4), scores(0.5, 1), thread(2), speaker=scores(1, 0))
    fused = fuse(found, {"words": 2.0, "speaker": 0.5, "unheard_of": 9.0})
    assert fused.tolist() == [0.5, 2.0]


def test_reasons_are_told_by_their_share() -> None:
    found = signals(scores(0, 4, 0), scores(0.9, 0.1, 0), thread(3))
    weights = {"words": 1.0, "meaning": 1.0, "words_after": 0.5, "sitting_words": 0.5}
    assert reasons(found, weights, 0) == ["meaning", "next to a match", "same sitting as a match"]
    assert reasons(found, weights, 1) == ["words"]


def test_the_shipped_weights_are_for_known_signals_and_sum_to_one() -> None:
    weights = load_weights()
    everything = signals(
        scores(1), scores(1), thread(1), speaker=scores(1), recent=scores(1)
    ).keys()
    for model in (weights.with_vector, weights.without_vector):
        assert model.keys() <= everything
        assert sum(model.values()) == pytest.approx(1, abs=0.01)
    assert not any("meaning" in name for name in weights.without_vector)
    assert everything - REASONS.keys() == {"own", "recent"}
    assert "LoCoMo" in weights.note
