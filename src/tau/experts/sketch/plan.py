"""A plan: rooms, openings and furniture of one or two storeys, as it's stored and drawn."""

from typing import Literal

import msgspec

from tau.experts.sketch.brief import Brief
from tau.experts.sketch.geometry import Box, Outline, Segment, Side
from tau.experts.sketch.schedule import RoomSchedule

OpeningKind = Literal["door", "entrance", "passage", "window", "glazed", "gate"]


class PlacedRoom(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room where it lies. Areas are clear of walls."""

    id: str
    kind: str
    name: str
    storey: int
    box: Box
    wanted: float
    area: float


class Opening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hole in a wall of `room`: the wall's side, its axis, and from where to where it goes.

    `glazed` is a window down to the floor, `gate` the way in for a car. A door hangs at its low or
    its high end and opens into the room `into`.
    """

    kind: OpeningKind
    storey: int
    room: str
    side: Side
    at: float
    low: float
    high: float
    beyond: str = ""
    hinge: Literal["low", "high"] = "low"
    into: str = ""

    @property
    def width(self) -> float:
        """Its clear width."""
        return self.high - self.low

    @property
    def segment(self) -> Segment:
        """The piece of wall that is missing."""
        return Segment(self.side, self.at, self.low, self.high)


class FurniturePiece(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of furniture; its front looks to a side."""

    kind: str
    room: str
    storey: int
    box: Box
    faces: Side


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole plan, with the brief that it answers."""

    brief: Brief
    schedule: RoomSchedule
    outline: Outline
    rooms: tuple[PlacedRoom, ...]
    openings: tuple[Opening, ...] = ()
    furniture: tuple[FurniturePiece, ...] = ()
    grid: dict[str, Box] = {}
    """Where each room lay on the grid: the same topology, for changing it."""
    cell: float = 0.5
    """About how large the cells of that grid are, in metres."""
    format: int = 1

    @property
    def area(self) -> float:
        """The area within the outer walls on all storeys, which a brief's total means (m²)."""
        return self.outline.area * self.brief.storeys

    def on(self, storey: int) -> list[PlacedRoom]:
        """Return the rooms of a storey."""
        return [room for room in self.rooms if room.storey == storey]

    def boxes(self, storey: int) -> dict[str, Box]:
        """Return the boxes of a storey's rooms by their ids."""
        return {room.id: room.box for room in self.on(storey)}


class PlanFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How well a plan meets its brief."""

    area_error: float
    """Mean relative error of the areas of rooms, without circulation."""
    circulation: float
    """Part of the clear area that only leads to rooms."""


def figures(plan: Plan) -> PlanFigures:
    """Return how well a plan meets its brief."""
    leads = {room.id for room in plan.schedule.rooms if room.is_circulation}
    errors = [
        abs(room.area - room.wanted) / room.wanted for room in plan.rooms if room.id not in leads
    ]
    whole = sum(room.area for room in plan.rooms)
    return PlanFigures(
        area_error=sum(errors) / max(1, len(errors)),
        circulation=sum(room.area for room in plan.rooms if room.id in leads) / whole,
    )
