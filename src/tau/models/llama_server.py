"""Program of the child process that runs llama.cpp for one model.

The parent writes one line of JSON to its standard input: the options of `start`, and the path of a
Unix socket. One line comes back on its standard output: `{}` once llama.cpp listens on the socket,
else `{"error": NAME}`. From then on the process lives until its input ends, which also happens when
the parent is killed. It imports nothing of Tau, so that it holds little more than the model.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

EMBEDDER_SLOTS = 4
"""Texts that llama.cpp embeds in parallel."""
EMBEDDER_WINDOW = 512
"""Tokens that one text may have; they must fit in one batch of llama.cpp."""
PROMPT_CACHE_MIB = 256
_QUIET = -1  # llama.cpp's verbosity; errors are returned as answers


def main() -> None:
    """Serve one model until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    options = json.loads(sys.stdin.readline())
    socket = Path(options.pop("socket"))
    answers = _take_stdout()
    try:
        server = start(socket=str(socket), **options)
    except (RuntimeError, OSError, ImportError) as error:
        os.write(answers, json.dumps({"error": type(error).__name__}).encode() + b"\n")
        sys.exit(1)
    try:
        os.write(answers, b"{}\n")
        sys.stdin.read()
    finally:  # also if Tau was killed while the model was loading, so that nobody reads the answer
        _remove(socket)
        os._exit(0 if server else 1)  # freeing a server that has just started may wait forever


def _remove(socket: Path) -> None:
    with suppress(OSError):
        socket.unlink(missing_ok=True)
        socket.parent.rmdir()


def start(*, socket: str, path: str, purpose: str, threads: int, context_tokens: int) -> Any:
    """Return a running llama.cpp server. Blocks while it loads. Raises `RuntimeError`."""
    # Threads that wait for each other must sleep, not spin: where other programs use the cores,
    # spinning takes the very time that the awaited thread needs (docs/decisions/0016-engine.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.hostnames = [socket]
    params.verbosity = _QUIET
    params.warmup = False
    params.ui = False
    params.cors_origins = ""
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    if purpose == "embed":
        params.embedding = True
        params.n_parallel = EMBEDDER_SLOTS
        params.n_ctx = EMBEDDER_WINDOW * EMBEDDER_SLOTS
        params.n_batch = params.n_ubatch = EMBEDDER_WINDOW
    else:
        params.n_parallel = 1
        params.n_ctx = context_tokens
    return xllamacpp.Server(params)


def _take_stdout() -> int:
    """Return a descriptor for the answers, and let all other output go nowhere."""
    answers = os.dup(sys.stdout.fileno())
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
    return answers


if __name__ == "__main__":
    main()
