"""How often care signals notice danger, how often they're wrong, and what they cost.

A card is a signal from `IDEATION` on. Time is this process's CPU time for one message together
with the messages before it, so that other programs don't change it. It's that of rules and n-grams:
vectors are made before.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tau.bench import machine
from tau.bench.care_datasets import CareDataset, EverydayTalk
from tau.bench.percentiles import percentiles_ms
from tau.care.classifier import Floats
from tau.care.signals import MAX_EARLIER, Level, assess, assess_by_rules

_NEEDS_CARD = Level.IDEATION


class _Judge:
    """Assesses conversations, with what is known of vectors, and keeps the time of each message."""

    def __init__(self, vectors: Mapping[str, Floats]) -> None:
        self._vectors = vectors
        self.seconds: list[float] = []

    def levels(self, said: Sequence[str]) -> list[int]:
        """Return the level of each message, with those before it."""
        levels = []
        for index, words in enumerate(said):
            earlier = said[max(0, index - MAX_EARLIER) : index]
            vectors = [self._vectors.get(each) for each in (*earlier, words)]
            start = time.process_time()
            levels.append(int(assess(words, earlier, vectors).level))
            self.seconds.append(time.process_time() - start)
        return levels


def measure(
    datasets: Sequence[CareDataset],
    everyday: Mapping[str, Iterable[EverydayTalk]],
    vectors: Mapping[str, Floats] | None = None,
) -> dict[str, Any]:
    """Return recall and false alarms of each set, and the time per message.

    `everyday` are conversations by the name of their set: how many messages get a card, of those
    that rules were built with and of the others. `vectors` are what the classifier says of the
    vectors of messages; without them n-grams decide.
    """
    assess("")  # compiles the rules
    judge = _Judge(vectors or {})
    seconds = judge.seconds
    sets = {dataset.name: _judged(dataset, judge) for dataset in datasets}
    daily = {name: _everyday(talks, judge) for name, talks in everyday.items()}
    return {
        "machine": machine.describe(),
        "sets": sets,
        "everyday": daily,
        "cpu_time_ms": percentiles_ms(seconds, 50, 95) if seconds else {},
    }


def _everyday(talks: Iterable[EverydayTalk], judge: _Judge) -> dict[str, Any]:
    halves: dict[bool, list[int]] = {False: [], True: []}
    for talk in talks:
        halves[talk.is_held_out] += judge.levels(talk.said)
    return {
        name: {
            "cards": _share(halves[is_held_out], _NEEDS_CARD),
            "worries": _share(halves[is_held_out], Level.WORRY),
        }
        for name, is_held_out in (("built_with", False), ("held_out", True))
    }


def _judged(dataset: CareDataset, judge: _Judge) -> dict[str, Any]:
    by_risk: dict[str, list[int]] = defaultdict(list)
    found = [(item, max(judge.levels(item.said))) for item in dataset.items]
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
        "by_rules": _by_rules(dataset),
        "cards_by_risk": {risk: _share(levels, _NEEDS_CARD) for risk, levels in by_risk.items()},
    }


def _by_rules(dataset: CareDataset) -> dict[str, Any]:
    """Return the cards of the rules alone, without the classifier."""
    needed: list[int] = []
    others: list[int] = []
    for item in dataset.items:
        level = max(
            int(assess_by_rules(words, item.said[:index]).level)
            for index, words in enumerate(item.said)
        )
        (needed if item.level >= _NEEDS_CARD else others).append(level)
    return {
        "needing_card": _share(needed, _NEEDS_CARD),
        "false_cards": _share(others, _NEEDS_CARD),
    }


def _share(levels: Sequence[int], least: int) -> dict[str, Any]:
    """Return how many of `levels` reach the least one, of how many, and the percentage."""
    count = sum(level >= least for level in levels)
    percent = round(100 * count / len(levels), 3) if levels else None
    return {"count": count, "of": len(levels), "percent": percent}
