"""Guess of a model's size from its name, such as `qwen2.5:0.5b-instruct` or `Llama-3.2-3B`."""

import re

from tau.models.types import Size

_PARAMETERS = re.compile(r"(?<![\d.])(\d{1,4}(?:\.\d{1,3})?)([bm])(?![a-z])", re.IGNORECASE)
_SMALL_BELOW, _MEDIUM_UP_TO = 0.4e9, 3.5e9


def likely_size(model: str) -> Size:
    """Return the size by the first number of parameters in a name; without one, `capable`."""
    found = _PARAMETERS.search(model)
    if found is None:
        return "capable"
    parameters = float(found[1]) * (1e9 if found[2] in "bB" else 1e6)
    if parameters < _SMALL_BELOW:
        return "small"
    return "medium" if parameters <= _MEDIUM_UP_TO else "capable"
