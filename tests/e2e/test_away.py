"""Tau goes away and comes back: the past is still read, words wait and are sent exactly once."""

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
from .announcements import expect_announced
from .copies import copied, expect_conversation_copied, expect_not_copied
from .servers import Tau

AWAY = "Tau cannot be reached."
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


def _stop(page: Page, tau: Tau) -> None:
    """Stop Tau, and wait until the page has noticed."""
    tau.stop()
    expect(page.get_by_text(AWAY)).to_be_visible()


def _settle(page: Page, conversation: str) -> None:
    """Wait until the page is kept on the device, and the conversation with it."""
    page.wait_for_function(CONTROLLED)
    page.reload()
    expect(composer(page)).to_be_visible()
    expect_conversation_copied(page, conversation)


def test_what_was_said_of_late_is_still_read(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    other = api.begin(title="About herons")
    api.write(other, "Herons nest by the river.")
    converse(page, "[[say Bees sleep in winter.]] bees", "Bees sleep in winter.")
    conversation = conversation_of(page)
    _settle(page, conversation)
    expect_conversation_copied(page, other)

    tau.stop()
    page.reload()
    expect_reply(page, "Bees sleep in winter.")
    expect(page.get_by_text(AWAY)).to_be_visible()
    expect(page.get_by_text("You are reading the copy on this device.")).to_be_visible()
    page.get_by_role("navigation").get_by_role("link", name="About herons").click()
    expect(page.get_by_text("Herons nest by the river.")).to_be_visible()
    page.goto("/memory")
    expect(page.get_by_text(AWAY)).to_be_visible()
    expect(page.locator("main").get_by_role("alert").first).to_be_visible()

    tau.start()
    expect(page.get_by_text(AWAY)).to_have_count(0)
    page.goto(f"/c/{conversation}")
    converse(page, "[[say Here again]]", "Here again")


def test_words_wait_and_are_said_exactly_once(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    converse(page, "[[say Good morning]]", "Good morning")
    conversation = conversation_of(page)
    _settle(page, conversation)
    _stop(page, tau)
    say(page, "[[say I heard it.]] The first of two")
    expect(said(page).last).to_contain_text("Waits on this device until Tau is back.")
    say(page, "[[say That too.]] The second of two")
    expect(said(page)).to_have_count(3)
    page.reload()
    expect(said(page)).to_have_count(3)
    expect(page.get_by_text("Waits on this device until Tau is back.")).to_have_count(2)

    tau.start()
    expect_reply(page, "That too.")
    expect(page.get_by_text("Waits on this device until Tau is back.")).to_have_count(0)
    expect(replies(page)).to_have_count(3)
    texts = [one["text"] for one in api.thread(conversation)]
    assert texts == [
        "[[say Good morning]]",
        "Good morning",
        "[[say I heard it.]] The first of two",
        "I heard it.",
        "[[say That too.]] The second of two",
        "That too.",
    ]
    page.reload()
    expect_reply(page, "That too.")
    assert len(api.thread(conversation)) == 6


def test_two_tabs_send_what_waits_only_once(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    converse(page, "[[say Good morning]]", "Good morning")
    conversation = conversation_of(page)
    _settle(page, conversation)
    other = page.context.new_page()
    other.goto(page.url)
    expect_reply(other, "Good morning")
    _stop(page, tau)
    say(page, "[[say I heard it.]] Once only")
    expect(said(page).last).to_contain_text("Waits on this device")
    expect(said(other).last).to_contain_text("Waits on this device")
    tau.start()
    for each in (page, other):
        expect_reply(each, "I heard it.")
        expect(said(each)).to_have_count(2)
    assert len(api.thread(conversation)) == 4


def test_words_that_wait_may_be_taken_back(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    converse(page, "[[say Good morning]]", "Good morning")
    conversation = conversation_of(page)
    _stop(page, tau)
    say(page, "Better not said")
    waiting = said(page).last
    expect(waiting).to_contain_text("Waits on this device")
    waiting.get_by_role("button", name="Do not send").click()
    expect(said(page)).to_have_count(1)
    tau.start()
    expect(page.get_by_text(AWAY)).to_have_count(0)
    converse(page, "[[say Here again]]", "Here again")
    assert "Better not said" not in str(api.thread(conversation))


def test_a_conversation_begun_without_tau_is_said_later(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    page.wait_for_function(CONTROLLED)
    _stop(page, tau)
    say(page, "[[say A new beginning]] from the train")
    expect(said(page).last).to_contain_text("Waits on this device")
    tau.start()
    expect_reply(page, "A new beginning")
    assert len(api.thread(conversation_of(page))) == 2
    assert len(api.get("/api/conversations")["conversations"]) == 1


def test_signing_out_throws_the_copies_away(page: Page, tau: Tau) -> None:
    enter(page, tau)
    converse(page, "[[say The hollyhock is red]]", "The hollyhock is red")
    _settle(page, conversation_of(page))
    assert "hollyhock" in copied(page)
    page.goto("/settings/account")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect_not_copied(page, "")
    tau.stop()
    page.reload()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("hollyhock")


def test_what_is_forgotten_is_not_kept_on_the_device(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    _, message = api.add_message("The hollyhock is poisonous.")
    reply = converse(page, "What of the hollyhock?", "The hollyhock is poisonous.")
    _settle(page, conversation_of(page))
    assert "poisonous" in copied(page)
    reply.locator("summary").click()
    source = reply.locator("details li").filter(has_text="poisonous").first
    source.get_by_role("button", name="Forget this").click()
    page.get_by_role("dialog").get_by_role("button", name="Forget for good").click()
    expect_announced(page, "Forgotten.")
    assert api.status(f"/api/messages/{message}") == 404
    expect_not_copied(page, "poisonous")
    tau.stop()
    page.reload()
    expect(page.get_by_role("main")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("One moment")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("poisonous")
    assert "poisonous" not in copied(page)


def test_a_page_nobody_looked_at_shows_nothing_that_was_forgotten(
    page: Page, tau: Tau, api: Api
) -> None:
    enter(page, tau)
    conversation = api.begin(title="About herons")
    first = api.write(conversation, "The hollyhock is poisonous.")
    for number in range(45):
        api.write(conversation, f"Heron {number} nests by the river.")
    page.goto(f"/c/{conversation}")
    expect(page.get_by_text("Heron 44 nests")).to_be_visible()
    page.get_by_text("Heron 6 nests").scroll_into_view_if_needed()
    expect(page.get_by_text("poisonous")).to_have_count(1)

    show = """(isShown) => {
        Object.defineProperty(document, 'hidden', { value: !isShown, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(show, arg=False)
    page.wait_for_timeout(6000)  # the page gave its connection up
    api.post("/api/memory/forget", {"messages": [first]})
    page.wait_for_timeout(500)
    expect(page.get_by_text("poisonous")).to_have_count(1)
    page.evaluate(show, arg=True)
    expect(page.get_by_text("poisonous")).to_have_count(0)
    expect(page.get_by_text("Heron 6 nests")).to_be_visible()
    expect(page.get_by_text(AWAY)).to_have_count(0)


def test_nothing_is_kept_for_whoever_wants_nothing_kept(page: Page, tau: Tau) -> None:
    enter(page, tau)
    converse(page, "[[say The hollyhock is red]]", "The hollyhock is red")
    conversation = conversation_of(page)
    _settle(page, conversation)
    page.goto("/settings/appearance")
    page.get_by_role("switch", name="Keep recent conversations on this device").click()
    expect_not_copied(page, "")
    page.goto(f"/c/{conversation}")
    expect_reply(page, "The hollyhock is red")
    assert copied(page) == ""
