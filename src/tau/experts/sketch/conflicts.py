"""Why a brief has no plan: rules are dropped one by one, the cheapest first, until one is found."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from tau.experts.sketch.brief import Brief, BriefError, Room
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.schedule import display_name
from tau.experts.sketch.solving import Deadline, make_plans

_SECONDS_EACH = 1.5
_MORE_AREA = 1.15
_MANY_ROOMS = 16


class Relaxation(NamedTuple):
    """A rule that can be dropped: what a person would be asked, and the brief without it."""

    says: str
    brief: Brief


def what_to_change(brief: Brief, deadline: Deadline) -> str:
    """Return what to change so that there's a plan, as a sentence: the cheapest that helps."""
    for relaxation in relaxations(brief):
        if deadline.left < 0.2:
            break
        try:
            solved = make_plans(relaxation.brief, 1, Deadline(min(_SECONDS_EACH, deadline.left)))
        except BriefError:
            continue
        if solved.plans:
            return relaxation.says
    return _at_last(brief)


def relaxations(brief: Brief) -> Iterator[Relaxation]:
    """Yield rules that can be dropped, the cheapest first."""
    zh = brief.language == "zh"
    for rule, drop in _ROOM_RULES:
        for room in brief.rooms:
            if (changed := drop(room)) != room:
                name = room.name or display_name(room_kinds()[room.kind], brief.language)
                yield Relaxation(rule[zh].format(name=name), _with_room(brief, changed))
    if brief.entrance is not None:
        says = "入口可以改到任意一侧。" if zh else "Let the entrance be on any side."
        yield Relaxation(says, msgspec.structs.replace(brief, entrance=None))
    if brief.shape == "L":
        says = "平面改为矩形。" if zh else "Take a rectangle instead of an L."
        yield Relaxation(says, msgspec.structs.replace(brief, shape="rectangle"))
    yield from _of_area(brief, zh=zh)


def _of_area(brief: Brief, *, zh: bool) -> Iterator[Relaxation]:
    if brief.total is not None:
        more = round(brief.total * _MORE_AREA)
        says = f"总面积放宽到{more}平方米。" if zh else f"Allow {more} m² in all."
        yield Relaxation(says, msgspec.structs.replace(brief, total=float(more)))
    if brief.outline is not None:
        says = "不限定外轮廓尺寸。" if zh else "Leave the size of the outline open."
        yield Relaxation(says, msgspec.structs.replace(brief, outline=None))
    if any(room.area is not None for room in brief.rooms):
        says = "不限定各房间面积。" if zh else "Leave the areas of all rooms open."
        rooms = tuple(msgspec.structs.replace(room, area=None) for room in brief.rooms)
        yield Relaxation(says, msgspec.structs.replace(brief, rooms=rooms))
    if brief.storeys == 1 and len(brief.rooms) > 8:
        says = "改为两层。" if zh else "Plan it on two floors."
        yield Relaxation(says, msgspec.structs.replace(brief, storeys=2))


def _with_room(brief: Brief, changed: Room) -> Brief:
    rooms = tuple(changed if room.id == changed.id else room for room in brief.rooms)
    return msgspec.structs.replace(brief, rooms=rooms)


def _at_last(brief: Brief) -> str:
    zh = brief.language == "zh"
    if len(brief.rooms) > _MANY_ROOMS:
        return (
            "房间太多，在限定时间内没有找到方案：请减少房间或分成两部分。"
            if zh
            else "That's many rooms: take some away, or plan it in two parts."
        )
    return (
        "放宽任何一条要求都没有找到方案：请减少房间或放宽几条要求。"
        if zh
        else "Dropping one rule wasn't enough: take a room away, or drop several."
    )


Drop = Callable[[Room], Room]
_ROOM_RULES: tuple[tuple[tuple[str, str], Drop], ...] = (
    (
        ("Let {name} lie on any side.", "{name}不限定朝向。"),
        lambda room: msgspec.structs.replace(room, side=None),
    ),
    (
        ("Leave open where the door of {name} leads.", "{name}的门不限定开向。"),
        lambda room: msgspec.structs.replace(room, access=None),
    ),
    (
        ("Leave the width of {name} open.", "{name}不限定最小宽度。"),
        lambda room: msgspec.structs.replace(room, min_width=None),
    ),
    (
        ("Let {name} be without daylight.", "{name}可以没有自然采光。"),
        lambda room: msgspec.structs.replace(room, light=None if not room.light else False),
    ),
    (
        ("Leave the area of {name} open.", "{name}不限定面积。"),
        lambda room: msgspec.structs.replace(room, area=None),
    ),
)
