"""Grader benchmark: the time of 1,000 grades of each type, and attacks on the sandbox.

Graders that ask a model or embedder aren't measured: they take the model's time.
"""

import time
import tomllib
from importlib.resources import files
from typing import Any

from tau.bench import machine
from tau.bench.progress import Progress
from tau.bench.sample_text import TextGenerator
from tau.errors import BadInput
from tau.studio.graders.grade import GradingFailed, Sample
from tau.studio.graders.grader import Grader
from tau.studio.graders.grading import GradingContext, grade_all
from tau.studio.graders.overlap import MEASURES
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.graders.validation import validate_grader

_PROGRAM = "def grade(sample, item):\n    return float(sample['output_text'] == item['answer'])"
_SIMILARITY = {
    "type": "text_similarity",
    "input": "{{sample.output_text}}",
    "reference": "{{item.answer}}",
}


class _NoModels:
    """Models for graders that ask none."""

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        raise NotImplementedError

    async def embed(self, *_: Any) -> Any:
        raise NotImplementedError


async def measure(count: int, progress: Progress) -> dict[str, Any]:
    """Return the seconds of `count` grades by type, and how many attacks were contained.

    Raises `BadInput` where the sandbox isn't installed.
    """
    async with PythonSandbox() as sandbox:
        try:
            await sandbox.run(_PROGRAM, {"output_text": ""}, {"answer": ""})
        except GradingFailed as error:
            raise BadInput(str(error)) from None
        progress(f"{count:,} grades of each type ...")
        context = GradingContext(_NoModels(), "", sandbox)
        seconds = {name: await _seconds(each, count, context) for name, each in _graders().items()}
        attacks = sandbox_attacks()
        progress(f"{len(attacks)} attacks on the sandbox ...")
        return {
            "grades": count,
            "seconds": seconds,
            "attacks": await _attack(sandbox, attacks),
            "machine": machine.describe(),
        }


def sandbox_attacks() -> dict[str, str]:
    """Return programs that try to hang, fill or leave the sandbox, by what they try."""
    raw = files("tau.bench.data").joinpath("sandbox_attacks.toml").read_text("utf-8")
    return {each["name"]: each["source"] for each in tomllib.loads(raw)["attacks"]}


def _graders() -> dict[str, Grader]:
    measures = ["fuzzy_match", *MEASURES]
    described = {
        "python": {"type": "python", "source": _PROGRAM},
        "exact": {"type": "exact"},
        **{name: {**_SIMILARITY, "evaluation_metric": name} for name in measures},
    }
    return {name: validate_grader(each) for name, each in described.items()}


async def _seconds(grader: Grader, count: int, context: GradingContext) -> float:
    writer = TextGenerator(seed=4)
    answers = [({"answer": writer.message()}, Sample(writer.message())) for _ in range(count)]
    began = time.perf_counter()
    grades = await grade_all(grader, answers, context)
    taken = time.perf_counter() - began
    if any(grade.error for grade in grades):
        raise BadInput(next(grade.error for grade in grades if grade.error))
    return round(taken, 4)


async def _attack(sandbox: PythonSandbox, attacks: dict[str, str]) -> dict[str, Any]:
    """Run each attack, and after it a program that must still be graded."""
    contained, slowest = 0, 0.0
    for source in attacks.values():
        began = time.perf_counter()
        try:
            await sandbox.run(source, {"output_text": "x"}, {"answer": "x"})
        except GradingFailed as error:
            contained += error.kind == "python_runtime"
        slowest = max(slowest, time.perf_counter() - began)
        if await sandbox.run(_PROGRAM, {"output_text": "x"}, {"answer": "x"}) != 1:
            raise BadInput("The sandbox grades wrongly after an attack.")
    return {"run": len(attacks), "contained": contained, "slowest_seconds": round(slowest, 2)}
