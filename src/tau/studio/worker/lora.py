"""Low-rank adapters (LoRA, https://arxiv.org/abs/2106.09685) on the linear layers of the blocks.

A layer `y = W x` becomes `y = W x + alpha / rank * B (A x)`. `W` is frozen, in the precision of the
base; `A` and `B` are kept in float32 and computed in the precision of the base. `A` begins as in
PEFT (uniform, Kaiming with a = sqrt(5)), `B` with zeros, so the adapter changes nothing at first.
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from tau.studio.tuning.run_spec import AdapterShape


class LoraLinear(nn.Module):
    """A frozen linear layer and its adapter."""

    def __init__(self, base: nn.Linear, down: Tensor, up: Tensor, scale: float) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(down)
        """A, of shape (rank, inputs)."""
        self.up = nn.Parameter(up)
        """B, of shape (outputs, rank)."""
        self.scale = scale
        self.is_on = True

    def forward(self, inputs: Tensor) -> Tensor:
        """Return what the layer makes of `inputs`, with the adapter where it's on."""
        outputs = self.base(inputs)
        if not self.is_on:
            return outputs
        low = functional.linear(inputs, self.down.to(inputs.dtype))
        return outputs.add_(functional.linear(low, self.up.to(inputs.dtype)), alpha=self.scale)


class LowRankAdapter:
    """All adapter layers of a model, by the names of the layers that they're on."""

    def __init__(self, layers: dict[str, LoraLinear], shape: AdapterShape) -> None:
        self.layers = layers
        self.shape = shape

    def parameters(self) -> dict[str, nn.Parameter]:
        """Return what is trained, by name, always in the same order."""
        return {
            f"{name}.{part}": parameter
            for name, layer in self.layers.items()
            for part, parameter in (("down", layer.down), ("up", layer.up))
        }

    @contextmanager
    def off(self) -> Iterator[None]:
        """Within it, the model answers as the base."""
        self._switch(is_on=False)
        try:
            yield
        finally:
            self._switch(is_on=True)

    def _switch(self, *, is_on: bool) -> None:
        for layer in self.layers.values():
            layer.is_on = is_on


def add_adapter(
    model: nn.Module, blocks: nn.ModuleList, shape: AdapterShape, seed: int
) -> LowRankAdapter:
    """Freeze `model` and put an adapter on each linear layer of its `blocks`."""
    model.requires_grad_(requires_grad=False)
    model.eval()
    generator = torch.Generator().manual_seed(seed)
    inside = {id(module) for module in blocks.modules()}
    named = [
        (name, module)
        for name, module in model.named_modules()
        if isinstance(module, nn.Linear) and id(module) in inside
    ]
    layers = {}
    for name, linear in named:
        layers[name] = _adapted(linear, shape, generator)
        parent, _, child = name.rpartition(".")
        setattr(model.get_submodule(parent), child, layers[name])
    return LowRankAdapter(layers, shape)


def _adapted(linear: nn.Linear, shape: AdapterShape, generator: torch.Generator) -> LoraLinear:
    bound = 1 / math.sqrt(linear.in_features)
    down = torch.empty(shape.rank, linear.in_features).uniform_(-bound, bound, generator=generator)
    up = torch.zeros(linear.out_features, shape.rank)
    device = linear.weight.device
    return LoraLinear(linear, down.to(device), up.to(device), shape.alpha / shape.rank)
