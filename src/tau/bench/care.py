"""How often care signals notice danger, how often they're wrong, and what they cost.

A card is a signal from `IDEATION` on. Time is this process's CPU time for one message together
with the messages before it, so that other programs don't change it.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tau.bench import machine
from tau.bench.care_datasets import CareDataset, CareItem, EverydayTalk
from tau.bench.percentiles import percentiles_ms
from tau.care.signals import MAX_EARLIER, Level, assess

_NEEDS_CARD = Level.IDEATION


def measure(
    datasets: Sequence[CareDataset], everyday: Mapping[str, Iterable[EverydayTalk]]
) -> dict[str, Any]:
    """Return recall and false alarms of each set, and the time per message.

    `everyday` are conversations by the name of their set: how many messages get a card, of those
    that rules were built with and of the others.
    """
    assess("")  # compiles the rules
    seconds: list[float] = []
    sets = {dataset.name: _judged(dataset, seconds) for dataset in datasets}
    daily = {name: _everyday(talks, seconds) for name, talks in everyday.items()}
    return {
        "machine": machine.describe(),
        "sets": sets,
        "everyday": daily,
        "cpu_time_ms": percentiles_ms(seconds, 50, 95) if seconds else {},
    }


def _everyday(talks: Iterable[EverydayTalk], seconds: list[float]) -> dict[str, Any]:
    halves: dict[bool, list[int]] = {False: [], True: []}
    for talk in talks:
        halves[talk.is_held_out] += _levels(talk.said, seconds)
    return {
        name: {
            "cards": _share(halves[is_held_out], _NEEDS_CARD),
            "worries": _share(halves[is_held_out], Level.WORRY),
        }
        for name, is_held_out in (("built_with", False), ("held_out", True))
    }


def _judged(dataset: CareDataset, seconds: list[float]) -> dict[str, Any]:
    by_risk: dict[str, list[int]] = defaultdict(list)
    found = [(item, _highest(item, seconds)) for item in dataset.items]
    for item, level in found:
        by_risk[item.risk or "none"].append(level)
    needed = [level for item, level in found if item.level >= _NEEDS_CARD]
    others = [level for item, level in found if item.level < _NEEDS_CARD]
    safe = [level for item, level in found if item.level == Level.NONE]
    acute = [level for item, level in found if item.level == Level.ACUTE]
    return {
        "items": len(found),
        "needing_card": _share(needed, _NEEDS_CARD),
        "acute_as_acute": _share(acute, Level.ACUTE),
        "false_cards": _share(others, _NEEDS_CARD),
        "false_cards_of_level_0": _share(safe, _NEEDS_CARD),
        "worry_of_level_0": _share(safe, Level.WORRY),
        "cards_by_risk": {risk: _share(levels, _NEEDS_CARD) for risk, levels in by_risk.items()},
    }


def _highest(item: CareItem, seconds: list[float]) -> int:
    return max(_levels(item.said, seconds))


def _levels(said: Sequence[str], seconds: list[float]) -> list[int]:
    """Return the level of each message, with those before it; add what each took to `seconds`."""
    levels = []
    for index, words in enumerate(said):
        earlier = said[max(0, index - MAX_EARLIER) : index]
        start = time.process_time()
        levels.append(int(assess(words, earlier).level))
        seconds.append(time.process_time() - start)
    return levels


def _share(levels: Sequence[int], least: int) -> dict[str, Any]:
    """Return how many of `levels` reach the least one, of how many, and the percentage."""
    count = sum(level >= least for level in levels)
    percent = round(100 * count / len(levels), 3) if levels else None
    return {"count": count, "of": len(levels), "percent": percent}
