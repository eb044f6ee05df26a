"""`server.json` in Tau's home: where the running server is, so that other commands find it.

A file that a killed server left behind is recognised by a process that is gone or an address that
does not answer like Tau.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

FILE_NAME = "server.json"
_TIMEOUT_SECONDS = 3.0


class ServerFile(msgspec.Struct, frozen=True):
    """Where a server of this home listens, and which process it is."""

    url: str
    pid: int


@contextmanager
def published(home: Path, url: str) -> Iterator[ServerFile]:
    """Keep `server.json` in `home` while the server runs; only its owner may read it."""
    beacon = ServerFile(url=url, pid=os.getpid())
    path = home / FILE_NAME
    fresh = home / f".{FILE_NAME}.{beacon.pid}"
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.encode(beacon))
    fresh.replace(path)
    try:
        yield beacon
    finally:
        if read(home) == beacon:
            path.unlink(missing_ok=True)


def read(home: Path) -> ServerFile | None:
    """Return what `server.json` says, whether or not it is still true."""
    try:
        return msgspec.json.decode((home / FILE_NAME).read_bytes(), type=ServerFile)
    except (OSError, msgspec.MsgspecError):
        return None


async def find_running(home: Path) -> ServerFile | None:
    """Return the beacon of a server of `home` that answers now."""
    beacon = await asyncio.to_thread(read, home)
    if beacon is None or not _is_alive(beacon.pid):
        return None
    return beacon if await fetch_status(beacon.url) is not None else None


async def fetch_status(url: str) -> dict[str, object] | None:
    """Return what `/status` of `url` says, or `None` if no Tau answers there."""
    return await asyncio.to_thread(_fetch_status, url)


def _fetch_status(url: str) -> dict[str, object] | None:
    parts = urlsplit(url)
    try:
        connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_TIMEOUT_SECONDS)
        with closing(connection):
            connection.request("GET", f"{parts.path}/status")
            status = json.loads(connection.getresponse().read())
    except (HTTPException, ValueError, OSError):
        return None
    return status if isinstance(status, dict) and "status" in status else None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OSError):
        return True
    return True
