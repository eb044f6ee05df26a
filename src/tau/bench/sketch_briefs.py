"""Briefs of dwellings to measure sketches with: templates, filled in by chance but repeatably."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tau.experts.sketch.brief import Brief, Room, Site
from tau.experts.sketch.geometry import SIDES
from tau.experts.sketch.kinds import room_kinds

TEMPLATES: dict[str, tuple[str, ...]] = {
    "studio": ("living", "kitchen", "bath", "storage"),
    "flat": ("living", "kitchen", "bedroom", "bath"),
    "flat-two": ("living", "kitchen", "master", "bedroom", "bath"),
    "flat-study": ("living", "kitchen", "master", "study", "bath", "storage"),
    "family-small": ("living", "kitchen", "master", "bedroom", "child", "bath", "wc"),
    "family-dining": ("living", "dining", "kitchen", "master", "child", "child", "bath", "wc"),
    "two-baths": ("living", "dining", "kitchen", "master", "bedroom", "bedroom", "bath", "bath"),
    "ensuite": ("living", "kitchen", "master", "ensuite", "bedroom", "child", "bath", "utility"),
    "bungalow": (
        *("living", "dining", "kitchen", "pantry", "master", "ensuite", "bedroom", "study"),
        *("bath", "utility"),
    ),
    "garage": (
        "living",
        "kitchen",
        "master",
        "bedroom",
        "child",
        "bath",
        "wc",
        "utility",
        "garage",
    ),
    "large": (
        *("living", "dining", "kitchen", "master", "ensuite", "dressing", "bedroom", "bedroom"),
        *("study", "bath", "utility"),
    ),
    "villa": (
        *("living", "dining", "kitchen", "master", "ensuite", "bedroom", "bedroom", "child"),
        *("study", "bath", "utility", "wc", "storage"),
    ),
    "guests": (
        *("living", "dining", "kitchen", "master", "ensuite", "bedroom", "guest", "bath", "wc"),
        *("utility", "gym", "storage"),
    ),
}
"""Rooms of each template, without what leads from one to another."""


class GeneratedBrief(NamedTuple):
    """A brief, and the template it comes from."""

    template: str
    brief: Brief


def sketch_briefs(count: int = 200, seed: int = 1) -> list[GeneratedBrief]:
    """Return so many briefs, each template as often as every other."""
    names = list(TEMPLATES)
    chance = random.Random(seed)  # noqa: S311
    return [_filled(names[index % len(names)], chance) for index in range(count)]


def _filled(template: str, chance: random.Random) -> GeneratedBrief:
    kinds = TEMPLATES[template]
    storeys = 2 if len(kinds) >= 8 and chance.random() < 0.2 else 1
    rooms = tuple(_rooms(kinds, chance))
    brief = Brief(
        rooms=rooms,
        entrance=chance.choice(SIDES),
        storeys=storeys,
        shape="L" if storeys == 1 and len(kinds) >= 6 and chance.random() < 0.12 else "rectangle",
        site=Site(garden=chance.choice(SIDES) if chance.random() < 0.4 else None),
    )
    return GeneratedBrief(template, brief)


def _rooms(kinds: Sequence[str], chance: random.Random) -> Iterator[Room]:
    wheelchair = chance.random() < 0.1
    facing = chance.choice(("living", "kitchen")) if chance.random() < 0.3 else ""
    for index, kind in enumerate(kinds):
        before = kinds[:index].count(kind)
        area = None
        if chance.random() < 0.6:
            area = round(room_kinds()[kind].area * chance.uniform(0.85, 1.25) * 2) / 2
        yield Room(
            id=f"{kind}{before + 1}" if before else kind,
            kind=kind,
            area=max(area, 6.0) if area and kind == "bath" else area,
            side=chance.choice(SIDES) if kind == facing else None,
            accessible=wheelchair and kind == "bath" and before == 0,
        )
