"""Plans as artifacts: made from words, changed from two devices, drawn, and never lost."""

from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest

from tau.app import App
from tests.experts.expert_environment import expert_environment, use_expert_environment
from tests.experts.sketch.briefs import small_plan
from tests.server.conftest import Person

pytestmark = pytest.mark.anyio
PLANS = "/api/experts/sketch/plans"
WORDS = "a kitchen, a bedroom, a bath, 65 m2"


@pytest.fixture
def packages(app: App) -> None:
    expert_environment()
    use_expert_environment(app.settings.home)


async def _kept(person: Person, **changes: Any) -> dict[str, Any]:
    """Keep the small plan, with fields replaced."""
    plan = msgspec.structs.replace(small_plan(), **changes)
    content = msgspec.json.encode(plan).decode()
    asked = {"type": "plan", "content": content, "expert": "sketch", "title": "Two rooms"}
    made = await person.post("/api/artifacts", asked)
    return dict(await person.get(f"{PLANS}/{made['artifact']['id']}"))


async def _edit(person: Person, plan: dict[str, Any], **change: Any) -> Any:
    body = {"after": plan["version"], **change}
    return await person.client.post(f"{PLANS}/{plan['id']}/edits", json=body)


async def _file(person: Person, plan: dict[str, Any], **query: Any) -> Any:
    return await person.client.get(f"{PLANS}/{plan['id']}/file", params=query)


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
    kitchen = next(room for room in made["rooms"] if room["id"] == "kitchen")
    edited = (await _edit(owner, made, words="make the kitchen a bit bigger")).json()
    larger = next(room for room in edited["rooms"] if room["id"] == "kitchen")
    assert larger["area"] > kitchen["area"]
    assert larger["moved"]
    chosen = await owner.post(
        f"{PLANS}/{made['id']}/choose",
        {"after": edited["version"], "version": (others or [first])[0]["version"]},
    )
    assert not any(room["moved"] for room in chosen["rooms"])
    listed = await owner.get("/api/artifacts", conversation=conversation)
    assert [(one["type"], one["expert"]) for one in listed["artifacts"]] == [("plan", "sketch")]
    await owner.post(f"/api/artifacts/{made['id']}/undo", {"after": chosen["version"]})
    again = await owner.get(f"{PLANS}/{made['id']}")
    assert again["rooms"] == [{**room, "moved": False} for room in edited["rooms"]]


async def test_a_page_gets_the_walls_in_the_coordinates_of_the_picture(owner: Person) -> None:
    plan = await _kept(owner)
    wall = next(w for w in plan["walls"] if (w["room"], w["beyond"]) == ("bedroom", "kitchen"))
    assert (wall["side"], wall["y1"], wall["y2"]) == ("south", -330, -330)
    assert (wall["x1"], wall["x2"]) == (595, 950)
    sides = {(w["room"], w["side"]) for w in plan["walls"]}
    assert not sides & {("bath", "west"), ("living", "south")}
    root = ElementTree.fromstring((await _file(owner, plan, storey=0)).content)
    (sheet,) = plan["drawings"]
    view = [float(number) for number in root.attrib["viewBox"].split()]
    assert view == [sheet["x"], sheet["y"], sheet["width"], sheet["height"]]
    assert (await _file(owner, plan, storey=1)).status_code == 404
