"""A DXF read back by ezdxf has the walls of every room where the plan has them."""

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import anyio
import msgspec
import pytest

from tau.experts.sketch.geometry import INNER_WALL, Box, clear, edges_of
from tau.experts.sketch.mirroring import mirrored
from tau.experts.sketch.plan import Plan
from tau.experts.sketch.solving import Arranged, finished
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_program

from .briefs import small_plan

pytestmark = pytest.mark.anyio
READ = """
import json, sys, ezdxf
for name in sys.argv[1:]:
    document = ezdxf.readfile(name)
    walls = document.modelspace().query('LWPOLYLINE[layer=="A-WALL"]')
    texts = [text.dxf.text for text in document.modelspace().query("TEXT")]
    print(json.dumps([
        [[point[:2] for point in wall.get_points()] for wall in walls],
        len(document.audit().errors), document.header["$INSUNITS"], texts,
    ]))
"""
Wall = list[tuple[float, float]]


def _plans() -> Iterator[Plan]:
    """The small plan with its walls elsewhere, and some of them turned over."""
    chance = random.Random(7)
    plan = small_plan()
    for index in range(8):
        across, up = (round(chance.uniform(-0.4, 0.4) * 20) / 20 for _ in range(2))
        moved = {3.7: 3.7 + across, 5.95: 5.95 + across, 5.25: 5.25 + up, 3.3: 3.3 + up}
        boxes = {
            room.id: Box(*(moved.get(at, at) for at in msgspec.to_builtins(room.box)))
            for room in plan.rooms
        }
        placed = {0: Arranged(exact=boxes, grid=boxes)}
        made = finished(plan.brief, plan.schedule, plan.outline, placed)
        yield made if index % 2 else mirrored(made, made.brief, across=True, up=index % 4 == 0)


def _just_behind(plan: Plan, box: Box) -> Iterator[tuple[float, float]]:
    """Points in the walls around a room, where there's no opening."""
    for wall in edges_of(box):
        holes = [
            hole
            for hole in plan.openings
            if hole.segment.is_horizontal == wall.is_horizontal and abs(hole.at - wall.at) < 1e-6
        ]
        steps = int((wall.length - INNER_WALL) / 0.1)
        for along in (wall.low + INNER_WALL / 2 + 0.03 + step * 0.1 for step in range(steps)):
            if not any(hole.low - 0.02 < along < hole.high + 0.02 for hole in holes):
                yield (along, wall.at) if wall.is_horizontal else (wall.at, along)


def _holds(wall: Wall, point: tuple[float, float]) -> bool:
    xs, ys = zip(*wall, strict=True)
    x, y = point
    return bool(min(xs) - 1e-6 <= x <= max(xs) + 1e-6 and min(ys) - 1e-6 <= y <= max(ys) + 1e-6)


@pytest.mark.usefixtures("expert_packages")
async def test_every_room_has_its_walls_and_nothing_in_between(tmp_path: Path) -> None:
    program = expert_program(tmp_path)
    worker = ExpertWorker(lambda: program)
    plans, files = list(_plans()), []
    try:
        for index, plan in enumerate(plans):
            made = await worker.call("sketch.dxf", {"plan": msgspec.to_builtins(plan)}, seconds=60)
            files.append(tmp_path / f"{index}.dxf")
            files[-1].write_text(made["dxf"], "utf-8")
    finally:
        await worker.close()
    done = await anyio.run_process([program.python, "-c", READ, *files])
    shape = tuple[list[Wall], int, int, list[str]]
    read = [msgspec.json.decode(line, type=shape) for line in done.stdout.splitlines()]
    for plan, (walls, errors, units, texts) in zip(plans, read, strict=True):
        assert (errors, units) == (0, 6)
        for room in plan.rooms:
            assert room.name in texts
            for point in _just_behind(plan, room.box):
                assert any(_holds(wall, point) for wall in walls), (room.id, point)
            inside = clear(room.box).inset(0.02)
            corners = itertools.product((inside.x0, inside.x1), (inside.y0, inside.y1))
            for point in (inside.centre, *corners):
                assert not any(_holds(wall, point) for wall in walls), (room.id, point)
