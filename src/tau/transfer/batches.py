"""Batches of import items, read in a worker thread so that turns can run."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from typing import TypeVar

from tau.transfer.formats import ImportedConversation, ImportItem, TauExportEntry

MAX_BATCH_MESSAGES = 200
"""Small, so that other writers hardly wait."""
MAX_BATCH_BYTES = 1 << 20

Result = TypeVar("Result")


async def read_batches(
    items: Generator[ImportItem, None, None],
) -> AsyncGenerator[list[ImportItem], None]:
    """Yield items in batches of about as many as may be written at once, and close `items`.

    Use it with `contextlib.aclosing`. A cancellation waits for the read that is running, so that
    `items` is never closed while the thread is inside it.
    """
    try:
        while batch := await _run_in_thread(lambda: _next_batch(items)):
            yield batch
    finally:
        await _run_in_thread(items.close)


async def _run_in_thread(function: Callable[[], Result]) -> Result:
    """Return the result of a blocking call. A cancellation takes effect when the call ends."""
    # A plain future: the end of the event loop cancels every task, also while its thread runs.
    call = asyncio.get_running_loop().run_in_executor(None, function)
    cancelled: asyncio.CancelledError | None = None
    while not call.done():
        try:
            await asyncio.wait([call])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        call.exception()  # nobody else asks for it
        raise cancelled
    return call.result()


def _next_batch(items: Iterator[ImportItem]) -> list[ImportItem]:
    batch: list[ImportItem] = []
    messages = size = 0
    for item in items:
        batch.append(item)
        if isinstance(item, ImportedConversation):
            messages += len(item.messages)
            size += sum(len(message.text) for message in item.messages)
        else:
            messages += 1
            size += len(item.raw or b"") if isinstance(item, TauExportEntry) else 0
        if messages >= MAX_BATCH_MESSAGES or size >= MAX_BATCH_BYTES:
            break
    return batch
