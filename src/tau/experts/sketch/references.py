"""Rooms that words name twice: what's said of them belongs to those that were counted."""

from tau.experts.sketch.reading import BriefReading, MentionedRoom

_PRIVATE = ("bedroom", "master", "child", "guest")


def refer(reading: BriefReading) -> None:
    """Join what refers to rooms with these, and count rooms that are among others only once."""
    _join(reading)
    _count_main_in(reading)
    _name_study(reading)


def _join(reading: BriefReading) -> None:
    """Let "the bedrooms face east" be said of the three that are counted elsewhere."""
    for one in [each for each in reading.rooms if each.refers and not each.absent]:
        same = [
            other
            for other in reading.rooms
            if other is not one and other.kind == one.kind and not other.refers
        ]
        if not same:
            continue
        for other in same:
            other.place = other.place or one.place
            other.area = other.area or one.area
            other.accessible = other.accessible or one.accessible
            other.storey = one.storey if other.storey is None else other.storey
            other.own_bath = other.own_bath or one.own_bath
        reading.rooms.remove(one)


def _count_main_in(reading: BriefReading) -> None:
    """Take a main bedroom that is named after three bedrooms as one of them.

    In Chinese "三室" counts every bedroom; children's rooms and a guest room are among them too.
    """
    among = ("master",) if reading.language == "en" else _PRIVATE[1:]
    for one in [each for each in reading.rooms if each.kind in among and not each.absent]:
        before = reading.rooms[: reading.rooms.index(one)]
        counted = next((each for each in before if _is_counted(each, reading)), None)
        if counted and not one.further:
            counted.count -= min(one.count, counted.count)
            if counted.count == 0:
                reading.rooms.remove(counted)


def _is_counted(room: MentionedRoom, reading: BriefReading) -> bool:
    least = 2 if reading.language == "en" or room.whole else 99
    return room.kind == "bedroom" and room.count >= least and not room.areas


def _name_study(reading: BriefReading) -> None:
    """Take the one office of a dwelling as a study."""
    if reading.count("office") == 1 and not reading.count("meeting") and reading.count(*_PRIVATE):
        for one in reading.rooms:
            one.kind = "study" if one.kind == "office" else one.kind
