"""Finds LibreOffice, or gets it; shows the text that it reads in a file.

`python -m tests.libreoffice` gets it before the tests begin, whose time is limited each.
"""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

_PACKAGE = "libreoffice-writer-nogui"
_SECONDS = 120


def libreoffice() -> str | None:
    """Return where LibreOffice is, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def shown_text(folder: Path, name: str, data: bytes) -> str:
    """Return the text that LibreOffice shows of a file."""
    program = libreoffice()
    assert program is not None, "LibreOffice isn't installed"
    (folder / name).write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["--convert-to", "txt:Text (encoded):UTF8", "--outdir"]
    subprocess.run(
        [program, profile, "--headless", "--norestore", *convert, folder, folder / name],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
    )
    return (folder / name).with_suffix(".txt").read_text("utf-8-sig")


def _get() -> None:
    """Install it on Debian, where this may; whether it helped is seen by looking again."""
    if libreoffice() is not None or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", _PACKAGE]):
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["apt-get", "-q", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=900,
                check=False,
            )


if __name__ == "__main__":
    _get()
