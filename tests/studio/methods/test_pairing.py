"""Paired tests: what was gained and lost on the same examples, corrected for all pairs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.methods.pairing import add_paired_tests, best_result, count_pairs, paired_test
from tau.studio.results import GradedAnswer, MethodResult
from tau.studio.statistics import exact_mcnemar

from ..made_results import result

MARKS = st.text("10", min_size=8, max_size=8)


def test_only_examples_that_one_method_got_right_count() -> None:
    ours, theirs = result("prompt", "1101"), result("baseline", "0011")
    assert count_pairs(ours.answers, theirs.answers) == (2, 1)
    test = paired_test(ours, theirs)
    assert (test.other, test.gained, test.lost) == ("baseline", 2, 1)
    assert test.difference.value == pytest.approx(0.25)
    assert test.p == exact_mcnemar(2, 1)


def test_examples_that_only_one_method_answered_are_left_out() -> None:
    ours, theirs = result("prompt", "1111"), result("baseline", "00")
    assert count_pairs(ours.answers, theirs.answers) == (2, 0)
    assert paired_test(ours, theirs).difference.value == 1


def test_the_order_of_the_answers_does_not_matter() -> None:
    ours, theirs = result("prompt", "110010"), result("baseline", "011000")
    assert count_pairs(ours.answers[::-1], theirs.answers) == (2, 1)


def test_the_difference_is_that_of_the_scores() -> None:
    half = GradedAnswer("0", "x", 0.5, passed=False)
    ours = MethodResult(name="prompt", kind="prompt", answers=(half,))
    assert paired_test(ours, result("baseline", "0")).difference.value == 0.5


def test_the_best_of_equals_is_the_cheapest() -> None:
    equal = [result("classifier", "0110"), result("prompt", "1001"), result("nearest", "0001")]
    best = best_result([result("baseline", "0000"), *equal])
    assert best is not None
    assert best.name == "classifier"
    assert best_result([MethodResult(name="prompt", kind="prompt", skipped="No.")]) is None


def test_each_method_is_tested_against_the_baseline_and_the_best_cheaper_one() -> None:
    tested = list(
        add_paired_tests(
            [
                result("baseline", "0000000000"),
                result("classifier", "1111111100"),
                MethodResult(name="prompt", kind="prompt", skipped="No."),
                result("nearest", "1111111111"),
            ]
        )
    )
    baseline, classifier, skipped, nearest = tested
    assert baseline.against_baseline is baseline.against_best_cheaper is None
    assert skipped.against_baseline is skipped.against_best_cheaper is None
    assert classifier.against_baseline == classifier.against_best_cheaper
    assert nearest.against_baseline is not None
    assert nearest.against_best_cheaper is not None
    assert nearest.against_baseline.other == "baseline"
    assert nearest.against_best_cheaper.other == "classifier"
    # three different pairs: 10:0, 8:0 and 2:0
    assert nearest.against_baseline.p == pytest.approx(3 * 2 / 2**10)
    assert classifier.against_baseline is not None
    assert classifier.against_baseline.p == pytest.approx(2 * 2 / 2**8)
    assert nearest.against_best_cheaper.p == pytest.approx(0.5)


@given(st.lists(MARKS, min_size=1, max_size=5))
def test_correction_never_makes_a_difference_surer(marks: list[str]) -> None:
    names = ("baseline", "classifier", "prompt", "nearest", "strong")
    results = [result(name, each) for name, each in zip(names, marks, strict=False)]
    for each in add_paired_tests(results):
        for test in (each.against_baseline, each.against_best_cheaper):
            assert test is None or exact_mcnemar(test.gained, test.lost) <= test.p <= 1
