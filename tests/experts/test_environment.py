"""What specialists' heavy work needs: pinned packages, and a program without the rest of Tau."""

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from tau.environments.environment import packaged_text
from tau.errors import BadInput
from tau.experts import environment
from tau.experts.environment import (
    REQUIREMENTS,
    experts_archive,
    experts_environment,
    experts_fingerprint,
    make_experts_environment,
    read_experts_record,
)
from tau.experts.worker.calls import CALLS
from tests.experts.expert_environment import expert_program


def test_the_environment_is_the_pinned_one_without_tau(expert_packages: Path) -> None:
    record = read_experts_record(expert_packages)
    assert record is not None
    assert record.fingerprint == experts_fingerprint()
    assert "ortools" in record.packages
    python = expert_packages / "bin" / "python"
    done = subprocess.run([python, "-I", "-c", "import tau"], capture_output=True, check=False)
    assert b"No module named 'tau'" in done.stderr


def test_every_package_is_pinned_with_hashes_and_none_names_an_index() -> None:
    text = packaged_text("tau.experts", REQUIREMENTS)
    pins = [block for block in re.split(r"\n(?=\S)", text) if "==" in block]
    assert len(pins) > 10
    assert all("--hash=sha256:" in block for block in pins)
    assert "://" not in text


def test_the_archive_is_the_program_and_what_it_calls() -> None:
    archive = zipfile.ZipFile(io.BytesIO(experts_archive()))
    names = set(archive.namelist())
    assert {name.split("/")[1] for name in names} == {"__init__.py", "experts"}
    assert archive.read("tau/__init__.py") == archive.read("tau/experts/__init__.py") == b""
    modules = {place.partition(":")[0].replace(".", "/") + ".py" for place in CALLS.values()}
    assert modules <= names
    assert experts_archive() == experts_archive()


def test_every_call_can_be_imported_there(expert_packages: Path, tmp_path: Path) -> None:
    program = expert_program(tmp_path)
    code = "from tau.experts.worker.calls import *; [find_call(name) for name in CALLS]"
    done = subprocess.run(
        [program.python, "-P", "-c", code],
        env={"PYTHONPATH": str(program.archive)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = environment._PLAN._replace(needed_bytes=10**18)
    monkeypatch.setattr(environment, "_PLAN", plan)
    folder = experts_environment(tmp_path)
    with pytest.raises(BadInput, match="the disk has"):
        make_experts_environment(folder, print)
    assert list(folder.parent.iterdir()) == []
