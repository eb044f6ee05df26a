"""The `tau` command as a person meets it: a process, a pipe, a terminal."""

import fcntl
import logging
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tau.cli import main
from tests.patience import patient

_SEQUENCES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_=>])")


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """Commands run in this process set how much Tau logs: it is set back."""
    logger = logging.getLogger("tau")
    level = logger.level
    yield
    logger.setLevel(level)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that is not there yet."""
    return tmp_path / "home"


@pytest.fixture
def environ(home: Path) -> dict[str, str]:
    """The environment of a Tau that talks with the scripted model and downloads nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TAU_")}
    return kept | {
        "TAU_HOME": str(home),
        "TAU_MODEL": "scripted",
        "TAU_EMBEDDER": "scripted-embedder",
        "TAU_OFFLINE": "1",
        "TAU_BUILTIN": "small",
        "TERM": "xterm-256color",
        "PROMPT_TOOLKIT_NO_CPR": "1",  # no terminal answers where its cursor is
    }


Command = Callable[..., Result]


@pytest.fixture
def tau(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run a command in this process, without a terminal."""
    for name in list(os.environ):
        if name.startswith("TAU_"):
            monkeypatch.delenv(name)

    def run(*words: str, said: str | None = None) -> Result:
        env = {name: value for name, value in environ.items() if name.startswith("TAU_")}
        return CliRunner().invoke(main, list(words), input=said, env=env)

    return run


class Terminal:
    """A process whose output is read as it comes, with a deadline instead of a pause."""

    def __init__(self, process: subprocess.Popen[bytes], source: int, sink: int | None) -> None:
        self.process = process
        self.seen = ""
        self._source, self._sink = source, sink
        self._waited_to = 0

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Return the next match of `pattern` in what was printed since the last one."""
        deadline = time.monotonic() + patient(30)
        while True:
            match = re.compile(pattern, re.MULTILINE).search(self.seen, self._waited_to)
            if match is not None:
                self._waited_to = match.end()
                return match
            if not self._read(deadline):
                raise AssertionError(f"{pattern!r} did not come; there was:\n{self.seen}")

    def end(self) -> int:
        """Return the exit code, once the process has ended."""
        deadline = time.monotonic() + patient(30)
        while self._read(deadline):
            pass
        return self.process.wait(patient(30))

    def type(self, keys: str) -> None:
        """Type into the terminal."""
        assert self._sink is not None
        os.write(self._sink, keys.encode())

    def interrupt(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def _read(self, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self._source], [], [], left)[0]:
            return False
        try:
            piece = os.read(self._source, 65536)
        except OSError:  # how a terminal says that nobody holds its other end
            return False
        text = self.seen + piece.decode(errors="replace")
        self.seen = _SEQUENCES.sub("", text).replace("\r", "")
        return bool(piece)


def _take_terminal() -> None:
    """Make standard input the terminal whose Ctrl-C reaches this process."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


Start = Callable[..., Terminal]


@pytest.fixture
def start(environ: dict[str, str]) -> Iterator[Start]:
    """Start a command as a process of its own; `terminal=True` gives it a terminal."""
    started: list[tuple[subprocess.Popen[bytes], list[int]]] = []

    def begin(*words: str, terminal: bool = False) -> Terminal:
        command = [sys.executable, "-m", "tau", *words]
        reading, writing = pty.openpty() if terminal else os.pipe()
        process = subprocess.Popen(
            command,
            env=environ,
            stdin=writing if terminal else subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            start_new_session=True,
            preexec_fn=_take_terminal if terminal else None,  # noqa: PLW1509 (one system call)
        )
        os.close(writing)
        started.append((process, [reading]))
        return Terminal(process, reading, reading if terminal else None)

    yield begin
    for process, numbers in started:
        if process.poll() is None:
            process.kill()
        process.wait(patient(30))
        for number in numbers:
            os.close(number)
