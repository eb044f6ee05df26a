"""The order of the data and the learning rate are functions of the document and the step."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.tuning.run_spec import PreferenceMethod, SupervisedMethod
from tau.studio.worker.schedule import Schedule

METHODS = st.builds(
    SupervisedMethod,
    epochs=st.integers(1, 4),
    batch_size=st.integers(1, 9),
    schedule=st.sampled_from(["cosine", "linear", "constant"]),
    warmup_share=st.sampled_from([0.0, 0.05, 0.5, 1.0]),
)


@given(METHODS, st.integers(1, 40), st.integers(0, 3))
def test_every_epoch_has_every_example_once(
    method: SupervisedMethod, examples: int, seed: int
) -> None:
    schedule = Schedule(method, examples, seed)
    for epoch in range(method.epochs):
        first = epoch * schedule.steps_per_epoch + 1
        steps = range(first, first + schedule.steps_per_epoch)
        seen = Counter(one for step in steps for one in schedule.batch(step))
        assert seen == Counter(range(examples))
        assert schedule.epoch(steps[-1]) == pytest.approx(epoch + 1)


@given(METHODS, st.integers(1, 40))
def test_it_learns_in_every_step_and_never_faster_than_asked(
    method: SupervisedMethod, examples: int
) -> None:
    schedule = Schedule(method, examples, 7)
    rates = [schedule.learning_rate(step) for step in range(1, schedule.steps + 1)]
    assert all(0 < each <= method.learning_rate for each in rates)
    if method.warmup_share < 1:
        top = rates.index(max(rates))
        assert rates[:top] == sorted(rates[:top])
        assert rates[top:] == sorted(rates[top:], reverse=True)


def test_the_order_depends_on_the_seed_and_the_epoch() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        schedule = Schedule(PreferenceMethod(batch_size=50), 50, seed)
        return schedule.batch(epoch + 1)

    assert order(1, 0) == order(1, 0)
    assert len({tuple(order(seed, epoch)) for seed in (1, 2) for epoch in (0, 1)}) == 4
