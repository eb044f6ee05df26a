"""Finds a Chromium to test the page in, or gets one.

`python -m tests.e2e.browser` does it before the tests begin, whose time is limited each.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

PROGRAMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
APPLICATIONS = (Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),)
NO_BROWSER = (
    "The page is tested in a real browser, and there is none: type `sudo apt-get install chromium` "
    "or `.venv/bin/playwright install chromium`, then the same command again."
)
ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]


def arguments() -> list[str]:
    """Return what Chromium is started with; as root it cannot have its sandbox."""
    return [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def chromium_path(playwright: Playwright) -> str:
    """Return where Chromium is. Gets one if need be; without one the tests fail."""
    found = find_or_get(playwright)
    if found is None:
        pytest.fail(NO_BROWSER)
    return found


def find_or_get(playwright: Playwright) -> str | None:
    """Return where Chromium is, after getting one if need be; `None` if there is none to be had."""
    with _alone():
        found = _there(playwright)
        for get in (_from_debian, _from_playwright):
            if found is None:
                get()
                found = _there(playwright)
    return found


def _there(playwright: Playwright) -> str | None:
    named = (shutil.which(name) for name in PROGRAMS)
    own = (str(path) for path in (*APPLICATIONS, Path(playwright.chromium.executable_path)))
    return next((path for path in (*named, *own) if path and _runs(path)), None)


def _runs(path: str) -> bool:
    """Tell whether it is a browser; some systems keep a stub under the name of one."""
    try:
        told = subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return told.returncode == 0


def _from_debian() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["chromium-headless-shell", "fonts-noto-cjk"]
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            _try(["apt-get", "-q", *command], environment)


def _from_playwright() -> None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _try(command: list[str], environment: dict[str, str]) -> None:
    """Run a command; whether it helped is seen by looking again."""
    with suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=900,
            check=False,
        )


@contextmanager
def _alone() -> Iterator[None]:
    """Let other processes that test here wait, so that one of them gets a browser for all."""
    with (Path(tempfile.gettempdir()) / "tau-test-browser.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    with sync_playwright() as running:
        if find_or_get(running) is None:
            sys.exit(NO_BROWSER)
