"""The verdict of a comparison: whether to train a model, or what is enough without.

A pure function of the results. It leans towards what costs least: training is only called worth it
where the test shows that (or, before anything was trained, could show it), and a cheaper method is
enough as long as it isn't shown to be worse.
"""

from collections.abc import Sequence

from tau.studio.methods.pairing import best_result, count_pairs, paired_test
from tau.studio.phrases import describe_gain, describe_method, describe_share, percent, points
from tau.studio.results import MethodKind, MethodResult, Verdict, VerdictKind
from tau.studio.statistics import (
    SIGNIFICANT,
    exact_mcnemar,
    holm,
    smallest_detectable_difference,
)

FEWEST_TEST = 20
"""Examples of the test below which a verdict would be a guess."""
FEWEST_TRAIN = 50
"""Training examples below which training isn't worth trying."""
NOTABLE = 0.05
"""A difference in the share of right answers that people care about."""
MOST_CONTRADICTIONS = 0.1
"""Share of contradicting training examples above which they're decided first."""
EXPECTED_GAIN = 0.5
"""Share of the best method's errors that training is assumed to remove, before it's tried: a guess
that only decides whether the test is large enough for trying to be worth it."""

_ENOUGH: dict[MethodKind, VerdictKind] = {
    "classifier": "classifier is enough",
    "prompt": "prompt is enough",
    "nearest": "prompt is enough",
    "optimized": "prompt is enough",
}


def choose_verdict(
    methods: Sequence[MethodResult], *, train_count: int, test_count: int, contradictions: float
) -> Verdict:
    """Return what to do, for methods given cheapest first.

    `contradictions` is the share of the training examples that contradict another.
    """
    tried = [each for each in methods if each.passed is not None]
    strong = best_result([each for each in tried if each.kind == "strong"])
    tuned = best_result([each for each in tried if each.kind == "tuned"])
    untrained = [each for each in tried if each.kind not in ("strong", "tuned")]
    best = best_result(untrained)
    if test_count < FEWEST_TEST or best is None:
        return _too_small(test_count)
    if strong and is_shown_better(strong, [*untrained, tuned] if tuned else untrained):
        return _stronger(strong, tuned or best)
    if tuned and is_shown_better(tuned, untrained):
        return _trained(tuned, best)
    if tuned:
        verdict = _without_gain(tuned, untrained, test_count)
    else:
        verdict = _before_training(untrained, best, train_count, test_count)
    if contradictions >= MOST_CONTRADICTIONS and verdict.kind in ("train", "too few examples"):
        return _contradicting(contradictions)
    return verdict


def is_shown_better(result: MethodResult, others: Sequence[MethodResult]) -> bool:
    """Return whether the test shows that a method is right more often than each of the others."""
    counts = [count_pairs(result.answers, other.answers) for other in others]
    values = holm([exact_mcnemar(*each) for each in counts])
    return bool(others) and all(
        gained > lost and p < SIGNIFICANT for (gained, lost), p in zip(counts, values, strict=True)
    )


def _before_training(
    untrained: Sequence[MethodResult], best: MethodResult, train_count: int, test_count: int
) -> Verdict:
    """Return the verdict before anything was trained: whether that is worth trying."""
    detectable = smallest_detectable_difference(test_count)
    if EXPECTED_GAIN * (1 - _share_of(best)) < detectable:
        enough = _cheapest_as_good(untrained)
        if enough is None:
            return _nothing_beats_baseline(best, test_count)
        return _enough(
            enough,
            f"Even if training halved its errors, a test of {test_count} examples couldn't show "
            "it.",
        )
    if train_count < FEWEST_TRAIN:
        return Verdict(
            "too few examples",
            f"Add training examples: there are {train_count}, and training isn't worth trying "
            f"with fewer than {FEWEST_TRAIN}.",
        )
    return Verdict(
        "train",
        f"Train a model: the best method so far, {describe_method(best)}, is "
        f"{describe_share(best)}, and this test can show whether training gains "
        f"{points(detectable)} or more.",
    )


def _without_gain(
    tuned: MethodResult, untrained: Sequence[MethodResult], test_count: int
) -> Verdict:
    """Return the verdict where a trained model isn't shown to be better than all others."""
    enough = _cheapest_as_good([each for each in untrained if not _is_worse(each, tuned)])
    if enough is None:
        return _nothing_beats_baseline(tuned, test_count)
    gain = paired_test(tuned, enough).difference
    if gain.value < NOTABLE:
        reason = f"The trained model is {describe_gain(gain)}, which may be chance."
        return _enough(enough, reason)
    return Verdict(
        "too few examples",
        f"The trained model is {describe_gain(gain)} than {describe_method(enough)}, but with "
        f"{test_count} examples that may be chance. Put more examples aside as the test.",
    )


def _cheapest_as_good(results: Sequence[MethodResult]) -> MethodResult | None:
    """Return the cheapest usable method that is about as good as the best one.

    Always giving the same answer is no usable method, nor is one that isn't shown to be better.
    """
    baseline = [each for each in results if each.kind == "baseline"]
    usable = [each for each in results if each.kind in _ENOUGH]
    if baseline:
        usable = [each for each in usable if is_shown_better(each, baseline)]
    best = best_result(usable)
    if best is None:
        return None
    return next(
        each
        for each in usable
        if _share_of(each) >= _share_of(best) - NOTABLE and not _is_worse(each, best)
    )


def _is_worse(result: MethodResult, other: MethodResult) -> bool:
    gained, lost = count_pairs(result.answers, other.answers)
    return lost > gained and exact_mcnemar(gained, lost) < SIGNIFICANT


def _share_of(result: MethodResult) -> float:
    """Return the share of examples that a method got right."""
    return result.passed.value if result.passed else 0.0


def _enough(result: MethodResult, reason: str) -> Verdict:
    sentence = f"Don't train: {describe_method(result)} is {describe_share(result)}. {reason}"
    return Verdict(_ENOUGH[result.kind], sentence, result.name)


def _trained(tuned: MethodResult, best: MethodResult) -> Verdict:
    gain = describe_gain(paired_test(tuned, best).difference)
    return Verdict(
        "train",
        f"Use the trained model: it's {describe_share(tuned)}, {gain} than "
        f"{describe_method(best)}.",
        tuned.name,
    )


def _stronger(strong: MethodResult, best: MethodResult) -> Verdict:
    gain = describe_gain(paired_test(strong, best).difference)
    return Verdict(
        "stronger model wins",
        f"The stronger model is {describe_share(strong)}, {gain} than {describe_method(best)}. "
        "Use it, or train a smaller model on its answers.",
        strong.name,
    )


def _too_small(test_count: int) -> Verdict:
    return Verdict(
        "too few examples",
        f"The test has {test_count} examples; with fewer than {FEWEST_TEST} nothing can be said. "
        "Put more examples aside.",
    )


def _nothing_beats_baseline(best: MethodResult, test_count: int) -> Verdict:
    return Verdict(
        "too few examples",
        f"A test of {test_count} examples doesn't show that anything is better than always giving "
        f"the most frequent answer; {describe_method(best)} is {describe_share(best)}. Add "
        "examples, above all with other answers.",
    )


def _contradicting(share: float) -> Verdict:
    return Verdict(
        "examples contradict each other",
        f"{percent(share)} of the training examples contradict another one: the same request has "
        "different answers, and no model can learn both. Decide which are right, then compare "
        "again.",
    )
