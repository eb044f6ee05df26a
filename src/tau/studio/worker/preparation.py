"""Everything that a run needs before its first step, checked."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec
import torch

from tau.studio.tuning.run_events import RunStarted
from tau.studio.tuning.run_folder import DOCUMENT, TRAIN, VALID, DamagedRunFile, RunFolder
from tau.studio.tuning.run_spec import (
    PreferenceMethod,
    RunSpec,
    SupervisedMethod,
    decode_run,
)
from tau.studio.worker.base_file import BaseFile
from tau.studio.worker.base_model import BaseModel, chosen_precision, load_base
from tau.studio.worker.chat_examples import TrainingExample, read_examples
from tau.studio.worker.chat_template import ChatTemplate
from tau.studio.worker.failures import RunRefused
from tau.studio.worker.processes import Processes

_BLOCK = 1 << 20
_PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class PreparedRun(NamedTuple):
    """A run's document, its examples as tokens, and its base in memory."""

    spec: RunSpec
    template: ChatTemplate
    train: Sequence[TrainingExample]
    valid: Sequence[TrainingExample]
    base: BaseModel
    threads: int
    precision: torch.dtype


def prepare_run(
    folder: RunFolder, base_path: Path, processes: Processes, first: RunStarted | None
) -> PreparedRun:
    """Read and check everything. Raises `RunRefused`.

    `first` is how the run was started for the first time: threads and precision stay as they were.
    """
    spec = read_document(folder)
    threads = first.threads if first else spec.threads or _free_cores()
    torch.set_num_threads(threads)
    _compute_alike(processes.device)
    precision = (
        _PRECISIONS[first.precision]
        if first
        else chosen_precision(spec.precision, processes.device)
    )
    _check_base(base_path, spec)
    file = BaseFile(base_path)
    template = ChatTemplate(base_path, file.metadata)
    window = min(spec.window, file.context)
    train = _examples(folder, TRAIN, template, spec, window)
    valid = _examples(folder, VALID, template, spec, window) if spec.data.valid else []
    split = processes.split if spec.parallel.shard == "fsdp" and not processes.is_alone else None
    base = load_base(file, precision, processes.device, split)
    return PreparedRun(spec, template, train, valid, base, threads, precision)


def _compute_alike(device: torch.device) -> None:
    """Make a resumed run end as one that wasn't interrupted.

    On a GPU, attention is repeatable only if what isn't is refused rather than warned of.
    """
    torch.use_deterministic_algorithms(mode=True, warn_only=device.type != "cuda")
    torch.utils.deterministic.fill_uninitialized_memory = False  # all of it is written


def read_document(folder: RunFolder) -> RunSpec:
    """Return the document. Raises `RunRefused` if it isn't one or its numbers make no sense."""
    try:
        spec = decode_run((folder.path / DOCUMENT).read_bytes())
    except (OSError, msgspec.DecodeError):
        raise RunRefused("invalid_document", "run.json can't be read.") from None
    method = spec.method
    sensible = {
        "n_epochs": 1 <= method.epochs <= 1000,
        "batch_size": 1 <= method.batch_size <= 100_000,
        "micro_tokens": method.micro_tokens >= 1,
        "learning_rate": 0 < method.learning_rate <= 1,
        "warmup_share": 0 <= method.warmup_share <= 1,
        "weight_decay": 0 <= method.weight_decay <= 1,
        "max_gradient_norm": method.max_gradient_norm > 0,
        "rank": 1 <= spec.adapter.rank <= 4096 and spec.adapter.alpha > 0,
        "window": spec.window >= 2,
        "every_steps": spec.checkpoint.every_steps >= 1,
        "beta": not isinstance(method, PreferenceMethod) or 0 < method.beta <= 100,
    }
    for name, is_sensible in sensible.items():
        if not is_sensible:
            message = f"The document's {name} has a value that can't be used."
            raise RunRefused("invalid_document", message, param=name)
    return spec


def _check_base(path: Path, spec: RunSpec) -> None:
    try:
        found = _file_sha256(path)
    except OSError:
        raise RunRefused("base_changed", "The base's file isn't there.", param="model") from None
    if found != spec.base.sha256:
        message = "The base's file isn't the one that the run was planned with."
        raise RunRefused("base_changed", message, param="model")


def _file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _examples(
    folder: RunFolder, name: str, template: ChatTemplate, spec: RunSpec, window: int
) -> list[TrainingExample]:
    wanted, param = {
        TRAIN: (spec.data.train, "training_file"),
        VALID: (spec.data.valid, "validation_file"),
    }[name]
    try:
        raw = folder.read(name)
    except (DamagedRunFile, OSError):
        raise RunRefused("data_changed", f"{name} can't be opened.", param=param) from None
    if hashlib.sha256(raw).hexdigest() != wanted:
        message = f"{name} isn't the file that the run was planned with."
        raise RunRefused("data_changed", message, param=param)
    is_paired = not isinstance(spec.method, SupervisedMethod)
    return read_examples(raw, template, is_paired=is_paired, window=window, param=param)


def _free_cores() -> int:
    """Return the cores that others leave: waiting for a busy one slows all threads down."""
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    return max(1, cores - round(os.getloadavg()[0]))
