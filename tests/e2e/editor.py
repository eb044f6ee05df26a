"""The editor of a document, as tests use it."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, Request, expect

DOCUMENTS = "/api/experts/writing/documents"


def text_of(page: Page) -> Locator:
    """The field that a document is written in."""
    return page.get_by_role("textbox", name="Text of the document")


def paragraph(page: Page, words: str) -> Locator:
    """The paragraph that holds words."""
    return text_of(page).locator("> :not(.ProseMirror-widget)").filter(has_text=words)


def write_instead(page: Page, words: str, other: str) -> None:
    """Select a paragraph whole, and type something else; returns once it's saved."""
    with page.expect_response(lambda answer: is_save(answer.request)):
        paragraph(page, words).click(click_count=3)
        page.keyboard.type(other)
    expect_saved(page)


def expect_saved(page: Page) -> None:
    expect(page.locator("[data-saving]")).to_have_attribute("data-saving", "saved")


def is_save(request: Request) -> bool:
    return request.method == "PUT" and DOCUMENTS in request.url


def expect_open(page: Page, count: int) -> None:
    """Wait until so many changes wait to be decided."""
    status = page.get_by_role("status").filter(has_text=re.compile("change.? to decide"))
    if count:
        expect(status).to_have_text(re.compile(f"^{count} "))
    else:
        expect(status).to_have_count(0)


def note(page: Page, find: str) -> Locator:
    """The note of a change, by the words that it replaces."""
    return page.get_by_role("group", name=f"“{find}” becomes", exact=False)


def download(page: Page, label: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("link", name=label, exact=True).click()
    return Path(started.value.path()).read_bytes()


def proposal(block: str, *edits: tuple[str, str, str]) -> dict[str, Any]:
    """What a model answers that proposes edits of one block: what to find, what to put, why."""
    shown = [{"block": block, "find": f, "replace": r, "why": why} for f, r, why in edits]
    return {"edits": shown}
