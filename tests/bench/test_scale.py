"""The benchmark of many people: a simulated day, the arithmetic, and a small measurement."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tau.bench import scale, scale_command
from tau.bench.commands import bench
from tau.bench.lives import LivesPlan
from tau.bench.scale import ScalePlan, node_figures, table
from tau.bench.scale_day import CURVE, Habits, simulate
from tau.bench.scale_model import Assumptions, NodeFigures, limits, needs
from tau.bench.scale_node import NodePlan, predicted_cost
from tau.errors import BadInput

NODE = NodeFigures(
    cpu_ms_per_turn=4.0,
    rss_mb=150.0,
    ram_bytes_per_message=1_000.0,
    journal_bytes_per_turn=1_000.0,
    snapshot_bytes_per_message=600.0,
    snapshot_bytes_per_journal_byte=5.0,
)
SAMPLE = 100_000


def test_the_same_seed_gives_the_same_day() -> None:
    assert simulate(Habits(), 2_000, 7) == simulate(Habits(), 2_000, 7)
    assert simulate(Habits(), 2_000, 7) != simulate(Habits(), 2_000, 8)


def test_a_day_has_the_turns_and_sizes_that_were_asked_for() -> None:
    day = simulate(Habits(), SAMPLE, 1)
    assert day.turns == pytest.approx(20, rel=0.02)
    assert day.mean_turns_per_second == pytest.approx(20 / 86_400, rel=0.02)
    assert day.messages == pytest.approx(4_900, rel=0.05)


def test_the_busiest_minute_follows_the_curve() -> None:
    day = simulate(Habits(), SAMPLE, 1)
    busiest = max(CURVE) / (sum(CURVE) / 24)
    found = day.peak_turns_per_second / day.mean_turns_per_second
    assert found == pytest.approx(busiest, rel=0.12)


def test_memories_that_are_kept_longer_are_more_and_loaded_less_often() -> None:
    short, long = (simulate(Habits(idle_seconds=seconds), SAMPLE, 1) for seconds in (60.0, 7_200.0))
    assert long.peak_loaded > 3 * short.peak_loaded
    assert long.loads < short.loads
    assert short.loads == pytest.approx(3, rel=0.05)  # three visits, hardly ever together


def test_who_never_lets_go_is_loaded_all_day_once() -> None:
    day = simulate(Habits(idle_seconds=10 * 86_400.0), 500, 1)
    assert day.peak_loaded == pytest.approx(1)
    assert day.loads == pytest.approx(1)
    assert day.peak_loaded_messages == pytest.approx(day.messages)


def test_loaded_memories_agree_with_littles_law() -> None:
    # With one visit a day at a flat hour, loaded = arrivals per second x how long each stays.
    habits = Habits(visits_a_day=1.0, turns_a_day=5.0)
    day = simulate(habits, SAMPLE, 1)
    stays = 4 * habits.seconds_between_turns + habits.idle_seconds
    busiest = max(CURVE) / sum(CURVE) / 3600
    assert day.peak_loaded == pytest.approx(busiest * stays, rel=0.12)


@pytest.mark.parametrize(
    "given",
    [{"visits_a_day": 0.5}, {"turns_a_day": 2.0}, {"messages_mean": 10.0}],
)
def test_habits_that_nobody_can_have_are_refused(given: dict[str, float]) -> None:
    with pytest.raises(BadInput):
        Habits(**given)


def test_needs_grow_in_proportion_to_people() -> None:
    day = simulate(Habits(), SAMPLE, 1)
    one, ten = (needs(people, day, NODE, Assumptions()) for people in (10**6, 10**7))
    for name in ("peak_turns_per_second", "memory_gb", "cores", "kept_tb"):
        assert ten[name] == pytest.approx(10 * one[name], rel=0.01)
    assert ten["nodes"] == pytest.approx(10 * one["nodes"], rel=0.05)


def test_needs_are_what_the_arithmetic_says() -> None:
    day = replace(
        simulate(Habits(), 100, 1),
        peak_turns_per_second=0.0005,
        peak_loaded_messages=400.0,
        messages=5_000.0,
    )
    found = needs(1_000_000, day, NODE, Assumptions())
    assert found["peak_turns_per_second"] == 500
    assert found["memory_gb"] == 400
    assert found["cores"] == 2
    assert found["nodes"] == 34  # 400 GB in nodes of which 11.85 GB are left for memories
    assert found["journal_mb_per_second"] == 0.5
    assert found["snapshots_mb_per_second"] == 2.5
    assert found["commits_per_second"] == 1_000
    assert found["kept_tb"] == 5.5
    # 1,800 tokens of a prompt at 25,000 a second and 120 of a reply at 12,500.
    assert found["gpus_without_hits"] == np.ceil(500 * (0.072 + 0.0096) / 0.85)
    assert found["gpus_with_hits"] == np.ceil(500 * (0.0288 + 0.0096) / 0.85)
    assert found["person_month_with_hits"] < found["person_month_without_hits"]


def test_what_gives_out_first_is_the_scarcest_that_is_exceeded() -> None:
    day = simulate(Habits(), SAMPLE, 1)
    most = limits(day, NODE, Assumptions())
    assert list(most.values()) == sorted(most.values())
    first, *_ = most
    assert needs(most[first], day, NODE, Assumptions())["gives_out"] == []
    assert needs(most[first] + 2, day, NODE, Assumptions())["gives_out"] == [first]
    assert needs(10**9, day, NODE, Assumptions())["gives_out"] == list(most)


def test_a_larger_memory_per_message_makes_memory_scarcer() -> None:
    day = simulate(Habits(), SAMPLE, 1)
    heavy = replace(NODE, ram_bytes_per_message=3_000.0)
    light, much = (limits(day, node, Assumptions()) for node in (NODE, heavy))
    assert much["memory of a node"] == pytest.approx(light["memory of a node"] / 3, rel=0.01)
    assert {**much, "memory of a node": 0} == {**light, "memory of a node": 0}


@pytest.mark.parametrize(
    ("in_progress", "cost"), [(0.2, 10.0), (1.0, 10.0), (4.5, 8.0), (8.0, 6.0), (30.0, 6.0)]
)
def test_a_turn_costs_less_in_company(in_progress: float, cost: float) -> None:
    assert predicted_cost(10.0, 6.0, in_progress, most=8) == pytest.approx(cost)


def test_the_table_needs_nothing_but_figures() -> None:
    plan = ScalePlan(sample=2_000, people=(1_000, 10_000))
    assert table(plan, NODE) == table(plan, NODE)
    assert json.loads(json.dumps(table(plan, NODE))) == json.loads(json.dumps(table(plan, NODE)))
    shown = scale_command.needs_table(table(plan, NODE)["needs"])
    assert [column.header for column in shown.columns] == ["Daily people", "1,000", "10,000"]


@pytest.mark.slow
@pytest.mark.anyio
async def test_a_node_is_measured_and_predicted() -> None:
    plan = ScalePlan(
        node=NodePlan(
            messages=(4, 8),
            turns=8,
            turns_alone=4,
            rounds=1,
            concurrency=4,
            tokens=4,
            rest_seconds=0.5,
        ),
        lives=LivesPlan(messages=(50,), days=1),
        sample=1_000,
        people=(1_000,),
    )
    figures = await scale.measure(plan, lambda _: None)
    measured = figures["measured"]
    assert measured["cpu_ms_per_turn"] > 0
    # A turn adds a message and a reply of four words, sealed, and nothing else.
    assert 100 < measured["journal_bytes_per_turn"] < 3_000
    compared = measured["predicted"]["journal_bytes_per_turn"]
    off = (compared["predicted"] / compared["measured"] - 1) * 100
    assert compared["off_by_percent"] == pytest.approx(off, abs=0.6)
    assert figures["needs"][0]["people"] == 1_000
    assert figures["node"]["ram_bytes_per_message"] > 0


def test_the_command_prints_tables_and_json(monkeypatch: pytest.MonkeyPatch) -> None:
    plans: list[ScalePlan] = []

    async def measured(plan: ScalePlan, progress: Any) -> dict[str, Any]:
        plans.append(plan)
        small = replace(plan, sample=1_000)
        return {**table(small, NODE), "measured": {"rss_mb": 1.0}, "machine": {}}

    monkeypatch.setattr(scale_command, "measure", measured)
    plain = CliRunner().invoke(bench, ["scale", "--seed", "3", "--turns-a-day", "2"])
    assert plain.exit_code == 0, plain.output
    assert "10,000,000" in plain.output
    assert "Daily people that one of each serves" in plain.output
    assert (plans[0].seed, plans[0].habits.turns_a_day, plans[0].habits.visits_a_day) == (3, 2, 2)
    printed = CliRunner().invoke(bench, ["scale", "--json"])
    assert [one["people"] for one in json.loads(printed.output)["needs"]] == [
        1_000,
        100_000,
        1_000_000,
        10_000_000,
    ]


def test_the_pages_table_follows_from_the_figures_that_it_gives() -> None:
    page = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8")

    def given(words: str) -> float:
        found = re.search(rf"^\| {words}[^|]*\| ([\d,.]+)", page, re.MULTILINE)
        assert found is not None, words
        return float(found[1].replace(",", ""))

    node = NodeFigures(
        cpu_ms_per_turn=given("processor time of a turn, alone"),
        rss_mb=given("RAM of a node"),
        ram_bytes_per_message=given("RAM of a message"),
        journal_bytes_per_turn=given("journal written by a turn"),
        snapshot_bytes_per_message=given("snapshot kept"),
        snapshot_bytes_per_journal_byte=given("snapshot written"),
    )
    plan = ScalePlan()
    rows = table(plan, node)["needs"]
    for words, name in (
        ("nodes", "nodes"),
        ("databases", "databases"),
        ("H100, no", "gpus_without_hits"),
    ):
        shown = re.search(rf"^\| {words}[^|]*\| (.*) \|$", page, re.MULTILINE)
        assert shown is not None
        assert [int(one.replace(",", "")) for one in shown[1].split(" | ")] == [
            row[name] for row in rows
        ]


def test_figures_of_a_node_come_from_both_measurements() -> None:
    measured = {"cpu_ms_per_turn_alone": 5.0, "rss_mb": None, "journal_bytes_per_turn": 800}
    memory = {
        "rss_bytes_per_message": 1_000,
        "snapshot_bytes_per_message": 500,
        "snapshot_bytes_per_journal_byte": 4.0,
    }
    found = node_figures(measured, memory)
    assert (found.cpu_ms_per_turn, found.rss_mb) == (5.0, 0.0)
    assert found.snapshot_bytes_per_journal_byte == 4.0
