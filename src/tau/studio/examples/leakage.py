"""Examples of a test that are also among those to learn from."""

from collections.abc import Sequence
from typing import NamedTuple

from tau.errors import BadInput
from tau.studio.examples.example import Example
from tau.studio.examples.normalization import request_key

_SHOWN = 10


class Leak(NamedTuple):
    """An example of a test, and one with the same request that isn't in it."""

    test: Example
    other: Example


def find_leaks(test: Sequence[Example], others: Sequence[Example]) -> list[Leak]:
    """Return the examples of a test whose request others have, but for case and punctuation."""
    known = {request_key(example): example for example in reversed(others)}
    keys = ((example, request_key(example)) for example in test)
    return [Leak(example, known[key]) for example, key in keys if key in known]


def refuse_leaks(test: Sequence[Example], others: Sequence[Example]) -> None:
    """Raise `BadInput` with the lines if examples of a test are also among others."""
    leaks = find_leaks(test, others)
    if not leaks:
        return
    shown = ", ".join(f"{_line(leak.test)} (there {_line(leak.other)})" for leak in leaks[:_SHOWN])
    more = f" and {len(leaks) - _SHOWN} more" if len(leaks) > _SHOWN else ""
    raise BadInput(
        f"The test shares {len(leaks)} of its {len(test)} inputs with the other examples: "
        f"{shown}{more}. Leave them out on one side."
    )


def _line(example: Example) -> str:
    return f"line {example.line}" if example.line else "one without a line"
