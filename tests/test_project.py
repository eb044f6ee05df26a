"""The project as somebody else gets it: what is in the files, and what is in the wheel."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tau import __version__

ROOT = Path(__file__).resolve().parent.parent
WORKER = "src/tau/studio/worker-requirements.txt"
REQUIREMENTS = ("requirements.txt", "requirements-dev.txt", WORKER)
# Written in two pieces, so that this file does not hold what it looks for.
HOME_FOLDERS = re.compile(r"(?<![\w.])/(?:home|Users|root)" + r"/[\w.-]+")
INDEX_HOSTS = re.compile(
    r"(?:\bpypi|pythonhosted|npmjs|conda-forge)" + r"\.org|--(?:extra-)?index-url"
)


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is no clone: there is no list of its files")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def _texts() -> list[tuple[str, str]]:
    found = []
    for path in _tracked():
        raw = path.read_bytes()
        if b"\0" not in raw:
            found.append((path.relative_to(ROOT).as_posix(), raw.decode("utf-8")))
    return found


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    # A short path (a checkout in `/src`) may stand in a file for reasons of its own.
    here = str(ROOT) if len(ROOT.parts) > 2 else None
    found = {
        name
        for name, text in _texts()
        if HOME_FOLDERS.search(text) or (here is not None and here in text)
    }
    assert found == set()


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_leave_the_choice_of_index_to_who_installs(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert not INDEX_HOSTS.search(text)
    assert not re.search(r"^\s*(?:-i|-f|--find-links|--trusted-host)\b", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / name).read_text("utf-8").replace("\\\n", " ")
    lines = [
        line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    assert lines
    loose = [line[:60] for line in lines if "==" not in line or "--hash=sha256:" not in line]
    assert loose == []


def _pins(name: str) -> set[str]:
    text = (ROOT / name).read_text("utf-8")
    return set(re.findall(r"^([a-z0-9][\w.-]*==[^\s\\;]+)", text, flags=re.MULTILINE))


def test_development_runs_what_people_run() -> None:
    assert _pins("requirements.txt") - _pins("requirements-dev.txt") == set()


def test_every_dependency_of_the_project_is_pinned() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = pyproject["dependency-groups"]
    named = [*pyproject["project"]["dependencies"], *groups["build"], *groups["dev"]]
    wanted = {re.split(r"[<>=!;\s]", line, maxsplit=1)[0] for line in named}
    assert wanted - {pin.partition("==")[0] for pin in _pins("requirements-dev.txt")} == set()


def test_the_training_program_shares_the_versions_of_the_server() -> None:
    """Both read and write the same documents: what one of them encodes, the other decodes."""
    ours, theirs = (
        dict(pin.split("==") for pin in _pins(name)) for name in (REQUIREMENTS[0], WORKER)
    )
    assert {name for name in ours.keys() & theirs.keys() if ours[name] != theirs[name]} == set()
    assert {"msgspec", "cryptography", "transformers"} <= theirs.keys()
    torch = (ROOT / "src/tau/studio/worker-torch.txt").read_text("utf-8")
    assert re.fullmatch(r"torch==[\d.]+\n", torch)


def test_the_changelog_tells_of_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(rf"^## {re.escape(__version__)}\b", changelog, flags=re.MULTILINE)


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_every_runtime_dependency_is_argued_for() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    record = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text("utf-8")
    names = {re.split(r"[<>=!;\s]", line)[0] for line in pyproject["project"]["dependencies"]}
    assert {name for name in names if f"`{name}`" not in record} == set()


def test_every_package_of_the_page_is_argued_for() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    record = (ROOT / "docs" / "decisions" / "0012-web-app.md").read_text("utf-8")
    names = {*package["dependencies"], *package["devDependencies"]}
    rows = "".join(line.split("|")[1] for line in record.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`([^`]+)`", rows)) == names


def test_the_packages_of_the_page_are_locked_by_hash_and_name_no_registry() -> None:
    package = json.loads((ROOT / "web" / "package.json").read_text("utf-8"))
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))
    asked = {**package["dependencies"], **package["devDependencies"]}
    assert [name for name, version in asked.items() if not version[0].isdigit()] == []
    loose = [name for name, one in lock["packages"].items() if name and "integrity" not in one]
    inside = [name for name in loose if not lock["packages"][name].get("inBundle")]
    assert inside == []
    assert [name for name, one in lock["packages"].items() if "resolved" in one] == []


def test_what_builds_the_page_runs_on_every_platform() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    for native in ("@rolldown/binding-", "@tailwindcss/oxide-", "lightningcss-", "@biomejs/cli-"):
        for platform in ("linux-x64", "linux-arm64", "darwin-arm64"):
            names = (f"node_modules/{native}{platform}{libc}" for libc in ("", "-gnu"))
            assert any(name in lock for name in names), native + platform


def test_make_help_tells_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):(?!=)", makefile, flags=re.MULTILINE))
    shown = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert {target for target in targets if f"make {target} " not in shown} == set()


def _build(kind: str, folder: Path) -> None:
    """Build a `wheel` or an `sdist` into a folder."""
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=100,
    )


@pytest.mark.slow
def test_the_wheel_holds_everything_that_is_no_code(tmp_path: Path) -> None:
    _build("wheel", tmp_path)
    (wheel,) = tmp_path.glob("tau_companion-*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    wanted = {
        path.relative_to(source).as_posix()
        for path in _tracked()
        if path.is_relative_to(source / "tau")
    }
    assert wanted - held == set()
    assert "tau/py.typed" in held
    assert any(name.startswith("tau/storage/migrations/versions/") for name in held)
    assert any(name.endswith("licenses/LICENSE") for name in held)
    assert "tau/server/web/index.html" in held
    assert any(re.fullmatch(r"tau/server/web/assets/.+\.js\.br", name) for name in held)
    assert "tau/server/web/.fingerprint" not in held


@pytest.mark.slow
def test_the_source_package_holds_the_page_and_what_it_is_made_from(tmp_path: Path) -> None:
    _build("sdist", tmp_path)
    (sdist,) = tmp_path.glob("tau_companion-*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for path in _tracked()
        if path.is_relative_to(ROOT / "web")
    }
    wanted |= {"scripts/web.py", "hatch_build.py", "src/tau/server/web/.fingerprint"}
    assert wanted - held == set()
    assert not any("node_modules" in name for name in held)
