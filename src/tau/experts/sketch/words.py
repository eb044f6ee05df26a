"""From words to a brief, by rules: no model is needed.

What the words leave open is filled in, and each thing that was filled in is listed.
"""

import re

import msgspec

from tau.experts.sketch.brief import (
    MOST_ROOMS,
    Brief,
    BriefError,
    Language,
    Room,
    Site,
    check_brief,
)
from tau.experts.sketch.geometry import Side, opposite
from tau.experts.sketch.kinds import room_kinds
from tau.experts.sketch.reading import BriefReading, MentionedRoom, Place
from tau.experts.sketch.references import refer
from tau.experts.sketch.refusals import refusal
from tau.experts.sketch.words_chinese import read_chinese
from tau.experts.sketch.words_english import read_english
from tau.text.scripts import HAN

_BEDROOMS = ("bedroom", "master", "child", "guest")
_SHARED = 2  # bedrooms for which one en-suite isn't enough
MOST_CHARACTERS = 4_000
"""Longer words are a text about something else."""
_MOST_MENTIONS = 5 * MOST_ROOMS  # a room can be mentioned more than once
_MOST_OF_ONE = 20  # rooms that one mention can mean
_SENTENCES: dict[str, tuple[str, str]] = {
    "kitchen": ("I added a kitchen.", "补充了厨房。"),
    "living": ("I added a living room.", "补充了客厅。"),
    "bath": ("I added a bathroom.", "补充了卫生间。"),
    "wc": ("I added a WC on the ground floor.", "一层补充了客卫。"),
    "study": ("I added a study, since you work from home.", "因为在家办公，补充了书房。"),
    "bedrooms": ("The bedrooms follow from the people you named.", "卧室按家庭成员安排。"),
    "master": ("One of the bedrooms is the main one.", "其中一间卧室作为主卧。"),
    "entrance": ("The entrance is in the {side}.", "入口设在{side}侧。"),
    "garden": ("The garden is in the {side}.", "花园位于{side}侧。"),
    "total": ("The area follows from the rooms.", "总面积按各房间推算。"),
    "storeys": ("It's on one floor.", "按单层设计。"),
    "accessible": (
        "The bathroom and a bedroom are wide enough for a wheelchair.",
        "卫生间和一间卧室可供轮椅使用。",
    ),
}
_SIDE_NAMES = {
    "north": ("north", "北"),
    "south": ("south", "南"),
    "east": ("east", "东"),
    "west": ("west", "西"),
}


def read_words(words: str) -> Brief:
    """Return the brief that words in English or Chinese describe.

    Raises `BriefError` if they describe none, and for more than `MOST_CHARACTERS`.
    """
    chinese = len(re.findall(f"[{HAN}]", words[:MOST_CHARACTERS])) > 2
    if len(words) > MOST_CHARACTERS:
        language: Language = "zh" if chinese else "en"
        raise BriefError(refusal("long", language, most=MOST_CHARACTERS))
    reading = read_chinese(words) if chinese else read_english(words)
    return brief_of(reading)


def brief_of(reading: BriefReading) -> Brief:
    """Return the brief for what was read. Raises `BriefError` if nothing was."""
    if not reading.rooms and not reading.adults and not reading.total:
        raise BriefError(
            "没有读到房间。请说明需要哪些房间，例如“三室两厅，120平”。"
            if reading.language == "zh"
            else "I found no rooms in this. Say which you need, such as "
            '"three bedrooms, a bath and a kitchen, 100 m2".'
        )
    if len(reading.rooms) > _MOST_MENTIONS:
        raise _too_many(len(reading.rooms), reading.language)
    return check_brief(_Filling(reading).brief())


def _too_many(count: int, language: Language) -> BriefError:
    return BriefError(refusal("many", language, most=MOST_ROOMS, count=count))


class _Filling:
    """Turns a reading into a brief and notes what it fills in."""

    def __init__(self, reading: BriefReading) -> None:
        self.reading = reading
        self.language: Language = reading.language
        self.assumed: list[str] = []
        self.rooms: list[Room] = []

    def brief(self) -> Brief:
        """Return the finished brief."""
        reading = self.reading
        refer(reading)
        self._household()
        self._needed()
        sides = self._sides()
        merged = _merged(reading.rooms)
        count = sum(min(one.count, _MOST_OF_ONE) for one in merged)
        if count > MOST_ROOMS:
            raise _too_many(count, self.language)
        for mention in merged:
            together = sum(one.count for one in merged if one.kind == mention.kind)
            self._add(mention, sides, numbered=together > 1)
        self._link_baths()
        if reading.total is None and reading.outline is None:
            self._assume("total")
        if reading.storeys is None:
            self._assume("storeys")
        entrance = sides["entrance"]
        return Brief(
            rooms=tuple(self.rooms),
            total=None if reading.outline else reading.total,
            outline=reading.outline,
            shape=reading.shape,
            entrance=entrance,
            site=self._site(sides),
            storeys=reading.storeys or 1,
            language=self.language,
            assumed=tuple(self.assumed),
        )

    def _assume(self, key: str, **values: object) -> None:
        sentence = _SENTENCES[key][1 if self.language == "zh" else 0]
        self.assumed.append(sentence.format(**values))

    def _household(self) -> None:
        """Add the bedrooms of the people named, if no bedrooms are."""
        reading = self.reading
        if reading.count("office", "meeting") and not reading.count(*_BEDROOMS):
            return
        if reading.count("bedroom") or not (reading.adults or reading.elders):
            return
        made = 0
        if reading.adults and not reading.count("master"):
            reading.rooms.append(MentionedRoom("master"))
            made += 1
        young = (reading.children + 1) // 2 if reading.sharing else reading.children
        if young and not reading.count("child"):
            reading.rooms.append(MentionedRoom("child", young))
            made += young
        if reading.elders:
            reading.rooms.append(MentionedRoom("bedroom", accessible=reading.accessible))
            made += 1
        if made:
            self._assume("bedrooms")

    def _needed(self) -> None:
        """Add what every dwelling needs."""
        reading = self.reading
        if reading.count("office", "meeting") and not reading.count(*_BEDROOMS):
            return
        own = ("ensuite",) if reading.count(*_BEDROOMS) < _SHARED else ()
        for kind, instead in (("living", ()), ("kitchen", ()), ("bath", own)):
            if not reading.count(kind, *instead) and not reading.refuses(kind):
                reading.rooms.append(MentionedRoom(kind))
                self._assume(kind)
        if reading.works_at_home and not reading.count("study", "office"):
            reading.rooms.append(MentionedRoom("study"))
            self._assume("study")
        if reading.accessible:
            self._let_wheelchairs_in()
        self._name_main_bedroom()

    def _name_main_bedroom(self) -> None:
        reading = self.reading
        plain = next(
            (one for one in reading.rooms if one.kind == "bedroom" and one.count > 1), None
        )
        if plain and not reading.count("master") and not plain.absent:
            plain.count -= 1
            main = MentionedRoom("master", area=plain.area, place=plain.place, storey=plain.storey)
            main.own_bath = plain.own_bath
            main.areas, plain.areas = plain.areas[-1:], plain.areas[:-1]
            reading.rooms.append(main)
            self._assume("master")

    def _let_wheelchairs_in(self) -> None:
        for kinds in (("bath",), _BEDROOMS):
            if any(one.accessible for one in self.reading.rooms if one.kind in kinds):
                continue
            for one in self.reading.rooms:
                if one.kind in kinds:
                    one.accessible = True
                    break
        self._assume("accessible")

    def _sides(self) -> dict[str, Side]:
        """Return the sides of entrance, garden and street."""
        reading = self.reading
        street = reading.street
        garden = reading.garden or (opposite(street) if street else None)
        entrance = reading.entrance
        if entrance in ("street", "garden"):
            entrance = (street if entrance == "street" else garden) or "north"
        known: Side | None = entrance  # type: ignore[assignment]
        if known is None:
            known = street or (opposite(garden) if garden else "north")
            self._assume("entrance", side=self._name(known))
        if garden is None:
            garden = opposite(known)
            if any(one.place == "garden" for one in reading.rooms):
                self._assume("garden", side=self._name(garden))
        return {"entrance": known, "garden": garden, "street": street or known}

    def _name(self, side: Side) -> str:
        return _SIDE_NAMES[side][1 if self.language == "zh" else 0]

    def _site(self, sides: dict[str, Side]) -> Site:
        reading = self.reading
        wanted = reading.garden or any(one.place == "garden" for one in reading.rooms)
        plot = reading.plot or (None, None)
        return Site(
            garden=sides["garden"] if wanted else None,
            street=reading.street,
            plot_width=plot[0],
            plot_depth=plot[1],
        )

    def _add(self, mention: MentionedRoom, sides: dict[str, Side], *, numbered: bool) -> None:
        for index in range(min(mention.count, _MOST_OF_ONE)):
            have = sum(1 for room in self.rooms if room.kind == mention.kind)
            self.rooms.append(
                Room(
                    id=f"{mention.kind}{have + 1}" if have else mention.kind,
                    kind=mention.kind,
                    name=mention.name or (self._numbered(mention, have) if numbered else ""),
                    area=mention.areas[index] if index < len(mention.areas) else mention.area,
                    side=_side(mention.place, sides),
                    accessible=mention.accessible,
                    storey=mention.storey if (self.reading.storeys or 1) > 1 else None,
                    access=self._open_access(mention),
                )
            )

    def _numbered(self, mention: MentionedRoom, have: int) -> str:
        """Return a name with a number, for a kind that comes more than once."""
        name = room_kinds()[mention.kind].names[1 if self.language == "zh" else 0]
        return f"{name} {have + 1}" if self.language == "en" else f"{name}{have + 1}"

    def _open_access(self, mention: MentionedRoom) -> tuple[str, ...] | None:
        if mention.kind != "kitchen" or not self.reading.open_kitchen:
            return None
        return ("dining", "living") if self.reading.count("dining") else ("living",)

    def _link_baths(self) -> None:
        """Give en-suites to the bedrooms that were said to have one."""
        owners = [one.kind for one in self.reading.rooms if one.own_bath]
        wanted = [room for room in self.rooms if room.kind in owners]
        baths = [index for index, room in enumerate(self.rooms) if room.kind == "ensuite"]
        for index, owner in zip(baths, wanted, strict=False):
            old = self.rooms[index]
            self.rooms[index] = msgspec.structs.replace(old, access=(owner.id,))


def _merged(mentions: list[MentionedRoom]) -> list[MentionedRoom]:
    """Return the mentions in a stable order; a room named again only says more of the first."""
    kept: list[MentionedRoom] = []
    first: dict[str, MentionedRoom] = {}
    for one in mentions:
        if one.absent:
            continue
        same = None if one.name else first.get(one.kind)
        single = one.count == 1 and one.kind in ("living", "kitchen", "dining", "hall", "master")
        if same and single:
            same.area = same.area or one.area
            same.place = same.place or one.place
            same.accessible = same.accessible or one.accessible
            same.own_bath = same.own_bath or one.own_bath
            same.storey = one.storey if same.storey is None else same.storey
        else:
            kept.append(one)
            first.setdefault(one.kind, one)
    order = list(room_kinds())
    return sorted(kept, key=lambda one: order.index(one.kind))


def _side(place: Place | None, sides: dict[str, Side]) -> Side | None:
    if place in ("garden", "street"):
        return sides[place]
    return place  # type: ignore[return-value]
