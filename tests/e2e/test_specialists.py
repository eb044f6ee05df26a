"""Specialists on the page: scopes by one tap, the chip, who replies, and facts from care."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from .acts import Api, composer, conversation_of, converse, enter, one_tau, replies
from .aids import violations
from .servers import Tau

SKILL = "---\nname: gardener\ndescription: Helps in the garden.\n---\nSpeak of soil\u202e first.\n"


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def section(page: Page, title: str) -> Locator:
    heading = page.get_by_role("heading", name=title, exact=True)
    return page.locator("main section").filter(has=heading)


def test_each_scope_is_changed_by_one_tap_and_seen_on_another_page(page: Page, api: Api) -> None:
    page.goto("/settings/experts")
    sketch = section(page, "Sketch")
    switch = sketch.get_by_role("switch", name="Use Sketch")
    expect(switch).to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).not_to_be_checked()
    api.until("/api/experts/sketch", lambda known: known["scope"]["enabled"] is False)
    writing = section(page, "Writing")
    before = api.get("/api/experts/writing")["scope"]["topics"]
    writing.get_by_text("Reads facts about").click()
    writing.get_by_role("checkbox", name="Work").click()
    expect(writing.get_by_text(f"{len(before) - 1} topics")).to_be_visible()
    after = set(before) - {"work"}
    api.until("/api/experts/writing", lambda known: set(known["scope"]["topics"]) == after)
    writing.get_by_text("Recalls conversations with").click()
    expect(writing.get_by_role("checkbox", name="Care")).to_have_count(0)
    care = section(page, "Care")
    expect(care.get_by_text("stays there")).to_be_visible()
    api.put("/api/experts/sketch/scope", {"enabled": True})
    expect(switch).to_be_checked()


def test_a_skill_is_read_before_it_is_approved(page: Page, tau: Tau) -> None:
    folder = tau.home / "skills" / "gardener"
    folder.mkdir(parents=True)
    (folder / "SKILL.md").write_text(SKILL, "utf-8")
    page.goto("/settings/experts")
    own = section(page, "Skills of your own")
    expect(own.get_by_text("hidden characters (U+202E)")).to_be_visible()
    expect(own.get_by_text("Speak of soil⟨U+202E⟩ first.")).to_be_visible()
    own.get_by_role("button", name="Approve", exact=True).click()
    expect(own.get_by_role("button", name="Withdraw approval")).to_be_visible()
    expect(own.get_by_role("switch", name="Use gardener")).to_be_checked()
    own.get_by_role("button", name="Delete gardener").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(own.get_by_text("There is none yet.")).to_be_visible()
    assert not folder.exists()


def test_a_specialist_is_suggested_replies_after_a_yes_and_stays(page: Page, api: Api) -> None:
    words = "Please draft a letter to my landlord about the heating."
    converse(page, words, words)
    question = page.get_by_text("Shall we work on this as a document?")
    expect(question).to_be_visible()
    chosen = page.get_by_label("Who replies")
    expect(chosen).to_have_value("talk")
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(chosen).to_have_value("writing")
    expect(question).to_have_count(0)
    converse(page, "Shorter, please.", "proposes no changes")
    expect(replies(page)).to_have_count(2)
    conversation = conversation_of(page)
    experts = [each["expert"] for each in api.thread(conversation)]
    assert experts == [None, "writing", "writing", "writing"]
    chosen.select_option("talk")
    converse(page, "How are you?", "How are you?")
    assert api.thread(conversation)[-1]["expert"] is None


def test_a_suggestion_may_be_declined(page: Page) -> None:
    words = "Draw a floor plan with three bedrooms and a bathroom. [[say Of course.]]"
    converse(page, words, "Of course.")
    question = page.get_by_text("Shall we draw this as a plan?")
    expect(question).to_be_visible()
    page.get_by_role("button", name="No, thanks").click()
    expect(question).to_have_count(0)
    expect(page.get_by_label("Who replies")).to_have_value("talk")
    expect(composer(page)).to_be_editable()


def test_the_page_of_facts_asks_whether_others_may_know(page: Page, api: Api) -> None:
    asked = {"words": "My brother Quentin lives in Porto.", "expert": "care"}
    api.post(f"/api/conversations/{api.begin()}/turns", asked)
    page.goto("/memory/waiting")
    row = page.get_by_role("listitem").filter(has_text="Quentin").first
    expect(row.get_by_text("May other specialists know this?")).to_be_visible()


def test_the_style_of_documents_applies_rule_by_rule_once_approved(page: Page, api: Api) -> None:
    for name in ("Ana", "Berg", "Cho"):
        text = f"Dear {name},\n\nThe colour of the roof is wrong.\n\nKind regards,\nMira\n"
        api.post("/api/experts/writing/documents", {"markdown": text, "title": name})
    page.goto("/settings/experts")
    style = section(page, "Your style")
    style.get_by_label("A rule in your words").fill("We write e-mail with a hyphen")
    style.get_by_role("button", name="Add").click()
    added = style.get_by_role("listitem").filter(has_text="We write e-mail with a hyphen")
    expect(added).to_contain_text("added by you")
    style.get_by_text("Find it in your documents").click()
    for name in ("Ana", "Berg", "Cho"):
        style.get_by_role("checkbox", name=name).check()
    style.get_by_role("button", name="Look at these").click()
    found = style.get_by_role("region", name="Found in your documents")
    expect(found).to_contain_text("The colour of the roof is wrong. (Ana)")
    style.get_by_role("button", name="Don’t apply: Use British spelling").click()
    expect(found).not_to_contain_text("Use British spelling")
    closing = "Apply: End letters with “Kind regards”"
    found.get_by_role("button", name=closing, exact=True).click()
    expect(found).not_to_contain_text("End letters with")
    approved = style.get_by_role("listitem").filter(has_text="End letters with")
    expect(approved).to_contain_text("from Ana, Berg, Cho")
    found.get_by_role("button", name="Apply all", exact=True).click()
    expect(found).to_have_count(0)
    rules = api.get("/api/experts/writing/style")["rules"]
    assert "Use British spelling" not in [one["text"] for one in rules]
    style.get_by_role("button", name="Remove: We write e-mail with a hyphen").click()
    expect(added).to_have_count(0)
    assert violations(page) == []
