"""Reads a brief from Chinese."""

import itertools
import re

from tau.experts.sketch.geometry import Side
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.phrases_chinese import plain_chinese
from tau.experts.sketch.reading import BriefReading, MentionedRoom, Place, size, split_at_rooms

_DIGITS = {"零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8}
_DIGITS |= {"九": 9, "十": 10, "俩": 2, "单": 1, "双": 2}
_COUNT = r"(\d{1,2}|[一二两三四五六七八九十俩双])"
_NUMBER = r"(\d+(?:\.\d+)?)"
_UNIT = r"(?:平方米|平米|平方|平|㎡|m2|m²|个平方)"
_SIDES: dict[str, Side] = {"东": "east", "南": "south", "西": "west", "北": "north"}
_SIDE = r"([东南西北])(?:侧|边|面|方|向)?"
_PLACE = r"([东南西北](?:侧|边|面|方|向)?|花园|院子|后院|庭院|街道?|马路|临街)"
_FACING = re.compile(
    rf"(?:要|都|最好)?(?:朝着?|朝向|面向|面朝|对着|靠着?|靠近|临|在|通向|挨着|向着?)(?:房子的?)?{_PLACE}"
)
_FACING_BEFORE = re.compile(rf"(?:朝|向|面|临|靠){_PLACE}的?$")
_AREA_AFTER = re.compile(
    rf"^(?:要大(?:一?[点些])?|要|得|需要|有|面积|大约|约|大概|至少|不小于|每[个间]|各|为|是|[:：(（])*{_NUMBER}{_UNIT}"
)
_AREA_BEFORE = re.compile(rf"{_NUMBER}{_UNIT}(?:左右)?的?(?:大|小)?$")
_COUNT_BEFORE = re.compile(rf"{_COUNT}(?:个|间|处|套)?(?:大|小|独立|普通|双人|单人)?的?$")
_COUNT_AFTER = re.compile(rf"^(?:{_COUNT}(?:个|间|处|套)|[:：](\d{{1,2}})(?!\d|\.|平|㎡|m))")
_NONE = re.compile(r"(?:不要|不需要|不设|没有|无需|不用|取消)(?:单独的?|独立的?)?$")
_WHEELCHAIR = re.compile(r"轮椅|无障碍|助行器|拐杖|(?:腿脚|行动)不(?:便|方便|好|太好)")
_COMPACT = re.compile(rf"{_COUNT}(室|房|居室|居|厅|卫|厨)(?![子型内外])")


def read_chinese(words: str) -> BriefReading:
    """Return what Chinese words say of a dwelling."""
    reading = BriefReading(language="zh")
    text = plain_chinese(words)
    text = _dimensions(_site(_compact(text, reading), reading), reading)
    for clause in re.split(r"[，。；、,;！!\n]", text):
        _read_clause(clause, reading)
    _whole(text, reading)
    _household(text, reading)
    return reading


def _compact(text: str, reading: BriefReading) -> str:
    """Read 三室两厅两卫; return the text without it."""

    def take(found: re.Match[str]) -> str:
        count, kind = _number(found[1]), found[2]
        if kind == "厅":
            reading.rooms += [MentionedRoom("living")] if count else []
            reading.rooms += [MentionedRoom("dining")] if count > 1 else []
        elif kind == "卫":
            reading.rooms.append(MentionedRoom("bath", count))
        elif kind == "厨":
            reading.rooms.append(MentionedRoom("kitchen", count))
        else:
            reading.rooms.append(MentionedRoom("bedroom", count, whole=True))
        return "，"

    return _COMPACT.sub(take, text)


def _site(text: str, reading: BriefReading) -> str:
    """Read where garden, street and entrance lie; return the text without that."""
    link = r"(?:要|应|最好)?(?:设)?(?:在|朝|位于|开在|朝向|临)(?:房子的?)?"
    for name, word in (
        ("garden", "花园|院子|后院|庭院"),
        ("street", "街道|马路|街|道路"),
        ("entrance", "入口|大门|入户门|正门|进户门|门口|入户"),
    ):
        found = re.search(rf"(?:{word}){link}{_SIDE}", text)
        found = found or re.search(rf"{_SIDE}(?:是|有|为)(?:{word})", text)
        if name != "garden":
            found = found or re.search(rf"(?:从)?{_SIDE}(?:的)?(?:{word}|进门|入户)", text)
        if found:
            setattr(reading, name, _SIDES[found[1]])
            text = text[: found.start()] + "，" + text[found.end() :]
    found = re.search(
        r"(?:入口|大门|入户门|正门)(?:要)?(?:在|朝|面向|靠|临)(街|马路|花园|院子)", text
    )
    if found and reading.entrance is None:
        reading.entrance = _place(found[1])
        text = text[: found.start()] + "，" + text[found.end() :]
    return text


def _dimensions(text: str, reading: BriefReading) -> str:
    """Read sizes such as 12米x9米 or 面宽12米进深9米, of the plot or of the outline."""
    pattern = (
        rf"{_NUMBER}(?:米|m)?[x乘]{_NUMBER}(?:米|m)?"
        rf"|(?:东西|面宽|宽|长)[长宽]?{_NUMBER}(?:米|m)[，,]?(?:南北|进深|深|宽)[长宽深]?{_NUMBER}(?:米|m)"
    )
    for found in reversed(list(re.finditer(pattern, text))):
        one, other = (float(group) for group in found.groups() if group)
        before = text[max(0, found.start() - 8) : found.start()]
        if re.search(r"地块|宅基地|用地|基地|地皮", before):
            reading.plot = (one, other)
        else:
            reading.outline = size(one, other)
        text = text[: found.start()] + "，" + text[found.end() :]
    return text


def _read_clause(clause: str, reading: BriefReading) -> None:
    before, rooms = split_at_rooms(clause, "chinese")
    mentions: list[tuple[MentionedRoom, str]] = []
    for match, after in rooms:
        room = MentionedRoom(kind=str(match.lastgroup))
        _read_before(room, before)
        used = _read_after(room, match[0], after, is_last=match is rooms[-1][0])
        if re.match(r"老人|长辈|爷爷|奶奶", match[0]):
            room.name = match[0]
        if mentions and "带" in before:
            _belong(room, mentions[-1][0])
        if re.search(r"其中(?:的|一间|一个)?(?:是|为)?$", before):
            _count_in(room, reading)
        mentions.append((room, after))
        before = after[used:]
    _share_places(mentions)
    reading.rooms += [room for room, _ in mentions]


def _count_in(room: MentionedRoom, reading: BriefReading) -> None:
    """Take "of these" one of the bedrooms that were counted before."""
    of = "bath" if room.kind == "ensuite" else "bedroom"
    for earlier in reading.rooms:
        counts = room.kind in ("master", "child", "ensuite")
        if earlier.kind == of and earlier.count > 1 and counts:
            earlier.count -= room.count
            return


def _belong(room: MentionedRoom, bedroom: MentionedRoom) -> None:
    """Let a bathroom that a bedroom "has" be an en-suite."""
    if room.kind in ("ensuite", "bath") and bedroom.kind in ("master", "bedroom", "guest"):
        room.kind = "ensuite"
        bedroom.own_bath = True


def _read_before(room: MentionedRoom, before: str) -> None:
    if _NONE.search(before):
        room.absent = True
    most = 1.6 * room_kinds()[room.kind].most
    if (area := _AREA_BEFORE.search(before)) and float(area[1]) <= most:
        room.area = float(area[1])
        before = before[: area.start()]
    if place := _FACING_BEFORE.search(before):
        room.place = _place(place[1])
        before = before[: place.start()]
    if count := _COUNT_BEFORE.search(before):
        room.count, room.counted = _number(count[1]), True
    if _WHEELCHAIR.search(before):
        room.accessible = True
    room.storey = _storey(before)


def _read_after(room: MentionedRoom, word: str, after: str, *, is_last: bool) -> int:
    """Read what follows a room; return how much of it was used."""
    used = 0
    count = None if room.counted else _COUNT_AFTER.search(after)
    if count and (is_last or count.end() < len(after)):
        room.count, used = _number(count[1] or count[2]), count.end()
    elif room.kind == "bedroom" and not room.counted:
        room.refers = bool(re.match(r"卧室|房间", word)) and bool(re.search(r"都|全|均", after))
    area = _AREA_AFTER.search(after[used:])
    if area and room.area is None and float(area[1]) <= 1.6 * room_kinds()[room.kind].most:
        room.area = float(area[1])
        used += area.end()
    if place := _FACING.search(after):
        room.place = _place(place[1])
        used = max(used, place.end())
    if _WHEELCHAIR.search(after):
        room.accessible = True
    if room.storey is None:
        room.storey = _storey(after)
    return used


def _storey(text: str) -> int | None:
    if re.search(r"二楼|楼上|二层|2楼", text):
        return 1
    return 0 if re.search(r"一楼|楼下|一层|首层|底层|1楼", text) else None


def _share_places(mentions: list[tuple[MentionedRoom, str]]) -> None:
    """Let 客厅和厨房朝南 be said of both."""
    for (first, between), (second, _) in itertools.pairwise(mentions):
        if between in ("和", "与", "及", "跟") and second.place and not first.place:
            first.place = second.place


def _whole(text: str, reading: BriefReading) -> None:
    """Read what's said of the dwelling as a whole."""
    attached = {room.area for room in reading.rooms if room.area}
    totals = [
        float(found[1])
        for found in re.finditer(rf"{_NUMBER}{_UNIT}", text)
        if not re.search(r"地块|宅基地|用地", text[max(0, found.start() - 6) : found.start()])
    ]
    free = [total for total in totals if total not in attached and (total >= 20 or not total)]
    reading.total = max(free, default=None)
    if re.search(r"两层|二层|双层|两楼|复式|2层|二楼|楼上", text):
        reading.storeys = 2
    elif re.search(r"单层|平房|平层|一层|1层", text):
        reading.storeys = 1
    if re.search(r"l[形型]", text):
        reading.shape = "L"
    if re.search(r"开放式?厨房|厨房开放|餐厨一体", text):
        reading.open_kitchen = True
    if "餐厨一体" in text:
        kinds = ["living", "dining", "kitchen"] if "客餐厨" in text else ["dining", "kitchen"]
        reading.rooms += [MentionedRoom(kind) for kind in kinds if not reading.count(kind)]
    if re.search(r"在家(?:办公|工作|上班)|居家办公", text):
        reading.works_at_home = True
    if _WHEELCHAIR.search(text) and not any(room.accessible for room in reading.rooms):
        reading.accessible = True


def _household(text: str, reading: BriefReading) -> None:
    """Read who is going to live there."""
    if found := re.search(rf"一家{_COUNT}口|{_COUNT}口之家|{_COUNT}口人", text):
        people = _number(next(group for group in found.groups() if group))
        reading.adults, reading.children = min(2, people), max(0, people - 2)
    if re.search(r"我们|夫妻|夫妇|两口子|小两口|我和(?:老婆|老公|妻子|丈夫|爱人)", text):
        reading.adults = 2
    elif re.search(r"一个人住|独居|我自己", text):
        reading.adults = 1
    young = "孩子|小孩|女儿|儿子|男孩|女孩|宝宝|娃"
    counted = sum(
        _number(found[1]) for found in re.finditer(rf"{_COUNT}(?:个)?(?:小)?(?:{young})", text)
    )
    reading.children = max(reading.children, counted, 2 * ("双胞胎" in text))
    if not counted and re.search(rf"(?:和|有|带)(?:{young})", text):
        reading.children = max(reading.children, 1)
    if reading.children and not reading.adults:
        reading.adults = 2
    if re.search(rf"(?:{young})(?:们)?(?:共用|合住|住一间)", text):
        reading.sharing = True
    if re.search(r"给(?:爸妈|父母|老人)住", text):
        reading.adults = 2
    elif re.search(
        r"(?:我|老|他|她)(?:妈|爸)(?!妈|爸|房|们)|我(?:父亲|母亲|父母|爸妈)(?!房|的房)", text
    ):
        reading.elders = 1
    if re.search(r"(?:和|与|跟|带)(?:爷爷|奶奶|外婆|外公|父母|老人|婆婆|岳母)(?!房|的房)", text):
        reading.elders = 1


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _DIGITS.get(text, 1)


def _place(word: str) -> Place:
    if word[0] in _SIDES:
        return _SIDES[word[0]]
    return "street" if word[0] in "街马临" else "garden"
