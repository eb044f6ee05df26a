"""The fold of the log of evals, against a plain model of what was done."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.evals.eval_events import (
    EvalChanged,
    EvalCreated,
    EvalEvent,
    EvalRemoved,
    EvalRunCreated,
    EvalRunEnded,
    EvalRunRemoved,
    decode_eval_event,
    decode_run_event,
    encode_eval_event,
)
from tau.studio.evals.eval_state import EvalState
from tau.studio.evals.output_item import RunFigures

EVALS, RUNS = ["e1", "e2", "e3"], ["r1", "r2", "r3", "r4"]


def created(eval_id: str, at: float = 1.0) -> EvalCreated:
    return EvalCreated(
        at=at, id=eval_id, name=eval_id, data_source_config={}, testing_criteria=({},)
    )


def run_created(run_id: str, eval_id: str) -> EvalRunCreated:
    return EvalRunCreated(
        at=1.0, id=run_id, eval=eval_id, log=f"log of {run_id}", data_source={}, total=1
    )


def run_ended(run_id: str, status: Any = "completed") -> EvalRunEnded:
    return EvalRunEnded(at=2.0, id=run_id, status=status, figures=RunFigures())


EVENTS = st.one_of(
    st.builds(created, st.sampled_from(EVALS)),
    st.builds(
        EvalChanged,
        at=st.floats(1, 9),
        id=st.sampled_from(EVALS),
        name=st.none() | st.text(max_size=3),
        metadata=st.none() | st.dictionaries(st.text(max_size=2), st.text(max_size=2)),
    ),
    st.builds(EvalRemoved, at=st.just(3.0), id=st.sampled_from(EVALS)),
    st.builds(run_created, st.sampled_from(RUNS), st.sampled_from(EVALS)),
    st.builds(run_ended, st.sampled_from(RUNS), st.sampled_from(["completed", "failed"])),
    st.builds(EvalRunRemoved, at=st.just(3.0), id=st.sampled_from(RUNS)),
)


def fold(events: list[EvalEvent | None]) -> EvalState:
    state = EvalState()
    for seq, event in enumerate(events, start=1):
        if event is not None:
            state.apply(event, seq)
    return state


@given(events=st.lists(EVENTS, max_size=40))
def test_any_order_of_events_can_be_folded(events: list[EvalEvent]) -> None:
    state = fold(list(events))
    there: dict[str, bool] = {}
    for event in events:
        if isinstance(event, EvalCreated | EvalRemoved):
            there[event.id] = isinstance(event, EvalCreated)
    assert set(state.evals) == {each for each, is_there in there.items() if is_there}


@given(events=st.lists(EVENTS, max_size=40), seed=st.integers(0, 2))
def test_erasing_an_eval_leaves_what_there_would_be_without_it(
    events: list[EvalEvent], seed: int
) -> None:
    """What `all_seqs` names is erased: the fold of the rest is the same as after the removal."""
    target = EVALS[seed]
    state = fold(list(events))
    if target not in state.evals:
        return
    erased = set(state.evals[target].all_seqs)
    rest = [None if seq in erased else each for seq, each in enumerate(events, start=1)]
    left = fold([*rest, EvalRemoved(at=4.0, id=target)])
    expected = fold([*events, EvalRemoved(at=4.0, id=target)])
    assert left.evals == expected.evals


@given(event=EVENTS)
def test_events_are_read_as_they_were_written(event: EvalEvent) -> None:
    raw = encode_eval_event(event)
    assert decode_eval_event(raw) == event
    assert decode_run_event(raw) is None


@pytest.mark.parametrize("raw", [b"", b"\xc1", b"\x81\xa4kind\xa3new", b"\xc0"])
def test_what_cannot_be_read_is_nothing(raw: bytes) -> None:
    """An entry that was erased, or that a newer release wrote."""
    assert decode_eval_event(raw) is None
    assert decode_run_event(raw) is None


def test_the_first_end_of_a_run_counts() -> None:
    state = fold(
        [created("e1"), run_created("r1", "e1"), run_ended("r1"), run_ended("r1", "canceled")]
    )
    run = state.evals["e1"].runs["r1"]
    assert run.ended is not None
    assert run.ended.status == "completed"
    assert run.seqs == [2, 3, 4]
    assert state.evals["e1"].all_seqs == [1, 2, 3, 4]


def test_a_change_leaves_what_it_does_not_name() -> None:
    state = fold([created("e1"), EvalChanged(at=5.0, id="e1", metadata={"a": "b"})])
    found = state.evals["e1"]
    assert (found.name, found.metadata) == ("e1", {"a": "b"})
    assert (found.created_at, found.updated_at) == (1.0, 5.0)
