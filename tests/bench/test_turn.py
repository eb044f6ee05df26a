"""The benchmark of turns: both sides are asked alike, and the first round does not count."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tau.bench import turn
from tau.bench.load import LoadTimes, Target
from tau.bench.processes import TauProcess
from tau.bench.sample_text import TextGenerator

pytestmark = pytest.mark.anyio
SIDES = turn.Sides(
    TauProcess(1, "http://ours", "once", 0.0),
    Target("http://ours/v1", "tau", ("key",)),
    Target("http://theirs/v1", "scripted"),
)


class Loads:
    """Stands in for `load`: every request of ours takes 30 ms to begin, every one of theirs 10."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int, int, float | None]] = []
        self.texts: list[list[str]] = []
        self.keys: list[tuple[str, ...]] = []
        self.waits: list[int] = []

    async def __call__(
        self,
        target: Target,
        texts: Sequence[str],
        concurrency: int,
        *,
        per_second: float | None = None,
    ) -> LoadTimes:
        self.asked.append((target.model, len(texts), concurrency, per_second))
        self.texts.append(list(texts))
        self.keys.append(target.keys)
        first = 0.030 if target.keys else 0.010
        count = len(texts)
        return LoadTimes([first] * count, [2 * first] * count, first * count)


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Loads:
    loads = Loads()
    monkeypatch.setattr(turn, "load", loads)
    monkeypatch.setattr(turn, "wait_until_idle", _idle)
    return loads


async def _idle(_server: TauProcess) -> None:
    """Stands in for waiting: nothing runs."""


async def test_what_tau_adds_is_the_difference_to_the_model_alone(loads: Loads) -> None:
    told = await turn._compare(SIDES, TextGenerator(1), 12, 3)
    assert told["added_ttft_ms"] == {"p50": 20.0, "p99": 20.0}
    assert told["ttft_ms"] == {"p50": 30.0, "p99": 30.0}
    assert told["direct_ttft_ms"] == {"p50": 10.0, "p99": 10.0}
    assert (told["turns_per_second"], told["direct_turns_per_second"]) == (33.3, 100.0)
    assert (told["concurrency"], told["requests"]) == (3, 12)


async def test_sides_take_turns_after_a_round_that_does_not_count(loads: Loads) -> None:
    await turn._compare(SIDES, TextGenerator(1), 12, 3, 50.0)
    assert loads.asked[:2] == [("tau", 3, 3, None), ("scripted", 3, 3, None)]
    counted = loads.asked[2:]
    assert [model for model, *_ in counted] == ["tau", "scripted"] * 5
    assert [requests for _, requests, *_ in counted[::2]] == [3, 3, 2, 2, 2]
    assert {per_second for *_, per_second in counted} == {50.0}


async def test_both_sides_are_asked_the_same_and_nothing_twice(loads: Loads) -> None:
    await turn._compare(SIDES, TextGenerator(1), 10, 2)
    ours, theirs = loads.texts[2::2], loads.texts[3::2]
    assert ours == theirs
    asked = [text for texts in ours for text in texts]
    assert len(set(asked)) == len(asked) == 10


async def test_cpu_per_turn_leaves_out_the_round_that_does_not_count(
    monkeypatch: pytest.MonkeyPatch, loads: Loads
) -> None:
    used = iter([7.0, 7.06])
    monkeypatch.setattr(turn.machine, "cpu_seconds", lambda _: next(used))
    told = await turn._compare(SIDES, TextGenerator(1), 12, 3)
    assert told["cpu_per_turn_ms"] == 5.0


async def test_cpu_per_turn_is_unknown_where_the_system_does_not_report_it(
    monkeypatch: pytest.MonkeyPatch, loads: Loads
) -> None:
    monkeypatch.setattr(turn.machine, "cpu_seconds", lambda _: None)
    told = await turn._compare(SIDES, TextGenerator(1), 5, 1)
    assert told["cpu_per_turn_ms"] is None


async def test_fewer_requests_than_rounds_leave_rounds_out(loads: Loads) -> None:
    told = await turn._compare(SIDES, TextGenerator(1), 2, 1)
    assert told["requests"] == 2
    assert all(requests == 1 for _, requests, *_ in loads.asked)
    assert len(loads.asked) == 2 + 4


class Stage:
    """Stands in for the processes and the client."""

    pid, url, link_key, started = 1, "http://127.0.0.1:1", "once", 0.0

    def __init__(self, patch: pytest.MonkeyPatch, loads: Loads) -> None:
        self.loads = loads
        self.messages = 0
        self.names: list[str] = []
        self.arguments: tuple[str, ...] = ()
        self.environ: dict[str, str] = {}
        for name in ("tau", "upstream", "signed_in_client", "invited_client", "temporary_home"):
            patch.setattr(turn, name, getattr(self, name))
        patch.setattr(turn, "wait_until_idle", self.wait_until_idle)
        patch.setattr(turn.machine, "rss_mb", lambda pid: 100.0 * pid)

    @contextmanager
    def temporary_home(self) -> Iterator[dict[str, str]]:
        yield self.environ

    @asynccontextmanager
    async def upstream(self, _environ: dict[str, str], *, tokens: int) -> AsyncIterator[str]:
        self.tokens = tokens
        yield "http://127.0.0.1:2/v1"

    @asynccontextmanager
    async def tau(self, _environ: dict[str, str], *arguments: str) -> AsyncIterator["Stage"]:
        self.arguments = arguments
        yield self

    @asynccontextmanager
    async def signed_in_client(self, _server: "Stage") -> AsyncIterator["Stage"]:
        yield self

    @asynccontextmanager
    async def invited_client(
        self, _server: "Stage", invitation: str, name: str
    ) -> AsyncIterator["Stage"]:
        assert invitation == "invitation"
        self.names.append(name)
        yield self

    async def wait_until_idle(self, _server: "Stage") -> None:
        self.loads.waits.append(len(self.loads.asked))

    async def invite(self) -> str:
        return "invitation"

    async def get(self, path: str) -> None:
        assert path == "/status"

    async def send_messages(self, _writer: TextGenerator, messages: int) -> None:
        self.messages += messages

    async def new_key(self) -> str:
        return f"tau-key-{len(self.names)}"


PLAN = turn.TurnPlan(concurrency=4, requests=20, requests_alone=5, messages=30, tokens=7)


async def test_tau_is_told_a_past_and_measured_alone_together_and_steadily(
    monkeypatch: pytest.MonkeyPatch, loads: Loads
) -> None:
    stage = Stage(monkeypatch, loads)
    said: list[str] = []
    told = await turn.measure(PLAN, said.append)
    assert (stage.messages, stage.tokens) == (30, 7)
    assert (told["concurrency"], told["one_at_a_time"]["concurrency"]) == (4, 1)
    assert (told["requests"], told["one_at_a_time"]["requests"]) == (20, 5)
    assert told["steady"]["per_second"] == round(told["turns_per_second"] / 2, 1)
    assert told["rss_mb"] == told["rss_after_mb"] == 100.0
    assert (told["messages"], told["tokens"]) == (30, 7)
    assert any("30 messages" in sentence for sentence in said)
    assert loads.waits[0] == 0, "measuring waits until Tau is idle"


async def test_each_of_several_people_has_messages_and_a_key(
    monkeypatch: pytest.MonkeyPatch, loads: Loads
) -> None:
    stage = Stage(monkeypatch, loads)
    plan: Any = turn.TurnPlan(**{**_fields(PLAN), "people": 3})
    told = await turn.measure(plan, lambda _: None)
    assert stage.messages == 3 * 30
    assert len(set(stage.names)) == 2
    assert set(loads.keys) == {("tau-key-0", "tau-key-1", "tau-key-2"), ()}
    assert told["people"] == 3


async def test_both_sides_speak_with_the_same_upstream_without_a_network(
    monkeypatch: pytest.MonkeyPatch, loads: Loads
) -> None:
    stage = Stage(monkeypatch, loads)
    await turn.measure(PLAN, lambda _: None)
    given = dict(zip(stage.arguments[::1], stage.arguments[1:], strict=False))
    assert given["--model-url"] == "http://127.0.0.1:2/v1"
    assert given["--embedder"] == "scripted-embedder"
    assert "--offline" in stage.arguments
    assert "TAU_MODELS_FOLDER" not in stage.environ


async def test_a_real_embedder_is_found_where_the_person_keeps_their_models(
    monkeypatch: pytest.MonkeyPatch, loads: Loads, tmp_path: Path
) -> None:
    stage = Stage(monkeypatch, loads)
    monkeypatch.setenv("TAU_HOME", str(tmp_path))
    plan: Any = turn.TurnPlan(**{**_fields(PLAN), "embedder": "all-minilm-l6-v2"})
    told = await turn.measure(plan, lambda _: None)
    assert stage.environ["TAU_MODELS_FOLDER"] == str(tmp_path / "models")
    assert stage.arguments[-1] == told["embedder"] == "all-minilm-l6-v2"


def _fields(plan: turn.TurnPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in turn.TurnPlan.__dataclass_fields__}
