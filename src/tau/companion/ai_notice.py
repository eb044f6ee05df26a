"""When a person is reminded that Tau is an AI.

Nothing is stored: from the times of the person's messages follows when notices were given, and so
whether one is due now. The rules of places are in `tau.care.notices`. Only times are kept in RAM.
"""

import heapq
from collections.abc import Iterator, Sequence
from itertools import islice

import msgspec

from tau.care.notices import PAUSE_SECONDS, notice_due
from tau.memory import Memory, Message

_MAX_MESSAGES = 2_000
"""How far back a talk is followed."""
_MAX_TALKS = 10_000
"""How many people's talks are kept; the one that was used longest ago goes first."""


class TalkClock(msgspec.Struct):
    """A talk in progress: when it began, its last message and the last notice before or in it."""

    began_at: float
    last_message_at: float
    last_notice_at: float | None

    def add(self, at: float, country: str | None, hours: float) -> bool:
        """Add a message and return whether a notice is given with it."""
        at = max(at, self.last_message_at)
        if at - self.last_message_at > PAUSE_SECONDS:
            self.began_at = at
        self.last_message_at = at
        is_due = notice_due(country, self.last_notice_at, self.began_at, at, max(hours, 0))
        if is_due:
            self.last_notice_at = at
        return is_due


class NoticeClock:
    """The talks of people, so that a message costs no walk through those before it."""

    def __init__(self) -> None:
        self._talks: dict[str, TalkClock] = {}

    def is_due(
        self,
        person: str,
        words: Message,
        memories: Sequence[Memory],
        country: str | None,
        hours: float,
    ) -> bool:
        """Return whether a notice is due with a new message of the person's.

        `memories` hold what they said until now; `hours` is the setting `care_notice_hours`: 0 is
        never, less is what is usual in `country`.
        """
        if hours == 0:
            return False
        talk = self._talks.pop(person, None) or _talk_before(words, memories, country, hours)
        if len(self._talks) >= _MAX_TALKS:
            del self._talks[next(iter(self._talks))]
        self._talks[person] = talk
        return talk.add(words.at, country, hours)


def _talk_before(
    words: Message, memories: Sequence[Memory], country: str | None, hours: float
) -> TalkClock:
    """Return the talk that `words` go on with, derived from the messages before them."""
    times, began_before = _current_talk(memories, words)
    last_notice = times[0] - 2 * PAUSE_SECONDS if began_before else None
    talk = TalkClock(times[0], times[0], last_notice)
    for at in times[:-1]:
        talk.add(at, country, hours)
    return talk


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
