"""Download of one file over HTTP, resumed after an interruption and verified by its hash.

A partial download is stored in `target` with the suffix `.part`. Its URL and version (ETag) are in
`.part.json` beside it, so that a later attempt asks for the rest of the same file (RFC 9110,
If-Range) and starts again if the file has changed.
"""

import asyncio
import errno
import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import msgspec

from tau.errors import DownloadFailed, HashMismatch
from tau.models.http import GuardedClient

Progress = Callable[[int, int], None]
"""Called with the bytes done and the bytes in all."""

BLOCK = 1 << 20
_HASH_HEX = 64
_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=15, sock_read=60)
_log = logging.getLogger(__name__)


class _PartialDownload(msgspec.Struct):
    """The file that a partial download is a part of."""

    url: str
    version: str = ""
    sha256: str = ""


class HubFileInfo(msgspec.Struct, frozen=True):
    """What a Hugging Face repository says about a file before it is downloaded."""

    sha256: str
    commit: str
    bytes: int


async def fetch_hub_info(client: GuardedClient, url: str) -> HubFileInfo | None:
    """Return the hash that the hub reports for a large file, or None if it reports none.

    The hub answers a HEAD request for a large file with its SHA-256 in `X-Linked-Etag` and the
    commit in `X-Repo-Commit`, before it redirects to the store; huggingface_hub's
    `get_hf_file_metadata` reads the same headers.
    """
    headers = {"Accept-Encoding": "identity"}
    with _network_errors():
        async with client.request(
            "HEAD", url, headers=headers, timeout=_TIMEOUT, follow="same-host"
        ) as response:
            if response.status >= 400:
                raise DownloadFailed(f"The source responded with HTTP {response.status}.")
            linked = response.headers.get("X-Linked-Etag", "").strip('W/"').lower()
            size = response.headers.get("X-Linked-Size", "")
            commit = response.headers.get("X-Repo-Commit", "")
    if len(linked) != _HASH_HEX or not all(c in "0123456789abcdef" for c in linked):
        return None
    return HubFileInfo(linked, commit, int(size) if size.isdigit() else 0)


async def fetch(
    client: GuardedClient, url: str, target: Path, sha256: str, size: int, progress: Progress
) -> None:
    """Download `url` to `target`, resuming an earlier attempt.

    Raises `DownloadFailed`, and `HashMismatch` after deleting what was downloaded.
    """
    part, note = (
        target.with_name(target.name + ".part"),
        target.with_name(target.name + ".part.json"),
    )
    known = _load_partial(note)
    if known is None or known.url != url or known.sha256 != sha256:
        part.unlink(missing_ok=True)
        known = _PartialDownload(url, sha256=sha256)
    with network_and_disk_errors():
        await _fetch_rest(client, known, part, note, size, progress)
        await asyncio.to_thread(finish, part, note, target, sha256)


def finish(draft: Path, note: Path, target: Path, sha256: str) -> None:
    """Verify a whole draft and move it to `target`; the note that lets it continue goes.

    Raises `HashMismatch`.
    """
    try:
        verify(draft, sha256)
    except HashMismatch:
        note.unlink(missing_ok=True)
        raise
    draft.replace(target)
    note.unlink(missing_ok=True)


async def _fetch_rest(
    client: GuardedClient,
    known: _PartialDownload,
    part: Path,
    note: Path,
    size: int,
    progress: Progress,
) -> None:
    have = _size(part)
    headers = {"Accept-Encoding": "identity"}
    if have and known.version:
        headers |= {"Range": f"bytes={have}-", "If-Range": known.version}
    async with client.request("GET", known.url, headers=headers, timeout=_TIMEOUT) as response:
        if response.status == 416 and have:
            return  # nothing is left to fetch: the hash shows whether it is complete
        if response.status not in (200, 206):
            raise DownloadFailed(f"The source responded with HTTP {response.status}.")
        resumed = response.status == 206 and _range_start(response, have)
        if response.status == 206 and not resumed:
            raise DownloadFailed("The source sent another part of the file than the one asked for.")
        known.version = _validator(response)
        _save_partial(note, known)
        have = have if resumed else 0
        total = have + response.content_length if response.content_length else size
        with part.open("ab" if resumed else "wb") as file:
            progress(have, total)
            while data := await response.content.readany():
                have += len(data)
                if size and have > 2 * max(size, total):
                    raise DownloadFailed("The source sends far more than the file should have.")
                file.write(data)
                progress(have, max(total, have))


def _range_start(response: aiohttp.ClientResponse, have: int) -> bool:
    return response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _validator(response: aiohttp.ClientResponse) -> str:
    """Return a strong validator (RFC 9110, 8.8): only that makes a resumed download safe."""
    tag = response.headers.get("ETag", "")
    return "" if tag.startswith("W/") else tag


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _save_partial(note: Path, known: _PartialDownload) -> None:
    note.write_bytes(msgspec.json.encode(known))


def _load_partial(note: Path) -> _PartialDownload | None:
    try:
        return msgspec.json.decode(note.read_bytes(), type=_PartialDownload)
    except (OSError, msgspec.DecodeError):
        return None


def verify(path: Path, sha256: str) -> None:
    """Delete the file and raise `HashMismatch` if its hash is not the pinned one."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    if digest.hexdigest() != sha256.lower():
        path.unlink(missing_ok=True)
        raise HashMismatch(
            "The download doesn't match its pinned hash, so it was deleted. Try again; if this "
            "happens again, the file at the source has changed."
        )


@contextmanager
def _network_errors() -> Iterator[None]:
    try:
        yield
    except TimeoutError as error:
        raise DownloadFailed("The source doesn't answer; try again to resume.") from error
    except aiohttp.ClientError as error:
        raise DownloadFailed(
            "The download was interrupted or the source can't be reached; try again to resume."
        ) from error


@contextmanager
def network_and_disk_errors() -> Iterator[None]:
    """Raise network and disk errors as `DownloadFailed`, each with its own sentence."""
    try:
        with _network_errors():
            yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DownloadFailed(
                "The disk is full: free some space, or choose another folder with `models_folder`."
            ) from error
        raise DownloadFailed("The folder for models can't be written to.") from error
