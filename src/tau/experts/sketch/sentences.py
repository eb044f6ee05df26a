"""What a plan breaks and misses, in sentences of its language."""

import msgspec

from tau.experts.sketch.checking import Violation, violations
from tau.experts.sketch.plan import Plan

_MISSED = 0.1
"""Part of its area by which a room may differ before that is said."""
_CHINESE = {
    "rooms": "房间与要求不一致。",
    "overlap": "{rooms}有重叠。",
    "outline": "{rooms}超出外轮廓。",
    "tiling": "房间没有铺满外轮廓。",
    "width": "{rooms}宽度不够。",
    "area": "{rooms}面积与要求相差过大。",
    "aspect": "{rooms}过于狭长。",
    "openings": "{rooms}的门窗位置不对。",
    "access": "{rooms}没有合适的门，或无法到达。",
    "door": "{rooms}的门太窄。",
    "entrance": "入口不在要求的一侧。",
    "light": "{rooms}采光面积不足。",
    "facade": "{rooms}没有靠所需的外墙。",
    "gate": "汽车无法进入{rooms}。",
    "water": "{rooms}既不靠其他用水房间，也不靠外墙。",
    "swing": "{rooms}的门会相撞。",
    "furniture": "{rooms}的家具摆不开。",
    "turning": "{rooms}里轮椅无法回转。",
    "equipment": "{rooms}放不下必需的设备或家具。",
    "stair": "上下两层楼梯没有对齐。",
}


def broken_rules(plan: Plan) -> list[Violation]:
    """Return every hard rule that a plan breaks; each says so in the plan's language."""
    found = violations(plan)
    if plan.brief.language == "en":
        return found
    names = {room.id: room.name for room in plan.rooms}
    return [msgspec.structs.replace(one, says=_in_chinese(one, names)) for one in found]


def missed_rooms(plan: Plan) -> tuple[str, ...]:
    """Return the rooms whose area isn't what was wanted; those that only lead to others aside."""
    leads = {room.id for room in plan.schedule.rooms if room.is_circulation}
    return tuple(
        room.id
        for room in plan.rooms
        if room.id not in leads and abs(room.area - room.wanted) > _MISSED * room.wanted
    )


def _in_chinese(broken: Violation, names: dict[str, str]) -> str:
    rooms = "、".join(names.get(one, one) for one in broken.rooms)
    return _CHINESE.get(broken.rule, broken.says).format(rooms=rooms)
