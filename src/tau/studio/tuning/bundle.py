"""The training program as one file: a zip archive of the few modules that it needs.

`PYTHONPATH=worker.zip python -m tau.studio.worker FOLDER ...` runs in an environment without Tau,
here and on a cluster. Packages that hold more than the program needs are empty in it. Equal sources
give equal bytes, so the archive's name is the hash of its content.
"""

import hashlib
import io
import zipfile
from pathlib import Path

_SOURCE = Path(__file__).resolve().parents[2]
_MODULES = (
    "models/control_strings.py",
    "models/gguf_reader.py",
    "studio/tuning/run_events.py",
    "studio/tuning/run_folder.py",
    "studio/tuning/run_spec.py",
)
_EMPTY = ("__init__.py", "models/__init__.py", "studio/__init__.py", "studio/tuning/__init__.py")
_PROGRAM = "studio/worker"
_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can say


def worker_bundle() -> bytes:
    """Return the archive."""
    program = sorted(each.name for each in (_SOURCE / _PROGRAM).glob("*.py"))
    names = [*_MODULES, *(f"{_PROGRAM}/{name}" for name in program)]
    contents = dict.fromkeys(_EMPTY, b"") | {name: (_SOURCE / name).read_bytes() for name in names}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"tau/{name}", date_time=_TIME)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, contents[name])
    return held.getvalue()


def stored_bundle(folder: Path) -> Path:
    """Return the archive's file in `folder`, written if it isn't there yet."""
    content = worker_bundle()
    path = folder / f"worker-{hashlib.sha256(content).hexdigest()[:16]}.zip"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_suffix(".partial")
        partial.write_bytes(content)
        partial.replace(path)
    return path
