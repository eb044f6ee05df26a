"""The studio in the web app: from a file to a verdict, by keyboard, on a phone, for everybody."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.studio.desk import as_lines, as_table, requests
from tests.studio.tuning.made_runs import HOLDING, SHORT, put_base, scripted

from .acts import Api, enter, expect_no_sideways_scrolling, one_tau
from .aids import english_on, settled, violations, violations_in_any_scheme
from .servers import Tau

PROJECTS = "/api/studio/projects"
PHONE = {"width": 390, "height": 760}


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    yield from one_tau(tmp_path_factory)


@pytest.fixture(autouse=True)
def _inside(page: Page, tau: Tau) -> None:
    enter(page, tau)


def _project(api: Api, tau: Tau, name: str, lines: bytes) -> str:
    """Create a project with the examples of a file; returns its id."""
    project = str(api.post(PROJECTS, {"name": name})["id"])
    added = httpx.post(
        f"{tau.url}{PROJECTS}/{project}/files",
        content=lines,
        params={"name": "desk.jsonl"},
        headers={"Authorization": f"Bearer {tau.key}"},
    )
    assert added.is_success, added.text
    return project


@pytest.fixture(scope="module")
def compared(tau: Tau) -> str:
    """A project with a contradiction, a frozen test and a comparison; returns its id."""
    api = Api(tau)
    made = requests(150)
    project = _project(api, tau, "Desks", as_lines([*made, (made[0][0], "accounts")]))
    api.post(f"{PROJECTS}/{project}/test", {"count": 45})
    api.post(f"{PROJECTS}/{project}/comparisons", {"methods": ["baseline", "classifier", "prompt"]})
    api.until(f"{PROJECTS}/{project}/comparisons", lambda found: found["comparisons"])
    api.close()
    return project


def _file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def _screens(project: str) -> list[str]:
    parts = (
        "examples/review",
        "examples/check",
        "examples/files",
        "test",
        "methods",
        "compare",
        "releases",
    )
    return ["/studio", *(f"/studio/{project}/{part}" for part in parts)]


def _opened(page: Page, path: str) -> None:
    """Open a screen and wait until all of it is there."""
    page.goto(path)
    settled(page)
    expect(page.get_by_text(re.compile("^(Checking|正在检查)"))).to_have_count(0)
    if path.endswith("/methods"):
        expect(page.get_by_role("table").first).to_be_visible()


def test_from_a_file_to_a_verdict(page: Page) -> None:
    page.get_by_role("link", name="Studio").click()
    page.get_by_label("Name").fill("Complaints")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Complaints")).to_be_visible()
    rows = as_table(requests(150)).replace(b"message,desk", b"id,message,desk").splitlines()
    table = b"\n".join([rows[0], *(b"7," + row for row in rows[1:])])
    page.get_by_label("Choose a file").set_input_files(_file("desk.csv", table))
    expect(page.get_by_label("Column with the request")).to_have_value("message")
    expect(page.get_by_label("Column with the answer")).to_have_value("desk")
    page.get_by_label("Instructions").fill("Name the desk.")
    page.get_by_role("button", name="Add the examples").click()
    expect(page.get_by_text("150 examples added.")).to_be_visible()

    page.get_by_role("link", name="Next: Check").click()
    expect(page.get_by_text("150 examples checked, with 3 different answers.")).to_be_visible()
    page.get_by_role("link", name="Next: Test").click()
    size = page.get_by_label("Examples in the test")
    expect(size).to_have_value("50")
    size.fill("30")
    expect(page.get_by_text("A test of 30 examples shows differences of")).to_be_visible()
    size.fill("50")
    expect(page.get_by_text("differences of 17 points or more")).to_be_visible()
    page.get_by_role("button", name="Freeze the test").click()
    page.get_by_role("dialog").get_by_role("button", name="Freeze the test").click()
    expect(page.get_by_role("heading", name="The test is frozen")).to_be_visible()

    page.get_by_role("link", name="Next: Methods").click()
    page.get_by_role("button", name="Compare", exact=True).click()
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("A classifier is enough")
    expect(verdict).to_contain_text("Don't train: the classifier is right")
    row = page.get_by_role("row", name=re.compile("^Classifier"))
    expect(row).to_contain_text(re.compile(r"\d+ to \d+ %"))
    expect(page.get_by_role("row", name=re.compile("^Prompt ")).first).to_contain_text("Not tried")
    page.get_by_label("Method", exact=True).select_option(label="Most frequent answer")
    expect(page.get_by_role("heading", name="What is taken for what")).to_be_visible()
    expect(page.get_by_text("wrong", exact=True).first).to_be_visible()


def test_what_contradicts_stands_side_by_side_and_is_settled(
    page: Page, api: Api, tau: Tau
) -> None:
    made = requests(40)
    project = _project(api, tau, "Settle", as_lines([*made, (made[0][0], "accounts")]))
    _opened(page, f"/studio/{project}/examples/check")
    group = (
        page.get_by_role("region")
        .or_(page.locator("section"))
        .filter(has=page.get_by_role("heading", name="Contradictions"))
    )
    cards = group.get_by_role("article")
    expect(cards).to_have_count(2)
    expect(cards.nth(0)).to_contain_text("refunds")
    expect(cards.nth(1)).to_contain_text("accounts")
    tops = [box["y"] for card in cards.all() if (box := card.bounding_box())]
    assert tops[0] == tops[1]
    cards.nth(1).get_by_role("button", name="Leave out").click()
    expect(cards.nth(1)).to_contain_text("left out")
    page.get_by_role("button", name="Check again").click()
    expect(page.get_by_text("40 examples checked")).to_be_visible()
    expect(page.get_by_role("heading", name="Contradictions")).to_have_count(0)


def test_examples_are_reviewed_by_keyboard(page: Page, api: Api, tau: Tau) -> None:
    project = _project(api, tau, "Keys", as_lines(requests(20)))
    _opened(page, f"/studio/{project}")
    items = page.get_by_role("list", name="Examples").get_by_role("listitem")
    items.first.focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    second = items.nth(1)
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-current", "true")
    page.keyboard.press("x")
    expect(second).to_contain_text("left out")
    page.keyboard.press("x")
    expect(second).to_contain_text("kept")
    page.keyboard.press("e")
    answer = page.get_by_role("dialog").get_by_label("Answer")
    answer.fill("jkxe")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(second).to_contain_text("jkxe")
    expect(second).to_be_focused()

    second.get_by_role("button", name="Withdraw").press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(items).to_have_count(19)
    page.get_by_label("Search the examples").fill("jkxe")
    expect(page.get_by_text("No examples match.")).to_be_visible()
    found: dict[str, Any] = api.get(f"{PROJECTS}/{project}/examples")
    assert found["total"] == 19


def test_a_grader_is_chosen_in_a_form_or_as_json(page: Page, api: Api, compared: str) -> None:
    _opened(page, f"/studio/{compared}/test")
    page.get_by_label("Grader", exact=True).select_option(label="Similar text")
    page.get_by_label("Passes from").fill("2")
    expect(page.get_by_text("It must be a number from 0 to 1.")).to_be_visible()
    page.get_by_label("Passes from").fill("0.9")
    page.get_by_role("button", name="Use this grader").click()
    expect(page.get_by_text("The grader is chosen.")).to_be_visible()
    chosen = api.get(f"{PROJECTS}/{compared}")["grader"]
    assert (chosen["evaluation_metric"], chosen["pass_threshold"]) == ("fuzzy_match", 0.9)
    page.get_by_label("Grader", exact=True).select_option(label="Another one, as JSON")
    json = page.get_by_label("Grader as JSON")
    json.fill('{"type": "python", "name": "mine", "source": "def grade(")')
    expect(page.get_by_role("button", name="Use this grader")).to_be_disabled()
    json.fill('{"type": "exact", "name": "same", "input": "{{sample.nothing}}"}')
    page.get_by_role("button", name="Use this grader").click()
    expect(page.get_by_role("alert")).to_contain_text("nothing")


def test_a_project_is_renamed_and_removed(page: Page, api: Api) -> None:
    api.post(PROJECTS, {"name": "Passing"})
    page.goto("/studio")
    page.get_by_role("button", name="What to do with Passing").click()
    page.get_by_role("menuitem", name="Rename").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Gone")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="What to do with Gone").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("Gone")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.get_by_text("Gone is removed.")).to_be_visible()
    names = [each["name"] for each in api.get(PROJECTS)["projects"]]
    assert not {"Passing", "Gone"} & set(names)


def test_a_model_is_trained_paused_and_resumed(page: Page, tau: Tau, compared: str) -> None:
    put_base(tau.app.settings.models_path)
    parts = tau.app.studio.runs.parts
    parts.poll_seconds = 0.02
    parts.find_program = lambda: scripted(HOLDING)
    page.add_init_script("ResizeObserver.prototype.observe = () => {}")  # slow to draw again
    _opened(page, f"/studio/{compared}/training")
    expect(page.get_by_text("It will take")).to_be_visible()
    page.get_by_text("More settings").click()
    page.get_by_label("Passes over the examples").fill("none")
    expect(page.get_by_text("A whole number from 1, or nothing.")).to_be_visible()
    page.get_by_label("Passes over the examples").fill("3")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("Step 5 of 12")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    parts.find_program = lambda: scripted(SHORT)
    page.get_by_role("button", name="Resume").click()
    expect(page.get_by_role("heading", name="Estimate and truth")).to_be_visible()
    expect(page.get_by_role("heading", name="Models")).to_be_visible()
    expect(page.get_by_role("img", name="The loss went from 2 to 0.17.")).to_be_visible()
    best = page.get_by_role("row").filter(has_text="best")
    expect(best).to_contain_text("%")
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)
    assert violations(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect_no_sideways_scrolling(page)
    page.get_by_role("link", name="All runs").click()
    expect(page.get_by_role("listitem").filter(has_text="Step 12 of 12")).to_be_visible()


def test_two_methods_are_compared_blind(page: Page, compared: str) -> None:
    _opened(page, f"/studio/{compared}/compare")
    page.get_by_label("The other").select_option(label="Prompt")
    page.get_by_label("Pairs").fill("8")
    page.get_by_role("button", name="Start").click()
    for number in range(1, 9):
        expect(page.get_by_text(f"Pair {number} of 8")).to_be_visible()
        left = page.get_by_role("article").filter(has=page.get_by_role("heading", name="Left"))
        expect(left).to_be_visible()
        said = left.inner_text()
        assert "lassifier" not in page.get_by_role("main").inner_text()
        right = any(desk in said.splitlines() for desk in ("refunds", "deliveries", "accounts"))
        page.keyboard.press("1" if right else "2")
    page.get_by_role("button", name="Show whose they are").click()
    expect(page.get_by_text("Classifier: 8 times")).to_be_visible()
    expect(page.get_by_text("Your votes show that Classifier is better.")).to_be_visible()
    expect(page.get_by_text("Sign test, p = 0.008")).to_be_visible()


def test_a_model_passes_its_gate_is_released_and_taken_back(
    page: Page, api: Api, compared: str
) -> None:
    _opened(page, f"/studio/{compared}/releases")
    page.get_by_role("button", name="Keep: Classifier").click()
    page.get_by_role("button", name="Gate and release: ft:scripted-embedder").click()
    looked = page.get_by_role("listitem").filter(has_text="A person has looked").last
    expect(page.get_by_text("Tested on the frozen test")).to_be_visible()
    if page.get_by_text("Read its answers").is_visible():  # nobody compared it blind before
        expect(looked).to_contain_text("doesn't hold")
        expect(page.get_by_role("button", name="Release", exact=True)).to_have_count(0)
        page.get_by_text("Read its answers").click()
        page.get_by_role("button", name="I've read these 10").click()
    expect(page.get_by_text("8 of 8 hold")).to_be_visible()
    page.get_by_label("Name for those who use it").fill("a b")
    expect(page.get_by_text("Use letters, digits")).to_be_visible()
    page.get_by_label("Name for those who use it").fill("companion")
    page.get_by_text("A share of the callers").click()
    page.get_by_role("slider", name="Share").fill("20")
    page.get_by_role("button", name="Release", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Everybody on this Tau can use it under the name companion")
    dialog.get_by_role("button", name="Release").click()
    expect(page.get_by_text("It answers as companion now.")).to_be_visible()

    releases = f"{PROJECTS}/{compared}/releases"
    (release,) = api.get(releases)["releases"]
    assert (release["alias"], release["share"]) == ("companion", 20)
    row = page.get_by_role("listitem").filter(has_text="20 % of the callers").first
    row.get_by_role("slider", name="Share").fill("40")
    row.get_by_role("button", name="Change the share").click()
    expect(page.get_by_text("The share is changed.")).to_be_visible()
    assert api.get(releases)["releases"][0]["share"] == 40
    page.get_by_role("button", name="Card: ft:scripted-embedder").click()
    expect(page.get_by_role("dialog").get_by_role("heading").nth(1)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Take back").click()
    page.get_by_role("dialog").get_by_label("Reason").fill("A mistake")
    page.get_by_role("dialog").get_by_role("button", name="Take back").click()
    expect(page.get_by_text("A mistake")).to_be_visible()
    assert api.get(releases)["releases"][0]["standing"] == "rolled back"


def test_every_screen_can_be_used_with_any_aid(page: Page, compared: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    found: list[str] = []
    for path in _screens(compared):
        _opened(page, path)
        found += violations_in_any_scheme(page)
    assert found == []


def test_every_screen_fits_a_phone_and_is_chinese(page: Page, compared: str) -> None:
    page.evaluate(
        "() => localStorage.setItem('tau.preferences',"
        " JSON.stringify({introduced: true, language: 'zh'}))"
    )
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    left: list[str] = []
    for path in _screens(compared):
        _opened(page, path)
        expect_no_sideways_scrolling(page)
        left += english_on(page)
        if path.endswith("/methods"):
            verdict = page.get_by_role("region", name="结论")
            expect(verdict).to_contain_text("分类器就够了")
    assert left == []


def test_what_tau_says_of_failures_is_chinese(page: Page, api: Api, tau: Tau) -> None:
    put_base(tau.app.settings.models_path)
    lines = as_lines(requests(40)) + b'{"messages": []}\nno object\n'
    project = _project(api, tau, "Unread", lines)
    api.post(f"{PROJECTS}/{project}/test", {"count": 10})
    parts = tau.app.studio.runs.parts
    parts.poll_seconds = 0.02
    said = "it has 900 tokens, and at most 512 can be learned from."
    refusal = {"code": "invalid_training_file", "message": said, "line": 3}
    parts.find_program = lambda: scripted(
        {**SHORT, "refuse": {**refusal, "param": "training_file"}}
    )
    run = api.post(f"{PROJECTS}/{project}/runs")["id"]
    api.until(f"/api/studio/runs/{run}", lambda found: found["status"] == "failed")
    page.evaluate(
        "() => localStorage.setItem('tau.preferences',"
        " JSON.stringify({introduced: true, language: 'zh'}))"
    )
    for path, expected in [
        ("examples/files", "不是有效的 JSON"),
        ("examples/check", "第 40、41 行：不是有效的 JSON。"),
        (f"training/{run}", "第 3 行：训练数据无法使用。"),
    ]:
        _opened(page, f"/studio/{project}/{path}")
        for closed in page.locator("main details:not([open]) > summary").all():
            closed.click()
        main = page.get_by_role("main")
        expect(main).to_contain_text(expected)
        assert re.findall(r"[A-Za-z]+ [a-z']+ [a-z']+", main.inner_text()) == []
    assert english_on(page) == []
