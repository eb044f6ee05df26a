"""Phrases about results, as people read them."""

import pytest

from tau.studio.phrases import describe_gain, describe_method, describe_share, percent, points
from tau.studio.results import Interval, MethodResult

from .made_results import result


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (1, "100 %"), (0.958333, "95.8 %"), (0.5, "50 %")]
)
def test_a_share_has_at_most_one_decimal(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(
    ("difference", "text"), [(0.01, "1 point"), (0.124, "12.4 points"), (0, "0 points")]
)
def test_points_are_counted(difference: float, text: str) -> None:
    assert points(difference) == text


def test_a_gain_may_be_a_loss() -> None:
    assert describe_gain(Interval(0.41, 0.31, 0.51)) == "41 points better (31 to 51)"
    assert describe_gain(Interval(-0.08, -0.17, 0.01)) == "8 points worse (-17 to 1)"


def test_a_method_has_its_own_name_only_where_there_may_be_several() -> None:
    assert describe_method(result("prompt", "1")) == "the prompt"
    assert describe_method(result("tuned", "1", "step-20")) == "the trained model (step-20)"


def test_a_share_is_given_with_its_interval() -> None:
    assert describe_share(result("prompt", "10")) == "right 50 % of the time (9 to 91 %)"
    untried = MethodResult(name="prompt", kind="prompt")
    assert describe_share(untried) == "right 0 % of the time (0 to 100 %)"
