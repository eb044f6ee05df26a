"""What a model thinks, that a reply was cut, and who answered, as the page shows it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from .acts import Api, conversation_of, enter, expect_reply, replies, say
from .servers import Tau


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    """A Tau whose chosen model can't be reached; the scripted one stands in for it."""
    tau = Tau(tmp_path_factory.mktemp("home"), model="")
    tau.start()
    models = tau.app.models
    tau.call(models.directory.add("big", "http://127.0.0.1:9/v1", "m"))
    tau.call(models.aliases.use("companion", ["big", "scripted"]))
    yield tau
    tau.stop()


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def test_thoughts_are_folded_while_they_come_and_gone_with_the_reply(
    page: Page, tau: Tau, api: Api
) -> None:
    say(page, "[[think The walrus is hungry.]] [[say Give it fish.]] [[pause after 7]]")
    reply = replies(page).last
    summary = reply.locator("summary")
    expect(summary).to_have_text("What the model thought")
    thought = reply.get_by_text("The walrus is hungry.")
    expect(thought).to_be_hidden()
    summary.click()
    expect(thought).to_be_visible()
    expect(reply).not_to_contain_text("<think>")

    tau.release()
    expect_reply(page, "Give it fish.")
    expect(replies(page).last).not_to_contain_text("walrus")
    texts = [one["text"] for one in api.thread(conversation_of(page))]
    assert texts[-1] == "Give it fish."


def test_who_answered_is_said_where_it_is_not_the_chosen_model(page: Page) -> None:
    say(page, "Who is there? [[say Me.]]")
    expect_reply(page, "Me.")
    line = "scripted answered, because big couldn't."
    expect(replies(page).last).to_contain_text(line)
    page.reload()
    expect(replies(page).last).to_contain_text(line)


def test_a_reply_that_repeats_itself_is_cut_and_says_so(page: Page) -> None:
    say(page, "[[loop I am so glad that you like it.]]")
    reply = replies(page).last
    expect(reply).to_contain_text("began to repeat itself")
    assert reply.inner_text().count("so glad") == 1
