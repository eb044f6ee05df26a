"""Documents in the page: a letter from a template to tracked changes, every one decided."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tau.experts.writing.blocks import parse_markdown
from tau.experts.writing.docx_in import read_docx
from tau.experts.writing.docx_new import new_docx

from .acts import Api, enter, one_tau
from .aids import violations
from .editor import download, expect_open, text_of, write_instead
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


def test_a_letter_from_a_template_to_a_word_file(documents: Page, api: Api) -> None:
    api.post("/api/memory/facts", {"text": "I live in Porto."})
    documents.get_by_label("Template").select_option(label="Letter (US block)")
    documents.get_by_role("button", name="Begin", exact=True).click()
    expect(documents.get_by_role("article")).to_contain_text("Porto")
    expect(text_of(documents)).to_contain_text("looks like a placeholder")
    expect(documents.get_by_role("region", name="Checks")).to_contain_text("beside the text")
    write_instead(
        documents, "[What the letter says]", "We utilise the form on page two of your letter."
    )
    _ask(documents, ("b5", "utilise", "use"), ("b5", "page two", "page 2"), ("b5", "no", "x"))
    expect_open(documents, 2)
    expect(documents.get_by_text("1 more didn’t fit the text")).to_be_visible()
    assert violations(documents) == []
    documents.keyboard.press("j")
    documents.keyboard.press("a")
    expect_open(documents, 1)
    documents.keyboard.press("r")
    expect_open(documents, 0)
    expect(text_of(documents)).to_contain_text("We use the form on page two")
    tracked = read_docx(download(documents, "Word, with marks"))
    assert [change.text for _, change in tracked.changes] == ["utilise", "use"]
    clean = read_docx(download(documents, "Word"))
    assert "We use the form on page two of your letter." in clean.document.text
    documents.get_by_role("button", name="Undo").click()
    expect_open(documents, 1)


def test_a_word_file_is_marked_by_the_checks(documents: Page) -> None:
    _upload(documents, "letter.docx", new_docx(parse_markdown(LETTER)))
    expect(documents.get_by_role("heading", name="letter")).to_be_visible()
    documents.get_by_role("button", name="Mark what the checks find").click()
    expect_open(documents, 1)
    documents.get_by_role("button", name="Accept all").click()
    expect(documents.get_by_role("article")).to_contain_text("We utilise the form on")
    tracked = read_docx(download(documents, "Word, with marks"))
    assert [(one.author, one.kind) for _, one in tracked.changes] == [("Tau", "deleted")]


def test_a_file_that_cant_be_read_says_why(documents: Page) -> None:
    file = {"name": "a.docx", "mimeType": "application/zip", "buffer": b"PK broken"}
    documents.locator("input[type=file]").set_input_files(file)
    expect(documents.get_by_role("alert")).to_contain_text("isn't a Word file")
