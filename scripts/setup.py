"""Set up `.venv` with the pinned packages and build the web app; does nothing if both are current.

Usage: setup.py [run|dev]. `run` installs what Tau needs; `dev` also what its tests and checks need.
`web.py` builds the web app with the Node from the pinned packages. Needs only Python's standard
library. All output of pip goes to `.venv/setup.log`; its end is shown when a step fails.
"""

import contextlib
import hashlib
import importlib.util
import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "setup.log"
WEB = ROOT / "scripts" / "web.py"
REQUIREMENTS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
LINES_SHOWN = 20
# Each of these would install packages outside .venv, or let Python import others.
MISLEADING = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH"}


def main(kind: str) -> None:
    """Update `.venv` and the web app for `kind`."""
    make_environment(kind)
    make_page(kind)


def make_environment(kind: str) -> None:
    """Update `.venv` for `kind`."""
    whole = works()
    if whole and stamp(kind).exists() and stamp(kind).read_text() == fingerprint(kind):
        return
    if not whole:
        make_venv()
    LOG.unlink(missing_ok=True)
    install_pinned(REQUIREMENTS[kind])
    install_tau()
    for installed in ("run", "dev") if kind == "dev" else ("run",):
        stamp(installed).write_text(fingerprint(installed))


def stamp(kind: str) -> Path:
    """Return the file that records what was installed last."""
    return VENV / f"installed-{kind}"


def fingerprint(kind: str) -> str:
    """Return what the installation depends on: pins, project file, Python and folder."""
    digest = hashlib.sha256()
    for path in (REQUIREMENTS[kind], ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()} {platform.python_version()} {VENV}\n"


def works() -> bool:
    """Return whether `.venv` works, is of this Python, and was made in this folder."""
    version_and_prefix = "import sys, pip; print(*sys.version_info[:2], sys.prefix, sep='\\n')"
    try:
        done = subprocess.run(
            [PYTHON, "-c", version_and_prefix], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    activate = VENV / "bin" / "activate"
    return (
        done.stdout.splitlines() == [*map(str, sys.version_info[:2]), str(VENV)]
        and activate.exists()
        and str(VENV) in activate.read_text()
    )


def make_venv() -> None:
    """Create an empty environment, after installing Debian's missing package if permitted."""
    if importlib.util.find_spec("ensurepip") is None:
        install_ensurepip()
    say(f"Creating .venv with Python {platform.python_version()} ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=clean_environment(),
        check=False,
    )
    if made.returncode:
        fail("The environment could not be created:", made.stdout)


def install_ensurepip() -> None:
    """Install the Debian package that `python -m venv` needs, or say what to type."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if os.geteuid() != 0:
        fail(f"Python's venv is missing. Run `sudo apt-get install {package}`, then try again.")
    say(f"Installing {package} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    output = ""
    for command in (["update"], ["install", "-y", "--no-install-recommends", package]):
        try:
            done = subprocess.run(
                ["apt-get", "-q", *command],
                capture_output=True,
                text=True,
                env=environment,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except FileNotFoundError:
            fail(f"Python's venv module is missing. Install {package} with your package manager.")
        output += done.stdout + done.stderr
    if done.returncode:
        fail(f"{package} could not be installed:", output)


def install_pinned(requirements: Path) -> None:
    """Install exactly the pinned files: pip rejects any file without a listed hash."""
    count = len(re.findall(r"^[a-z0-9]\S*==", requirements.read_text(), flags=re.MULTILINE))
    say(f"Installing {count} pinned packages. The first time, this takes a minute or two ...")
    pip(["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)], count)


def install_tau() -> None:
    """Install Tau itself in editable mode; needs no index."""
    pip(["--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT)])


def make_page(kind: str) -> None:
    """Build the web app if its sources changed; `web.py` reports progress and errors."""
    command = [str(PYTHON), str(WEB), "dev" if kind == "dev" else "build"]
    built = subprocess.run(
        command, stdin=subprocess.DEVNULL, env=clean_environment(), check=False
    ).returncode
    if built:
        sys.exit(built)


def pip(arguments: list[str], count: int = 0) -> None:
    """Run `pip install`, log its output and show progress."""
    command = [str(PYTHON), "-m", "pip", "--no-input", "--disable-pip-version-check", "install"]
    running = subprocess.Popen(
        [*command, "--progress-bar", "off", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=clean_environment(),
    )
    with running, LOG.open("a", encoding="utf-8") as log:
        for line in shown(running.stdout or (), count):
            log.write(line)
    if running.returncode:
        fail(
            "The installation failed; the log is .venv/setup.log:", LOG.read_text(encoding="utf-8")
        )


def shown(lines: Iterable[str], count: int) -> Iterator[str]:
    """Yield `lines`; on a terminal, also show which package pip is at."""
    visible = count and sys.stderr.isatty()
    done = 0
    for line in lines:
        if visible and (found := re.match(r"Collecting ([\w.-]+)", line)):
            done += 1
            step(f"  {done} of {count}  {found[1]}")
        elif visible and line.startswith("Installing collected"):
            step("  unpacking ...")
        yield line
    if visible:
        step("")


def step(text: str) -> None:
    """Replace the last line on the terminal with `text`."""
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def clean_environment() -> dict[str, str]:
    """Return the environment without variables that would redirect an installation."""
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def say(text: str) -> None:
    """Print what happens now."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def fail(text: str, output: str = "") -> NoReturn:
    """Exit with one sentence and the last lines of the failed program's output."""
    end = output.strip().splitlines()
    # Notices about unused folders of a local index only hide the error.
    end = [line for line in end if not line.startswith("WARNING: Location")][-LINES_SHOWN:]
    sys.exit("\n".join([text, *(f"  {line}" for line in end)]))


if __name__ == "__main__":
    os.chdir(ROOT)
    asked = sys.argv[1] if len(sys.argv) > 1 else "run"
    if asked not in REQUIREMENTS:
        fail("Usage: scripts/setup [run|dev]")
    with contextlib.suppress(KeyboardInterrupt):
        main(asked)
        sys.exit(0)
    sys.exit(130)
