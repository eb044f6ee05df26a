"""Help for somebody who may be in danger: the lines of a country, and the card of a message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HelpLineOut:
    """A service that answers people in danger.

    `text` says how to write to it. `languages` are codes; `for_kinds` are the kinds of danger that
    it's for, none for any.
    """

    name: str
    number: str | None
    text: str | None
    url: str
    hours: str
    languages: list[str]
    for_kinds: list[str]


@dataclass(frozen=True, slots=True)
class HelpOut:
    """The help that was offered with a message: see the event `help`."""

    level: int
    kind: str
    about: str
    country: str | None
    emergency: str
    lines: list[HelpLineOut]
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class HelpLinesOut:
    """The emergency number and the help lines of a country.

    `country` is none if it isn't known: then the lines are worldwide. `countries` are those with
    lines of their own.
    """

    country: str | None
    emergency: str
    lines: list[HelpLineOut]
    countries: list[str]
