"""A child process that reads a file of strangers: its memory and time are bounded.

A small archive can unpack into gigabytes, and a document can be made so that reading it never ends.
The programs that such a process runs import nothing of Tau and are given nothing secret.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from tau.errors import BadInput


@contextmanager
def reading_process(
    program: Path, file: BinaryIO, asked: str, *, unreadable: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program, send it a line with `asked` as JSON and then the file, and yield it.

    It's killed at the end, whatever it does. Raises `BadInput` with the sentence `unreadable` if
    it can't be started.
    """
    with _start(program, unreadable) as child:
        try:
            _send(child, file, asked)
            yield child
        finally:
            child.kill()


def _start(program: Path, unreadable: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - our own program
            # -P: the program's folder has modules named like those of the standard library
            [sys.executable, "-P", str(program)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
        )
    except OSError as error:
        raise BadInput(unreadable) from error


def _send(child: subprocess.Popen[bytes], file: BinaryIO, asked: str) -> None:
    pipe = child.stdin
    if pipe is None:
        return
    file.seek(0)
    with suppress(BrokenPipeError):  # it ended; its exit code says why
        pipe.write(msgspec.json.encode(asked) + b"\n")
        shutil.copyfileobj(file, pipe)
        pipe.close()
