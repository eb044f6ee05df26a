"""Graders that compare JSON: whole values, or the keys of an object.

An answer that isn't JSON is a wrong answer. A reference that isn't JSON is a fault of the test, and
the answer can't be graded.
"""

from typing import Any

import msgspec

from tau.studio.graders.grade import GradingFailed, Judgement


def match_json(text: str, reference: str) -> Judgement:
    """Return 1 if an answer is the same JSON value as the reference, else 0.

    Raises `GradingFailed`.
    """
    expected = _reference(reference)
    try:
        answer = _read(text)
    except ValueError:
        return Judgement(value=0.0, details="The answer isn't JSON.")
    return Judgement(value=float(same_json(answer, expected)))


def match_keys(text: str, reference: str) -> Judgement:
    """Return the F1 of the keys whose value is right: of those answered and of those expected.

    Raises `GradingFailed`.
    """
    expected = _reference(reference)
    if not isinstance(expected, dict):
        raise GradingFailed("other", "The reference isn't a JSON object.")
    try:
        answer = _read(text)
    except ValueError:
        return Judgement(value=0.0, details="The answer isn't JSON.")
    if not isinstance(answer, dict):
        return Judgement(value=0.0, details="The answer isn't a JSON object.")
    right = [key for key in expected if key in answer and same_json(answer[key], expected[key])]
    total = len(answer) + len(expected)
    wrong = sorted((answer.keys() | expected.keys()) - set(right))
    return Judgement(
        value=2 * len(right) / total if total else 1.0,
        details=f"Wrong or missing: {', '.join(wrong)}." if wrong else "",
    )


def same_json(one: Any, other: Any) -> bool:
    """Return whether two JSON values are equal. 1 and 1.0 are the same number, true is none."""
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            pairs += [(left[key], right[key]) for key in left]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pairs += zip(left, right, strict=True)
        elif left != right or isinstance(left, bool) != isinstance(right, bool):
            return False
    return True


def _reference(text: str) -> Any:
    try:
        return _read(text)
    except ValueError:
        raise GradingFailed("other", "The reference isn't JSON.") from None


def _read(text: str) -> Any:
    """Return the value of a JSON text. Raises `ValueError`, also for one nested too deeply."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        raise ValueError from None
