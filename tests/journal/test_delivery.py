"""The delivery queue: records reach the listener in order, and other tasks run in between."""

import asyncio

import pytest

from tau.journal.delivery import BATCH, DeliveryQueue
from tau.journal.entries import LearningChanged, Record

pytestmark = pytest.mark.anyio


def records(first: int, last: int) -> list[Record]:
    entry = LearningChanged(at=0.0, paused=True)
    return [Record(seq, 0.0, entry, b"") for seq in range(first, last + 1)]


async def test_many_records_are_delivered_in_order_and_in_batches() -> None:
    delivered: list[int] = []
    queue = DeliveryQueue(lambda record: delivered.append(record.seq))
    queue.write_started()
    queue.write_ended(records(1, 2 * BATCH + 1))
    assert delivered == list(range(1, BATCH + 1))
    assert queue.newest == 2 * BATCH + 1
    await asyncio.wait_for(queue.wait(), 30)
    assert delivered == list(range(1, 2 * BATCH + 2))
    assert queue.newest is None


async def test_waiting_lasts_until_every_write_has_ended() -> None:
    delivered: list[int] = []
    queue = DeliveryQueue(lambda record: delivered.append(record.seq))
    await queue.wait()  # nothing to wait for
    queue.write_started()
    queue.write_started()
    waiter = asyncio.create_task(queue.wait())
    queue.write_ended(records(1, 1))
    await asyncio.sleep(0)
    assert not waiter.done()
    queue.write_ended(())  # a write that failed
    await asyncio.wait_for(waiter, 30)
    assert delivered == [1]
