"""A run answers and grades each item once, and writes the results in their order."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.errors import ModelUnavailable, StoreFull
from tau.studio.evals import running
from tau.studio.evals.data_source import DataSource, parse_data_source
from tau.studio.evals.eval_row import EvalRow
from tau.studio.evals.output_item import OutputItem
from tau.studio.evals.running import Criterion, EvalRunner, RunPlan
from tau.studio.graders.validation import validate_grader

from ..graders.judges import Judge

pytestmark = pytest.mark.anyio
SAME = Criterion(
    "same",
    validate_grader(
        {
            "type": "string_check",
            "input": "{{sample.output_text}}",
            "reference": "{{item.answer}}",
            "operation": "eq",
        }
    ),
)


def source(**changes: Any) -> DataSource:
    return parse_data_source(
        {
            "type": "completions",
            "model": "m",
            "source": {"type": "file_content", "content": []},
            "input_messages": {
                "type": "template",
                "template": [{"role": "user", "content": "{{item.question}}"}],
            },
            **changes,
        }
    )


def rows(count: int) -> list[EvalRow]:
    return [EvalRow(item={"question": str(n), "answer": "yes", "n": n}) for n in range(count)]


class Written:
    """Keeps what a run writes."""

    def __init__(self) -> None:
        self.batches: list[list[OutputItem]] = []

    async def __call__(self, items: Sequence[OutputItem]) -> None:
        await asyncio.sleep(0)
        self.batches.append(list(items))

    @property
    def numbers(self) -> list[int]:
        return [each.number for batch in self.batches for each in batch]


class Echo(Judge):
    """Answers `yes`, after as many turns of the event loop as the question says."""

    def __init__(self, delays: Sequence[int] = ()) -> None:
        super().__init__("yes")
        self.delays = delays

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        number = int(body["messages"][-1]["content"])
        for _ in range(self.delays[number] if self.delays else 0):
            await asyncio.sleep(0)
        return await super().complete(name, body)


def plan(count: int, concurrency: int = 4, **changes: Any) -> RunPlan:
    return RunPlan(rows(count), source(**changes), [SAME], "e", concurrency)


def no_progress(done: int, total: int) -> None:
    pass


@given(delays=st.lists(st.integers(0, 6), min_size=1, max_size=70), concurrency=st.integers(1, 7))
async def test_each_item_is_written_once_and_in_order(delays: list[int], concurrency: int) -> None:
    written, model = Written(), Echo(delays)
    runner = EvalRunner(plan(len(delays), concurrency), model, written)
    figures = await runner.run(no_progress)
    assert written.numbers == list(range(len(delays)))
    assert len(model.requests) == len(delays)
    assert model.most_busy <= concurrency
    assert (figures.total, figures.passed) == (len(delays), len(delays))
    assert figures.usage[0].invocations == len(delays)


async def test_results_are_written_in_batches() -> None:
    written = Written()
    await EvalRunner(plan(50), Echo(), written).run(no_progress)
    assert len(written.batches) <= 4
    assert max(map(len, written.batches)) >= running.BATCH_ITEMS


async def test_progress_reaches_the_total() -> None:
    seen: list[tuple[int, int]] = []
    await EvalRunner(plan(45), Echo(), Written()).run(lambda *now: seen.append(now))
    assert seen[-1] == (45, 45)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


async def test_a_model_that_cannot_be_reached_is_an_error_of_each_item() -> None:
    written = Written()
    model = Judge(ModelUnavailable("It doesn't answer."))
    figures = await EvalRunner(plan(3), model, written).run(no_progress)
    assert (figures.errored, figures.passed, figures.failed) == (3, 0, 0)
    (batch,) = written.batches
    assert all(each.sample and each.sample.error == "It doesn't answer." for each in batch)
    assert all(each.results == () for each in batch)


async def test_an_unexpected_error_does_not_quote_what_was_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    written = Written()
    await EvalRunner(plan(1), Judge(ValueError("a secret")), written).run(no_progress)
    ((item,),) = written.batches
    assert item.sample is not None
    assert item.status == "error"
    assert "secret" not in item.sample.error
    assert "secret" not in caplog.text


async def test_a_model_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SAMPLE_SECONDS", 0.01)

    class Silent(Judge):
        async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
            await asyncio.Event().wait()
            raise AssertionError

    written = Written()
    figures = await EvalRunner(plan(2), Silent(), written).run(no_progress)
    assert figures.errored == 2


async def test_what_the_disk_refuses_ends_the_run() -> None:
    async def full(_items: Sequence[OutputItem]) -> None:
        raise StoreFull("The disk is full.")

    runner = EvalRunner(plan(50), Echo(), full)
    with pytest.raises(StoreFull):
        await runner.run(no_progress)
    assert runner.figures.passed == 0


async def test_figures_while_it_runs_count_what_is_written() -> None:
    written = Written()
    runner = EvalRunner(plan(41, concurrency=1), Echo(), written)
    assert (runner.figures.total, runner.figures.passed) == (41, 0)
    seen: list[tuple[int, int]] = []

    def progress(_done: int, _total: int) -> None:
        seen.append((runner.figures.passed, len(written.numbers)))

    await runner.run(progress)
    assert all(counted == there for counted, there in seen)
    assert runner.figures.passed == 41
