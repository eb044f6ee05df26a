"""Keys that were opened a moment ago, so that not every request asks the database.

Only what opened is kept, for seconds, under the digest of its token: the token itself is not here.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from tau.people.types import Unlocked


@dataclass(frozen=True, slots=True)
class _Kept:
    unlocked: Unlocked
    since: float
    until: float


class Unlocks:
    """A bounded cache from token to `Unlocked` with a short time to live."""

    def __init__(
        self, now: Callable[[], float], *, seconds: float = 10.0, most: int = 4096
    ) -> None:
        self._now = now
        self._seconds = seconds
        self._most = most
        self._kept: dict[bytes, _Kept] = {}
        self.drops = 0
        """Counts what was dropped, so that an answer read before a drop is not kept after it."""

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, token: str) -> Unlocked | None:
        """Return what `token` opened a moment ago, or `None`."""
        kept = self._kept.get(_key(token))
        if kept is None or not kept.since <= self._now() < kept.until:
            return None
        return kept.unlocked

    def keep(self, token: str, unlocked: Unlocked, *, drops: int) -> None:
        """Keep what `token` opened, unless anything was dropped since `drops` was read."""
        if drops != self.drops:
            return
        now = self._now()
        until = now + self._seconds
        if unlocked.slot.expires_at is not None:
            until = min(until, unlocked.slot.expires_at)
        key = _key(token)
        self._kept.pop(key, None)
        while len(self._kept) >= self._most:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = _Kept(unlocked, now, until)

    def drop_slot(self, slot_id: str) -> None:
        """Forget what the slot `slot_id` opened."""
        self._drop(lambda unlocked: unlocked.slot.id == slot_id)

    def drop_person(self, person_id: str) -> None:
        """Forget everything that was opened for `person_id`."""
        self._drop(lambda unlocked: unlocked.person.id == person_id)

    def _drop(self, concerns: Callable[[Unlocked], bool]) -> None:
        self.drops += 1
        self._kept = {key: kept for key, kept in self._kept.items() if not concerns(kept.unlocked)}


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
