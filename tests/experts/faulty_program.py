"""The experts' program with calls that go wrong, started by the tests instead of the real one."""

import os
import socket
import sys
import tempfile
import time
from typing import Any

from tau.experts.worker import program
from tau.experts.worker.calls import CallRefused


def echo(arguments: dict[str, Any]) -> dict[str, Any]:
    print("a library's chatter", flush=True)
    os.write(1, b"and that of its native code\n")
    return {**arguments, "pid": os.getpid()}


def hang(_arguments: dict[str, Any]) -> dict[str, Any]:
    while True:
        time.sleep(60)


def eat_memory(_arguments: dict[str, Any]) -> dict[str, Any]:
    return {"eaten": [bytes(256 << 20) for _ in range(64)]}


def die(_arguments: dict[str, Any]) -> dict[str, Any]:
    os.abort()


def overflow(_arguments: dict[str, Any]) -> dict[str, Any]:
    return {"text": "x" * (40 << 20)}


def flood(_arguments: dict[str, Any]) -> dict[str, Any]:
    """Write more than an answer may have, past the program's own check."""
    program.MAX_LINE_BYTES = 1 << 40
    return {"text": "x" * (40 << 20)}


def refuse(_arguments: dict[str, Any]) -> dict[str, Any]:
    raise CallRefused("Ten rooms don't fit into 20 m².")


def fail(arguments: dict[str, Any]) -> dict[str, Any]:
    raise ValueError(arguments["secret"])


def lack(_arguments: dict[str, Any]) -> dict[str, Any]:
    import no_such_package  # type: ignore[import-not-found]

    return dict(no_such_package.found)


def write_file(_arguments: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as file:
        file.write(b"what somebody said")
        file.flush()
    return {}


def surroundings(_arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the variables, the interfaces of the network, and the modules of Tau."""
    return {
        "variables": sorted(os.environ),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "modules": sorted(name for name in sys.modules if name.startswith("tau")),
    }


CALLS = {
    call.__name__: call
    for call in (
        *(echo, hang, eat_memory, die, overflow, flood, refuse, fail, lack, write_file),
        surroundings,
    )
}

if __name__ == "__main__":
    program.find_call = CALLS.__getitem__
    program.run_program()
