"""Private conversations: they look like it, and nothing of them is written down anywhere."""

from playwright.sync_api import Page, expect

from .acts import Api, composer, conversation_of, converse, enter, expect_reply, said
from .servers import Tau

SECRET = "hollyhock"
STORED = """async () => {
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), location.href];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const response = await cache.match(request);
            if (request.url.includes('/api/')) kept.push(request.url, await response.text());
        }
    }
    for (const { name } of await indexedDB.databases()) kept.push(name);
    return kept.join(' ');
}"""


def _begin(page: Page) -> None:
    page.get_by_role("link", name="Private conversation").first.click()
    expect(page.locator("html")).to_have_attribute("data-private", "")


def _colours(page: Page) -> str:
    return str(
        page.evaluate(
            "() => JSON.stringify(['main', 'nav', 'body'].map(name =>"
            " getComputedStyle(document.querySelector(name)).backgroundColor))"
        )
    )


def test_it_looks_different_and_writes_nothing(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    api.add_message("My sister Ada keeps bees in Lund.")
    usual = _colours(page)
    _begin(page)
    expect(page.locator("main").get_by_text("Private", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("nothing of this is written down")
    assert _colours(page) != usual

    composer(page).fill(f"A draft of the {SECRET}")
    assert SECRET not in page.evaluate(STORED)
    converse(page, f"Where does Ada keep bees? It is about the {SECRET}.", "Ada keeps bees in Lund")
    conversation = conversation_of(page)
    assert conversation.startswith("private-")
    page.reload()
    expect_reply(page, "Ada keeps bees in Lund")
    expect(page.locator("html")).to_have_attribute("data-private", "")

    assert SECRET not in page.evaluate(STORED)
    assert not any(SECRET in text for text in api.found(f"the {SECRET}"))
    for form in ("jsonl", "markdown", "pam"):
        assert SECRET not in api.text(f"/api/export?format={form}")

    page.get_by_role("button", name="What to do with this conversation").click()
    page.get_by_role("menuitem", name="End it").click()
    page.get_by_role("dialog").get_by_role("button", name="Erase for good").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("html")).not_to_have_attribute("data-private", "")
    assert _colours(page) == usual
    expect(page.locator(f"a[href*='{conversation}']")).to_have_count(0)
    assert conversation not in str(api.get("/api/conversations"))
    assert api.status(f"/api/conversations/{conversation}") == 404
    assert SECRET not in api.text("/api/export")
    assert SECRET not in page.evaluate(STORED)

    page.goto(f"/c/{conversation}")
    expect(page.get_by_text("This conversation does not exist (any more).")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(SECRET)


def test_it_is_gone_when_tau_stops(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")
    conversation = conversation_of(page)
    tau.restart()
    assert api.status(f"/api/conversations/{conversation}") == 404
    page.reload()
    expect(page.get_by_text("This conversation does not exist (any more).")).to_be_visible()
    expect(said(page)).to_have_count(0)
    assert not any(
        SECRET.encode() in path.read_bytes() for path in tau.home.rglob("*") if path.is_file()
    )


def test_private_words_do_not_wait_in_the_browser(page: Page, tau: Tau) -> None:
    enter(page, tau)
    _begin(page)
    converse(page, "[[say Between us]]", "Between us")
    tau.stop()
    composer(page).fill(f"The {SECRET} is ready")
    composer(page).press("Enter")
    expect(composer(page)).to_have_value(f"The {SECRET} is ready")
    notice = page.locator("main").get_by_role("alert")
    expect(notice.filter(has_text="Tau does not answer.")).to_be_visible()
    assert SECRET not in page.evaluate(STORED)
