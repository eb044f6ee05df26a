"""Briefs without a plan: what to change is named, the cheapest first, and in time."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tau.experts.sketch.brief import Brief, OutlineRequest, Room
from tau.experts.sketch.conflicts import relaxations
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_program

from .briefs import brief, rooms

NARROW = OutlineRequest(width=5, depth=14)


@pytest.fixture
async def worker(tmp_path: Path) -> Any:
    made = ExpertWorker(lambda: expert_program(tmp_path))
    yield made
    await made.close()


async def _advice(worker: ExpertWorker, wanted: Brief, seconds: float) -> str:
    arguments = {"brief": msgspec.to_builtins(wanted), "seconds": seconds}
    solved = await worker.call("sketch.solve", arguments, seconds=60)
    assert solved["plans"] == []
    return str(solved["advice"])


def test_rules_of_single_rooms_are_dropped_before_those_of_the_whole() -> None:
    wanted = msgspec.structs.replace(
        brief("living", "bath"),
        rooms=(
            Room(id="living", kind="living", side="south", area=30),
            Room(id="bath", kind="bath"),
        ),
    )
    said = [relaxation.says for relaxation in relaxations(wanted)]
    assert said[0] == "Let Living room lie on any side."
    assert said.index("Leave the area of Living room open.") < said.index(
        "Let the entrance be on any side."
    )
    assert all(relaxation.brief != wanted for relaxation in relaxations(wanted))


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_the_rule_that_has_to_go_is_named(worker: ExpertWorker) -> None:
    wanted = brief("living", "kitchen", "bedroom", "bath", outline=NARROW)
    assert await _advice(worker, wanted, 20) == "Let the entrance be on any side."


@pytest.mark.anyio
@pytest.mark.usefixtures("expert_packages")
async def test_a_huge_brief_is_answered(worker: ExpertWorker) -> None:
    wanted = Brief(rooms=rooms(*["office"] * 38, "wc", "kitchen"), language="zh")
    assert "房间太多" in await _advice(worker, wanted, 2)
