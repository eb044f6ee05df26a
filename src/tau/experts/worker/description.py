"""The call that says what the program has: `tau experts doctor` shows it."""

import platform
import resource
from importlib import metadata
from pathlib import Path
from typing import Any

_STATE = Path("/proc/self/statm")


def describe(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the versions of the packages that are asked for, and the memory in use."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in arguments.get("packages", [])},
        "memory_bytes": _memory_bytes(),
    }


def _memory_bytes() -> int:
    """Return the resident memory; elsewhere than on Linux the most there was, in its own unit."""
    try:
        pages = int(_STATE.read_text().split()[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return pages * resource.getpagesize()


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
