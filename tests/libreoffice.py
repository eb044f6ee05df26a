"""Finds LibreOffice, or gets it; shows the text that it reads in a file.

`python -m tests.libreoffice` gets it before the tests begin, whose time is limited each.
"""

import shutil
import subprocess
from pathlib import Path

from tests.debian import install

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


if __name__ == "__main__" and libreoffice() is None:
    install(_PACKAGE)
