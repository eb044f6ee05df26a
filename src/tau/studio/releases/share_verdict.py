"""Whether a model that answers a share of the callers should be taken back. Pure.

Two kinds of evidence: requests that failed, and a comparison on the frozen test. Both use intervals
of 95 %, so that a few unlucky requests take nothing back.
"""

from typing import NamedTuple

from tau.studio.methods.pairing import paired_test
from tau.studio.phrases import describe_gain, percent
from tau.studio.results import MethodResult
from tau.studio.statistics import wilson_interval

FEWEST_REQUESTS = 20
"""Requests of the model on trial below which nothing is decided."""
TOLERATED_FAILURES = 0.02
"""Share of failures that is never a reason, such as a restart now and then."""


class OutcomeCount(NamedTuple):
    """Requests to a model, and how many of them failed."""

    asked: int = 0
    failed: int = 0

    def plus(self, *, failed: bool) -> "OutcomeCount":
        """Return the count with one more request."""
        return OutcomeCount(self.asked + 1, self.failed + failed)


def failing_reason(trial: OutcomeCount, rest: OutcomeCount) -> str | None:
    """Return why a model on trial fails too often, or `None`.

    Its share of failures must be shown to be above that of the other models and above what is
    tolerated: the lower Wilson bound of the one above the upper bound of the other.
    """
    if trial.asked < FEWEST_REQUESTS:
        return None
    low = wilson_interval(trial.failed, trial.asked).low
    usual = wilson_interval(rest.failed, rest.asked).high if rest.asked else 0.0
    if low <= max(usual, TOLERATED_FAILURES):
        return None
    return f"{trial.failed} of {trial.asked} requests to it failed, so at least {percent(low)} do."


def worse_reason(trial: MethodResult, rest: MethodResult) -> str | None:
    """Return why a comparison shows a model on trial to be worse, or `None`."""
    if trial.passed is None or rest.passed is None:
        return None
    gain = paired_test(trial, rest).difference
    if gain.high >= 0:
        return None
    return f"On the frozen test it's {describe_gain(gain)} than the model that it shares with."
