"""The calls that the program answers, by name. Each is imported when it's first called.

A call is a plain function of a dictionary that returns a dictionary, both of what JSON has; bytes
come as base64. What it refuses, it says with `CallRefused`.
"""

import importlib
from collections.abc import Callable
from typing import Any

Call = Callable[[dict[str, Any]], dict[str, Any]]

CALLS = {
    "sketch.dxf": "tau.experts.sketch.calls:write_dxf",
    "sketch.edit": "tau.experts.sketch.calls:edit",
    "sketch.solve": "tau.experts.sketch.calls:solve",
    "worker.describe": "tau.experts.worker.description:describe",
    "writing.english": "tau.experts.writing.harper_checks:check_english",
}
"""Where each call is defined: a module, a colon and the name of a function."""


class CallRefused(Exception):
    """The arguments can't be used. The message is a sentence for the person."""

    def __init__(self, message: str, code: str = "refused") -> None:
        super().__init__(message)
        self.code = code


def find_call(name: str) -> Call:
    """Return a call of the table. Raises `KeyError`, and what importing its module raises."""
    module, _, function = CALLS[name].partition(":")
    found: Call = getattr(importlib.import_module(module), function)
    return found
