"""What is read from words, before it becomes a brief: rooms with what's said of each.

Knows no language. The readers of English and Chinese collect what they find in a `BriefReading`;
`words` turns it into a brief.
"""

import functools
import re
import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Literal

from tau.experts.sketch.brief import Language, OutlineRequest
from tau.experts.sketch.geometry import Side

Place = Side | Literal["garden", "street"]


@dataclass
class MentionedRoom:
    """Rooms of a kind that the words mention together, such as "three bedrooms of 12 m2"."""

    kind: str
    count: int = 1
    area: float | None = None
    place: Place | None = None
    accessible: bool = False
    storey: int | None = None
    own_bath: bool = False
    absent: bool = False
    name: str = ""
    counted: bool = False
    further: bool = False
    """Whether the words say that it's beside others of its kind."""
    whole: bool = False
    """Whether all rooms of its kind are counted: "三室"."""
    areas: tuple[float, ...] = ()
    """The area of each, if they differ."""
    refers: bool = False
    """Whether rooms may be meant that are counted elsewhere: "the bedrooms facing east"."""


@dataclass
class BriefReading:
    """Everything that was understood."""

    language: Language
    rooms: list[MentionedRoom] = field(default_factory=list)
    total: float | None = None
    outline: OutlineRequest | None = None
    plot: tuple[float, float] | None = None
    shape: Literal["rectangle", "L"] = "rectangle"
    storeys: int | None = None
    entrance: Place | None = None
    garden: Side | None = None
    street: Side | None = None
    adults: int = 0
    children: int = 0
    elders: int = 0
    sharing: bool = False
    open_kitchen: bool = False
    works_at_home: bool = False
    accessible: bool = False

    def count(self, *kinds: str) -> int:
        """Return how many rooms of these kinds are wanted."""
        return sum(one.count for one in self.rooms if one.kind in kinds and not one.absent)

    def refuses(self, kind: str) -> bool:
        """Whether the words say that there's to be no room of this kind."""
        return any(one.kind == kind and one.absent for one in self.rooms)


@functools.cache
def room_words(language: Literal["english", "chinese"]) -> re.Pattern[str]:
    """Return a pattern that finds the rooms of a text; its groups are named by kind."""
    text = files(__package__).joinpath("vocabulary.toml").read_text("utf-8")
    patterns = tomllib.loads(text)[language]["rooms"]
    edge = r"\b" if language == "english" else ""
    parts = [f"(?P<{kind}>{edge}(?:{pattern}){edge})" for kind, pattern in patterns.items()]
    return re.compile("|".join(parts))


def split_at_rooms(
    clause: str, language: Literal["english", "chinese"]
) -> tuple[str, list[tuple[re.Match[str], str]]]:
    """Return what stands before the first room, and each room with what follows it."""
    found = list(room_words(language).finditer(clause))
    starts = [*(match.start() for match in found), len(clause)]
    followed = zip(found, starts[1:], strict=True)
    return clause[: starts[0]], [(match, clause[match.end() : end]) for match, end in followed]


def size(one: float, other: float) -> OutlineRequest | None:
    """Return an outline of this size, if a dwelling can have it."""
    if not (2 <= one <= 100 and 2 <= other <= 100):
        return None
    return OutlineRequest(width=one, depth=other)
