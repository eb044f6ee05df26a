"""Asynchronous click commands that Ctrl-C ends cleanly."""

import asyncio
import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
logger = logging.getLogger(__name__)


def run_async(command: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Let click call a coroutine function."""

    @functools.wraps(command)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        return asyncio.run(_run_interruptibly(command(*args, **kwargs)))

    return call


async def _run_interruptibly(work: Coroutine[Any, Any, T]) -> T:
    """Await `work`. Raises `KeyboardInterrupt` for whatever fails once Ctrl-C has cancelled it."""
    task = asyncio.current_task()
    try:
        return await work
    except Exception:  # a boundary: what an interrupted command trips over isn't its result
        if task is None or not task.cancelling():
            raise
        logger.info("the interrupted command failed", exc_info=True)
        raise KeyboardInterrupt from None
