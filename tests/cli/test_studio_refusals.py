"""`tau studio`: what goes wrong is said in a sentence, and scripts can tell."""

import json
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from tau.cli import main
from tests.studio.desk import as_lines, requests

from .conftest import Command, Start


@pytest.fixture
def desk(tau: Command, tmp_path: Path) -> Path:
    """A project called desk, and the file of its examples."""
    file = tmp_path / "desk.jsonl"
    file.write_bytes(as_lines(requests(60)))
    tau("studio", "new", "desk")
    assert tau("studio", "add", "desk", str(file)).exit_code == 0
    return file


@pytest.mark.slow
def test_what_is_not_there_is_named(tau: Command, desk: Path, tmp_path: Path) -> None:
    grader = tmp_path / "grader.json"
    grader.write_text("[1, 2]")
    for words, said in [
        (("show", "shop"), "There is no project called 'shop'"),
        (("add", "desk", str(tmp_path / "gone.csv")), "No such file"),
        (("add", "desk", str(tmp_path)), "can't be read"),
        (("grade", "desk", str(tmp_path / "gone.json")), "No such file"),
        (("grade", "desk", str(grader)), "isn't a JSON object"),
        (("withdraw", "desk", "nothing", "--yes"), "There is no such example."),
        (("decide", "desk", "nothing"), "There is no such example."),
        (("freeze", "desk", "--test", "other.jsonl"), "isn't in this project yet"),
        (("compare", "desk"), "Freeze a test first"),
        (("results", "desk"), "Nothing was compared yet"),
        (("new", "DESK"), "already have a project with this name"),
    ]:
        refused = tau("studio", *words)
        assert (refused.exit_code, refused.stdout) == (1, ""), words
        assert said in refused.stderr
        assert "Traceback" not in refused.stderr
    assert "60 examples" in tau("studio", "show", "desk").stdout


@pytest.mark.slow
def test_a_check_that_must_be_settled_exits_with_2(tau: Command, tmp_path: Path) -> None:
    file = tmp_path / "desk.jsonl"
    tau("studio", "new", "desk")
    for count, code in [(5, 2), (60, 0)]:  # five are too few
        file.write_bytes(as_lines(requests(count)))
        tau("studio", "add", "desk", str(file))
        for words in ((), ("--json",)):
            assert tau("studio", "check", "desk", *words).exit_code == code
    report = json.loads(tau("studio", "check", "desk", "--json").stdout)
    assert "error" not in {each["severity"] for each in report["findings"]}


@pytest.mark.slow
def test_nothing_is_erased_without_a_yes(tau: Command, desk: Path) -> None:
    for words in (("withdraw", "desk", "any"), ("remove", "desk")):
        refused = tau("studio", *words)
        assert refused.exit_code == 1
        assert "Nothing was erased" in refused.stderr
    assert "60 examples" in tau("studio", "show", "desk").stdout


@pytest.mark.slow
def test_a_file_is_frozen_as_the_test(tau: Command, desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "test.jsonl"
    file.write_bytes(as_lines(requests(90)[60:]))
    tau("studio", "add", "desk", str(file))
    frozen = tau("studio", "freeze", "desk", "--test", str(file))
    assert "Test: 30 examples" in frozen.stdout
    again = tau("studio", "freeze", "desk", "--test", "10")
    assert again.exit_code == 1
    assert "frozen already" in again.stderr


@pytest.mark.slow
def test_ctrl_c_stops_a_comparison(tau: Command, start: Start, tmp_path: Path) -> None:
    file = tmp_path / "desk.jsonl"
    file.write_bytes(as_lines([(f"{words} [[hang]]", desk) for words, desk in requests(60)]))
    tau("studio", "new", "desk")
    tau("studio", "add", "desk", str(file))
    tau("studio", "freeze", "desk", "--test", "20")
    comparing = start("studio", "compare", "desk", "--only", "prompt", terminal=True)
    comparing.wait_for("Comparing")
    comparing.interrupt(signal.SIGINT)
    assert comparing.end() == 130
    assert "Traceback" not in comparing.seen
    assert "Nothing was compared yet" in tau("studio", "results", "desk").stderr


@pytest.mark.parametrize(
    "command",
    [
        *("list", "new", "show", "add", "check", "decide", "withdraw"),
        *("freeze", "grade", "compare", "results", "remove"),
    ],
)
def test_help_says_what_a_command_does(command: str) -> None:
    printed = CliRunner().invoke(main, ["studio", command, "--help"])
    assert printed.exit_code == 0
    usage, _, about, *_ = printed.output.splitlines()
    assert usage.startswith("Usage:")
    assert about.strip().endswith((".", "API.", "shape."))
    assert "--person NAME" in printed.output
