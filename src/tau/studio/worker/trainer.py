"""One step of training, and the measurement on the validation examples."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import nn

from tau.studio.tuning.run_spec import RunSpec
from tau.studio.worker.base_model import BaseModel
from tau.studio.worker.chat_examples import TrainingExample
from tau.studio.worker.divergence import note_loss
from tau.studio.worker.lora import LowRankAdapter
from tau.studio.worker.objective import Objective
from tau.studio.worker.processes import Processes
from tau.studio.worker.run_progress import RunProgress
from tau.studio.worker.schedule import Schedule
from tau.studio.worker.stop_signal import StopSignal
from tau.studio.worker.token_tree import PackedTokens, pack_micro_batches


class StepFigures(NamedTuple):
    """What a step, or a measurement, found: means, and the tokens that were computed."""

    loss: float
    accuracy: float
    tokens: int
    gradient_norm: float = 0.0


class Trainer:
    """Trains the adapter of a base, step by step."""

    def __init__(
        self,
        spec: RunSpec,
        base: BaseModel,
        adapter: LowRankAdapter,
        examples: Sequence[TrainingExample],
        processes: Processes,
        stop: StopSignal,
    ) -> None:
        self._spec = spec
        self._examples = examples
        self._processes = processes
        self._stop = stop
        self._objective = Objective(base, adapter, spec.method)
        self.parameters: dict[str, nn.Parameter] = adapter.parameters()
        self.optimizer = torch.optim.AdamW(
            list(self.parameters.values()), weight_decay=spec.method.weight_decay, fused=True
        )
        self.schedule = Schedule(spec.method, len(examples), spec.seed)

    def step(self, step: int, progress: RunProgress) -> StepFigures:
        """Do a step, counted from 1. Raises `RunStopped`; nothing has changed then."""
        batch = [self._examples[one] for one in self.schedule.batch(step)]
        total = sum(self._objective.count(each) for each in batch)
        self.optimizer.zero_grad()
        loss, correct, tokens = self._learn(batch, total)
        held = list(self.parameters.values())
        self._processes.add_gradients(held)
        norm = float(nn.utils.clip_grad_norm_(held, self._spec.method.max_gradient_norm))
        note_loss(progress, loss, norm)
        for group in self.optimizer.param_groups:
            group["lr"] = self.schedule.learning_rate(step)
        self.optimizer.step()
        progress.step = step
        progress.trained_tokens += sum(each.trained_count for each in batch)
        return StepFigures(loss, correct, tokens, norm)

    def _learn(self, batch: Sequence[TrainingExample], total: int) -> tuple[float, float, int]:
        sums = [0.0, 0.0, 0.0]
        for weight, packed in self._micro_batches(batch):
            if self._processes.is_alone:
                self._stop.check()
            found = self._objective.loss(packed)
            (found.loss * (weight / total)).backward()
            figures = (float(found.loss.detach()), float(found.correct), float(len(packed.tokens)))
            sums = [held + weight * each for held, each in zip(sums, figures, strict=True)]
        loss, correct, tokens = self._processes.sums(sums)
        return loss / total, correct / total, int(tokens)

    def _micro_batches(self, batch: Sequence[TrainingExample]) -> list[tuple[float, PackedTokens]]:
        """Return this process's micro-batches with weight 1, and with weight 0 what fills up.

        Where the model is split, all processes have to compute equally often.
        """
        ordered = sorted((each.sequences for each in batch), key=lambda one: one[0].tokens)
        own = self._processes.share(ordered)
        packed = pack_micro_batches(own or ordered[:1], self._spec.method.micro_tokens)
        weighed = [(1.0 if own else 0.0, each) for each in packed]
        most = int(self._processes.largest(len(weighed)))
        return weighed + [(0.0, packed[0])] * (most - len(weighed))

    def measure(self, examples: Sequence[TrainingExample]) -> StepFigures:
        """Return the mean loss and accuracy on examples."""
        total = sum(self._objective.count(each) for each in examples)
        sums = [0.0, 0.0, 0.0]
        with torch.no_grad():
            for weight, packed in self._micro_batches(examples):
                if self._processes.is_alone:
                    self._stop.check()
                found = self._objective.loss(packed)
                figures = (float(found.loss), float(found.correct), float(len(packed.tokens)))
                sums = [held + weight * each for held, each in zip(sums, figures, strict=True)]
        loss, correct, tokens = self._processes.sums(sums)
        return StepFigures(loss / total, correct / total, int(tokens))
