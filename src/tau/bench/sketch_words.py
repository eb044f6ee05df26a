"""How well words become a brief: slots found and missed, over templates filled in many ways.

Every template is a way of saying things; its fillings only change numbers, rooms and sides. Figures
are given for each template too, since a rule that was written for one says nothing of another.
"""

import random
import tomllib
from collections import Counter
from importlib.resources import files
from typing import Any, NamedTuple

from tau.experts.sketch.brief import Brief, BriefError
from tau.experts.sketch.words import read_words

FILLINGS = 6
Slots = Counter[tuple[str, str]]


class WordBrief(NamedTuple):
    """Words, the template they come from, and the slots that should be read."""

    template: str
    words: str
    slots: Slots


def spoken_briefs() -> list[WordBrief]:
    """Return the sentences as people write them."""
    chance = random.Random(1)  # noqa: S311
    return [_filled(one, {}, chance) for one in _read_data("sketch_spoken.toml")["template"]]


def _read_data(name: str) -> dict[str, Any]:
    return tomllib.loads(files("tau.bench.data").joinpath(name).read_text("utf-8"))


def word_briefs(seed: int = 1, fillings: int = FILLINGS) -> list[WordBrief]:
    """Return every template of the development set, filled in several ways."""
    data = _read_data("sketch_words.toml")
    chance = random.Random(seed)  # noqa: S311
    return [
        _filled(template, data["values"], chance)
        for template in data["template"]
        for _ in range(fillings)
    ]


def _filled(template: dict[str, Any], values: dict[str, Any], chance: random.Random) -> WordBrief:
    """Fill a template from the lists of values, and its slots with what they stand for."""
    said: dict[str, str] = {}
    meant: dict[str, str] = {}
    taken: set[str] = set()
    for name, pool in template.get("fill", {}).items():
        options = [one for one in values[pool] if one[0] not in taken]
        words, value = chance.choice(options)
        taken.add(words)
        said[name], meant[name] = words, value
    slots: Slots = Counter()
    for slot in template["slots"]:
        kind, _, value = slot.partition("=")
        filled = value.format(**meant)
        count, _, rest = filled.partition("*")
        if rest and count.isdigit():
            slots[kind, rest] += int(count)
        else:
            slots[kind, filled] += 1
    return WordBrief(template["name"], template["words"].format(**said), slots)


def slots_of(brief: Brief) -> Slots:
    """Return what a brief says, without what was assumed."""
    found: Slots = Counter()
    for room in brief.rooms:
        kind = "bedroom" if room.kind == "master" else room.kind
        found["room", kind] += 1
        if room.area:
            found["area", f"{kind} {room.area:g}"] += 1
        if room.side:
            found["side", f"{kind} {room.side}"] += 1
        if room.accessible:
            found["accessible", kind] += 1
    if brief.total:
        found["total", f"{brief.total:.0f}"] += 1
    if brief.outline:
        found["outline", f"{brief.outline.width:g}x{brief.outline.depth:g}"] += 1
    if brief.entrance:
        found["entrance", brief.entrance] += 1
    if brief.storeys > 1:
        found["storeys", str(brief.storeys)] += 1
    if brief.shape == "L":
        found["shape", "L"] += 1
    return found


def measure_words(briefs: list[WordBrief]) -> dict[str, Any]:
    """Return the F1 of slots: of all briefs, by language, and of each template."""
    counts: dict[str, list[int]] = {}
    wrong = []
    for one in briefs:
        read = _read(one.words)
        if not any(kind == "entrance" for kind, _ in one.slots):
            # Every dwelling gets an entrance unasked: it isn't counted for or against.
            read = Counter({slot: n for slot, n in read.items() if slot[0] != "entrance"})
        extra = read - one.slots
        missed = one.slots - read
        hit = sum((one.slots & read).values())
        row = counts.setdefault(one.template, [0, 0, 0])
        row[0] += hit
        row[1] += sum(extra.values())
        row[2] += sum(missed.values())
        if extra or missed:
            wrong.append({"words": one.words, "extra": list(extra), "missed": list(missed)})
    return {
        "briefs": len(briefs),
        "f1": _f1(counts.values()),
        "english": _f1(row for name, row in counts.items() if name.startswith("en")),
        "chinese": _f1(row for name, row in counts.items() if name.startswith("zh")),
        "held_out": _f1(row for name, row in counts.items() if name.endswith("held-out")),
        "templates": {name: _f1([row]) for name, row in sorted(counts.items())},
        "wrong": wrong,
    }


def _read(words: str) -> Slots:
    try:
        return slots_of(read_words(words))
    except BriefError:
        return Counter()


def _f1(rows: Any) -> float:
    listed = list(rows)
    hit, extra, missed = (sum(row[column] for row in listed) for column in range(3))
    figure: float = round(2 * hit / max(1, 2 * hit + extra + missed), 4)
    return figure
