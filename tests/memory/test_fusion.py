"""Weights, the score they make, and the reasons that are told."""

import numpy as np
import pytest

from tau.memory.fusion import (
    ASSISTANT_SHARE,
    REASONS,
    ChatWeights,
    EmbedderWeights,
    Weights,
    fuse,
    load_weights,
    reasons,
)
from tau.memory.lexical import Scores
from tau.memory.signals import NAMES
from tau.models.catalog import EMBEDDING_MODEL, FORMER_EMBEDDING_MODEL

OF_MANNER = {"tells_time", "reply", "liking", "of_self", "of_times", "asking", "brief",
             "long_reply", "recent"}  # fmt: skip


def scores(*numbers: float) -> Scores:
    return np.array(numbers, np.float32)


def all_of(weights: Weights) -> list[dict[str, float]]:
    """The models of a file that take part where words are said."""
    chats = [each.weights for each in weights.with_vector.values()] + [weights.without_vector]
    return [model for chat in chats for model in (chat.short_messages, chat.long_replies)]


def test_the_score_is_the_weighted_sum_of_what_has_weights() -> None:
    found = {"words": scores(0, 1), "speaker": scores(1, 0), "recent": scores(9, 9)}
    assert fuse(found, {"words": 2.0, "speaker": 0.5, "unheard_of": 9.0}).tolist() == [0.5, 2.0]


def test_reasons_are_told_by_their_share() -> None:
    found = {
        "words": scores(0, 1, 0),
        "meaning": scores(0.9, 0.1, 0),
        "words_before": scores(1, 0, 0),
        "sitting_words": scores(1, 1, 1),
    }
    weights = {"words": 1.0, "meaning": 1.0, "words_before": 0.5, "sitting_words": 0.5}
    assert reasons(found, weights, 0) == ["meaning", "next to a match", "same session as a match"]
    assert reasons(found, weights, 1) == ["words"]


def test_what_only_a_neighbour_says_is_not_told_as_words() -> None:
    found = {"words": scores(0, 1), "covered": scores(1, 1)}
    assert reasons(found, {"covered": 1.0}, 0) == ["next to a match"]
    assert reasons(found, {"covered": 1.0}, 1) == ["words"]


def test_what_counts_against_a_message_is_no_reason_for_it() -> None:
    found = {"words": scores(0), "brief": scores(1), "meaning": scores(0)}
    assert reasons(found, {"words": 1.0, "brief": -1.0}, 0) == ["words"]


def test_the_shipped_weights_are_for_known_signals_and_have_one_scale() -> None:
    weights = load_weights()
    assert {EMBEDDING_MODEL, FORMER_EMBEDDING_MODEL} <= weights.with_vector.keys()
    for model in all_of(weights):
        assert model.keys() <= NAMES.keys()
        assert sum(weight for weight in model.values() if weight > 0) == pytest.approx(1, abs=0.15)
    without = weights.without_vector
    assert not any("meaning" in name for name in without.short_messages | without.long_replies)
    assert NAMES.keys() - REASONS.keys() == OF_MANNER
    assert weights.note


@pytest.mark.parametrize("name", sorted(REASONS))
def test_what_is_told_as_a_reason_never_counts_against(name: str) -> None:
    assert all(model.get(name, 0) >= 0 for model in all_of(load_weights()))


def test_meaning_decides_where_the_words_of_a_question_are_hardly_in_memory() -> None:
    usual = {"words": 1.0, "meaning": 0.2}
    chats = ChatWeights(short_messages=usual, long_replies=usual)
    model = EmbedderWeights(weights=chats, meaning_only={"meaning": 1.0})
    assert model.for_question(0.9, 0.0) == usual
    assert model.for_question(0.1, 0.0) == model.meaning_only
    assert model.for_question(0.3, 0.0) == pytest.approx({"words": 0.5, "meaning": 0.6})


def test_weights_go_from_one_kind_of_chats_to_the_other_without_a_step() -> None:
    chats = ChatWeights(short_messages={"words_before": 1.0}, long_replies={"words": 1.0})
    assert chats.for_chat(0.0) == chats.short_messages
    assert chats.for_chat(ASSISTANT_SHARE) == chats.for_chat(1.0) == chats.long_replies
    halfway = {"words_before": 0.5, "words": 0.5}
    assert chats.for_chat(ASSISTANT_SHARE / 2) == pytest.approx(halfway)
