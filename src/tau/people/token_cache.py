"""Cache of verified tokens, so that not every request asks the database.

An entry lives for seconds under the digest of its token; the token itself is not stored.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from tau.people.types import Unlocked


@dataclass(frozen=True, slots=True)
class _CachedToken:
    unlocked: Unlocked
    since: float
    until: float


class TokenCache:
    """A bounded cache from token to `Unlocked` with a short time to live."""

    def __init__(
        self, now: Callable[[], float], *, seconds: float = 10.0, most: int = 4096
    ) -> None:
        self._now = now
        self._ttl_seconds = seconds
        self._max_size = most
        self._tokens: dict[bytes, _CachedToken] = {}
        self.generation = 0
        """Counts invalidations, so that what was read before one is not cached after it."""
        self.invalidated = asyncio.Event()
        """Set by the next invalidation, which puts another in its place."""

    def __len__(self) -> int:
        return len(self._tokens)

    def get(self, token: str) -> Unlocked | None:
        """Return what `token` opened seconds ago, or `None`."""
        kept = self._tokens.get(_key(token))
        if kept is None or not kept.since <= self._now() < kept.until:
            return None
        return kept.unlocked

    def put(self, token: str, unlocked: Unlocked, *, generation: int) -> None:
        """Cache what `token` opened, unless something was invalidated since `generation`."""
        if generation != self.generation:
            return
        now = self._now()
        until = now + self._ttl_seconds
        if unlocked.slot.expires_at is not None:
            until = min(until, unlocked.slot.expires_at)
        key = _key(token)
        self._tokens.pop(key, None)
        while len(self._tokens) >= self._max_size:
            del self._tokens[next(iter(self._tokens))]
        self._tokens[key] = _CachedToken(unlocked, now, until)

    def invalidate_slot(self, slot_id: str) -> None:
        """Remove what the slot `slot_id` opened."""
        self._invalidate(lambda unlocked: unlocked.slot.id == slot_id)

    def invalidate_all(self) -> None:
        """Remove everything: other processes may have ended some of it."""
        self._invalidate(lambda _: True)

    def invalidate_person(self, person_id: str) -> None:
        """Remove everything that was opened for `person_id`."""
        self._invalidate(lambda unlocked: unlocked.person.id == person_id)

    def _invalidate(self, concerns: Callable[[Unlocked], bool]) -> None:
        self.generation += 1
        self.invalidated.set()
        self.invalidated = asyncio.Event()
        self._tokens = {
            key: kept for key, kept in self._tokens.items() if not concerns(kept.unlocked)
        }


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
