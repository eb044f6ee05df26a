"""The environment of the training program: whole or not there, and never a surprising download."""

import subprocess
import sys
from pathlib import Path

import pytest

from tau.environments import environment
from tau.errors import BadInput
from tau.studio.tuning import environment as training
from tau.studio.tuning.environment import (
    TorchSource,
    environment_folder,
    make_environment,
    python_of,
    read_record,
    torch_source,
    training_python,
)
from tau.studio.tuning.machine_lock import take_lock
from tests.studio.training_environment import training_environment


def quiet(_sentence: str) -> None:
    """Say nothing."""


@pytest.fixture
def without_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make environments without pip: that takes a hundredth of the time."""
    command = [sys.executable, "-m", "venv", "--clear", "--without-pip"]
    monkeypatch.setattr(
        environment, "_make_venv", lambda folder: subprocess.run([*command, folder], check=True)
    )


def test_it_has_all_that_training_imports_and_not_tau() -> None:
    folder = training_environment()
    record = read_record(folder)
    assert record is not None
    assert record.torch.startswith(torch_source("cpu").requirement.split("==")[1].split("+")[0])
    done = subprocess.run(
        [python_of(folder), "-I", "-c", "import transformers, gguf, safetensors; import tau"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "No module named 'tau'" in done.stderr


@pytest.mark.usefixtures("without_pip")
def test_a_failure_leaves_the_former_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    former = environment_folder(tmp_path)
    former.mkdir(parents=True)
    (former / "mark").touch()
    monkeypatch.setattr(environment, "_install_pinned", lambda *_: None)
    broken = tmp_path / "torch-2-py3-none-any.whl"
    broken.write_bytes(b"not a wheel")
    with pytest.raises(BadInput, match="pip failed"):
        make_environment(former, torch_source(str(broken)), quiet)
    assert (former / "mark").exists()
    assert [path.name for path in former.parent.iterdir()] == ["environment"]


@pytest.mark.usefixtures("without_pip")
def test_what_cannot_be_imported_is_not_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (environment, training):
        monkeypatch.setattr(module, "install", lambda _python, _arguments: None)
    folder = environment_folder(tmp_path)
    with pytest.raises(BadInput, match="can't be imported"):
        make_environment(folder, torch_source("cpu"), quiet)
    assert list(folder.parent.iterdir()) == []
    assert training_python(tmp_path) is None


def test_a_full_disk_is_noticed_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(training.NEEDED_BYTES, "cpu", 10**18)
    with pytest.raises(BadInput, match="the disk has"):
        make_environment(environment_folder(tmp_path), torch_source("cpu"), quiet)


@pytest.mark.usefixtures("without_pip")
def test_nothing_large_is_installed_without_asking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []

    def no_such_build(_python: Path, arguments: list[str]) -> None:
        asked.append(arguments)
        if "torch" in arguments[-1]:
            raise BadInput("pip failed: No matching distribution found")

    for module in (environment, training):
        monkeypatch.setattr(module, "install", no_such_build)
    with pytest.raises(BadInput, match=r"3 GB.*--index.*--torch FILE.*--torch cuda"):
        make_environment(
            environment_folder(tmp_path), TorchSource("cpu", "torch==9+cpu"), lambda _: None
        )
    assert [each[-1] for each in asked[1:]] == ["torch==9+cpu"]


def test_where_torch_comes_from(tmp_path: Path) -> None:
    named = torch_source("cpu", "http://127.0.0.1:9/simple")
    assert named.arguments()[:2] == ["--index-url", "http://127.0.0.1:9/simple"]
    assert "!=" in torch_source("cuda").requirement
    wheel = tmp_path / "torch.whl"
    wheel.touch()
    assert torch_source(str(wheel)).arguments() == [str(wheel)]
    with pytest.raises(BadInput, match="neither cpu nor cuda"):
        torch_source("gpu")


def test_another_python_can_be_set(tmp_path: Path) -> None:
    assert training_python(tmp_path, sys.executable) == Path(sys.executable)
    assert training_python(tmp_path, str(tmp_path / "none")) is None


def test_a_child_holds_the_lock_of_its_parent(tmp_path: Path) -> None:
    lock = take_lock(tmp_path)
    assert lock is not None
    assert take_lock(tmp_path) is None
    waits = [sys.executable, "-c", "input()"]
    child = subprocess.Popen(waits, stdin=subprocess.PIPE, pass_fds=[lock.descriptor])
    lock.close()
    assert take_lock(tmp_path) is None, "the child still has it"
    child.communicate(b"\n")
    again = take_lock(tmp_path)
    assert again is not None
    again.close()
