"""When a loss is so far above its best that going on makes no sense."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.studio.worker.divergence import note_loss
from tau.studio.worker.failures import RunRefused
from tau.studio.worker.run_progress import RunProgress


def _noted(losses: list[float], norm: float = 1.0) -> RunProgress:
    progress = RunProgress(run_sha256="")
    for each in losses:
        note_loss(progress, each, norm)
    return progress


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run(loss: float) -> None:
    with pytest.raises(RunRefused) as refused:
        _noted([1.0, loss])
    assert refused.value.code == "diverged"
    with pytest.raises(RunRefused):
        _noted([1.0], norm=loss)


def test_a_loss_that_rises_to_three_times_its_best_ends_the_run() -> None:
    with pytest.raises(RunRefused) as refused:
        _noted([2.0] * 10 + [1.0] * 10 + [3.5] * 10)
    assert refused.value.code == "diverged"


@given(st.lists(st.floats(0.9, 2.0), max_size=40))
def test_noise_does_not(losses: list[float]) -> None:
    assert len(_noted(losses).recent_losses) == min(8, len(losses))


def test_nor_does_a_small_rise_from_almost_nothing() -> None:
    assert _noted([3.0] * 8 + [0.001] * 20 + [0.1] * 20).best_loss == pytest.approx(0.001)
