"""What is learned while one talks: asked about before it counts, undone, forgotten on request."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from .acts import Api, converse, enter, one_tau, replies
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def _notes(reply: Locator) -> Locator:
    return reply.get_by_role("list", name="Notes on your memory")


def _texts(api: Api, state: str = "current") -> list[str]:
    return [fact["text"] for fact in api.get("/api/memory/facts", state=state)["facts"]]


def test_a_standing_instruction_is_asked_about_before_it_counts(page: Page, api: Api) -> None:
    reply = converse(page, "Please always answer in German. [[say Gut.]]", "Gut.")
    notes = _notes(reply)
    expect(notes).to_contain_text("Shall I always do this?")
    assert not any("German" in text for text in _texts(api))
    assert any("German" in text for text in _texts(api, "waiting"))

    page.reload()
    notes.get_by_role("button", name="Yes").click()
    expect(notes).to_contain_text("Remembered.")
    assert any("German" in text for text in _texts(api))
    (fact,) = [one for one in api.get("/api/memory/facts")["facts"] if "German" in one["text"]]
    assert fact["trust"] == "confirmed"

    page.reload()
    expect(reply).to_contain_text("Gut.")
    expect(notes).to_have_count(0)


def test_what_replaces_a_fact_is_shown_and_can_be_undone_later(
    page: Page, browser: Browser, tau: Tau, api: Api
) -> None:
    converse(page, "I live in Porto. [[say Nice.]]", "Nice.")
    reply = converse(page, "I moved to Graz last week. [[say Welcome.]]", "Welcome.")
    notes = _notes(reply)
    expect(notes).to_contain_text("Changed: Lives in Graz (before: Lives in Porto)")
    page.reload()
    expect(notes).to_contain_text("Changed: Lives in Graz (before: Lives in Porto)")

    other = browser.new_context(base_url=tau.url, locale="en-US").new_page()  # a second device
    enter(other, tau)
    other.goto(page.url)
    elsewhere = _notes(replies(other).last)
    elsewhere.get_by_role("button", name="Undo").click()
    expect(elsewhere).to_contain_text("Undone.")
    assert "Lives in Porto" in _texts(api)
    assert "Lives in Graz" not in _texts(api)
    other.context.close()

    page.reload()
    expect(replies(page).last).to_contain_text("Welcome.")
    expect(_notes(replies(page).first)).to_contain_text("Noted: Lives in Porto")
    expect(notes).to_have_count(0)


def test_forgetting_in_a_conversation_is_confirmed_first(page: Page, api: Api) -> None:
    converse(page, "Wilhelmina left me in May. [[say Sorry.]]", "Sorry.")
    page.get_by_role("link", name="New conversation").first.click()
    reply = converse(
        page,
        "Please forget everything I told you about Wilhelmina.",
        "Nothing has been deleted yet.",
    )
    assert "Wilhelmina left me" in api.text("/api/export")
    reply.get_by_role("button", name="See what would go").click()
    dialog = page.get_by_role("dialog", name="Forget this for good?")
    expect(dialog.get_by_role("listitem").filter(has_text="left me in May").first).to_be_visible()
    dialog.get_by_role("button", name="Cancel").click()
    assert "Wilhelmina left me" in api.text("/api/export")

    reply.get_by_role("button", name="See what would go").click()
    dialog.get_by_role("button", name="Forget for good").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("Wilhelmina")
    assert "Wilhelmina" not in api.text("/api/export")
