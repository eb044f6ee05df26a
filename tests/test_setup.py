"""`scripts/setup`: what a newcomer meets first, and what it says when something is missing."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent / "scripts"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work in an empty folder."""
    spec = importlib.util.spec_from_file_location("tau_setup", SCRIPTS / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    requirements = {"run": tmp_path / "requirements.txt", "dev": tmp_path / "requirements-dev.txt"}
    for path in requirements.values():
        path.write_text("click==8.0.0 --hash=sha256:00\n")
    places = {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin" / "python"}
    places["WEB"] = tmp_path / "web.py"
    for name, value in {**places, "LOG": venv / "setup.log", "REQUIREMENTS": requirements}.items():
        monkeypatch.setattr(module, name, value)
    return module


class Calls:
    """Stands in for `subprocess.run`, and remembers what was asked of it."""

    def __init__(self, returncode: int = 0, told: str = "") -> None:
        self.commands: list[list[str]] = []
        self._returncode = returncode
        self._told = told

    def __call__(self, command: list[Any], **_: object) -> subprocess.CompletedProcess[str]:
        self.commands.append([str(word) for word in command])
        return subprocess.CompletedProcess(command, self._returncode, self._told, "")


def test_a_missing_venv_is_told_in_one_sentence(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    with pytest.raises(SystemExit) as stopped:
        setup.make_venv()
    package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    assert f"Run `sudo apt-get install {package}`" in str(stopped.value)
    assert "\n" not in str(stopped.value)


def test_root_gets_the_missing_venv_installed(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = Calls()
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(setup.os, "geteuid", lambda: 0)
    monkeypatch.setattr(setup.subprocess, "run", calls)
    setup.make_venv()
    programs = [command[0] for command in calls.commands]
    assert programs == ["apt-get", "apt-get", sys.executable]
    assert calls.commands[1][-1].endswith("-venv")


def test_a_failed_step_shows_the_end_of_what_was_said(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = "\n".join(
        [f"line {number}" for number in range(100)] + ["WARNING: Location 'x' is ignored"]
    )
    monkeypatch.setattr(setup.subprocess, "run", Calls(returncode=1, told=told))
    with pytest.raises(SystemExit) as stopped:
        setup.make_venv()
    assert "line 99" in str(stopped.value)
    assert "line 70" not in str(stopped.value)
    assert "WARNING" not in str(stopped.value)


def test_what_pip_says_is_kept_and_shown_when_it_fails(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup.VENV.mkdir()
    pip = tmp_path / "python"
    pip.write_text("#!/bin/sh\necho Collecting click\necho 'ERROR: no such file' >&2\nexit 1\n")
    pip.chmod(0o755)
    monkeypatch.setattr(setup, "PYTHON", pip)
    with pytest.raises(SystemExit, match="ERROR: no such file"):
        setup.install_pinned(setup.REQUIREMENTS["run"])
    assert "Collecting click" in setup.LOG.read_text()


def test_nothing_is_there_before_it_is_made(setup: ModuleType) -> None:
    assert setup.works() is False


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_change_of_what_it_depends_on_is_noticed(
    setup: ModuleType, tmp_path: Path, name: str
) -> None:
    before = setup.fingerprint("run")
    assert setup.fingerprint("run") == before
    (tmp_path / name).write_text("changed")
    assert setup.fingerprint("run") != before


def test_the_same_environment_elsewhere_is_another(
    setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = setup.fingerprint("run")
    monkeypatch.setattr(setup, "VENV", tmp_path / "moved")
    assert setup.fingerprint("run") != before


def test_development_counts_as_installed_for_running_too(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    setup.VENV.mkdir()
    monkeypatch.setattr(setup, "works", lambda: True)
    monkeypatch.setattr(setup, "install_pinned", lambda path: done.append(path.name))
    monkeypatch.setattr(setup, "install_tau", lambda: None)
    setup.make_environment("dev")
    setup.make_environment("dev")
    setup.make_environment("run")
    assert done == ["requirements-dev.txt"]


@pytest.mark.parametrize(("kind", "asked"), [("run", "build"), ("dev", "dev")])
def test_the_page_is_made_too(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, kind: str, asked: str
) -> None:
    calls = Calls()
    monkeypatch.setattr(setup, "make_environment", lambda _: None)
    monkeypatch.setattr(setup.subprocess, "run", calls)
    setup.main(kind)
    assert calls.commands == [[str(setup.PYTHON), str(setup.WEB), asked]]


def test_a_page_that_cannot_be_made_stops_everything(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup.subprocess, "run", Calls(returncode=1))
    with pytest.raises(SystemExit):
        setup.make_page("run")


def test_what_would_lead_pip_astray_is_left_out(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_USER", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "file:///mirror")
    environment = setup.clean_environment()
    assert "PIP_USER" not in environment
    assert environment["PIP_INDEX_URL"] == "file:///mirror"


def test_without_a_python_one_sentence_says_what_to_type(tmp_path: Path) -> None:
    for tool in ("dirname", "sh"):
        found = next(
            path for path in (Path("/bin") / tool, Path("/usr/bin") / tool) if path.exists()
        )
        (tmp_path / tool).symlink_to(found)
    told = subprocess.run(
        [SCRIPTS / "setup"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "sudo apt-get install python3 python3-venv" in told.stderr


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    # `python3` says no to the question about its version; `python3.11` is the one that runs us.
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3.11").write_text('#!/bin/sh\n[ "$1" = -c ] || echo "chosen $0"\n')
    for program in tmp_path.iterdir():
        program.chmod(0o755)
    told = subprocess.run(
        [SCRIPTS / "setup"],
        env={"PATH": f"{tmp_path}:/bin:/usr/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith("chosen")
