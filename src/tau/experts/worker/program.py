"""Reads calls from standard input and writes their results, one JSON object per line.

    {"id": 1, "call": "sketch.solve", "arguments": {...}, "seconds": 10}
    {"id": 1, "result": {...}}   or   {"id": 1, "error": {"code": "refused", "message": "..."}}

An error that nobody expected has its class as its message: its own text may quote the arguments.
"""

import os
import sys
import threading
from queue import SimpleQueue
from typing import Any, BinaryIO

import msgspec

from tau.experts.worker.calls import CallRefused, find_call
from tau.experts.worker.limits import limit_call, limit_process

MAX_LINE_BYTES = 32 << 20
"""Of a call and of a result."""


class CallRequest(msgspec.Struct, frozen=True):
    """A call as it comes."""

    id: int
    call: str
    arguments: dict[str, Any]
    seconds: float


class CallError(msgspec.Struct, frozen=True):
    """Why a call has no result.

    Codes: `refused` or one of the call's own, `memory`, `large`, `missing` (a package), `failed`.
    """

    code: str
    message: str = ""


class CallAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of a call, or an error."""

    id: int
    result: dict[str, Any] | None = None
    error: CallError | None = None


def run_program() -> None:
    """Answer calls until standard input ends."""
    output = _own_output()
    limit_process()
    lines: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_read, args=(sys.stdin.buffer, lines), daemon=True).start()
    while True:
        output.write(answer_line(lines.get()) + b"\n")
        output.flush()


def _own_output() -> BinaryIO:
    """Return standard output for the results alone: what libraries print goes nowhere."""
    own = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return own


def _read(file: BinaryIO, lines: "SimpleQueue[bytes]") -> None:
    for line in file:
        lines.put(line)
    os._exit(0)  # Tau has ended, or needs no more: whatever a call is doing


def answer_line(line: bytes) -> bytes:
    """Return the answer to a call, both as JSON."""
    request = msgspec.json.decode(line, type=CallRequest)
    limit_call(request.seconds)
    try:
        answer = CallAnswer(request.id, result=find_call(request.call)(request.arguments))
        encoded = msgspec.json.encode(answer)
    except CallRefused as refused:
        encoded = _failed(request, refused.code, str(refused))
    except MemoryError:
        encoded = _failed(request, "memory")
    except ImportError as error:
        encoded = _failed(request, "missing", error.name or "")
    except Exception as error:  # noqa: BLE001 - the boundary of a call; the class goes to Tau's log
        encoded = _failed(request, "failed", type(error).__name__)
    return encoded if len(encoded) < MAX_LINE_BYTES else _failed(request, "large")


def _failed(request: CallRequest, code: str, message: str = "") -> bytes:
    return msgspec.json.encode(CallAnswer(request.id, error=CallError(code, message)))
