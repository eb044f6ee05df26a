"""The body of every failure of the app's API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ErrorDetail:
    """What went wrong: a code for programs, one plain sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """The body of every failure of the app's API."""

    error: ErrorDetail
