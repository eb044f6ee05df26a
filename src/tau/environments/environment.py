"""An environment beside Tau: a Python of its own with pinned packages.

It's made beside its place and then renamed, so it's there whole or not at all. Which index packages
come from is the configuration of pip where Tau runs. Blocking.
"""

import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec

from tau.errors import BadInput

FOLDER = "environment"
_RECORD = "tau-environment.json"
_MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH")
"""Each would install packages elsewhere, or let Python import others."""
_LINES_SHOWN = 8

SayStep = Callable[[str], None]
"""Takes a sentence about what is being done."""


class EnvironmentPlan(NamedTuple):
    """What an environment is made of."""

    package: str
    """The package of Tau where the files lie."""
    files: tuple[str, ...]
    """First the requirements with their hashes; all of them count in the fingerprint."""
    check: str
    """A program that imports what was installed, and writes what it found as a line of JSON."""
    needed_bytes: int
    """Space on the disk that making the environment takes, roughly."""


class EnvironmentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is in an environment that was made: written last."""

    fingerprint: str
    """Of the pinned requirements and the version of Python."""
    python: str
    made_at: float = 0.0


_AnyRecord = TypeVar("_AnyRecord", bound=EnvironmentRecord)


def fingerprint_of(plan: EnvironmentPlan) -> str:
    """Return what an environment depends on: the pins, and Python's version."""
    digest = hashlib.sha256()
    for name in plan.files:
        digest.update(packaged_text(plan.package, name).encode())
    return f"{digest.hexdigest()} {platform.python_version()}"


def read_environment_record(folder: Path, record: type[_AnyRecord]) -> _AnyRecord | None:
    """Return what is in the environment of a folder; `None` if none was made there."""
    try:
        found = msgspec.json.decode((folder / _RECORD).read_bytes(), type=record)
    except (OSError, msgspec.DecodeError):
        return None
    return found if python_of(folder).exists() else None


def python_of(folder: Path) -> Path:
    """Return the interpreter of an environment."""
    return folder / "bin" / "python"


def create_environment(
    folder: Path,
    plan: EnvironmentPlan,
    record: type[_AnyRecord],
    say: SayStep,
    install_more: Callable[[Path], None] | None = None,
) -> _AnyRecord:
    """Make an environment, in place of one that is there. Raises `BadInput` with the reason.

    `install_more` is given the interpreter once the pinned packages are there. What the plan's
    check finds becomes fields of the record.
    """
    _require_space(folder.parent, plan.needed_bytes)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        say(f"Making an environment with Python {platform.python_version()} ...")
        _make_venv(aside)
        _install_pinned(python_of(aside), plan, say)
        if install_more is not None:
            install_more(python_of(aside))
        say("Checking that it works ...")
        made = _checked(python_of(aside), plan, record)
        (aside / _RECORD).write_bytes(msgspec.json.encode(made))
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return made


def install(python: Path, arguments: Sequence[str]) -> None:
    """Let pip install something in an environment. Raises `BadInput` with its last words."""
    command = [str(python), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"]
    _run([*command, "install", "--progress-bar", "off", *arguments], "pip failed")


def packaged_text(package: str, name: str) -> str:
    """Return a file that lies in a package."""
    return resources.files(package).joinpath(name).read_text("utf-8")


def _require_space(folder: Path, needed: int) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise BadInput(
            f"The environment takes about {needed / 1e9:.1g} GB, and the disk has "
            f"{free / 1e9:.1f} GB left."
        )


def _make_venv(folder: Path) -> None:
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], "The environment wasn't made")


def _install_pinned(python: Path, plan: EnvironmentPlan, say: SayStep) -> None:
    text = packaged_text(plan.package, plan.files[0])
    count = sum("==" in line for line in text.splitlines())
    say(f"Installing {count} pinned packages ...")
    with resources.as_file(resources.files(plan.package).joinpath(plan.files[0])) as path:
        install(python, ["--require-hashes", "--only-binary", ":all:", "-r", str(path)])


def _checked(python: Path, plan: EnvironmentPlan, record: type[_AnyRecord]) -> _AnyRecord:
    said = _run([str(python), "-I", "-c", plan.check], "What was installed can't be imported")
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return msgspec.convert(
        {
            "fingerprint": fingerprint_of(plan),
            "python": platform.python_version(),
            "made_at": time.time(),
            **found,
        },
        record,
    )


def _put_in_place(aside: Path, folder: Path) -> None:
    """Give what was made its name. What had it before is deleted."""
    former = Path(tempfile.mkdtemp(prefix=f".{folder.name}-former-", dir=folder.parent))
    try:
        if folder.exists():
            folder.rename(former / folder.name)
        aside.rename(folder)
    finally:
        shutil.rmtree(former, ignore_errors=True)


def _run(command: Sequence[str], failure: str) -> str:
    """Run a command without misleading variables and return what it prints. Raises `BadInput`."""
    without = [word for name in _MISLEADING for word in ("-u", name)]
    done = subprocess.run(  # noqa: S603 - our own words, and the requirement that a person gave
        ["env", *without, *command],  # noqa: S607 - where the system has it
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        last = " ".join(line.strip() for line in done.stdout.splitlines()[-_LINES_SHOWN:])
        raise BadInput(f"{failure}: {last or f'exit code {done.returncode}'}")
    return done.stdout
