"""Help for a person in danger, in the page: before the first token, on every page, without Tau."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tau.care.helplines import help_for
from tau.models import catalog

from .acts import (
    SECONDS,
    Api,
    conversation_of,
    enter,
    expect_no_sideways_scrolling,
    expect_reply,
    replies,
    say,
)
from .copies import expect_conversation_copied
from .servers import Tau

ENGLISH, CHINESE = "I want to kill myself", "我不想活了，想自杀"
TITLES = {ENGLISH: "You don’t have to face this alone", CHINESE: "你不是一个人在扛"}


@pytest.fixture
def tau(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tau]:
    """A Tau in the United States; with other settings where a test passes them."""
    more = {"country": "US", **getattr(request, "param", {})}
    if more.get("builtin"):
        more["models_folder"] = str(request.getfixturevalue("model_cache"))
    running = Tau(tmp_path / "home", **more)
    running.start()
    yield running
    running.stop()


def card(page: Page, words: str = ENGLISH) -> Locator:
    return page.get_by_role("region", name=TITLES[words])


@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_help_is_there_before_the_first_token_and_on_two_pages(
    page: Page, tau: Tau, words: str
) -> None:
    enter(page, tau)
    say(page, f"{words} [[say I hear you.]] [[pause]]")
    tau.wait_for_gate()
    expect(card(page, words)).to_be_visible()
    language = "zh" if words == CHINESE else "en"
    line = help_for("US", "suicide", language).lines[0]
    call = card(page, words).locator(f'a[href="tel:{line.number}"]').first
    expect(call).to_have_accessible_name(re.compile(re.escape(line.name)))
    expect(card(page, words).locator('a[href="tel:911"]')).to_be_visible()
    site = card(page, words).locator('a[href^="https://"]').first
    expect(site).to_have_attribute("rel", "noreferrer")

    second = page.context.new_page()
    second.goto(f"/c/{conversation_of(page)}")
    expect(card(second, words)).to_be_visible()
    tau.release()
    for each in (page, second):
        expect_reply(each, "I hear you.")
        expect(card(each, words)).to_have_count(1)
        each.reload()
        expect(card(each, words)).to_be_visible()
        expect_reply(each, "I hear you.")


@pytest.mark.parametrize("tau", [{"model": ""}], indirect=True)
def test_help_needs_no_model(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    say(page, ENGLISH)
    expect(card(page)).to_be_visible()
    expect_reply(page, "Are you safe right now?")
    assert api.thread(conversation_of(page))[-1]["model"] == "tau"
    page.reload()
    expect(card(page)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.model
@pytest.mark.parametrize("tau", [{"model": "", "builtin": "small", "threads": 1}], indirect=True)
@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_the_small_built_in_model_is_not_asked(page: Page, tau: Tau, api: Api, words: str) -> None:
    enter(page, tau)
    say(page, words)
    expect(card(page, words)).to_be_visible()
    expect_reply(page, "911")
    page.reload()
    expect(card(page, words)).to_be_visible()
    assert api.thread(conversation_of(page))[-1]["model"] == "tau"
    say(page, "Good morning! How are you?")
    expect(replies(page)).to_have_count(2, timeout=SECONDS * 1_000)
    expect(replies(page).last).to_have_attribute("aria-busy", "false", timeout=SECONDS * 1_000)
    assert api.thread(conversation_of(page))[-1]["model"] == catalog.CHAT_MODEL


@pytest.mark.parametrize("width", [1280, 360])
def test_the_card_and_the_page_fit_every_width(page: Page, tau: Tau, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    enter(page, tau)
    say(page, f"{ENGLISH} [[say I hear you.]]")
    expect_reply(page, "I hear you.")
    expect_no_sideways_scrolling(page)
    card(page).get_by_role("link", name="All help lines").click()
    expect(page.get_by_role("heading", name="Get help now")).to_be_visible()
    expect(page.locator('a[href="tel:988"]').first).to_be_visible()
    expect_no_sideways_scrolling(page)


def test_the_help_page_needs_no_sign_in_and_lists_other_countries(page: Page, tau: Tau) -> None:
    page.goto("/")
    page.get_by_role("link", name="Get help").click()
    expect(page.locator('a[href="tel:988"]').first).to_be_visible()
    page.get_by_label("In which country are you?").select_option("Germany")
    expect(page.locator('a[href="tel:112"]').first).to_be_visible()
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_help_is_read_while_tau_is_away(page: Page, tau: Tau) -> None:
    enter(page, tau)
    say(page, f"{ENGLISH} [[say I hear you.]]")
    expect_reply(page, "I hear you.")
    expect_conversation_copied(page, conversation_of(page), "I hear you.")
    tau.stop()
    page.reload()
    expect(card(page)).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="Get help").click()
    expect(page.locator('a[href="tel:988"]').first).to_be_visible()
    tau.start()


def test_the_first_reply_says_that_tau_is_an_ai(page: Page, tau: Tau) -> None:
    enter(page, tau)
    say(page, "[[say Hello there]]")
    expect_reply(page, "talking with an AI")
    say(page, "[[say Hello again]]")
    expect_reply(page, "Hello again")
    expect(page.get_by_text("talking with an AI")).to_have_count(1)


def test_the_help_page_can_be_opened_by_its_address(page: Page, tau: Tau) -> None:
    page.goto("/help")
    expect(page.get_by_role("heading", name="Get help now")).to_be_visible()
