"""Plans in the page: drawn from words or a form, changed in every way, undone, and read back."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tau.environments.environment import python_of
from tau.experts.sketch.drawing import MARGIN
from tau.experts.sketch.edits import moved_rooms
from tau.experts.sketch.geometry import Box
from tau.experts.sketch.plan import Plan
from tests.experts.expert_environment import use_expert_environment
from tests.experts.sketch.briefs import small_plan

from .acts import (
    Api,
    conversation_of,
    converse,
    enter,
    expect_no_sideways_scrolling,
    one_tau,
)
from .aids import english_on, violations
from .servers import Tau

PLANS = "/api/experts/sketch/plans"
READ_BACK = """
import json, sys, ezdxf
document = ezdxf.readfile(sys.argv[1])
space = document.modelspace()
print(json.dumps({
    "errors": len(document.audit().errors),
    "layers": sorted({one.dxf.layer for one in space}),
    "texts": [one.dxf.text for one in space.query("TEXT")],
}))
"""


@pytest.fixture(scope="module")
def tau(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tau]:
    for running in one_tau(tmp_path_factory):
        use_expert_environment(running.home)
        yield running


@pytest.fixture
def kept(api: Api) -> str:
    """The id of a plan whose walls lie where the tests expect them."""
    content = msgspec.json.encode(small_plan()).decode()
    asked = {"type": "plan", "title": "Flat", "expert": "sketch", "content": content}
    return str(api.post("/api/artifacts", asked)["artifact"]["id"])


@pytest.fixture
def plan(page: Page, tau: Tau, kept: str) -> Page:
    """The page of that plan."""
    enter(page, tau)
    _open(page, kept)
    return page


def _open(page: Page, plan: str) -> None:
    page.goto(f"/plans/{plan}")
    expect(page.get_by_role("img", name="Flat, Ground floor")).to_be_visible()


def _content(api: Api, plan: str) -> Plan:
    return msgspec.json.decode(api.get(f"/api/artifacts/{plan}")["content"], type=Plan)


def _wall(page: Page, one: str, other: str) -> Locator:
    return page.get_by_role("separator", name=f"Wall between {one} and {other}")


def _box(plan: Plan, one: str) -> Box:
    return next(room.box for room in plan.rooms if room.id == one)


def _picture(page: Page) -> Locator:
    return page.get_by_role("img", name="Ground floor")


def _status(page: Page, text: str) -> Locator:
    return page.get_by_role("status").filter(has_text=text)


def _read_back(page: Page, tau: Tau) -> dict[str, Any]:
    """Download the DXF and return what a CAD program finds in it."""
    with page.expect_download() as started:
        page.get_by_role("link", name="Download DXF").click()
    file = Path(started.value.path())
    python = str(python_of(tau.home / "experts" / "environment"))
    command = [python, "-P", "-c", READ_BACK, str(file)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    found: dict[str, Any] = msgspec.json.decode(done.stdout)
    return found


def _drag(page: Page, wall: Locator, metres: float) -> None:
    """Take hold of a wall and drag it to the north, without letting it go."""
    x, y, unit = _middle(page, wall)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y - metres * unit / 2)
    page.mouse.move(x, y - metres * unit)


def _middle(page: Page, wall: Locator) -> tuple[float, float, float]:
    """Return the middle of a wall on the screen, and the pixels of a metre."""
    box = wall.bounding_box()
    picture = _picture(page).bounding_box()
    assert box
    assert picture
    width = small_plan().outline.width + 2 * MARGIN
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, picture["width"] / width


def _changed_by(page: Page, move: Callable[[Locator], None]) -> None:
    """Move one wall after another until one may go there: which ones may depends on the plan."""
    before = _picture(page).get_attribute("src")
    for wall in page.get_by_role("separator").all():
        with page.expect_response("**/edits") as answer:
            move(wall)
        if answer.value.ok:
            expect(_picture(page)).not_to_have_attribute("src", before or "")
            return
        expect(page.get_by_role("alert")).to_contain_text("breaking a rule")
    raise AssertionError("no wall of the plan can be moved")


def _by_mouse(wall: Locator) -> None:
    page = wall.page
    upright = wall.get_attribute("aria-orientation") == "vertical"
    x, y, _ = _middle(page, wall)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 9 * upright, y + 9 * (not upright), steps=3)
    page.mouse.up()


def _by_keys(wall: Locator) -> None:
    upright = wall.get_attribute("aria-orientation") == "vertical"
    wall.press("ArrowLeft" if upright else "ArrowUp")
    wall.press("Enter")


def test_a_plan_from_the_talk_is_changed_in_three_ways_and_read_back(
    page: Page, tau: Tau, api: Api
) -> None:
    enter(page, tau)
    page.get_by_label("Who replies").select_option("sketch")
    reply = converse(page, "Two bedrooms, two baths, 90 m2", "Kitchen")
    expect(_picture(page)).to_be_visible()
    name = reply.get_by_role("link").inner_text().splitlines()[0]
    expect(page.get_by_role("region", name=name)).to_contain_text("What Tau assumed")
    converse(page, "mirror the plan", "mirrored")
    expect(_status(page, "Moved: ")).to_contain_text("Kitchen")
    words = _picture(page).get_attribute("src")
    _changed_by(page, _by_mouse)
    mouse = _picture(page).get_attribute("src")
    _changed_by(page, _by_keys)
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    assert len({words, mouse, _picture(page).get_attribute("src")}) == 3
    assert violations(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(_status(page, "Moved: ")).to_have_count(0)
    (made,) = api.get("/api/artifacts", expert="sketch", conversation=conversation_of(page))[
        "artifacts"
    ]
    known = api.until(  # the page shows what it undoes before it's written
        f"/api/artifacts/{made['id']}/versions", lambda found: len(found["versions"]) == 5
    )
    causes = [one["cause"] for one in known["versions"]]
    assert causes == ["created", "edited", "edited", "edited", "undone"]
    found = _read_back(page, tau)
    assert found["errors"] == 0
    assert {"A-WALL", "A-DOOR", "A-GLAZ", "A-FURN", "A-ANNO-DIMS"} <= set(found["layers"])
    names = page.get_by_role("rowheader").locator("span[dir]").all_inner_texts()
    assert "Kitchen" in names
    assert set(names) <= set(found["texts"])


def test_one_of_three_plans_from_words_is_chosen(page: Page, tau: Tau, api: Api) -> None:
    enter(page, tau)
    page.get_by_role("navigation").get_by_role("link", name="Documents and plans").click()
    page.get_by_role("link", name="Plans", exact=True).click()
    page.get_by_label("What should it be?").fill("two bedrooms, two baths, 90 m2")
    page.get_by_role("button", name="Draw it").click()
    page.wait_for_url("**/plans/*")
    expect(_picture(page)).to_be_visible()
    variants = page.get_by_role("region", name="Variants").get_by_role("button")
    expect(variants.first).to_have_attribute("aria-pressed", "true")
    variants.last.click()
    expect(variants.last).to_have_attribute("aria-pressed", "true")
    expect(variants.first).to_have_attribute("aria-pressed", "false")
    assert violations(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(variants.first).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="All plans").click()
    made = api.get("/api/artifacts", expert="sketch")["artifacts"][0]
    expect(page.get_by_role("link", name=made["title"]).first).to_be_visible()


def test_a_form_says_what_words_would(page: Page, tau: Tau) -> None:
    enter(page, tau)
    page.goto("/plans")
    page.get_by_role("button", name="With a form").click()
    page.get_by_label("Whole area").fill("1")
    expect(page.get_by_text("An area from 8 to 2000 m²")).to_be_visible()
    page.get_by_label("Whole area").fill("12")
    page.get_by_label("Study").check()
    page.get_by_role("button", name="Draw it").click()
    expect(page.get_by_role("alert")).to_contain_text("12 m²")
    expect(page.get_by_label("Study")).to_be_checked()
    assert violations(page) == []
    page.get_by_label("Whole area").fill("75")
    page.get_by_role("button", name="Draw it").click()
    page.wait_for_url("**/plans/*")
    expect(page.get_by_role("rowheader", name="Study")).to_be_visible()


def test_walls_are_moved_by_pointer_and_keys_and_that_is_undone(
    plan: Page, tau: Tau, api: Api, kept: str
) -> None:
    before = small_plan()
    wall = _wall(plan, "Kitchen", "Bedroom")
    _drag(plan, wall, 0.33)
    expect(plan.get_by_text("+0.3 m")).to_be_visible()
    expect(plan.locator("[data-area=kitchen]")).to_have_text("Kitchen 12.1 m²")
    plan.keyboard.press("Escape")
    expect(plan.get_by_text("+0.3 m")).to_have_count(0)
    plan.mouse.up()
    assert _content(api, kept) == before
    _drag(plan, wall, 0.33)
    plan.mouse.up()
    expect(_status(plan, "Moved: Bedroom, Kitchen")).to_be_visible()
    dragged = _content(api, kept)
    assert _box(dragged, "kitchen").y1 == pytest.approx(3.6)
    assert set(moved_rooms(before, dragged)) == {"bedroom", "kitchen"}
    assert "tint=bedroom%2Ckitchen" in (_picture(plan).get_attribute("src") or "")
    wall = _wall(plan, "Bathroom", "Hall")
    wall.focus()
    for key in ("ArrowUp", "ArrowLeft", "ArrowLeft", "ArrowLeft", "ArrowRight"):
        plan.keyboard.press(key)
    expect(wall).to_have_attribute("aria-valuetext", "Bathroom 5.6 m², Hall 3.9 m²")
    plan.keyboard.press("Enter")
    expect(_status(plan, "Moved: Bathroom, Hall")).to_be_visible()
    expect(wall).to_be_focused()
    assert _box(_content(api, kept), "bath").x1 == pytest.approx(3.5)
    assert violations(plan) == []
    assert _read_back(plan, tau)["errors"] == 0
    for left, row in ((dragged, "Bathroom 6.0 m² 5.9 m²"), (before, "Kitchen 11.0 m² 11.0 m²")):
        plan.get_by_role("button", name="Undo").click()
        expect(plan.get_by_role("row", name=row)).to_be_visible()
        assert _content(api, kept) == left
    expect(plan.get_by_role("button", name="Undo")).to_be_disabled()


def test_a_wall_that_cant_go_there_stays_and_words_that_fail_are_kept(
    plan: Page, api: Api, kept: str
) -> None:
    _drag(plan, _wall(plan, "Living room", "Bathroom, Hall"), 0.4)
    plan.mouse.up()
    expect(plan.get_by_role("alert")).to_contain_text("breaking a rule")
    expect(plan.get_by_text("+0.4 m")).to_have_count(0)
    plan.get_by_label("Change it").fill("make it lovelier")
    plan.get_by_label("Change it").press("Enter")
    expect(plan.get_by_role("alert")).not_to_contain_text("breaking a rule")
    expect(plan.get_by_label("Change it")).to_have_value("make it lovelier")
    assert _content(api, kept) == small_plan()


def test_a_change_that_comes_too_late_is_told_and_nothing_is_lost(
    plan: Page, api: Api, kept: str
) -> None:
    """Another device changes the plan while this one's change is on its way."""

    def change_elsewhere(route: Route) -> None:
        newest = api.get(f"{PLANS}/{kept}")["version"]
        edit = {"type": "wall", "room": "kitchen", "side": "north", "by": -0.3}
        api.post(f"{PLANS}/{kept}/edits", {"after": newest, "edit": edit})
        route.continue_()
        plan.unroute("**/edits")

    plan.route("**/edits", change_elsewhere)
    plan.get_by_label("Change it").fill("make the kitchen bigger")
    plan.get_by_label("Change it").press("Enter")
    expect(plan.get_by_role("alert")).to_contain_text("changed elsewhere")
    expect(plan.get_by_label("Change it")).to_have_value("make the kitchen bigger")
    expect(plan.get_by_role("row", name="Kitchen")).to_contain_text("10.0 m²")
    plan.get_by_label("Change it").press("Enter")
    expect(plan.get_by_label("Change it")).to_have_value("")
    expect(plan.get_by_role("alert")).to_have_count(0)
    kitchen = next(room for room in _content(api, kept).rooms if room.id == "kitchen")
    assert kitchen.area > 11


def test_a_finger_moves_a_wall_on_a_phone(browser: Browser, tau: Tau, api: Api, kept: str) -> None:
    phone = browser.new_context(
        base_url=tau.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    page = phone.new_page()
    enter(page, tau)
    _open(page, kept)
    expect_no_sideways_scrolling(page)
    wall = _wall(page, "Kitchen", "Bedroom")
    wall.scroll_into_view_if_needed()
    x, y, unit = _middle(page, wall)
    finger = phone.new_cdp_session(page)
    for kind, up in (("touchStart", 0.0), ("touchMove", 0.2), ("touchMove", 0.31)):
        points = [{"x": x, "y": y - up * unit}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(_status(page, "Moved: Bedroom, Kitchen")).to_be_visible()
    assert _box(_content(api, kept), "kitchen").y1 == pytest.approx(3.6)
    assert violations(page) == []
    phone.close()


def test_a_plan_is_renamed_looked_at_as_a_model_and_deleted(plan: Page) -> None:
    plan.get_by_role("button", name="Model").click()
    model = plan.get_by_role("img", name="Flat, drawn as a model")
    expect(model).to_be_visible()
    assert model.evaluate("(image) => image.decode().then(() => image.naturalWidth > 100)")
    options = plan.get_by_role("button", name="More for this plan")
    options.click()
    plan.get_by_role("menuitem", name="Rename").click()
    plan.get_by_label("What should this plan be called?").fill("By the sea")
    plan.get_by_role("button", name="Save").click()
    expect(plan.get_by_role("heading", name="By the sea")).to_be_visible()
    options.click()
    plan.get_by_role("menuitem", name="Delete").click()
    plan.get_by_role("button", name="Delete for good").click()
    plan.wait_for_url("**/plans")
    expect(plan.get_by_role("link", name="By the sea")).to_have_count(0)


def test_missing_packages_are_told_with_what_to_do(plan: Page) -> None:
    """The answer of a Tau without them, which this one has."""
    error = {"code": "worker_missing", "sentence": "This needs packages."}
    plan.route("**/edits", lambda route: route.fulfill(status=503, json={"error": error}))
    plan.get_by_label("Change it").fill("add a study")
    plan.get_by_label("Change it").press("Enter")
    expect(plan.get_by_role("alert")).to_contain_text("tau experts setup")
    expect(plan.get_by_label("Change it")).to_have_value("add a study")
    expect(_picture(plan)).to_be_visible()


def test_names_of_rooms_are_text_wherever_they_stand(page: Page, tau: Tau, api: Api) -> None:
    name = "<img src=x onerror=alert(1)>&amp;"
    rooms = tuple(msgspec.structs.replace(room, name=name) for room in small_plan().rooms)
    asked = {"type": "plan", "title": name, "expert": "sketch"}
    hostile = msgspec.structs.replace(small_plan(), rooms=rooms)
    content = msgspec.json.encode(hostile).decode()
    plan = api.post("/api/artifacts", asked | {"content": content})["artifact"]["id"]
    enter(page, tau)
    page.goto(f"/plans/{plan}")
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("rowheader", name=name)).to_have_count(len(rooms))
    drawn = page.get_by_role("img", name="Ground floor")
    assert drawn.evaluate("(image) => image.decode().then(() => image.naturalWidth > 100)")
    assert page.get_by_role("img").count() == 1


def test_a_page_in_chinese_says_everything_in_chinese(browser: Browser, tau: Tau, api: Api) -> None:
    asked = {"words": "两室一厅一卫，70平", "variants": 2}
    plan = api.post(PLANS, asked)["id"]
    chinese = browser.new_context(base_url=tau.url, locale="zh-CN", color_scheme="dark")
    page = chinese.new_page()
    page.add_init_script(
        'localStorage.setItem(\'tau.preferences\', \'{"introduced": true, "language": "zh"}\')'
    )
    page.goto(tau.link())
    expect(page.get_by_role("textbox")).to_be_visible()
    page.goto(f"/plans/{plan}")
    expect(page.get_by_role("img", name="一层")).to_be_visible()
    assert english_on(page) == []
    assert violations(page) == []
    page.get_by_label("修改").fill("好看一点")
    page.get_by_label("修改").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("[一-鿿]{4}"))
    assert english_on(page) == []
    chinese.close()
