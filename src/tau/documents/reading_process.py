"""A child process that reads a file of strangers: its memory and time are bounded.

A small archive can unpack into gigabytes, and a document can be made so that reading it never ends.
The programs that such a process runs import nothing else of Tau and are given nothing secret.
"""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from tau.errors import BadInput

_SOURCE = Path(__file__).resolve().parents[2]
"""The folder with the package `tau`."""


@contextmanager
def reading_process(
    program: str,
    file: BinaryIO,
    asked: object,
    *,
    unreadable: str,
    seconds: float = 120.0,
    python: Path | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a module as a program, send it a line with `asked` as JSON, then the file; yield it.

    It's killed at the end, and after `seconds`, whatever it does. It runs in `python` if Tau's own
    lacks its packages. Raises `BadInput` with the sentence `unreadable` if it can't be started.
    """
    with _start(program, unreadable, python) as child:
        timer = threading.Timer(seconds, child.kill)
        timer.daemon = True
        timer.start()
        try:
            _send(child, file, asked)
            yield child
        finally:
            timer.cancel()
            child.kill()


def _start(program: str, unreadable: str, python: Path | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            [str(python or sys.executable), "-P", "-B", "-m", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": str(_SOURCE)},
            cwd="/",
        )
    except OSError as error:
        raise BadInput(unreadable) from error


def _send(child: subprocess.Popen[bytes], file: BinaryIO, asked: object) -> None:
    pipe = child.stdin
    if pipe is None:
        return
    file.seek(0)
    with suppress(BrokenPipeError):  # it ended; its exit code says why
        pipe.write(msgspec.json.encode(asked) + b"\n")
        shutil.copyfileobj(file, pipe)
        pipe.close()
