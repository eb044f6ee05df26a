"""Rate limiter for failed sign-ins, per name and in total.

Each failure adds to a leaky bucket; after a number of free ones, each further failure doubles the
wait. Names are counted whether or not they exist, so that the waits reveal nothing. The buckets are
in memory and bounded: the total bucket keeps an attacker from filling them.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tau.errors import JournalError, NotSignedIn, TooManyRequests

_HIGHEST_EXPONENT = 30


@dataclass(frozen=True, slots=True)
class ThrottlePolicy:
    """How many failures are free, how fast they are forgotten, and the longest wait."""

    free: int
    leak_seconds: float
    """One failure is forgotten in this time."""
    longest_wait_seconds: float


PER_NAME = ThrottlePolicy(free=5, leak_seconds=600, longest_wait_seconds=900)
IN_TOTAL = ThrottlePolicy(free=50, leak_seconds=30, longest_wait_seconds=60)


@dataclass(slots=True)
class FailureBucket:
    """How full a bucket of failures is, and until when it blocks, in seconds since 1970."""

    policy: ThrottlePolicy
    level: float = 0.0
    updated_at: float = 0.0
    blocked_until: float = 0.0

    def leak(self, now: float) -> None:
        """Forget what was counted long enough ago."""
        elapsed = max(
            0.0, now - self.updated_at
        )  # a clock that was set back must not shorten the wait
        self.level = max(0.0, self.level - elapsed / self.policy.leak_seconds)
        self.updated_at = now

    def wait(self, now: float) -> float:
        """Return how long it blocks, in seconds; not more than 0 if it does not."""
        return min(self.blocked_until - now, self.policy.longest_wait_seconds)

    def fill(self, now: float) -> None:
        """Count a failure."""
        self.leak(now)
        self.level += 1
        excess = self.level - self.policy.free
        if excess >= 0:
            wait = 2.0 ** min(excess, _HIGHEST_EXPONENT)
            self.blocked_until = now + min(wait, self.policy.longest_wait_seconds)

    def undo_fill(self, now: float) -> None:
        """Take one back."""
        self.leak(now)
        self.level = max(0.0, self.level - 1)
        if self.level < self.policy.free:
            self.blocked_until = 0.0


def check_waits(now: float, *buckets: FailureBucket) -> None:
    """Raise `TooManyRequests` while one of them blocks."""
    wait = max(bucket.wait(now) for bucket in buckets)
    if wait > 0:
        raise TooManyRequests("Too many failed attempts; please wait a little.", wait)


class SignInThrottle:
    """Counts failed attempts of one kind and enforces a wait after them."""

    def __init__(
        self,
        now: Callable[[], float],
        *,
        per_name: ThrottlePolicy = PER_NAME,
        in_total: ThrottlePolicy = IN_TOTAL,
        most_names: int = 10_000,
    ) -> None:
        self._now = now
        self._per_name = per_name
        self._total = FailureBucket(in_total)
        self._names: dict[bytes, FailureBucket] = {}
        self._most_names = most_names

    def __len__(self) -> int:
        return len(self._names)

    @contextmanager
    def attempt(self, name: str) -> Iterator[None]:
        """Run one attempt at `name`: it failed if it raises `NotSignedIn`.

        It is counted before it starts, so that parallel attempts get no more guesses than serial
        ones, and an attempt that is cut off stays counted. Raises `TooManyRequests` during a wait.
        """
        key = hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()
        self._begin(key)
        try:
            yield
        except NotSignedIn:
            raise
        except JournalError:
            self._undo(key)
            raise
        self._undo(key)
        self._names.pop(key, None)

    def _begin(self, key: bytes) -> None:
        now = self._now()
        bucket = self._names.get(key)
        check_waits(now, self._total, *([bucket] if bucket else []))
        if bucket is None:
            self._evict(now)
            bucket = self._names[key] = FailureBucket(self._per_name)
        bucket.fill(now)
        self._total.fill(now)

    def _undo(self, key: bytes) -> None:
        now = self._now()
        self._total.undo_fill(now)
        if key in self._names:
            self._names[key].undo_fill(now)

    def _evict(self, now: float) -> None:
        if len(self._names) < self._most_names:
            return
        for key, bucket in list(self._names.items()):
            bucket.leak(now)
            if bucket.level <= 0:
                del self._names[key]
        if len(self._names) >= self._most_names:
            del self._names[min(self._names, key=lambda key: self._names[key].level)]
