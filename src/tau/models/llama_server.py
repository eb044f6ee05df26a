"""Program of the child process that runs llama.cpp for one model.

The parent writes one line of JSON to its standard input: the options of `start`, the path of a
Unix socket, and the sizes of the adapters whose bytes follow. One line comes back on its standard
output: `{}` once llama.cpp listens on the socket, else `{"error": NAME}`. From then on the process
lives until its input ends, which also happens when the parent is killed. It imports nothing of Tau,
so that it holds little more than the model.
"""

import json
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

EMBEDDER_SLOTS = 4
"""Texts that llama.cpp embeds in parallel."""
EMBEDDER_WINDOW = 512
"""Tokens that one text may have; they must fit in one batch of llama.cpp."""
PROMPT_CACHE_MIB = 256
HTTP_THREADS = 64
"""Connections at a time. Each keeps a thread until five seconds after its answer, so with as few
threads as llama.cpp has by default, a few requests at once would wait for that."""
_QUIET = -1  # llama.cpp's verbosity; errors are returned as answers


def main() -> None:
    """Serve one model until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    options = json.loads(sys.stdin.buffer.readline())
    socket = Path(options.pop("socket"))
    sizes = options.pop("adapter_bytes", [])
    answers = _take_stdout()
    try:
        with adapter_files(sys.stdin.buffer, sizes, socket.parent) as adapters:
            server = start(socket=str(socket), adapters=adapters, **options)
    except (RuntimeError, OSError, ImportError) as error:
        os.write(answers, json.dumps({"error": type(error).__name__}).encode() + b"\n")
        sys.exit(1)
    try:
        os.write(answers, b"{}\n")
        sys.stdin.buffer.read()
    finally:  # also if Tau was killed while the model was loading, so that nobody reads the answer
        _remove(socket)
        os._exit(0 if server else 1)  # freeing a server that has just started may wait forever


def _remove(socket: Path) -> None:
    with suppress(OSError):
        socket.unlink(missing_ok=True)
        socket.parent.rmdir()


@contextmanager
def adapter_files(given: BinaryIO, sizes: list[int], folder: Path) -> Iterator[list[str]]:
    """Yield paths of the adapters that follow in `given`, while llama.cpp loads them.

    What an adapter has learned repeats what people said, so it is never plain on a disk: on Linux
    it is a file in memory. Elsewhere it is a file in the private `folder`, as briefly as possible.
    """
    with ExitStack() as files:
        paths = []
        for number, size in enumerate(sizes):
            content = given.read(size)
            if len(content) < size:
                raise OSError("cut short")
            paths.append(_file_of(content, folder / f"adapter-{number}", files))
        yield paths


def _file_of(content: bytes, path: Path, files: ExitStack) -> str:
    if hasattr(os, "memfd_create"):
        file = files.enter_context(os.fdopen(os.memfd_create(path.name), "wb"))
        file.write(content)
        file.flush()
        return f"/proc/self/fd/{file.fileno()}"
    files.callback(path.unlink, missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)
    return str(path)


def start(
    *,
    socket: str,
    path: str,
    purpose: str,
    threads: int,
    context_tokens: int,
    adapters: Sequence[str] = (),
) -> Any:
    """Return a running llama.cpp server. Blocks while it loads. Raises `RuntimeError`.

    With adapters, each has a slot of the same number and the window of a whole context.
    """
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
    params.n_threads_http = HTTP_THREADS
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    if purpose == "embed":
        params.embedding = True
        params.n_parallel = EMBEDDER_SLOTS
        params.n_ctx = EMBEDDER_WINDOW * EMBEDDER_SLOTS
        params.n_batch = params.n_ubatch = EMBEDDER_WINDOW
    else:
        params.n_parallel = max(1, len(adapters))
        params.n_ctx = context_tokens * params.n_parallel
    if adapters:
        # At any other scale a request that names no adapter would be answered by all of them.
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(each, 0.0) for each in adapters]
        # Cached prompts differ by their text only; each slot keeps its adapter's own.
        params.cache_ram_mib = 0
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
