"""Programs from Debian that tests need, installed before they begin."""

import os
import shutil
import subprocess
from contextlib import suppress

_SECONDS = 900


def install(*packages: str) -> None:
    """Install packages where this may, without starting any service of theirs.

    Whether it helped is seen by looking for the programs again.
    """
    if not packages or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # Packages ask for the runlevel before they start their service; this one starts none.
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        with suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(
                ["apt-get", "-q", *command],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_SECONDS,
                check=False,
            )
