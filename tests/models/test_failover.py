"""Who is asked, in which order, and who is left alone."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest

from tau.errors import ModelInterrupted, ModelInvalidAnswer, ModelUnavailable
from tau.models.errors import BackendUnavailable, InvalidAnswer
from tau.models.failover import FIRST_COOLDOWN_SECONDS, MAX_COOLDOWN_SECONDS, Failover
from tau.models.types import Chunk, ModelInfo, Vectors

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Backend:
    """Says its name, or fails as told."""

    def __init__(self, name: str, fault: Exception | None = None, after: int = 0) -> None:
        self.info = ModelInfo(name=name, origin="endpoint")
        self.fault = fault
        self.after = after
        self.asked = 0

    async def stream(self, body: dict[str, Any]) -> AsyncGenerator[Chunk, None]:
        self.asked += 1
        for number in range(3):
            if self.fault and number == self.after:
                raise self.fault
            yield Chunk(self.info.name, {})

    async def complete(self, body: dict[str, Any]) -> dict[str, Any]:
        self.asked += 1
        if self.fault:
            raise self.fault
        return {"who": self.info.name}

    async def embed(self, texts: Sequence[str]) -> Vectors:
        return np.zeros((len(texts), 2), dtype=np.float32)


def away(name: str, **more: Any) -> Backend:
    return Backend(name, BackendUnavailable(name, "cannot be reached", **more))


async def heard(failover: Failover, *backends: Backend) -> list[str]:
    return [chunk.text async for chunk in failover.stream("companion", backends, lambda _: {})]


async def test_the_first_answers_when_it_can() -> None:
    first, second = Backend("a"), Backend("b")
    assert await heard(Failover(), first, second) == ["a"] * 3
    assert second.asked == 0


@pytest.mark.parametrize(
    "fault",
    [BackendUnavailable("a", "is away"), InvalidAnswer("a", "raves"), ModelUnavailable("Away.")],
)
async def test_a_failure_before_the_first_piece_falls_over(fault: Exception) -> None:
    assert await heard(Failover(), Backend("a", fault), Backend("b")) == ["b"] * 3


async def test_a_failure_after_the_first_piece_does_not() -> None:
    first = Backend("a", ModelInterrupted("It broke off."), after=2)
    second = Backend("b")
    pieces: list[str] = []

    async def listen() -> None:
        async for chunk in Failover().stream("companion", [first, second], lambda _: {}):
            pieces.append(chunk.text)  # noqa: PERF401 - what came before the fault is kept

    with pytest.raises(ModelInterrupted, match="broke off"):
        await listen()
    assert (pieces, second.asked) == (["a", "a"], 0)


async def test_all_failing_is_one_sentence_that_names_them_and_the_mend() -> None:
    backends = [away("a"), away("b", hint="`tau models pull b` fetches it"), Backend("c")]
    backends[2].fault = InvalidAnswer("c", "sent an empty answer")
    with pytest.raises(ModelUnavailable) as caught:
        await heard(Failover(), *backends)
    assert str(caught.value) == (
        "No model behind 'companion' could answer: 'a' cannot be reached, 'b' cannot be reached, "
        "'c' sent an empty answer; `tau models pull b` fetches it."
    )


async def test_one_alone_fails_in_its_own_words() -> None:
    with pytest.raises(ModelInvalidAnswer, match="raves"):
        await heard(Failover(), Backend("a", InvalidAnswer("a", "raves")))


async def test_nobody_at_all() -> None:
    with pytest.raises(ModelUnavailable, match="tau models use companion"):
        await heard(Failover())


async def test_who_failed_rests_longer_each_time_and_is_whole_after_a_success() -> None:
    clock = Clock()
    failover = Failover(clock)
    first, second = away("a"), Backend("b")
    await heard(failover, first, second)
    assert await heard(failover, first, second) == ["b"] * 3
    assert first.asked == 1  # it rests

    clock.now += FIRST_COOLDOWN_SECONDS
    await heard(failover, first, second)
    assert first.asked == 2  # tried again, and failed again: now the rest is twice as long
    clock.now += FIRST_COOLDOWN_SECONDS
    await heard(failover, first, second)
    assert first.asked == 2

    clock.now += FIRST_COOLDOWN_SECONDS
    first.fault = None
    assert await heard(failover, first, second) == ["a"] * 3
    assert await heard(failover, first, second) == ["a"] * 3


async def test_rests_have_a_longest() -> None:
    clock = Clock()
    failover = Failover(clock)
    first = away("a")
    for _ in range(12):
        await heard(failover, first, Backend("b"))
        clock.now += MAX_COOLDOWN_SECONDS
    assert first.asked == 12


async def test_when_all_rest_all_are_tried_nevertheless() -> None:
    failover = Failover(Clock())
    first, second = away("a"), away("b")
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            await heard(failover, first, second)
    assert (first.asked, second.asked) == (2, 2)
    second.fault = None
    assert await heard(failover, first, second) == ["b"] * 3


async def test_a_refusal_of_one_request_is_no_reason_to_rest() -> None:
    failover = Failover(Clock())
    first = away("a", persistent=False)
    for _ in range(3):
        assert await heard(failover, first, Backend("b")) == ["b"] * 3
    assert first.asked == 3


async def test_one_request_at_a_time_tries_who_has_rested() -> None:
    clock = Clock()
    failover = Failover(clock)
    first, second = away("a"), Backend("b")
    await heard(failover, first, second)
    clock.now += FIRST_COOLDOWN_SECONDS
    first.fault = None
    entered, leave = asyncio.Event(), asyncio.Event()

    async def slow(body: dict[str, Any]) -> dict[str, Any]:
        entered.set()
        await leave.wait()
        return {"who": "a"}

    trial = asyncio.create_task(failover.ask("companion", [first, second], lambda _: slow({})))
    await entered.wait()
    assert await heard(failover, first, second) == ["b"] * 3
    leave.set()
    assert await trial == {"who": "a"}
    assert await heard(failover, first, second) == ["a"] * 3


async def test_a_trial_that_is_walked_away_from_leaves_room_for_the_next() -> None:
    clock = Clock()
    failover = Failover(clock)
    first, second = away("a"), Backend("b")
    await heard(failover, first, second)
    clock.now += FIRST_COOLDOWN_SECONDS
    first.fault = None
    async with aclosing(failover.stream("companion", [first, second], lambda _: {})) as chunks:
        assert (await anext(chunks)).text == "a"
    assert await heard(failover, first, second) == ["a"] * 3


async def test_questions_fall_over_too() -> None:
    backends = [away("a"), Backend("b")]
    answer = await Failover().ask("companion", backends, lambda backend: backend.complete({}))
    assert answer == {"who": "b"}
