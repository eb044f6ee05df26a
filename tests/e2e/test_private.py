"""Private conversations: they look like it, nothing of them is written, and leaving ends them."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect

from tau.app import App
from tau.life.life import Life
from tau.life.private import IDLE_SECONDS
from tests.patience import patient

from .acts import Api, composer, converse, enter, expect_reply, said, say
from .browser import arguments, chromium_path
from .copies import expect_copied
from .servers import SECONDS, Tau

SECRET = "hollyhock"
PRIVATE = "[data-private]"
ENDED = "This private conversation has ended. Nothing of it was saved."
STORED = """async () => {
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.title,
        ...navigation.entries().map(entry => entry.url + JSON.stringify(entry.getState() ?? ''))];
    for (const name of await caches.keys()) {
        const cache = await caches.open(name);
        for (const request of await cache.keys()) {
            const response = await cache.match(request);
            if (request.url.includes('/api/')) kept.push(request.url, await response.text());
        }
    }
    for (const { name } of await indexedDB.databases()) kept.push(name);
    for (const path of ['/api/conversations', '/api/turns', '/api/search?q=hollyhock'])
        kept.push(await fetch(path).then(response => response.text()));
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


async def _life(app: App) -> Life:
    return await app.lives.open(await app.people.owner())


def _living(tau: Tau) -> list[str]:
    """The private conversations that Tau holds."""
    return [private.id for private in tau.call(_life(tau.app)).private]


def _until_ended(tau: Tau) -> None:
    """Wait until Tau holds none any more, and no reply to one."""
    deadline = time.monotonic() + SECONDS
    while _living(tau) or tau.app.companion.active_turn_count:
        assert time.monotonic() < deadline, "it has not ended"
        time.sleep(0.05)


def _is_nowhere(page: Page) -> None:
    """Nothing of it is on the page, nor in what the browser keeps or Tau says."""
    expect(page.locator("body")).not_to_contain_text(SECRET)
    stored = page.evaluate(STORED)
    assert SECRET not in stored
    assert "private-" not in stored


def _is_in_no_file(tau: Tau) -> None:
    for path in tau.home.rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path.name


@pytest.fixture
def other(browser: Browser, tau: Tau) -> Iterator[Page]:
    """A page of the same person on another device."""
    context = browser.new_context(base_url=tau.url, locale="en-US")
    context.set_default_timeout(patient(20) * 1_000)
    page = context.new_page()
    enter(page, tau)
    yield page
    context.close()


def test_it_looks_different_and_writes_nothing(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    api.add_message("My sister Ada keeps bees in Lund.")
    usual = _colours(page)
    _begin(page)
    expect(page.locator("main").get_by_text("Private", exact=True)).to_be_visible()
    expect(page.locator("main")).to_contain_text("gone on every device as soon as you leave it")
    assert _colours(page) != usual

    composer(page).fill(f"A draft of the {SECRET}")
    assert SECRET not in page.evaluate(STORED)
    converse(page, f"Where does Ada keep bees? It is about the {SECRET}.", "Ada keeps bees in Lund")
    assert len(_living(tau)) == 1
    expect(page).to_have_title("Private conversation · Tau")
    assert page.url == f"{tau.url}/private"
    assert SECRET not in page.evaluate(STORED)
    assert not any(SECRET in text for text in api.found(f"the {SECRET}"))
    for form in ("jsonl", "markdown", "pam"):
        assert SECRET not in api.text(f"/api/export?format={form}")

    page.get_by_role("button", name="What to do with this conversation").click()
    page.get_by_role("menuitem", name="End it").click()
    expect(page.locator("html")).not_to_have_attribute("data-private", "")
    assert _colours(page) == usual
    _until_ended(tau)
    _is_nowhere(page)
    _is_in_no_file(tau)


def test_no_other_device_sees_it_and_after_leaving_none_does(
    page: Page, tau: Tau, api: Api, other: Page
) -> None:
    api.add_message("The ivy grows well.", title="Garden")
    enter(page, tau)
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")

    def look_around(device: Page) -> None:
        for path in ("/past", "/", "/private"):
            device.goto(path)
            expect(device.get_by_role("navigation", name="Tau")).to_contain_text("Garden")
            _is_nowhere(device)
        device.goto("/past")
        device.get_by_role("textbox", name="Search everything ever said").fill(SECRET)
        expect(device.locator("main")).to_contain_text("Nothing that was said fits")

    look_around(other)
    (private,) = _living(tau)
    for path in (f"/c/{private}", "/private"):
        other.goto(path)
        expect(other.locator("main")).to_contain_text("Between us.")  # the greeting of a new one
        expect(said(other)).to_have_count(0)
    path = f"/api/conversations/{private}"
    assert other.evaluate(f"fetch('{path}').then(response => response.status)") == 404

    page.get_by_role("link", name="New conversation").click()
    _until_ended(tau)
    for device in (page, other):
        assert device.evaluate(f"fetch('{path}').then(response => response.status)") == 404
    _is_nowhere(page)
    page.go_back()
    _is_nowhere(page)
    page.reload()
    _is_nowhere(page)
    look_around(page)
    look_around(other)
    _is_in_no_file(tau)


def _by_a_link(page: Page) -> None:
    page.get_by_role("navigation", name="Tau").get_by_role("link", name="Past").click()


def _by_going_back(page: Page) -> None:
    page.go_back()


def _by_reloading(page: Page) -> None:
    page.reload()


def _by_another_address(page: Page) -> None:
    page.goto("/settings")


def _by_signing_out(page: Page) -> None:
    second = page.context.new_page()
    second.goto("/help")
    second.evaluate("fetch('/api/sign-out', {method: 'POST'})")
    second.close()


def _by_closing(page: Page) -> None:
    with page.expect_event("close"):
        page.close(run_before_unload=True)


@pytest.mark.parametrize(
    "leave",
    [
        _by_a_link,
        _by_going_back,
        _by_reloading,
        _by_another_address,
        _by_signing_out,
        _by_closing,
    ],
    ids=lambda way: way.__name__.strip("_"),
)
def test_leaving_ends_it_and_its_reply(
    page: Page, context: BrowserContext, tau: Tau, leave: Callable[[Page], None]
) -> None:
    enter(page, tau)
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")
    say(page, f"[[pause after 2]] [[say the {SECRET} is ready]]")
    tau.wait_for_gate()
    composer(page).fill(f"More of the {SECRET}")
    leave(page)
    _until_ended(tau)
    _is_in_no_file(tau)
    if page.is_closed():
        page = context.new_page()
        page.goto("/")
    expect(page.locator("body")).not_to_contain_text(SECRET)
    page.goto("/private")
    expect(page.locator("body")).not_to_contain_text(SECRET)
    if leave is not _by_signing_out:
        expect(composer(page)).to_have_value("")
        _is_nowhere(page)


def test_a_page_that_the_browser_brings_back_shows_nothing_of_it(page: Page, tau: Tau) -> None:
    enter(page, tau)
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(page.locator("main")).to_contain_text(ENDED)
    _until_ended(tau)
    _is_nowhere(page)


def test_it_ends_by_itself_and_the_page_says_so(page: Page, tau: Tau) -> None:
    enter(page, tau)
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")
    composer(page).fill("Not sent yet")
    tau.call(tau.app.lives.maintain(time.monotonic() + IDLE_SECONDS + 1))
    expect(page.locator("main")).to_contain_text(ENDED)
    expect(said(page)).to_have_count(0)
    assert _living(tau) == []
    _is_nowhere(page)
    expect(composer(page)).to_have_value("Not sent yet")
    composer(page).press("Enter")
    expect_reply(page, "Not sent yet")
    expect(page.locator("main")).not_to_contain_text(ENDED)
    assert len(_living(tau)) == 1


def test_it_is_gone_when_tau_stops(page: Page, tau: Tau) -> None:
    enter(page, tau)
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")
    tau.restart()
    expect(page.locator("main")).to_contain_text(ENDED)
    _is_nowhere(page)
    _is_in_no_file(tau)


def test_one_that_was_left_while_it_began_ends_too(page: Page, tau: Tau) -> None:
    enter(page, tau)
    _begin(page)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/api/conversations", hold)
    with page.expect_request("**/api/conversations"):
        say(page, f"The {SECRET} is ready")
    page.get_by_role("link", name="New conversation").click()
    with page.expect_request("**/api/conversations/*/end"):
        held[0].continue_()
    _until_ended(tau)
    page.unroute("**/api/conversations")
    _is_nowhere(page)


def test_what_it_recalled_opens_beside_it(page: Page, tau: Tau, api: Api) -> None:
    api.add_message("My sister Ada keeps bees in Lund.")
    enter(page, tau)
    _begin(page)
    reply = converse(page, "Where does Ada keep bees?", "Ada keeps bees in Lund")
    reply.locator("summary").click()
    source = reply.locator("details li").filter(has_text="My sister Ada").first
    with page.context.expect_page() as opened:
        source.get_by_role("link", name="Go to where it was said").click()
    expect(opened.value.locator("main")).to_contain_text("My sister Ada keeps bees in Lund.")
    opened.value.close()
    assert len(_living(tau)) == 1
    expect(said(page)).to_have_count(1)


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
    stored = page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    assert SECRET not in stored


def test_it_is_in_no_file_of_the_browser(playwright: Playwright, tau: Tau, tmp_path: Path) -> None:
    """Its history, sessions and stores on disk; words that aren't private are there."""
    profile = tmp_path / "profile"
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=chromium_path(playwright),
        args=arguments(),
        base_url=tau.url,
        locale="en-US",
    )
    page = context.new_page()
    enter(page, tau)
    converse(page, "[[say In the open]] the marigold", "In the open")
    expect(page).to_have_title("[[say In the open]] the marigold · Tau")
    expect_copied(page, "marigold")
    _begin(page)
    converse(page, f"[[say Between us]] the {SECRET}", "Between us")
    composer(page).fill(f"A draft of the {SECRET}")
    (private,) = _living(tau)
    page.close(run_before_unload=True)
    _until_ended(tau)
    _until_written(profile, "marigold")
    context.close()
    assert not _holds(profile, SECRET)
    assert not _holds(profile, private)


def _until_written(profile: Path, word: str) -> None:
    """Wait until the browser has written a word; otherwise the test would show nothing."""
    deadline = time.monotonic() + patient(60)
    while not _holds(profile, word):
        assert time.monotonic() < deadline, "the browser writes nothing"
        time.sleep(0.2)


def _holds(folder: Path, word: str) -> list[str]:
    forms = (word.encode(), word.encode("utf-16-le"))
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(form in _read(path) for form in forms)]


def _read(path: Path) -> bytes:
    """Return what a file holds; nothing if the browser has just deleted it."""
    with suppress(FileNotFoundError):
        return path.read_bytes()
    return b""
