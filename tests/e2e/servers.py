"""Whole Taus for a browser to visit: one in a thread of the tests, and the real command."""

import asyncio
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx

from tau.app import App, open_app
from tau.cli.listening import listen, url_of
from tau.cli.serving import serve
from tau.models.scripted import gate
from tau.settings import Settings
from tests.patience import patient

SECONDS = patient(30)
T = TypeVar("T")
_LINK = re.compile(r"(http://127\.0\.0\.1:\d+)/welcome#key=(\S+)")


class Tau:
    """A Tau on a home of its own, served by an event loop in a thread of this process.

    What waits at `tau.models.scripted.gate` goes on with `release()`. The port stays the same over
    a restart. `more` are other settings than the usual ones.
    """

    def __init__(self, home: Path, **more: Any) -> None:
        self.home = home
        self._more = more
        self.url = ""
        self.key = ""
        self.loop: asyncio.AbstractEventLoop
        self.app: App
        self._stop: asyncio.Event
        self._thread: threading.Thread | None = None
        self._up = threading.Event()
        self._broken: BaseException | None = None

    def start(self) -> None:
        """Open the house and serve it; returns when it answers."""
        assert self._thread is None, "it runs already"
        self._up.clear()
        self._thread = threading.Thread(target=self._run, name="tau-under-test")
        self._thread.start()
        assert self._up.wait(SECONDS), "Tau did not start"
        if self._broken is not None:
            raise self._broken
        if not self.key:
            self.key = self.call(self._make_key())

    def stop(self) -> None:
        """Close the house as Ctrl-C does; what was said is kept."""
        if self._thread is not None:
            self.loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(SECONDS)
            assert not self._thread.is_alive(), "Tau did not stop"
            self._thread = None

    def restart(self) -> None:
        """Close the house, and open it again at the same address."""
        self.stop()
        self.start()

    def link(self) -> str:
        """Return a fresh one-time link."""
        token = self.call(self._make_link())
        return f"{self.url}/welcome#key={quote(token, safe='')}"

    def release(self) -> None:
        """Let the replies go on that wait at the gate."""
        self.loop.call_soon_threadsafe(gate.release)

    def wait_for_gate(self) -> None:
        """Wait until a reply waits at the gate."""
        self.call(gate.reached())

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something inside the house, and return what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS)

    async def _make_key(self) -> str:
        return (
            await self.app.people.credentials.new_api_key(await self.app.people.owner(), "tests")
        )[0]

    async def _make_link(self) -> str:
        return await self.app.people.credentials.link(await self.app.people.owner())

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 (told to whoever starts or stops it)
            self._broken = error
        finally:
            self._up.set()

    async def _serve(self) -> None:
        self.loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        port = int(self.url.rpartition(":")[2]) if self.url else 0
        usual = {"model": "scripted", "embedder": "scripted-embedder", "offline": True}
        settings = Settings(home=self.home, port=port, **{**usual, **self._more})
        with listen("127.0.0.1", port) as listener:
            self.url = url_of(listener)
            async with open_app(settings, environ={}) as self.app, serve(self.app, listener):
                self._up.set()
                await self._stop.wait()
                gate.set()  # nobody is left waiting
        gate.clear()


class TauProcess:
    """The real `tau run` on a home of its own: it can be killed."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = ""
        self.key = ""
        self._owner: httpx.Client | None = None
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the command; returns when it answers."""
        assert self._process is None, "it runs already"
        port = self.url.rpartition(":")[2] or "0"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TAU_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tau", "run", "--port", port],
            env=kept
            | {
                "TAU_HOME": str(self.home),
                "TAU_MODEL": "scripted",
                "TAU_EMBEDDER": "scripted-embedder",
                "TAU_OFFLINE": "1",
                "PYTHONUNBUFFERED": "1",
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.url, first = self._read_link()
        if self._owner is None:
            self._owner = httpx.Client(base_url=self.url, timeout=SECONDS)
            assert self._owner.post("/api/welcome", json={"key": first}).is_success
            self.key = self._owner.post("/api/keys", json={"label": "tests"}).json()["key"]

    def _read_link(self) -> tuple[str, str]:
        assert self._process is not None
        assert self._process.stdout is not None
        seen = ""
        for line in self._process.stdout:
            seen += line
            if found := _LINK.search(line):
                return found[1], found[2]
        raise AssertionError(f"Tau did not start:\n{seen}")

    def link(self) -> str:
        """Return a fresh one-time link."""
        assert self._owner is not None
        made = self._owner.post("/api/links").json()
        return f"{self.url}/welcome#key={quote(made['key'], safe='')}"

    def stop(self) -> None:
        """End it as `kill` does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once, as a power cut does."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """End it and start it again at the same address."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Leave nothing open."""
        self.kill()
        if self._owner is not None:
            self._owner.close()

    @classmethod
    def running(cls, home: Path) -> Iterator[Self]:
        """Yield one that runs, and leave nothing open: for a fixture to yield from."""
        process = cls(home)
        process.start()
        yield process
        process.close()

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.communicate(timeout=SECONDS)
            self._process = None
