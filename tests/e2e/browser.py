"""Finds a Chromium to test the page in, or gets one."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
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
    with _alone():
        found = _there(playwright)
        for get in (_from_debian, _from_playwright):
            if found is None:
                get()
                found = _there(playwright)
    if found is None:
        pytest.fail(NO_BROWSER)
    return found


def _there(playwright: Playwright) -> str | None:
    for name in PROGRAMS:
        if path := shutil.which(name):
            return path
    own = (*APPLICATIONS, Path(playwright.chromium.executable_path))
    return next((str(path) for path in own if path.exists()), None)


def _from_debian() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["chromium", "fonts-noto-cjk"]
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            _try(["apt-get", "-q", *command], environment)


def _from_playwright() -> None:
    _try([sys.executable, "-m", "playwright", "install", "chromium"], dict(os.environ))


def _try(command: list[str], environment: dict[str, str]) -> None:
    """Run a command; whether it helped is seen by looking again."""
    subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=600,
        check=False,
    )


@contextmanager
def _alone() -> Iterator[None]:
    """Let other processes that test here wait, so that one of them gets a browser for all."""
    with (Path(tempfile.gettempdir()) / "tau-test-browser.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
