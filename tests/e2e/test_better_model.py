"""A better built-in model arrives while one talks: the page shows it, and then it answers.

The small model is the real one. The better one is a stand-in: the same file under another name,
from a server on this machine that stops half-way until the test lets it go on.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect

from tau.jobs.downloads import DownloadJobs
from tau.models import catalog
from tau.models import packs as packs_module
from tau.models.builtin import BuiltinModels
from tau.models.http import AddressGuard
from tau.models.packs import MODEL

from .acts import SECONDS, Api, conversation_of, enter, replies, say
from .servers import Tau

pytestmark = pytest.mark.model
BETTER = "stand-in"


class HalfwayServer(ThreadingHTTPServer):
    """A server of one file, which sends its second half when `goes_on` is set."""

    daemon_threads = True

    def __init__(self, file: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.data = file.read_bytes()
        self.goes_on = threading.Event()
        self.fails = False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/model.gguf"


class _Handler(BaseHTTPRequestHandler):
    server: HalfwayServer

    def do_GET(self) -> None:
        data, half = self.server.data, len(self.server.data) // 2
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:half])
        self.wfile.flush()
        self.server.goes_on.wait(SECONDS)
        if not self.server.fails:
            self.wfile.write(data[half:])

    def log_message(self, *_given: object) -> None:
        pass


@pytest.fixture
def source(model_cache: Path) -> Iterator[HalfwayServer]:
    server = HalfwayServer(model_cache / catalog.CHAT_MODEL / MODEL)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.goes_on.set()
    server.shutdown()
    thread.join(SECONDS)
    server.server_close()


@pytest.fixture
def tau(
    tmp_path: Path, model_cache: Path, source: HalfwayServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tau]:
    """A Tau with the small built-in model, on a machine that the better one fits."""
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / catalog.CHAT_MODEL).symlink_to(model_cache / catalog.CHAT_MODEL)
    small = catalog.packs()[catalog.CHAT_MODEL]
    better = msgspec.structs.replace(small, name=BETTER, sources=(source.url,))
    monkeypatch.setitem(catalog.packs(), BETTER, better)
    monkeypatch.setattr(catalog, "BEST_CHAT_MODEL", BETTER)
    monkeypatch.setattr(BuiltinModels.__init__, "__defaults__", (lambda: 10**10,))
    monkeypatch.setattr(packs_module, "AddressGuard", lambda: AddressGuard("127.0.0.1"))
    running = Tau(tmp_path / "home", model="", offline=False, models_folder=str(folder), threads=1)
    running.start()
    running.call(_begin(running))
    yield running
    source.goes_on.set()
    running.stop()


async def _begin(tau: Tau) -> None:
    """Do what `tau run` does once it serves."""
    assert await DownloadJobs(tau.app.jobs, tau.app.models).start_better() is not None


def finished_reply(page: Page, number: int) -> None:
    expect(replies(page)).to_have_count(number, timeout=SECONDS * 1000)
    expect(replies(page).last).to_have_attribute("aria-busy", "false", timeout=SECONDS * 1000)


def test_it_is_shown_on_its_way_and_then_answers(
    page: Page, tau: Tau, api: Api, source: HalfwayServer
) -> None:
    enter(page, tau)
    expect(page.get_by_text("A better model, stand-in, is being downloaded: 50%.")).to_be_visible()
    say(page, "Good morning! How are you?")
    finished_reply(page, 1)
    conversation = conversation_of(page)
    assert api.thread(conversation)[-1]["model"] == catalog.CHAT_MODEL

    source.goes_on.set()
    expect(page.get_by_text("stand-in answers from now on.")).to_be_visible(timeout=SECONDS * 1000)
    expect(page.get_by_text("A better model")).to_have_count(0)
    say(page, "And what do you like to eat?")
    finished_reply(page, 2)
    assert api.thread(conversation)[-1]["model"] == BETTER


def test_if_it_does_not_arrive_the_small_one_goes_on_and_it_can_be_tried_again(
    page: Page, tau: Tau, api: Api, source: HalfwayServer
) -> None:
    enter(page, tau)
    source.fails = True
    source.goes_on.set()
    expect(page.get_by_text("The better model can’t be used yet.")).to_be_visible()
    say(page, "Good morning! How are you?")
    finished_reply(page, 1)
    assert api.thread(conversation_of(page))[-1]["model"] == catalog.CHAT_MODEL
    source.fails = False
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("stand-in answers from now on.")).to_be_visible(timeout=SECONDS * 1000)
