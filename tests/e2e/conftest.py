"""A real Tau, a real browser, and an eye on what the browser does beside the test.

Playwright's event loop counts as running in this thread while a browser is open: the browser lives
as long as the tests of this folder, so that asynchronous tests elsewhere find no loop.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    WebError,
    expect,
    sync_playwright,
)

from tests.patience import patient

from .acts import Api
from .announcements import keep_announcements
from .browser import arguments, chromium_path
from .servers import Tau, TauProcess

WAIT_SECONDS = 20
HERE = Path(__file__).parent
# A response with an error status: the page shows it to the person, and Chromium logs it as well.
_REFUSED = "Failed to load resource"
_failed = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs a browser is no quick test."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = yield
    if report.when == "call":
        item.stash[_failed] = report.failed
    return report


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with sync_playwright() as running:
        expect.set_options(timeout=patient(WAIT_SECONDS) * 1_000)
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, without a window."""
    opened = playwright.chromium.launch(executable_path=chromium_path(playwright), args=arguments())
    yield opened
    opened.close()


@pytest.fixture
def tau(tmp_path: Path) -> Iterator[Tau]:
    """A Tau that speaks with the scripted model, served from a thread."""
    running = Tau(tmp_path / "home")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def tau_process(tmp_path: Path) -> Iterator[TauProcess]:
    """The command `tau run` as a process of its own."""
    yield from TauProcess.running(tmp_path / "home")


@pytest.fixture
def api(tau: Tau) -> Iterator[Api]:
    """Tau's API beside the page."""
    opened = Api(tau)
    yield opened
    opened.close()


class BrowserWatch:
    """Records requests and console errors of a browser context."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.requests: list[str] = []
        self.console: list[str] = []
        self._own = urlsplit(url).netloc
        context.on("request", lambda request: self.requests.append(request.url))
        context.on("console", self._record_console)
        context.on("weberror", self._record_error)

    def elsewhere(self) -> list[str]:
        """Return the requests to other servers."""
        asked = [urlsplit(url) for url in self.requests]
        foreign = [one for one in asked if one.scheme in {"http", "https", "ws", "wss"}]
        return [one.geturl() for one in foreign if one.netloc != self._own]

    def wrong(self, allowed: list[str]) -> list[str]:
        """Return console errors, without those that a test provokes."""
        return [
            text
            for text in self.console
            if not text.startswith(_REFUSED) and not any(re.search(one, text) for one in allowed)
        ]

    def _record_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.console.append(message.text)

    def _record_error(self, error: WebError) -> None:
        self.console.append(f"Uncaught: {error.error}")


@pytest.fixture
def context(
    browser: Browser, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """A new browser context, watched for errors, with the address of the test's Tau.

    The test fails if a page contacts another server, violates its own policy or logs an error; mark
    it with `provokes("a pattern")` to allow a console error.
    """
    house = "tau_process" if "tau_process" in request.fixturenames else "tau"
    url = request.getfixturevalue(house).url
    opened = browser.new_context(
        base_url=url, locale="en-US", viewport={"width": 1280, "height": 800}
    )
    opened.set_default_timeout(patient(WAIT_SECONDS) * 1_000)
    keep_announcements(opened)
    watch = BrowserWatch(opened, url)
    yield opened
    if request.node.stash.get(_failed, False):
        for number, page in enumerate(opened.pages):
            page.screenshot(path=tmp_path / f"page-{number}.png")
        print(f"Pictures of the pages lie in {tmp_path}; the console said: {watch.console}")
    opened.close()
    allowed = [pattern for mark in request.node.iter_markers("provokes") for pattern in mark.args]
    assert watch.elsewhere() == [], f"a page asked another server: {watch.elsewhere()}"
    assert watch.wrong(allowed) == [], f"a page had errors: {watch.wrong(allowed)}"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty page of that browser."""
    return context.new_page()
