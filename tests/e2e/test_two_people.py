"""Two people of one Tau on one browser: what is one's stays one's."""

import re
from urllib.parse import quote

from playwright.sync_api import BrowserContext, Page, expect

from .acts import Api, composer, enter
from .servers import Tau


def _link_of_ben(tau: Tau) -> str:
    """Let a second person into the house; return a one-time link of theirs."""

    async def invited() -> str:
        people = tau.app.people
        invitation = await people.invitations.invite(await people.owner())
        _, ben = await people.invitations.accept(invitation, "Ben", "a long password", "tests")
        return await people.credentials.link(ben)

    return f"{tau.url}/welcome#key={quote(tau.call(invited()), safe='')}"


def follow(page: Page, link: str) -> None:
    """Open a sign-in link in a browser that is signed in, and say that it may replace that."""
    page.goto(link)
    page.get_by_role("button", name="Use the link").click()


def test_a_link_asks_before_it_replaces_a_session(
    page: Page, context: BrowserContext, tau: Tau
) -> None:
    enter(page, tau)
    link = _link_of_ben(tau)
    page.goto(link)
    expect(page.get_by_text("You're signed in as")).to_be_visible()
    expect(page).not_to_have_url(re.compile("key="))
    before = context.cookies()[0].get("value")
    page.get_by_role("button", name="Stay signed in").click()
    expect(composer(page)).to_be_visible()
    assert context.cookies()[0].get("value") == before
    follow(page, link)  # it wasn't used up
    expect(page.get_by_role("heading", name="Hello, Ben.")).to_be_visible()
    assert context.cookies()[0].get("value") != before


def test_a_page_left_open_says_nothing_in_the_life_of_another(
    page: Page, context: BrowserContext, tau: Tau, api: Api
) -> None:
    enter(page, tau)
    of_ben = context.new_page()
    follow(of_ben, _link_of_ben(tau))
    expect(of_ben.get_by_role("heading", name="Hello, Ben.")).to_be_visible()

    composer(page).fill("My savings are under the mattress")
    composer(page).press("Enter")
    expect(page.get_by_text("You were signed out, perhaps in another tab.")).to_be_visible()
    of_ben.goto("/past")
    expect(of_ben.get_by_role("heading", name="Past")).to_be_visible()
    expect(of_ben.get_by_text("mattress")).to_have_count(0)
    of_ben.goto("/")
    expect(composer(of_ben)).to_be_empty()
    expect(of_ben.get_by_text("mattress")).to_have_count(0)

    follow(page, tau.link())  # their own words waited for them, and are said now
    api.until("/api/search", lambda found: bool(found["passages"]), q="savings under the mattress")
    assert "mattress" in " ".join(api.found("savings under the mattress"))


def test_what_one_began_to_write_is_not_found_by_the_next(page: Page, tau: Tau) -> None:
    enter(page, tau)
    composer(page).fill("Dear diary")
    follow(page, _link_of_ben(tau))
    expect(page.get_by_role("heading", name="Hello, Ben.")).to_be_visible()
    expect(composer(page)).to_be_empty()
    follow(page, tau.link())
    expect(page.get_by_role("heading", name="Hello.")).to_be_visible()
    expect(composer(page)).to_have_value("Dear diary")
