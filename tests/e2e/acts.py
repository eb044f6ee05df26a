"""What people do with the page, for the tests that follow them."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tau.models import scripted_server
from tests.patience import patient

from .servers import Tau, TauProcess

SECONDS = patient(30)


def one_tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    """Yield a running Tau that the tests of a file share."""
    running = Tau(tmp_path_factory.mktemp("tau") / "home")
    running.start()
    yield running
    running.stop()


def one_endpoint(key: str) -> Iterator[str]:
    """Yield the address of an OpenAI-compatible server on this machine that requires a key."""
    loop = asyncio.new_event_loop()
    up, done = threading.Event(), asyncio.Event()
    urls: list[str] = []

    async def serve() -> None:
        async with scripted_server.serving(scripted_server.create_app(key=key)) as url:
            urls.append(url)
            up.set()
            await done.wait()

    serving = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    serving.start()
    assert up.wait(SECONDS)
    yield urls[0]
    loop.call_soon_threadsafe(done.set)
    serving.join(SECONDS)
    loop.close()


class Api:
    """Client of Tau's API with an API key, to set up data and to check it."""

    def __init__(self, tau: Tau | TauProcess) -> None:
        self._client = httpx.Client(
            base_url=tau.url, headers={"Authorization": f"Bearer {tau.key}"}, timeout=SECONDS
        )

    def get(self, path: str, **query: Any) -> Any:
        return self._json(self._client.get(path, params=query))

    def post(self, path: str, body: Any = None) -> Any:
        return self._json(self._client.post(path, json={} if body is None else body))

    def patch(self, path: str, body: Any) -> Any:
        return self._json(self._client.patch(path, json=body))

    def put(self, path: str, body: Any) -> Any:
        return self._json(self._client.put(path, json=body))

    def delete(self, path: str) -> Any:
        return self._json(self._client.delete(path))

    def status(self, path: str) -> int:
        return self._client.get(path).status_code

    def text(self, path: str) -> str:
        response = self._client.get(path)
        assert response.is_success, response.text
        return response.text

    def close(self) -> None:
        self._client.close()

    @staticmethod
    def _json(response: httpx.Response) -> Any:
        assert response.is_success, response.text
        return response.json() if response.content else None

    def begin(self, **asked: Any) -> str:
        return str(self.post("/api/conversations", asked)["id"])

    def write(self, conversation: str, text: str, **more: Any) -> str:
        """Store a message without a reply; returns its id."""
        path = f"/api/conversations/{conversation}/messages"
        return str(self.post(path, {"text": text, **more})["id"])

    def add_message(self, text: str, title: str | None = None) -> tuple[str, str]:
        """Store a message in a new conversation; returns both ids."""
        conversation = self.begin(title=title)
        return conversation, self.write(conversation, text)

    def import_file(self, name: str, content: bytes, **asked: Any) -> str:
        """Start importing a file; returns the import's id."""
        response = self._client.post(
            "/api/imports", params={"name": name, **asked}, content=content
        )
        return str(self._json(response)["id"])

    def thread(self, conversation: str) -> list[dict[str, Any]]:
        path = f"/api/conversations/{conversation}/messages"
        messages: list[dict[str, Any]] = self.get(path)["messages"]
        return messages

    def found(self, words: str) -> list[str]:
        """Return the texts that a search finds."""
        passages = self.get("/api/search", q=words)["passages"]
        return [one["message"]["text"] for one in passages]

    def until(self, path: str, true: Callable[[Any], bool], **query: Any) -> Any:
        """Ask until `true` is true of the answer: what happens after a reply has no other sign."""
        last: Any = None
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            with suppress(httpx.TransportError):
                last = self.get(path, **query)
                if true(last):
                    return last
            time.sleep(0.05)
        raise AssertionError(f"{path} never became so: {last}")


def enter(page: Page, tau: Tau | TauProcess) -> None:
    """Come in by a one-time link, past the introduction."""
    page.add_init_script(
        "localStorage.getItem('tau.preferences') ??"
        " localStorage.setItem('tau.preferences', JSON.stringify({introduced: true}))"
    )
    page.goto(tau.link())
    expect(composer(page)).to_be_visible()


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your words")


def say(page: Page, words: str) -> None:
    """Write words and send them; does not wait for the reply."""
    composer(page).fill(words)
    composer(page).press("Enter")


def said(page: Page) -> Locator:
    """The lines of the person's."""
    return page.locator("main [data-line]:not([aria-busy])")


def replies(page: Page) -> Locator:
    """The lines of Tau's."""
    return page.locator("main [data-line][aria-busy]")


def expect_reply(page: Page, text: str) -> Locator:
    """Wait for the last reply to be whole and to hold `text`; returns it."""
    reply = replies(page).last
    expect(reply).to_contain_text(text)
    expect(reply).to_have_attribute("aria-busy", "false")
    return reply


def converse(page: Page, words: str, reply: str) -> Locator:
    """Say words and wait for the reply that holds `reply`; returns it."""
    say(page, words)
    return expect_reply(page, reply)


def conversation_of(page: Page) -> str:
    """Return the conversation that the page shows."""
    page.wait_for_url("**/c/*")
    return page.url.split("/c/")[1].split("?")[0]


def expect_no_sideways_scrolling(page: Page) -> None:
    """Nothing on the page is wider than the page."""
    wide = page.evaluate(
        """() => {
            const limit = document.documentElement.clientWidth + 1;
            const scrolls = (node) => {
                for (let at = node.parentElement; at; at = at.parentElement) {
                    const { overflowX } = getComputedStyle(at);
                    if (overflowX !== 'visible' && at !== document.body
                        && at !== document.documentElement) return true;
                }
                return false;
            };
            const named = (node) => `${node.tagName} ${node.className}`.slice(0, 120);
            const found = [];
            if (document.documentElement.scrollWidth > limit) found.push('the page itself');
            for (const node of document.querySelectorAll('body *')) {
                const { overflowX } = getComputedStyle(node);
                if (!['auto', 'scroll'].includes(overflowX)) continue;
                const meant = node.matches('pre, .scrolls, [role=tablist], nav *, [data-scrolls]');
                if (!meant && node.scrollWidth > node.clientWidth + 1) found.push(named(node));
            }
            for (const node of document.querySelectorAll('main *')) {
                const box = node.getBoundingClientRect();
                if (box.width && box.height && (box.right > limit || box.left < -1)
                    && !scrolls(node) && getComputedStyle(node).visibility !== 'hidden')
                    found.push(named(node));
            }
            return found;
        }"""
    )
    assert wide == [], wide
