"""What a stolen database and a log reveal, after everything that a person does was done."""

import logging
import re
import socket
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tau.app import App, open_app
from tau.experts.space.care_forms import CareForms
from tau.experts.space.diary import CareDiary
from tau.life.fact_editing import FactEditor
from tau.life.forgetting import forget
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings
from tau.storage.backups import Backups
from tau.storage.schema import metadata

pytestmark = pytest.mark.anyio

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "privacy.md").read_text("utf-8").split())
SAID = ("Zanzibarine", "Quokkabert", "Yellowhammer", "芝麻开门", "Krakatoan")
SHOWN = {
    "entries": {
        "person seq at": "How many entries each person has, when each was written",
    },
    "snapshots": {"person name seq": "How many entries each person has"},
    "people": {
        "id name owner created_at": "People's names, who the owner is and when each account was "
        "created",
    },
    "slots": {
        "id person kind label": "the kinds of slots each person has, with labels",
        "created_at expires_at used_at": "the times when they were created, last used and expire",
    },
    "invitations": {
        "id invited_by created_at expires_at": "That an invitation is open, who made it, and until "
        "when it's valid",
    },
    "identities": {"id person created_at": "Who linked an account at a provider, and when"},
    "endpoints": {
        "name url model details": "Names and addresses of remote models, what they can do"
    },
    "aliases": {
        "alias position model": "which of them an alias means",
        "share": "and for what share",
    },
    "jobs": {
        "id owner kind created_at": "That an import or a download is running or was interrupted, "
        "whose import it is, and when it started",
    },
    "studio_projects": {
        "id person kind created_at": "How many projects, files and evals of the studio each person "
        "has, and when each was added",
    },
    "studio_jobs": {
        "run person state created_at": "That a model is being trained or waits for it, whose it is "
        "and since when",
        "holder lease_until": "which process trains it, and until when it may",
    },
    "studio_files": {
        "id person upload created_at expires_at": "when a file expires, and which parts of an "
        "upload belong together",
    },
    "attachments": {
        "id person created_at expires_at": "How many files each person attached to messages "
        "and when, and which of them wait to be sent",
    },
    "usage_days": {
        "day person key model requests prompt_tokens completion_tokens cached_tokens micros "
        "unpriced": "How many requests and tokens each person and each API key used of each model "
        "on each day, and what they cost",
    },
    "key_limits": {
        "slot requests_per_minute tokens_per_minute tokens_per_month micros_per_month models "
        "requests_until tokens_until month month_tokens month_micros": "The limits of API keys, "
        "what's used of them",
    },
    "model_prices": {"model prompt completion cached": "the prices of models"},
    "studio_models": {
        "name person project alias created_at": "Which models of the studio are released: their "
        "names and aliases, whose they are, of which project and since when",
    },
    "nodes": {
        "id url version until draining": "their ids, addresses and versions, until when each is "
        "valid and whether it's about to end",
    },
    "signin_failures": {
        "level updated_at blocked_until": "How often sign-ins failed within the last day, and when",
        "key": "under a keyed digest of the name that was typed",
    },
    "homes": {
        "person node epoch": "which of them serves each person, and how often that changed",
    },
    "oldest_user": {"version": "Which versions of Tau can use the database"},
    "erasures": {
        "id person slots": "Until an erasure is finished: that it isn't, whether only credentials "
        "were revoked, and the id, without a name, of a person who was removed",
    },
}
"""Columns that are readable without a key, by the words of the page that say so."""
SEALED = {
    "entries": "sealed",
    "snapshots": "sealed",
    "slots": "salt wrapped",
    "invitations": "digest",
    "endpoints": "sealed_key",
    "jobs": "sealed",
    "studio_projects": "wrapped",
    "studio_jobs": "sealed_key",
    "studio_files": "sealed",
    "attachments": "sealed",
    "studio_models": "sealed",
}
"""Columns that hold nothing that can be read."""


async def live(app: App) -> None:
    """Do with some words whatever can be done with words."""
    unlocked = await app.people.owner()
    life = await app.lives.open(unlocked)
    home = (await life.create_conversation("About the Krakatoan")).id
    turn = await app.companion.turn(life, home, "The word is Zanzibarine [[say Zanzibarine!]]")
    await turn.ended()
    edited = await app.companion.turn(life, home, "芝麻开门 it is", edits=turn.message)
    await edited.ended()
    await (await app.companion.turn(life, home, "Quokkabert [[die]]")).ended()
    await FactEditor(life).add_fact("Drives a Yellowhammer")
    await CareDiary(life).check_in(2, "Zanzibarine nights")
    await CareForms(life).start("gratitude", {"why": "a Quokkabert in the garden"}, [])
    life.memory.search("Zanzibarine", now=0.0)
    private = (await life.create_conversation(private=True)).id
    await (await app.companion.turn(life, private, "Quokkabert, between us")).ended()
    await app.people.credentials.new_api_key(unlocked, "the radio")
    await app.people.invitations.invite(unlocked)
    gone = await life.add_message(home, "Krakatoan Quokkabert")
    await app.learning.wait_until_idle()
    await app.embedding.wait_until_idle()
    await life.save()
    await forget(life, ErasureRequest(messages=(gone.id,)))


def test_the_page_names_every_column_that_can_be_read() -> None:
    inspected = {
        table.name: {column.name for column in table.columns} for table in metadata.tables.values()
    }
    shown = {table: set(" ".join(columns).split()) for table, columns in SHOWN.items()}
    sealed = {table: set(columns.split()) for table, columns in SEALED.items()}
    known = {table: columns | sealed.get(table, set()) for table, columns in shown.items()}
    assert {name: inspected[name] for name in known} == known
    assert set(inspected) - set(known) <= {"migrations", "partitions"}
    for quotes in SHOWN.values():
        assert [quote for quote in quotes.values() if quote not in PAGE] == []


async def test_without_a_key_no_file_has_a_word_of_it(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        await live(app)
        during = _found(settings.home)
    assert during == set()
    assert _found(settings.home) == set()
    with closing(sqlite3.connect(settings.home / "tau.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM entries").fetchone()
    assert count > 8, "there is much to read for who has the key"


def _found(home: Path) -> set[str]:
    """Return the words that any file of Tau's home has, in any encoding of text."""
    found = set()
    for path in (path for path in home.rglob("*") if path.is_file()):
        raw = path.read_bytes().lower()
        codes = ("utf-8", "utf-16-le", "utf-16-be")
        found |= {word for word in SAID for code in codes if word.lower().encode(code) in raw}
    return found


async def test_only_its_user_can_read_the_files(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        await live(app)
        Backups(app.database).make()
        files = [path for path in settings.home.rglob("*") if path.is_file()]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}
    assert {"server.key", "tau.db"} < set(modes)
    assert modes["server.key"] == 0o600
    assert {name: oct(mode) for name, mode in modes.items() if mode & 0o077} == {}


async def test_no_log_has_a_word_of_it(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_app(settings, environ={}) as app:
        await live(app)
        token = (await app.people.credentials.new_api_key(await app.people.owner(), "x"))[0]
    assert caplog.records
    assert [word for word in (*SAID, token) if word.lower() in caplog.text.lower()] == []


async def test_nothing_is_sent_to_another_machine(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def connected(self: socket.socket, address: Any) -> None:
        asked.append(address)
        connect(self, address)

    def looked_up(*asking: Any, **more: Any) -> Any:
        asked.append(asking[:2])
        return look_up(*asking, **more)

    monkeypatch.setattr(socket.socket, "connect", connected)
    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    async with open_app(settings, environ={}) as app:
        await live(app)
    assert asked == []


async def test_two_messages_of_the_same_words_are_sealed_differently(settings: Settings) -> None:
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        where = (await life.create_conversation()).id
        for _ in range(2):
            await life.add_message(where, "Zanzibarine")
        rows = await app.database.run(
            lambda connection: connection.execute(
                sa.text("SELECT sealed FROM entries ORDER BY seq DESC LIMIT 2")
            ).scalars().all(),
            read_only=True,
        )  # fmt: skip
    first, second = rows
    assert not re.search(re.escape(first[12:28]), second)
