"""Tau's own sentences about lines, runs and gates: the page has each in Chinese, and its places."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
STUDIO = ROOT / "src/tau/studio"
WEB = ROOT / "web/src/core"
CHINESE = (WEB / "strings/zh/studio/reasons.ts").read_text()
READING = [
    STUDIO / "examples" / f"{name}.py"
    for name in (
        "chat_lines",
        "chat_messages",
        "json_items",
        "lines",
        "rows",
        "text_table",
    )
]
SENTENCE = re.compile(r"^[A-Z].* .*\.$")
RAISED = {"RefusedField": 1, "Problem": 2}
"""What refuses a line, and at which place its reason stands."""


def _called(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


def _reasons() -> set[str]:
    found = set()
    for path in READING:
        tree = ast.parse(path.read_text())
        for name, call in _called(tree):
            place = RAISED.get(name)
            if place is not None and isinstance(call.args[place], ast.Constant):
                found.add(call.args[place].value)
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                value = node.value.value
                if isinstance(value, str) and SENTENCE.match(value):
                    found.add(value)
    return found


def _failure_codes() -> set[str]:
    found = set()
    for path in [*STUDIO.glob("tuning/*.py"), *STUDIO.glob("worker/*.py")]:
        for name, call in _called(ast.parse(path.read_text())):
            first = call.args[0] if call.args else None
            if name in {"failed", "RunRefused"} and isinstance(first, ast.Constant):
                found.add(first.value)
    return found


def test_every_reason_of_an_unread_line_is_said_in_chinese() -> None:
    reasons = _reasons()
    assert len(reasons) > 15
    assert {each for each in reasons if f'"{each}"' not in CHINESE} == set()


def test_every_failure_of_a_run_is_said_in_chinese() -> None:
    codes = _failure_codes()
    assert len(codes) > 10
    assert {each for each in codes if f"  {each}: " not in CHINESE} == set()


def test_every_command_of_the_gate_has_its_place_on_the_page() -> None:
    places = (WEB / "studio/commands.ts").read_text()
    commands = set(re.findall(r": tau studio (\w+)", (STUDIO / "releases/gate.py").read_text()))
    assert commands
    assert {each for each in commands if f"  {each}: " not in places} == set()
