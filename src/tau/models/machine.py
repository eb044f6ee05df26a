"""What this machine has free for models."""

import os
from pathlib import Path

_MEMINFO = Path("/proc/meminfo")
_CGROUP = Path("/sys/fs/cgroup")


def free_memory_bytes() -> int:
    """Return how much memory a new program can use without others being swapped out.

    Linux: `MemAvailable`, or what the limit of the control group leaves, if that is less. Elsewhere
    no such figure is at hand: half of the memory that the machine has.
    """
    available = _meminfo_available()
    if available is None:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    left = _left_of_limit()
    return available if left is None else min(available, left)


def file_bytes(path: Path) -> int:
    """Return the size of a file, 0 if it isn't there."""
    return path.stat().st_size if path.exists() else 0


def _meminfo_available() -> int | None:
    try:
        lines = _MEMINFO.read_text().splitlines()
        (found,) = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        return int(found) * 1024
    except (OSError, ValueError, IndexError):
        return None


def _left_of_limit() -> int | None:
    """Return what the control group of this process may still use; None without a limit."""
    try:
        limit = int((_CGROUP / "memory.max").read_text())
        used = int((_CGROUP / "memory.current").read_text())
        cached = dict(line.split() for line in (_CGROUP / "memory.stat").read_text().splitlines())
        return max(0, limit - used + int(cached.get("inactive_file", 0)))
    except (OSError, ValueError):  # no limit is written as "max"
        return None
