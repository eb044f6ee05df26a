"""The page without Tau: it opens, is read and written in, and keeps nothing that it may not."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .acts import Api, composer, conversation_of, converse, enter, expect_reply, said, say
from .copies import copied, copies, expect_copied, expect_not_copied
from .servers import Tau

AWAY = "Tau cannot be reached."


def _prefer(page: Page, **chosen: Any) -> None:
    page.evaluate(
        "chosen => localStorage.setItem('tau.preferences', JSON.stringify(chosen))",
        {"introduced": True, **chosen},
    )
    page.reload()


def test_what_was_said_is_read_and_more_is_written_while_tau_is_away(
    page: Page, tau: Tau, api: Api
) -> None:
    kitchen, _ = api.add_message("The kitchen gets a window over the sink.", title="A new kitchen")
    enter(page, tau)
    expect_copied(page, "window over the sink")
    tau.stop()

    page.goto(f"/c/{kitchen}")
    expect(page.get_by_role("status").filter(has_text=AWAY)).to_be_visible()
    expect(said(page)).to_contain_text(["window over the sink"])
    say(page, "First word from the tunnel")
    expect(said(page).last).to_contain_text("Waits on this device")
    say(page, "Second word from the tunnel")
    expect(said(page).filter(has_text="Waits on this device")).to_have_count(2)
    page.goto("/")
    say(page, "A thought in the tunnel")
    expect(said(page).last).to_contain_text("Waits on this device")
    second = page.context.new_page()  # of two tabs one sends
    second.goto("/past")
    expect(second.get_by_role("link", name="A new kitchen")).not_to_have_count(0)

    tau.start()
    page.wait_for_url("**/c/*")
    expect_reply(page, "")
    expect(page.get_by_role("status").filter(has_text=AWAY)).to_have_count(0)
    begun = conversation_of(page)
    api.until(f"/api/conversations/{kitchen}", lambda one: one["count"] == 5)
    words = [one["text"] for one in api.thread(kitchen) if one["by"] == "person"][1:]
    assert words == ["First word from the tunnel", "Second word from the tunnel"]
    assert [one["text"] for one in api.thread(begun)][:1] == ["A thought in the tunnel"]
    assert len(api.get("/api/conversations")["conversations"]) == 2
    assert page.evaluate("localStorage.getItem('tau.outbox')") == "[]"


def test_what_is_forgotten_elsewhere_leaves_the_browser(page: Page, tau: Tau, api: Api) -> None:
    _, message = api.add_message("The PIN of the bicycle lock is 4711.", title="Bicycle")
    api.add_message("The ivy grows well.", title="Garden")
    enter(page, tau)
    expect_copied(page, "4711")
    api.post("/api/memory/forget", {"messages": [message]})
    expect_not_copied(page, "4711")
    expect_copied(page, "The ivy grows well.")


def test_nothing_private_is_kept_and_nothing_for_nobody(page: Page, tau: Tau, api: Api) -> None:
    api.add_message("The ivy grows well.", title="Garden")
    enter(page, tau)
    expect_copied(page, "The ivy grows well.")
    page.goto("/private")
    converse(page, "Whispered [[say Hush]]", "Hush")
    page.goto("/past")
    expect(page.get_by_role("main")).to_contain_text("Garden")
    expect(page.get_by_role("main")).not_to_contain_text("Whispered")
    page.reload()
    expect_copied(page, "The ivy grows well.")
    kept = copied(page)
    assert "Whispered" not in kept
    assert "private-" not in kept

    _prefer(page, keepsOffline=False)
    expect_not_copied(page, "ivy")
    _prefer(page, keepsOffline=True)
    expect_copied(page, "The ivy grows well.")
    assert page.evaluate("fetch('/api/sign-out', {method: 'POST'}).then(one => one.status)") == 204
    assert not copies(page)
    page.reload()
    expect(composer(page)).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/memory", "/settings"])
def test_every_page_opens_offline(page: Page, tau: Tau, path: str) -> None:
    enter(page, tau)
    expect_copied(page, "/api/me")
    tau.stop()
    page.goto(path)
    expect(page.get_by_role("status").filter(has_text=AWAY)).to_be_visible()
    expect(page.get_by_role("main")).not_to_be_empty()
