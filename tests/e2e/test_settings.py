"""Settings: the model's speed, people, devices, keys, ways in, looks, and backups."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from .acts import (
    Api,
    composer,
    conversation_of,
    converse,
    enter,
    one_endpoint,
    one_tau,
    replies,
    say,
)
from .servers import Tau

KEY = "key-of-the-endpoint"
PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


@pytest.fixture
def endpoint() -> Iterator[str]:
    yield from one_endpoint(KEY)


@pytest.fixture
def elsewhere(browser: Browser, context: BrowserContext, tau: Tau) -> Iterator[Page]:
    """A page of another browser, which was never here."""
    other = browser.new_context(base_url=tau.url, locale="en-US")
    other.add_init_script(
        "localStorage.setItem('tau.preferences', JSON.stringify({introduced: true}))"
    )
    yield other.new_page()
    other.close()


def _section(page: Page, title: str) -> Locator:
    return page.locator("main section").filter(has=page.get_by_role("heading", name=title))


def _secret(page: Page, label: str) -> str:
    """Return the secret that is shown this once."""
    shown = page.get_by_role("region", name=label)
    expect(shown).to_be_focused()
    return shown.locator("output").inner_text().strip()


def test_every_part_is_reached_from_the_first_page(page: Page) -> None:
    page.get_by_role("navigation").get_by_role("link", name="Settings").click()
    for name in ("Models", "People", "Devices", "API keys", "Account", "Appearance", "Data"):
        page.goto("/settings")
        page.get_by_role("main").get_by_role("link", name=name).first.click()
        expect(page).to_have_url(re.compile("/settings/"))
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
        expect(page).to_have_title(f"{name} · Tau")


def test_an_endpoint_is_saved_and_its_speed_shown(page: Page, endpoint: str) -> None:
    page.goto("/settings/models")
    main = page.get_by_role("main")
    main.get_by_role("button", name="Connect an endpoint").click()
    main.get_by_label("Address").fill(endpoint)
    main.get_by_label("Key", exact=True).fill(KEY)
    main.get_by_role("button", name="Try it").click()
    main.get_by_role("combobox", name="Which of its models?").select_option("scripted")
    main.get_by_label("A name for it here").fill("my-endpoint")
    main.get_by_role("button", name="Keep it", exact=True).click()
    row = main.get_by_role("listitem").filter(
        has=page.get_by_role("button", name="Test my-endpoint", exact=True)
    )
    row.get_by_role("button", name="Test my-endpoint").click()
    expect(row).to_contain_text(re.compile(r"(First word|Answers) after \d"))
    expect(page.locator("body")).not_to_contain_text(KEY)


def test_somebody_is_invited_and_lives_a_life_of_their_own(
    page: Page, elsewhere: Page, api: Api
) -> None:
    api.add_message("My savings are under the mattress.")
    page.goto("/settings/people")
    page.get_by_role("button", name="Make an invitation").click()
    invitation = _secret(page, "The invitation")

    elsewhere.goto(invitation)
    expect(elsewhere.get_by_role("heading", name="You are invited")).to_be_visible()
    elsewhere.get_by_label("Name").fill("Nora")
    elsewhere.get_by_label("Choose a password").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Accept the invitation").click()
    expect(composer(elsewhere)).to_be_visible()
    expect(elsewhere.get_by_role("heading", name="Hello, Nora.")).to_be_visible()
    reply = converse(elsewhere, "Where are the savings?", "You said: Where are the savings?")
    expect(reply).not_to_contain_text("mattress")
    expect(elsewhere.get_by_text("mattress")).to_have_count(0)

    page.reload()
    expect(page.get_by_role("main").get_by_role("listitem").filter(has_text="Nora")).to_be_visible()
    page.get_by_role("button", name="What to do with Nora").click()
    page.get_by_role("menuitem", name="Remove").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("Nora")
    dialog.get_by_role("button", name="Erase for good").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("main").get_by_text("Nora")).to_have_count(0)
    elsewhere.reload()
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_signed_out_device_shows_the_sign_in_page(page: Page, elsewhere: Page, tau: Tau) -> None:
    page.goto("/settings/devices")
    page.get_by_role("button", name="Make a link").click()
    elsewhere.goto(_secret(page, "The link"))
    expect(composer(elsewhere)).to_be_visible()
    composer(elsewhere).fill("Half a thought")
    page.reload()
    page.get_by_role("button", name=re.compile("^Sign out ")).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Sign out").click()
    expect(dialog).to_have_count(0)

    elsewhere.get_by_role("link", name="Memory", exact=True).click()
    expect(elsewhere.get_by_text("You were signed out, perhaps in another tab.")).to_be_visible()
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto("/")
    expect(composer(page)).to_be_visible()


def test_a_reply_in_progress_ends_on_a_device_that_is_signed_out(
    page: Page, elsewhere: Page, tau: Tau, api: Api
) -> None:
    elsewhere.goto(tau.link())
    say(elsewhere, "A long one, please [[say One two three.]] [[pause after 2]]")
    expect(replies(elsewhere).last).to_contain_text("One two")
    conversation = conversation_of(elsewhere)
    page.goto("/settings/devices")
    page.get_by_role("button", name=re.compile("^Sign out ")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(elsewhere.get_by_text("You were signed out, perhaps in another tab.")).to_be_visible()
    expect(elsewhere.locator("body")).not_to_contain_text("One two")
    tau.release()
    whole = api.until(
        f"/api/conversations/{conversation}/messages", lambda found: len(found["messages"]) == 2
    )
    assert whole["messages"][1]["text"] == "One two three.", "it goes on for the others"
    expect(elsewhere.locator("body")).not_to_contain_text("three")


def test_signing_out_ends_the_other_tab(page: Page, context: BrowserContext) -> None:
    other = context.new_page()
    other.goto("/")
    expect(composer(other)).to_be_visible()
    page.goto("/settings/account")
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(other.get_by_text("You were signed out, perhaps in another tab.")).to_be_visible()


def test_a_key_is_shown_once_and_opens_the_api_until_it_is_revoked(page: Page, tau: Tau) -> None:
    page.goto("/settings/keys")
    page.get_by_label("What it is for").fill("the kitchen radio")
    page.get_by_role("button", name="Make a key").click()
    key = _secret(page, "The new key")
    headers = {"Authorization": f"Bearer {key}"}
    assert httpx.get(f"{tau.url}/api/life", headers=headers).status_code == 200
    page.get_by_role("button", name="Done").click()
    expect(page.locator("body")).not_to_contain_text(key)
    page.reload()
    expect(page.get_by_role("main").get_by_text("the kitchen radio")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text(key)

    page.get_by_role("button", name="Revoke the kitchen radio").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("main").get_by_text("the kitchen radio")).to_have_count(0)
    assert httpx.get(f"{tau.url}/api/life", headers=headers).status_code == 401


def test_signing_in_with_a_password_and_a_recovery_code(
    page: Page, elsewhere: Page, tau: Tau
) -> None:
    page.goto("/settings/account")
    name = _section(page, "Name")
    name.get_by_role("textbox").fill("Mia")
    name.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("navigation").first).to_contain_text("Mia")
    password = page.get_by_label("New password")
    password.fill("short")
    expect(page.get_by_role("button", name="Set the password")).to_be_disabled()
    password.fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    page.get_by_role("button", name="Make a recovery code").click()
    code = _secret(page, "Your recovery code")

    elsewhere.goto("/")
    elsewhere.get_by_label("Name").fill("Mia")
    elsewhere.get_by_label("Password").fill("not the password")
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("alert")).to_have_count(1)
    elsewhere.get_by_label("Password").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(composer(elsewhere)).to_be_visible()
    elsewhere.goto("/settings/account")
    elsewhere.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()

    elsewhere.get_by_role("button", name="Use a recovery code").click()
    elsewhere.get_by_label("Name").fill("Mia")
    elsewhere.get_by_label("Recovery code").fill(code)
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(elsewhere.get_by_role("button", name="Sign in")).to_have_count(0)
    expect(elsewhere.get_by_role("navigation").first).to_be_visible()


def test_a_changed_key_signs_the_other_devices_out_and_not_this_one(
    page: Page, elsewhere: Page, tau: Tau
) -> None:
    page.goto("/settings/account")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("The password is set.")).to_be_visible()
    page.get_by_role("button", name=re.compile("Make a (recovery|new) code")).click()
    former = _secret(page, "Your recovery code")
    name = _section(page, "Name").get_by_role("textbox").input_value()
    elsewhere.goto("/")
    elsewhere.get_by_label("Name").fill(name)
    elsewhere.get_by_label("Password").fill(PASSWORD)
    elsewhere.get_by_role("button", name="Sign in").click()
    expect(composer(elsewhere)).to_be_visible()

    page.reload()
    page.get_by_role("button", name="Change my key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Your password").fill("not the password")
    dialog.get_by_role("button", name="Change the key").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Your password").fill(PASSWORD)
    dialog.get_by_role("button", name="Change the key").click()
    expect(page.get_by_text("Your key is changed.")).to_be_visible()
    assert _secret(page, "Your recovery code") != former
    expect(elsewhere.get_by_role("button", name="Sign in")).to_be_visible()
    page.goto("/")
    expect(composer(page)).to_be_visible()
    tau.key = tau.call(tau._make_key())  # the one of these tests has ended too


def test_looks_and_language_take_effect_and_stay(page: Page) -> None:
    page.goto("/settings/appearance")
    html = page.locator("html")
    background = "() => getComputedStyle(document.body).backgroundColor"
    size = "() => parseFloat(getComputedStyle(document.documentElement).fontSize)"
    light, medium = page.evaluate(background), page.evaluate(size)
    page.get_by_text("Dark", exact=True).click()
    expect(html).to_have_attribute("data-theme", "dark")
    assert page.evaluate(background) != light
    page.get_by_text("Very large", exact=True).click()
    expect(html).to_have_attribute("data-text", "huge")
    assert page.evaluate(size) > medium
    page.get_by_text("简体中文", exact=True).click()
    expect(html).to_have_attribute("lang", "zh-Hans")
    page.reload()
    expect(html).to_have_attribute("lang", "zh-Hans")
    expect(html).to_have_attribute("data-theme", "dark")
    expect(html).to_have_attribute("data-text", "huge")
    expect(page.get_by_role("main").get_by_text("Language", exact=True)).to_have_count(0)


def test_the_data_page_shows_sizes_and_makes_a_backup(page: Page, tau: Tau, api: Api) -> None:
    api.add_message("Something worth keeping.")
    page.goto("/settings/data")
    main = page.get_by_role("main")
    expect(main).to_contain_text(str(tau.home))
    expect(main).to_contain_text(re.compile(r"\d+(\.\d+)? (kB|MB)"))
    expect(main).to_contain_text("There is no backup yet.")
    page.get_by_role("button", name="Make a backup").click()
    expect(page.get_by_text("The backup is made.")).to_be_visible()
    expect(main).not_to_contain_text("There is no backup yet.")
    with page.expect_download() as downloading:
        page.get_by_role("link", name=re.compile("^Download .*db")).first.click()
    content = downloading.value.path().read_bytes()
    assert content.startswith(b"SQLite format 3")
    assert b"worth keeping" not in content
    page.get_by_role("button", name=re.compile("^Delete ")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(main).to_contain_text("There is no backup yet.")
