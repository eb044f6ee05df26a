"""Who a request to a model is from, for the rest of the task that serves it.

A share of an alias is sticky for a caller, and a person's own models answer only that person. The
ids say nothing about them.
"""

from contextvars import ContextVar
from typing import NamedTuple


class Caller(NamedTuple):
    """A person and the credential they use; empty for Tau's own work in the background."""

    person: str = ""
    credential: str = ""
    """The id of an API key, so that programs with keys of their own are callers of their own; empty
    for a person's devices, which all get the same model."""


current_caller: ContextVar[Caller] = ContextVar("current_caller", default=Caller())  # noqa: B039
