"""Tau ends in mid-reply, in good order or by a power cut: nothing is lost, and the page says so."""

from playwright.sync_api import Page, expect

from .acts import (
    Api,
    composer,
    conversation_of,
    converse,
    enter,
    expect_reply,
    replies,
    said,
    say,
)
from .servers import Tau, TauProcess

WORDS = "Bees are kept [[tokens 9]] [[hang after 2]]"


def _interrupted(page: Page) -> None:
    say(page, WORDS)
    expect(replies(page).last).to_contain_text("word2")


def test_what_was_said_of_a_reply_outlasts_a_restart(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    _interrupted(page)
    conversation = conversation_of(page)
    tau.restart()
    expect_reply(page, "word1 word2")
    expect(said(page)).to_have_count(1)
    expect(composer(page)).to_be_empty()
    assert [one["text"].strip() for one in api.thread(conversation)] == [WORDS, "word1 word2"]

    page.get_by_role("button", name="Ask again").last.click()
    expect(replies(page).last).to_have_attribute("aria-busy", "true")
    expect(replies(page).last).to_contain_text("word2")
    page.get_by_role("button", name="Stop").click()
    expect_reply(page, "You stopped this reply.")
    converse(page, "[[say Here again]]", "Here again")
    expect(said(page)).to_have_count(2)


def test_the_page_says_that_a_restart_cut_the_reply_off(page: Page, tau: Tau) -> None:
    enter(page, tau)
    _interrupted(page)
    tau.restart()
    reply = expect_reply(page, "word1 word2")
    expect(reply).not_to_contain_text("You stopped", timeout=1000)
    expect(reply).to_contain_text("This reply was cut off.")


def test_words_outlast_a_power_cut_and_the_page_says_what_happened(
    page: Page, tau_process: TauProcess
) -> None:
    enter(page, tau_process)
    _interrupted(page)
    tau_process.kill()
    expect(page.get_by_text("Tau cannot be reached.")).to_be_visible()
    tau_process.start()
    notice = page.locator("main").get_by_role("alert")
    expect(notice).to_contain_text("Tau was interrupted")
    expect(page.get_by_text("Tau cannot be reached.")).to_have_count(0)
    expect(said(page)).to_have_count(1)
    expect(said(page)).to_contain_text("Bees are kept")
    expect(composer(page)).to_be_empty()
    page.reload()
    expect(notice).to_contain_text("There is no reply yet.")
    expect(said(page)).to_have_count(1)

    page.get_by_role("button", name="Ask again").click()
    expect(replies(page).last).to_contain_text("word2")
    page.get_by_role("button", name="Stop").click()
    expect_reply(page, "You stopped this reply.")
