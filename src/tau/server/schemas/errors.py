"""The body of every failure of the app's API."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """What went wrong: a code for programs, one plain sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of every failure of the app's API."""

    # Every route describes a dozen failures, each with a validator of its own that nothing ever
    # uses. Built only on demand, they leave an idle server some megabytes smaller.
    __pydantic_config__: ClassVar[dict[str, Any]] = {"defer_build": True}

    error: ErrorDetail
