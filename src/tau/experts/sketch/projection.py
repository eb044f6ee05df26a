"""A parallel projection from the south-east, and what hides what in it.

Lengths along each axis keep one scale. x grows to the right of the sheet, y upwards.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tau.experts.sketch.geometry import SAME, Box
from tau.experts.sketch.model_blocks import ModelBlock
from tau.experts.sketch.shapes import Point

_TURN, _TILT = math.radians(28), math.radians(52)
_ACROSS, _ALONG = math.cos(_TURN), math.sin(_TURN)
_UP, _HEIGHT = math.sin(_TILT), math.cos(_TILT)


class Eye(NamedTuple):
    """The view of a storey that is drawn so far up on the sheet."""

    lift: float = 0.0

    def sees(self, x: float, y: float, z: float = 0.0) -> Point:
        """Return where a point of the model is drawn."""
        return x * _ACROSS + y * _ALONG, (y * _ACROSS - x * _ALONG) * _UP + z * _HEIGHT + self.lift

    def meets(self, point: Point, height: float = 0.0) -> Point:
        """Return where the line of sight through a point of the sheet is at a height."""
        away = (point[1] - self.lift - height * _HEIGHT) / _UP
        return point[0] * _ACROSS - away * _ALONG, point[0] * _ALONG + away * _ACROSS

    def is_hidden(self, point: Point, block: ModelBlock) -> bool:
        """Whether a block is drawn over a point of the sheet."""
        box, ends = block.box, (self.meets(point, block.low), self.meets(point, block.high))
        low, high = 0.0, 1.0
        for axis, first, last in ((0, box.x0, box.x1), (1, box.y0, box.y1)):
            start, step = ends[0][axis], ends[1][axis] - ends[0][axis]
            if abs(step) < SAME:
                if not first < start < last:
                    return False
                continue
            a, b = sorted(((first - start) / step, (last - start) / step))
            low, high = max(low, a), min(high, b)
        return low <= high

    def shade(self, block: ModelBlock) -> Box:
        """Return the floor within which a block hides something, as a box."""
        back = block.high * _HEIGHT / _UP
        box = block.box
        return Box(box.x0 - back * _ALONG, box.y0, box.x1, box.y1 + back * _ACROSS)


def height_of(width: float, depth: float) -> float:
    """Return how high a floor of this size is on the sheet."""
    return (depth * _ACROSS + width * _ALONG) * _UP


def in_order(blocks: Iterable[ModelBlock]) -> list[ModelBlock]:
    """Return blocks in the order in which they're drawn: each before those that hide it."""
    left = sorted(blocks, key=lambda block: _span(block.box)[0])
    spans = [_span(block.box) for block in left]
    before: list[set[int]] = [set() for _ in left]
    for one, block in enumerate(left):
        for other in range(one + 1, len(left)):
            if spans[other][0] > spans[one][1] - SAME:
                break
            if _is_behind(block, left[other]):
                before[other].add(one)
            else:
                before[one].add(other)
    return [left[index] for index in _sorted(before, left)]


def _sorted(before: list[set[int]], blocks: Sequence[ModelBlock]) -> Iterator[int]:
    """Yield numbers so that each comes after those before it; the farthest where there's a ring."""
    after: list[list[int]] = [[] for _ in before]
    for index, earlier in enumerate(before):
        for one in earlier:
            after[one].append(index)
    waiting = [len(earlier) for earlier in before]
    left = set(range(len(before)))
    free = [index for index in left if not waiting[index]]
    while left:
        index = free.pop() if free else max(left, key=lambda each: _depth(blocks[each].box))
        if index not in left:
            continue
        left.remove(index)
        yield index
        for later in after[index]:
            waiting[later] -= 1
            if not waiting[later]:
                free.append(later)


def _span(box: Box) -> tuple[float, float]:
    """Return from where to where a footprint reaches across the view."""
    return box.x0 * _ACROSS + box.y0 * _ALONG, box.x1 * _ACROSS + box.y1 * _ALONG


def _depth(box: Box) -> float:
    x, y = box.centre
    return y * _ACROSS - x * _ALONG


def _is_behind(one: ModelBlock, other: ModelBlock) -> bool:
    """Whether one block is farther away than another on a line of sight that meets both."""
    if one.box.overlaps(other.box, 1e-4):
        return (one.high, one.low) < (other.high, other.low)
    (a, b), (c, d) = _span(one.box), _span(other.box)
    at = (max(a, c) + min(b, d)) / 2
    return _away(one.box, at) > _away(other.box, at)


def _away(box: Box, at: float) -> float:
    """Return twice how far away a footprint's middle is, on the line of sight at a place."""
    near = max((at * _ACROSS - box.x1) / _ALONG, (box.y0 - at * _ALONG) / _ACROSS)
    far = min((at * _ACROSS - box.x0) / _ALONG, (box.y1 - at * _ALONG) / _ACROSS)
    return near + far
