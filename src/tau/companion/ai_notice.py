"""When a person is reminded that Tau is an AI.

Nothing is stored: from the times of the person's messages follows when notices were given, and so
whether one is due now. The rules of places are in `tau.care.notices`.
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import islice

from tau.care.notices import PAUSE_SECONDS, notice_due
from tau.memory import Memory, Message

_MAX_MESSAGES = 2_000
"""How far back a talk is followed."""


def is_notice_due(
    words: Message, memories: Sequence[Memory], country: str | None, hours: float
) -> bool:
    """Return whether a notice is due with a message of the person's.

    `memories` hold what they said until now; `hours` is the setting `care_notice_hours`: 0 is
    never, less is what is usual in `country`.
    """
    if hours == 0:
        return False
    talk, began_before = _current_talk(memories, words)
    last = talk[0] - 2 * PAUSE_SECONDS if began_before else None
    due = False
    for at in talk:
        due = notice_due(country, last, talk[0], at, max(hours, 0))
        last = at if due else last
    return due


def _current_talk(memories: Sequence[Memory], words: Message) -> tuple[list[float], bool]:
    """Return the times of the talk that `words` belong to, and whether there was one before."""
    times = [words.at]
    newest_first = heapq.merge(*(_times(each, words) for each in memories), reverse=True)
    for at in islice(newest_first, _MAX_MESSAGES):
        if times[-1] - at > PAUSE_SECONDS:
            return times[::-1], True
        times.append(min(at, times[-1]))
    return times[::-1], len(times) > _MAX_MESSAGES


def _times(memory: Memory, words: Message) -> Iterator[float]:
    """Yield when the person said something before `words`, the newest first."""
    for each in islice(reversed(memory.messages.by_row), _MAX_MESSAGES):
        own = each is not None and each.is_from_person and each.imported is None
        if each is not None and own and each.id != words.id:
            yield each.at
