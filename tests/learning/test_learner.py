"""The learner is asked fairly: what it does wrong costs an attempt, and what is away waits."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any, cast

import pytest

from tau.errors import ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
from tau.learning import learner as learner_module
from tau.learning.extraction import ExtractionInput, select_messages
from tau.learning.learner import Learner
from tau.memory import Memory
from tau.models import Chunk, Models
from tau.models.errors import BackendUnavailable, InputTooLong, RequestRejected
from tau.models.types import ModelInfo

pytestmark = pytest.mark.anyio

NOTHING = '{"claims": []}'
Answer = str | Exception | list[str]


class StubModels:
    """Models by name, each with its answers in order; then it finds nothing.

    An answer in pieces is streamed; an error after pieces comes when they are said.
    """

    def __init__(self, **answers: list[Answer]) -> None:
        self.aliases = self
        self.answers = answers
        self.asked: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.origins: dict[str, str] = {}
        self.closed = 0

    def learners(self) -> list[str]:
        return list(self.answers)

    def info(self, name: str) -> ModelInfo:
        return ModelInfo(name=name, origin=self.origins.get(name, "endpoint"))  # type: ignore[arg-type]

    async def stream(self, name: str, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        self.asked.append(name)
        self.bodies.append(body)
        answer = self.answers[name].pop(0) if self.answers[name] else NOTHING
        try:
            if isinstance(answer, Exception):
                raise answer
            for piece in answer if isinstance(answer, list) else [answer]:
                if piece == "hang":
                    await asyncio.Event().wait()
                yield Chunk(piece, {})
        finally:
            self.closed += 1

    def shown(self) -> list[list[str]]:
        given = [json.loads(body["messages"][-1]["content"]) for body in self.bodies]
        return [[each["person"] for each in messages] for messages in given]


def learner(models: StubModels) -> Learner:
    return Learner(cast("Models", models))


def told(*texts: str) -> list[ExtractionInput]:
    memory = Memory()
    own = [memory.remember(text) for text in texts]
    return select_messages(own, memory, 8)


def claim(number: int, quote: str, text: str) -> str:
    one = {"message": number, "quote": quote, "topic": "habit", "text": text}
    return json.dumps({"claims": [one]})


SWIMS = claim(1, "I swim at noon", "Swims at noon")
TEXTS = ("I swim at noon.", "I drink tea at dawn.", "I read at night.", "I run at dusk.")


async def test_what_is_read_names_its_message_and_its_model() -> None:
    models = StubModels(able=[SWIMS])
    chosen = told("I swim at noon.")
    ((found, sources, by),) = await learner(models).read(chosen)
    assert (found.text, by) == ("Swims at noon", "able")
    assert [source.id for source in sources] == [chosen[0].message.id]


@pytest.mark.parametrize(("names", "is_available"), [([], False), (["able"], True)])
async def test_it_is_able_when_there_is_a_learner(names: list[str], is_available: bool) -> None:
    assert learner(StubModels(**{name: [] for name in names})).is_available == is_available


async def test_it_shares_the_machine_when_one_of_its_models_runs_here() -> None:
    models = StubModels(far=[], near=[])
    assert not learner(models).is_local
    models.origins["near"] = "pack"
    assert learner(models).is_local


async def test_without_any_model_it_is_away() -> None:
    with pytest.raises(ModelUnavailable):
        await learner(StubModels()).read(told("I swim at noon."))


@pytest.mark.parametrize(
    "bad",
    [
        "I noted it.",
        ModelInvalidAnswer("It babbles."),
        ModelInterrupted("It stopped."),
        InputTooLong("able"),
        ["{", "x" * 30_000],
        ["x"] * 20_001,
    ],
    ids=["talk", "nonsense", "interrupted", "too long", "endless at once", "endless by drops"],
)
async def test_a_bad_answer_is_asked_for_once_more_in_halves(bad: Answer) -> None:
    models = StubModels(able=[bad, SWIMS])
    found = await learner(models).read(told(*TEXTS))
    assert [each.text for each, _, _ in found] == ["Swims at noon"]
    assert models.shown() == [list(TEXTS), list(TEXTS[:2]), list(TEXTS[2:])]
    assert models.closed == 3, "no answer is left open"


async def test_an_answer_that_is_far_too_long_is_not_believed_however_good() -> None:
    models = StubModels(is_available=[[SWIMS, *[" " * 1_000] * 21]])
    assert await learner(models).read(told("I swim at noon.")) == []
    assert models.closed == 1


async def test_a_half_that_fails_again_is_passed_over() -> None:
    models = StubModels(is_available=["bad", "bad", claim(1, "I read at night", "Reads at night")])
    found = await learner(models).read(told(*TEXTS))
    assert [each.text for each, _, _ in found] == ["Reads at night"]
    assert len(models.asked) == 3


async def test_one_message_has_no_halves() -> None:
    models = StubModels(is_available=["bad", SWIMS])
    assert await learner(models).read(told("I swim at noon.")) == []
    assert len(models.asked) == 1


async def test_of_three_messages_none_is_lost_in_the_middle() -> None:
    models = StubModels(is_available=["bad"])
    await learner(models).read(told(*TEXTS[:3]))
    assert models.shown()[1:] == [[TEXTS[0]], [*TEXTS[1:3]]]


async def test_an_answer_without_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learner_module, "_TIMEOUT_SECONDS", 0.01)
    models = StubModels(is_available=[["{", "hang"]])
    assert await learner(models).read(told("I swim at noon.")) == []
    assert models.closed == 1


async def test_the_next_is_asked_only_when_the_first_is_away() -> None:
    away = BackendUnavailable("first", "cannot be reached")
    models = StubModels(first=[away, "bad"], second=[SWIMS])
    one = told("I swim at noon.")
    assert [by for _, _, by in await learner(models).read(one)] == ["second"]
    assert await learner(models).read(one) == [], "a bad answer is no reason to ask another"
    assert models.asked == ["first", "second", "first"]


async def test_when_all_are_away_the_last_tells_why() -> None:
    models = StubModels(
        first=[BackendUnavailable("first", "sleeps")],
        second=[BackendUnavailable("second", "is not here")],
    )
    with pytest.raises(ModelUnavailable, match="second"):
        await learner(models).read(told("I swim at noon."))


async def test_one_that_goes_away_between_two_halves_is_away() -> None:
    models = StubModels(is_available=["bad", SWIMS, BackendUnavailable("able", "went away")])
    with pytest.raises(ModelUnavailable):
        await learner(models).read(told(*TEXTS))


async def test_what_knows_no_schema_is_asked_without_from_then_on() -> None:
    refused = RequestRejected("plain", "does not accept the request")
    models = StubModels(plain=[refused, SWIMS, SWIMS])
    one, asking = told("I swim at noon."), learner(models)
    for _ in range(2):
        assert len(await asking.read(one)) == 1
    assert ["response_format" in body for body in models.bodies] == [True, False, False]


async def test_a_bad_answer_without_a_schema_does_not_prove_that_none_is_known() -> None:
    refused = RequestRejected("plain", "does not accept the request")
    models = StubModels(plain=[refused, "bad", SWIMS])
    one, asking = told("I swim at noon."), learner(models)
    assert await asking.read(one) == []
    assert len(await asking.read(one)) == 1
    assert ["response_format" in body for body in models.bodies] == [True, False, True]


async def test_what_accepts_nothing_is_passed_over() -> None:
    refused = RequestRejected("plain", "does not accept the request")
    models = StubModels(plain=[refused, refused])
    assert await learner(models).read(told("I swim at noon.")) == []


async def test_being_put_aside_ends_the_answer() -> None:
    models = StubModels(is_available=[["{", "hang"]])
    reading = asyncio.create_task(learner(models).read(told("I swim at noon.")))
    while not models.asked:  # noqa: ASYNC110 - nobody tells that it was asked
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    assert models.closed == 1
