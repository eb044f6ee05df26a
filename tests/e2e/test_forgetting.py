"""Forgetting a message where it stands: whose words go, what stays, and what is chosen too."""

import re

from playwright.sync_api import Locator, Page, expect

from .acts import Api, conversation_of, converse, enter, replies, said
from .servers import Tau


def _dialog(page: Page, line: Locator) -> Locator:
    line.hover()
    line.get_by_role("button", name="Forget this").last.click()
    return page.get_by_role("dialog", name="Forget this for good?")


def test_forgetting_a_reply_leaves_what_the_person_said(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    converse(page, "Where do herons nest? [[say In the reeds of Zanzibar.]]", "In the reeds")
    converse(page, "And quokkas? [[say In bushes.]]", "In bushes.")
    conversation = conversation_of(page)
    dialog = _dialog(page, replies(page).first)
    expect(dialog).to_contain_text("In all: 1 reply by Tau. Your own messages stay.")
    going = dialog.get_by_role("listitem").filter(has_text=re.compile("^Tau said,"))
    expect(going).to_contain_text("In the reeds of Zanzibar.")
    dialog.get_by_role("button", name="Forget for good").click()
    expect(dialog).to_have_count(0)
    expect(replies(page)).to_have_count(1)
    expect(said(page)).to_have_count(2)
    texts = [one["text"] for one in api.thread(conversation)]
    assert "In the reeds of Zanzibar." not in texts
    assert texts[-1] == "In bushes."


def test_a_reply_that_repeats_nothing_stays_unless_it_is_ticked(
    page: Page, tau: Tau, api: Api
) -> None:
    enter(page, tau)
    converse(page, "The safe opens by zanzibar [[say Zanzibar, noted.]]", "Zanzibar, noted.")
    conversation = conversation_of(page)
    asked = api.thread(conversation)[0]["id"]
    answer = {"by": "tau", "text": "Lovely weather!"}
    words = api.write(conversation, "My other word is quokka")
    stays = api.write(conversation, **answer)
    page.reload()
    dialog = _dialog(page, page.locator(f"main [data-line='{words}']"))
    expect(dialog).to_contain_text("In all: 1 message of yours")
    choice = dialog.get_by_role("checkbox", name=re.compile("Lovely weather!"))
    expect(choice).not_to_be_checked()
    choice.check()
    expect(dialog).to_contain_text("In all: 1 message of yours, 1 reply by Tau")
    choice.uncheck()
    expect(dialog).not_to_contain_text("1 reply by Tau")
    choice.check()
    expect(dialog).to_contain_text("1 reply by Tau")
    dialog.get_by_role("button", name="Forget for good").click()
    expect(dialog).to_have_count(0)
    expect(page.locator("main")).not_to_contain_text("quokka")
    left = [one["id"] for one in api.thread(conversation)]
    assert left[0] == asked
    assert words not in left
    assert stays not in left


def test_the_preview_speaks_chinese(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    page.evaluate(
        "localStorage.setItem('tau.preferences',"
        " JSON.stringify({introduced: true, language: 'zh'}))"
    )
    conversation, words = api.add_message("保险箱的密码是芝麻开门")
    api.write(conversation, by="tau", text="好的，记住了。")
    page.goto(f"/c/{conversation}")
    line = page.locator(f"main [data-line='{words}']")
    line.hover()
    line.get_by_role("button", name="忘掉它").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("共计：你的 1 条消息")
    expect(dialog).to_contain_text("以下内容会保留，勾选后一并删除：")
    expect(dialog.get_by_role("checkbox", name=re.compile("记住了"))).not_to_be_checked()
