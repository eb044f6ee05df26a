"""`python -m tau.studio.worker.plain_loop FOLDER --base FILE`: the same run by a plain loop.

What most scripts do: whole batches, padded to the longest example, with the loss that transformers
computes over all logits. It learns from the same examples in the same order with the same adapter,
writes no file, and prints one JSON object. `tau bench studio training` compares with it.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from tau.studio.tuning.run_folder import RunFolder
from tau.studio.worker.chat_examples import TrainingExample
from tau.studio.worker.lora import add_adapter
from tau.studio.worker.preparation import prepare_run
from tau.studio.worker.processes import Processes, ProcessRanks
from tau.studio.worker.schedule import Schedule
from tau.studio.worker.stop_signal import peak_memory

_IGNORED = -100  # what transformers leaves out of the loss


def main() -> None:
    """Do all steps and print their losses, and the time and tokens of those after the first."""
    parser = argparse.ArgumentParser(prog="tau.studio.worker.plain_loop", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--base", type=Path, required=True)
    arguments = parser.parse_args()
    folder = RunFolder(arguments.folder.absolute())
    run = prepare_run(folder, arguments.base.absolute(), Processes(ProcessRanks(0, 0, 1)), None)
    adapter = add_adapter(run.base.model, run.base.blocks, run.spec.adapter, run.spec.seed)
    held = list(adapter.parameters().values())
    optimizer = torch.optim.AdamW(held, weight_decay=run.spec.method.weight_decay)
    schedule = Schedule(run.spec.method, len(run.train), run.spec.seed)
    losses: list[float] = []
    tokens, began = 0, time.process_time()
    for step in range(1, schedule.steps + 1):
        batch = [run.train[one] for one in schedule.batch(step)]
        loss = run.base.model(**padded(batch), use_cache=False).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(held, run.spec.method.max_gradient_norm)
        for group in optimizer.param_groups:
            group["lr"] = schedule.learning_rate(step)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(float(loss.detach()))
        if step == 1:  # what is computed for the first time takes longer
            began = time.process_time()
        else:
            tokens += sum(each.token_count for each in batch)
    figures = {
        "losses": losses,
        "tokens": tokens,
        "cpu_seconds": time.process_time() - began,
        "peak_memory_bytes": peak_memory(),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def padded(batch: Sequence[TrainingExample]) -> dict[str, Any]:
    """Return a batch as transformers takes it: token ids, mask and labels (examples x longest)."""
    longest = max(each.token_count for each in batch)
    shape = (len(batch), longest)
    ids, mask = torch.zeros(shape, dtype=torch.long), torch.zeros(shape, dtype=torch.long)
    labels: Tensor = torch.full(shape, _IGNORED)
    for row, example in enumerate(batch):
        (sequence,) = example.sequences
        length = len(sequence.tokens)
        ids[row, :length] = torch.tensor(sequence.tokens)
        mask[row, :length] = 1
        trained = torch.tensor(sequence.trained)
        labels[row, :length] = torch.where(trained, ids[row, :length], _IGNORED)
    return {"input_ids": ids, "attention_mask": mask, "labels": labels}


if __name__ == "__main__":
    main()
