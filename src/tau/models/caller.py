"""Who a request to a model is from, for the rest of the task that serves it.

A share of an alias is sticky for a caller, and a person's own models answer only that person. The
ids say nothing about them.
"""

from collections.abc import Collection
from contextvars import ContextVar
from typing import NamedTuple

from tau.errors import ModelNotPermitted

COMPANION_NAME = "tau"
"""The name under which programs ask for a reply with memory."""


class Caller(NamedTuple):
    """A person and the credential they use; empty for Tau's own work in the background."""

    person: str = ""
    credential: str = ""
    """The id of an API key, so that programs with keys of their own are callers of their own; empty
    for a person's devices, which all get the same model."""
    limited: bool = False
    """Whether what the key uses has to be counted before its next request."""
    models: frozenset[str] | None = None
    """The names that the key may use; `None`: all."""


def require_permitted(name: str, companion: Collection[str] = ()) -> None:
    """Raise `ModelNotPermitted` if the key of the present request may not use a model's name.

    `companion` are the names that a reply of Tau's uses, which come with `COMPANION_NAME`.
    """
    permitted = current_caller.get().models
    if permitted is None or name in permitted:
        return
    if name in companion and COMPANION_NAME in permitted:
        return
    raise ModelNotPermitted(f"This API key may not use the model {name!r}.")


current_caller: ContextVar[Caller] = ContextVar("current_caller", default=Caller())  # noqa: B039
