"""Who is asked again and when, what a request that is refused means, and what people are told."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest

from tau.errors import ModelError, ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
from tau.models.errors import BackendUnavailable, InputTooLong, InvalidAnswer, RequestRejected
from tau.models.failover import FIRST_COOLDOWN_SECONDS, Failover, no_answer_error
from tau.models.types import Backend, Chunk, ModelInfo, Vectors

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Played:
    """A model that answers its name, fails with its `faults` in turn, and counts."""

    def __init__(self, name: str, *faults: Exception) -> None:
        self.info = ModelInfo(name=name, origin="endpoint")
        self.faults = list(faults)
        self.asked = 0
        self.closed = 0

    def _play(self) -> str:
        self.asked += 1
        if self.faults:
            raise self.faults.pop(0)
        return self.info.name

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        try:
            name = self._play()
            for _ in range(3):
                yield Chunk(name, {})
        finally:
            self.closed += 1

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        return {"who": self._play()}

    async def embed(self, texts: Sequence[str]) -> Vectors:
        self._play()
        return np.zeros((len(texts), 2), dtype=np.float32)


def away(name: str) -> BackendUnavailable:
    return BackendUnavailable(name, "cannot be reached", hint=f"start {name}")


async def who(failover: Failover, *backends: Played) -> str:
    """Ask once; return the name of who answered."""
    answer = await failover.ask("companion", backends, lambda backend: backend.complete({}))
    return str(answer["who"])


Ask = Callable[[Failover, Sequence[Backend]], Awaitable[object]]


async def streamed(failover: Failover, backends: Sequence[Backend]) -> object:
    return [chunk.text async for chunk in failover.stream("companion", backends, lambda _: {})]


async def embedded(failover: Failover, backends: Sequence[Backend]) -> object:
    return await failover.ask("companion", backends, lambda backend: backend.embed(["a"]))


@pytest.mark.parametrize("ask", [streamed, embedded])
@pytest.mark.parametrize(
    "fault", [away("a"), InvalidAnswer("a", "raves"), ModelInvalidAnswer("Raves.")]
)
async def test_who_failed_is_passed_over_until_its_rest_is_over(ask: Ask, fault: Exception) -> None:
    clock = Clock()
    failover, first, second = Failover(clock), Played("a", fault), Played("b")
    await ask(failover, (first, second))
    await ask(failover, (first, second))
    assert (first.asked, second.asked) == (1, 2)
    clock.now += FIRST_COOLDOWN_SECONDS - 0.01
    await ask(failover, (first, second))
    assert first.asked == 1
    clock.now += 0.01
    await ask(failover, (first, second))
    await ask(failover, (first, second))
    assert (first.asked, second.asked) == (3, 3)  # one success made it whole


@pytest.mark.parametrize("fault", [InputTooLong("a"), RequestRejected("a", "does not accept that")])
async def test_a_request_refused_for_its_own_sake_goes_on_to_the_next_and_is_held_against_nobody(
    fault: Exception,
) -> None:
    failover, first, second = Failover(Clock()), Played("a", fault), Played("b")
    assert await who(failover, first, second) == "b"
    assert await who(failover, first, second) == "a"


async def test_the_rest_belongs_to_the_model_and_not_to_the_alias() -> None:
    failover, first, second = Failover(Clock()), Played("a", away("a")), Played("b")
    assert await who(failover, first, second) == "b"
    same = Played("a")
    assert await who(failover, same, second) == "b"
    assert same.asked == 0
    assert await who(failover, same) == "a"  # alone, it is asked although it rests


async def test_those_who_rest_are_asked_in_their_order_when_nobody_else_answers() -> None:
    failover = Failover(Clock())
    backends = [Played(name, away(name), away(name)) for name in "abc"]
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match=r"'a' .*, 'b' .*, 'c' "):
            await who(failover, *backends)
    assert [backend.asked for backend in backends] == [2, 2, 2]
    assert await who(failover, *backends) == "a"


async def test_a_break_in_mid_answer_is_not_hidden_and_is_held_against_the_model() -> None:
    failover, second = Failover(Clock()), Played("b")
    first = Played("a", ModelInterrupted("Broke off."))
    with pytest.raises(ModelInterrupted):
        await streamed(failover, (first, second))
    assert second.asked == 0
    assert await who(failover, first, second) == "b"


async def test_a_fault_of_tau_itself_is_nobodys_failure() -> None:
    failover, first = Failover(Clock()), Played("a", ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await who(failover, first, Played("b"))
    assert await who(failover, first, Played("b")) == "a"


async def test_who_walks_away_closes_the_stream_and_holds_nothing_against_it() -> None:
    failover, first = Failover(Clock()), Played("a")
    async with aclosing(failover.stream("companion", [first], lambda _: {})) as chunks:
        assert (await anext(chunks)).text == "a"
        assert first.closed == 0
    assert first.closed == 1
    assert await who(failover, first, Played("b")) == "a"


async def test_only_one_request_tries_a_model_that_has_rested() -> None:
    clock = Clock()
    failover, first, second = Failover(clock), Played("a", away("a")), Played("b")
    await who(failover, first, second)
    clock.now += FIRST_COOLDOWN_SECONDS
    asked, go = asyncio.Event(), asyncio.Event()

    async def slowly(backend: Backend) -> dict[str, Any]:
        if backend.info.name == "a":
            asked.set()
            await go.wait()
        return await backend.complete({})

    trial = asyncio.create_task(failover.ask("companion", (first, second), slowly))
    await asked.wait()
    assert await who(failover, first, second) == "b"
    go.set()
    assert await trial == {"who": "a"}
    assert await who(failover, first, second) == "a"


def test_nobody_to_ask_says_how_to_choose_one() -> None:
    error = no_answer_error("companion", [])
    assert "tau models use companion MODEL" in str(error)


def test_one_fault_is_told_as_it_is_and_many_with_the_first_mend() -> None:
    fault = away("a")
    assert no_answer_error("companion", [fault]) is fault
    mute = BackendUnavailable("c", "stays silent")
    error = no_answer_error("companion", [mute, fault, away("b"), ModelUnavailable("Out.")])
    assert str(error) == (
        "No model behind 'companion' could answer: 'c' stays silent, 'a' cannot be reached, "
        "'b' cannot be reached, Out; start a."
    )
    error = no_answer_error("companion", [mute, InvalidAnswer("d", "raves")])
    assert str(error).endswith("'d' raves; `tau doctor` says more.")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (away("a"), "The model 'a' cannot be reached; start a."),
        (BackendUnavailable("a", "is away"), "The model 'a' is away."),
        (InputTooLong("a"), "The model 'a' can't accept a text this long."),
        (RequestRejected("a", "declines"), "The model 'a' declines."),
        (InvalidAnswer("a", "raves"), "The model 'a' raves."),
    ],
)
def test_every_fault_is_one_sentence(fault: ModelError, sentence: str) -> None:
    assert str(fault) == sentence
