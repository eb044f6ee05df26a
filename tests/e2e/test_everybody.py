"""For everybody: by keyboard, on a phone, to a screen reader, in Chinese, from right to left."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from .acts import (
    Api,
    composer,
    conversation_of,
    converse,
    enter,
    expect_no_sideways_scrolling,
    expect_reply,
    one_tau,
    replies,
    said,
)
from .aids import english_on, settled, violations_in_any_scheme
from .servers import Tau

MEMORY = ("", "/facts", "/timeline", "/waiting", "/bring", "/take")
SETTINGS = ("models", "people", "devices", "keys", "account", "appearance", "data")
PATHS = (
    "/",
    "/private",
    "/past",
    "/documents",
    "/plans",
    "/start",
    "/help",
    "/care",
    "/care/talk",
    "/care/breathe",
    "/care/write",
    "/care/checkin",
    "/care/plan",
    "/studio",
    *(f"/memory{view}" for view in MEMORY),
    "/settings",
    *(f"/settings/{view}" for view in SETTINGS),
)
WINDOW: ViewportSize = {"width": 1280, "height": 800}
QUESTION = "Where does Ada keep bees?"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture
def talk(page: Page, tau: Tau, api: Api) -> str:
    """Come in, with something said and known; returns the conversation."""
    enter(page, tau)
    found = api.get("/api/conversations")["conversations"]
    asked = [str(one["id"]) for one in found if one["title"] == QUESTION]
    if asked:
        return asked[0]
    api.add_message("My sister Ada keeps bees in Lund.", title="About Ada")
    api.post("/api/memory/facts", {"text": "I like herons"})
    converse(page, QUESTION, "Ada keeps bees in Lund")
    return conversation_of(page)


def test_every_page_fits_any_window_and_can_be_used_with_any_aid(page: Page, talk: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    found: list[str] = []
    for path in PATHS:
        page.set_viewport_size(WINDOW)
        page.goto(path)
        settled(page)
        found += violations_in_any_scheme(page)
        _expect_to_fit_any_window(page)
    assert found == []


def test_a_conversation_fits_any_window_and_can_be_used_with_any_aid(page: Page, talk: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"/c/{talk}")
    reply = expect_reply(page, "Lund")
    reply.locator("summary").click()
    forget = reply.locator("details").get_by_role("button", name="Forget this").first
    expect(forget).to_be_visible()
    found = violations_in_any_scheme(page)
    forget.click()
    expect(page.get_by_role("dialog")).to_contain_text("You said")
    found += violations_in_any_scheme(page)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="What to do with this conversation").click()
    found += violations_in_any_scheme(page)
    page.keyboard.press("Escape")
    _expect_to_fit_any_window(page)
    assert found == []


def test_the_help_card_can_be_used_with_any_aid(page: Page, talk: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    converse(page, "I want to kill myself [[say I hear you]]", "I hear you")
    found = violations_in_any_scheme(page)
    page.context.clear_cookies()
    for path in ("/help", "/"):
        page.goto(path)
        expect(page.get_by_text(re.compile("Get help"))).to_be_visible()
        found += violations_in_any_scheme(page)
    assert found == []


def _expect_to_fit_any_window(page: Page) -> None:
    """Nothing is wider than the window: on a phone, from right to left, and on a desk."""
    for direction, width in (("ltr", 390), ("rtl", 390), ("rtl", 1280)):
        page.set_viewport_size({"width": width, "height": 760})
        page.evaluate("(dir) => { document.documentElement.dir = dir }", direction)
        expect_no_sideways_scrolling(page)


def test_the_keyboard_is_enough(page: Page, tau: Tau, talk: str) -> None:
    page.goto("/")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("Where are the bees of Ada? [[say In Lund]]")
    page.keyboard.press("Enter")
    reply = expect_reply(page, "In Lund")
    summary = reply.locator("summary")
    _tab_to(page, "summary", back=True)
    expect(summary).to_be_focused()
    page.keyboard.press("Enter")
    # Within what was remembered: below the reply is another button of this name.
    forget = reply.locator("details").get_by_role("button", name="Forget this").first
    expect(forget).to_be_visible()
    forget.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile("You said|Tau said"))  # whichever was recalled first
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(forget).to_be_focused()

    menu = page.get_by_role("button", name="What to do with this conversation")
    menu.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Rename")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="Archive")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menuitem")).to_have_count(0)
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()

    page.get_by_role("navigation").get_by_role("link", name="Past", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/past")


def test_the_focus_goes_where_one_goes(page: Page, tau: Tau, talk: str) -> None:
    page.goto(f"/c/{talk}")
    expect_reply(page, "Lund")
    page.get_by_role("navigation").get_by_role("link", name="Past").press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.get_by_role("navigation").get_by_role("link", name="New conversation").first.press("Enter")
    expect(composer(page)).to_be_focused()

    page.set_viewport_size({"width": 390, "height": 800})
    menu = page.get_by_role("button", name="Menu")
    menu.press("Enter")
    expect(page.locator("#side a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    menu.press("Enter")
    page.get_by_role("navigation").get_by_role("link", name="Memory").press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def _tab_to(page: Page, what: str, *, back: bool = False) -> None:
    """Press Tab until an element that fits the selector has the focus."""
    for _ in range(40):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("(what) => document.activeElement.matches(what)", what):
            return
    raise AssertionError(f"Tab never came to {what}")


def test_the_first_step_of_the_keyboard_skips_to_the_content(page: Page, talk: str) -> None:
    page.goto("/past")
    settled(page)
    page.evaluate("() => document.activeElement.blur()")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    expect(page).to_have_url(re.compile("/past"))


def test_signing_in_works_by_keyboard(page: Page, tau: Tau, talk: str) -> None:
    for path, body in (("/api/password", {"password": "a long password"}),):
        assert page.request.put(path, data=body).ok
    assert page.request.patch("/api/me", data={"name": "Mia"}).ok
    page.context.clear_cookies()
    page.goto("/")
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("Mia")
    page.keyboard.press("Tab")
    page.keyboard.type("a long password")
    page.keyboard.press("Enter")
    expect(composer(page)).to_be_focused()
    page.keyboard.type("[[say You are here]] hello")
    page.keyboard.press("Enter")
    expect_reply(page, "You are here")


def test_the_menu_of_a_phone_leads_everywhere(page: Page, talk: str) -> None:
    page.set_viewport_size({"width": 390, "height": 760})
    page.goto(f"/c/{talk}")
    past = page.get_by_role("link", name="Past", exact=True)
    expect(past).not_to_be_visible()
    page.get_by_role("button", name="Menu", exact=True).click()
    expect(past).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(past).not_to_be_visible()
    page.get_by_role("button", name="Menu", exact=True).click()
    past.click()
    page.wait_for_url("**/past")
    expect(past).not_to_be_visible()


def test_in_chinese_nothing_is_left_in_english(page: Page, talk: str) -> None:
    page.evaluate(
        "() => localStorage.setItem('tau.preferences',"
        " JSON.stringify({introduced: true, language: 'zh'}))"
    )
    left: list[str] = []
    for path in (*PATHS, f"/c/{talk}"):
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
        settled(page)
        left += english_on(page)
    assert left == []


def test_nothing_moves_for_whoever_wants_no_motion(page: Page, tau: Tau, talk: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    composer(page).fill("[[say One two three.]] [[pause]]")
    composer(page).press("Enter")
    expect(replies(page).last).to_contain_text("Tau is thinking")
    running = "() => document.getAnimations().filter((one) => one.playState === 'running').length"
    assert page.evaluate(running) == 0
    tau.wait_for_gate()
    tau.release()
    expect_reply(page, "One two three.")
    assert page.evaluate(running) == 0


def test_a_reply_is_announced_to_screen_readers_once(page: Page, tau: Tau, talk: str) -> None:
    page.goto("/")
    composer(page).fill("[[say One two three.]] [[pause after 2]]")
    composer(page).press("Enter")
    notice = page.locator("main p[aria-live=polite]")
    expect(notice).to_have_text("Tau is answering.")
    tau.wait_for_gate()
    tau.release()
    expect(notice).to_have_text("One two three.")
    expect(said(page)).to_have_count(1)
