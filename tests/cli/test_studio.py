"""`tau studio`, as somebody types it."""

import json
from pathlib import Path

import pytest

from tests.studio.desk import as_lines, as_table, requests

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


def test_from_a_file_to_a_verdict(tau: Command, tmp_path: Path) -> None:
    file = tmp_path / "desk.jsonl"
    file.write_bytes(as_lines(requests(120)) + b"\nnot a chat\n")
    assert tau("studio", "new", "Front desk").exit_code == 0
    added = tau("studio", "add", "front desk", str(file))
    assert "Added 120 examples." in added.stdout
    assert "Line 121" in added.stderr
    assert tau("studio", "check", "Front desk").exit_code == 0
    frozen = tau("studio", "freeze", "Front desk", "--test", "40")
    assert "Test: 40 examples, never learned from." in frozen.stdout
    early = tau("studio", "results", "Front desk")
    assert early.exit_code == 1
    compared = tau("studio", "compare", "Front desk", "--json")
    result = json.loads(compared.stdout)
    assert result["verdict"]["kind"] == "classifier is enough"
    again = tau("studio", "results", "Front desk")
    assert result["verdict"]["sentence"] in again.stdout
    assert "classifier" in tau("studio", "results", "Front desk").stdout
    answers = tau("studio", "results", "Front desk", "classifier").stdout
    assert len(answers.splitlines()) == 40
    assert "Front desk" in tau("studio", "list").stdout


def test_what_must_be_settled_is_said(tau: Command, tmp_path: Path) -> None:
    made = requests(30)
    file = tmp_path / "desk.csv"
    file.write_bytes(as_table([*made, (made[0][0].upper(), "accounts")]))
    tau("studio", "new", "desk")
    missing = tau("studio", "add", "desk", str(file))
    assert missing.exit_code == 1
    assert "message" in missing.stderr
    columns = ("--input", "message", "--output", "desk")
    assert tau("studio", "add", "desk", str(file), *columns).exit_code == 0
    report = json.loads(tau("studio", "check", "desk", "--json").stdout)
    (found,) = [each for each in report["findings"] if each["kind"] == "contradiction"]
    tau("studio", "decide", "desk", found["examples"][1])
    assert "Left out: 1" in tau("studio", "show", "desk").stdout
    gone = tau("studio", "withdraw", "desk", found["examples"][1], "--yes")
    assert gone.exit_code == 0
    assert "30 examples" in tau("studio", "show", "desk").stdout
    assert tau("studio", "remove", "desk", "--yes").exit_code == 0
    assert tau("studio", "show", "desk").exit_code == 1
