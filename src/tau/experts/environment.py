"""The environment of specialists' heavy work: pinned packages, and the program that runs there."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from tau.environments.bundle import SOURCE, bundle, store_bundle
from tau.environments.environment import (
    FOLDER,
    EnvironmentPlan,
    EnvironmentRecord,
    SayStep,
    create_environment,
    fingerprint_of,
    python_of,
    read_environment_record,
)
from tau.errors import WorkerMissing

REQUIREMENTS = "worker-requirements.txt"
NEEDED_BYTES = 700_000_000
DOWNLOADED = "about 100 MB to download and 400 MB on the disk"
_CHECK = """
import json
from importlib import metadata
import ezdxf, harper, msgspec, numpy, pypdf, python_calamine
from ortools.sat.python import cp_model
names = ("ortools", "ezdxf", "harper-py", "pypdf", "python-calamine")
print(json.dumps({"packages": {name: metadata.version(name) for name in names}}))
"""
_PLAN = EnvironmentPlan("tau.experts", (REQUIREMENTS,), _CHECK, NEEDED_BYTES)
_EMPTY = ("__init__.py", "experts/__init__.py")
_PACKAGES = ("worker", "sketch", "writing")
"""What the archive of the program has: the program, and the packages with its calls."""
_SUFFIXES = frozenset({".py", ".toml", ".json", ".txt"})
_MISSING = (
    "This needs packages that don't come with Tau. Install them on the server with: "
    "tau experts setup"
)


class ExpertsRecord(EnvironmentRecord, frozen=True, kw_only=True):
    """What is in an environment of specialists."""

    packages: dict[str, str] = msgspec.field(default_factory=dict)
    """Versions by name, of those that do the work."""


class ExpertProgram(NamedTuple):
    """How the program is started: its interpreter and the archive that it runs from."""

    python: Path
    archive: Path
    arguments: Sequence[str] = ("-P", "-B", "-m", "tau.experts.worker")


def experts_folder(home: Path) -> Path:
    """Return the folder of specialists in Tau's home."""
    return home / "experts"


def experts_environment(home: Path) -> Path:
    """Return the folder of the environment in Tau's home."""
    return experts_folder(home) / FOLDER


def experts_fingerprint() -> str:
    """Return what the environment depends on: the pins, and Python's version."""
    return fingerprint_of(_PLAN)


def read_experts_record(folder: Path) -> ExpertsRecord | None:
    """Return what is in the environment of a folder; `None` if none was made there."""
    return read_environment_record(folder, ExpertsRecord)


def make_experts_environment(folder: Path, say: SayStep) -> ExpertsRecord:
    """Make the environment, in place of one that is there. Raises `BadInput` with the reason."""
    return create_environment(folder, _PLAN, ExpertsRecord, say)


def experts_archive() -> bytes:
    """Return the program as an archive. Equal sources give equal bytes."""
    contents = dict.fromkeys(_EMPTY, b"")
    for package in _PACKAGES:
        for path in sorted((SOURCE / "experts" / package).rglob("*")):
            if path.is_file() and path.suffix in _SUFFIXES:
                contents[path.relative_to(SOURCE).as_posix()] = path.read_bytes()
    return bundle(contents)


def installed_expert_program(home: Path) -> ExpertProgram:
    """Return the program in its environment. Raises `WorkerMissing` without one."""
    folder = experts_environment(home)
    if read_experts_record(folder) is None:
        raise WorkerMissing(_MISSING)
    try:
        archive = store_bundle(experts_archive(), experts_folder(home))
    except OSError as error:
        raise WorkerMissing("The program can't be written: the disk may be full.") from error
    return ExpertProgram(python_of(folder), archive)


def installed_python(home: Path) -> Path | None:
    """Return the environment's interpreter, if it was made."""
    folder = experts_environment(home)
    return python_of(folder) if read_experts_record(folder) else None
