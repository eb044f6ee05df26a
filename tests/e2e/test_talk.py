"""Talking: replies come as they are made, and whatever happens meanwhile, nothing is lost."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

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
    say,
)
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def test_words_that_went_at_once_are_not_told_as_having_waited(page: Page, tau: Tau) -> None:
    page.goto(tau.link())
    page.get_by_role("button", name="Use the link").click()
    converse(page, "[[say Good morning]]", "Good morning")
    assert page.get_by_text("What you wrote while Tau was away").count() == 0


def test_a_reply_is_read_while_it_is_made(page: Page, tau: Tau, api: Api) -> None:
    say(page, "Count for me [[say One two three.]] [[pause after 2]]")
    reply = replies(page).last
    expect(reply).to_contain_text("One two")
    expect(reply).to_have_attribute("aria-busy", "true")
    expect(reply).not_to_contain_text("three")
    expect(composer(page)).to_be_empty()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()

    tau.release()
    expect_reply(page, "One two three.")
    expect(page.get_by_role("button", name="Send")).to_be_visible()
    texts = [one["text"] for one in api.thread(conversation_of(page))]
    assert texts == ["Count for me [[say One two three.]] [[pause after 2]]", "One two three."]
    side = page.get_by_role("navigation").get_by_role("link", name="Count for me")
    expect(side).to_have_attribute("aria-current", "page")


def test_a_stopped_reply_is_kept_and_marked(page: Page, api: Api) -> None:
    say(page, "Tell me all [[tokens 9]] [[hang after 3]]")
    expect(replies(page).last).to_contain_text("word3")
    page.get_by_role("button", name="Stop").click()
    for _ in range(2):
        reply = expect_reply(page, "You stopped this reply.")
        expect(reply).to_contain_text("word1 word2 word3")
        expect(page.get_by_role("button", name="Send")).to_be_visible()
        page.reload()
    assert [one["status"] for one in api.thread(conversation_of(page))] == ["complete", "stopped"]


def test_asking_again_puts_another_reply_in_its_place(page: Page) -> None:
    first = converse(page, "[[say Once more]] please", "Once more")
    before = first.get_attribute("data-line")
    first.get_by_role("button", name="Ask again").click()
    expect(replies(page).last).not_to_have_attribute("data-line", str(before))
    expect_reply(page, "Once more")
    expect(replies(page)).to_have_count(1)
    expect(said(page)).to_have_count(1)
    page.reload()
    expect_reply(page, "Once more")
    expect(replies(page)).to_have_count(1)


def test_changed_words_begin_another_branch_and_only_that_is_shown(page: Page) -> None:
    converse(page, "[[say The first reply]] apples", "The first reply")
    converse(page, "[[say The second reply]] pears", "The second reply")
    first = said(page).first
    first.get_by_role("button", name="Edit").click()
    editing = page.get_by_role("textbox", name="Changing what you said")
    expect(editing).to_be_focused()
    editing.fill("[[say Another reply]] plums")
    page.get_by_role("button", name="Send the changed words").click()

    for _ in range(2):
        expect_reply(page, "Another reply")
        expect(said(page)).to_have_count(1)
        expect(said(page)).to_contain_text("plums")
        expect(replies(page)).to_have_count(1)
        page.reload()


def test_the_version_before_an_edit_comes_back_on_every_page(
    page: Page, context: BrowserContext, api: Api
) -> None:
    converse(page, "[[say The first reply]] apples", "The first reply")
    converse(page, "[[say The second reply]] pears", "The second reply")
    other = context.new_page()
    other.goto(page.url)
    for fruit, count in (("plums", 2), ("cherries", 3)):
        said(page).first.get_by_role("button", name="Edit").click()
        if fruit == "plums":
            expect(page.get_by_text("Sending hides the 3 messages below.")).to_be_visible()
        editing = page.get_by_role("textbox", name="Changing what you said")
        editing.fill(f"[[say A reply to {fruit}]] {fruit}")
        page.get_by_role("button", name="Send the changed words").click()
        expect_reply(page, f"A reply to {fruit}")
        expect(said(page).get_by_text(f"{count} / {count}", exact=True)).to_be_visible()
    before = page.get_by_role("button", name="Previous version")
    expect(page.get_by_role("button", name="Next version")).to_be_disabled()
    before.focus()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("plums")
    expect(before).to_be_focused()
    page.keyboard.press("Enter")
    for each in (page, other):
        expect(said(each)).to_have_count(2)
        expect(said(each).first).to_contain_text("apples")
        expect(said(each).first.get_by_text("1 / 3", exact=True)).to_be_visible()
        expect_reply(each, "The second reply")
    page.set_viewport_size({"width": 390, "height": 780})
    expect_no_sideways_scrolling(page)
    other.get_by_role("button", name="Next version").click()
    for each in (other, page):
        expect(said(each)).to_have_count(1)
        expect(said(each)).to_contain_text("plums")
    texts = [one["text"] for one in api.thread(conversation_of(page))]
    assert texts == ["[[say A reply to plums]] plums", "A reply to plums"]


def test_changing_words_can_be_left_again(page: Page) -> None:
    converse(page, "[[say It stays]] apples", "It stays")
    said(page).get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Changing what you said").fill("something else")
    page.get_by_role("button", name="Cancel").click()
    expect(said(page)).to_contain_text("apples")
    expect(said(page)).not_to_contain_text("something else")


def test_a_reply_is_copied_as_it_was_written(page: Page, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    reply = converse(page, "[[say A **bold** word and `code`]]", "A bold word and code")
    expect(reply.locator("strong")).to_have_text("bold")
    reply.get_by_role("button", name="Copy", exact=True).click()
    expect(reply.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "A **bold** word and `code`"


def test_a_draft_is_still_there_after_going_elsewhere(page: Page) -> None:
    converse(page, "[[say Yes]]", "Yes")
    talk = page.url
    composer(page).fill("Half a thought")
    page.get_by_role("link", name="Past", exact=True).click()
    page.wait_for_url("**/past")
    page.go_back()
    expect(composer(page)).to_have_value("Half a thought")

    page.get_by_role("link", name="New conversation").first.click()
    expect(composer(page)).to_be_empty()
    composer(page).fill("Another one")
    page.goto(talk)
    expect(composer(page)).to_have_value("Half a thought")
    page.goto("/")
    expect(composer(page)).to_have_value("Another one")
    converse(page, "[[say Sent]]", "Sent")
    page.goto("/")
    expect(composer(page)).to_be_empty()


def test_a_page_loaded_again_in_mid_reply_goes_on(page: Page, tau: Tau) -> None:
    say(page, "[[say One two three.]] [[pause after 2]]")
    expect(replies(page).last).to_contain_text("One two")
    page.reload()
    expect(replies(page).last).to_contain_text("One two")
    expect(replies(page).last).to_have_attribute("aria-busy", "true")
    tau.release()
    expect_reply(page, "One two three.")
    expect(replies(page)).to_have_count(1)
    expect(said(page)).to_have_count(1)


def test_two_pages_see_one_reply_as_it_is_made(
    page: Page, context: BrowserContext, tau: Tau
) -> None:
    say(page, "[[say One two three.]] [[pause after 2]]")
    expect(replies(page).last).to_contain_text("One two")
    other = context.new_page()
    other.goto(page.url)
    expect(replies(other).last).to_contain_text("One two")
    tau.release()
    for each in (page, other):
        expect_reply(each, "One two three.")
        expect(replies(each)).to_have_count(1)

    converse(other, "[[say From the other page]]", "From the other page")
    expect_reply(page, "From the other page")
    expect(said(page)).to_have_count(2)
    page.get_by_role("button", name="Ask again").last.click()
    for each in (page, other):
        expect_reply(each, "From the other page")
        expect(replies(each)).to_have_count(2)


def test_a_reply_may_be_stopped_on_another_page(page: Page, context: BrowserContext) -> None:
    say(page, "[[tokens 9]] [[hang after 2]]")
    expect(replies(page).last).to_contain_text("word2")
    other = context.new_page()
    other.goto(page.url)
    expect(replies(other).last).to_contain_text("word2")
    other.get_by_role("button", name="Stop").click()
    for each in (page, other):
        expect_reply(each, "You stopped this reply.")


def test_a_reply_goes_on_while_one_is_elsewhere(page: Page, tau: Tau) -> None:
    say(page, "Bees [[say One two three.]] [[pause after 2]]")
    expect(replies(page).last).to_contain_text("One two")
    page.get_by_role("link", name="Past", exact=True).click()
    page.wait_for_url("**/past")
    tau.release()
    page.go_back()
    expect_reply(page, "One two three.")
    expect(replies(page)).to_have_count(1)


def test_a_model_that_cannot_be_reached_is_one_sentence_and_a_way_on(page: Page) -> None:
    say(page, "Hello? [[die]]")
    told = page.locator("main").get_by_role("alert")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("cannot be reached")
    expect(said(page)).to_contain_text("Hello?")
    page.reload()
    expect(page.locator("main").get_by_role("alert")).to_contain_text("There is no reply yet.")
    page.get_by_role("button", name="Ask again").click()
    expect(told).to_contain_text("cannot be reached")
    expect(said(page)).to_have_count(1)

    said(page).get_by_role("button", name="Edit").click()
    page.get_by_role("textbox", name="Changing what you said").fill("Hello? [[say Hello!]]")
    page.get_by_role("button", name="Send the changed words").click()
    expect_reply(page, "Hello!")
    expect(told).to_have_count(0)


def test_a_model_that_breaks_off_leaves_what_it_said_and_a_way_on(page: Page) -> None:
    say(page, "Go on [[tokens 9]] [[die after 2]]")
    reply = expect_reply(page, "This reply was cut off.")
    expect(reply).to_contain_text("word1 word2")
    expect(page.locator("main").get_by_role("alert")).to_have_count(1)
    page.reload()
    reply = expect_reply(page, "This reply was cut off.")
    expect(reply.get_by_role("button", name="Ask again")).to_be_visible()
    expect(said(page)).to_have_count(1)


def test_words_of_any_kind_come_back_as_they_are(page: Page, api: Api) -> None:
    composer(page).press("Enter")
    composer(page).fill("   \n ")
    composer(page).press("Enter")
    expect(page.get_by_role("button", name="Send")).to_be_disabled()
    expect(said(page)).to_have_count(0)

    for words in ("你好，我的妹妹叫小美。", "👩‍👩‍👧‍👦 and 🇨🇭 at the zoo", "<b>not bold</b> & 'so'"):
        converse(page, f"{words} [[say {words}]]", words)
        expect(said(page).last).to_contain_text(words)
    endless = "".join(f"x{n}" for n in range(2_000))  # no repetition, which would be cut
    converse(page, f"[[say {endless}]]", endless)
    expect(said(page).last).to_contain_text(endless)
    expect_no_sideways_scrolling(page)
    assert api.thread(conversation_of(page))[-1]["text"] == endless


def test_several_lines_are_written_before_they_are_sent(page: Page) -> None:
    composer(page).fill("First line")
    composer(page).press("Shift+Enter")
    composer(page).press_sequentially("Second line")
    expect(composer(page)).to_have_value("First line\nSecond line")
    composer(page).press("Enter")
    expect_reply(page, "")
    expect(said(page).last.locator("p")).to_have_text("First line\nSecond line")


def test_the_beginning_of_a_long_conversation_is_read_by_scrolling(page: Page, api: Api) -> None:
    conversation = api.begin(title="Long")
    for number in range(1, 91):
        api.write(conversation, f"Message number {number}.", by="tau" if number % 2 else "person")
    page.goto(f"/c/{conversation}")
    expect(page.get_by_text("Message number 90.")).to_be_in_viewport()
    expect(page.get_by_text("Message number 1.", exact=True)).to_have_count(0)
    page.wait_for_function(
        """() => {
            const viewport = document.querySelector("main [tabindex='-1']");
            viewport.scrollTop = 0;
            return /Message number 1\\./.test(viewport.innerText);
        }"""
    )
    page.get_by_role("button", name="To the latest message").click()
    expect(page.get_by_text("Message number 90.")).to_be_in_viewport()
