"""The method that needs no examples: a model with the task's own instructions."""

from collections.abc import Sequence

from tau.models.types import ModelInfo
from tau.studio.examples.example import Example
from tau.studio.methods.chat import TaskModel, conversation
from tau.studio.methods.kept_prompt import KeptPrompt
from tau.studio.methods.method import Answer
from tau.studio.model_caller import ModelCaller
from tau.studio.results import MethodKind


class PromptMethod:
    """Asks a model with the instructions of the example. Implements `Method`.

    The same with a more capable model is the method `strong`.
    """

    def __init__(
        self,
        models: ModelCaller,
        info: ModelInfo,
        *,
        name: str = "prompt",
        kind: MethodKind = "prompt",
    ) -> None:
        self.name = name
        self.kind: MethodKind = kind
        self.model = info.name
        self._models = models
        self._task = TaskModel(models, info, ())

    @property
    def concurrency(self) -> int:
        """More than one for an endpoint."""
        return self._task.concurrency

    async def prepare(self, train: Sequence[Example]) -> str | None:
        """See what the answers look like."""
        self._task = TaskModel(self._models, self._task.info, train)
        return self._task.not_ready

    def kept(self, train: Sequence[Example]) -> KeptPrompt:
        """Return the prompt, so that it can be served. `prepare` comes first.

        The instructions are those that the training examples have, if they all have the same.
        """
        instructions = {each.instructions for each in train}
        return self._task.kept(instructions.pop() if len(instructions) == 1 else "")

    async def answer(self, example: Example) -> Answer:
        """Ask the model. Raises `ModelError`."""
        return await self._task.ask([*self._task.instructions(example), *conversation(example)])
