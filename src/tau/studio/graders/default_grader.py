"""The grader of a test for which nobody has chosen one."""

from collections.abc import Iterable

import msgspec

from tau.studio.graders.grader import ExactGrader, Grader, JsonMatchGrader


def default_grader(answers: Iterable[str]) -> Grader:
    """Return `json_match` if all answers are JSON objects or lists, else `exact`."""
    texts = list(answers)
    if texts and all(map(_is_structured, texts)):
        return JsonMatchGrader(name="json_match")
    return ExactGrader(name="exact")


def _is_structured(text: str) -> bool:
    try:
        return isinstance(msgspec.json.decode(text), dict | list)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
