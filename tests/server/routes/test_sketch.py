"""Plans as artifacts: made from words, changed from two devices, drawn, and never lost."""

import asyncio
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from tau.app import App
from tau.experts.sketch.downloads import read_plan
from tau.experts.sketch.plan import Plan
from tests.experts.expert_environment import expert_environment, use_expert_environment
from tests.experts.sketch.briefs import small_plan
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
PLANS = "/api/experts/sketch/plans"
WORDS = "a kitchen, a bedroom, a bath, 65 m2"
HOSTILE = '</text><script>alert(1)</script>&quot;\' onload="x" {\\H9;}'


@pytest.fixture
def packages(app: App) -> None:
    expert_environment()
    use_expert_environment(app.settings.home)


async def _kept(person: Person, plan: Plan | None = None) -> dict[str, Any]:
    """Keep a plan, the small one if none is given."""
    content = msgspec.json.encode(plan or small_plan()).decode()
    asked = {"type": "plan", "content": content, "expert": "sketch", "title": "Two rooms"}
    made = await person.post("/api/artifacts", asked)
    return dict(await person.get(f"{PLANS}/{made['artifact']['id']}"))


def _in_chinese() -> Plan:
    plan = small_plan()
    brief = msgspec.structs.replace(plan.brief, language="zh")
    return msgspec.structs.replace(plan, brief=brief)


async def _edit(person: Person, plan: dict[str, Any], **change: Any) -> Any:
    body = {"after": plan["version"], **change}
    return await person.client.post(f"{PLANS}/{plan['id']}/edits", json=body)


async def _file(person: Person, plan: dict[str, Any], **query: Any) -> Any:
    return await person.client.get(f"{PLANS}/{plan['id']}/file", params=query)


def _room(plan: dict[str, Any], one: str) -> dict[str, Any]:
    return next(room for room in plan["rooms"] if room["id"] == one)


@pytest.mark.usefixtures("packages")
async def test_words_become_a_plan_that_is_changed_chosen_and_undone(owner: Person) -> None:
    conversation = await owner.begin()
    asked = {"words": WORDS, "variants": 2, "conversation": conversation}
    made = await owner.post(PLANS, asked)
    assert made["title"].startswith("Home, 1 bedroom, ")
    assert made["broken"] == []
    assert "I added a living room." in made["assumed"]
    first, *others = made["variants"]
    assert first == {"version": made["version"], "chosen": True}
    assert all(not other["chosen"] for other in others)
    edited = (await _edit(owner, made, words="mirror it")).json()
    assert _room(edited, "kitchen")["x"] != _room(made, "kitchen")["x"]
    version = (others or [first])[0]["version"]
    chosen = await owner.post(
        f"{PLANS}/{made['id']}/choose", {"after": edited["version"], "version": version}
    )
    assert [one["version"] for one in chosen["variants"] if one["chosen"]] == [version]
    assert not any(room["moved"] for room in chosen["rooms"])
    listed = await owner.get("/api/artifacts", conversation=conversation)
    assert [(one["type"], one["expert"]) for one in listed["artifacts"]] == [("plan", "sketch")]
    await owner.post(f"/api/artifacts/{made['id']}/undo", {"after": chosen["version"]})
    again = await owner.get(f"{PLANS}/{made['id']}")
    assert again["rooms"] == [{**room, "moved": False} for room in edited["rooms"]]
    assert len(again["versions"]) == len(made["versions"]) + 3


@pytest.mark.usefixtures("packages")
async def test_a_brief_becomes_a_plan_with_the_areas_that_were_wanted(owner: Person) -> None:
    rooms = [
        {"id": "living", "kind": "living", "area": 26, "name": "Wohnen"},
        {"id": "kitchen", "kind": "kitchen"},
        {"id": "bedroom", "kind": "bedroom"},
        {"id": "bath", "kind": "bath"},
    ]
    made = await owner.post(PLANS, {"brief": {"rooms": rooms}, "title": "By the lake"})
    living = _room(made, "living")
    assert (living["name"], living["wanted"], living["missed"]) == ("Wohnen", 26, False)
    assert living["area"] == pytest.approx(26, rel=0.16)
    assert made["title"] == "By the lake"
    kept = await owner.get(f"/api/artifacts/{made['id']}")
    assert read_plan(kept["content"].encode()).brief.rooms[0].area == 26


@pytest.mark.usefixtures("packages")
async def test_a_dragged_wall_goes_where_it_was_let_go(owner: Person) -> None:
    plan = await _kept(owner)
    wall = next(w for w in plan["walls"] if (w["room"], w["beyond"]) == ("bedroom", "kitchen"))
    assert (wall["side"], wall["y1"], wall["y2"]) == ("south", -330, -330)
    drag = {"type": "wall", "room": "bedroom", "side": "south", "by": 0.2}
    moved = await _edit(owner, plan, edit=drag)
    assert moved.status_code == 201, moved.text
    after = moved.json()
    there = next(w for w in after["walls"] if (w["room"], w["beyond"]) == ("bedroom", "kitchen"))
    assert there["y1"] == -310
    assert _room(after, "bedroom")["moved"]
    assert _room(after, "kitchen")["moved"]
    assert after["broken"] == []


@pytest.mark.usefixtures("packages")
async def test_all_that_words_ask_for_is_one_version_or_nothing_is_done(owner: Person) -> None:
    plan = await _kept(owner)
    half = await _edit(owner, plan, words="mirror it. Make the bath 60 m2")
    assert half.status_code == 400
    assert await owner.get(f"{PLANS}/{plan['id']}") == plan
    done = (await _edit(owner, plan, words="mirror it. The kitchen should have 12.5 m2.")).json()
    assert len(done["versions"]) == 2
    assert _room(done, "kitchen")["x"] < _room(done, "bath")["x"]
    assert _room(done, "kitchen")["area"] == pytest.approx(12.5, abs=1)


async def test_a_page_gets_the_walls_in_the_coordinates_of_the_picture(owner: Person) -> None:
    plan = await _kept(owner)
    sides = {(w["room"], w["side"]) for w in plan["walls"]}
    assert not sides & {("bath", "west"), ("living", "south")}
    root = ElementTree.fromstring((await _file(owner, plan, storey=0)).content)
    (sheet,) = plan["drawings"]
    view = [float(number) for number in root.attrib["viewBox"].split()]
    assert view == [sheet["x"], sheet["y"], sheet["width"], sheet["height"]]
    corners = {(w["x1"], w["y1"]) for w in plan["walls"]}
    for x, y in corners:
        assert sheet["x"] < x < sheet["x"] + sheet["width"]
        assert sheet["y"] < y < sheet["y"] + sheet["height"]


@pytest.mark.usefixtures("packages")
async def test_of_two_devices_the_slower_is_refused_and_nothing_is_lost(owner: Person) -> None:
    plan = await _kept(owner)
    first = (await _edit(owner, plan, words="kitchen 12.5 m2")).json()
    slower = await _edit(owner, plan, words="mirror it")
    assert slower.status_code == 409
    late = {"after": plan["version"], "version": plan["version"]}
    assert (await owner.client.post(f"{PLANS}/{plan['id']}/choose", json=late)).status_code == 409
    now = await owner.get(f"{PLANS}/{plan['id']}")
    assert now == first
    earlier = await owner.get(f"{PLANS}/{plan['id']}", version=plan["version"])
    assert earlier["rooms"] == plan["rooms"]
    assert (earlier["version"], earlier["newest"]) == (plan["version"], first["version"])
    together = await asyncio.gather(
        _edit(owner, now, words="mirror it"), _edit(owner, now, words="mirror it north to south")
    )
    assert sorted(answer.status_code for answer in together) == [201, 409]
    assert len((await owner.get(f"{PLANS}/{plan['id']}"))["versions"]) == 3


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"words": "two bedrooms and a bath, 5000 m2"}, "8 to 2000 m²"),
        ({"words": "三室两厅，5000平"}, "不能是5000平方米。"),
        ({"words": "三室两厅两卫，书房，40平"}, "而总面积只有40平方米。"),
        ({"words": "hello there"}, "I found no rooms in this."),
        ({"brief": {}}, "This isn't a brief"),
        ({"brief": {"rooms": [{"id": "a", "kind": "throne"}]}}, "no kind of room 'throne'"),
        ({"brief": {"rooms": [{"id": "<a>", "kind": "bath"}]}}, "This isn't a brief"),
    ],
)
async def test_what_cant_be_planned_is_said_in_its_language(
    owner: Person, asked: dict[str, Any], says: str
) -> None:
    refused = await owner.client.post(PLANS, json=asked)
    assert refused.status_code == 400
    assert says in refused.json()["error"]["sentence"]
    assert (await owner.get("/api/artifacts"))["artifacts"] == []


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"words": "卫生间改成60平"}, "卫生间改为60平方米"),
        ({"words": "厨房0平"}, "不能是0平方米。"),
        ({"words": "很好"}, "没有看懂要改什么。"),
        ({"words": "厨房大一点" * 4_000}, "最多1000字。"),
        ({"edit": {"type": "remove", "room": "cellar"}}, "方案里没有这个房间。"),
        ({"edit": {"type": "wall", "room": "bath", "side": "west", "by": 1.0}}, "外墙不能移动。"),
    ],
)
async def test_an_edit_that_cant_be_is_said_in_the_plans_language(
    owner: Person, change: dict[str, Any], says: str
) -> None:
    names = {"bath": "卫生间", "kitchen": "厨房"}
    plan = _in_chinese()
    rooms = (msgspec.structs.replace(r, name=names.get(r.id, r.name)) for r in plan.rooms)
    kept = await _kept(owner, msgspec.structs.replace(plan, rooms=tuple(rooms)))
    refused = await _edit(owner, kept, **change)
    assert refused.status_code == 400, refused.text
    assert says in refused.json()["error"]["sentence"]
    assert len((await owner.get(f"{PLANS}/{kept['id']}"))["versions"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"words": "a bath", "brief": {}},
        {"words": "a bath", "variants": 4},
        {"words": "x" * 20_001},
    ],
)
async def test_requests_out_of_shape_are_refused(owner: Person, body: dict[str, Any]) -> None:
    assert (await owner.client.post(PLANS, json=body)).status_code in (400, 422)
    plan = await _kept(owner)
    for edit in ({"type": "wall"}, {"type": "throne"}, {"type": "add", "kind": "throne"}):
        assert (await _edit(owner, plan, edit=edit)).status_code in (400, 422)


async def test_a_picture_may_run_nothing_and_hostile_names_stay_text(owner: Person) -> None:
    plan = small_plan()
    rooms = tuple(msgspec.structs.replace(room, name=HOSTILE) for room in plan.rooms)
    kept = await _kept(owner, msgspec.structs.replace(plan, rooms=rooms))
    for view in ("plan", "axonometric"):
        picture = await _file(owner, kept, view=view, tint="bath,<x>,kitchen")
        assert picture.headers["content-type"].startswith("image/svg+xml")
        assert picture.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert picture.headers["x-content-type-options"] == "nosniff"
        root = ElementTree.fromstring(picture.content)
        texts = [element.text for element in root.iter() if element.tag.endswith("text")]
        assert any("<script>" in (text or "") for text in texts)
        assert not [element for element in root.iter() if element.tag.endswith("script")]
        assert not [key for element in root.iter() for key in element.attrib if key[:2] == "on"]


@pytest.mark.usefixtures("packages")
async def test_every_format_and_view_is_served(owner: Person) -> None:
    plan = await _kept(owner)
    begins = {"svg": b"<svg ", "pdf": b"%PDF-1.5", "json": b"{", "dxf": b"  0\nSECTION"}
    for kind, start in begins.items():
        answer = await _file(owner, plan, format=kind)
        assert answer.content.startswith(start)
        assert f"plan.{kind}" in answer.headers["content-disposition"]
    assert (await _file(owner, plan, format="pdf", view="axonometric")).status_code == 200
    for wrong in ({"format": "dxf", "view": "axonometric"}, {"storey": 1}):
        assert (await _file(owner, plan, **wrong)).status_code == 400


@pytest.mark.parametrize(
    ("words", "says"), [(WORDS, "Plans need packages"), ("三室两厅", "请在服务器上")]
)
async def test_without_the_packages_its_said_how_to_get_them(
    owner: Person, words: str, says: str
) -> None:
    missing = await owner.client.post(PLANS, json={"words": words})
    assert missing.status_code == 503
    assert says in missing.json()["error"]["sentence"]
    assert "tau experts setup" in missing.json()["error"]["sentence"]


async def test_what_isnt_a_plan_is_refused_and_private_talks_keep_none(owner: Person) -> None:
    document = await owner.post("/api/artifacts", {"type": "document", "content": '"x"'})
    gone = await owner.client.get(f"{PLANS}/{document['artifact']['id']}")
    assert gone.status_code == 404
    for content in ('"x"', "{}", msgspec.json.encode(small_plan()).decode()[:-1] + ',"rooms":[]}'):
        asked = {"type": "plan", "content": content}
        broken = (await owner.post("/api/artifacts", asked))["artifact"]["id"]
        for path in (broken, f"{broken}/file"):
            refused = await owner.client.get(f"{PLANS}/{path}")
            assert refused.status_code == 400
            assert refused.json()["error"]["sentence"].startswith("This isn't a plan")
    private = await owner.begin(private=True)
    asked = {"words": WORDS, "conversation": private}
    assert (await owner.client.post(PLANS, json=asked)).status_code == 400
