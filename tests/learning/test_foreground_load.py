"""Who is being answered: counted rightly whatever happens, so that work behind goes on at last."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.learning.priority import ForegroundLoad

pytestmark = pytest.mark.anyio


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_at_first_nobody_waits() -> None:
    waiting = ForegroundLoad()
    assert not waiting.is_busy
    await waiting.wait_until_idle()


async def test_work_stands_back_until_the_last_has_an_answer() -> None:
    waiting = ForegroundLoad()
    with waiting.track():
        work = asyncio.create_task(waiting.wait_until_idle())
        with waiting.track():
            await settled()
            assert waiting.is_busy
        await settled()
        assert waiting.is_busy
        assert not work.done(), "one of two still waits"
    await work
    assert not waiting.is_busy


async def test_who_wants_to_know_is_told_when_somebody_comes() -> None:
    waiting = ForegroundLoad()
    told = asyncio.create_task(waiting.wait_until_busy())
    await settled()
    assert not told.done()
    with waiting.track():
        await told
        await waiting.wait_until_busy()  # at once: somebody is here
    again = asyncio.create_task(waiting.wait_until_busy())
    await settled()
    assert not again.done(), "nobody is here any more"
    again.cancel()


async def test_an_answer_that_fails_or_is_broken_off_is_over() -> None:
    waiting = ForegroundLoad()
    with pytest.raises(ValueError, match="bug"), waiting.track():
        raise ValueError("bug")
    assert not waiting.is_busy

    async def answer() -> None:
        with waiting.track():
            await asyncio.Event().wait()

    answering = asyncio.create_task(answer())
    await settled()
    assert waiting.is_busy
    answering.cancel()
    await asyncio.wait([answering])
    assert not waiting.is_busy
    await waiting.wait_until_idle()


async def test_those_who_come_and_go_in_one_breath_let_work_go_on() -> None:
    waiting = ForegroundLoad()
    with waiting.track():
        works = [asyncio.create_task(waiting.wait_until_idle()) for _ in range(3)]
        await settled()
    await asyncio.gather(*works)


@given(st.lists(st.booleans(), max_size=40))
def test_somebody_waits_exactly_while_more_came_than_went(steps: list[bool]) -> None:
    waiting, inside = ForegroundLoad(), []
    for comes in steps:
        if comes:
            visit = waiting.track()
            visit.__enter__()
            inside.append(visit)
        elif inside:
            inside.pop(0).__exit__(None, None, None)  # not who came last goes first
        assert waiting.is_busy == bool(inside)
        assert waiting._idle.is_set() == (not inside)
        assert waiting._busy.is_set() == bool(inside)
