"""Killed at any step of an erasure, and started again: nothing erased is in any file."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from tau.journal.store import SealedSnapshot, Store, Write
from tau.people import Slot, registry
from tau.people.slots import SealedSlot
from tau.storage.backups import Backups
from tau.storage.database import Database
from tau.storage.schema import studio_files, studio_projects
from tests.people_rows import add_people

pytestmark = pytest.mark.anyio
PROGRAM = Path(__file__).with_name("killed_erasure.py")
ACTS = ["remove", "forget", "back up", "revoke", "remove project", "delete file"]
ERASED = {
    "revoke": "slots WHERE person = 'ada' AND kind = 'session'",
    "remove project": "studio_projects WHERE id = 'adas'",
    "delete file": "studio_files WHERE id = 'file-ada'",
}
"""What is gone once the erasing transaction was committed, by act; an entry of Ada's otherwise."""
COUNT = 12


async def opened(home: Path) -> Database:
    return await Database.open(f"sqlite:///{home / 'tau.db'}", backup_folder=home / "backups")


async def written_home(home: Path) -> dict[str, list[bytes]]:
    """Make a home with two people and two backups; return the ciphertexts of each person.

    `ada's slots` are wrapped keys, in slots that are revoked; she keeps her password.
    """
    database = await opened(home)
    await add_people(database, "ada", "bob")
    store = Store(database)
    written: dict[str, list[bytes]] = {"ada": [], "bob": []}
    for number in range(COUNT):
        for person, sealed in written.items():
            sealed.append(os.urandom(500))
            await store.append(Write(person=person, expected=number, sealed=[sealed[-1]]))
    part = SealedSnapshot(COUNT, os.urandom(900))
    await store.save_snapshot("ada", {"words": part}, set(), 0)
    written["ada"].append(part.sealed)
    slots = [
        SealedSlot(Slot(f"{person}-{kind}-{number}", kind, "", 1.0), person, b"", os.urandom(60))
        for person in ("ada", "bob")
        for kind in ("password", "session")
        for number in range(COUNT)
    ]
    for slot in slots:
        await database.run(partial(registry.add_slot, sealed=slot))
    ended = [slot for slot in slots if slot.person == "ada" and slot.slot.kind == "session"]
    written["ada's slots"] = [slot.wrapped for slot in ended]
    written["bob's slots"] = [slot.wrapped for slot in slots if slot.person == "bob"]
    written |= await add_studio(database, store)
    for _ in range(2):
        Backups(database).make()
    await store.close()
    await database.close()
    return written


async def add_studio(database: Database, store: Store) -> dict[str, list[bytes]]:
    """Give both a project with entries and a snapshot, and a file; return their ciphertexts."""
    written: dict[str, list[bytes]] = {}
    for person in ("ada", "bob"):
        project, key, about = f"{person}s", os.urandom(80), os.urandom(300)
        rows = {
            studio_projects: {"id": project, "kind": "project", "wrapped": key},
            studio_files: {"id": f"file-{person}", "sealed": about},
        }
        for table, row in rows.items():
            statement = sa.insert(table).values(**row, person=person, created_at=1.0)
            await database.run(partial(execute, statement=statement))
        entries = [os.urandom(700) for _ in range(COUNT)]
        for number, sealed in enumerate(entries):
            await store.append(Write(person=project, expected=number, sealed=[sealed]))
        part = SealedSnapshot(COUNT, os.urandom(900))
        await store.save_snapshot(project, {"words": part}, set(), 0)
        written[f"{person}'s project"] = [key, *entries, part.sealed]
        written[f"{person}'s file"] = [about]
    return written


def execute(connection: sa.Connection, statement: sa.Insert) -> None:
    connection.execute(statement)


def concerned(act: str) -> tuple[list[str], list[str]]:
    """Return the names of what an act erases, and of what has to stay."""
    if act == "remove":
        return ["ada", "ada's project", "ada's file"], ["bob", "bob's project", "bob's file"]
    what = {"revoke": "slots", "remove project": "project", "delete file": "file"}.get(act)
    if what is None:
        return ["ada"], ["bob", "ada's project", "ada's file"]
    return [f"ada's {what}"], ["ada", f"bob's {what}", "bob's project"]


class Erasing:
    """The program that erases and is killed."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._questions, self._answers = process.stdin, process.stdout

    def run(self, home: Path, act: str, step: int) -> int | None:
        """Run the act; return how many steps it took, or `None` if it was killed."""
        self._questions.write(json.dumps([str(home), act, step]) + "\n")
        self._questions.flush()
        answer = self._answers.readline().strip()
        assert answer == "killed" or answer.isdecimal(), answer
        return int(answer) if answer != "killed" else None


@pytest.fixture(scope="module")
def erasing() -> Iterator[Erasing]:
    command = [sys.executable, str(PROGRAM)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Erasing(process)


def found(home: Path, pieces: list[bytes]) -> int:
    raw = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    return sum(any(piece[:40] in each for each in raw) for piece in pieces)


def drafts(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*.partial*")]


def is_erased(home: Path, act: str) -> bool:
    """Return whether the erasing transaction was committed."""
    among = ERASED.get(act, "entries WHERE person = 'ada' AND seq = 1 AND sealed IS NOT NULL")
    query = f"SELECT count(*) FROM {among}"
    with closing(sqlite3.connect(home / "tau.db")) as raw:
        return bool(raw.execute(query).fetchone() == (0,))


async def check(
    erasing: Erasing, home: Path, act: str, step: int, written: dict[str, list[bytes]]
) -> None:
    going, staying = (
        [piece for name in names for piece in written[name]] for names in concerned(act)
    )
    erasing.run(home, act, step)
    database = await opened(home)
    erased = is_erased(home, act)
    left = found(home, going)
    assert left == (0 if erased else len(going)), f"{act}, killed at step {step}"
    assert found(home, staying) == len(staying)
    assert drafts(home) == []
    await database.close()
    if not erased:
        assert erasing.run(home, act, 0) is not None, "what was not begun can be done again"
        assert found(home, going) == 0


async def check_steps(erasing: Erasing, folder: Path, act: str, most: int) -> None:
    (folder / "home").mkdir()
    written = await written_home(folder / "home")
    shutil.copytree(folder / "home", folder / "counted")
    steps = erasing.run(folder / "counted", act, 0)
    assert steps is not None
    assert steps > 100
    stride = max(1, steps // most)
    for step in range(stride, steps + 1, stride):
        copy = folder / f"killed-{step}"
        shutil.copytree(folder / "home", copy)
        await check(erasing, copy, act, step, written)
        shutil.rmtree(copy)


@pytest.mark.parametrize("act", ACTS)
async def test_killed_at_some_steps_nothing_erased_is_left(
    erasing: Erasing, tmp_path: Path, act: str
) -> None:
    await check_steps(erasing, tmp_path, act, 6)


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
async def test_killed_at_each_step_nothing_erased_is_left(
    erasing: Erasing, tmp_path: Path, act: str
) -> None:
    await check_steps(erasing, tmp_path, act, 100)
