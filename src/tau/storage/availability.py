"""Whether a database server answers: what waits for one that doesn't is ended within 3 seconds.

A server that's frozen, or beyond a broken network, accepts connections and says nothing. When
something has waited for a while, a thread asks the server over a connection of its own. If that's
answered, the work is just slow, and goes on. If not, all work in progress is ended, and further
work fails at once until the server answers again. No thread or connection is used up meanwhile.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tau.errors import StoreUnavailable

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 1.5  # before the server is asked
ANSWER_SECONDS = 1.5  # for its answer
_RETRY_SECONDS = 0.5  # until a server that didn't answer is asked again
_LOST = "The database doesn't answer at the moment. Try again shortly."

_local = threading.local()


class Wait:
    """Work that waits for the database, in one thread."""

    def __init__(self, patience_until: float) -> None:
        self.patience_until = patience_until
        """When the server is asked, by the monotonic clock."""
        self.is_ended = False
        self._lock = threading.Lock()
        self._end: Callable[[], object] | None = None

    def attach(self, end: Callable[[], object]) -> None:
        """Let `end` be what ends the wait; it's called in another thread.

        Raises `StoreUnavailable` if the wait has been ended.
        """
        with self._lock:
            if self.is_ended:
                raise StoreUnavailable(_LOST)
            self._end = end

    def end(self) -> None:
        """End the wait with an error."""
        with self._lock:
            self.is_ended = True
            if self._end is not None:
                self._end()


class Availability:
    """Whether the server of one database answers. `ask` raises an error if it doesn't."""

    def __init__(self, ask: Callable[[], None]) -> None:
        self._ask = ask
        self._changed = threading.Condition()
        self._waits: set[Wait] = set()
        self._answers = True
        self._is_idle = False
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self) -> Iterator[Wait]:
        """Watch the work in the block, in this thread.

        Raises `StoreUnavailable` if the server doesn't answer.
        """
        wait = self._begin()
        outer, _local.wait = getattr(_local, "wait", None), wait
        try:
            yield wait
        except Exception:  # whatever the ended work failed with, this is why
            if wait.is_ended:
                raise StoreUnavailable(_LOST) from None
            raise
        finally:
            _local.wait = outer
            with self._changed:
                self._waits.discard(wait)

    def close(self) -> None:
        """End the thread."""
        with self._changed:
            thread, self._thread = self._thread, None
            self._changed.notify_all()
        if thread is not None:
            thread.join()

    def _begin(self) -> Wait:
        wait = Wait(time.monotonic() + _PATIENCE_SECONDS)
        with self._changed:
            if not self._answers:
                raise StoreUnavailable(_LOST)
            self._waits.add(wait)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._watch_forever, name="tau-availability", daemon=True
                )
                self._thread.start()
            elif self._is_idle:
                self._changed.notify_all()
        return wait

    def _watch_forever(self) -> None:
        while self._patience_is_over():
            if self._is_answered():
                self._wait_on()
            else:
                self._end_waits()
                self._ask_until_answered()

    def _patience_is_over(self) -> bool:
        """Return True once something has waited too long, False once this is closed."""
        with self._changed:
            while self._is_open():
                if not self._waits:
                    self._is_idle = True
                    self._changed.wait()
                    self._is_idle = False
                    continue
                seconds = min(wait.patience_until for wait in self._waits) - time.monotonic()
                if seconds <= 0:
                    return True
                self._changed.wait(seconds)
        return False

    def _is_answered(self) -> bool:
        try:
            self._ask()
        except Exception as error:  # noqa: BLE001 - whatever it is, the server gave no answer
            logger.warning("the database doesn't answer: %s", type(error).__name__)
            return False
        return True

    def _wait_on(self) -> None:
        """Go on waiting: the server answers, so that the work is just slow."""
        with self._changed:
            patience_until = time.monotonic() + _PATIENCE_SECONDS
            for wait in self._waits:
                wait.patience_until = max(wait.patience_until, patience_until)

    def _end_waits(self) -> None:
        with self._changed:
            self._answers = False
            ended = list(self._waits)
        for wait in ended:
            wait.end()

    def _ask_until_answered(self) -> None:
        while self._is_open():
            with self._changed:
                self._changed.wait(_RETRY_SECONDS)
            if self._is_open() and self._is_answered():
                with self._changed:
                    self._answers = True
                logger.warning("the database answers again")
                return

    def _is_open(self) -> bool:
        return self._thread is threading.current_thread()


def current_wait() -> Wait | None:
    """Return the wait of the work in this thread, if it's watched."""
    wait: Wait | None = getattr(_local, "wait", None)
    return wait
