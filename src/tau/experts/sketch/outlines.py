"""Outlines to try for a storey of a given area."""

import math
from collections.abc import Iterator

from tau.experts.sketch.brief import Brief, Corner, notched, outline_of
from tau.experts.sketch.geometry import Outline
from tau.experts.sketch.schedule import RoomSchedule, facing

GRID = 0.5
_ASPECTS = (1.3, 1.1, 1.55, 1.2, 1.42, 1.8)
_CORNERS: tuple[Corner, ...] = ("north-east", "north-west", "south-east", "south-west")
_CUT = 0.42  # of both sides of an L, the part that its missing corner takes


def outlines(brief: Brief, schedule: RoomSchedule) -> Iterator[Outline]:
    """Yield outlines that hold a storey, best first; only one if the brief says which."""
    if brief.outline is not None:
        yield outline_of(brief.outline)
        return
    seen = set()
    for index, aspect in enumerate(_ASPECTS):
        outline = _of_shape(brief, schedule, aspect, index)
        if outline not in seen and _fits_plot(brief, outline):
            seen.add(outline)
            yield outline
    if not seen:
        yield from _within_plot(brief, schedule)


def _of_shape(brief: Brief, schedule: RoomSchedule, aspect: float, index: int) -> Outline:
    """Return a rectangle or an L with the longer side towards the garden."""
    area = schedule.storey_area
    if brief.shape == "L":
        area /= 1 - _CUT**2
    short = math.sqrt(area / aspect)
    depth = max(2.0, round(short / GRID) * GRID)
    if brief.shape == "rectangle":
        width = max(2.0, round(area / depth / GRID) * GRID)
    else:
        width = max(4.0, round(area / depth / GRID) * GRID)
    if facing(brief) in ("east", "west"):
        width, depth = depth, width
    if brief.shape == "rectangle":
        return Outline(width=width, depth=depth)
    return _notched(brief, schedule, (width, depth), index)


def _notched(
    brief: Brief, schedule: RoomSchedule, size: tuple[float, float], index: int
) -> Outline:
    """Return an L whose missing corner lies towards the garden."""
    towards = facing(brief)
    corners = [corner for corner in _CORNERS if towards in corner]
    corner = corners[index % len(corners)]
    across = round(size[0] * _CUT / GRID) * GRID
    missing = size[0] * size[1] - schedule.storey_area
    along = min(max(round(missing / across / GRID) * GRID, GRID), size[1] * 0.6)
    return notched(size[0], size[1], corner, (across, round(along / GRID) * GRID))


def _fits_plot(brief: Brief, outline: Outline) -> bool:
    width, depth = brief.site.plot_width, brief.site.plot_depth
    return (width is None or outline.width + 0.6 <= width) and (
        depth is None or outline.depth + 0.6 <= depth
    )


def _within_plot(brief: Brief, schedule: RoomSchedule) -> Iterator[Outline]:
    """Yield the outline that fills the plot's narrow side, if the rest is long enough."""
    width, depth = (
        math.floor(((plot or 999) - 0.6) * 10 + 1e-6) / 10
        for plot in (brief.site.plot_width, brief.site.plot_depth)
    )
    for narrow in (min(width, depth), min(width, depth) - GRID):
        if narrow < 2.5:
            continue
        long = round(schedule.storey_area / narrow / GRID) * GRID
        outline = Outline(width=narrow, depth=long)
        if width > depth:
            outline = Outline(width=long, depth=narrow)
        if _fits_plot(brief, outline):
            yield outline
