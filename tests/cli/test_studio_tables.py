"""What `tau studio` prints: in a pipe and a terminal, whatever examples and files are called."""

import json
from dataclasses import replace

import pytest

from tau.cli import terminal
from tau.cli.studio_tables import (
    print_answers,
    print_check,
    print_comparison,
    print_problems,
    print_project,
)
from tau.server.schemas.studio import (
    CheckOut,
    ComparisonOut,
    ExampleMessageOut,
    ExampleOut,
    FindingOut,
    GradedAnswerList,
    GradedAnswerOut,
    IntervalOut,
    MethodOut,
    PairedTestOut,
    ProblemOut,
    ProjectOut,
    SourceOut,
    VerdictOut,
)

Printed = pytest.CaptureFixture[str]
CLEARS = "\x1b[2J\x1b]0;title\x07"
"""What a terminal obeys: it must not get there from a file."""

BASELINE = MethodOut(
    name="baseline",
    kind="baseline",
    model="",
    passed=IntervalOut(0.25, 0.2, 0.3),
    score=0.25,
    seconds_per_answer=0.0,
    prepare_seconds=0.0,
    tokens_per_answer=0.0,
    errors=0,
    against_baseline=None,
    against_best_cheaper=None,
    skipped="",
)
PROMPT = replace(
    BASELINE,
    name="prompt",
    kind="prompt",
    model=f"small{CLEARS}",
    passed=IntervalOut(0.5, 0.4, 0.6),
    seconds_per_answer=1.234,
    errors=3,
    against_best_cheaper=PairedTestOut("baseline", 30, 5, IntervalOut(0.25, 0.1, 0.4), 0.001),
)
STRONG = replace(BASELINE, name="strong", kind="strong", passed=None, skipped="No such model.")
COMPARISON = ComparisonOut(
    id="c",
    at=1.0,
    test_sha256="ab",
    train_count=80,
    test_count=100,
    detectable=0.13,
    methods=[BASELINE, PROMPT, STRONG],
    verdict=VerdictOut("prompt is enough", "Use the prompt.", "prompt"),
    withdrawn=["e1", "e2"],
)
PROJECT = ProjectOut(
    id="p",
    name="Desk",
    changed_at=1.0,
    examples=12,
    left_out=2,
    test=0,
    detectable=None,
    test_sha256=None,
    grader={"type": "exact", "name": "x"},
    grader_chosen=False,
    sources=[
        SourceOut("s", f"a{CLEARS}.csv", "ab", "", "imported", 12, [ProblemOut(3, "", "Empty.")])
    ],
)


def example(name: str, request: str, answer: str = "desk") -> ExampleOut:
    messages = [ExampleMessageOut("user", request), ExampleMessageOut("assistant", answer)]
    return ExampleOut(name, messages, "s", 1, "own", in_test=True)


def answered(name: str, answer: str, *, passed: bool, error: str = "") -> GradedAnswerOut:
    return GradedAnswerOut(name, answer, "desk", float(passed), passed, error)


@pytest.fixture
def in_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "_is_terminal", lambda stderr: not stderr)


def test_a_comparison_in_a_pipe_is_tab_separated(capsys: Printed) -> None:
    print_comparison(COMPARISON, as_json=False)
    about, baseline, prompt, *notes = capsys.readouterr().out.splitlines()
    assert about == (
        "100 examples in the test, 80 to learn from. "
        "The test can show differences of 13 points or more."
    )
    assert baseline.split("\t")[:4] == ["baseline", "25 %", "20-30", ""]
    fields = prompt.split("\t")
    assert fields[:5] == ["prompt", "50 %", "40-60", "baseline: +25 [+10, +40]", "1.23"]
    assert notes == [
        "prompt: 3 answers failed or could not be graded.",
        "strong: No such model.",
        "2 of its examples have been withdrawn since: compare again.",
        "Use the prompt.",
    ]


@pytest.mark.usefixtures("in_terminal")
def test_a_terminal_gets_headings(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    print_comparison(COMPARISON, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    (heading,) = [each for each in lines if "method" in each and "right" in each]
    (row,) = [each for each in lines if "baseline  " in each]
    assert heading.index("right") == row.index("25 %")


def test_nothing_obeys_what_a_file_or_a_model_says(capsys: Printed) -> None:
    print_comparison(COMPARISON, as_json=False)
    print_project(PROJECT)
    print_problems([ProblemOut(3, f"output{CLEARS}", f"Empty{CLEARS}."), ProblemOut(None, "", "")])
    bad = example(f"e{1}", f"Where{CLEARS} is it?\nAnd when?", f"desk{CLEARS}")
    finding = FindingOut("duplicate", "warning", f"Twice{CLEARS}.", ["e1"], "s")
    print_check(CheckOut([finding], {"examples": 1}), {"e1": bad}, as_json=False)
    answers = GradedAnswerList("prompt", [answered("e1", f"a{CLEARS}b", passed=False)])
    print_answers(answers, {"e1": bad}, as_json=False)
    printed = capsys.readouterr()
    assert "\x1b" not in printed.out + printed.err
    assert "\x07" not in printed.out + printed.err
    assert "Line 3, output" in printed.err


def test_json_is_complete_and_valid(capsys: Printed) -> None:
    print_comparison(COMPARISON, as_json=True)
    printed = json.loads(capsys.readouterr().out)
    assert printed["withdrawn"] == ["e1", "e2"]
    assert [each["name"] for each in printed["methods"]] == ["baseline", "prompt", "strong"]
    answers = GradedAnswerList("prompt", [answered("e1", "退款 ✓", passed=True)])
    print_answers(answers, {}, as_json=True)
    assert json.loads(capsys.readouterr().out)["answers"][0]["answer"] == "退款 ✓"
    print_check(CheckOut([], {"examples": 0}), {}, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"findings": [], "counts": {"examples": 0}}


def test_a_project_says_what_is_missing(capsys: Printed) -> None:
    print_project(PROJECT)
    printed = capsys.readouterr().out.splitlines()
    assert printed[:4] == [
        "Desk: 12 examples",
        "Left out: 2",
        'Test: none yet (tau studio freeze "Desk")',
        "Grader: exact, which suits the answers",
    ]
    assert printed[4].split("\t")[1:] == ["12", "1", "unknown", "imported"]
    print_project(replace(PROJECT, left_out=0, test=40, detectable=0.2, grader_chosen=True))
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].startswith("Test: 40 examples")
    assert "20 points" in printed[1]
    assert printed[2] == "Grader: exact"


def test_errors_come_before_warnings(capsys: Printed) -> None:
    found = [
        FindingOut("near duplicate", "warning", "Alike.", ["a", "b", "c", "d", "e"], "s"),
        FindingOut("contradiction", "error", "They differ.", ["a", "gone"], "s"),
    ]
    print_check(CheckOut(found, {"examples": 5}), {"a": example("a", "Hi?")}, as_json=False)
    printed = capsys.readouterr().out.splitlines()
    assert printed[0] == "error (contradiction): They differ."
    assert printed[1].strip() == "a  Hi? → desk"
    assert printed[2] == "warning (near duplicate): Alike."
    assert printed[-1].strip() == "and 2 more"


def test_a_long_list_is_cut_and_counted(capsys: Printed) -> None:
    print_problems([ProblemOut(line, "", "Empty.") for line in range(1, 46)])
    printed = capsys.readouterr().err.splitlines()
    assert len(printed) == 21
    assert printed[-1] == "And 25 more."
    print_check(CheckOut([], {"examples": 45}), {}, as_json=False)
    assert capsys.readouterr().out == "45 examples, and nothing to settle.\n"


def test_wrong_answers_come_first_and_long_ones_are_cut(capsys: Printed) -> None:
    answers = [
        answered("e1", "desk", passed=True),
        answered("e2", "word " * 100, passed=False),
        answered("gone", "", passed=False, error="The model did not answer."),
    ]
    examples = {each: example(each, f"{each} " * 60) for each in ("e1", "e2")}
    print_answers(GradedAnswerList("prompt", answers), examples, as_json=False)
    rows = [each.split("\t") for each in capsys.readouterr().out.splitlines()]
    assert [each[0] for each in rows] == ["wrong", "wrong", "right"]
    assert all(len(field) <= 72 for row in rows for field in row)
    assert rows[0][2].endswith("…")
    assert rows[1][1:3] == ["", "The model did not answer."]
