"""Recall figures without a real server: messages added, killed, asked and counted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import pytest

from tau.bench import recall
from tau.bench.datasets import DatasetMessage, DatasetQuestion, DatasetSample
from tau.bench.http_client import BenchmarkClient
from tau.bench.recall import RecallResult
from tau.errors import ModelError
from tau.journal.entries import Author

pytestmark = pytest.mark.anyio


def _told(name: str, speaker: str, text: str, at: float) -> DatasetMessage:
    by: Author = "person" if speaker == "Ann" else "tau"
    return DatasetMessage(
        name=name, conversation=name.partition(":")[0], by=by, speaker=speaker, text=text, at=at
    )


def _question(text: str, kind: str, *turns: str) -> DatasetQuestion:
    return DatasetQuestion(id=text, text=text, kind=kind, now=1e3, turns=turns, sessions=("D1",))


SAMPLE = DatasetSample(
    name="conv-1",
    messages=(
        _told("D1:1", "Ann", "I have a boat", 100.0),
        _told("D1:2", "Bob", "A red one?", 130.0),
        _told("D2:1", "Ann", "No, a blue one", 900.0),
    ),
    questions=(
        _question("What has Ann?", "1", "D1:1"),
        _question("What colour is it?", "4", "D1:1", "D2:1"),
    ),
)


class FakeClient:
    """Takes what it is told and recalls it, the newest first; every message is `m` and a number."""

    def __init__(self, log: list[tuple[str, dict[str, Any]]]) -> None:
        self.log = log
        self.begun = 0
        self.noted = 0
        self.silent = False

    async def get(self, path: str) -> Any:
        self.log.append((path, {}))

    async def post(self, path: str, body: dict[str, Any]) -> Any:
        self.log.append((path, body))
        if path == "/api/conversations":
            self.begun += 1
            return {"id": f"c{self.begun}"}
        if path.endswith("/messages"):
            self.noted += 1
            return {"id": f"m{self.noted}"}
        return {"turn": "t1"}

    async def recalled(self, turn: str) -> list[dict[str, Any]]:
        if self.silent:
            raise TimeoutError
        assert turn == "t1"
        names = [f"m{number}" for number in range(self.noted, 0, -1)]
        return [{"message": name} for name in (*names, "a message of nobody")]


def _client() -> tuple[FakeClient, BenchmarkClient]:
    fake = FakeClient([])
    return fake, cast("BenchmarkClient", fake)


def _answer(recalled: int, of: tuple[str, ...], category: str = "1") -> RecallResult:
    names = tuple(f"D1:{number}" for number in range(1, recalled + 1))
    return RecallResult(_question("?", category, *of), names)


@pytest.mark.parametrize(
    ("most", "share"),
    [(0, 0.0), (1, 1 / 3), (2, 2 / 3), (9, 2 / 3)],
)
def test_a_share_counts_evidence_among_the_first(most: int, share: float) -> None:
    assert _answer(2, ("D1:1", "D1:2", "D9:9")).share_at(most) == share


def test_a_passage_that_came_twice_counts_once() -> None:
    answer = RecallResult(_question("?", "1", "D1:1", "D1:2"), ("D1:1", "D1:1"))
    assert answer.share_at(5) == 0.5


def test_nothing_recalled_is_a_share_of_nothing() -> None:
    assert _answer(0, ("D1:1",)).share_at(10) == 0.0


def test_figures_tell_five_and_ten_by_category() -> None:
    answers = [
        _answer(1, ("D1:1",)),
        _answer(6, ("D1:6",), category="4"),
        _answer(0, ("D1:1",), category="4"),
    ]
    figures = recall._figures(SAMPLE, answers)
    assert (figures["conversation"], figures["messages"], figures["questions"]) == ("conv-1", 3, 3)
    assert figures["evidence_recalled_at"] == {"5": 0.3333, "10": 0.6667}
    assert figures["by_category"] == {"1": {"5": 1.0, "10": 1.0}, "4": {"5": 0.0, "10": 0.5}}
    assert list(figures["by_category"]) == sorted(figures["by_category"])
    assert figures["machine"]["cores"] >= 1


async def test_every_message_is_told_with_its_date_and_speaker() -> None:
    fake, client = _client()
    said: list[str] = []
    names = await recall._send_messages(client, SAMPLE, said.append)
    assert names == {"m1": "D1:1", "m2": "D1:2", "m3": "D2:1"}
    notes = [body for path, body in fake.log if path.endswith("/messages")]
    assert [(body["text"], body["at"], body["speaker"]) for body in notes] == [
        (told.text, told.at, told.speaker) for told in SAMPLE.messages
    ]
    assert [body["by"] for body in notes] == ["person", "tau", "person"]
    assert len(said) == fake.begun == 2


async def test_a_question_is_asked_in_private_and_nothing_of_it_stays() -> None:
    fake, client = _client()
    fake.noted = 2
    question = SAMPLE.questions[0]
    answer = await recall._ask(client, question, {"m1": "D1:1", "m2": "D1:2"})
    assert answer == RecallResult(question, ("D1:2", "D1:1"))
    assert fake.log == [
        ("/api/conversations", {"private": True}),
        ("/api/conversations/c1/turns", {"words": question.text}),
        ("/api/conversations/c1/end", {}),
    ]


async def test_a_server_that_never_says_what_it_recalled_fails_the_measurement() -> None:
    fake, client = _client()
    fake.silent = True
    with pytest.raises(ModelError, match="did not say"):
        await recall._ask(client, SAMPLE.questions[0], {})


class Stage:
    """Stands in for the processes: one memory that survives, and what happened, in order."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.happened: list[str] = []
        self.arguments: list[tuple[str, ...]] = []
        self.client = FakeClient([])
        for name in ("tau", "signed_in_client", "wait_until_idle", "temporary_home"):
            patch.setattr(recall, name, getattr(self, name))

    @contextmanager
    def temporary_home(self) -> Iterator[dict[str, str]]:
        yield {"TAU_HOME": "somewhere"}
        self.happened.append("the home is gone")

    @asynccontextmanager
    async def tau(self, environ: dict[str, str], *arguments: str) -> AsyncIterator["Stage"]:
        assert environ["TAU_HOME"] == "somewhere"
        self.arguments.append(arguments)
        self.happened.append("started")
        yield self

    def kill(self) -> None:
        self.happened.append("killed")

    @asynccontextmanager
    async def signed_in_client(self, tau: "Stage") -> AsyncIterator[FakeClient]:
        assert tau is self
        yield self.client

    async def wait_until_idle(self, _tau: "Stage") -> None:
        await asyncio.sleep(0)
        self.happened.append("quiet")


async def test_tau_is_told_killed_started_again_and_only_then_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stage = Stage(monkeypatch)
    figures = await recall.measure(SAMPLE, "", lambda _: None)
    assert stage.happened == ["started", "quiet", "killed", "started", "quiet", "the home is gone"]
    assert figures["questions"] == 2
    assert figures["evidence_recalled_at"] == {"5": 1.0, "10": 1.0}
    assert stage.client.log.index(("/api/conversations", {})) == 0


@pytest.mark.parametrize(
    ("folder", "arguments"), [("", ()), ("/models", ("--models-folder", "/models"))]
)
async def test_a_folder_of_models_is_handed_to_both_starts(
    monkeypatch: pytest.MonkeyPatch, folder: str, arguments: tuple[str, ...]
) -> None:
    stage = Stage(monkeypatch)
    await recall.measure(SAMPLE, folder, lambda _: None)
    assert stage.arguments == [arguments, arguments]
