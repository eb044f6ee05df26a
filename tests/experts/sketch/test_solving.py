"""Plans from briefs, in the program of the specialists: every hard rule is met."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.errors import BadInput
from tau.experts.sketch.brief import Brief, Room
from tau.experts.sketch.checking import violations
from tau.experts.sketch.plan import Plan, figures
from tau.experts.sketch.scoring import DIFFERENT, difference
from tau.experts.sketch.svg import svg
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_program

from .briefs import FAMILY, brief

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("expert_packages")]


@pytest.fixture
async def worker(tmp_path: Path) -> Any:
    made = ExpertWorker(lambda: expert_program(tmp_path))
    yield made
    await made.close()


async def _plans(worker: ExpertWorker, wanted: Brief, variants: int = 1) -> list[Plan]:
    arguments = {"brief": msgspec.to_builtins(wanted), "variants": variants}
    arguments |= {"seconds": 30, "cpu_clock": True}  # however busy the machine is
    solved = await worker.call("sketch.solve", arguments, seconds=250)
    return msgspec.convert(solved["plans"], list[Plan])


@pytest.mark.parametrize(
    "wanted",
    [
        brief("living", "kitchen", "bedroom", "bath"),
        brief(*FAMILY, total=115),
        brief(*FAMILY, shape="L"),
        brief(*FAMILY, "dining", "wc", storeys=2, entrance="west"),
    ],
    ids=["small", "family", "L", "two storeys"],
)
async def test_a_plan_meets_every_hard_rule(worker: ExpertWorker, wanted: Brief) -> None:
    (plan,) = await _plans(worker, wanted)
    assert violations(plan) == []
    assert figures(plan).area_error < 0.15
    assert svg(plan).startswith("<svg ")


async def test_variants_differ(worker: ExpertWorker) -> None:
    plans = await _plans(worker, brief(*FAMILY), variants=3)
    assert len(plans) == 3
    pairs = [(a, b) for index, a in enumerate(plans) for b in plans[:index]]
    assert all(difference(a, b) >= DIFFERENT for a, b in pairs)


async def test_a_wheelchair_turns_in_the_room_that_was_asked_for(worker: ExpertWorker) -> None:
    rooms = (
        *brief("living", "kitchen", "bedroom").rooms,
        Room(id="bath", kind="bath", accessible=True),
    )
    (plan,) = await _plans(worker, Brief(rooms=rooms, entrance="south"))
    circles = [piece for piece in plan.furniture if piece.kind == "turning"]
    assert [piece.room for piece in circles] == ["bath"]


async def test_a_brief_that_isnt_one_is_refused(worker: ExpertWorker) -> None:
    with pytest.raises(BadInput, match="no kind of room 'dungeon'"):
        await worker.call(
            "sketch.solve", {"brief": {"rooms": [{"id": "a", "kind": "dungeon"}]}}, seconds=20
        )


async def test_a_stair_is_stepped_on_at_the_same_end_on_both_floors(worker: ExpertWorker) -> None:
    (plan,) = await _plans(worker, brief(*FAMILY, "dining", "wc", storeys=2, entrance="west"))
    stair = next(room for room in plan.rooms if room.kind == "stair" and room.storey == 1)
    box = stair.box
    through = [o for o in plan.openings if stair.id in (o.room, o.beyond)]
    assert through
    moved = []
    for o in plan.openings:
        if o in through:
            middle = (o.low + o.high) / 2
            along = (box.x0 + box.x1) if o.segment.is_horizontal else (box.y0 + box.y1)
            at = (box.y0 + box.y1) if o.segment.is_horizontal else (box.x0 + box.x1)
            half = o.width / 2
            o = msgspec.structs.replace(  # noqa: PLW2901
                o, at=at - o.at, low=along - middle - half, high=along - middle + half
            )
        moved.append(o)
    turned = msgspec.structs.replace(plan, openings=tuple(moved))
    assert "stair" in {broken.rule for broken in violations(turned)}
