"""The first run: from the link that is printed to the first reply."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .acts import Api, composer, converse, one_endpoint
from .servers import Tau

KEY = "key-of-the-endpoint"


@pytest.fixture
def endpoint() -> Iterator[str]:
    yield from one_endpoint(KEY)


def _begin(page: Page, tau: Tau) -> None:
    page.goto(tau.link())
    page.wait_for_url("**/start")
    expect(page.get_by_role("heading", name="Hello. I am Tau.")).to_be_visible()


def _model_step(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Which brain shall I think with?")).to_be_visible()


def _try(page: Page, url: str, key: str) -> Locator:
    """Try an endpoint; returns its form."""
    form = page.locator("form").filter(has=page.get_by_label("Address"))
    form.get_by_label("Address").fill(url)
    form.get_by_label("Key", exact=True).fill(key)
    form.get_by_role("button", name="Try it").click()
    return form


def test_from_the_link_to_the_first_reply(page: Page, tau: Tau, api: Api) -> None:
    _begin(page, tau)
    page.get_by_label("What shall I call you?").fill("Mia")
    page.get_by_role("radio", name="简体中文").check(force=True)
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.get_by_role("heading", name="Hello. I am Tau.")).to_have_count(0)
    page.get_by_role("radio", name="English").check(force=True)
    expect(page.get_by_label("What shall I call you?")).to_have_value("Mia")

    _model_step(page)
    expect(page.get_by_role("radio", name="The built-in one 135")).to_be_checked()
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_role("heading", name="Hello, Mia.")).to_be_visible()
    converse(page, "[[say Good morning, Mia.]]", "Good morning, Mia.")
    assert api.get("/api/me")["name"] == "Mia"

    page.goto("/")
    expect(composer(page)).to_be_visible()
    expect(page).not_to_have_url("/start")


def test_an_endpoint_that_does_not_answer_is_refused_with_a_sentence(page: Page, tau: Tau) -> None:
    _begin(page, tau)
    _model_step(page)
    page.get_by_role("radio", name="An endpoint and a key").check(force=True)
    form = _try(page, "http://127.0.0.1:9/v1", "none")
    expect(form).to_contain_text("cannot be reached")
    expect(form.get_by_role("button", name="Keep it")).to_have_count(0)
    expect(page.get_by_role("button", name="Begin")).to_be_disabled()
    page.get_by_role("radio", name="The built-in one 135").check(force=True)
    page.get_by_role("button", name="Begin").click()
    expect(composer(page)).to_be_visible()


def test_an_endpoint_is_tried_and_then_thought_with(
    page: Page, tau: Tau, api: Api, endpoint: str
) -> None:
    _begin(page, tau)
    _model_step(page)
    page.get_by_role("radio", name="An endpoint and a key").check(force=True)
    form = _try(page, endpoint, "another-key")
    form.get_by_role("combobox", name="Which of its models?").select_option("scripted")
    expect(form.get_by_role("alert")).to_contain_text("refuses the key")
    expect(form.get_by_role("button", name="Keep it")).to_have_count(0)

    form = _try(page, endpoint, KEY)
    form.get_by_role("combobox", name="Which of its models?").select_option("scripted")
    expect(form).to_contain_text(re.compile("Answers after|First word after"))
    form.get_by_label("A name for it here").fill("my-endpoint")
    form.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("main")).to_contain_text("my-endpoint is kept.")
    page.get_by_role("button", name="Begin").click()
    expect(composer(page)).to_be_visible()
    asked = {"model": "companion", "messages": [{"role": "user", "content": "[[say I am here]]"}]}
    answer = api.post("/v1/chat/completions", asked)
    assert answer["choices"][0]["message"]["content"] == "I am here"
    assert api.get("/api/models")["aliases"]["companion"][0] == "my-endpoint"
    assert KEY not in str(api.get("/api/models"))


def test_the_introduction_can_be_skipped(page: Page, tau: Tau) -> None:
    _begin(page, tau)
    page.get_by_role("button", name="Skip").click()
    expect(composer(page)).to_be_visible()
    converse(page, "[[say Hello]]", "Hello")
    page.goto("/")
    expect(composer(page)).to_be_visible()
    expect(page.get_by_role("heading", name="Hello.", exact=True)).to_be_visible()
