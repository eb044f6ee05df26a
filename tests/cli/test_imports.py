"""`tau import` and `tau export`, as somebody types them who moves in or out."""

import json
import signal
from pathlib import Path

import pytest

from tau.cli import imports
from tests.transfer.exports import as_json, as_lines, as_zip, chatgpt, many, memory, store

from .conftest import Command, Start

pytestmark = pytest.mark.slow  # these open a Tau of their own


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "export.zip"
    broken = {"mapping": 3, "title": "Broken"}
    path.write_bytes(as_zip({"conversations.json": as_json([*many(5), broken]), "a.png": b"x"}))
    return path


def test_the_past_is_brought_and_found(tau: Command, file: Path) -> None:
    dry = tau("import", str(file), "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Nothing was written." in dry.stderr
    brought = tau("import", str(file))
    assert brought.exit_code == 0, brought.output
    assert brought.stdout.split("\t") == ["ChatGPT", "5", "20", "0", "0", "1\n"]
    assert "Left out: “Broken”: its messages are missing or damaged." in brought.stderr
    assert "1 other file: pictures and other files are not imported." in brought.stderr
    assert "word3" in tau("search", "word3").stdout
    again = tau("import", str(file))
    assert again.stdout.split("\t")[1:5] == ["0", "0", "0", "20"]


@pytest.mark.parametrize("content", [None, b"", b"some letter"])
def test_what_cannot_be_read_is_told_in_a_sentence(
    tau: Command, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "file.json"
    if content is not None:
        path.write_bytes(content)
    result = tau("import", str(path))
    assert result.exit_code == 1
    assert result.stderr.strip().splitlines()[-1].endswith(".")


def test_a_life_moves_to_another_tau_whole(tau: Command, file: Path, tmp_path: Path) -> None:
    tau("import", str(file))
    tau("ask", "My dog is called Rufus.")
    assert tau("export", "-o", str(tmp_path / "life.jsonl")).exit_code == 0
    other = ("--home", str(tmp_path / "other"))
    moved = tau("import", str(tmp_path / "life.jsonl"), "--trust", *other)
    assert moved.exit_code == 0, moved.output
    again = tau("export", *other).stdout.splitlines()[1:]
    assert again == (tmp_path / "life.jsonl").read_text().splitlines()[1:]


def test_facts_go_to_other_products_and_come_from_them(tau: Command, tmp_path: Path) -> None:
    path = tmp_path / "memory-store.json"
    path.write_bytes(as_json(store(memory("m", "Likes tea"))))
    brought = tau("import", str(path), "--trust")
    assert brought.exit_code == 0, brought.output
    taken = json.loads(tau("export", "--format", "pam").stdout)
    assert [each["content"] for each in taken["memories"]] == ["Likes tea"]


def test_the_running_tau_knows_at_once(
    tau: Command, start: Start, file: Path, home: Path, tmp_path: Path
) -> None:
    running = start("run", "--port", "0")
    running.wait_for(r"http://\S+")
    brought = tau("import", str(file))
    assert brought.exit_code == 0, brought.output
    assert brought.stdout.split("\t")[1:3] == ["5", "20"]
    assert "word3" in tau("search", "word3").stdout
    refused = tmp_path / "letter.txt"
    refused.write_text("some letter")
    assert tau("import", str(refused)).exit_code == 1
    running.interrupt(signal.SIGTERM)
    running.end()


def test_a_file_for_somebody_else_is_theirs(tau: Command, tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_bytes(as_json([chatgpt("a", ("user", "x"))]))
    nobody = tau("import", str(path), "--person", "Nobody")
    assert nobody.exit_code == 1
    assert "nobody named 'Nobody'" in nobody.stderr


@pytest.mark.parametrize("answer", [True, False])
def test_in_a_terminal_one_is_asked_whose_export_it_is(
    tau: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bool
) -> None:
    entry = {"kind": "learned", "at": 1, "id": "f", "claim": {"topic": "like", "text": "Likes tea"}}
    path = tmp_path / "life.jsonl"
    path.write_bytes(
        as_lines({"tau_export": 1, "person": "x"}, {"seq": 1, "at": 1, "entry": entry})
    )
    asked: list[str] = []
    monkeypatch.setattr(imports, "ask_confirmation", lambda text: asked.append(text) or answer)
    assert tau("import", str(path)).exit_code == 0
    assert len(asked) == 1
    waiting = tau("memory", "list", "--state", "waiting").stdout
    assert ("Likes tea" in waiting) == (not answer)
    path.write_bytes(as_json(many(1)))
    assert tau("import", str(path)).exit_code == 0
    assert len(asked) == 1, "other products' files wait without a question"
