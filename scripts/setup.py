"""Makes `.venv` as the pinned requirements say, and the page; does nothing when it is so already.

Usage: setup.py [run|dev]. `run` installs what Tau needs; `dev` also what its tests and checks need.
The page in the browser is built by `web.py`, with the Node that is among the pinned packages. Needs
nothing but Python's own library. Everything pip says goes to `.venv/setup.log`; the end of it is
shown when a step fails.
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
# Each of these would send packages elsewhere than into .venv, or Python to other packages.
MISLEADING = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PYTHONHOME", "PYTHONPATH"}


def main(kind: str) -> None:
    """Bring `.venv` and the page up to date for `kind`."""
    make_environment(kind)
    make_page(kind)


def make_environment(kind: str) -> None:
    """Bring `.venv` up to date for `kind`."""
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
    """Return the file that tells what was installed last."""
    return VENV / f"installed-{kind}"


def fingerprint(kind: str) -> str:
    """Return what the installation depends on: pins, project file, Python and this place."""
    digest = hashlib.sha256()
    for path in (REQUIREMENTS[kind], ROOT / "pyproject.toml"):
        digest.update(path.read_bytes())
    return f"{digest.hexdigest()} {platform.python_version()} {VENV}\n"


def works() -> bool:
    """Tell whether `.venv` is whole, of this Python, and still where it was made."""
    version_and_place = "import sys, pip; print(*sys.version_info[:2], sys.prefix, sep='\\n')"
    try:
        told = subprocess.run(
            [PYTHON, "-c", version_and_place], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    activate = VENV / "bin" / "activate"
    return (
        told.stdout.splitlines() == [*map(str, sys.version_info[:2]), str(VENV)]
        and activate.exists()
        and str(VENV) in activate.read_text()
    )


def make_venv() -> None:
    """Make an empty environment, with Debian's missing piece installed first if we may."""
    if importlib.util.find_spec("ensurepip") is None:
        install_ensurepip()
    say(f"Making .venv with Python {platform.python_version()} ...")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", VENV],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=clean_environment(),
        check=False,
    )
    if made.returncode:
        fail("The environment could not be made:", made.stdout)


def install_ensurepip() -> None:
    """Install the Debian package that `python -m venv` needs; say what to type if we may not."""
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    if os.geteuid() != 0:
        fail(f"Python's venv is missing: type `sudo apt-get install {package}`, then try again.")
    say(f"Installing {package} ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    told = ""
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
            fail(f"Python's venv is missing: install {package} with your package manager.")
        told += done.stdout + done.stderr
    if done.returncode:
        fail(f"{package} could not be installed:", told)


def install_pinned(requirements: Path) -> None:
    """Install exactly the pinned files: pip refuses whatever does not have a hash named there."""
    count = len(re.findall(r"^[a-z0-9]\S*==", requirements.read_text(), flags=re.MULTILINE))
    say(f"Installing {count} pinned packages; the first time this takes a minute or two ...")
    pip(["--require-hashes", "--only-binary", ":all:", "-r", str(requirements)], count)


def install_tau() -> None:
    """Install Tau itself so that the code runs from this folder; needs no index."""
    pip(["--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT)])


def make_page(kind: str) -> None:
    """Build the page if its sources changed; `web.py` says what happens, and what went wrong."""
    command = [str(PYTHON), str(WEB), "dev" if kind == "dev" else "build"]
    built = subprocess.run(
        command, stdin=subprocess.DEVNULL, env=clean_environment(), check=False
    ).returncode
    if built:
        sys.exit(built)


def pip(arguments: list[str], count: int = 0) -> None:
    """Run `pip install`, keeping all it says and showing how far it is."""
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
        fail("Installing failed; all of it is in .venv/setup.log:", LOG.read_text(encoding="utf-8"))


def shown(lines: Iterable[str], count: int) -> Iterator[str]:
    """Hand `lines` on; on a terminal, show which package pip is at."""
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
    """Show `text` in place of the line before."""
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


def clean_environment() -> dict[str, str]:
    """Return the environment without what would lead an installation astray."""
    return {name: value for name, value in os.environ.items() if name not in MISLEADING}


def say(text: str) -> None:
    """Tell the person what happens now."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def fail(text: str, told: str = "") -> NoReturn:
    """Stop with one sentence and the last lines of what the failed program said."""
    end = told.strip().splitlines()
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
