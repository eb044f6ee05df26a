"""Real erasure: what was forgotten is found nowhere in the files of Tau's home, decrypted or not.

A secret is said, edited, answered, recalled, learned, corrected, used as a title, imported and
embedded, kept in snapshots and in a copy made before a migration. Then it is forgotten, each time
in another way, Tau is closed, and every file is searched: for the words, for every sealed
byte that held them, and for the words in all that the person's key still opens.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.journal.entries import (
    ChangeUndone,
    Claim,
    ClaimLearned,
    FactJudged,
    FileImported,
    MessageAdded,
)
from tau.journal.export import export_jsonl, export_markdown
from tau.life.fact_editing import FactEditor
from tau.life.forgetting import forget
from tau.life.life import Life
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings
from tau.storage.home import BACKUPS_FOLDER
from tau.storage.schema import entries, snapshots
from tau.storage.sealing import SecretBox, UnsealError, entry_place, snapshot_place

pytestmark = pytest.mark.anyio
SAID = ("zanzibarine", "quokkabert", "芝麻开门")
BROUGHT = ("yellowhammerish", "krakatoan")
STEMS = ("zanzibarin", "quokkabert", "芝麻", "开门", "yellowhammerish", "krakatoan")
SECRET = "The word of the old safe is Zanzibarine Quokkabert, 或者芝麻开门"
SAYS = Claim(topic="other", text="Opens the safe by Zanzibarine Quokkabert", value="zanzibarine")


class Told(NamedTuple):
    """What was made of the secret, by name."""

    message: str
    conversation: str
    fact: str
    since: float


class Sealed(NamedTuple):
    """A row as it stood: whose part it is, and its ciphertext."""

    name: str
    seq: int
    sealed: bytes


@asynccontextmanager
async def living(settings: Settings):  # type: ignore[no-untyped-def]
    """A whole Tau with the owner's life open, and the key that opens it."""
    async with open_app(settings, environ={}) as app:
        unlocked = await app.people.owner()
        yield app, await app.lives.open(unlocked), unlocked.data_key


async def tell_the_secret(app: App, life: Life) -> Told:
    """Let the secret leave every trace that it can leave."""
    since = time.time() - 1
    plain = (await life.create_conversation("Household")).id
    await life.add_message(plain, "The garden needs rain, and the fence wants paint.")
    turn = await app.companion.turn(life, None, f"{SECRET} [[say It is safe with me.]]")
    await turn.ended()
    edited = await app.companion.turn(
        life, turn.conversation, f"{SECRET}! [[say Zanzibarine it is.]]", edits=turn.message
    )
    await edited.ended()
    await (await app.companion.retry(life, edited.message)).ended()
    later = (await life.create_conversation("About the Quokkabert")).id
    asked = await life.add_message(later, "What was the word again?")
    await life.append(
        later, reply("later", later, "Zanzibarine Quokkabert.", edited.message, asked.id)
    )
    await life.append(later, reply("last", later, "As I said: zanzibarine.", "later", "later"))
    await learn(life, edited.message)
    await bring_a_past(life)
    await app.learning.wait_until_idle()
    await app.embedding.wait_until_idle()
    assert await life.save()
    return Told(edited.message, turn.conversation, "fact", since)


def reply(name: str, conversation: str, text: str, recalled: str, parent: str) -> MessageAdded:
    return MessageAdded(
        at=time.time(), id=name, conversation=conversation, by="tau", text=text, parent=parent,
        recalled=(recalled,),
    )  # fmt: skip


async def learn(life: Life, source: str) -> None:
    """Learn it, confirm it, correct it, undo that, and correct it again."""
    now = time.time()
    await life.append(
        ClaimLearned(at=now, id="fact", claim=SAYS, sources=(source,)),
        FactJudged(at=now, id="yes", fact="fact", verdict="confirmed"),
    )
    memories = FactEditor(life)
    wrong = await memories.correct("fact", "Opens the safe by zanzibarine alone")
    await memories.undo(wrong.id)
    await life.append(ChangeUndone(at=now, target="yes"))


async def bring_a_past(life: Life) -> None:
    said = MessageAdded(
        at=5.0, id="past", conversation="past", by="person", imported="file", origin="chatgpt",
        text="My other word is Yellowhammerish Krakatoan",
    )  # fmt: skip
    answer = MessageAdded(
        at=6.0, id="answer", conversation="past", by="tau", imported="file", parent="past",
        text="Yellowhammerish, noted.", origin="chatgpt",
    )  # fmt: skip
    claim = Claim(topic="other", text="Yellowhammerish Krakatoan is a word", value="krakatoan")
    await life.append(
        "past",
        FileImported(at=time.time(), id="file", origin="chatgpt", name="krakatoan.json"),
        said,
        answer,
        ClaimLearned(
            at=5.0, id="brought", claim=claim, trust="waiting", by="import", imported="file"
        ),
    )


def keep_a_copy(home: Path) -> None:
    """Keep a copy as before a migration."""
    folder = home / BACKUPS_FOLDER
    folder.mkdir(exist_ok=True)
    with (
        closing(sqlite3.connect(home / "tau.db")) as source,
        closing(sqlite3.connect(folder / "before.db")) as target,
    ):
        source.backup(target)


def rows_of(connection: sqlite3.Connection) -> list[Sealed]:
    found = connection.execute("SELECT person, seq, sealed FROM entries WHERE sealed IS NOT NULL")
    parts = connection.execute("SELECT person || ' ' || name, seq, sealed FROM snapshots")
    return [Sealed(*row) for row in (*found.fetchall(), *parts.fetchall())]


def files_of(home: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(home.rglob("*")):
        if path.is_file():
            yield path, path.read_bytes()


def opened(row: Sealed, key: bytes) -> bytes:
    """Return what a row says, decompressed."""
    person, _, part = row.name.partition(" ")
    place = snapshot_place(person, part, row.seq) if part else entry_place(person, row.seq)
    return SecretBox(key).open(row.sealed, place)


def found_in(plain: bytes, words: tuple[str, ...]) -> set[str]:
    """Return the words that stand in some bytes, in any case and either encoding."""
    texts = [
        plain.decode(code, "ignore").casefold() for code in ("utf-8", "utf-16-le", "utf-16-be")
    ]
    texts += [plain[1:].decode(code, "ignore").casefold() for code in ("utf-16-le", "utf-16-be")]
    return {word for word in words if any(word in text for text in texts)}


def all_found(home: Path, key: bytes, words: tuple[str, ...]) -> set[str]:
    """Return the words that are found in any file of `home`, as it is or opened with the key."""
    found: set[str] = set()
    for _, raw in files_of(home):
        found |= found_in(raw, words)
    for path in (home / "tau.db", *sorted((home / BACKUPS_FOLDER).glob("*.db"))):
        with closing(sqlite3.connect(path)) as connection:
            for row in rows_of(connection):
                found |= found_in(opened(row, key), words)
    return found


def telling_rows(home: Path, key: bytes, words: tuple[str, ...]) -> list[Sealed]:
    """Return the rows that hold one of the words: entries, and parts of a snapshot."""
    with closing(sqlite3.connect(home / "tau.db")) as connection:
        return [row for row in rows_of(connection) if found_in(opened(row, key), words)]


def still_there(home: Path, rows: list[Sealed]) -> set[tuple[str, int]]:
    """Return the rows of which any sealed bytes still stand in a file: beginning, middle or end."""
    pieces = [
        (row, piece)
        for row in rows
        for piece in (row.sealed[:28], row.sealed[len(row.sealed) // 2 :][:24], row.sealed[-24:])
    ]
    return {
        (row.name, row.seq) for _, raw in files_of(home) for row, piece in pieces if piece in raw
    }


async def exports(life: Life) -> bytes:
    lines = [line async for line in export_jsonl(life)]
    return b"".join(lines) + "".join([page async for page in export_markdown(life)]).encode()


Forget = Callable[[Life, Told], Awaitable[object]]
WAYS: dict[str, tuple[Forget, tuple[str, ...]]] = {
    "a message": (lambda life, told: forget(life, ErasureRequest(messages=(told.message,))), SAID),
    "a fact": (lambda life, told: forget(life, ErasureRequest(facts=(told.fact,))), SAID),
    "a time": (lambda life, told: forget(life, ErasureRequest(since=told.since)), SAID),
    "the last hour": (
        lambda life, _: forget(life, ErasureRequest(since=time.time() - 3_600.0)), SAID,
    ),
    "a conversation": (
        lambda life, told: forget(life, ErasureRequest(conversation=told.conversation)), SAID,
    ),
    "an import": (lambda life, _: forget(life, ErasureRequest(import_id="file")), BROUGHT),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
async def test_what_was_forgotten_is_found_nowhere(settings: Settings, way: str) -> None:
    forget, words = WAYS[way]
    stems = tuple(
        stem for stem in STEMS if any(word.startswith(stem) or stem in word for word in words)
    )
    async with living(settings) as (app, life, key):
        told = await tell_the_secret(app, life)
        keep_a_copy(settings.home)
        held = telling_rows(settings.home, key, words)
        assert len(held) > 5
        assert still_there(settings.home, held) == {(row.name, row.seq) for row in held}
        await forget(life, told)
        assert found_in(await exports(life), (*words, *stems)) == set()
        assert still_there(settings.home, held) == set(), "while Tau is still open"
        dumped = b"".join(life.memory.dump().values())
        assert found_in(dumped, (*words, *stems)) == set()
    assert all_found(settings.home, key, (*words, *stems)) == set()
    assert still_there(settings.home, held) == set()
    others = {*SAID, *BROUGHT} - set(words)
    async with living(settings) as (_, again, _):
        left = found_in(await exports(again), tuple(others))
        assert left == others, "nothing else was erased"
        names = {message.text for message in again.memory.messages}
        if way not in ("a time", "the last hour"):
            assert "The garden needs rain, and the fence wants paint." in names


async def test_without_forgetting_it_is_found(settings: Settings) -> None:
    async with living(settings) as (app, life, key):
        await tell_the_secret(app, life)
        keep_a_copy(settings.home)
        held = telling_rows(settings.home, key, (*SAID, *BROUGHT))
        assert found_in(await exports(life), (*SAID, *BROUGHT)) == {*SAID, *BROUGHT}
    assert all_found(settings.home, key, (*SAID, *BROUGHT)) == {*SAID, *BROUGHT}
    kept = {(row.name, row.seq) for row in held if " " not in row.name}
    assert kept <= still_there(settings.home, held)
    raw = "".join(raw.decode("latin-1") for _, raw in files_of(settings.home))
    assert SAID[0] not in raw.casefold(), "and nowhere in the clear even then"


async def test_a_memory_read_anew_after_forgetting_is_the_same(settings: Settings) -> None:
    async with living(settings) as (app, life, _):
        told = await tell_the_secret(app, life)
        await forget(life, ErasureRequest(messages=(told.message,)))
        before = [
            life.memory.conversations.thread(one.id) for one in life.memory.conversations.all()
        ]
        facts = life.memory.facts.all()
    with closing(sqlite3.connect(settings.home / "tau.db")) as connection:
        connection.execute("DELETE FROM snapshots")
        connection.commit()
    async with living(settings) as (_, again, _):
        assert [
            again.memory.conversations.thread(c.id) for c in again.memory.conversations.all()
        ] == before
        assert again.memory.facts.all() == facts


async def test_erasure_in_postgresql_leaves_no_row_that_tells(
    settings: Settings, postgres_url: str
) -> None:
    chosen = replace(settings, database_url=postgres_url)
    async with living(chosen) as (app, life, key):
        told = await tell_the_secret(app, life)
        assert await _telling(app, life.person, key) > 5
        for forget, _ in (WAYS["a fact"], WAYS["an import"]):
            await forget(life, told)
        assert await life.save()
        assert await _telling(app, life.person, key) == 0


async def _telling(app: App, person: str, key: bytes) -> int:
    """Count the rows of a person that hold one of the words."""

    def read(connection: sa.Connection) -> list[Sealed]:
        kept = sa.select(entries.c.seq, entries.c.sealed).where(entries.c.person == person)
        parts = sa.select(snapshots).where(snapshots.c.person == person)
        rows = [
            Sealed(person, seq, raw) for seq, raw in connection.execute(kept) if raw is not None
        ]
        return rows + [
            Sealed(f"{person} {row.name}", row.seq, row.sealed) for row in connection.execute(parts)
        ]

    rows = await app.database.run(read, read_only=True)
    return sum(bool(found_in(opened(row, key), (*SAID, *BROUGHT, *STEMS))) for row in rows)


def test_what_is_altered_does_not_open() -> None:
    sealed = SecretBox(bytes(32)).seal(b"zanzibarine", entry_place("ada", 1))
    with pytest.raises(UnsealError):
        opened(Sealed("ada", 2, sealed), bytes(32))
