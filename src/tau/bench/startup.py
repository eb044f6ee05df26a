"""Startup benchmark: from `tau run` to its first answered request."""

import asyncio
import sys
import time
from typing import Any

from tau.bench import machine
from tau.bench.http_client import signed_in_client
from tau.bench.percentiles import percentile, to_ms
from tau.bench.processes import tau, temporary_home, upstream
from tau.bench.turn import SCRIPTED_EMBEDDER

_IMPORT = "import time; began = time.perf_counter(); import tau; print(time.perf_counter() - began)"


async def measure(starts: int) -> dict[str, Any]:
    """Return the time of the first start in an empty home, of `starts` more, and of `import tau`.

    No local model is loaded. `rss_mb` is the memory of the idle server after its first answer.
    """
    with temporary_home() as environ:
        async with upstream(environ, tokens=1) as address:
            first, _ = await _start(environ, address)
            later = [await _start(environ, address) for _ in range(starts)]
        seconds = [one for one, _ in later]
        imports = [await _import_seconds(environ) for _ in range(starts)]
    return {
        "first_request_seconds": {
            "p50": round(percentile(seconds, 50), 3),
            "max": round(max(seconds), 3),
        },
        "empty_home_seconds": round(first, 3),
        "import_ms": {"p50": to_ms(percentile(imports, 50)), "max": to_ms(max(imports))},
        "rss_mb": later[-1][1],
        "starts": starts,
        "machine": machine.describe(),
    }


async def _start(environ: dict[str, str], address: str) -> tuple[float, float | None]:
    """Return the seconds to the first answered request, and the idle server's megabytes."""
    arguments = ("--model-url", address, "--model", "scripted", "--offline")
    async with (
        tau(environ, *arguments, "--embedder", SCRIPTED_EMBEDDER) as server,
        signed_in_client(server),
    ):
        return time.perf_counter() - server.started, machine.rss_mb(server.pid)


async def _import_seconds(environ: dict[str, str]) -> float:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _IMPORT, stdout=asyncio.subprocess.PIPE, env=environ
    )
    printed, _ = await process.communicate()
    return float(printed)
