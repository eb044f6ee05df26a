"""The care space in the page: a hard night, with an exercise, a check-in and the help card."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .acts import (
    Api,
    composer,
    converse,
    enter,
    expect_no_sideways_scrolling,
    expect_reply,
)
from .aids import english_on, violations, violations_in_any_scheme
from .servers import Tau

DANGER = "I want to kill myself"
CARE = "/api/experts/care"
KEPT = "() => JSON.stringify({...localStorage, ...sessionStorage})"


@pytest.fixture
def tau(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Tau]:
    """A Tau in the United States, without a model unless a test talks: the rest needs none."""
    more = getattr(request, "param", {"model": ""})
    running = Tau(tmp_path / "home", country="US", **more)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def care(page: Page, tau: Tau) -> Page:
    """The care space, as it's found from anywhere."""
    enter(page, tau)
    page.get_by_role("navigation").get_by_role("link", name="Care").click()
    expect(page.get_by_role("heading", name="Care")).to_be_visible()
    return page


def card(page: Page) -> Locator:
    return page.get_by_role("region", name="You don’t have to face this alone")


def saved(page: Page) -> None:
    expect(page.locator("[data-keeping=kept]")).to_have_text("Saved, and for you alone")


def open_exercise(page: Page, title: str) -> None:
    page.goto("/care/write")
    page.get_by_role("button", name=re.compile(f"^{title}")).first.click()
    expect(page.get_by_role("heading", name=title)).to_be_focused()


def test_a_hard_night(care: Page, api: Api) -> None:
    care.get_by_role("link", name="Write it down").click()
    care.get_by_role("button", name=re.compile("^5-4-3-2-1")).click()
    for number in range(1, 6):
        expect(care.get_by_text(f"{number} of 5", exact=True)).to_be_visible()
        care.get_by_role("textbox").first.fill(f"thing {number}")
        care.get_by_role("button", name="Next").click()
    expect(care.get_by_text("A little steadier is enough")).to_be_visible()
    care.get_by_role("button", name="Done").click()
    expect(care.get_by_role("button", name=re.compile("^5-4-3-2-1, "))).to_be_visible()

    care.get_by_role("link", name="Back").click()
    care.get_by_role("link", name="Check in").click()
    care.get_by_role("radio", name="very low").check()
    care.get_by_label("In words").fill(f"Everything is too much. {DANGER}")
    expect(card(care).locator('a[href="tel:988"]').first).to_be_in_viewport()
    assert api.get(f"{CARE}/checkins")["checkins"] == []  # before anything is kept
    care.get_by_role("button", name="Note it").click()
    expect(care.get_by_text("Noted.")).to_be_visible()
    expect(card(care)).to_be_visible()
    expect(care.get_by_role("img", name=re.compile("today very low"))).to_be_visible()
    assert [each["mood"] for each in api.get(f"{CARE}/checkins")["checkins"]] == [1]

    care.get_by_role("link", name="Back").click()
    care.get_by_role("link", name="Leave").click()
    expect(care.get_by_role("textbox", name="Your words")).to_be_visible()


@pytest.mark.parametrize("tau", [{}], indirect=True)
def test_a_talk_stays_in_care(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    page.goto("/care/talk")
    expect(page.get_by_text("What’s on your mind?")).to_be_visible()
    words = "Zanzibarine: I can't sleep and can't stop thinking"
    converse(page, f"{words} [[say That sounds heavy.]]", "That sounds heavy.")
    expect(page).to_have_url(re.compile("/care/talk$"))
    expect(page).to_have_title("Care · Tau")
    assert "Zanzibarine" not in page.evaluate(KEPT)
    assert api.get("/api/conversations")["conversations"] == []
    (talk,) = api.get("/api/conversations", expert="care")["conversations"]
    assert (talk["expert"], talk["title"]) == ("care", None)
    offers = page.get_by_role("list", name="Exercises that may fit")
    expect(offers.get_by_role("button", name="Worry time")).to_be_visible()
    assert violations(page) == []

    converse(page, f"{DANGER} [[say I hear you.]]", "I hear you.")
    expect(card(page)).to_be_visible()
    page.get_by_role("button", name="Begin anew").click()
    expect(page.get_by_role("heading", name="Earlier talks")).to_be_visible()
    composer(page).fill("unsent Zanzibarine")
    assert "Zanzibarine" not in page.evaluate(KEPT)
    page.get_by_role("region", name="Earlier talks").get_by_role("button").click()
    expect(card(page)).to_be_visible()

    page.goto(f"/c/{talk['id']}")  # by an old link
    expect(page).to_have_url(re.compile("/care/talk$"))
    expect(card(page)).to_be_visible()

    page.goto("/past")
    expect(page.get_by_role("heading", name="Past")).to_be_visible()
    expect(page.locator("main a[href^='/c/'], nav a[href^='/c/']")).to_have_count(0)


@pytest.mark.parametrize("tau", [{}], indirect=True)
def test_an_exercise_is_one_tap_from_the_talk(page: Page, tau: Tau) -> None:
    enter(page, tau)
    page.goto("/care/talk")
    converse(page, "I worry about everything [[say I'm listening.]]", "listening")
    page.get_by_role("button", name="Worry time").click()
    expect(page.get_by_role("heading", name="Worry time")).to_be_focused()
    page.get_by_role("button", name="Back").click()
    page.get_by_role("link", name="Back").click()
    page.get_by_role("link", name="Talk", exact=False).first.click()
    expect_reply(page, "listening")


def test_what_was_typed_is_there_again(care: Page, tau: Tau) -> None:
    open_exercise(care, "Thought record")
    care.get_by_label("What happened").fill("The meeting on Tuesday")
    saved(care)
    care.get_by_label("What you felt").fill("ashamed 80")
    care.reload()  # before the pause after which it's saved
    care.get_by_role("button", name=re.compile("^Thought record, ")).click()
    expect(care.get_by_label("What happened")).to_have_value("The meeting on Tuesday")
    expect(care.get_by_label("What you felt")).to_have_value("ashamed 80")

    tau.stop()
    care.get_by_label("What you felt").fill("ashamed 40")
    expect(care.locator("[data-keeping=failed]")).to_contain_text("Tau tries again")
    tau.start()
    saved(care)
    care.get_by_role("button", name="Back").click()
    care.get_by_role("button", name=re.compile("^Delete for good: Thought record")).click()
    care.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(care.get_by_role("heading", name="What you wrote before")).to_have_count(0)


def test_danger_in_a_form_brings_the_card_before_anything_else(care: Page) -> None:
    open_exercise(care, "Thought record")
    care.get_by_label("What went through your mind").fill(DANGER)
    expect(card(care)).to_be_in_viewport()
    expect(care.get_by_role("alert").filter(has=card(care))).to_have_count(1)
    saved(care)
    care.get_by_role("button", name="Hide this for now").click()
    care.get_by_label("What happened").fill("A long day")
    saved(care)
    expect(card(care)).to_have_count(0)
    open_exercise(care, "Thought record")  # something else
    care.get_by_label("What happened").fill(DANGER)
    expect(card(care)).to_be_visible()


def test_a_questionnaire_by_keyboard_and_item_nine(care: Page, api: Api) -> None:
    care.goto("/care/checkin")
    care.get_by_role("button", name=re.compile("^PHQ-9")).press("Enter")
    for number in range(1, 9):
        expect(care.get_by_text(f"{number} of 9", exact=True)).to_be_visible()
        care.keyboard.press("1")
    expect(care.get_by_role("heading", name=re.compile("better off dead"))).to_be_focused()
    expect(card(care)).to_have_count(0)
    care.keyboard.press("Tab")
    care.keyboard.press("Tab")
    care.keyboard.press("Enter")  # several days
    expect(card(care)).to_be_in_viewport()
    expect(care.get_by_role("heading", name="PHQ-9: 1 of 27")).to_be_visible()
    expect(care.get_by_text("This is a questionnaire, not a diagnosis")).to_be_visible()
    care.get_by_role("button", name="Done").click()
    care.get_by_role("link", name="Back").click()
    expect(care.get_by_role("heading", name="Care")).to_be_visible()
    expect(card(care)).to_be_visible()  # until it's hidden
    assert violations(care) == []
    (result,) = api.get(f"{CARE}/questionnaires")["results"]
    assert result["answers"] == [0] * 8 + [1]


def test_activities_become_plans_only_after_a_yes(care: Page, api: Api) -> None:
    open_exercise(care, "Activity plan")
    care.get_by_label("What", exact=True).fill("Walk by the river")
    expect(care.get_by_role("button", name="Remember as plans")).to_have_count(0)
    care.get_by_label("Day").fill("2027-05-02")
    saved(care)
    assert api.get("/api/memory/facts")["facts"] == []
    care.get_by_role("button", name="Remember as plans").click()
    expect(care.get_by_text("One plan is remembered.")).to_be_visible()
    (plan,) = api.get("/api/memory/facts")["facts"]
    assert plan["text"] == "Walk by the river"


def write_plan(page: Page) -> None:
    page.goto("/care")
    page.get_by_role("link", name="My safety plan").click()
    page.get_by_role("button", name="Write it").click()
    page.get_by_role("textbox", name=re.compile("1. How I notice.*: 1")).fill("Zanzibarine nights")
    saved(page)
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Zanzibarine nights")).to_be_visible()


def test_the_safety_plan_is_read_offline_with_its_passphrase_alone(care: Page, tau: Tau) -> None:
    write_plan(care)
    assert "Zanzibarine" not in care.evaluate(KEPT)
    care.get_by_label("Passphrase").fill("a passphrase")
    care.get_by_role("button", name="Keep it locked").click()
    expect(care.get_by_text("A locked copy is on this device")).to_be_visible()
    assert "Zanzibarine" not in care.evaluate(KEPT)
    care.reload()  # by the service worker, which keeps the page
    expect(care.get_by_text("Zanzibarine nights")).to_be_visible()
    tau.stop()
    care.goto("/help")
    care.get_by_role("link", name="My safety plan").click()
    care.get_by_label("Passphrase").fill("another")
    care.get_by_role("button", name="Open").click()
    expect(care.get_by_text("That isn’t the passphrase.")).to_be_visible()
    care.get_by_label("Passphrase").fill("a passphrase")
    care.get_by_role("button", name="Open").click()
    expect(care.get_by_text("Zanzibarine nights")).to_be_visible()
    tau.start()


def test_a_readable_copy_takes_a_tick_and_goes_with_its_plan(care: Page) -> None:
    write_plan(care)
    readable = care.get_by_role("button", name="Keep it readable")
    expect(readable).to_be_disabled()
    care.get_by_role("checkbox").check()
    readable.click()
    expect(care.get_by_text("A readable copy is on this device")).to_be_visible()
    assert "Zanzibarine" in care.evaluate(KEPT)
    care.get_by_role("button", name="Remove from this device").click()
    expect(care.get_by_text("Your plan isn’t kept on this device")).to_be_visible()
    assert "Zanzibarine" not in care.evaluate(KEPT)

    care.get_by_role("checkbox").check()
    readable.click()
    expect(care.get_by_text("A readable copy is on this device")).to_be_visible()
    care.get_by_role("button", name="Delete for good").click()
    care.get_by_role("dialog").get_by_role("button", name="Delete for good").click()
    expect(care.get_by_text("There’s no safety plan yet")).to_be_visible()
    assert "Zanzibarine" not in care.evaluate(KEPT)


def test_signing_out_takes_the_copy(care: Page) -> None:
    write_plan(care)
    care.get_by_role("checkbox").check()
    care.get_by_role("button", name="Keep it readable").click()
    expect(care.get_by_text("A readable copy is on this device")).to_be_visible()
    care.goto("/settings/account")
    care.get_by_role("button", name="Sign out").click()
    expect(care.get_by_role("button", name="Sign in")).to_be_visible()
    assert "Zanzibarine" not in care.evaluate(KEPT)


def test_nothing_of_it_is_in_copies_titles_or_the_history(care: Page) -> None:
    write_plan(care)
    care.goto("/past")
    expect(care.get_by_role("heading", name="Past")).to_be_visible()
    copies = """async () => {
        const found = [];
        for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) found.push(request.url);
        return found.filter((url) => url.includes('/api/experts')).length;
    }"""
    assert care.evaluate(copies) == 0
    care.goto("/care/checkin")
    expect(care).to_have_title("Care · Tau")


def test_a_pause_is_suggested_once(page: Page, tau: Tau) -> None:
    page.clock.install()
    enter(page, tau)
    page.goto("/care")
    expect(page.get_by_role("heading", name="Care")).to_be_visible()
    pause = page.get_by_text("You’ve been here for a while.")
    page.clock.run_for(44 * 60_000)
    expect(pause).to_have_count(0)
    page.clock.run_for(2 * 60_000)
    expect(pause).to_be_visible()
    page.get_by_role("button", name="I’d like to stay").click()
    page.clock.run_for(60 * 60_000)
    expect(pause).to_have_count(0)


def test_breathing_says_each_phase_and_stands_still_without_motion(page: Page, tau: Tau) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    enter(page, tau)
    page.goto("/care/breathe")
    page.get_by_role("button", name="Begin").click()
    phase = page.locator("p[aria-live]")
    for label in ("Breathe in", "Hold", "Breathe out", "Hold", "Breathe in"):
        expect(phase).to_have_text(label)
        running = "() => document.getAnimations().filter((a) => a.playState === 'running').length"
        assert page.evaluate(running) == 0
        page.clock.run_for(4_000)
    page.clock.run_for(8 * 16_000)
    expect(page.get_by_text("Let your breath go back to its own rhythm.")).to_be_visible()
    expect(page.get_by_role("button", name="Once more")).to_be_visible()


def test_what_is_opened_within_can_be_used_with_any_aid(care: Page) -> None:
    care.emulate_media(reduced_motion="reduce")
    found: list[str] = []
    for title in ("5-4-3-2-1", "Thought record", "Activity plan", "Sleep diary"):
        open_exercise(care, title)
        found += violations_in_any_scheme(care)
    care.get_by_label("Anything else").fill(DANGER)
    expect(card(care)).to_be_visible()
    found += violations_in_any_scheme(care)
    write_plan(care)
    found += violations_in_any_scheme(care)
    assert found == []


def test_exports_have_it_only_if_it_is_ticked(care: Page) -> None:
    write_plan(care)
    care.goto("/memory/take")
    link = care.locator("a[download]").first
    without = care.request.get(str(link.get_attribute("href"))).text()
    care.get_by_role("checkbox", name="Include what I said and wrote in Care").check()
    whole = care.request.get(str(link.get_attribute("href"))).text()
    assert "Zanzibarine" not in without
    assert "Zanzibarine" in whole


def test_a_night_in_chinese_on_a_phone(page: Page, tau: Tau) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    enter(page, tau)
    page.evaluate(
        "() => localStorage.setItem('tau.preferences',"
        " JSON.stringify({introduced: true, language: 'zh'}))"
    )
    page.goto("/care")
    expect(page.get_by_role("link", name="我的安全计划")).to_be_in_viewport()
    left: list[str] = []
    for title in ("五感着陆", "想法记录", "活动计划", "睡眠日记"):
        page.goto("/care/write")
        page.get_by_role("button", name=re.compile(f"^{title}")).first.click()
        expect(page.get_by_role("heading", name=title)).to_be_focused()
        expect_no_sideways_scrolling(page)
        left += english_on(page)
    page.get_by_label("其他").fill("我不想活了，想自杀")
    chinese_card = page.get_by_role("region", name="你不是一个人在扛")
    expect(chinese_card).to_be_in_viewport()
    expect_no_sideways_scrolling(page)

    page.goto("/care/checkin")
    page.get_by_role("button", name=re.compile("^PHQ-9")).click()
    for _ in range(8):
        page.get_by_role("button", name="完全不会").click()
    page.get_by_role("button", name="几乎每天").click()
    expect(chinese_card).to_be_visible()
    expect(page.get_by_text("这是一份问卷，不是诊断")).to_be_visible()
    left += english_on(page)
    expect_no_sideways_scrolling(page)
    assert left == []
