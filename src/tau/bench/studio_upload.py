"""Upload benchmark: the memory that a large file costs while it's uploaded.

A file of made-up lines is streamed to `/v1/files` of a real Tau. The figure is the highest memory
of the server during the upload, beyond what it had before.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from tau.bench import machine
from tau.bench.http_client import signed_in_client, wait_until_idle
from tau.bench.processes import TauProcess, tau, temporary_home, upstream
from tau.bench.progress import Progress
from tau.bench.turn import SCRIPTED_EMBEDDER
from tau.errors import ModelError

_LINE = b'{"messages": [{"role": "user", "content": "%s"}]}\n' % (b"w" * 967)
_LINES_AT_ONCE = 256
_POLL_SECONDS = 0.05


async def measure(megabytes: int, progress: Progress) -> dict[str, Any]:
    """Return the server's memory and the seconds of an upload of `megabytes` (10**6 bytes).

    Raises `ModelError` if Tau refuses the file.
    """
    with temporary_home() as environ:
        environ["TAU_MAX_IMPORT_BYTES"] = str(2 * megabytes * 10**6 + 10**6)
        async with upstream(environ, tokens=1) as address:
            arguments = ("--model-url", address, "--model", "scripted", "--offline")
            async with tau(environ, *arguments, "--embedder", SCRIPTED_EMBEDDER) as server:
                async with signed_in_client(server) as client:
                    key = await client.new_key()
                await _upload(server, key, 1)  # so that what the first upload imports isn't counted
                await wait_until_idle(server)
                progress(f"Uploading {megabytes:,} MB ...")
                figures = await _measure(server, key, megabytes)
    return {**figures, "machine": machine.describe()}


async def _measure(server: TauProcess, key: str, megabytes: int) -> dict[str, Any]:
    before = machine.rss_mb(server.pid) or 0.0
    began = time.perf_counter()
    uploading = asyncio.create_task(_upload(server, key, megabytes))
    most = before
    while not uploading.done():
        most = max(most, machine.rss_mb(server.pid) or 0.0)
        await asyncio.wait([uploading], timeout=_POLL_SECONDS)
    received = await uploading
    return {
        "uploaded_mb": round(received / 1e6, 1),
        "seconds": round(time.perf_counter() - began, 2),
        "rss_before_mb": before,
        "rss_most_mb": most,
        "rss_added_mb": round(most - before, 1),
    }


async def _upload(server: TauProcess, key: str, megabytes: int) -> int:
    """Upload a file and return the bytes that Tau says it has."""
    form = aiohttp.MultipartWriter("form-data")
    form.append("fine-tune").set_content_disposition("form-data", name="purpose")
    part = form.append(_lines(megabytes * 10**6 // len(_LINE)))
    part.set_content_disposition("form-data", name="file", filename="bench.jsonl")
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        aiohttp.ClientSession(server.url, headers=headers) as session,
        session.post("/v1/files", data=form) as answer,
    ):
        if answer.status >= 400:
            raise ModelError(f"Tau refused the file with status {answer.status}.")
        return int((await answer.json())["bytes"])


async def _lines(count: int) -> AsyncIterator[bytes]:
    for start in range(0, count, _LINES_AT_ONCE):
        yield _LINE * min(_LINES_AT_ONCE, count - start)
