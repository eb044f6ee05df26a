"""What a page announces in sentences that go away after a few seconds, kept for the test."""

import time

from playwright.sync_api import BrowserContext, Page

from .acts import SECONDS

_KEEP = """() => {
  const heard = (window.testAnnouncements = []);
  new MutationObserver(() => {
    for (const one of document.querySelectorAll("[aria-live=polite]"))
      if (one.checkVisibility({ opacityProperty: true }) && heard.at(-1) !== one.innerText)
        heard.push(one.innerText);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}"""


def keep_announcements(context: BrowserContext) -> None:
    """Keep what the pages of a context announce from now on."""
    context.add_init_script(f"({_KEEP})()")


def expect_announced(page: Page, text: str) -> None:
    """Wait until the page has shown `text` as an announcement since it was loaded.

    A machine that is busy for seconds may look only when the sentence is gone again.
    """
    deadline = time.monotonic() + SECONDS
    while text not in (heard := "\n".join(page.evaluate("window.testAnnouncements"))):
        assert time.monotonic() < deadline, f"{text!r} was not announced, only {heard!r}"
        page.wait_for_timeout(50)
