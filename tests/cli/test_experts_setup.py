"""`tau experts setup` and `doctor`."""

import json
from pathlib import Path

import pytest

from tau.cli import experts_setup
from tau.errors import BadInput
from tau.experts.environment import ExpertsRecord
from tests.experts.expert_environment import expert_environment, use_expert_environment

from .conftest import Command


def test_the_doctor_names_what_is_missing_and_changes_nothing(home: Path, tau: Command) -> None:
    found = tau("experts", "doctor")
    assert found.exit_code == 1
    assert "tau experts setup" in found.stdout
    assert not (home / "experts").exists()


def test_the_doctor_lets_the_program_answer(home: Path, tau: Command) -> None:
    expert_environment()
    use_expert_environment(home)
    found = tau("experts", "doctor", "--json")
    assert found.exit_code == 0
    says = {each["name"]: each["says"] for each in json.loads(found.stdout)}
    assert "ortools" in says["environment"]
    assert "answers after" in says["program"]


def test_setup_says_what_it_does_and_why_it_failed(
    home: Path, tau: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ExpertsRecord(fingerprint="1", python="3.11.1", packages={"ortools": "9.15"})
    monkeypatch.setattr(experts_setup, "make_experts_environment", lambda _folder, _say: record)
    made = tau("experts", "setup")
    assert "to download" in made.stdout
    assert "Ready: Python 3.11.1, ortools 9.15" in made.stdout

    def fails(_folder: Path, _say: object) -> None:
        raise BadInput("pip failed: no network")

    monkeypatch.setattr(experts_setup, "make_experts_environment", fails)
    failed = tau("experts", "setup")
    assert failed.exit_code == 1
    assert failed.stderr.strip() == "pip failed: no network"
