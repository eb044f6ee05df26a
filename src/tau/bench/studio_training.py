"""Training benchmark: the training program beside a plain loop of transformers, on one thread.

Both train the same adapter on the same bookings in the same order, one after the other, in the
environment that `tau studio setup` made. The first step of each isn't counted.
"""

import asyncio
import hashlib
import json
import tempfile
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Any

import msgspec

from tau import settings
from tau.bench import machine
from tau.bench.progress import Progress
from tau.errors import BadInput
from tau.models import catalog
from tau.models.packs import Packs
from tau.studio.bookings.example_file import example_file
from tau.studio.tuning.run_events import RunEvent, RunStarted, StepDone
from tau.studio.tuning.run_folder import DOCUMENT, EVENTS, TRAIN, RunFolder
from tau.studio.tuning.run_spec import (
    Precision,
    RunBase,
    RunCheckpoints,
    RunData,
    RunSpec,
    RunValidation,
    SupervisedMethod,
    encode_run,
)
from tau.studio.tuning.studio_runs import installed_program
from tau.studio.tuning.worker_process import TrainingProgram, program_environment

_BATCH = 8
_POLL_SECONDS = 0.1
_events: msgspec.json.Decoder[RunEvent] = msgspec.json.Decoder(RunEvent)


async def measure(steps: int, precision: Precision, progress: Progress) -> dict[str, Any]:
    """Return tokens per CPU second, peak memory and losses of both, and the ratios.

    Raises `BadInput` without the environment or the base.
    """
    chosen = settings.load()
    program = installed_program(chosen)
    pack = catalog.packs()[catalog.CHAT_MODEL]
    base = Packs(chosen.models_path).path(pack)
    if not base.is_file():
        raise BadInput(f"{pack.name} isn't downloaded: `tau models pull {pack.name}`.")
    return {
        **await compare_loops(program, base, steps, precision, progress),
        "machine": machine.describe(),
    }


async def compare_loops(
    program: TrainingProgram, base: Path, steps: int, precision: Precision, progress: Progress
) -> dict[str, Any]:
    """Return the figures of both, for a base in a GGUF file. Raises `BadInput` if one fails."""
    with tempfile.TemporaryDirectory(prefix="tau-bench-") as name:
        folder = RunFolder(Path(name))
        _write_run(folder, base, steps, precision)
        progress(f"Training {steps} steps with a plain loop ...")
        plain = await _plain(program, folder, base)
        progress(f"Training {steps} steps with Tau's program ...")
        ours = await _ours(program, folder, base)
    tokens = plain["tokens"]  # of the examples, so that both are paid for the same
    return {
        "tokens_per_cpu_second": {
            "plain": round(tokens / plain["cpu_seconds"]),
            "tau": round(tokens / ours["cpu_seconds"]),
        },
        "peak_memory_mb": {
            "plain": round(plain["peak_memory_bytes"] / 1e6),
            "tau": round(ours["peak_memory_bytes"] / 1e6),
        },
        "speed_ratio": round(plain["cpu_seconds"] / ours["cpu_seconds"], 2),
        "memory_ratio": round(ours["peak_memory_bytes"] / plain["peak_memory_bytes"], 2),
        "largest_difference_of_losses": round(
            max(abs(a - b) for a, b in zip(plain["losses"], ours["losses"], strict=True)), 4
        ),
        "last_loss": {
            "plain": round(plain["losses"][-1], 4),
            "tau": round(ours["losses"][-1], 4),
        },
        "precision": ours["precision"],
        "steps": steps,
    }


def _write_run(folder: RunFolder, base: Path, steps: int, precision: Precision) -> None:
    """Write the folder of a run of `steps` steps on bookings."""
    lines = example_file(max(100, steps * _BATCH + 3)).splitlines(keepends=True)
    train = b"".join(lines[: steps * _BATCH])
    spec = RunSpec(
        base=RunBase(name=catalog.CHAT_MODEL, sha256=_sha256(base.read_bytes())),
        data=RunData(train=_sha256(train)),
        method=SupervisedMethod(epochs=1, batch_size=_BATCH),
        precision=precision,
        threads=1,
        checkpoint=RunCheckpoints(every_steps=steps, keep=1),
        validation=RunValidation(answers=0),
    )
    folder.write_plain(DOCUMENT, encode_run(spec))
    folder.write_plain(TRAIN, train)


async def _plain(program: TrainingProgram, folder: RunFolder, base: Path) -> dict[str, Any]:
    (*options, module) = program.arguments
    process = await _start(program, [*options, f"{module}.plain_loop"], folder, base)
    printed, _ = await process.communicate()
    if process.returncode:
        raise BadInput("The plain loop failed; `tau studio doctor` says what may be missing.")
    return dict(json.loads(printed.splitlines()[-1]))


async def _ours(program: TrainingProgram, folder: RunFolder, base: Path) -> dict[str, Any]:
    """Run the program to its last step; what comes after that (parity) is another matter."""
    arguments = [*program.arguments, "--unsealed"]
    process = await _start(program, arguments, folder, base)
    ended = asyncio.create_task(process.communicate())
    peak = 0.0
    try:
        while not ended.done() and not _has_last_step(_read_events(folder)):
            peak = max(peak, machine.peak_rss_mb(process.pid) or 0.0)
            await asyncio.wait([ended], timeout=_POLL_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
        await ended
    events = _read_events(folder)
    done = [each for each in events if isinstance(each, StepDone)]
    started = next((each for each in events if isinstance(each, RunStarted)), None)
    if started is None or len(done) != started.steps:
        raise BadInput("The training program failed; `tau studio doctor` says what may be missing.")
    return {
        "losses": [each.loss for each in done],
        "cpu_seconds": sum(each.cpu_seconds for each in done[1:]),
        "peak_memory_bytes": peak * 1e6,
        "precision": started.precision,
    }


def _has_last_step(events: list[RunEvent]) -> bool:
    last = next((each.steps for each in events if isinstance(each, RunStarted)), 0)
    return any(isinstance(each, StepDone) and each.step == last for each in events)


def _read_events(folder: RunFolder) -> list[RunEvent]:
    try:
        lines = (folder.path / EVENTS).read_bytes().splitlines(keepends=True)
    except FileNotFoundError:
        return []
    return [_events.decode(line) for line in lines if line.endswith(b"\n")]


async def _start(
    program: TrainingProgram, arguments: list[str], folder: RunFolder, base: Path
) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        str(program.python),
        *arguments,
        str(folder.path),
        "--base",
        str(base),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        env=program_environment(program),
    )


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
