"""Killed at any moment, Tau has lost nothing that it acknowledged, and doubled nothing."""

import itertools
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tau.app import open_app
from tau.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = 300
_SPEAKER = Path(__file__).with_name("speaker.py")


class Victim:
    """Runs the speaker, kills its child, and keeps what was acknowledged."""

    def __init__(self, home: Path) -> None:
        self.acknowledged: list[str] = []
        self._process = subprocess.Popen(
            [sys.executable, str(_SPEAKER), str(home)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def live_and_die(self, lines: int, delay_loops: int) -> None:
        """Let a child say `lines` lines and a moment more, then kill it with SIGKILL."""
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        child = int(self._line().removeprefix("pid "))
        for _ in range(lines):
            line = self._line()
            assert line != "dead", "it died by itself"
            self._note(line)
        for _ in range(delay_loops):
            pass  # so that the blow falls anywhere between two lines
        os.kill(child, signal.SIGKILL)
        while (line := self._line()) != "dead":
            self._note(line)

    def close(self) -> None:
        """End the speaker."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the speaker is gone"
        return line.strip()

    def _note(self, line: str) -> None:
        if line.startswith("said "):
            self.acknowledged.append(line.removeprefix("said "))


async def test_three_hundred_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(6283)
    victim = Victim(tmp_path)
    for _ in range(KILLS):
        victim.live_and_die(chance.randrange(0, 9), chance.randrange(0, 200_000))
    victim.close()
    assert len(victim.acknowledged) > KILLS

    settings = Settings(home=tmp_path, model="scripted", embedder="scripted-embedder")
    async with open_app(settings, environ={}) as app:
        life = await app.lives.open(await app.people.owner())
        assert life._journal.damaged == {}
        kept: Counter[str] = Counter()
        for conversation in life.memory.conversations.all():
            thread = life.memory.conversations.thread(conversation.id)
            kept.update(each.text if each.by == "person" else each.id for each in thread)
            for one, next_one in itertools.pairwise(thread):
                assert one.at <= next_one.at
    missing = [each for each in victim.acknowledged if each not in kept]
    assert missing == []
    assert [each for each, count in kept.items() if count > 1] == []
