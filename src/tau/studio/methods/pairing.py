"""Paired tests between methods that answered the same examples. Pure."""

from collections.abc import Iterator, Sequence

import msgspec

from tau.studio.results import GradedAnswer, MethodResult, PairedTest
from tau.studio.statistics import exact_mcnemar, holm, paired_difference

_Pair = tuple[str, str]


def best_result(results: Sequence[MethodResult]) -> MethodResult | None:
    """Return the result with the most right answers; of equal ones the first."""
    tried = [each for each in results if each.passed is not None]
    return max(tried, key=lambda each: each.passed.value if each.passed else 0.0, default=None)


def count_pairs(answers: Sequence[GradedAnswer], others: Sequence[GradedAnswer]) -> tuple[int, int]:
    """Return how many examples only the first got right, and how many only the second."""
    passed = {each.example: each.passed for each in others}
    both = [(each.passed, passed[each.example]) for each in answers if each.example in passed]
    gained = sum(ours and not theirs for ours, theirs in both)
    return gained, sum(theirs and not ours for ours, theirs in both)


def paired_test(result: MethodResult, other: MethodResult, p: float | None = None) -> PairedTest:
    """Compare two methods on the examples that both answered.

    `p` is the p-value after correction; by default, that of this test alone.
    """
    gained, lost = count_pairs(result.answers, other.answers)
    scores = {each.example: each.score for each in other.answers}
    both = [(each.score, scores[each.example]) for each in result.answers if each.example in scores]
    difference = paired_difference([ours for ours, _ in both], [theirs for _, theirs in both])
    corrected = exact_mcnemar(gained, lost) if p is None else p
    return PairedTest(other.name, gained, lost, difference, corrected)


def add_paired_tests(results: Sequence[MethodResult]) -> Iterator[MethodResult]:
    """Yield the results with their tests against the baseline and the best cheaper method.

    Holm's correction covers all different pairs.
    """
    tested = [_tested_against(results, number) for number in range(len(results))]
    pairs = {
        (result.name, other.name): count_pairs(result.answers, other.answers)
        for result, others in zip(results, tested, strict=True)
        for other in others
        if other is not None
    }
    values = holm([exact_mcnemar(*counts) for counts in pairs.values()])
    corrected: dict[_Pair, float] = dict(zip(pairs, values, strict=True))
    for result, (baseline, cheaper) in zip(results, tested, strict=True):
        yield msgspec.structs.replace(
            result,
            against_baseline=_corrected_test(result, baseline, corrected),
            against_best_cheaper=_corrected_test(result, cheaper, corrected),
        )


def _tested_against(
    results: Sequence[MethodResult], number: int
) -> tuple[MethodResult | None, MethodResult | None]:
    """Return the baseline and the best cheaper method, as far as there are any."""
    if results[number].passed is None:
        return None, None
    cheaper = [each for each in results[:number] if each.passed is not None]
    baseline = next((each for each in cheaper if each.kind == "baseline"), None)
    return baseline, best_result(cheaper)


def _corrected_test(
    result: MethodResult, other: MethodResult | None, corrected: dict[_Pair, float]
) -> PairedTest | None:
    if other is None:
        return None
    return paired_test(result, other, corrected[result.name, other.name])
