"""What the browser keeps of a person's conversations, to read while Tau is away."""

import time
from collections.abc import Callable

from playwright.sync_api import Page

from .acts import SECONDS

_COPIES = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    if (!name.startsWith("tau-copies-")) continue;
    const cache = await caches.open(name);
    for (const one of await cache.keys()) {
      const { pathname, search } = new URL(one.url);
      kept[pathname + search] = await (await cache.match(one))?.text() ?? "";
    }
  }
  return kept;
}"""


def copies(page: Page) -> dict[str, str]:
    """Return the text of each copy by its path."""
    kept: dict[str, str] = page.evaluate(_COPIES)
    return kept


def copied(page: Page) -> str:
    """Return all paths and texts that are kept."""
    return " ".join(f"{path} {text}" for path, text in copies(page).items())


def wait_for_copies(page: Page, are_right: Callable[[dict[str, str]], bool]) -> None:
    """Wait until the copies are right. (Playwright's own wait doesn't await a promise's value.)"""
    deadline = time.monotonic() + SECONDS
    while not are_right(kept := copies(page)):
        assert time.monotonic() < deadline, f"copies are kept of {sorted(kept)}"
        page.wait_for_timeout(100)


def expect_conversation_copied(page: Page, conversation: str, words: str = "") -> None:
    """Wait until a conversation and its last messages, with `words`, are kept."""
    path = f"/api/conversations/{conversation}"

    def are_right(kept: dict[str, str]) -> bool:
        return path in kept and any(
            each.startswith(f"{path}/messages") and words in text for each, text in kept.items()
        )

    wait_for_copies(page, are_right)


def expect_copied(page: Page, words: str) -> None:
    """Wait until words, of a path or a text, are kept."""
    wait_for_copies(page, lambda kept: words in str(kept))


def expect_not_copied(page: Page, words: str) -> None:
    """Wait until words are kept no more; with none, until nothing is kept."""
    wait_for_copies(page, lambda kept: words not in str(kept) if words else not kept)
