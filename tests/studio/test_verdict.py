"""The verdict, branch by branch, and what it never says."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.methods.pairing import count_pairs
from tau.studio.results import MethodKind, MethodResult, Verdict
from tau.studio.statistics import exact_mcnemar
from tau.studio.verdict import FEWEST_TEST, FEWEST_TRAIN, choose_verdict, is_shown_better

from .made_results import result

ORDER: tuple[MethodKind, ...] = (
    *("baseline", "classifier", "prompt", "nearest"),
    *("tuned", "strong"),
)


def graded(kind: MethodKind, right: int, count: int = 100, *, worst: bool = False) -> MethodResult:
    """A method that got the first (or the last) examples right."""
    marks = "1" * right + "0" * (count - right)
    return result(kind, marks[::-1] if worst else marks)


def verdict_of(*methods: MethodResult, train: int = 200, contradictions: float = 0.0) -> Verdict:
    """The verdict on a test as long as the first method's."""
    count = len(methods[0].answers) if methods else 0
    return choose_verdict(
        methods, train_count=train, test_count=count, contradictions=contradictions
    )


# each: what every method got right of how many examples -> the verdict, and the method to use
TABLE: list[tuple[str, dict[MethodKind, int], int, str, str]] = [
    ("routing", {"baseline": 11, "classifier": 114}, 120, "classifier is enough", "classifier"),
    ("extraction", {"baseline": 2, "prompt": 8, "nearest": 4}, 100, "train", ""),
    (
        "extraction, trained",
        {"baseline": 2, "prompt": 8, "nearest": 4, "tuned": 49},
        100,
        "train",
        "tuned",
    ),
    (
        "a good prompt",
        {"baseline": 5, "prompt": 92, "nearest": 95},
        100,
        "prompt is enough",
        "prompt",
    ),
    (
        "similar examples help",
        {"baseline": 5, "prompt": 40, "nearest": 95},
        100,
        "prompt is enough",
        "nearest",
    ),
    (
        "trained in vain",
        {"baseline": 11, "classifier": 95, "tuned": 96},
        100,
        "classifier is enough",
        "classifier",
    ),
    (
        "trained and worse",
        {"baseline": 11, "classifier": 95, "tuned": 80},
        100,
        "classifier is enough",
        "classifier",
    ),
    (
        "a gain that may be chance",
        {"baseline": 0, "prompt": 20, "tuned": 25},
        60,
        "too few examples",
        "",
    ),
    ("a tiny test", {"baseline": 0, "classifier": 19}, 19, "too few examples", ""),
    ("no test", {}, 0, "too few examples", ""),
    ("always the same", {"baseline": 97, "classifier": 98}, 100, "too few examples", ""),
    ("only the baseline", {"baseline": 50}, 100, "train", ""),
    ("trained, but for nothing", {"baseline": 50, "tuned": 51}, 100, "too few examples", ""),
    (
        "a stronger model",
        {"baseline": 2, "prompt": 8, "strong": 80},
        100,
        "stronger model wins",
        "strong",
    ),
    (
        "stronger than the trained one",
        {"baseline": 2, "prompt": 8, "tuned": 49, "strong": 80},
        100,
        "stronger model wins",
        "strong",
    ),
    (
        "trained as good as the stronger one",
        {"baseline": 2, "prompt": 8, "tuned": 79, "strong": 80},
        100,
        "train",
        "tuned",
    ),
    (
        "a stronger model that isn't better",
        {"baseline": 11, "classifier": 95, "strong": 97},
        100,
        "classifier is enough",
        "classifier",
    ),
]


@pytest.mark.parametrize(
    ("right", "count", "kind", "method"),
    [row[1:] for row in TABLE],
    ids=[row[0] for row in TABLE],
)
def test_what_to_do(right: dict[MethodKind, int], count: int, kind: str, method: str) -> None:
    verdict = verdict_of(*(graded(each, number, count) for each, number in right.items()))
    assert (verdict.kind, verdict.method) == (kind, method)
    assert verdict.sentence.endswith(".")


def test_sentences_give_figures_and_intervals() -> None:
    trained = [graded("baseline", 2), graded("prompt", 8), graded("tuned", 49)]
    assert verdict_of(*trained).sentence == (
        "Use the trained model: it's right 49 % of the time (39 to 59 %), 41 points better "
        "(31 to 51) than the prompt."
    )
    assert verdict_of(*trained[:2]).sentence == (
        "Train a model: the best method so far, the prompt, is right 8 % of the time (4 to 15 %), "
        "and this test can show whether training gains 12.4 points or more."
    )
    assert verdict_of(graded("baseline", 10), graded("classifier", 96)).sentence == (
        "Don't train: the classifier is right 96 % of the time (90 to 98 %). Even if training "
        "halved its errors, a test of 100 examples couldn't show it."
    )
    vain = [graded("baseline", 10), graded("classifier", 95), graded("tuned", 96)]
    assert verdict_of(*vain).sentence == (
        "Don't train: the classifier is right 95 % of the time (89 to 98 %). The trained model is "
        "1 point better (0 to 3), which may be chance."
    )


def test_contradictions_come_before_training_but_not_before_what_is_enough() -> None:
    low = [graded("baseline", 2), graded("prompt", 8)]
    assert verdict_of(*low, contradictions=0.09).kind == "train"
    verdict = verdict_of(*low, contradictions=0.12)
    assert verdict.kind == "examples contradict each other"
    assert verdict.sentence.startswith("12 % of the training examples contradict another one")
    enough = [graded("baseline", 2), graded("prompt", 97)]
    assert verdict_of(*enough, contradictions=0.5).kind == "prompt is enough"
    trained = [*low, graded("tuned", 49)]
    assert verdict_of(*trained, contradictions=0.5).kind == "train", "it's shown"


def test_training_needs_examples() -> None:
    low = [graded("baseline", 2), graded("prompt", 8)]
    assert verdict_of(*low, train=FEWEST_TRAIN).kind == "train"
    few = verdict_of(*low, train=FEWEST_TRAIN - 1)
    assert few.kind == "too few examples"
    assert f"there are {FEWEST_TRAIN - 1}" in few.sentence
    enough = [graded("baseline", 2), graded("classifier", 97)]
    assert verdict_of(*enough, train=30).kind == "classifier is enough"


def test_methods_that_were_skipped_count_for_nothing() -> None:
    skipped = MethodResult(name="prompt", kind="prompt", skipped="Not tried.")
    methods = [graded("baseline", 10), graded("classifier", 96), skipped]
    assert verdict_of(*methods) == verdict_of(*methods[:2])
    assert verdict_of(skipped).kind == "too few examples"


def test_of_several_trained_models_the_best_counts() -> None:
    marks = "1" * 49 + "0" * 51
    models = [result("tuned", "0" * 100, "step-10"), result("tuned", marks, "step-20")]
    verdict = verdict_of(graded("baseline", 2), graded("prompt", 8), *models)
    assert (verdict.kind, verdict.method) == ("train", "step-20")


def test_a_much_worse_method_is_not_enough_because_the_test_is_small() -> None:
    """20 points are missing; that 30 examples don't show it doesn't make it as good."""
    methods = [graded("baseline", 0, 30), graded("classifier", 21, 30), graded("prompt", 27, 30)]
    verdict = verdict_of(*methods)
    assert (verdict.kind, verdict.method) == ("prompt is enough", "prompt")


def outcomes(shares: dict[MethodKind, float], count: int, seed: int) -> list[MethodResult]:
    """Methods that get each example right with their own probability."""
    chance = random.Random(seed)
    return [
        result(kind, "".join("1" if chance.random() < shares[kind] else "0" for _ in range(count)))
        for kind in ORDER
        if kind in shares
    ]


SHARES = st.dictionaries(st.sampled_from(ORDER), st.floats(0, 1), min_size=1)


@given(SHARES, st.integers(1, 150), st.integers(0, 10**6), st.integers(0, 100), st.floats(0, 1))
def test_what_it_never_says(
    shares: dict[MethodKind, float], count: int, seed: int, train: int, contradictions: float
) -> None:
    methods = outcomes(shares, count, seed)
    verdict = verdict_of(*methods, train=train, contradictions=contradictions)
    by_name = {each.name: each for each in methods}
    assert verdict.method in {"", *by_name}
    if verdict.kind == "train":
        tuned = by_name.get("tuned")
        assert count >= FEWEST_TEST
        assert (verdict.method == "tuned") == (tuned is not None)
        for kind in ("classifier", "prompt", "nearest"):
            if tuned and kind in by_name:
                gained, lost = count_pairs(tuned.answers, by_name[kind].answers)
                assert gained > lost
                assert exact_mcnemar(gained, lost) < 0.05
    if verdict.kind.endswith("is enough"):
        enough = by_name[verdict.method]
        for other in methods:
            cheaper_or_trained = other.kind not in ("strong", enough.kind)
            assert not (cheaper_or_trained and is_shown_better(other, [enough]))


@given(SHARES, st.integers(1, 150), st.integers(0, 10**6))
def test_a_verdict_does_not_depend_on_the_order_of_the_examples(
    shares: dict[MethodKind, float], count: int, seed: int
) -> None:
    methods = outcomes(shares, count, seed)
    turned = [
        result(each.kind, "".join(mark.answer for mark in each.answers[::-1])) for each in methods
    ]
    first, second = verdict_of(*methods), verdict_of(*turned)
    assert (first.kind, first.method) == (second.kind, second.method)
