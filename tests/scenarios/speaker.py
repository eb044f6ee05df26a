"""A Tau that talks without end, made to be killed: run by test_killed.py.

For every line on standard input it forks a child, which opens the home given as the only argument
and has turn after turn, several at a time. Each acknowledged message is written to standard output
as `said <text>`; the child's process id comes first, as `pid <n>`. Forking spares the time of the
imports and of what is read and compiled at the first turn, so that hundreds of kills fit into a
test.
"""

import asyncio
import os
import sys
import tempfile
import threading
from pathlib import Path

from tau.app import open_app
from tau.companion.companion import Companion
from tau.life.life import Life
from tau.settings import Settings

SPEAKERS = 3


def tell(line: str) -> None:
    """Write a line at once: what is told is acknowledged."""
    os.write(1, f"{line}\n".encode())


async def warm_up(home: Path) -> None:
    """Have one turn in another home, so that all is loaded."""
    settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        turn = await app.companion.turn(life, None, "Warm up.")
        await turn.ended()


async def speak(companion: Companion, life: Life, name: str) -> None:
    """Have turns in a conversation of one's own."""
    conversation: str | None = None
    number = 0
    while True:
        number += 1
        words = f"{name}-{number}"
        turn = await companion.turn(life, conversation, words, turn_id=words)
        tell(f"said {words}")
        conversation = turn.conversation
        await turn.ended()
        reply = life.memory.conversations.thread(conversation)[-1]
        if reply.by == "tau":
            tell(f"said {reply.id}")


async def live(home: Path) -> None:
    """Open the home and let everybody speak."""
    settings = Settings(home=home, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        tell(f"open {len(life.memory)}")
        async with asyncio.TaskGroup() as group:
            for number in range(SPEAKERS):
                group.create_task(speak(app.companion, life, f"{os.getpid()}-{number}"))


def main() -> None:
    """Fork a child for each line read, until there are no more."""
    home = Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(warm_up(Path(folder)))
    for thread in threading.enumerate():
        if thread is not threading.current_thread():
            thread.join(10)  # a child of a process with threads may wait for one that isn't there
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            tell(f"pid {os.getpid()}")
            asyncio.run(live(home))
            os._exit(1)
        os.waitpid(child, 0)
        tell("dead")


if __name__ == "__main__":
    main()
