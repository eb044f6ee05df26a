"""The environment of the training program: a Python of its own with pinned packages, and torch.

Its packages come from the index that pip is configured with where Tau runs; torch may come from
another one. Blocking.
"""

import os
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

from tau.environments.environment import (
    FOLDER,
    EnvironmentPlan,
    EnvironmentRecord,
    SayStep,
    create_environment,
    fingerprint_of,
    install,
    packaged_text,
    python_of,
    read_environment_record,
)
from tau.errors import BadInput

_CHECK = """
import json
import cryptography, gguf, msgspec, numpy, safetensors, tokenizers, torch, transformers
print(json.dumps({
    "torch": torch.__version__,
    "transformers": transformers.__version__,
    "gpu": torch.cuda.get_device_name(0) if torch.cuda.is_available() else "",
}))
"""
NEEDED_BYTES = {"cpu": 2_000_000_000, "cuda": 9_000_000_000, "other": 2_000_000_000}
"""Space on the disk that making the environment takes, roughly."""
CUDA_SIZE = "about 3 GB to download and 7 GB on the disk"


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


class TrainingRecord(EnvironmentRecord, frozen=True, kw_only=True):
    """What is in an environment that can train."""

    torch: str
    transformers: str
    gpu: str = ""
    """The name of the GPU that torch can use, if there's one."""


def torch_source(given: str | None = None, index: str = "") -> TorchSource:
    """Return where torch comes from: `cpu`, `cuda`, a file or an address; `None`: what fits here.

    Raises `BadInput`.
    """
    version = packaged_text("tau.studio", "worker-torch.txt").strip()
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


def training_plan(build: str = "cpu") -> EnvironmentPlan:
    """Return what the environment is made of, with a build of torch."""
    files = ("worker-requirements.txt", "worker-torch.txt")
    return EnvironmentPlan("tau.studio", files, _CHECK, NEEDED_BYTES[build])


def fingerprint() -> str:
    """Return what an environment depends on: the pins, and Python's version."""
    return fingerprint_of(training_plan())


def read_record(folder: Path) -> TrainingRecord | None:
    """Return what is in the environment of a folder; `None` if none was made there."""
    return read_environment_record(folder, TrainingRecord)


def make_environment(folder: Path, torch: TorchSource, say: SayStep) -> TrainingRecord:
    """Make an environment, in place of one that is there. Raises `BadInput` with the reason."""
    return create_environment(
        folder,
        training_plan(torch.build),
        TrainingRecord,
        say,
        lambda python: _install_torch(python, torch, say),
    )


def _install_torch(python: Path, torch: TorchSource, say: SayStep) -> None:
    about = f": {CUDA_SIZE}" if torch.build == "cuda" and sys.platform == "linux" else ""
    say(f"Installing torch ({torch.build}{about}) ...")
    try:
        install(python, torch.arguments())
    except BadInput as error:
        if torch.build != "cpu" or torch.address or "No matching distribution" not in str(error):
            raise
        raise BadInput(
            "Your package index has torch for Linux with CUDA only "
            f"({CUDA_SIZE}). Choose: an index that has the build for processors with --index "
            "ADDRESS, a file of it with --torch FILE, or the build with CUDA with --torch cuda, "
            "which computes on processors too."
        ) from None


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
