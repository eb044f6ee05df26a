"""Reads changes to a plan from words in English or Chinese: which edit, of which room."""

import re

from tau.experts.sketch.brief import BriefError
from tau.experts.sketch.edits import (
    AddRoom,
    MakeAccessible,
    MirrorPlan,
    MoveEntrance,
    MoveRoom,
    MoveWall,
    PlanEdit,
    RemoveRoom,
    ResizeRoom,
    SwapRooms,
)
from tau.experts.sketch.geometry import Side
from tau.experts.sketch.plan import PlacedRoom, Plan
from tau.experts.sketch.reading import room_words
from tau.experts.sketch.schedule import facing
from tau.text.scripts import HAN

_FACTORS = (
    (r"\bmuch (?:bigger|larger)|大很多|大得多", 1.4),
    (r"\bmuch smaller|小很多|小得多", 0.65),
    (r"\b(?:a bit|slightly|a little) (?:bigger|larger|wider)|稍大|大一点|大一些|大点", 1.12),
    (r"\b(?:a bit|slightly|a little) smaller|稍小|小一点|小一些|小点", 0.88),
    (r"\bbigger|\blarger|\benlarge|\bmore space|\bwider|\bgrow|变大|扩大|加大|放大|更大", 1.2),
    (r"\bsmaller|\breduce|\bshrink|\bless space|变小|缩小|减小|更小", 0.82),
)
_AREA = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(?:m2|m²|㎡|sqm|sq m|qm|square met(?:re|er)s?|平方米|平米|平方|平)"
)
_MORE = re.compile(r"\b(?:bigger|larger|more|add)\b|\bby\b.*\b(?:bigger|larger)|增加|加大|扩大|多")
_LESS = re.compile(r"\b(?:smaller|less)\b|减少|缩小|减小|少")
_WALL = re.compile(r"(north|south|east|west)(?:ern)? wall.*?(?:by )?(\d+(?:[.,]\d+)?) ?(cm|m)\b")
_CHINESE_WALL = re.compile(
    r"([东南西北])(?:侧|边|面)?的?墙.*?(\d+(?:\.\d+)?) ?(cm|厘米|公分|m|米)(?![2²])"
)
_INWARDS = re.compile(r"\bin(?:wards?)?\b|[往向朝][内里]|内移|[内里]缩")
_SWAP = re.compile(r"\bswap|\bswitch|\bexchange|change places|对调|交换|互换|调换|换位")
_ADD = re.compile(
    r"\badd\b|\b(?:i|we) (?:also )?(?:need|want)\b|\binclude\b|加(?!大)|增设|增加|添加|再要"
)
_REMOVE = re.compile(
    r"\bremove|\bdelete|\bdrop\b|\bwithout\b|\btake (?:away|out)|\bno more\b|\bdon't need"
    r"|去掉|删除|删掉|取消|不要|拿掉"
)
_ENTRANCE = re.compile(r"\bentrance|\bfront door|\bentry\b|\bmain door|入口|大门|入户门|正门")
_MIRROR = re.compile(r"\bmirror|\bflip|镜像|翻转|左右对调|反转")
_WHEELCHAIR = re.compile(r"wheel ?chair|accessible|barrier[- ]free|轮椅|无障碍")
_SIDE_WORDS: tuple[tuple[str, Side], ...] = (
    (r"\bnorth|北", "north"),
    (r"\beast|东", "east"),
    (r"\bsouth|南", "south"),
    (r"\bwest|西", "west"),
)
_DIGITS = {
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "first": 1,
    "second": 2,
    "third": 3,
    "one": 1,
}
_DIGITS |= {"two": 2, "three": 3, "1": 1, "2": 2, "3": 3, "4": 4}
_WALL_LIMIT_METRES = 20.0


def read_edit(words: str, plan: Plan) -> PlanEdit:
    """Return the edit that words ask for. Raises `BriefError` if they can't be understood."""
    text = " ".join(words.lower().replace("-", " ").split())
    rooms = rooms_named(text, plan)
    if _MIRROR.search(text):
        upright = re.search(r"north|south|上下|南北", text)
        return MirrorPlan(axis="north-south" if upright else "east-west")
    if _SWAP.search(text):
        return _swap(rooms, plan)
    if _ENTRANCE.search(text) and (side := _side(text, plan)):
        return MoveEntrance(side=side)
    if _ADD.search(text) and not _resizes(text):
        return _add(text, plan)
    if not rooms:
        raise BriefError(_not_understood(plan))
    if _REMOVE.search(text):
        return RemoveRoom(room=rooms[0])
    return _of_room(text, rooms[0], plan)


def _of_room(text: str, one: str, plan: Plan) -> PlanEdit:
    """Return what words ask of one room."""
    if _WHEELCHAIR.search(text):
        return MakeAccessible(room=one)
    if wall := _WALL.search(text) or _CHINESE_WALL.search(text):
        return _wall(wall, one, text)
    room = next(room for room in plan.rooms if room.id == one)
    if (area := _area(text, room)) is not None:
        return ResizeRoom(room=one, area=area)
    if side := _side(text, plan):
        return MoveRoom(room=one, side=side)
    raise BriefError(_not_understood(plan))


def _swap(rooms: list[str], plan: Plan) -> SwapRooms:
    if len(rooms) < 2:
        raise BriefError(
            "要交换哪两个房间？"
            if plan.brief.language == "zh"
            else "Which two rooms change places?"
        )
    return SwapRooms(room=rooms[0], other=rooms[1])


def _resizes(text: str) -> bool:
    return bool(re.search(r"\bto the\b|bigger|larger|增加\d|加大", text))


def _add(text: str, plan: Plan) -> AddRoom:
    is_chinese = re.search(f"[{HAN}]", text) is not None
    found = room_words("chinese" if is_chinese else "english").search(text)
    if found is None:
        raise BriefError(_not_understood(plan))
    area = _AREA.search(text)
    wanted = float(area[1].replace(",", ".")) if area else None
    return AddRoom(kind=str(found.lastgroup), area=wanted)


def _wall(found: re.Match[str], one: str, text: str) -> MoveWall:
    metres = float(found[2].replace(",", ".")) / (1 if found[3] in ("m", "米") else 100)
    by = min(metres, _WALL_LIMIT_METRES) * (-1 if _INWARDS.search(text) else 1)
    side: Side = next(side for pattern, side in _SIDE_WORDS if re.match(pattern, found[1]))
    return MoveWall(room=one, side=side, by=by)


def _area(text: str, room: PlacedRoom) -> float | None:
    """Return the area that a room should have."""
    if found := _AREA.search(text):
        value = float(found[1].replace(",", "."))
        if value < room.area * 0.5 or re.search(r"\bby\b|\badd\b|增加|减少", text):
            if _LESS.search(text):
                return round(room.area - value, 1)
            if _MORE.search(text):
                return round(room.area + value, 1)
        return value
    for pattern, factor in _FACTORS:
        if re.search(pattern, text):
            return round(room.area * factor, 1)
    return None


def _side(text: str, plan: Plan) -> Side | None:
    for pattern, side in _SIDE_WORDS:
        if re.search(pattern, text):
            return side
    if re.search(r"garden|yard|花园|院子|庭院", text):
        return facing(plan.brief)
    if re.search(r"street|road|街|马路", text):
        return plan.brief.site.street or plan.brief.entrance
    return None


def rooms_named(text: str, plan: Plan) -> list[str]:
    """Return the rooms that words name, in their order: by name, by kind, with a number or all."""
    found: list[tuple[int, list[str]]] = []
    rest = text
    for room in sorted(plan.rooms, key=lambda room: -len(room.name)):
        name = room.name.lower().replace("-", " ")
        if name and (at := rest.find(name)) >= 0 and not _is_shared(name, plan):
            found.append((at, [room.id, *_and_number(room, rest[at + len(name) :], plan)]))
            rest = rest[:at] + " " * len(name) + rest[at + len(name) :]
    patterns = (room_words("english"), room_words("chinese"))
    found += [
        (match.start(), _of_kind(match, rest, plan))
        for pattern in patterns
        for match in pattern.finditer(rest)
    ]
    ordered = [one for _, ids in sorted(found) for one in ids]
    return list(dict.fromkeys(ordered))


def _and_number(room: PlacedRoom, after: str, plan: Plan) -> list[str]:
    """Return the room that "bedroom 2 and 3" names second."""
    number = re.match(r" (?:and|&) (\d)\b|和(\d)", after)
    if number is None or not room.name[-1:].isdigit():
        return []
    ids = [other.id for other in plan.rooms if other.kind == room.kind]
    index = int(number[1] or number[2]) - 1
    return ids[index : index + 1] if index >= 0 else []


def _is_shared(name: str, plan: Plan) -> bool:
    """Whether a name is also the beginning of others, as "bedroom" of "bedroom 2"."""
    return sum(1 for room in plan.rooms if room.name.lower().startswith(name)) > 1


def _of_kind(match: re.Match[str], text: str, plan: Plan) -> list[str]:
    kind = str(match.lastgroup)
    ids = [room.id for room in plan.rooms if room.kind == kind]
    if kind == "bath" and len(ids) < 2:
        ids += [room.id for room in plan.rooms if room.kind in ("ensuite", "wc")]
    if not ids and kind in ("bedroom", "child", "guest", "master"):
        ids = [room.id for room in plan.rooms if room.kind in ("bedroom", "child", "master")]
    after = re.match(
        r" ?(\d|一|二|三|四|one|two|three)(?: (?:and|&) (\d|two|three)|和(\d))?",
        text[match.end() :],
    )
    before = re.search(r"(first|second|third|第[一二三四])(?:个|间)? ?$", text[: match.start()])
    if after or before:
        words = [g for g in after.groups() if g] if after else [before[1].lstrip("第")]  # type: ignore[index]
        numbers = [_DIGITS.get(word, 1) for word in words]
        return [ids[number - 1] for number in numbers if 0 < number <= len(ids)]
    several = match[0].endswith("s") or re.search(r"[两俩二](?:个|间)?$", text[: match.start()])
    return ids if several and not match[0].endswith("ss") else ids[:1]


def _not_understood(plan: Plan) -> str:
    if plan.brief.language == "zh":
        return "没有看懂要改什么。可以说“厨房大一点”“交换两个卫生间”“加一间书房”“入口改到东边”。"
    return (
        'I don\'t know what to change. Say, for instance, "make the kitchen bigger", '
        '"swap the baths", "add a study" or "entrance to the east".'
    )
