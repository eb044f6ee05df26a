"""SHA-256 of the files of bases, computed once for each version of a file."""

import hashlib

import anyio.to_thread

from tau.studio.tuning.bases import TuningBase


class BaseHashes:
    """Cache of hashes by path, size and time of change."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int, int], str] = {}

    async def sha256(self, base: TuningBase) -> str:
        """Return the hash of a base's file. Raises `OSError`."""
        status = base.path.stat()
        key = (str(base.path), status.st_size, status.st_mtime_ns)
        if key not in self._known:
            self._known[key] = await anyio.to_thread.run_sync(_sha256, base)
        return self._known[key]


def _sha256(base: TuningBase) -> str:
    with base.path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
