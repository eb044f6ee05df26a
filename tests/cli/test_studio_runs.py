"""`tau studio tune` and the commands for its runs, with a scripted training program."""

import json
import sys
from pathlib import Path

import pytest

from tests.studio.desk import as_lines, requests
from tests.studio.tuning.made_runs import PROGRAM, SHORT, SOURCE, put_base

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


@pytest.fixture
def trained(environ: dict[str, str], home: Path, tmp_path: Path, tau: Command) -> Command:
    """Commands where a project has a frozen test, and a program for training is set."""
    program = tmp_path / "python"
    program.write_text(
        "#!/bin/sh\n"
        f"SCRIPT='{json.dumps(SHORT)}' PYTHONPATH='{SOURCE / 'src'}'\n"
        "export SCRIPT PYTHONPATH\n"
        f'shift 3\nexec "{sys.executable}" "{PROGRAM}" "$@"\n'
    )
    program.chmod(0o700)
    environ["TAU_STUDIO_PYTHON"] = str(program)
    file = tmp_path / "desk.jsonl"
    file.write_bytes(as_lines(requests(60)))
    put_base(home / "models")
    for command in (("new", "Front desk"), ("add", "Front desk", str(file))):
        assert tau("studio", *command).exit_code == 0
    assert tau("studio", "freeze", "Front desk", "--test", "20").exit_code == 0
    return tau


def test_from_an_estimate_to_a_model(trained: Command) -> None:
    estimate = trained("studio", "tune", "Front desk", "--estimate", "--epochs", "2")
    assert "learns from 35 examples, 5 held back to validate: 2 passes" in estimate.stdout
    assert "Estimate: " in estimate.stdout
    measured = trained("studio", "tune", "Front desk", "--measure")
    assert measured.exit_code == 0, measured.output
    said = measured.stdout.splitlines()
    assert said[1].startswith("Estimate: ")
    assert said[2] == "Measured over its first two steps: 1 seconds and 1 kB of memory."
    none = trained("studio", "watch", "Front desk")
    assert "has no runs yet" in none.stderr, "nothing was started"
    done = trained("studio", "tune", "Front desk", "--wait")
    assert done.exit_code == 0, done.output
    assert "12 of 12 steps" in done.stdout
    assert done.stderr.count("After step ") >= 2, "where there's no terminal, each checkpoint"
    assert "(estimate: " in done.stdout
    assert "After step 12: 5 of 5 validation answers right" in done.stdout
    assert "Model: ft:smollm2-135m-instruct:tau:front-desk:" in done.stdout
    (run,) = json.loads(trained("studio", "runs", "Front desk", "--json").stdout)
    assert run["status"] == "succeeded"
    again = trained("studio", "cancel", run["id"][:8])
    assert again.exit_code == 1
    assert "is succeeded; it can't be cancelled" in again.stderr


def test_a_run_waits_for_a_tau_that_runs(
    trained: Command, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    started = trained("studio", "tune", "Front desk", "--suffix", "night")
    assert started.exit_code == 0
    assert "Tau isn't running" in started.stderr
    assert "paused" in trained("studio", "pause", "Front desk").stdout
    assert "queued" in trained("studio", "resume", "Front desk").stdout
    assert "queued" in trained("studio", "runs").stdout
    watched = trained("studio", "watch", "Front desk", "--json")
    assert watched.exit_code == 0, watched.output
    run = json.loads(watched.stdout)
    assert (run["suffix"], run["step"]) == ("night", 12)
    monkeypatch.delitem(environ, "TAU_STUDIO_PYTHON")
    refused = trained("studio", "tune", "Front desk")
    assert refused.exit_code == 1
    assert "tau studio setup" in refused.stderr


def test_what_is_missing_is_said(tau: Command, home: Path) -> None:
    put_base(home / "models")
    doctor = tau("studio", "doctor", "--json")
    assert doctor.exit_code == 1
    found = {each["name"]: each["ok"] for each in json.loads(doctor.stdout)}
    assert found["environment"] is False
    assert found["smollm2-135m-instruct"] is True


def test_what_a_person_prefers_is_learned(trained: Command) -> None:
    refused = trained("studio", "tune", "Front desk", "--method", "dpo")
    assert refused.exit_code == 1
    assert "0 preferences to learn from" in refused.stderr
    for _ in range(3):
        words = ("Front desk", "classifier", "baseline", "--outside-test")
        judged = trained("studio", "review", *words, said="1\n" * 12)
        assert judged.exit_code == 0, judged.output
    done = trained("studio", "tune", "Front desk", "--method", "dpo", "--wait")
    assert done.exit_code == 0, done.output
    assert "learns from what you preferred of answers to" in done.stdout
    assert "Model: ft:smollm2-135m-instruct:tau:front-desk:" in done.stdout
