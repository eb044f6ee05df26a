"""Try the container without a builder: its steps in a folder, its user, its health check.

Follows deploy/Containerfile: copies what .dockerignore lets through, runs the same install steps
into a folder instead of /opt/tau, then starts Tau as the container's user (as root only), with its
variables, until its health check succeeds; stops it as a container is stopped. Needs an index with
the pinned packages, a minute or two, and 500 MB. usage: try_container.py [--keep]
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTAINERFILE = ROOT / "deploy" / "Containerfile"
PREFIX = "/opt/tau"
_DEADLINE_SECONDS = 300


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a container file, each with its arguments on one line."""
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def install_steps(text: str) -> list[list[str]]:
    """Return the commands that install Tau."""
    commands = [shlex.split(rest) for name, rest in instructions(text) if name == "RUN"]
    return [command for command in commands if command[0] == "deploy/install"]


def variables(text: str) -> dict[str, str]:
    """Return the variables that the container sets."""
    words = [shlex.split(rest) for name, rest in instructions(text) if name == "ENV"]
    return dict(word.split("=", 1) for line in words for word in line)


def health_check(text: str) -> list[str]:
    """Return the command of the health check."""
    (rest,) = [rest for name, rest in instructions(text) if name == "HEALTHCHECK"]
    return [str(word) for word in json.loads(rest.partition("CMD ")[2])]


def user(text: str) -> int:
    """Return the number of the container's user."""
    (rest,) = [rest for name, rest in instructions(text) if name == "USER"]
    return int(rest.partition(":")[0])


def context_files() -> list[Path]:
    """Return what .dockerignore lets a builder see, relative to the source."""
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    kept = [ROOT / line[1:] for line in lines if line.startswith("!")]
    left_out = {ROOT / line for line in lines if line[0] not in "!*"}
    found = [one for top in kept for one in ([top] if top.is_file() else sorted(_below(top)))]
    return [one.relative_to(ROOT) for one in found if not left_out & {one, *one.parents}]


def _below(top: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in {"__pycache__", "node_modules"}]
        yield from (Path(folder) / name for name in names if name not in {"node_modules"})


def main() -> int:
    """Try the container; return the exit status."""
    parser = argparse.ArgumentParser(usage="try_container.py [--keep]", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="keep the folder afterwards")
    keep = parser.parse_args().keep
    folder = Path(tempfile.mkdtemp(prefix="tau-container-"))
    try:
        return _try(folder)
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def say(text: str) -> None:
    """Print what happens."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _try(folder: Path) -> int:
    folder.chmod(0o755)
    text = CONTAINERFILE.read_text("utf-8")
    source, prefix, data = folder / "source", folder / "tau", folder / "data"
    for one in context_files():
        (source / one).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / one, source / one)
    if (built := ROOT / "src" / "tau" / "server" / "web").exists():  # else npm builds it
        shutil.copytree(built, source / "src" / "tau" / "server" / "web")
    for command in install_steps(text):
        words = [word.replace(PREFIX, str(prefix)) for word in command]
        say(f"$ {shlex.join(words)}")
        subprocess.run(words, cwd=source, check=True, env=_clean(os.environ))
    data.mkdir(mode=0o700)
    environment = variables(text) | {"HOME": str(data), "TAU_HOME": str(data)}
    environment |= {"TAU_HOST": "127.0.0.1", "TAU_BUILTIN": "none", "TAU_OFFLINE": "true"}
    environment["PATH"] = f"{prefix}/bin:/usr/bin:/bin"
    return _run(prefix, data, environment, text)


def _run(prefix: Path, data: Path, environment: dict[str, str], text: str) -> int:
    as_user: list[str] = []
    if os.geteuid() == 0:
        number = str(user(text))
        os.chown(data, int(number), int(number))
        as_user = ["setpriv", "--reuid", number, "--regid", number, "--clear-groups", "--"]
    before = _state(prefix)
    began = time.monotonic()
    tau = subprocess.Popen([*as_user, "tau", "run"], env=environment, cwd=data)
    try:
        _wait_until_healthy(tau, health_check(text), environment)
        say(f"Healthy after {time.monotonic() - began:.1f} s.")
    finally:
        tau.terminate()
        status = tau.wait(timeout=_DEADLINE_SECONDS)
    changed = before != _state(prefix)
    verb = "HAS" if changed else "hasn't"
    say(f"Stopped with status {status}; the folder of the program {verb} changed.")
    return 1 if status or changed else 0


def _wait_until_healthy(
    tau: "subprocess.Popen[bytes]", check: list[str], environment: dict[str, str]
) -> None:
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while subprocess.run(check, env=environment, capture_output=True, check=False).returncode:
        if tau.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("Tau didn't become healthy.")
        time.sleep(0.2)


def _state(folder: Path) -> set[tuple[str, int]]:
    return {(str(one), one.lstat().st_mtime_ns) for one in folder.rglob("*")}


def _clean(environment: "os._Environ[str]") -> dict[str, str]:
    return {name: value for name, value in environment.items() if name != "PYTHONPATH"}


if __name__ == "__main__":
    sys.exit(main())
