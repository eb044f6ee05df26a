"""Help lines and emergency numbers, by country.

The numbers are data: `helplines.toml` by hand, each with its source and the day it was checked, and
`emergency.toml`. The owner of a Tau may have a `helplines.toml` of their own; what it says of a
country replaces what is built in. This module knows nothing of signals.
"""

import logging
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from tau.errors import BadInput

FILE_NAME = "helplines.toml"
WORLDWIDE = "WORLD"
"""Key of the lines for people whose country is unknown or has no line here."""
UNKNOWN_EMERGENCY = "112"
"""Reaches emergency services from mobile phones in most countries."""
MAX_LINES = 3
_EMERGENCY = "emergency"
_log = logging.getLogger(__name__)


class HelpLine(msgspec.Struct, frozen=True, kw_only=True):
    """A service that answers people in danger. `for_kinds`: only for these kinds; () is any."""

    name: str
    number: str | None = None
    text: str | None = None
    """How to write to it, e.g. "Text HOME to 741741"."""
    url: str = ""
    hours: str = "24/7"
    languages: tuple[str, ...] = ()
    for_kinds: tuple[str, ...] = ()
    source: str = ""
    checked_on: date | None = None


class Help(msgspec.Struct, frozen=True):
    """Where a person finds help: the emergency number and the lines that fit best, best first."""

    country: str | None
    emergency: str
    lines: list[HelpLine]


class _Directory(msgspec.Struct, frozen=True):
    emergency: Mapping[str, str]
    lines: Mapping[str, list[HelpLine]]


def help_for(country: str | None, kind: str, language: str, folder: Path | None = None) -> Help:
    """Return the help in a country (ISO 3166-1 code) for a kind of danger.

    Lines for this kind come before general ones, then those in `language`. `folder` is Tau's home,
    which may hold the owner's own `helplines.toml`; a damaged one is ignored.
    """
    known = _directory(folder)
    code = country.upper() if country else None
    emergency = known.emergency.get(code or "", UNKNOWN_EMERGENCY)
    lines = known.lines.get(code or "") or known.lines.get(WORLDWIDE, [])
    fitting = [line for line in lines if not line.for_kinds or kind in line.for_kinds]
    spoken = language.partition("-")[0].lower()
    fitting.sort(key=lambda line: (kind not in line.for_kinds, spoken not in line.languages))
    return Help(country=code, emergency=emergency, lines=fitting[:MAX_LINES])


def country_of_time_zone(name: str) -> str | None:
    """Return the country of an IANA time zone, also by an older name; `None` if it has none."""
    return _countries().get(name)


def read_own_lines(path: Path) -> tuple[dict[str, str], dict[str, list[HelpLine]]]:
    """Return the emergency numbers and the lines of an owner's file, by country.

    Raises `BadInput`, with what is wrong, for a file that can't be used.
    """
    try:
        return _parse(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadInput(f"{path.name} can't be used: {error}") from error


def built_in_lines() -> Mapping[str, Sequence[HelpLine]]:
    """Return the built-in lines by country."""
    return _built_in().lines


def emergency_numbers() -> Mapping[str, str]:
    """Return the built-in emergency number of each country."""
    return _built_in().emergency


def _parse(raw: dict[str, Any]) -> tuple[dict[str, str], dict[str, list[HelpLine]]]:
    emergency = msgspec.convert(raw.pop(_EMERGENCY, {}), dict[str, str])
    lines = msgspec.convert(raw, dict[str, list[HelpLine]])
    return (
        {code.upper(): number for code, number in emergency.items()},
        {code.upper(): several for code, several in lines.items()},
    )


def _directory(folder: Path | None) -> _Directory:
    path = folder / FILE_NAME if folder else None
    if path is None or not path.is_file():
        return _built_in()
    try:
        emergency, lines = read_own_lines(path)
    except BadInput as error:
        _log.warning("%s The built-in help lines are used.", error)
        return _built_in()
    built_in = _built_in()
    return _Directory({**built_in.emergency, **emergency}, {**built_in.lines, **lines})


@cache
def _built_in() -> _Directory:
    _, lines = _parse(_data(FILE_NAME))
    return _Directory(_data("emergency.toml"), lines)


@cache
def _countries() -> Mapping[str, str]:
    zones = _data("time_zones.toml")
    return {zone: country for country, names in zones.items() for zone in names.split()}


def _data(file: str) -> dict[str, Any]:
    return tomllib.loads(files("tau.care").joinpath(file).read_text("utf-8"))
