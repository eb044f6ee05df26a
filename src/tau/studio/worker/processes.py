"""The processes that train together under `torchrun`; most often it's one.

Each computes a share of every batch, and the gradients of the adapter are added up. With `fsdp`
the frozen blocks of the base are also split among them, so that a model needs only a share of the
memory of each; the adapter is small and whole everywhere.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.fsdp import fully_shard

Item = TypeVar("Item")


class ProcessRanks(NamedTuple):
    """Which of how many processes this is, as `torchrun` says."""

    rank: int = 0
    local_rank: int = 0
    world: int = 1


class Processes:
    """What the processes do together; with one of them, nothing is sent."""

    def __init__(self, ranks: ProcessRanks) -> None:
        self.rank, self.world = ranks.rank, ranks.world
        has_gpu = torch.cuda.is_available()
        self.device = torch.device("cuda", ranks.local_rank) if has_gpu else torch.device("cpu")
        if has_gpu:
            torch.cuda.set_device(self.device)
        if self.world > 1:
            dist.init_process_group("nccl" if has_gpu else "gloo")

    @property
    def is_first(self) -> bool:
        """Whether this one writes and reports."""
        return self.rank == 0

    @property
    def is_alone(self) -> bool:
        """Whether there's no other."""
        return self.world == 1

    def share(self, items: Sequence[Item]) -> Sequence[Item]:
        """Return this process's part of what all of them compute."""
        return items[self.rank :: self.world]

    def add_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Give every process the sum of all gradients; a part without one counts as zero."""
        if self.is_alone:
            return
        held = list(parameters)
        for each in held:
            if each.grad is None:
                each.grad = torch.zeros_like(each)
        flat = torch.cat([each.grad.flatten() for each in held if each.grad is not None])
        dist.all_reduce(flat)
        begin = 0
        for each in held:
            each.grad = flat[begin : begin + each.numel()].view_as(each)
            begin += each.numel()

    def sums(self, values: Sequence[float]) -> list[float]:
        """Return the sums of each value over all processes."""
        return self._reduced(values, dist.ReduceOp.SUM)

    def largest(self, value: float) -> float:
        """Return the largest of the values of all processes."""
        return self._reduced([value], dist.ReduceOp.MAX)[0]

    def _reduced(self, values: Sequence[float], how: dist.ReduceOp.RedOpType) -> list[float]:
        if self.is_alone:
            return list(values)
        held: Tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(held, op=how)
        return [float(each) for each in held.tolist()]

    def split(self, model: nn.Module) -> None:
        """Split the blocks of a model among the processes (FSDP2)."""
        mesh = dist.device_mesh.init_device_mesh(self.device.type, (self.world,))
        blocks = model.get_submodule("model.layers")
        for block in blocks.children():
            fully_shard(block, mesh=mesh)

    def wait(self) -> None:
        """Wait until all processes have come here."""
        if not self.is_alone:
            dist.barrier()

    def leave(self) -> None:
        """End the connection to the others."""
        if not self.is_alone:
            dist.destroy_process_group()
