"""Documents in the page: a letter from a template to tracked changes, every one decided."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tau.experts.writing.blocks import parse_markdown
from tau.experts.writing.docx_in import read_docx
from tau.experts.writing.docx_new import new_docx

from .acts import Api, enter, one_tau
from .aids import violations
from .servers import Tau

LETTER = "Dear Ana,\n\nWe utilise the the form on page two of your letter, as you asked.\n"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture
def documents(page: Page, tau: Tau) -> Page:
    """The page of documents, as it's found from anywhere."""
    enter(page, tau)
    page.get_by_role("navigation").get_by_role("link", name="Documents").click()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()
    return page


def _upload(page: Page, name: str, data: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("link", name="All documents")).to_be_visible()


def _ask(page: Page, *edits: tuple[str, str, str]) -> None:
    shown = [{"block": b, "find": f, "replace": r, "why": "clearer"} for b, f, r in edits]
    page.get_by_label("What should change?").fill(f"[[say {json.dumps({'edits': shown})}]]")
    page.get_by_role("button", name="Propose changes").click()


def _download(page: Page, label: str) -> bytes:
    with page.expect_download() as started:
        page.get_by_role("link", name=label, exact=True).click()
    return Path(started.value.path()).read_bytes()


def test_a_letter_from_a_template_to_a_word_file(documents: Page, api: Api) -> None:
    api.post("/api/memory/facts", {"text": "I live in Porto."})
    documents.get_by_label("Template").select_option(label="Letter (US block)")
    documents.get_by_role("button", name="Begin", exact=True).click()
    expect(documents.get_by_role("article")).to_contain_text("Porto")
    checks = documents.get_by_role("region", name="Checks")
    expect(checks).to_contain_text("looks like a placeholder")
    text = documents.get_by_text("[What the letter says]")
    text.locator("xpath=..").locator("xpath=..").get_by_role("button").click()
    words = "We utilise the form on page two of your letter."
    documents.get_by_role("textbox", name="Paragraph").fill(words)
    documents.get_by_role("button", name="Save").click()
    block = documents.get_by_role("article").get_by_text("We utilise the form")
    expect(block).to_be_visible()
    _ask(documents, ("b5", "utilise", "use"), ("b5", "page two", "page 2"), ("b5", "no", "x"))
    expect(documents.get_by_role("status").filter(has_text="2 changes")).to_be_visible()
    expect(documents.get_by_text("1 more didn’t fit the text")).to_be_visible()
    assert violations(documents) == []
    documents.keyboard.press("a")
    expect(documents.get_by_role("status").filter(has_text="1 change to")).to_be_visible()
    documents.keyboard.press("r")
    expect(documents.get_by_role("article")).to_contain_text("We use the form on page two")
    tracked = read_docx(_download(documents, "Word, with marks"))
    assert [change.text for _, change in tracked.changes] == ["utilise", "use"]
    clean = read_docx(_download(documents, "Word"))
    assert "We use the form on page two of your letter." in clean.document.text
    documents.get_by_role("button", name="Undo").click()
    expect(documents.get_by_role("status").filter(has_text="1 change to")).to_be_visible()


def test_a_word_file_is_marked_by_the_checks(documents: Page) -> None:
    _upload(documents, "letter.docx", new_docx(parse_markdown(LETTER)))
    expect(documents.get_by_role("heading", name="letter")).to_be_visible()
    documents.get_by_role("button", name="Mark what the checks find").click()
    expect(documents.get_by_role("status").filter(has_text="1 change to decide")).to_be_visible()
    documents.get_by_role("button", name="Accept all").click()
    expect(documents.get_by_role("article")).to_contain_text("We utilise the form on")
    tracked = read_docx(_download(documents, "Word, with marks"))
    assert [(one.author, one.kind) for _, one in tracked.changes] == [("Tau", "deleted")]


def test_a_file_that_cant_be_read_says_why(documents: Page) -> None:
    file = {"name": "a.docx", "mimeType": "application/zip", "buffer": b"PK broken"}
    documents.locator("input[type=file]").set_input_files(file)
    expect(documents.get_by_role("alert")).to_contain_text("isn't a Word file")
