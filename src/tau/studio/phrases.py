"""Phrases about the results of methods, for sentences that people read."""

from tau.studio.results import Interval, MethodKind, MethodResult

_METHODS: dict[MethodKind, str] = {
    "baseline": "always giving the most frequent answer",
    "prompt": "the prompt",
    "nearest": "the prompt with similar examples",
    "optimized": "the prompt that was rewritten",
    "classifier": "the classifier",
    "tuned": "the trained model",
    "strong": "the stronger model",
}


def describe_method(result: MethodResult) -> str:
    """Return what a method is called in a sentence."""
    phrase = _METHODS[result.kind]
    return phrase if result.name == result.kind else f"{phrase} ({result.name})"


def describe_share(result: MethodResult) -> str:
    """Return how often a method is right, such as `right 95.8 % of the time (91 to 98 %)`."""
    passed = result.passed or Interval(0.0, 0.0, 1.0)
    between = f"{100 * passed.low:.0f} to {100 * passed.high:.0f} %"
    return f"right {percent(passed.value)} of the time ({between})"


def describe_gain(gain: Interval) -> str:
    """Return how much more often a method is right, such as `8 points better (-1 to 17)`."""
    word = "worse" if gain.value < 0 else "better"
    return f"{points(abs(gain.value))} {word} ({100 * gain.low:.0f} to {100 * gain.high:.0f})"


def percent(share: float) -> str:
    """Return a share as a percentage with at most one decimal."""
    return f"{_rounded(share)} %"


def points(difference: float) -> str:
    """Return a difference of shares in percentage points."""
    number = _rounded(difference)
    return f"{number} point" if number == "1" else f"{number} points"


def _rounded(share: float) -> str:
    return f"{100 * share:.1f}".removesuffix(".0")
