"""The past: found by words and by date, renamed, put away, brought back, and erased for real."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Locator, Page, expect

from .acts import Api, enter, one_tau
from .announcements import expect_announced
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def _past(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Past", exact=True).click()
    expect(page.get_by_role("heading", name="Past", level=1)).to_be_visible()


def _search(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Search everything ever said")


def _row(page: Page, title: str) -> Locator:
    return page.locator("main").get_by_role("listitem").filter(has_text=title)


def _choose(page: Page, title: str, act: str) -> None:
    row = _row(page, title)
    row.get_by_role("button", name="What to do with this conversation").click()
    page.get_by_role("menuitem", name=act).click()


def test_words_are_found_wherever_they_were_said(page: Page, api: Api) -> None:
    conversation = api.begin(title="The garden")
    for number in range(45):
        api.write(conversation, f"Something else entirely, number {number}.")
    message = api.write(conversation, "The quince tree stands beside the well.")
    for number in range(45):
        api.write(conversation, f"Yet another remark, number {number}.")

    _past(page)
    _search(page).fill("quince tree")
    found = _row(page, "quince tree stands")
    expect(found).to_contain_text("The garden")
    expect(found).to_contain_text("You")
    expect(found.locator("mark").first).to_have_text("quince")
    found.get_by_role("link").click()
    page.wait_for_url(f"**/c/{conversation}?m={message}")
    line = page.locator(f"main [data-line='{message}']")
    expect(line).to_be_in_viewport()
    expect(line).to_have_attribute("data-sought", "true")

    page.go_back()
    expect(_search(page)).to_have_value("quince tree")
    expect(found).to_be_visible()
    _search(page).press("Escape")
    expect(_search(page)).to_be_empty()
    _search(page).fill("zzyzx")
    expect(page.locator("main")).to_contain_text("Nothing that was said fits these words.")


def test_the_keyboard_is_enough_to_find_something(page: Page, api: Api) -> None:
    conversation, _ = api.add_message("A heron landed on the roof.", title="Birds")
    _past(page)
    page.keyboard.press("/")
    expect(_search(page)).to_be_focused()
    page.keyboard.type("heron roof")
    expect(_row(page, "A heron landed on the roof.")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(_row(page, "A heron landed").get_by_role("link")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/c/{conversation}?m=*")


def _walk(year: int, month: int) -> dict[str, object]:
    """A conversation of ChatGPT's export."""
    at = datetime(year, month, 9, 12, tzinfo=UTC).timestamp()
    name = f"{year}-{month:02}"
    content = {"content_type": "text", "parts": [f"We walked in {name}."]}
    said = {"author": {"role": "user"}, "create_time": at, "content": content}
    return {
        "title": f"Walk of {name}",
        "create_time": at,
        "update_time": at,
        "conversation_id": name,
        "current_node": "1",
        "mapping": {
            "0": {"parent": None, "message": None, "children": ["1"]},
            "1": {"parent": "0", "message": said, "children": []},
        },
    }


def test_a_month_long_ago_is_gone_to(page: Page, api: Api) -> None:
    walks = [_walk(year, month) for year in range(2012, 2025) for month in range(1, 13)]
    begun = api.import_file("walks.json", json.dumps(walks).encode())
    api.until(f"/api/imports/{begun}", lambda one: one["state"] == "done")
    _past(page)
    page.get_by_role("combobox", name="Year").select_option("2013")
    page.get_by_role("combobox", name="Month").select_option(label="May")
    page.get_by_role("button", name="Go", exact=True).click()
    heading = page.get_by_role("heading", name="May 2013")
    expect(heading).to_be_in_viewport()
    expect(_row(page, "Walk of 2013-05")).to_be_in_viewport()


def test_a_conversation_is_renamed(page: Page, api: Api) -> None:
    conversation, _ = api.add_message("Something about boats.", title="Boats")
    _past(page)
    _choose(page, "Boats", "Rename")
    dialog = page.get_by_role("dialog", name="A name for this conversation")
    field = dialog.get_by_role("textbox")
    expect(field).to_have_value("Boats")
    field.fill("Ships and harbours")
    field.press("Enter")
    expect(dialog).to_have_count(0)
    expect(_row(page, "Ships and harbours")).to_be_visible()
    side = page.get_by_role("navigation").get_by_role("link", name="Ships and harbours")
    expect(side).to_be_visible()
    assert api.get(f"/api/conversations/{conversation}")["title"] == "Ships and harbours"


def test_a_conversation_is_put_away_and_brought_back(page: Page, api: Api) -> None:
    api.add_message("Something about trains.", title="Trains")
    _past(page)
    _choose(page, "Trains", "Archive")
    expect_announced(page, "Archived.")
    expect(_row(page, "Trains")).to_have_count(0)
    side = page.get_by_role("navigation").get_by_role("link", name="Trains")
    expect(side).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(_row(page, "Trains")).to_be_visible()

    _choose(page, "Trains", "Archive")
    expect(_row(page, "Trains")).to_have_count(0)
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(_row(page, "Trains")).to_be_visible()
    _choose(page, "Trains", "Take out of the archive")
    expect(_row(page, "Trains")).to_have_count(0)
    page.get_by_role("button", name="Leave the archive").click()
    expect(_row(page, "Trains")).to_be_visible()
    expect(side).to_be_visible()


def test_a_conversation_is_erased_for_real(page: Page, api: Api) -> None:
    conversation, message = api.add_message("The safe opens with zanzibar.", title="The safe")
    _past(page)
    _choose(page, "The safe", "Erase")
    dialog = page.get_by_role("dialog", name="Erase this conversation for good?")
    dialog.get_by_role("button", name="Cancel").click()
    expect(_row(page, "The safe")).to_be_visible()
    _choose(page, "The safe", "Erase")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(_row(page, "The safe")).to_have_count(0)
    expect_announced(page, "Erased.")
    assert api.status(f"/api/conversations/{conversation}") == 404
    assert api.status(f"/api/messages/{message}") == 404
    assert "zanzibar" not in api.text("/api/export")
    _search(page).fill("The safe opens with zanzibar")
    expect(page.locator("main")).not_to_contain_text("One moment")
    expect(
        page.get_by_role("main").get_by_role("listitem").filter(has_text="zanzibar")
    ).to_have_count(0)
