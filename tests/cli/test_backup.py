"""Copies of the database as typed: made, put back, and refused."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tau.app import open_app
from tau.cli import server_file
from tau.life import forgetting
from tau.memory.erasure_request import ErasureRequest
from tau.settings import Settings

from .conftest import Command

pytestmark = pytest.mark.slow  # these open a Tau of their own


def opening(home: Path) -> Settings:
    return Settings(home=home, model="scripted", embedder="scripted-embedder", offline=True)


def told(home: Path, *texts: str) -> list[str]:
    """Note these down; return everything that is there."""

    async def note() -> list[str]:
        async with open_app(opening(home), environ={}) as app:
            life = await app.lives.open(await app.people.owner())
            for text in texts:
                await life.add_message((await life.create_conversation()).id, text)
            return [message.text for message in life.memory.messages]

    return asyncio.run(note())


def test_a_copy_is_made_and_put_back(tau: Command, home: Path) -> None:
    told(home, "before")
    made = tau("backup")
    assert made.exit_code == 0, made.output
    copy = Path(made.stdout.strip())
    assert copy.parent == home / "backups"
    assert str(home / "server.key") in made.stderr
    assert told(home, "after") == ["before", "after"]
    restored = tau("restore", str(copy))
    assert restored.exit_code == 0, restored.output
    assert str(home / "server.key") in restored.stderr
    assert told(home) == ["before"]
    (kept,) = (home / "backups").glob("before-restore-*.db")
    assert str(kept) in restored.stdout
    assert tau("restore", str(kept)).exit_code == 0
    assert told(home) == ["before", "after"]


def forget(home: Path, text: str) -> None:
    async def erase() -> None:
        async with open_app(opening(home), environ={}) as app:
            life = await app.lives.open(await app.people.owner())
            (message,) = [one for one in life.memory.messages if one.text == text]
            await forgetting.forget(life, ErasureRequest(messages=(message.id,)))

    asyncio.run(erase())


def test_what_was_forgotten_since_comes_back_only_if_it_is_wanted(
    tau: Command, home: Path, tmp_path: Path
) -> None:
    told(home, "kept", "a secret")
    there = tmp_path / "copy.db"
    tau("backup", "-o", str(there))
    forget(home, "a secret")
    restored = tau("restore", str(there))
    assert restored.exit_code == 0, restored.output
    assert "they were forgotten since" in restored.stdout
    assert told(home, "after") == ["kept", "after"]
    assert tau("restore", str(there), "--forgotten").exit_code == 0
    assert told(home, "after") == ["kept", "a secret", "after"]
    assert tau("doctor").exit_code == 0


def test_a_copy_elsewhere_overwrites_nothing(tau: Command, home: Path, tmp_path: Path) -> None:
    told(home, "before")
    there = tmp_path / "copy.db"
    assert tau("backup", "-o", str(there)).stdout.strip() == str(there)
    again = tau("backup", "-o", str(there))
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert tau("backup", "-o", str(there), "--force").exit_code == 0
    with closing(sqlite3.connect(there)) as opened:
        assert opened.execute("SELECT count(*) FROM entries").fetchone()[0] > 0


def test_a_copy_is_put_into_a_new_home(tau: Command, home: Path, tmp_path: Path) -> None:
    told(home, "before")
    there = tmp_path / "copy.db"
    tau("backup", "-o", str(there))
    other = tmp_path / "other"
    restored = tau("restore", str(there), "--home", str(other))
    assert restored.exit_code == 0, restored.output
    assert "kept" not in restored.stdout
    (other / "server.key").write_bytes((home / "server.key").read_bytes())
    (other / "server.key").chmod(0o600)
    assert told(other) == ["before"]


def test_what_cannot_be_put_back_changes_nothing(
    tau: Command, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(home, "before")
    (tmp_path / "text.db").write_text("hello " * 500)
    for file, why in (("text.db", "isn't a database of Tau"), ("missing.db", "no file")):
        refused = tau("restore", str(tmp_path / file))
        assert refused.exit_code == 1
        assert why in refused.stderr
    copy = tau("backup").stdout.strip()

    async def running(_home: Path) -> server_file.ServerFile:
        return server_file.ServerFile(url="http://127.0.0.1:6283", pid=1)

    with monkeypatch.context() as serving:
        serving.setattr(server_file, "find_running", running)
        refused = tau("restore", copy)
    assert refused.exit_code == 1
    assert "stop it" in refused.stderr
    assert told(home) == ["before"]


def test_there_is_nothing_to_copy_yet_or_not_here(tau: Command, home: Path) -> None:
    refused = tau("backup")
    assert (refused.exit_code, "start Tau first" in refused.stderr) == (1, True)
    assert not home.exists()
    for words in (("backup",), ("restore", "copy.db")):
        elsewhere = tau(*words, "--database-url", "postgresql://u:p@127.0.0.1:9/tau")
        assert elsewhere.exit_code == 1
        assert "database" in elsewhere.stderr


def test_a_tau_moves_to_postgresql_and_back(
    tau: Command, home: Path, tmp_path: Path, database_url: str
) -> None:
    if database_url.startswith("sqlite"):
        return
    there = ("--database-url", database_url)
    told(home, "before")
    moved = tau("restore", tau("backup").stdout.strip(), *there)
    assert moved.exit_code == 0, moved.output
    assert "everything in the backup was restored" in moved.stdout
    again = tau("backup", *there)
    assert again.exit_code == 0, again.output
    copy = Path(again.stdout.strip())
    assert copy.parent == home / "backups"
    back = tmp_path / "back"
    assert tau("restore", str(copy), "--home", str(back)).exit_code == 0
    (back / "server.key").write_bytes((home / "server.key").read_bytes())
    (back / "server.key").chmod(0o600)
    assert told(back) == ["before"]
    kept = tau("restore", str(copy), *there)
    assert kept.exit_code == 0, kept.output
    assert "The previous database is kept as" in kept.stdout
