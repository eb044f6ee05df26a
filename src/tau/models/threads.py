"""How many threads the local engine computes with.

Measured on two cores: where other programs use them, a second thread may be of use or in the way.
So the engine begins with one thread per core. If a model is slower than people read, at the start
or later, and the cores are not free, it is also started with as many threads as there are free
cores, both generate a few tokens, and the faster one stays.
"""

import hashlib
import os
import threading
import time
from collections.abc import Callable

MEASURE_SECONDS = 0.1
_FREE = 0.85  # of the time of all cores: below that, they are not free
_READING_SPEED = 8.0  # tokens per second: nobody waits for a model that is faster
_SLOW = 0.5  # of the best speed that a model had
_CLEARLY_FASTER = 1.25
_PAUSE_SECONDS = 900.0  # between two comparisons
_BLOCK = bytes(1 << 18)


def available_cores() -> int:
    """Return how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def measure_free_cores(threads: int, seconds: float = MEASURE_SECONDS) -> float:
    """Return how many cores' worth of time the system gives to that many busy threads. Blocks."""
    spent = [0.0] * threads
    begin = threading.Barrier(threads)

    def compute(number: int) -> None:
        begin.wait()
        end, start = time.monotonic() + seconds, time.thread_time()
        while time.monotonic() < end:
            hashlib.sha256(_BLOCK)  # releases Python's global lock
        spent[number] = time.thread_time() - start

    workers = [threading.Thread(target=compute, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(spent) / seconds


class ThreadChoice:
    """Chooses the number of threads from measurements. `fixed` is the setting; 0: measured."""

    def __init__(
        self,
        fixed: int,
        cores: int,
        measure: Callable[[int], float] = measure_free_cores,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fixed = fixed
        self._cores = cores
        self._measure = measure
        self._clock = clock
        self._compared_at = float("-inf")

    @property
    def first(self) -> int:
        """The number to begin with."""
        return self._fixed or self._cores

    def alternative(self, current: int) -> int | None:
        """Return a number of threads to compare with `current`, if there is reason to. Blocks."""
        if self._fixed or self._cores == 1:
            return None
        self._compared_at = self._clock()
        free = self._measure(self._cores)
        wanted = self._cores if free >= _FREE * self._cores else max(1, int(free))
        return None if wanted == current else wanted

    def should_compare(self, speed: float, best: float) -> bool:
        """Return whether a reply was so slow, in tokens per second, that it is time to compare."""
        rested = self._clock() - self._compared_at >= _PAUSE_SECONDS
        return not self._fixed and rested and self.is_slow(speed) and speed < _SLOW * best

    @staticmethod
    def is_slow(speed: float) -> bool:
        """Return whether people have to wait for a model with that speed."""
        return speed < _READING_SPEED

    @staticmethod
    def is_better(speed: float, current: float) -> bool:
        """Return whether a speed is so much better that it is worth a change."""
        return speed > _CLEARLY_FASTER * current
