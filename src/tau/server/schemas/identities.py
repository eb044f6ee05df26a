"""Responses about signing in at an OpenID provider."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProviderOut:
    """A provider that may sign people in: its name, empty if there is none.

    `linked_at` is when the signed-in person linked an account there, in seconds since 1970.
    """

    name: str
    linked_at: float | None = None


@dataclass(frozen=True, slots=True)
class ProviderPageOut:
    """The provider's page to go on at."""

    url: str
