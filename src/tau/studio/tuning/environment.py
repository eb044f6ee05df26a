"""The environment of the training program: a Python of its own with pinned packages, and torch.

It's made beside its place and then renamed, so it's there whole or not at all. Which index packages
come from is the configuration of pip where Tau runs; torch may come from another one. Blocking.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import msgspec

from tau.errors import BadInput

FOLDER = "environment"
_RECORD = "tau-environment.json"
_MISLEADING = ("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH")
"""Each would install packages elsewhere, or let Python import others."""
_CHECK = """
import json
import cryptography, gguf, msgspec, numpy, safetensors, tokenizers, torch, transformers
print(json.dumps({
    "torch": torch.__version__,
    "transformers": transformers.__version__,
    "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "",
}))
"""
_LINES_SHOWN = 8
NEEDED_BYTES = {"cpu": 2_000_000_000, "cuda": 9_000_000_000, "other": 2_000_000_000}
"""Space on the disk that making the environment takes, roughly."""
CUDA_SIZE = "about 3 GB to download and 7 GB on the disk"

SayStep = Callable[[str], None]
"""Takes a sentence about what is being done."""


class TorchSource(NamedTuple):
    """Where torch comes from: its build for processors or for GPUs, or a file or an address."""

    build: str
    """`cpu`, `cuda`, or `other` for a file or an address of a wheel."""
    requirement: str
    address: str = ""
    """Of the index that has it; empty: the one that pip is configured with."""

    def arguments(self) -> list[str]:
        """Return what pip is given to install it."""
        index = ["--index-url", self.address] if self.address else []
        alone = ["--no-deps"] if self.build == "cpu" else []  # its requirements are pinned
        return [*index, *alone, self.requirement]


class EnvironmentRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is in an environment that was made: written last."""

    fingerprint: str
    """Of the pinned requirements and the version of Python."""
    python: str
    torch: str
    transformers: str
    gpu: str = ""
    """The name of the GPU that torch can use, if there's one."""
    made_at: float = 0.0


def torch_source(given: str | None = None, index: str = "") -> TorchSource:
    """Return where torch comes from: `cpu`, `cuda`, a file or an address; `None`: what fits here.

    Raises `BadInput`.
    """
    version = _data("worker-torch.txt").strip()
    number = version.partition("==")[2]
    chosen = given or ("cuda" if _has_nvidia_gpu() else "cpu")
    if chosen == "cpu":
        return TorchSource("cpu", f"{version}{_cpu_suffix()}", index)
    if chosen == "cuda":
        return TorchSource("cuda", f"{version},!={number}+cpu", index)
    if "://" not in chosen and not Path(chosen).is_file():
        raise BadInput(f"{chosen!r} is neither cpu nor cuda, nor a file with a build of torch.")
    return TorchSource("other", chosen, index)


def _cpu_suffix() -> str:
    """Return what marks the builds for processors: elsewhere than on Linux, all are."""
    return "+cpu" if sys.platform == "linux" else ""


def _has_nvidia_gpu() -> bool:
    return Path("/proc/driver/nvidia/version").exists() or shutil.which("nvidia-smi") is not None


def fingerprint() -> str:
    """Return what an environment depends on: the pins, and Python's version."""
    digest = hashlib.sha256()
    for name in ("worker-requirements.txt", "worker-torch.txt"):
        digest.update(_data(name).encode())
    return f"{digest.hexdigest()} {platform.python_version()}"


def read_record(folder: Path) -> EnvironmentRecord | None:
    """Return what is in the environment of a folder; `None` if none was made there."""
    try:
        record = msgspec.json.decode((folder / _RECORD).read_bytes(), type=EnvironmentRecord)
    except (OSError, msgspec.DecodeError):
        return None
    return record if python_of(folder).exists() else None


def python_of(folder: Path) -> Path:
    """Return the interpreter of an environment."""
    return folder / "bin" / "python"


def make_environment(folder: Path, torch: TorchSource, say: SayStep) -> EnvironmentRecord:
    """Make an environment, in place of one that is there. Raises `BadInput` with the reason."""
    _require_space(folder.parent, torch)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        say(f"Making an environment with Python {platform.python_version()} ...")
        _make_venv(aside)
        _install_pinned(python_of(aside), say)
        _install_torch(python_of(aside), torch, say)
        say("Checking that it works ...")
        record = _checked(python_of(aside))
        (aside / _RECORD).write_bytes(msgspec.json.encode(record))
        _put_in_place(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return record


def _require_space(folder: Path, torch: TorchSource) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    needed, free = NEEDED_BYTES[torch.build], shutil.disk_usage(folder).free
    if free < needed:
        raise BadInput(
            f"The environment takes about {needed / 1e9:.0f} GB, and the disk has "
            f"{free / 1e9:.1f} GB left."
        )


def _make_venv(folder: Path) -> None:
    _run([sys.executable, "-m", "venv", "--clear", str(folder)], "The environment wasn't made")


def _install_pinned(python: Path, say: SayStep) -> None:
    text = _data("worker-requirements.txt")
    count = sum("==" in line for line in text.splitlines())
    say(f"Installing {count} pinned packages ...")
    with resources.as_file(_package().joinpath("worker-requirements.txt")) as path:
        _pip(python, ["--require-hashes", "--only-binary", ":all:", "-r", str(path)])


def _install_torch(python: Path, torch: TorchSource, say: SayStep) -> None:
    about = f": {CUDA_SIZE}" if torch.build == "cuda" and sys.platform == "linux" else ""
    say(f"Installing torch ({torch.build}{about}) ...")
    try:
        _pip(python, torch.arguments())
    except BadInput as error:
        if torch.build != "cpu" or torch.address or "No matching distribution" not in str(error):
            raise
        raise BadInput(
            "Your package index has torch for Linux with CUDA only "
            f"({CUDA_SIZE}). Choose: an index that has the build for processors with --index "
            "ADDRESS, a file of it with --torch FILE, or the build with CUDA with --torch cuda, "
            "which computes on processors too."
        ) from None


def _checked(python: Path) -> EnvironmentRecord:
    said = _run([str(python), "-I", "-c", _CHECK], "What was installed can't be imported")
    found = json.loads(said.splitlines()[-1])
    return EnvironmentRecord(
        fingerprint=fingerprint(),
        python=platform.python_version(),
        torch=found["torch"],
        transformers=found["transformers"],
        gpu=found["gpu"],
        made_at=time.time(),
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


def _pip(python: Path, arguments: Sequence[str]) -> None:
    command = [str(python), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"]
    _run([*command, "install", "--progress-bar", "off", *arguments], "pip failed")


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


def _data(name: str) -> str:
    return _package().joinpath(name).read_text("utf-8")


def _package() -> resources.abc.Traversable:
    return resources.files("tau.studio")


def studio_folder(home: Path) -> Path:
    """Return the folder of the studio in Tau's home."""
    return home / "studio"


def environment_folder(home: Path) -> Path:
    """Return the folder of the environment in Tau's home."""
    return studio_folder(home) / FOLDER


def training_python(home: Path, setting: str = "") -> Path | None:
    """Return the interpreter that trains: that of the setting, or of the environment; or `None`."""
    if setting:
        path = Path(setting).expanduser()
        return path if os.access(path, os.X_OK) else None
    folder = environment_folder(home)
    return python_of(folder) if read_record(folder) else None
