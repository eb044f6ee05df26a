"""Stopping an import while its file is read in a thread."""

import asyncio
import threading
from collections.abc import Generator
from contextlib import aclosing

import pytest

from tau.app import App
from tau.transfer.batches import MAX_BATCH_MESSAGES, read_batches
from tau.transfer.formats import ImportItem, ImportNote
from tau.transfer.importing import import_file

from .exports import as_json, many
from .slow_file import PausedFile

pytestmark = pytest.mark.anyio


async def test_a_batch_holds_about_as_many_items_as_are_written_at_once() -> None:
    notes = (ImportNote("here", str(n)) for n in range(2 * MAX_BATCH_MESSAGES + 1))
    async with aclosing(read_batches(notes)) as batches:
        sizes = [len(batch) async for batch in batches]
    assert sizes == [MAX_BATCH_MESSAGES, MAX_BATCH_MESSAGES, 1]


@pytest.mark.parametrize("cancels", [1, 3])
async def test_cancelling_waits_for_the_thread_and_closes_the_generator(cancels: int) -> None:
    reading, resume, closed = threading.Event(), threading.Event(), threading.Event()

    def items() -> Generator[ImportItem, None, None]:
        try:
            reading.set()
            assert resume.wait(30)
            yield ImportNote("here", "read")
        finally:
            closed.set()

    async def read_all() -> None:
        async with aclosing(read_batches(items())) as batches:
            async for _ in batches:
                pytest.fail("it was cancelled before the first batch")

    task = asyncio.create_task(read_all())
    await asyncio.to_thread(reading.wait)
    for _ in range(cancels):
        task.cancel()
        await asyncio.sleep(0)
    assert not task.done()
    resume.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert closed.is_set()


async def test_a_fault_in_the_thread_is_raised_and_one_after_a_cancel_is_not() -> None:
    def items() -> Generator[ImportItem, None, None]:
        raise ValueError("broken")
        yield

    async with aclosing(read_batches(items())) as batches:
        with pytest.raises(ValueError, match="broken"):
            await anext(batches)
    task = asyncio.create_task(anext(read_batches(items())))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_an_import_that_is_cancelled_while_the_thread_reads_ends_as_cancelled(
    app: App,
) -> None:
    life = await app.lives.open(await app.people.owner())
    file = PausedFile(as_json(many(50)), pause_at=3)
    task = asyncio.create_task(import_file(life, file, "export.json"))
    await asyncio.to_thread(file.reading.wait)
    task.cancel()
    await asyncio.sleep(0)
    file.resume.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    report = await import_file(life, PausedFile(as_json(many(50)), -1), "export.json")
    assert report.messages + report.known == 200
