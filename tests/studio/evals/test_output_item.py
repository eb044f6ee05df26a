"""Figures of a run count each item once, and an error never as passed or failed."""

from hypothesis import given
from hypothesis import strategies as st

from tau.studio.evals.eval_events import ItemsGraded, decode_run_event, encode_eval_event
from tau.studio.evals.output_item import (
    CriterionCounts,
    CriterionResult,
    OutputItem,
    RunFigures,
    RunSample,
    SampleMessage,
    TokenCounts,
)

NAMES = ("one", "two")
RESULTS = st.lists(
    st.tuples(st.booleans(), st.sampled_from(["", "It failed."])), min_size=2, max_size=2
)
ITEMS = st.builds(
    lambda number, results, error: OutputItem(
        number=number,
        at=1.0,
        item={"n": number},
        sample=RunSample(error=error, output=(SampleMessage("assistant", "x"),)),
        results=()
        if error
        else tuple(
            CriterionResult(name=name, type="exact", passed=passed, error=reason)
            for name, (passed, reason) in zip(NAMES, results, strict=True)
        ),
    ),
    st.integers(0, 99),
    RESULTS,
    st.sampled_from(["", "", "There's no answer."]),
)


@given(items=st.lists(ITEMS, max_size=30))
def test_each_item_is_counted_once(items: list[OutputItem]) -> None:
    figures = RunFigures(
        total=len(items), criteria=tuple(CriterionCounts(name, 0, 0) for name in NAMES)
    )
    for each in items:
        figures = figures.plus(each)
    assert figures.passed + figures.failed + figures.errored == figures.total
    statuses = [each.status for each in items]
    assert figures.passed == statuses.count("pass")
    assert figures.errored == statuses.count("error")
    for number, counts in enumerate(figures.criteria):
        judged = [each.results[number] for each in items if each.results]
        judged = [each for each in judged if not each.error]
        assert counts.passed == sum(each.passed for each in judged)
        assert counts.failed == len(judged) - counts.passed


@given(item=ITEMS)
def test_an_item_passes_only_if_nothing_speaks_against_it(item: OutputItem) -> None:
    has_error = bool(item.sample and item.sample.error) or any(r.error for r in item.results)
    if item.status == "pass":
        assert not has_error
        assert all(each.passed for each in item.results)
    assert (item.status == "error") is has_error


@given(items=st.lists(ITEMS, max_size=5))
def test_results_are_read_as_they_were_written(items: list[OutputItem]) -> None:
    event = ItemsGraded(items=tuple(items))
    assert decode_run_event(encode_eval_event(event)) == event


@given(counts=st.lists(st.builds(TokenCounts, *[st.integers(0, 99)] * 4), max_size=5))
def test_tokens_are_added_up(counts: list[TokenCounts]) -> None:
    total = sum(counts, TokenCounts())
    assert total.prompt == sum(each.prompt for each in counts)
    assert total.completion == sum(each.completion for each in counts)
    assert total.cached == sum(each.cached for each in counts)
    assert total.total == sum(each.total for each in counts)
