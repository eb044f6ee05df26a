"""What is open with a talk: beside it on a desk, over it on a phone, in the address on both."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .acts import Api, composer, enter, expect_no_sideways_scrolling, expect_reply, one_tau, say
from .aids import violations
from .servers import Tau

PHONE = {"width": 360, "height": 720}
TEXT = "Dear Ana,\n\nWe utilise the form on page two.\n"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture
def opened(page: Page, tau: Tau, api: Api) -> str:
    """The address of a conversation with a letter open in it."""
    conversation, _ = api.add_message("Let's write to Ana.", "Ana")
    asked = {"markdown": TEXT, "title": "A letter to Ana", "conversation": conversation}
    made = api.post("/api/experts/writing/documents", asked)
    enter(page, tau)
    return f"/c/{conversation}?open={made['id']}"


def desk(page: Page) -> Locator:
    return page.get_by_role("region", name="A letter to Ana")


def test_a_document_stands_beside_the_talk_and_keeps_its_address(page: Page, opened: str) -> None:
    page.goto(opened)
    expect(desk(page)).to_contain_text("We utilise the form")
    talk, letter = composer(page).bounding_box(), desk(page).bounding_box()
    assert talk is not None
    assert letter is not None
    assert talk["x"] + talk["width"] <= letter["x"]
    main = page.locator("main").bounding_box()
    assert main is not None
    assert letter["width"] / main["width"] == pytest.approx(0.56, abs=0.01)
    expect_no_sideways_scrolling(page)
    assert violations(page) == []
    page.reload()
    expect(desk(page)).to_contain_text("We utilise the form")
    desk(page).get_by_role("button", name="Close", exact=True).click()
    expect(desk(page)).to_have_count(0)
    assert "open=" not in page.url


def test_words_beside_a_document_name_it(page: Page, opened: str, api: Api) -> None:
    page.goto(opened)
    expect(desk(page)).to_be_visible()
    expect(page.get_by_label("Who replies")).to_have_value("writing")
    with page.expect_request(re.compile("/turns$")) as asked:
        say(page, "Is it polite enough?")
    expect_reply(page, "polite")
    body = json.loads(asked.value.post_data or "")
    assert body["artifact"] == opened.partition("open=")[2]
    assert body["expert"] == "writing"


def test_on_a_phone_it_covers_the_talk_until_escape_or_back(page: Page, opened: str) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(opened.partition("?")[0])
    expect(page.get_by_text("Let's write to Ana.")).to_be_visible()
    page.goto(opened)
    expect(desk(page)).to_contain_text("We utilise the form")
    expect(desk(page)).to_be_focused()
    expect_no_sideways_scrolling(page)
    assert violations(page) == []
    say(page, "Is it polite enough?")
    expect(composer(page)).to_have_value("")
    expect_reply(page, "polite")  # while it comes, Escape would stop it
    composer(page).dispatch_event("keydown", {"key": "Escape", "isComposing": True})
    expect(desk(page)).to_be_visible()  # it was for the input method
    page.keyboard.press("Escape")
    expect(desk(page)).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Let's write to Ana.")).to_be_visible()
