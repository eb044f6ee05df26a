"""The brief: which rooms a dwelling should have, on what outline and site.

Knows nothing of solving or drawing. Every number is bounded, so that a brief from anywhere can be
handed on. What a brief leaves open is decided in `schedule`.
"""

import math
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from tau.experts.sketch.geometry import Box, Outline, Side
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.refusals import refusal

MOST_ROOMS = 40
LEAST_AREA, MOST_AREA = 8.0, 2000.0
LEAST_ROOM = 0.5
Language = Literal["en", "zh"]
Corner = Literal["north-east", "south-east", "south-west", "north-west"]
Label = Annotated[str, Meta(max_length=60)]
RoomId = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[a-z0-9_+-]+$")]
Metres = Annotated[float, Meta(gt=0, le=200)]


class BriefError(ValueError):
    """A brief that can't be used; the message is one sentence for people."""


class Room(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room as it's wanted. What is `None` follows from its kind."""

    id: RoomId
    kind: str
    name: Label = ""
    area: Annotated[float, Meta(gt=0.5, le=MOST_AREA)] | None = None
    min_width: Annotated[float, Meta(gt=0.3, le=30)] | None = None
    max_aspect: Annotated[float, Meta(ge=1, le=20)] | None = None
    light: bool | None = None
    wet: bool | None = None
    access: tuple[str, ...] | None = None
    """Rooms, by id or kind, that its door may lead to: one of them is enough."""
    near: tuple[str, ...] = ()
    """Rooms, by id or kind, that it should touch."""
    side: Side | None = None
    """The facade it must lie on."""
    accessible: bool = False
    """Whether a wheelchair must turn in it: 1.5 m, and a clear door of 0.9 m."""
    storey: Annotated[int, Meta(ge=0, le=1)] | None = None


class Site(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What lies around: the sides of the garden and of the street, and the size of the plot."""

    garden: Side | None = None
    street: Side | None = None
    plot_width: Metres | None = None
    plot_depth: Metres | None = None


class OutlineRequest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outline as it's wanted: its size, and the corner that an L lacks."""

    width: Metres
    depth: Metres
    notch_corner: Corner | None = None
    notch_width: Metres | None = None
    notch_depth: Metres | None = None


class Brief(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Everything a plan is made from."""

    rooms: Annotated[tuple[Room, ...], Meta(min_length=1, max_length=MOST_ROOMS)]
    total: Annotated[float, Meta(ge=LEAST_AREA, le=MOST_AREA)] | None = None
    """Area of all storeys inside the outer walls, inner walls included."""
    outline: OutlineRequest | None = None
    shape: Literal["rectangle", "L"] = "rectangle"
    entrance: Side | None = None
    site: Site = Site()
    storeys: Annotated[int, Meta(ge=1, le=2)] = 1
    language: Language = "en"
    title: Label = ""
    assumed: tuple[str, ...] = ()
    """What Tau filled in, one sentence each."""


def check_brief(brief: Brief) -> Brief:
    """Return the brief if its parts fit together; raise `BriefError` if not."""
    ids = [room.id for room in brief.rooms]
    if not 0 < len(ids) <= MOST_ROOMS:
        raise _refused(brief, "many", most=MOST_ROOMS, count=len(ids))
    if twice := next((one for one in ids if ids.count(one) > 1), None):
        raise _refused(brief, "twice", id=twice)
    for room in brief.rooms:
        _check_room(room, {*ids, *room_kinds()}, brief)
    _check_numbers(brief)
    return brief


def _refused(brief: Brief, key: str, **values: object) -> BriefError:
    return BriefError(refusal(key, brief.language, **values))


def read_brief(data: bytes | str) -> Brief:
    """Read a brief from JSON. Raises `BriefError` with what's wrong."""
    try:
        return check_brief(msgspec.json.decode(data, type=Brief))
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise BriefError(f"This isn't a brief: {wrong}.") from wrong


def _check_room(room: Room, known: set[str], brief: Brief) -> None:
    if room.kind not in room_kinds():
        kinds = ", ".join(sorted(room_kinds()))
        raise _refused(brief, "kind", kind=room.kind, kinds=kinds)
    for other in (*(room.access or ()), *room.near):
        if other not in known:
            raise _refused(brief, "refers", id=room.id, other=other)


def _check_numbers(brief: Brief) -> None:
    if not all(math.isfinite(number) for number in _numbers(brief)):
        raise _refused(brief, "finite")
    limits = {"low": LEAST_AREA, "high": MOST_AREA}
    if brief.total is not None and not LEAST_AREA <= brief.total <= MOST_AREA:
        raise _refused(brief, "total", **limits, area=brief.total)
    for room in brief.rooms:
        if room.area is not None and not LEAST_ROOM < room.area <= MOST_AREA:
            raise _refused(brief, "area", low=LEAST_ROOM, high=MOST_AREA, area=room.area)
    if brief.outline is None:
        return
    across, along = brief.outline.notch_width, brief.outline.notch_depth
    if brief.outline.notch_corner and (across is None or along is None):
        raise _refused(brief, "notch missing")
    if (across or 0) >= brief.outline.width or (along or 0) >= brief.outline.depth:
        raise _refused(brief, "notch large")
    if not LEAST_AREA <= outline_of(brief.outline).area <= MOST_AREA:
        raise _refused(brief, "outline", **limits)


def _numbers(brief: Brief) -> Iterable[float]:
    yield brief.total or 0
    for room in brief.rooms:
        yield from (room.area or 0, room.min_width or 0, room.max_aspect or 0)
    if brief.outline:
        yield from (brief.outline.width, brief.outline.depth)


def outline_of(wanted: OutlineRequest) -> Outline:
    """Return the outline that was asked for."""
    return notched(
        wanted.width,
        wanted.depth,
        wanted.notch_corner,
        (wanted.notch_width or 0, wanted.notch_depth or 0),
    )


def notched(width: float, depth: float, corner: Corner | None, cut: tuple[float, float]) -> Outline:
    """Return a rectangle, or an L that lacks a corner of the size `cut`."""
    if corner is None:
        return Outline(width=width, depth=depth)
    x0 = width - cut[0] if corner.endswith("east") else 0.0
    y0 = depth - cut[1] if corner.startswith("north") else 0.0
    return Outline(width=width, depth=depth, notch=Box(x0, y0, x0 + cut[0], y0 + cut[1]))
