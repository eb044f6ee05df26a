"""What a memory knows of imports."""

from tau.journal.entries import FileImported
from tau.memory.imports import ImportHistory


def _entry(name: str, messages: int) -> FileImported:
    return FileImported(at=1.0, id=name, name="chats.json", origin="openai", messages=messages)


def test_an_import_is_as_its_newest_entry_says() -> None:
    history = ImportHistory()
    for seq, entry in enumerate((_entry("a", 1), _entry("b", 2), _entry("a", 3)), 1):
        history.add(seq, entry)
    assert [(each.id, each.messages) for each in history.all()] == [("a", 3), ("b", 2)]
    assert history.entries_of("a") == [1, 3]
    history.remove(3)
    history.remove(9)
    assert [(each.id, each.messages) for each in history.all()] == [("a", 1), ("b", 2)]
