"""`tau studio keep`, `review`, `gate`, `release`, `rollback` and `card`, as somebody types them."""

import json
from pathlib import Path

import pytest

from tests.studio.desk import as_lines, requests

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


def test_from_a_comparison_to_a_release_and_back(tau: Command, tmp_path: Path) -> None:
    file = tmp_path / "desk.jsonl"
    file.write_bytes(as_lines(requests(90)))
    tau("studio", "new", "Desk")
    tau("studio", "add", "Desk", str(file))
    tau("studio", "freeze", "Desk", "--test", "30")
    tau("studio", "compare", "Desk", "--only", "baseline", "--only", "classifier")
    model = tau("studio", "keep", "Desk", "classifier").stdout.strip()

    refused = tau("studio", "release", "Desk", model, "--as", "desk")
    assert refused.exit_code == 3
    assert "✗ reviewed (0 of 10)" in refused.stdout
    reviewed = tau(
        "studio", "review", "Desk", "classifier", "baseline", said="x\n" + "1\n0\n2\n" * 4
    )
    assert "Pair 12 of 12" in reviewed.stdout
    assert "sign test" in reviewed.stdout

    released = tau("studio", "release", "Desk", model, "--as", "desk")
    assert released.exit_code == 0, released.stderr
    assert f"desk: {model} for everybody" in released.stdout
    assert "Everybody on this Tau can use desk now" in released.stdout
    card = tau("studio", "card", model).stdout
    assert card.startswith(f"# {model}")
    assert "learned from 60 examples" in card

    back = tau("studio", "rollback", "desk", "--reason", "Only a try")
    assert "desk: nobody" in back.stdout
    listed = json.loads(tau("studio", "releases", "--json").stdout)
    assert listed["releases"][0]["reason"] == "Only a try"
