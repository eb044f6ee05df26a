"""What is taken away is complete, in both forms."""

from collections.abc import AsyncIterator

import msgspec
import pytest

from tau.journal.entries import ConversationChanged, MessageAdded
from tau.journal.export import export_jsonl, export_markdown
from tau.journal.journal import Journal
from tau.journal.store import Store
from tau.storage.database import Database

pytestmark = pytest.mark.anyio


def said(name: str, text: str, **more: str) -> MessageAdded:
    parts = {"at": 1_700_000_000.0, "conversation": "c", "by": "person"} | more
    return MessageAdded(id=name, text=text, **parts)  # type: ignore[arg-type]


@pytest.fixture
async def journal(sqlite_database: Database) -> AsyncIterator[Journal]:
    store = Store(sqlite_database)
    journal = Journal(store, "ada", bytes(32))
    await journal.append(
        ConversationChanged(at=1.0, id="c", title="About tea"),
        said("1", "Do you like tea?"),
        said("2", "I am an AI.", by="tau", parent="1", status="stopped"),
        said("3", "Which tea is best?", parent=None),
        said("4", "绿茶 is lovely.", by="tau", parent="3"),
        said("5", "elsewhere", conversation="d", speaker="Ana"),
    )
    yield journal
    await store.close()


async def test_markdown_holds_every_message_and_marks_what_was_replaced(journal: Journal) -> None:
    text = "".join([piece async for piece in export_markdown(journal)])
    assert "## About tea" in text
    assert "## Untitled conversation" in text
    for line in ("Do you like tea?", "Which tea is best?", "绿茶 is lovely.", "elsewhere"):
        assert f"\n{line}\n" in text
    assert text.count("*(replaced)*") == 2
    assert text.count("*(stopped)*") == 1
    assert "**Ana**" in text


async def test_markdown_marks_what_the_chosen_version_hides(journal: Journal) -> None:
    await journal.append(ConversationChanged(id="c", at=9.0, shows="1"))
    text = "".join([piece async for piece in export_markdown(journal)])
    assert [line for line in text.splitlines() if "(replaced)" in line] == [
        line for line in text.splitlines() if line.startswith("**") and "Ana" not in line
    ][2:]


async def test_json_lines_hold_every_entry_and_say_what_was_erased(journal: Journal) -> None:
    await journal.forget([2], at=5.0)
    lines = [msgspec.json.decode(line) async for line in export_jsonl(journal)]
    assert [line.get("seq") for line in lines] == [None, 1, 2, 3, 4, 5, 6, 7]
    assert lines[2] == {"seq": 2, "at": lines[2]["at"], "erased": True}
    assert lines[5]["entry"]["text"] == "绿茶 is lovely."
    assert lines[7]["entry"] == {"kind": "forgot", "at": 5.0, "targets": [2]}
