"""Ctrl-C: a command ends with exit code 130, without a traceback."""

import asyncio
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tau.cli.async_command import run_async
from tests.patience import patient
from tests.transfer.exports import as_json, many

from .conftest import Command, Start


@pytest.mark.slow
def test_an_import_says_that_it_stopped(tau: Command, start: Start, tmp_path: Path) -> None:
    file = tmp_path / "conversations.json"
    file.write_bytes(as_json(many(4_000)))
    importing = start("import", str(file))
    importing.wait_for(r"conversations\.json: \d+ %")
    importing.interrupt(signal.SIGINT)
    assert importing.end() == 130
    assert importing.seen.endswith(
        "Stopped. What was imported so far is saved; run the same command again to continue.\n"
    )
    assert "Traceback" not in importing.seen


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "question"),
    [(("people", "password"), "New password: "), (("people", "remove", "You"), r"\[y/N\]: ")],
    ids=["password", "confirmation"],
)
def test_a_question_can_be_left(
    tau: Command, start: Start, words: tuple[str, ...], question: str
) -> None:
    tau("keys", "list")
    tau("ask", "hello")
    asking = start(*words, terminal=True)
    asking.wait_for(question)
    while asking.process.poll() is None:  # a key typed before the question is read may be lost
        asking.type("\x03")
        with suppress(subprocess.TimeoutExpired):
            asking.process.wait(patient(3))  # a second one would interrupt its end
    assert asking.end() == 130
    assert "Traceback" not in asking.seen
    assert "Aborted" not in asking.seen


def test_a_failure_after_ctrl_c_is_no_failure() -> None:
    @run_async
    async def command() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise ValueError("generator already executing") from None

    with pytest.raises(KeyboardInterrupt):
        command()


def test_a_failure_without_ctrl_c_is_raised() -> None:
    @run_async
    async def command() -> None:
        raise ValueError("no lake")

    with pytest.raises(ValueError, match="no lake"):
        command()
