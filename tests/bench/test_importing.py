"""The export that `tau bench import` writes, and what it measures by it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tau.bench import importing
from tau.bench.commands import bench
from tau.errors import JournalError
from tau.transfer.formats import ImportedConversation
from tau.transfer.formats.reader import ImportReader
from tau.transfer.importing import ImportReport


def _export(folder: Path, messages: int) -> Path:
    file = folder / "conversations.json"
    assert importing._write(file, messages) == file.stat().st_size
    return file


@pytest.mark.parametrize("messages", [1, 20, 45])
def test_the_export_is_read_as_chatgpts_whole_and_in_order(tmp_path: Path, messages: int) -> None:
    with _export(tmp_path, messages).open("rb") as file:
        pieces = list(ImportReader(file, None))
    talks = [piece for piece in pieces if isinstance(piece, ImportedConversation)]
    assert len(talks) == len(pieces) == -(-messages // 20)
    assert {talk.origin for talk in talks} == {"chatgpt"}
    lines = [line for talk in talks for line in talk.messages]
    assert len(lines) == messages
    assert [line.by for line in lines[:3]] == ["person", "tau", "person"][:messages]
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_one_word_is_said_only_in_the_end(tmp_path: Path) -> None:
    text = _export(tmp_path, 45).read_text("utf-8")
    assert text.count(importing._LAST_WORD) == 1
    last = json.loads(text)[-1]
    assert importing._LAST_WORD in str(last["mapping"][last["current_node"]])


def test_it_tells_how_long_until_all_is_found() -> None:
    result = CliRunner().invoke(
        bench, ["import", "--messages", "45", "--json"], catch_exceptions=False
    )
    told = json.loads(result.stdout)
    assert (told["messages"], told["new_when_brought_again"]) == (45, 0)
    assert told["searchable_seconds"] > 0
    assert told["messages_per_second"] > 0
    assert told["first_search_ms"] > 0
    assert told["file_mb"] >= 0
    assert told["machine"]["cores"] >= 1


def test_people_get_a_table() -> None:
    result = CliRunner().invoke(bench, ["import", "--messages", "3"], catch_exceptions=False)
    assert "messages per second" in result.stdout
    assert "searchable" in result.stdout


async def _nothing_brought(*_: Any) -> ImportReport:
    return ImportReport(
        id=None,
        origin="chatgpt",
        name="conversations.json",
        conversations=0,
        messages=0,
        facts=0,
        known=0,
        forgotten=0,
        skipped=(),
        skipped_count=0,
        notes=(),
        restored=False,
    )


def test_what_is_not_brought_whole_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tau.bench.importing.import_file", _nothing_brought)
    with pytest.raises(JournalError, match="Not all imported messages"):
        CliRunner().invoke(bench, ["import", "--messages", "3"], catch_exceptions=False)
