"""A program for an environment without Tau, as one file: a zip archive of the modules it needs.

`PYTHONPATH=worker.zip python -m tau.PACKAGE ...` runs it. Packages that hold more than a program
needs are empty in it. Equal sources give equal bytes, so an archive's name is the hash of its
content.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[1]
"""The package `tau`, which names in an archive begin with."""
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say


def bundle(contents: Mapping[str, bytes]) -> bytes:
    """Return an archive of files by their names below `tau`."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"tau/{name}", date_time=_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])
    return held.getvalue()


def store_bundle(content: bytes, folder: Path) -> Path:
    """Return the archive's file in `folder`, written if it isn't there yet."""
    path = folder / f"worker-{hashlib.sha256(content).hexdigest()[:16]}.zip"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    return path
