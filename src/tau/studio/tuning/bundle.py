"""The training program as one file: a zip archive of the few modules that it needs.

`PYTHONPATH=worker.zip python -m tau.studio.worker FOLDER ...` runs in an environment without Tau,
here and on a cluster.
"""

from pathlib import Path

from tau.environments.bundle import SOURCE, bundle, store_bundle

_MODULES = (
    "models/control_strings.py",
    "models/gguf_reader.py",
    "studio/tuning/run_events.py",
    "studio/tuning/run_folder.py",
    "studio/tuning/run_spec.py",
)
_EMPTY = ("__init__.py", "models/__init__.py", "studio/__init__.py", "studio/tuning/__init__.py")
_PROGRAM = "studio/worker"


def worker_bundle() -> bytes:
    """Return the archive."""
    program = sorted(each.name for each in (SOURCE / _PROGRAM).glob("*.py"))
    names = [*_MODULES, *(f"{_PROGRAM}/{name}" for name in program)]
    contents = {name: (SOURCE / name).read_bytes() for name in names}
    return bundle(dict.fromkeys(_EMPTY, b"") | contents)


def stored_bundle(folder: Path) -> Path:
    """Return the archive's file in `folder`, written if it isn't there yet."""
    return store_bundle(worker_bundle(), folder)
