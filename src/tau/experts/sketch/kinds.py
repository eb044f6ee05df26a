"""What a room of each kind needs, read from `rules.toml`."""

import functools
import tomllib
from importlib.resources import files
from typing import Literal

import msgspec

Zone = Literal["day", "night", "service", "circulation"]
CIRCULATION = ("hall", "corridor", "stair")
"""Kinds that lead from room to room."""


class RoomKind(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The needs of a kind of room; `rules.toml` explains each."""

    names: tuple[str, str]
    area: float
    least: float
    most: float
    elastic: float
    min_width: float
    max_aspect: float
    light: bool
    zone: Zone
    access: tuple[str, ...]
    wet: bool = False
    facade: bool = False
    near: tuple[str, ...] = ()
    sides: Literal["", "sun", "quiet", "street"] = ""


@functools.cache
def room_kinds() -> dict[str, RoomKind]:
    """Return every kind of room by its name."""
    text = files(__package__).joinpath("rules.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, RoomKind])
