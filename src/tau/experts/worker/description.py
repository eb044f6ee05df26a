"""The call that says what the program has: `tau experts doctor` shows it."""

import platform
import resource
import sys
from importlib import metadata
from typing import Any

_KIBIBYTE = 1 if sys.platform == "darwin" else 1024


def describe(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the versions of the packages that are asked for, and the memory in use."""
    return {
        "python": platform.python_version(),
        "packages": {name: _version(name) for name in arguments.get("packages", [])},
        "memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIBIBYTE,
    }


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
