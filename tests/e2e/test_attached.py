"""Files: chosen, dropped and pasted; read with a message; named by page under the reply."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.documents.pictures import png
from tests.studio.examples.documents import pdf

from .acts import (
    Api,
    composer,
    enter,
    expect_no_sideways_scrolling,
    expect_reply,
    one_tau,
    replies,
    said,
)
from .servers import Tau

LEASE = pdf("The rent is 917 euro.", "Nothing of interest.", "The notice is ninety days.")
SCREENS = {"phone": (390, 844), "desk": (1280, 800)}


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def file(name: str, content: bytes, kind: str = "application/pdf") -> Any:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, *files: Any) -> None:
    page.locator("form input[type=file]").set_input_files(list(files))


def chips(page: Page) -> Locator:
    return page.locator("form").get_by_role("list", name="Files").get_by_role("listitem")


def bring(page: Page, event: str, name: str, content: bytes, kind: str) -> None:
    """Drop or paste a file on the message field."""
    page.evaluate(
        """([event, name, bytes, kind]) => {
            const bubbling = { bubbles: true, cancelable: true };
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name, { type: kind }));
            const made = event === "paste"
                ? new ClipboardEvent(event, { clipboardData: data, ...bubbling })
                : new DragEvent(event, { dataTransfer: data, ...bubbling });
            document.querySelector("main form textarea").dispatchEvent(made);
        }""",
        [event, name, list(content), kind],
    )


@pytest.mark.parametrize("screen", SCREENS)
def test_a_reply_names_the_pages_that_it_read(page: Page, api: Api, screen: str) -> None:
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    choose(page, file("lease.pdf", LEASE))
    expect(chips(page)).to_contain_text(["lease.pdf"])
    expect(chips(page)).to_contain_text(["3 pages"])
    expect_no_sideways_scrolling(page)
    composer(page).fill("What notice is there? [[say Ninety days.]]")
    page.get_by_role("button", name="Send").click()
    reply = expect_reply(page, "Ninety days.")
    expect(chips(page)).to_have_count(0)
    expect(said(page).last.get_by_role("link", name=re.compile("lease.pdf"))).to_be_visible()
    source = reply.get_by_role("list", name="Pages that were read").locator("summary")
    expect(source.filter(has_text="lease.pdf, page 3")).to_be_visible()
    source.filter(has_text="page 3").click()
    expect(reply.get_by_text("The notice is ninety days.")).to_be_visible()
    expect_no_sideways_scrolling(page)
    page.reload()
    expect(replies(page).last.locator("summary").filter(has_text="page 3")).to_be_visible()
    with page.expect_download() as downloading:
        said(page).last.get_by_role("link", name=re.compile("lease.pdf")).click()
    assert downloading.value.suggested_filename == "lease.pdf"


def test_pictures_are_dropped_and_pasted_and_shown(page: Page) -> None:
    bring(page, "drop", "cat.png", png(40, 30), "image/png")
    expect(chips(page).filter(has_text="40 × 30")).to_be_visible()
    bring(page, "paste", "dog.png", png(20, 10), "image/png")
    expect(chips(page)).to_have_count(2)
    chips(page).filter(has_text="dog.png").get_by_role("button", name="Remove dog.png").click()
    expect(chips(page)).to_have_count(1)
    page.get_by_role("button", name="Send").click()
    reply = expect_reply(page, "can't see pictures")
    expect(reply).to_be_visible()
    shown = said(page).last.get_by_role("img", name="cat.png")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 40)
    expect(said(page).last.get_by_text("cat.png", exact=True)).to_be_visible()


@pytest.mark.provokes("400")
def test_what_cannot_be_read_is_said_in_place(page: Page) -> None:
    choose(page, file("a.exe", b"MZ"), file("lease.pdf", LEASE))
    refused = chips(page).filter(has_text="a.exe")
    expect(refused.get_by_role("alert")).to_contain_text("can't read this kind of file")
    expect(chips(page).filter(has_text="3 pages")).to_be_visible()
    composer(page).fill("What is it? [[say A lease.]]")
    page.get_by_role("button", name="Send").click()
    expect_reply(page, "A lease.")
    expect(said(page).last.get_by_role("link")).to_have_count(1)


def test_an_edited_message_keeps_its_files(page: Page) -> None:
    choose(page, file("lease.pdf", LEASE))
    expect(chips(page)).to_contain_text(["3 pages"])
    composer(page).fill("Rent? [[say First.]]")
    page.get_by_role("button", name="Send").click()
    expect_reply(page, "First.")
    said(page).last.get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Changing what you said").fill("Notice? [[say Second.]]")
    page.get_by_role("button", name="Send the changed words").click()
    reply = expect_reply(page, "Second.")
    expect(reply.locator("summary").filter(has_text="page 3")).to_be_visible()
    expect(said(page).last.get_by_role("link", name=re.compile("lease.pdf"))).to_be_visible()


def test_a_private_conversation_offers_none(page: Page) -> None:
    page.get_by_role("button", name="Attach files").wait_for()
    page.goto(page.url.split("/c/")[0].rstrip("/") + "/private")
    composer(page).wait_for()
    expect(page.get_by_role("button", name="Attach files")).to_have_count(0)


def test_search_finds_the_page(page: Page, api: Api) -> None:
    choose(page, file("flat.pdf", pdf("Nothing of interest.", "The deposit is three rents.")))
    expect(chips(page)).to_contain_text(["2 pages"])
    composer(page).fill("Keep this please. [[say Kept.]]")
    page.get_by_role("button", name="Send").click()
    expect_reply(page, "Kept.")
    page.get_by_role("link", name="Past").click()
    page.get_by_role("textbox", name="Search everything ever said").fill("deposit")
    found = page.get_by_role("list", name="Files").get_by_role("link")
    expect(found.filter(has_text="page 2")).to_contain_text("The deposit is three rents.")
    found.first.click()
    expect(said(page).get_by_role("link", name=re.compile("flat.pdf"))).to_be_visible()


@pytest.mark.parametrize("screen", SCREENS)
def test_a_file_is_forgotten_in_the_list_of_files(page: Page, screen: str) -> None:
    width, height = SCREENS[screen]
    page.set_viewport_size({"width": width, "height": height})
    choose(page, file(f"{screen}.pdf", LEASE))
    expect(chips(page)).to_have_count(1)
    composer(page).fill("Keep this, please. [[say Kept.]]")
    page.get_by_role("button", name="Send").click()
    expect_reply(page, "Kept.")
    page.goto("/memory/files")
    files = page.get_by_role("main").get_by_role("listitem").filter(has_text=f"{screen}.pdf")
    expect(files.first).to_be_visible()
    expect_no_sideways_scrolling(page)
    files.first.get_by_role("button", name=f"Actions for {screen}.pdf").click()
    page.get_by_role("menuitem", name="Forget this file").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 file")
    dialog.get_by_role("button", name="Forget for good").click()
    expect(files).to_have_count(0)
