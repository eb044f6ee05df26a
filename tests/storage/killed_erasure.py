"""Program that erases in homes, and is killed at one step of each.

A line on standard input is a home, an act and a step, in JSON. For each it forks a child, which is
spared the imports, and answers with how many steps there were, or "killed". A step is a line of
Tau's own code about storage, or 50 instructions of SQLite's machine.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
import tempfile
import threading
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import tau
from tau.journal.store import Store, Write
from tau.people import registry
from tau.storage.backups import Backups
from tau.storage.database import Database
from tau.studio.files.file_table import delete_rows

_WATCHED = tuple(
    str(Path(tau.__file__).parent / "storage" / f"{name}.py")
    for name in ("background_scrubbing", "backup_scrubbing", "backups", "database", "scrubbing")
)
_INSTRUCTIONS = 50
_connect = sqlite3.connect


class Countdown:
    """Kills this process at one step."""

    def __init__(self, last: int) -> None:
        self.steps, self.last = 0, last

    def step(self) -> int:
        self.steps += 1
        if self.steps == self.last:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    def trace(self, frame: FrameType, event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(_WATCHED):
            return None
        if event == "line":
            self.step()
        return self.trace

    def connect(self, *given: Any, **options: Any) -> sqlite3.Connection:
        connection = _connect(*given, **options)
        connection.set_progress_handler(self.step, _INSTRUCTIONS)
        return connection

    def watch(self) -> None:
        sqlite3.connect = sqlite3.dbapi2.connect = self.connect  # type: ignore[assignment]
        threading.settrace(self.trace)
        sys.settrace(self.trace)


async def act(home: Path, name: str) -> None:
    """Remove Ada or her project or file, forget what she said, or end her sessions."""
    database = await Database.open(f"sqlite:///{home / 'tau.db'}", backup_folder=home / "backups")
    if name == "remove":
        await database.run(lambda connection: registry.remove_person(connection, "ada"))
        await database.scrub()
    if name == "remove project":
        await database.run(lambda connection: registry.remove_project(connection, "adas"))
        await database.scrub()
    if name == "delete file":
        await database.run(lambda connection: delete_rows(connection, ["file-ada"]))
        await database.scrub()
    if name == "revoke":
        await database.run_revoking(lambda c: registry.delete_slots(c, "ada", ("session",)))
    if name == "back up":
        await asyncio.to_thread(Backups(database).make)
    if name in {"forget", "back up"}:
        store = Store(database)
        last = await store.last("ada")
        await store.append(
            Write(person="ada", expected=last, sealed=[b"forgotten"], erase=range(1, last + 1))
        )
        await store.close()
    await database.close()


def answer(line: str) -> None:
    """Erase in a child, and write what became of it."""
    home, name, step = json.loads(line)
    child = os.fork()
    if child:
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            os.write(1, b"killed\n" if status == -signal.SIGKILL else b"failed\n")
        return
    countdown = Countdown(step)
    countdown.watch()
    try:
        asyncio.run(act(Path(home), name))
    except BaseException:  # noqa: BLE001 (the child must never go on to the next line)
        traceback.print_exc()
        os._exit(1)
    os.write(1, f"{countdown.steps}\n".encode())
    os._exit(0)


async def warm_up() -> None:
    """Open a database, so that all is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite:///{folder}/tau.db")
        await database.close()


if __name__ == "__main__":
    asyncio.run(warm_up())
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(10)  # a child of a process with threads may wait for one that isn't there
    for each in sys.stdin:
        answer(each)
