"""Description of the machine: figures mean little without it."""

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from tau import __version__


def describe() -> dict[str, Any]:
    """Return processor, cores, memory, system, Python and Tau's version."""
    return {
        "cpu": _processor(),
        "cores": _cores(),
        "memory_gb": _memory_gb(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "tau": __version__,
    }


def rss_mb(process: int) -> float | None:
    """Return the resident memory of a process and its children, in megabytes (10**6 bytes).

    `None` if it is unknown. Where only `ps` knows it, the children are left out.
    """
    own = _rss_mb(process)
    others = [_rss_mb(child) or 0.0 for child in _descendants(process)]
    return None if own is None else round(own + sum(others), 1)


def peak_rss_mb(process: int) -> float | None:
    """Return the most resident memory that a process ever had, in megabytes (10**6 bytes).

    Where the system does not report it, what it has now; `None` if that is unknown too.
    """
    try:
        return _status_mb(process, "VmHWM") or _rss_mb(process)
    except OSError:
        return _rss_by_ps(process)


def cpu_seconds(process: int) -> float | None:
    """Return the processor time that a process and its running children have used.

    `None` where the system does not report it.
    """
    own = _cpu_seconds(process)
    others = [_cpu_seconds(child) or 0.0 for child in _descendants(process)]
    return None if own is None else own + sum(others)


def _descendants(process: int) -> list[int]:
    """Return the children of a process, such as those that run local models, and theirs."""
    found: list[int] = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = [int(word) for word in listed.read_text("ascii").split()]
        except OSError:  # the thread has ended
            continue
        for child in children:
            found += [child, *_descendants(child)]
    return found


def _rss_mb(process: int) -> float | None:
    try:
        return _status_mb(process, "VmRSS")
    except OSError:
        return _rss_by_ps(process)


def _status_mb(process: int, name: str) -> float | None:
    for line in Path(f"/proc/{process}/status").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return round(int(line.split()[1]) * 1024 / 1e6, 1)
    return None


def _cpu_seconds(process: int) -> float | None:
    try:
        text = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return None
    used = text.rpartition(")")[2].split()  # the name before it may hold spaces
    return (int(used[11]) + int(used[12])) / os.sysconf("SC_CLK_TCK")


def _rss_by_ps(process: int) -> float | None:
    try:
        done = subprocess.run(  # noqa: S603 - our own process number
            ["ps", "-o", "rss=", "-p", str(process)],  # noqa: S607 - wherever ps is
            capture_output=True,
            text=True,
            check=True,
        )
        return round(int(done.stdout) * 1024 / 1e6, 1)
    except (OSError, subprocess.CalledProcessError, ValueError):
        return None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1)
    except (ValueError, OSError):
        return None
