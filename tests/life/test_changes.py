"""Other devices learn that something changed, and never hold anybody up."""

import asyncio

import pytest

from tau.life.changes import ChangeEvent, ChangeFeed

pytestmark = pytest.mark.anyio


async def listen(changes: ChangeFeed) -> list[ChangeEvent]:
    return [change async for change in changes.listen()]


async def test_every_listener_hears_every_change() -> None:
    changes = ChangeFeed()
    listening = [asyncio.create_task(listen(changes)) for _ in range(2)]
    await asyncio.sleep(0)
    changes.publish(ChangeEvent(what="turn_began", turn="t"))
    changes.publish(ChangeEvent(what="turn_ended", turn="t"))
    changes.close()
    for heard in await asyncio.gather(*listening):
        assert [change.what for change in heard] == ["turn_began", "turn_ended"]
    assert len(changes) == 0


async def test_a_listener_that_lags_far_behind_is_told_to_look_afresh() -> None:
    changes = ChangeFeed()
    listening = asyncio.create_task(listen(changes))
    await asyncio.sleep(0)
    for seq in range(5_000):
        changes.publish(ChangeEvent(what="message", seq=seq))
    changes.close()
    heard = await listening
    assert len(heard) < 2_000
    assert heard[0].what == "resync"
    assert heard[-1].seq == 4_999
