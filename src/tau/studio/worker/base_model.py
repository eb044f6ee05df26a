"""The base of a run, loaded from the GGUF file that also serves it.

The configuration and the tokenizer are read by transformers. The weights are read one at a time:
dequantized, put into the layout of transformers and into the run's precision, so that no second
copy of the model is ever in memory. Nothing is fetched, and no code of a model is run.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, distribute_tensor
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.modeling_gguf_pytorch_utils import (
    TENSOR_PROCESSORS,
    TensorProcessor,
    get_gguf_hf_weights_map,
)

from tau.studio.tuning.run_spec import Precision
from tau.studio.worker.failures import RunRefused
from tau.studio.worker.lora import LoraLinear

SUPPORTED = ("llama", "qwen2", "qwen3")
"""Architectures whose adapters were checked against llama.cpp. Mistral's files say `llama`."""
_ROPE_FACTORS = "rope_freqs.weight"
Share = Callable[[nn.Module], None]


class BaseModel:
    """A causal language model of transformers, and how the GGUF file names its tensors."""

    def __init__(self, path: Path, reader: GGUFReader, model: nn.Module) -> None:
        self.path = path
        self.architecture = text_field(reader, "general.architecture")
        self.model: Any = model
        config = model.config.to_dict()
        self.processor = TENSOR_PROCESSORS.get(self.architecture, TensorProcessor)(config=config)
        self.names: dict[str, str] = get_gguf_hf_weights_map(model, self.processor)
        """Names of tensors in the file, to names of parameters."""
        self.file_names = {ours: theirs for theirs, ours in self.names.items()}

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

    @property
    def context(self) -> int:
        """Tokens that the model was made for."""
        return int(self.model.config.max_position_embeddings)

    def parameter_count(self) -> int:
        """Return the number of weights."""
        return sum(each.numel() for each in self.model.parameters())

    def load(self, reader: GGUFReader, precision: torch.dtype, device: torch.device) -> None:
        """Fill the weights, one tensor of the file at a time; also again, in another precision."""
        for tensor in reader.tensors:
            if tensor.name in self.names:
                value = self._converted(tensor).to(device=device, dtype=precision)
                _fill(self.model, self.names[tensor.name], value)
        self.model.tie_weights()
        missing = [name for name, each in self.model.named_parameters() if each.is_meta]
        if missing:
            raise RunRefused("base_unsupported", f"The base's file has no tensor for {missing[0]}.")

    def rescale_rope(self, reader: GGUFReader) -> None:
        """Divide the frequencies as llama.cpp does; transformers passes these factors over."""
        rotary = self.model.model.rotary_emb
        for tensor in reader.tensors:
            if tensor.name == _ROPE_FACTORS:
                factors = torch.from_numpy(dequantize(tensor.data, tensor.tensor_type))
                rotary.inv_freq = rotary.inv_freq / factors.to(rotary.inv_freq)

    def _converted(self, tensor: Any) -> Tensor:
        weights = dequantize(tensor.data, tensor.tensor_type)
        result = self.processor.process(
            weights=weights,
            name=tensor.name,
            tensor_key_mapping=self.names,
            parsed_parameters={"tensors": {}},
        )
        return torch.from_numpy(np.array(result.weights, dtype=np.float32))


def load_base(
    path: Path, precision: torch.dtype, device: torch.device, share: Share | None = None
) -> BaseModel:
    """Return the model in `path`. Raises `RunRefused` if it can't be trained here.

    `share` may split the model among processes while its weights aren't there yet.
    """
    reader = GGUFReader(path)
    _check(reader)
    config = AutoConfig.from_pretrained(path.parent, gguf_file=path.name)
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(
            config, dtype=precision, attn_implementation="sdpa"
        )
    model.model.rotary_emb = type(model.model.rotary_emb)(config=config).to(device)
    base = BaseModel(path, reader, model)
    if share is not None:
        share(model)
    base.load(reader, precision, device)
    base.rescale_rope(reader)
    return base


def _check(reader: GGUFReader) -> None:
    architecture = text_field(reader, "general.architecture")
    if architecture not in SUPPORTED:
        message = f"Only models of {', '.join(SUPPORTED)} can be tuned, and this is {architecture}."
        raise RunRefused("base_unsupported", message, param="model")
    scaling = text_field(reader, f"{architecture}.rope.scaling.type")
    if scaling not in ("", "none") or any(".exp" in each.name for each in reader.tensors):
        raise RunRefused(
            "base_unsupported",
            "Models with experts or with stretched positions can't be tuned.",
            param="model",
        )


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


def text_field(reader: GGUFReader, name: str) -> str:
    """Return a text in the metadata of a GGUF file, or an empty one."""
    field = reader.fields.get(name)
    found = field.contents() if field is not None else ""
    return found if isinstance(found, str) else ""


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
