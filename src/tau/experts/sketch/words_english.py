"""Reads a brief from English."""

import itertools
import re
from collections.abc import Sequence

from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.phrases_english import plain_english
from tau.experts.sketch.reading import (
    BriefReading,
    MentionedRoom,
    Place,
    room_words,
    size,
    split_at_rooms,
)

_NUMBER = r"(\d+(?:[.,]\d+)?)"
_AREA = re.compile(rf"{_NUMBER} ?(m2|ft2)\b")
_AREA_BEFORE = re.compile(
    _AREA.pattern + r"(?: (?!(?:with|for|in|house|home|flat|apartment|bungalow)\b)[a-z]+){0,2} $"
)
_AREA_AFTER = re.compile(
    r"(?: ?[(:]| of| with| at| should be| must be| to be| =|,)*"
    rf"(?: ?(?:about|around|approx\.?|at least|roughly|each|min|ca\.?)\b)* ?{_AREA.pattern}"
)
_ELDERS = r"grandma|grandpa|granny|oma|opa|grandmother|grandfather|mother|father|mum|mom|dad"
_SIDE = r"(north|south|east|west|garden|street|road|yard|back ?yard)"
_PLACE_AFTER = re.compile(
    r"(?:to(?:wards?)?|facing|faces|face|overlook(?:s|ing)|onto|on|at|in|opening|opens|looking|looks)"
    rf"(?: (?:to|onto|out|towards?|on))*(?: the)?(?: quiet)? {_SIDE}\b"
)
_PLACE_BEFORE = re.compile(rf"\b{_SIDE} (?:facing|side) (?:\w+ )?$")
_SIDES_OF = {"road": "street", "yard": "garden", "back yard": "garden", "backyard": "garden"}
_FACED = re.compile(r"(?:to|onto|towards?|facing|over|overlook(?:s|ing))(?: the| our| a)? $")
_OF_THEM = re.compile(r"^[^.;]*?, (\d) of (?:them|these|those)\b")
_AREAS = re.compile(
    r"^(?: of|:)? ?(\d+(?:\.\d+)?(?: ?m2)?(?: ?(?:and|&|,|/|\+) ?\d+(?:\.\d+)?)+) ?m2"
)
_BARE_AREA = re.compile(r"^(?: of|:| =)? ?(\d{2,3})(?= ?(?:,|and\b|$))(?!.{0,3}(?:m|ft|x)\b)")
_COUNT = re.compile(
    r"(?:^|[ (])(\d{1,2}|an?|another)(?: (?!m\b|m2|stor|floor|level|with\b)[a-z']+){0,2} $"
)
_NONE = re.compile(r"\b(?:no|without(?: an?)?|don't (?:need|want)(?: an?)?|not an?) (?:\w+ )?$")
_DIMENSIONS = re.compile(rf"{_NUMBER} ?m? ?(?:x|by) ?{_NUMBER} ?m\b(?!2)|{_NUMBER} ?x ?{_NUMBER}\b")
_PLOT = re.compile(r"\b(?:plot|site|lot|land|parcel)\b")
_WHEELCHAIR = re.compile(
    r"wheel ?chair|accessible|barrier free|step free|\bwalker\b|rollator|walking frame|zimmer"
    r"|reduced mobility|mobility (?:aid|scooter)|disabled|can't walk|trouble walking"
)
_WORK = re.compile(
    r"\bwork(?:s|ing)? (?:from|at) home\b|\bhome working\b"
    r"|\b(?:somewhere|place|space|desk) to work\b"
)
_UPSTAIRS = re.compile(r"\bupstairs\b|\b(?:upper|first|second|top) (?:floor|storey|story|level)\b")
_DOWNSTAIRS = re.compile(r"\bdownstairs\b|\bground (?:floor|level)\b|\bon the ground\b")
_NAMED = re.compile(rf"\b({_ELDERS})\b")


def read_english(words: str) -> BriefReading:
    """Return what English words say of a dwelling."""
    reading = BriefReading(language="en")
    text = _dimensions(_site(plain_english(words), reading), reading)
    for clause in re.split(r"[.;!?\n]+(?:\s|$)", text):
        _read_clause(clause, reading)
    _whole(text, reading)
    _household(text, reading)
    return reading


def _site(text: str, reading: BriefReading) -> str:
    """Read where garden, street and entrance lie; return the text without that."""
    compass = r"(north|south|east|west)(?:ern)?"
    link = r"(?: side)?,?(?: (?:which|that))?"
    link += r"(?: (?:is|are|lies?|should be|must be|comes?|will be|located))*"
    where = rf"(?: (?:on|to|in|at|from|facing|towards?))*(?: the)? {compass}\b(?: side)?"
    for name, word in (
        ("garden", "garden|back ?yard"),
        ("street", "street|road"),
        ("entrance", "entrance|front door|entry|main door|access|entered|enter"),
    ):
        pattern = rf"\b(?:{word}){link}{where}"
        before = rf"\b{compass} (?:side )?(?:{word})\b"
        found = re.search(pattern, text) or re.search(before, text)
        if found:
            side = next(group for group in found.groups() if group)
            setattr(reading, name, side)
            faced = _FACED.search(text[: found.start()])
            kept = re.split(r"\W", found[0])[0] if faced else ""
            text = text[: found.start()] + kept + ", " + text[found.end() :]
    door = r"\b(?:entrance|front door|entry|main door)(?: (?:is|should be|must be))?"
    found = re.search(rf"{door}(?: (?:on|to|in|at|from|facing|towards?))+ the {_SIDE}\b", text)
    if found and reading.entrance is None:
        reading.entrance = _place(found[1])
        text = text[: found.start()] + ", " + text[found.end() :]
    return text


def _dimensions(text: str, reading: BriefReading) -> str:
    """Read sizes such as 12 x 9 m, of the plot or of the outline."""
    sizes = list(_DIMENSIONS.finditer(text))
    of_rooms = _sizes_of_rooms(text, sizes)
    for found in reversed(sizes):
        one, other = (_number(group) for group in found.groups() if group)
        around = text[max(0, found.start() - 30) : found.end() + 12]
        if _PLOT.search(around):
            reading.plot = (one, other)
        elif found.start() not in of_rooms:
            reading.outline = size(one, other)
        text = text[: found.start()] + ", " + text[found.end() :]
    return text


def _sizes_of_rooms(text: str, sizes: Sequence[re.Match[str]]) -> set[int]:
    """Return where sizes start that follow a room in the same part of a sentence.

    Looks at every character once, however many sizes there are.
    """
    found: set[int] = set()
    before, seen = 0, 0  # where the size before this one starts and ends
    for each in sizes:
        at = each.start()
        part = 1 + max(text.rfind(mark, 0, at) for mark in ",.;")
        same_part = before in found and part <= before
        if same_part or room_words("english").search(text, max(part, seen), at):
            found.add(at)
        before, seen = at, each.end()
    return found


def _read_clause(clause: str, reading: BriefReading) -> None:
    before, rooms = split_at_rooms(clause, "english")
    mentions: list[tuple[MentionedRoom, str]] = []
    for match, after in rooms:
        room = MentionedRoom(kind=str(match.lastgroup))
        _read_before(room, before, match[0])
        used = _read_after(room, after, is_last=match is rooms[-1][0])
        if room.kind == "ensuite":
            _give_bath(room, before, mentions)
        if named := _NAMED.search(match[0]):
            room.name = f"{named[1].capitalize()}'s room"
        mentions.append((room, after))
        before = after[used:]
    _share_places(mentions)
    reading.rooms += [room for room, _ in mentions]


def _read_before(room: MentionedRoom, before: str, word: str) -> None:
    part = re.split(r",|\band\b|\bplus\b", before)[-1]
    if _NONE.search(before):
        room.absent = True
    elif area := _AREA_BEFORE.search(part):
        room.area = _square_metres(area) if _may_have(room, area, "") else None
        part = part[: area.start()] + " "
    if count := _COUNT.search(part):
        room.count = int(count[1]) if count[1].isdigit() else 1
    else:
        room.refers = room.kind == "bedroom" and bool(re.search(r"s$|all|both|each", part + word))
    if place := _PLACE_BEFORE.search(part):
        room.place = _place(place[1])
    if _WHEELCHAIR.search(part):
        room.accessible = True
    if _UPSTAIRS.search(part):
        room.storey = 1


def _read_after(room: MentionedRoom, after: str, *, is_last: bool) -> int:
    """Read what follows a room; return how much of it was used."""
    used = 0
    part = re.split(r",|\band\b|\bplus\b|\bthen\b", after)[0]
    if of_them := _OF_THEM.search(after):
        room.count, room.refers = int(of_them[1]), False
    if (areas := _AREAS.match(after)) and room.count > 1:
        room.areas = tuple(_number(each) for each in re.findall(r"\d+(?:\.\d+)?", areas[1]))
        return areas.end()
    area = _AREA_AFTER.match(part)
    if bare := not area and _BARE_AREA.match(after):
        room.area = _number(bare[1])
    if area and _may_have(room, area, after[area.end() :]) and not room.area:
        room.area = _square_metres(area)
        used = area.end()
    if place := _PLACE_AFTER.search(part) or re.match(rf" {_SIDE}\b(?! {_SIDE})", part):
        room.place = _place(place[1])
    if _WHEELCHAIR.search(part):
        room.accessible = True
    if _UPSTAIRS.search(part) and (is_last or "upstairs" in part or "floor" in part):
        room.storey = 1
    elif _DOWNSTAIRS.search(part):
        room.storey = 0
    return used


def _may_have(room: MentionedRoom, area: re.Match[str], after: str) -> bool:
    """Whether an area that follows a room is the room's and not the dwelling's."""
    if re.match(
        r" ?(?:in total|total|overall|altogether|house|flat|home|apartment|bungalow)", after
    ):
        return False
    return _square_metres(area) <= 1.6 * room_kinds()[room.kind].most


def _give_bath(room: MentionedRoom, before: str, mentions: list[tuple[MentionedRoom, str]]) -> None:
    """Give an en-suite that follows bedrooms to them."""
    if not mentions:
        return
    if re.search(r"\(1 $", before) and mentions[-1][0].kind == "bath":
        mentions[-1][0].count -= 1
    if not re.search(r"\bwith\b|\bhas\b|^ $", before):
        return
    bedroom = mentions[-1][0]
    if bedroom.kind in ("master", "bedroom", "guest"):
        bedroom.own_bath = True
        if re.search(r"\b(?:each|both|all)\b", before):
            room.count = bedroom.count


def _share_places(mentions: list[tuple[MentionedRoom, str]]) -> None:
    """Let "living room and kitchen facing south" be said of both."""
    for (first, between), (second, _) in itertools.pairwise(mentions):
        if between.strip() in ("and", "&", "and the") and second.place and not first.place:
            first.place = second.place
        if between.strip() in ("and", "&") and second.storey is not None and first.storey is None:
            first.storey = second.storey


def _whole(text: str, reading: BriefReading) -> None:
    """Read what's said of the dwelling as a whole."""
    attached = {room.area for room in reading.rooms if room.area}
    totals = [
        _square_metres(found)
        for found in _AREA.finditer(text)
        if not _PLOT.search(text[max(0, found.start() - 25) : found.end() + 8])
    ]
    free = [total for total in totals if total not in attached and (total >= 20 or not total)]
    reading.total = max(free, default=None)
    if re.search(r"\b(?:2|double) (?:storeys?|stor(?:y|ies|eyed)|floors?|levels?)\b", text):
        reading.storeys = 2
    elif re.search(r"\b(?:1|single) (?:storeys?|story|floor|level)\b|\bbungalow\b", text):
        reading.storeys = 1
    elif any(room.storey == 1 for room in reading.rooms):
        reading.storeys = 2
    if "l shaped" in text:
        reading.shape = "L"
    if re.search(r"\bopen(?: plan)? kitchen|\bopen plan\b|kitchen open to", text):
        reading.open_kitchen = True
    if _WORK.search(text):
        reading.works_at_home = True
    if _WHEELCHAIR.search(text) and not any(room.accessible for room in reading.rooms):
        reading.accessible = True


def _household(text: str, reading: BriefReading) -> None:
    """Read who is going to live there."""
    if found := re.search(r"\bfamily of (\d)\b|\b(\d) (?:people|persons|of us)\b", text):
        people = int(found[1] or found[2])
        reading.adults, reading.children = min(2, people), max(0, people - 2)
    if re.search(r"\b(?:for us|couple|my (?:wife|husband|partner)|2 adults|parents|we)\b", text):
        reading.adults = 2
    elif re.search(r"\b(?:for me|myself|single person|1 person)\b", text) and not reading.adults:
        reading.adults = 1
    young = r"(?:girls?|boys?|kids?|child(?:ren)?|daughters?|sons?|teenagers?|twins|bab(?:y|ies))"
    counted = sum(
        _people(found[1])
        for found in re.finditer(
            rf"(\d|an?|our|my) (?:small |little |teenage |young )?{young}\b", text
        )
    )
    reading.children = max(reading.children, counted, 2 * ("twins" in text))
    if reading.children and not reading.adults:
        reading.adults = 2
    if re.search(
        rf"(?:{young}|\d|they|both)(?: of them)? (?:can |will |who |could |may )?shar(?:e|ing)",
        text,
    ):
        reading.sharing = True
    if re.search(rf"(?:and|with|plus|for) (?:my |our |her |his )?(?:{_ELDERS})\b(?!')", text):
        reading.elders = 1


def _people(word: str) -> int:
    return int(word) if word.isdigit() else 1


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _square_metres(found: re.Match[str]) -> float:
    value = _number(found[1])
    return round(value * 0.0929, 1) if found[2] == "ft2" else value


def _place(word: str) -> Place:
    place: Place = _SIDES_OF.get(word, word)  # type: ignore[assignment]
    return place
