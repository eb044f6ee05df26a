"""A turn is told to everybody who watches, from wherever they left off."""

import asyncio

import pytest

from tau.companion.events import Accepted, Delta, Done, Event, Failed
from tau.companion.turn import ReplayedTurn, Turn

pytestmark = pytest.mark.anyio


def begun() -> Turn:
    turn = Turn(conversation="c", message="m", turn_id="t")
    turn.publish(Accepted(id=1, turn="t", conversation="c", message="m"))
    return turn


def say(turn: Turn, *words: str) -> None:
    for word in words:
        turn.publish(Delta(id=turn.next_event_id, text=word))


def end(turn: Turn) -> None:
    turn.publish(Done(id=turn.next_event_id, message="r", status="complete", model="scripted"))


async def seen(turn: Turn, after: int = 0) -> list[Event]:
    return [event async for event in turn.events(after)]


async def test_two_devices_see_the_same_events_as_they_come() -> None:
    turn = begun()
    watching = [asyncio.create_task(seen(turn)) for _ in range(2)]
    await asyncio.sleep(0)
    say(turn, "one ", "two")
    end(turn)
    first, second = await asyncio.gather(*watching)
    assert first == second
    assert [event.id for event in first] == [1, 2, 3, 4]
    assert turn.text == "one two"


async def test_a_device_resumes_after_the_last_event_it_saw() -> None:
    turn = begun()
    say(turn, "one ", "two")
    end(turn)
    assert [event.id for event in await seen(turn, after=2)] == [3, 4]
    assert await seen(turn, after=4) == []


async def test_events_that_are_there_together_come_together() -> None:
    turn = begun()
    say(turn, "one ", "two")
    end(turn)
    batches = [list(batch) async for batch in turn.batches()]
    assert [len(batch) for batch in batches] == [4]


async def test_a_watcher_that_leaves_does_not_disturb_the_turn() -> None:
    turn = begun()
    watching = asyncio.create_task(seen(turn))
    await asyncio.sleep(0)
    watching.cancel()
    await asyncio.wait([watching])
    say(turn, "on")
    end(turn)
    assert len(await seen(turn)) == 3


async def test_stopping_a_finished_turn_changes_nothing() -> None:
    turn = begun()
    end(turn)
    turn.stop()
    assert turn.ended_by is None


@pytest.mark.parametrize(
    "last",
    [
        Done(id=3, message="r", status="stopped", model="scripted"),
        Failed(id=3, code="model_error", sentence="It broke.", message="r"),
    ],
)
async def test_a_past_turn_tells_a_returning_device_how_it_ended(last: Done | Failed) -> None:
    turn = ReplayedTurn(conversation="c", message="m", turn_id="t")
    turn.publish(Accepted(id=1, turn="t", conversation="c", message="m"))
    turn.publish(Delta(id=2, text="words"))
    turn.publish(last)
    assert [event.id for event in await seen(turn)] == [1, 2, 3]
    (told,) = await seen(turn, after=40)
    assert told.id == 41
    assert type(told) is type(last)
