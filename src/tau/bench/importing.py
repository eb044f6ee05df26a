"""Import benchmark: how long until all of an export can be found by words.

A generated export in ChatGPT's format is written to a temporary folder and imported with the
function that `tau import` uses, into a real SQLite file. Time ends when the last message is found
by a word that only it says. Vectors are made later and are not measured.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from tau.bench import machine
from tau.bench.percentiles import to_ms
from tau.bench.person import PERSON, add_bench_person
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.errors import JournalError
from tau.journal.store import Store
from tau.life.life import Life
from tau.models.types import Vectors
from tau.storage.database import Database
from tau.storage.sealing import new_key
from tau.transfer.importing import import_file

_PER_CONVERSATION = 20
_BEGAN = 1_700_000_000.0
_LAST_WORD = "zyzzogeton"  # not a word of the generator


async def measure(messages: int, progress: Progress) -> dict[str, Any]:
    """Return the seconds until `messages` messages of an export are found by words."""
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as folder:
        file = Path(folder) / "conversations.json"
        progress(f"Writing an export of {messages:,} messages ...")
        file_bytes = _write(file, messages)
        async with AsyncExitStack() as stack:
            database = await Database.open(f"sqlite:///{Path(folder) / 'tau.db'}")
            stack.push_async_callback(database.close)
            await add_bench_person(database)
            store = Store(database)
            stack.push_async_callback(store.close)
            life = await Life.open(store, PERSON, new_key(), embed=_no_vector)
            progress("Importing it ...")
            figures = await _measure_import(life, file, messages)
    return {**figures, "file_mb": round(file_bytes / 1e6, 1), "machine": machine.describe()}


async def _measure_import(life: Life, file: Path, messages: int) -> dict[str, Any]:
    began = time.perf_counter()
    report = await import_file(life, file, file.name)
    searching = time.perf_counter()
    found = life.memory.search(_LAST_WORD, limit=1)
    ended = time.perf_counter()
    if report.messages != messages or not found:
        raise JournalError("Not all imported messages were found, so the measurement is void.")
    began_again = time.perf_counter()
    again = await import_file(life, file, file.name)
    return {
        "messages": messages,
        "searchable_seconds": round(ended - began, 3),
        "messages_per_second": round(messages / (ended - began)),
        "first_search_ms": to_ms(ended - searching),
        "brought_again_seconds": round(time.perf_counter() - began_again, 3),
        "new_when_brought_again": again.messages,
    }


def _write(file: Path, messages: int) -> int:
    """Write an export conversation by conversation; return its size in bytes."""
    with file.open("w", encoding="utf-8") as written:
        for number, conversation in enumerate(_conversations(messages)):
            written.write("," if number else "[")
            json.dump(conversation, written)
        written.write("]")
    return file.stat().st_size


def _conversations(messages: int) -> Iterator[dict[str, Any]]:
    writer = TextGenerator(seed=4)
    for first in range(0, messages, _PER_CONVERSATION):
        numbers = range(first, min(first + _PER_CONVERSATION, messages))
        texts = {number: writer.message() for number in numbers}
        if messages - 1 in texts:
            texts[messages - 1] += f" {_LAST_WORD}"
        yield _conversation(first // _PER_CONVERSATION, texts)


def _conversation(number: int, texts: dict[int, str]) -> dict[str, Any]:
    """Return a conversation in ChatGPT's format: a root, and messages that follow each other."""
    root = f"root-{number}"
    mapping: dict[str, Any] = {root: {"id": root, "message": None, "parent": None, "children": []}}
    parent = root
    for place, text in texts.items():
        name = f"message-{place}"
        mapping[parent]["children"] = [name]
        mapping[name] = {
            "id": name,
            "message": {
                "id": name,
                "author": {"role": "assistant" if place % 2 else "user"},
                "create_time": _BEGAN + 60.0 * place,
                "content": {"content_type": "text", "parts": [text]},
            },
            "parent": parent,
            "children": [],
        }
        parent = name
    return {
        "title": f"Conversation {number}",
        "create_time": _BEGAN + 60.0 * min(texts),
        "conversation_id": f"conversation-{number}",
        "current_node": parent,
        "mapping": mapping,
    }


async def _no_vector(query: str, model: str | None) -> Vectors | None:  # noqa: ARG001 - its shape
    return None
