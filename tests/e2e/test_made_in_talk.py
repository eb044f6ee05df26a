"""What specialists make in a talk: a letter and a plan from words, changed by words, on a page."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.experts.expert_environment import expert_environment, use_expert_environment

from .acts import Api, conversation_of, enter, expect_reply, replies, say
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    """A Tau that has the packages of specialists."""
    with ThreadPoolExecutor(1) as own:  # the browser's event loop runs in this thread
        own.submit(expert_environment).result()
    running = Tau(tmp_path_factory.mktemp("tau") / "home")
    use_expert_environment(running.home)
    running.start()
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def card(page: Page, title: str) -> Locator:
    """The last card below a reply that opens what it made."""
    return page.locator("main").get_by_role("link", name=title).last


def test_a_plan_is_drawn_and_changed_three_times_by_words(page: Page, api: Api) -> None:
    page.goto("/")
    page.get_by_label("Who replies").select_option("sketch")
    say(page, "A flat with two bedrooms and a bath, 70 m2")
    expect_reply(page, "Here's a plan:")
    (plan,) = api.get("/api/artifacts", expert="sketch")["artifacts"]
    expect(page.get_by_role("region", name=plan["title"])).to_be_visible()
    for words, answer in (
        ("entrance to the east", "The entrance is in the east"),
        ("add a study", "I added Study"),
        ("mirror it", "I mirrored the plan"),
    ):
        say(page, words)
        expect_reply(page, answer)
    found = api.get(f"/api/artifacts/{plan['id']}/versions")["versions"]
    assert [each["cause"] for each in found] == ["created", "edited", "edited", "edited"]
    assert all(each["by"] == "tau" for each in found)
    page.reload()
    (plan,) = api.get("/api/artifacts", expert="sketch")["artifacts"]  # its title has its area
    expect(page.get_by_role("region", name=plan["title"])).to_be_visible()
    thread = api.thread(conversation_of(page))
    made = [each["artifact"]["id"] for each in thread if each["by"] == "tau"]
    assert made == [plan["id"]] * 4


def test_a_suggested_letter_opens_beside_the_talk_and_its_card_goes_with_it(
    page: Page, api: Api
) -> None:
    page.goto("/")
    say(page, 'Please draft a letter to my landlord about the heating. [[say {"edits": []}]]')
    expect(replies(page).last).to_be_visible()
    page.get_by_role("button", name="Yes", exact=True).click()
    expect_reply(page, "I've begun a document")
    title = "Letter (DIN 5008): Heating"
    region = page.get_by_role("region", name=title)
    expect(region).to_contain_text("Dear landlord")
    region.get_by_role("button", name="Close", exact=True).click()
    expect(region).to_have_count(0)
    card(page, title).click()
    expect(region).to_be_visible()
    (letter,) = api.get("/api/artifacts", expert="writing")["artifacts"]
    region.get_by_role("button", name="Close", exact=True).click()
    api.delete(f"/api/artifacts/{letter['id']}")
    expect(page.locator("main").get_by_role("link", name=title)).to_have_count(0)
    expect_reply(page, "I've begun a document")
