"""Routing: suggestions by example sentences, with a vector and by words, and nothing in doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.experts.routing import (
    CLASSES,
    Floats,
    examples_digest,
    leading_expert,
    routing_weights,
    suggested_expert,
)
from tau.memory.scope import EXPERTS


def towards(name: str, strength: float) -> Floats:
    """Return a vector that speaks for a class alone."""
    weights = np.array(routing_weights().weights)
    wanted: Floats = weights[:, CLASSES.index(name)] - weights.mean(axis=1)
    return strength * wanted / np.linalg.norm(wanted)


def test_the_weights_belong_to_the_sentences() -> None:
    known = routing_weights()
    assert known.examples == examples_digest(), "run scripts/train_routing"
    assert len(known.weights[0]) == len(known.bias) == len(CLASSES)


@pytest.mark.parametrize("name", EXPERTS)
def test_a_vector_near_the_examples_of_a_specialist_suggests_it(name: str) -> None:
    assert suggested_expert("xyzzy", towards(name, 3.0)) == name
    assert suggested_expert("xyzzy", towards("talk", 3.0)) is None


@pytest.mark.parametrize(
    ("words", "expert"),
    [
        ("Please draft a letter to the landlord about the heating.", "writing"),
        ("帮我写一封正式的投诉信，改得客气一点。", "writing"),
        ("Draw a floor plan with three bedrooms and a bathroom.", "sketch"),
        ("画一个三间卧室的平面图，厨房朝南。", "sketch"),
        ("I feel so sad and lonely, everything is too much and I can't sleep.", "care"),
        ("心里难受，睡不着，想找人聊聊。", "care"),
    ],
)
def test_words_alone_suggest_what_they_clearly_ask_for(words: str, expert: str) -> None:
    assert suggested_expert(words, None) == expert


@pytest.mark.parametrize(
    "words",
    [
        "",
        "hi",
        "ok",
        "What's the capital of Peru?",
        "My sister lives in Porto.",
        "谢谢",
        "今天天气好",
    ],
)
def test_nothing_is_suggested_where_nobody_is_asked_for(words: str) -> None:
    assert suggested_expert(words, None) is None


@given(st.text(max_size=300), st.booleans())
def test_any_text_has_an_answer_and_a_margin_that_no_lead_reaches_suggests_nothing(
    words: str, has_vector: bool
) -> None:
    size = len(routing_weights().weights)
    vector = np.full(size, size**-0.5) if has_vector else None
    expert, lead = leading_expert(words, vector)
    assert expert in EXPERTS
    assert suggested_expert(words, vector, (np.inf, np.inf)) is None
    found = suggested_expert(words, vector, (-np.inf, -np.inf))
    assert found == (expert if lead > -np.inf else None)
