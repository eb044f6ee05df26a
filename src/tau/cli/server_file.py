"""`server.json` in Tau's home: the address of the running server, for other commands.

A file left behind by a killed server is recognised by its process, which is gone, or its address,
which does not answer like Tau.
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
    """The address and the process of a server."""

    url: str
    pid: int


@contextmanager
def published(home: Path, url: str) -> Iterator[ServerFile]:
    """Keep `server.json` in `home` during the context; only its user may read it."""
    entry = ServerFile(url=url, pid=os.getpid())
    path = home / FILE_NAME
    fresh = home / f".{FILE_NAME}.{entry.pid}"
    fresh.touch(mode=0o600)
    fresh.write_bytes(msgspec.json.encode(entry))
    fresh.replace(path)
    try:
        yield entry
    finally:
        if read(home) == entry:
            path.unlink(missing_ok=True)


def read(home: Path) -> ServerFile | None:
    """Return the content of `server.json`, which may be out of date."""
    try:
        return msgspec.json.decode((home / FILE_NAME).read_bytes(), type=ServerFile)
    except (OSError, msgspec.MsgspecError):
        return None


async def find_running(home: Path) -> ServerFile | None:
    """Return the address of the server of `home`, if it answers."""
    entry = await asyncio.to_thread(read, home)
    if entry is None or not _is_alive(entry.pid):
        return None
    return entry if await fetch_status(entry.url) is not None else None


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
