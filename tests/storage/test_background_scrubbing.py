"""Scrubbing in the background: several requests are one, and what failed is tried again."""

import asyncio

import pytest

from tau.errors import StoreUnavailable
from tau.storage.background_scrubbing import BackgroundScrubber

pytestmark = pytest.mark.anyio


class Scrubbing:
    """Counts calls; each one waits for `going` and fails while `failures` are left."""

    def __init__(self, failures: int = 0) -> None:
        self.begun = self.done = 0
        self.failures = failures
        self.started, self.going = asyncio.Event(), asyncio.Event()

    async def scrub(self) -> None:
        self.begun += 1
        self.started.set()
        await self.going.wait()
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("a backup is being read")
        self.done += 1


async def test_several_requests_at_once_are_one_call_and_later_ones_another() -> None:
    scrubbing = Scrubbing()
    scrubber = BackgroundScrubber(scrubbing.scrub)
    for _ in range(5):
        scrubber.request()
    await scrubbing.started.wait()
    for _ in range(5):
        scrubber.request()  # the call in progress may have passed what these are about
    scrubbing.going.set()
    await scrubber.close()
    assert scrubbing.done == 2


async def test_closing_tries_once_more_and_then_leaves_it_to_the_next_start() -> None:
    for failures, done in ((1, 1), (5, 0)):
        scrubbing = Scrubbing(failures)
        scrubbing.going.set()
        scrubber = BackgroundScrubber(scrubbing.scrub)
        scrubber.request()
        await scrubbing.started.wait()
        await scrubber.close()
        assert (scrubbing.begun, scrubbing.done) == (2, done)


async def test_closing_what_was_never_asked_waits_for_nothing() -> None:
    await BackgroundScrubber(Scrubbing().scrub).close()
