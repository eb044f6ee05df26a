"""`tau studio example`: it goes as far as it can, and goes on where it stopped."""

import json
from pathlib import Path

import pytest

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


def test_it_says_what_is_missing_and_goes_on_from_there(tau: Command) -> None:
    stopped = tau("studio", "example", "--quick")
    assert stopped.exit_code == 1
    assert "isn't on this machine, and Tau is offline" in stopped.stderr
    assert "5 findings are settled, 0 left. 147 examples are used." in stopped.stdout
    shown = tau("studio", "show", "Bookings").stdout
    assert "Test: 45 examples" in shown
    assert "Left out: 3" in shown
    gone_on = tau("studio", "example", "--quick", "--base", "scripted")
    assert gone_on.exit_code == 1, gone_on.stderr
    assert "`tau studio setup` installs it" in gone_on.stdout  # training comes next
    assert "The project Bookings is there already." in gone_on.stdout
    assert "It was checked and settled before its test was frozen." in gone_on.stdout
    results = json.loads(tau("studio", "results", "Bookings", "--json").stdout)
    assert results["verdict"]["sentence"] in gone_on.stdout
    assert results["verdict"]["kind"] == "train"
    again = tau("studio", "example", "--quick", "--base", "scripted")
    assert results["verdict"]["sentence"] in again.stdout
    now = json.loads(tau("studio", "results", "Bookings", "--json").stdout)
    assert now["id"] == results["id"]  # nothing was compared twice


def test_a_project_of_ones_own_is_left_alone(tau: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.jsonl"
    file.write_text('{"input": "a", "output": "b"}\n')
    tau("studio", "new", "Bookings")
    assert tau("studio", "add", "Bookings", str(file)).exit_code == 0
    refused = tau("studio", "example")
    assert refused.exit_code == 1
    assert "a project of your own with this name" in refused.stderr
    assert "1 examples" in tau("studio", "show", "Bookings").stdout
