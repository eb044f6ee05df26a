"""Checkpoints: everything that a run needs to go on, in one file of safetensors.

It holds the adapter, both moments of the optimizer, and what is counted; no pickle. Of the order of
the data and the learning rate nothing has to be kept, since both are functions of the step.
"""

import json
from typing import Any

import msgspec
import torch
from safetensors.torch import load, save
from torch import Tensor

from tau.studio.tuning.run_folder import DamagedRunFile, RunFolder
from tau.studio.worker.run_progress import RunProgress

_FOLDER = "checkpoints"
_META = "tau"
_MOMENTS = ("exp_avg", "exp_avg_sq")


def state_name(step: int) -> str:
    """Return the name of a checkpoint's file."""
    return f"{_FOLDER}/step-{step}"


def encode_state(
    parameters: dict[str, Any], optimizer: torch.optim.Optimizer, progress: RunProgress
) -> bytes:
    """Return the bytes of a checkpoint."""
    tensors: dict[str, Tensor] = {}
    for name, parameter in parameters.items():
        tensors[name] = parameter.detach().cpu()
        for moment in _MOMENTS:
            held = optimizer.state[parameter].get(moment, torch.zeros_like(parameter))
            tensors[f"{name}.{moment}"] = held.cpu()
    return bytes(save(tensors, metadata={_META: msgspec.json.encode(progress).decode()}))


def decode_progress(raw: bytes) -> RunProgress:
    """Return what a checkpoint has counted. Raises `ValueError` if it isn't one."""
    length = int.from_bytes(raw[:8], "little")
    try:
        meta = json.loads(raw[8 : 8 + length])["__metadata__"][_META]
        return msgspec.json.decode(meta, type=RunProgress)
    except (KeyError, TypeError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise ValueError("not a checkpoint") from error


def restore_state(
    raw: bytes, parameters: dict[str, Any], optimizer: torch.optim.Optimizer, step: int
) -> None:
    """Set the adapter and the optimizer to what a checkpoint holds."""
    tensors = load(raw)
    with torch.no_grad():
        for name, parameter in parameters.items():
            parameter.copy_(tensors[name])
            optimizer.state[parameter] = {
                # A fused optimizer counts on the device of what it trains.
                "step": torch.tensor(float(step), device=parameter.device),
                **{one: tensors[f"{name}.{one}"].to(parameter.device) for one in _MOMENTS},
            }


def latest_state(folder: RunFolder, run_sha256: str) -> bytes | None:
    """Return the newest checkpoint of this run that can be read."""
    for step in sorted(_steps(folder), reverse=True):
        try:
            raw = folder.read(state_name(step))
            if decode_progress(raw).run_sha256 == run_sha256:
                return raw
        except (DamagedRunFile, ValueError, OSError):
            continue
    return None


def prune_states(folder: RunFolder, keep: int) -> None:
    """Delete all checkpoints but the newest `keep`, and what a killed process left half-written."""
    for step in sorted(_steps(folder))[: -max(1, keep)]:
        (folder.path / state_name(step)).unlink(missing_ok=True)
    remove_partial_files(folder)


def remove_partial_files(folder: RunFolder) -> None:
    """Delete files that were being written when a process was killed or the disk was full."""
    for partial in folder.path.rglob(".*.partial"):
        partial.unlink(missing_ok=True)


def _steps(folder: RunFolder) -> list[int]:
    names = [each.name.removeprefix("step-") for each in (folder.path / _FOLDER).glob("step-*")]
    return [int(name) for name in names if name.isdecimal()]
