"""Export of an adapter in PEFT's format: `adapter_config.json` and `adapter_model.safetensors`."""

from typing import NamedTuple

from tau.errors import BadInput
from tau.studio.exports.adapter_content import AdapterContent, AdapterPair, Matrix, unpermuted
from tau.studio.exports.export import Export, json_text
from tau.studio.exports.hub_names import hub_name
from tau.studio.exports.safetensors_file import safetensors_bytes

_LAYERS = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_PERMUTED_IN = "llama"


class BaseHeads(NamedTuple):
    """How many attention heads a base has, and how many of keys and values."""

    queries: int
    keys: int


def export_peft(adapter: AdapterContent, heads: BaseHeads, base: str) -> Export:
    """Return an adapter as PEFT reads it. Raises `BadInput` for what it has no name for."""
    name, notes = hub_name(base)
    tensors: dict[str, Matrix] = {}
    modules: set[str] = set()
    for target, pair in adapter.pairs.items():
        block, layer = _place(target)
        modules.add(_LAYERS[layer].rsplit(".", 1)[-1])
        path = f"base_model.model.model.layers.{block}.{_LAYERS[layer]}"
        tensors[f"{path}.lora_A.weight"] = pair.a
        tensors[f"{path}.lora_B.weight"] = _rows(adapter, pair, layer, heads)
    config = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": name,
        "r": adapter.rank,
        "lora_alpha": adapter.alpha,
        "lora_dropout": 0.0,
        "target_modules": sorted(modules),
        "bias": "none",
        "fan_in_fan_out": False,
        "use_rslora": False,
        "use_dora": False,
        "inference_mode": True,
    }
    files = {
        "adapter_config.json": json_text(config),
        "adapter_model.safetensors": safetensors_bytes(tensors, {"format": "pt"}),
    }
    return Export(files, notes)


def _rows(adapter: AdapterContent, pair: AdapterPair, layer: str, heads: BaseHeads) -> Matrix:
    if adapter.architecture != _PERMUTED_IN or layer not in {"attn_q", "attn_k"}:
        return pair.b
    return unpermuted(pair.b, heads.queries if layer == "attn_q" else heads.keys)


def _place(target: str) -> tuple[int, str]:
    """Return the block and the layer of a tensor such as `blk.0.attn_q.weight`."""
    match target.split("."):
        case ["blk", block, layer, "weight"] if block.isdecimal() and layer in _LAYERS:
            return int(block), layer
    raise BadInput("The adapter changes a part of the model that PEFT has no name for.")
