"""Places for pieces of furniture: whether they collide, and how they suit what stands already."""

import itertools
from collections.abc import Sequence

import msgspec

from tau.experts.sketch.geometry import Box, Side, opposite


class FurnitureSpot(msgspec.Struct, frozen=True):
    """A place for a piece: its box, the floor it needs, where it looks, and how good it is."""

    box: Box
    floor: Box
    faces: Side
    score: float


def collides(spot: FurnitureSpot, taken: Sequence[FurnitureSpot]) -> bool:
    """Whether a piece stands in another, or on the floor that another needs."""
    return any(
        spot.box.overlaps(other.box, 0.01)
        or spot.box.overlaps(other.floor, 0.01)
        or spot.floor.overlaps(other.box, 0.01)
        for other in taken
    )


def as_free_floor(spot: FurnitureSpot) -> FurnitureSpot:
    """Return a spot that nothing may stand on, but where others may have their free floor."""
    x, y = spot.box.centre
    return msgspec.structs.replace(spot, box=Box(x, y, x, y))


def _across(taken: Sequence[FurnitureSpot], spot: FurnitureSpot) -> float:
    """Return how good a place is with regard to standing across from what is there."""
    x, y = spot.box.centre
    score = spot.score
    for other in taken:
        if spot.faces == opposite(other.faces):
            a, b = other.box.centre
            view = _between(spot.box, other.box)
            seen = not any(view.overlaps(third.box) for third in taken if third is not other)
            off = abs(x - a if spot.faces in ("north", "south") else y - b)
            return score + 3.0 * seen - 0.2 * off
    return score


def _aside(taken: Sequence[FurnitureSpot], spot: FurnitureSpot) -> float:
    """Return how good a place is with regard to standing in no view from one piece to another."""
    views = [
        _between(one.box, other.box)
        for one, other in itertools.combinations(taken, 2)
        if one.faces == opposite(other.faces)
    ]
    return spot.score - 4.0 * any(spot.box.overlaps(view) for view in views)


def _in_row(taken: Sequence[FurnitureSpot], spot: FurnitureSpot) -> float:
    """Return how good a place is with regard to continuing a row of kitchen units."""
    return spot.score + 1.5 * any(spot.box.inset(-0.02).overlaps(other.box) for other in taken)


def _between(one: Box, other: Box) -> Box:
    """Return what lies between the middles of two boxes, half a metre wide at least."""
    (x, y), (a, b) = one.centre, other.centre
    half = 0.25
    if abs(x - a) > abs(y - b):
        return Box(min(x, a), min(y, b) - half, max(x, a), max(y, b) + half)
    return Box(min(x, a) - half, min(y, b), max(x, a) + half, max(y, b))


RATES = {"opposite": _across, "aside": _aside, "row": _in_row}
"""How places are rated by what a piece likes."""
