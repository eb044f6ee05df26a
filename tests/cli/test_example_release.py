"""`tau studio example` after the verdict: each step is done once, and said again if repeated."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tau.cli import example_reading, example_release
from tau.cli.example_release import ALIAS, RELEASE_STAGES
from tau.cli.example_walk import ExampleWalk
from tau.cli.terminal import console
from tau.server.schemas.releases import GateConditionOut, GateOut, ReleaseList, ReleaseOut
from tau.server.schemas.runs import ModelParityOut, RunModelOut, RunOut
from tau.server.schemas.studio import (
    ComparisonJobOut,
    ComparisonList,
    ComparisonOut,
    GradedAnswerList,
    GradedAnswerOut,
    MethodOut,
    VerdictOut,
)
from tau.settings import Settings

pytestmark = pytest.mark.anyio
MODEL = "ft:small:tau:bookings:0123abcd"


def run_of(status: str) -> RunOut:
    parity = ModelParityOut("llama.cpp", True, "", {"places": 431.0, "next_token": 0.9977})
    made = RunModelOut(MODEL, "adapter", "small", 9, "ab", True, parity)
    given: dict[str, Any] = dict.fromkeys(RunOut.__dataclass_fields__)
    given |= {"id": "r1", "status": status, "message": "", "step": 0, "seconds": 0.0}
    given |= {"checkpoints": [], "steps": [], "withdrawn": 0}
    return RunOut(**given | {"models": [made] if status == "succeeded" else []})


def comparison_of(*models: str) -> ComparisonOut:
    methods = [
        MethodOut("tuned", "tuned", each, None, 0, 0, 0, 0, 0, None, None, "") for each in models
    ]
    verdict = VerdictOut("train", "Use the trained model.", "tuned")
    return ComparisonOut("c1", 1.0, "ab", 80, 45, 0.1, methods, verdict, [])


class Tau:
    """Stands for a client of Tau: remembers what it was asked to do."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.listed: list[RunOut] = []
        self.comparison = comparison_of()
        self.standing: str | None = None
        self.passes = True
        self.is_read = False
        self.studio = self.runs = self.releases = self.http = self
        self.ends = "succeeded"

    async def find(self, name: str) -> Any:
        return SimpleNamespace(id="p1", name=name)

    async def tune(self, _project: str, **_asked: str) -> RunOut:
        self.done.append("train")
        self.listed = [run_of("paused")]
        return self.listed[0]

    async def request(self, _run: str, request: str) -> RunOut:
        self.done.append(request)
        self.listed = [run_of(self.ends)]
        return self.listed[0]

    async def get(self, _run: str) -> RunOut:
        return self.listed[0]

    async def all(self, *project: str) -> Any:
        if project:
            return self.listed
        one = (MODEL, ALIAS, "p1", 1.0, 0, self.standing, 0, "", False)
        return ReleaseList([ReleaseOut(*one)] if self.standing else [], [])  # type: ignore[arg-type]

    async def compare(self, *_asked: object) -> ComparisonJobOut:
        self.done.append("compare")
        self.comparison = comparison_of(MODEL)
        return ComparisonJobOut("j1", "done", "", 1.0, 1, 1, "c1")

    async def comparisons(self, _project: str) -> ComparisonList:
        return ComparisonList([self.comparison], [])

    async def answers(self, *_asked: str) -> GradedAnswerList:
        one = [GradedAnswerOut(f"e{n}", f"answer {n}", "{}", 1.0, True, "") for n in range(30)]
        return GradedAnswerList("tuned", one)

    async def examples(self, *_asked: str) -> list[object]:
        return []

    async def read(self, _project: str, _model: str, examples: list[str], by: str) -> None:
        self.done.append(f"{by}: {len(examples)} read")
        self.is_read = True

    async def gate(self, _project: str, model: str) -> GateOut:
        return GateOut(model, self.passes, [GateConditionOut("reviewed", self.is_read, "", "", [])])

    try_gate = gate

    async def release(self, *_asked: object) -> ReleaseList:
        self.done.append("release")
        self.standing = "live"
        return ReleaseList([], [])

    async def send(self, _method: str, path: str, kind: type, **body: Any) -> Any:
        self.done.append(f"ask {body['model']}")
        assert path == "/v1/chat/completions"
        reply = SimpleNamespace(message=SimpleNamespace(content='{"people":2}'))
        return SimpleNamespace(choices=[reply])

    async def roll_back(self, alias: str, *_asked: str) -> None:
        self.done.append(f"take back {alias}")
        self.standing = "rolled back"


@pytest.fixture
def tau_client() -> Tau:
    return Tau()


@pytest.fixture
def walk(tau_client: Tau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ExampleWalk:
    monkeypatch.setattr(example_release, "training_python", lambda *_: tmp_path)
    settings = Settings(home=tmp_path)
    client: Any = tau_client
    return ExampleWalk(client, console(), settings, "Bookings", "small", quick=True)


async def went(walk: ExampleWalk) -> int:
    """Return how many steps were done before one couldn't go on."""
    for count, stage in enumerate(RELEASE_STAGES):
        if not await stage.run(walk):
            return count
    return len(RELEASE_STAGES)


async def test_it_goes_from_training_to_the_rollback(
    walk: ExampleWalk, tau_client: Tau, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await went(walk) == len(RELEASE_STAGES)
    assert tau_client.done == [
        *("train", "resume", "compare", "example: 10 read", "release"),
        *(f"ask {ALIAS}", f"take back {ALIAS}"),
    ]
    said = capsys.readouterr().out
    assert "Use the trained model." in said
    assert "As served by llama.cpp: places 431, next token 0.998\n" in said
    assert '→ {"people":2}' in said
    assert MODEL in said


async def test_nothing_is_done_twice(walk: ExampleWalk, tau_client: Tau) -> None:
    tau_client.passes = False
    assert await went(walk) == 3  # the gate refuses
    assert "release" not in tau_client.done
    before = len(tau_client.done)
    tau_client.passes = True
    await went(walk)
    assert tau_client.done[before:] == ["release", f"ask {ALIAS}", f"take back {ALIAS}"]


@pytest.mark.parametrize(("says", "steps"), [("yes", len(RELEASE_STAGES)), ("no", 2)])
async def test_in_a_terminal_a_person_reads_answers_and_says_so(
    walk: ExampleWalk,
    tau_client: Tau,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    says: str,
    steps: int,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr(example_reading, "ask_confirmation", lambda _: says == "yes")
    assert await went(walk) == steps
    said = capsys.readouterr().out
    assert [f"→ answer {n}\n" in said for n in range(11)] == [True] * 10 + [False]
    assert "attests" not in said
    assert ("person: 10 read" in tau_client.done) == (says == "yes")


async def test_where_nobody_can_be_asked_nobody_is_said_to_have_read(
    walk: ExampleWalk, tau_client: Tau, capsys: pytest.CaptureFixture[str]
) -> None:
    await went(walk)
    assert "this command attests it itself" in capsys.readouterr().out
    assert "person: 10 read" not in tau_client.done


async def test_a_run_that_fails_ends_it_and_another_is_tried(
    walk: ExampleWalk, tau_client: Tau
) -> None:
    tau_client.ends = "failed"
    assert await went(walk) == 0
    tau_client.ends = "succeeded"
    assert await went(walk) == len(RELEASE_STAGES)
    assert tau_client.done.count("train") == 2


async def test_without_an_environment_it_says_what_is_missing(
    walk: ExampleWalk,
    tau_client: Tau,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(example_release, "training_python", lambda *_: None)
    assert await went(walk) == 0
    assert tau_client.done == []
    assert "`tau studio setup` installs it" in capsys.readouterr().out
