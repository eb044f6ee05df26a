"""The base of a run, loaded from the GGUF file that also serves it.

The weights are read one at a time: dequantized, put into the layout of transformers and into the
run's precision, so that no second copy of the model is ever in memory. Nothing is fetched, and no
code of a model is run.
"""

from collections.abc import Callable
from typing import Any

import torch
from gguf import MODEL_ARCH_NAMES, get_tensor_name_map
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor
from transformers import AutoModelForCausalLM
from transformers.modeling_gguf_pytorch_utils import (
    TENSOR_PROCESSORS,
    TensorProcessor,
)

from tau.studio.tuning.run_spec import Precision
from tau.studio.worker.base_file import BaseFile, Weights
from tau.studio.worker.failures import RunRefused
from tau.studio.worker.lora import LoraLinear

_ROPE_FACTORS = "rope_freqs.weight"
Split = Callable[[nn.Module], None]


class BaseModel:
    """A causal language model of transformers, and how the GGUF file names its tensors."""

    def __init__(self, file: BaseFile, model: nn.Module) -> None:
        self.file = file
        self.model: Any = model
        config = model.config.to_dict()
        self._processor = TENSOR_PROCESSORS.get(file.architecture, TensorProcessor)(config=config)
        self.file_names = _file_names(model, file.architecture)
        """Names of parameters, to names of tensors in the file."""
        self._names = {theirs: ours for ours, theirs in self.file_names.items()}

    @property
    def blocks(self) -> nn.ModuleList:
        """The transformer's blocks, in order."""
        blocks: nn.ModuleList = self.model.model.layers
        return blocks

    @property
    def head(self) -> Tensor:
        """The weight of the output layer (vocabulary x width)."""
        weight: Tensor = self.model.lm_head.weight
        return weight

    def parameter_count(self) -> int:
        """Return the number of the base's weights."""
        held = self.model.named_parameters()
        return sum(each.numel() for name, each in held if not name.endswith((".down", ".up")))

    def load(self, precision: torch.dtype, device: torch.device) -> None:
        """Fill the weights, one tensor of the file at a time; also again, in another precision."""
        for name, weights in self.file.weights():
            if name in self._names:
                value = self._converted(name, weights).to(device=device, dtype=precision)
                _fill(self.model, self._names[name], value)
        self.model.tie_weights()
        missing = [name for name, each in self.model.named_parameters() if each.is_meta]
        if missing:
            raise RunRefused("base_unsupported", f"The base's file has no tensor for {missing[0]}.")

    def _converted(self, name: str, weights: Weights) -> Tensor:
        result = self._processor.process(
            weights=weights,
            name=name,
            tensor_key_mapping=self._names,
            parsed_parameters={"tensors": {}},
        )
        return torch.tensor(result.weights)

    def rescale_rope(self) -> None:
        """Divide the frequencies as llama.cpp does; transformers passes these factors over."""
        if self.file.has(_ROPE_FACTORS):
            rotary = self.model.model.rotary_emb
            factors = torch.tensor(self.file.weight(_ROPE_FACTORS)).to(rotary.inv_freq)
            rotary.inv_freq = rotary.inv_freq / factors


def load_base(
    file: BaseFile, precision: torch.dtype, device: torch.device, split: Split | None = None
) -> BaseModel:
    """Return the model in a file. Raises `RunRefused` if it can't be trained here.

    `split` may divide the model among processes before its weights are there.
    """
    config = file.config()
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(
            config, dtype=precision, attn_implementation="sdpa"
        )
    model.model.rotary_emb = type(model.model.rotary_emb)(config=config).to(device)
    base = BaseModel(file, model)
    if split is not None:
        split(model)
    base.load(precision, device)
    base.rescale_rope()
    return base


def _file_names(model: Any, architecture: str) -> dict[str, str]:
    kinds = {name: kind for kind, name in MODEL_ARCH_NAMES.items()}
    known = get_tensor_name_map(kinds[architecture], model.config.num_hidden_layers)
    named = ((name, *name.rpartition(".")[::2]) for name in model.state_dict())
    found = {name: (known.get_name(module), suffix) for name, module, suffix in named}
    return {name: f"{theirs}.{suffix}" for name, (theirs, suffix) in found.items() if theirs}


def _fill(model: nn.Module, name: str, value: Tensor) -> None:
    module_name, _, attribute = name.rpartition(".")
    module = model.get_submodule(module_name)
    if isinstance(module, LoraLinear):
        module = module.base
    old = getattr(module, attribute)
    if old.shape != value.shape:
        raise RunRefused("base_unsupported", f"The base's tensor {name} has an unexpected shape.")
    if isinstance(old, DTensor):
        value = distribute_tensor(value, old.device_mesh, old.placements)
    setattr(module, attribute, nn.Parameter(value, requires_grad=False))


def chosen_precision(wanted: Precision, device: torch.device) -> torch.dtype:
    """Return the precision to compute in: bfloat16 only where the hardware multiplies in it."""
    if wanted != "auto":
        return torch.bfloat16 if wanted == "bfloat16" else torch.float32
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    return torch.bfloat16 if _processor_multiplies_bfloat16() else torch.float32


def _processor_multiplies_bfloat16() -> bool:
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(each) for each in ("amx_bf16", "avx512_bf16", "bf16"))
