"""The first step into the house, from the link that `tau run` prints."""

import re

import httpx
import pytest
from playwright.sync_api import Page, expect

from .acts import enter
from .servers import Tau, TauProcess


def test_the_link_opens_the_house_once(page: Page, tau: Tau) -> None:
    link = tau.link()
    with page.expect_response("**/api/welcome") as redeemed:
        page.goto(link)
    assert redeemed.value.status == 200
    expect(page).to_have_title(re.compile("Tau"))
    expect(page).not_to_have_url(re.compile("/welcome|key="))
    assert [cookie["name"] for cookie in page.context.cookies()] == ["tau_session"]
    again = httpx.post(f"{tau.url}/api/welcome", json={"key": link.partition("#key=")[2]})
    assert again.status_code == 401


@pytest.mark.provokes("fetching")  # what a Tau that is gone does not give
def test_the_house_is_as_it_was_after_a_restart(page: Page, tau: Tau) -> None:
    enter(page, tau)
    tau.restart()
    with page.expect_response("**/api/me") as asked:
        page.goto("/")
    assert asked.value.status == 200


@pytest.mark.provokes("fetching")
def test_the_command_opens_the_same_house(page: Page, tau_process: TauProcess) -> None:
    enter(page, tau_process)
    tau_process.kill()
    tau_process.start()
    with page.expect_response("**/api/me") as asked:
        page.goto(tau_process.url)
    assert asked.value.status == 200
