"""Killed at any step of an erasure, and started again: nothing erased is in any file."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from tau.journal.store import SealedSnapshot, Store, Write
from tau.people import Slot, registry
from tau.people.slots import SealedSlot
from tau.storage.backups import Backups
from tau.storage.database import Database
from tests.people_rows import add_people

pytestmark = pytest.mark.anyio
PROGRAM = Path(__file__).with_name("killed_erasure.py")
ACTS = ["remove", "forget", "back up", "revoke"]
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
    for _ in range(2):
        Backups(database).make()
    await store.close()
    await database.close()
    return written


def run(home: Path, act: str, step: int) -> int | None:
    """Run the act; return how many steps it took, or `None` if it was killed."""
    command = [sys.executable, str(PROGRAM), str(home), act, str(step)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode in {0, -signal.SIGKILL}, done.stderr
    return int(done.stdout) if done.returncode == 0 else None


def found(home: Path, pieces: list[bytes]) -> int:
    raw = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    return sum(any(piece[:40] in each for each in raw) for piece in pieces)


def drafts(home: Path) -> list[str]:
    return [path.name for path in home.rglob("*.partial*")]


def is_erased(home: Path, act: str) -> bool:
    """Return whether the erasing transaction was committed."""
    query = "SELECT count(*) FROM entries WHERE person = 'ada' AND seq = 1 AND sealed IS NOT NULL"
    if act == "revoke":
        query = "SELECT count(*) FROM slots WHERE person = 'ada' AND kind = 'session'"
    with closing(sqlite3.connect(home / "tau.db")) as raw:
        return bool(raw.execute(query).fetchone() == (0,))


async def check(home: Path, act: str, step: int, written: dict[str, list[bytes]]) -> None:
    ada, bob = ["ada's slots", "bob's slots"] if act == "revoke" else ["ada", "bob"]
    run(home, act, step)
    database = await opened(home)
    erased = is_erased(home, act)
    left = found(home, written[ada])
    assert left == (0 if erased else len(written[ada])), f"{act}, killed at step {step}"
    assert found(home, written[bob]) == len(written[bob])
    assert drafts(home) == []
    await database.close()
    if not erased:
        assert run(home, act, 0) is not None, "what was not begun can be done again"
        assert found(home, written[ada]) == 0


async def check_steps(folder: Path, act: str, most: int) -> None:
    (folder / "home").mkdir()
    written = await written_home(folder / "home")
    shutil.copytree(folder / "home", folder / "counted")
    steps = run(folder / "counted", act, 0)
    assert steps is not None
    assert steps > 100
    stride = max(1, steps // most)
    for step in range(stride, steps + 1, stride):
        copy = folder / f"killed-{step}"
        shutil.copytree(folder / "home", copy)
        await check(copy, act, step, written)
        shutil.rmtree(copy)


@pytest.mark.parametrize("act", ACTS)
async def test_killed_at_some_steps_nothing_erased_is_left(tmp_path: Path, act: str) -> None:
    await check_steps(tmp_path, act, 6)


@pytest.mark.slow
@pytest.mark.parametrize("act", ACTS)
async def test_killed_at_each_step_nothing_erased_is_left(tmp_path: Path, act: str) -> None:
    await check_steps(tmp_path, act, 150)
