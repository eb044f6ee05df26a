"""`tau bench sketch`: its briefs are repeatable and valid, and its figures are of checked plans."""

import asyncio
from functools import partial
from pathlib import Path

import msgspec
import pytest

from tau.bench import sketch as sketch_bench
from tau.bench.sketch_briefs import TEMPLATES, sketch_briefs
from tau.errors import BadInput
from tau.experts.sketch.brief import check_brief
from tau.experts.sketch.schedule import scheduled
from tau.experts.worker_process import ExpertWorker
from tests.experts.expert_environment import expert_environment, expert_program


def test_generated_briefs_are_repeatable_and_can_be_scheduled() -> None:
    briefs = sketch_briefs(40)
    assert briefs == sketch_briefs(40)
    assert {one.template for one in briefs} == set(TEMPLATES)
    for one in briefs:
        assert len(scheduled(check_brief(one.brief)).rooms) > len(one.brief.rooms)


def test_briefs_of_a_file_may_be_a_list_or_lines(tmp_path: Path) -> None:
    briefs = [one.brief for one in sketch_briefs(3)]
    listed, lines = tmp_path / "list.json", tmp_path / "lines.json"
    listed.write_bytes(msgspec.json.encode(briefs))
    lines.write_bytes(b"\n".join(msgspec.json.encode(brief) for brief in briefs))
    for file in (listed, lines):
        assert [one.brief for one in sketch_bench.briefs_of(file)] == briefs
    lines.write_text('{"rooms": []}')
    with pytest.raises(BadInput):
        sketch_bench.briefs_of(lines)


@pytest.mark.anyio
async def test_a_measurement_counts_plans_that_meet_every_rule(tmp_path: Path) -> None:
    await asyncio.to_thread(expert_environment)
    worker = ExpertWorker(partial(expert_program, tmp_path))
    try:
        found = await sketch_bench.measure(worker, sketch_briefs(3)[1:], lambda _: None)
    finally:
        await worker.close()
    assert found["briefs"] == 2
    assert found["every_rule_met"] == 1.0
    assert 0 < found["first_plan_cpu_seconds"]["p50"] < found["variants_cpu_seconds"]["p95"]
    assert found["edits"]["resize"]["done"] == 1.0
    assert found["words"]["f1"] > 0.9
