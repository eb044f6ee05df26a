"""What Tau remembered for a reply: its day and source, set right, and forgotten for good."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .acts import Api, converse, enter, expect_reply, one_tau, replies, said
from .announcements import expect_announced
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def _opened(reply: Locator) -> Locator:
    """Open what a reply remembered."""
    summary = reply.locator("summary")
    expect(summary).to_have_text(re.compile(r"Remembered \d+ things?"))
    summary.click()
    return reply.locator("details li")


def _dialog(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name)


def test_each_has_its_day_and_leads_to_where_it_was_said(page: Page, api: Api) -> None:
    text = "My sister Ada keeps bees in Lund."
    conversation = api.begin(title="About Ada")
    for number in range(30):
        api.write(conversation, f"Something else, number {number}.")
    message = api.write(conversation, text, at="2024-05-04T10:00:00Z")
    for number in range(30, 60):
        api.write(conversation, f"Something else, number {number}.")

    source = _opened(converse(page, "Where does Ada keep bees?", text)).filter(has_text=text)
    expect(source).to_have_count(1)
    expect(source.locator("time")).to_have_text("May 4, 2024")
    expect(source).to_contain_text("You")
    source.get_by_role("link", name="Go to where it was said").click()

    page.wait_for_url(f"**/c/{conversation}?m={message}")
    line = page.locator(f"main [data-line='{message}']")
    expect(line).to_be_in_viewport()
    expect(line).to_have_attribute("data-sought", "true")
    expect(page.locator("[data-sought]")).to_have_count(1)
    page.reload()
    expect(line).to_be_in_viewport()
    page.go_back()
    expect_reply(page, text)


def test_what_is_wrong_is_set_right(page: Page, api: Api) -> None:
    _, message = api.add_message("My dentist is called Hoffmann.")
    facts = api.until(
        "/api/memory/facts", lambda page: page["facts"], message=message, state="current"
    )["facts"]
    reply = converse(page, "What is my dentist called?", "Hoffmann")
    source = _opened(reply).filter(has_text="My dentist is called Hoffmann.")
    source.get_by_role("button", name="That’s wrong").click()
    dialog = _dialog(page, "What is right?")
    expect(dialog).to_contain_text(facts[0]["text"])
    dialog.get_by_role("textbox", name="What is right").fill("My dentist is Doctor Schulz.")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect_announced(page, "Noted. Thank you.")
    known = [one["text"] for one in api.get("/api/memory/facts", state="current")["facts"]]
    assert any("Schulz" in text for text in known)
    assert not any("Hoffmann" in text for text in known)


def test_what_is_forgotten_is_gone_from_everywhere(page: Page, api: Api) -> None:
    conversation, message = api.add_message("The code word of my bank is tangerine.", title="Banks")
    reply = converse(page, "What is the code word of my bank?", "tangerine")
    asked = page.url
    source = _opened(reply).filter(has_text="tangerine").first
    source.get_by_role("button", name="Forget this").click()

    dialog = _dialog(page, "Forget this for good?")
    expect(dialog.get_by_role("listitem").filter(has_text="You said")).to_contain_text("tangerine")
    expect(dialog.get_by_role("listitem").filter(has_text="Tau said")).to_contain_text("tangerine")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert api.status(f"/api/messages/{message}") == 200

    source.get_by_role("button", name="Forget this").click()
    dialog.get_by_role("button", name="Forget for good").click()
    expect_announced(page, "Forgotten.")
    expect(dialog).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("tangerine")
    assert api.status(f"/api/messages/{message}") == 404
    assert not any("tangerine" in text for text in api.found("code word of my bank"))
    assert "tangerine" not in api.text("/api/export")
    for address in (asked, f"/c/{conversation}"):
        page.goto(address)
        expect(page.locator("main h1")).to_be_visible()
        expect(page.locator("body")).not_to_contain_text("tangerine")


def test_a_reply_that_remembered_nothing_shows_nothing(page: Page, api: Api) -> None:
    reply = converse(page, "[[say Hm.]] qwxyz", "Hm.")
    expect(reply.get_by_text("Remembered 0")).to_have_count(0)


def test_what_was_remembered_is_shown_on_another_day(page: Page, api: Api) -> None:
    text = "My neighbour Lorenzo paints lighthouses."
    api.add_message(text)
    converse(page, "What does Lorenzo paint?", text)
    page.reload()
    reply = expect_reply(page, text)
    expect(_opened(reply).filter(has_text=text)).to_have_count(1)
    expect(replies(page)).to_have_count(1)
    expect(said(page)).to_have_count(1)
