"""Who is being answered: counted rightly whatever happens, so that work behind goes on at last."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tau.learning.priority import Waiting

pytestmark = pytest.mark.anyio


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_at_first_nobody_waits() -> None:
    waiting = Waiting()
    assert not waiting.anybody
    await waiting.nobody_waits()


async def test_work_stands_back_until_the_last_has_an_answer() -> None:
    waiting = Waiting()
    with waiting.somebody():
        work = asyncio.create_task(waiting.nobody_waits())
        with waiting.somebody():
            await settled()
            assert waiting.anybody
        await settled()
        assert waiting.anybody
        assert not work.done(), "one of two still waits"
    await work
    assert not waiting.anybody


async def test_who_wants_to_know_is_told_when_somebody_comes() -> None:
    waiting = Waiting()
    told = asyncio.create_task(waiting.somebody_waits())
    await settled()
    assert not told.done()
    with waiting.somebody():
        await told
        await waiting.somebody_waits()  # at once: somebody is here
    again = asyncio.create_task(waiting.somebody_waits())
    await settled()
    assert not again.done(), "nobody is here any more"
    again.cancel()


async def test_an_answer_that_fails_or_is_broken_off_is_over() -> None:
    waiting = Waiting()
    with pytest.raises(ValueError, match="bug"), waiting.somebody():
        raise ValueError("bug")
    assert not waiting.anybody

    async def answer() -> None:
        with waiting.somebody():
            await asyncio.Event().wait()

    answering = asyncio.create_task(answer())
    await settled()
    assert waiting.anybody
    answering.cancel()
    await asyncio.wait([answering])
    assert not waiting.anybody
    await waiting.nobody_waits()


async def test_those_who_come_and_go_in_one_breath_let_work_go_on() -> None:
    waiting = Waiting()
    with waiting.somebody():
        works = [asyncio.create_task(waiting.nobody_waits()) for _ in range(3)]
        await settled()
    await asyncio.gather(*works)


@given(st.lists(st.booleans(), max_size=40))
def test_somebody_waits_exactly_while_more_came_than_went(steps: list[bool]) -> None:
    waiting, inside = Waiting(), []
    for comes in steps:
        if comes:
            visit = waiting.somebody()
            visit.__enter__()
            inside.append(visit)
        elif inside:
            inside.pop(0).__exit__(None, None, None)  # not who came last goes first
        assert waiting.anybody == bool(inside)
        assert waiting._nobody.is_set() == (not inside)
        assert waiting._somebody.is_set() == bool(inside)
