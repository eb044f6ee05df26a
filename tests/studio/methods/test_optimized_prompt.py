"""The method whose instructions a capable model rewrites: `gepa` itself, with scripted models."""

import asyncio
import json
from typing import Any

import msgspec
import pytest

from tau.app import App
from tau.errors import ModelError
from tau.studio.examples.example import Example
from tau.studio.methods.choice import choose_methods
from tau.studio.methods.optimized_prompt import OptimizedPromptMethod

from .scripted_models import INFO, ScriptedModels, example, grade_exactly, routing

pytestmark = pytest.mark.anyio

WRITER = msgspec.structs.replace(INFO, name="writer", size="capable")
SECRET = "Name the queue of which the message has a word."
TRAIN = routing()


class Rewritten(ScriptedModels):
    """Answers right once its instructions say how, which only the writer finds."""

    def __init__(self, train: list[Example]) -> None:
        super().__init__()
        self.answers = {each.input: each.answer for each in train}
        self.asked: set[str] = set()
        self.written = 0

    async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        if name == WRITER.name:
            self.written += 1
            self.respond = lambda _: f"```\n{SECRET}\n```"
        else:
            said = body["messages"][-1]["content"]
            self.asked.add(said)
            knows = SECRET in body["messages"][0]["content"]
            self.respond = lambda _: self.answers[said] if knows else "no idea"
        return await super().complete(name, body)


def method_of(models: ScriptedModels, **given: Any) -> OptimizedPromptMethod:
    method = OptimizedPromptMethod(models, INFO, WRITER, **given)
    method.judge_by(grade_exactly)
    return method


async def test_instructions_that_do_better_are_kept_and_asked_with() -> None:
    models = Rewritten(TRAIN)
    method = method_of(models)
    assert await method.prepare(TRAIN) is None
    assert method.instructions == SECRET
    test = msgspec.structs.replace(TRAIN[0], id="test")
    assert (await method.answer(test)).text == TRAIN[0].answer
    system = models.bodies[-1]["messages"][0]
    assert system["role"] == "system"
    assert SECRET in system["content"]
    assert "Route it." not in system["content"]


async def test_what_is_shown_to_the_writer_is_of_the_training_examples_with_the_right_answer() -> (
    None
):
    models = Rewritten(TRAIN)
    await method_of(models).prepare(TRAIN)
    shown = json.dumps([each for each in models.bodies if "max_tokens" not in each])
    assert "no idea" in shown
    assert any(f"The right answer is: {queue}" in shown for queue in ("card", "rate", "close"))
    assert models.asked <= {each.input for each in TRAIN}


async def test_rewriting_that_does_no_better_leaves_the_instructions() -> None:
    models = ScriptedModels(lambda _: "no idea")
    method = method_of(models, calls=30)
    assert await method.prepare(TRAIN) is None
    assert method.instructions == "Route it."


async def test_it_asks_no_more_often_than_it_may() -> None:
    models = Rewritten(TRAIN)
    await method_of(models, calls=30).prepare(TRAIN)
    answers = sum("max_tokens" in each for each in models.bodies)
    assert answers <= 30 + len(TRAIN)  # what was begun is finished


async def test_too_few_examples_are_a_reason() -> None:
    reason = await method_of(ScriptedModels()).prepare([example("a", "b")])
    assert reason is not None
    assert "20 training examples" in reason


async def test_a_writer_that_fails_is_an_error_with_its_sentence() -> None:
    class Failing(Rewritten):
        async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
            if name == WRITER.name:
                raise ModelError("The writer is away.")
            return await super().complete(name, body)

    with pytest.raises(ModelError, match="away"):
        await method_of(Failing(TRAIN)).prepare(TRAIN)


async def test_a_comparison_that_is_stopped_asks_no_more() -> None:
    began, goes_on = asyncio.Event(), asyncio.Event()

    class Waiting(Rewritten):
        async def complete(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
            began.set()
            await goes_on.wait()
            return await super().complete(name, body)

    models, others = Waiting(TRAIN), asyncio.all_tasks()
    preparing = asyncio.create_task(method_of(models).prepare(TRAIN))
    await began.wait()
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing
    left = asyncio.all_tasks() - others
    goes_on.set()
    await asyncio.gather(*left, return_exceptions=True)
    assert models.written == 0


async def test_it_is_tried_only_where_it_is_asked_for(app: App) -> None:
    assert "optimized" not in {each.kind for each in choose_methods(app.models)}
    asked = choose_methods(app.models, optimized=True)
    assert [each.kind for each in asked].index("optimized") == 4
