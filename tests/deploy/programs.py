"""Proxies from Debian that the recipes are tested with.

`python -m tests.deploy.programs` gets them before the tests begin, whose time is limited each.
"""

import os
import shutil
import subprocess
from contextlib import suppress

PACKAGES = {"haproxy": "haproxy", "nginx": "nginx-light", "caddy": "caddy"}


def program(name: str) -> str | None:
    """Return where the program is, or None."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


def _get() -> None:
    """Install what is missing on Debian, where this may, without starting any of it."""
    missing = [package for name, package in PACKAGES.items() if program(name) is None]
    if not missing or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # Packages ask for the runlevel before they start their service; this one starts none.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["apt-get", "-q", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=600,
                check=False,
            )


if __name__ == "__main__":
    _get()
