"""What a run writes: checkpoints, adapters, answers, and the reference of the parity check."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence

import torch

from tau.studio.tuning.run_events import CheckpointSaved
from tau.studio.tuning.run_folder import PARITY, RunFolder
from tau.studio.tuning.run_spec import RunSpec, run_sha256
from tau.studio.worker.adapter_file import Matrix, permuted_rows, write_adapter
from tau.studio.worker.base_model import BaseModel
from tau.studio.worker.chat_examples import TrainingExample
from tau.studio.worker.chat_template import ChatTemplate
from tau.studio.worker.greedy import GreedyAnswer, greedy_answers
from tau.studio.worker.lora import LowRankAdapter
from tau.studio.worker.reporter import Reporter
from tau.studio.worker.run_progress import RunProgress
from tau.studio.worker.run_state import encode_state, prune_states, state_name
from tau.studio.worker.trainer import Trainer

_PARITY_PROMPTS = 20
_EXACT_MARGIN = 800_000_000  # bytes of everything else
Check = Callable[[], None]


def answers_name(step: int) -> str:
    """Return the name of the file with a checkpoint's answers."""
    return f"answers/step-{step}.jsonl"


class RunOutputs:
    """Writes the files of a run's folder; of several processes, only one does (`is_silent`)."""

    def __init__(
        self,
        folder: RunFolder,
        spec: RunSpec,
        base: BaseModel,
        adapter: LowRankAdapter,
        template: ChatTemplate,
        reporter: Reporter,
    ) -> None:
        self._folder = folder
        self._spec = spec
        self._base = base
        self._adapter = adapter
        self._template = template
        self._reporter = reporter

    def save(self, trainer: Trainer, progress: RunProgress, answers: str = "") -> None:
        """Write a checkpoint of the step that is done, its adapter first, and report it."""
        if self._reporter.is_silent:
            return
        name, sha256 = self.write_adapter(progress.step)
        state = encode_state(trainer.parameters, trainer.optimizer, progress)
        self._folder.write(state_name(progress.step), state)
        prune_states(self._folder, self._spec.checkpoint.keep)
        self.report(progress.step, name, sha256, answers)

    def report(self, step: int, adapter: str, sha256: str, answers: str) -> None:
        """Report a checkpoint that is on the disk."""
        self._reporter.report(
            CheckpointSaved,
            step=step,
            state=state_name(step),
            adapter=adapter,
            adapter_sha256=sha256,
            answers=answers,
        )

    def write_adapter(self, step: int) -> tuple[str, str]:
        """Write the adapter as it is now; return the file's name and its SHA-256."""
        name = f"adapters/step-{step}.gguf"
        content = self._adapter_file()
        if not self._reporter.is_silent:  # another process writes the same
            self._folder.write(name, content)
        return name, hashlib.sha256(content).hexdigest()

    def _adapter_file(self) -> bytes:
        tensors: dict[str, Matrix] = {}
        for ours, layer in sorted(self._adapter.layers.items(), key=lambda one: self._name(one[0])):
            name = self._name(ours)
            tensors[f"{name}.lora_a"] = layer.down.detach().cpu().numpy()
            tensors[f"{name}.lora_b"] = self._rows(name, layer.up.detach().cpu().numpy())
        metadata = {
            "tau.base.sha256": self._spec.base.sha256,
            "tau.run.sha256": run_sha256(self._spec),
            "tau.data.sha256": self._spec.data.train,
        }
        return write_adapter(
            tensors, self._base.file.architecture, self._adapter.shape.alpha, metadata
        )

    def _name(self, layer: str) -> str:
        return self._base.file_names[f"{layer}.weight"]

    def _rows(self, name: str, up: Matrix) -> Matrix:
        config = self._base.model.config
        if self._base.file.architecture == "llama" and ".attn_q." in name:
            return permuted_rows(up, config.num_attention_heads)
        if self._base.file.architecture == "llama" and ".attn_k." in name:
            return permuted_rows(up, config.num_key_value_heads)
        return up

    def answer(self, step: int, examples: Sequence[TrainingExample], check: Check) -> str:
        """Write answers to validation examples; return the file's name, if there are any."""
        asked = examples[: self._spec.validation.answers]
        if not asked:
            return ""
        lines = [
            json.dumps({"index": at, "answer": self._template.text(answer.tokens)})
            for at, answer in enumerate(self._greedy(asked, check, self._most_tokens))
        ]
        name = answers_name(step)
        self._write(name, "\n".join(lines) + "\n")
        return name

    def _write(self, name: str, text: str) -> None:
        if not self._reporter.is_silent:
            self._folder.write(name, text.encode())

    @property
    def _most_tokens(self) -> int:
        return self._spec.validation.max_tokens

    def _greedy(
        self, examples: Sequence[TrainingExample], check: Check, most_tokens: int
    ) -> list[GreedyAnswer]:
        requests = [each.request for each in examples]
        return greedy_answers(self._base, requests, self._template.turn_ends, most_tokens, check)

    def rehearse(self, examples: Sequence[TrainingExample], tokens: int, check: Check) -> float:
        """Return the seconds that a token of answers takes, when a few are made at once."""
        requests = [each.request for each in examples]
        started = time.monotonic()
        greedy_answers(self._base, requests, frozenset(), tokens, check)
        return (time.monotonic() - started) / tokens

    def exact_bytes(self) -> int:
        """Return what the base takes more in float32, in which it's compared; 0 if it isn't."""
        limit, count = self._spec.limits.memory_bytes, self._base.parameter_count()
        fits = not limit or 4 * count + _EXACT_MARGIN < limit
        more = count * (4 - self._base.head.element_size())
        return more if fits and self._spec.parallel.shard == "none" else 0

    def _be_exact(self) -> None:
        """Load the base again in float32, as exact as its file, where that fits the memory."""
        if self.exact_bytes():
            self._base.load(torch.float32, self._base.head.device)

    def write_parity(self, examples: Sequence[TrainingExample], check: Check) -> str:
        """Write what the tuned model answers, and the base, for the check of what is served.

        An untrained base often goes on and on. Where it does, it's cut off behind the longest tuned
        answer, which shows that they differ.
        """
        asked = examples[:_PARITY_PROMPTS]
        self._be_exact()
        tuned = self._greedy(asked, check, self._most_tokens)
        with self._adapter.off():
            base = self._greedy(asked, check, max(len(each.tokens) for each in tuned))
        prompts = [
            {
                "tokens": example.request,
                "answer": answer.tokens,
                "logprobs": [round(each, 6) for each in answer.logprobs],
                "base_answer": untuned.tokens,
            }
            for example, answer, untuned in zip(asked, tuned, base, strict=True)
        ]
        self._write(PARITY, json.dumps({"prompts": prompts}))
        return PARITY
