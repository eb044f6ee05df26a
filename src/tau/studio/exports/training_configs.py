"""Exports for training programs: data and config for Axolotl and LLaMA-Factory.

The config has the hyperparameters of the run, or those that Tau starts from. A batch is written as
the examples that are computed at once (one) times the steps that are added up.
"""

from collections.abc import Sequence
from typing import Any

from tau.studio.exports.export import (
    ChatLine,
    Export,
    ExportData,
    json_lines,
    json_text,
    yaml_text,
)
from tau.studio.exports.hub_names import hub_name, template_name
from tau.studio.tuning.run_spec import (
    AdapterShape,
    PreferenceMethod,
    RunSpec,
    SupervisedMethod,
)

_COMMENT = "Written by Tau from the data and hyperparameters of {name}."
_TAGS = {
    "role_tag": "role",
    "content_tag": "content",
    "user_tag": "user",
    "assistant_tag": "assistant",
    "system_tag": "system",
}


def export_axolotl(data: ExportData) -> Export:
    """Return `config.yml` and the data for `axolotl train config.yml`."""
    base, notes = hub_name(_base(data))
    files = {"train.jsonl": json_lines([_axolotl_line(each) for each in data.train])}
    config = {"base_model": base, **_axolotl_numbers(data)}
    config["datasets"] = [_axolotl_set(data, "train")]
    if data.valid:
        files["valid.jsonl"] = json_lines([_axolotl_line(each) for each in data.valid])
        config["test_datasets"] = [_axolotl_set(data, "valid")]
    files["config.yml"] = yaml_text(config, _COMMENT.format(name=data.name))
    return Export(files, notes)


def export_llama_factory(data: ExportData) -> Export:
    """Return `train.yaml`, `dataset_info.json` and the data for `llamafactory-cli train`."""
    base, notes = hub_name(_base(data))
    files = {"train.jsonl": json_lines([_factory_line(each) for each in data.train])}
    sets = {"tau_train": _factory_set(data, "train")}
    config = {"model_name_or_path": base, **_factory_numbers(data), "dataset": "tau_train"}
    if data.valid:
        files["valid.jsonl"] = json_lines([_factory_line(each) for each in data.valid])
        sets["tau_valid"] = _factory_set(data, "valid")
        config |= {"eval_dataset": "tau_valid", "eval_strategy": "epoch"}
    files["dataset_info.json"] = json_text(sets)
    files["train.yaml"] = yaml_text(config, _COMMENT.format(name=data.name))
    return Export(files, (*notes, *_weight_notes([*data.train, *data.valid])))


def _base(data: ExportData) -> str:
    return data.spec.base.name if data.spec else data.base


def _numbers(data: ExportData) -> tuple[SupervisedMethod | PreferenceMethod, AdapterShape]:
    if data.spec is not None:
        return data.spec.method, data.spec.adapter
    return (PreferenceMethod() if data.is_preferences else SupervisedMethod()), AdapterShape()


def _rest(spec: RunSpec | None) -> tuple[int, int]:
    """Return the window and the seed."""
    return (spec.window, spec.seed) if spec else (2048, 7)


def _axolotl_numbers(data: ExportData) -> dict[str, Any]:
    method, adapter = _numbers(data)
    window, seed = _rest(data.spec)
    preferences: dict[str, Any] = {}
    if isinstance(method, PreferenceMethod):
        preferences = {"rl": "dpo", "rl_beta": method.beta}
    return {
        **preferences,
        "adapter": "lora",
        "lora_r": adapter.rank,
        "lora_alpha": int(adapter.alpha),
        "lora_dropout": 0.0,
        "lora_target_linear": True,
        "sequence_len": window,
        "num_epochs": method.epochs,
        "micro_batch_size": 1,
        "gradient_accumulation_steps": method.batch_size,
        "learning_rate": method.learning_rate,
        "lr_scheduler": method.schedule,
        "warmup_ratio": method.warmup_share,
        "weight_decay": method.weight_decay,
        "max_grad_norm": method.max_gradient_norm,
        "optimizer": "adamw_torch",
        "train_on_inputs": False,
        "seed": seed,
        "bf16": "auto",
        "output_dir": "./output",
    }


def _axolotl_set(data: ExportData, part: str) -> dict[str, Any]:
    common = {"path": f"{part}.jsonl", "ds_type": "json", "split": "train"}
    if data.is_preferences:
        fields = {
            "field_messages": "messages",
            "field_chosen": "chosen",
            "field_rejected": "rejected",
        }
        return common | {"type": "chat_template.default"} | fields
    return common | {
        "type": "chat_template",
        "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
        "roles_to_train": ["assistant"],
        "message_field_training": "train",
    }


def _axolotl_line(line: ChatLine) -> ChatLine:
    if "messages" not in line:
        return _pair(line)
    return {"messages": [_marked(each) for each in line["messages"]]}


def _marked(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message that says whether it's learned from."""
    learned = message["role"] == "assistant" and message.get("weight", 1) != 0
    return {"role": message["role"], "content": message["content"], "train": learned}


def _factory_numbers(data: ExportData) -> dict[str, Any]:
    method, adapter = _numbers(data)
    window, seed = _rest(data.spec)
    stage: dict[str, Any] = {"stage": "sft"}
    if isinstance(method, PreferenceMethod):
        stage = {"stage": "dpo", "pref_beta": method.beta, "pref_loss": "sigmoid"}
    return {
        **stage,
        "do_train": True,
        "finetuning_type": "lora",
        "lora_rank": adapter.rank,
        "lora_alpha": int(adapter.alpha),
        "lora_target": "all",
        "template": template_name(_base(data)),
        "dataset_dir": ".",
        "cutoff_len": window,
        "num_train_epochs": method.epochs,
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": method.batch_size,
        "learning_rate": method.learning_rate,
        "lr_scheduler_type": method.schedule,
        "warmup_ratio": method.warmup_share,
        "weight_decay": method.weight_decay,
        "max_grad_norm": method.max_gradient_norm,
        "seed": seed,
        "output_dir": "./output",
    }


def _factory_set(data: ExportData, part: str) -> dict[str, Any]:
    columns = {"messages": "messages"}
    ranking: dict[str, Any] = {}
    if data.is_preferences:
        columns |= {"chosen": "chosen", "rejected": "rejected"}
        ranking = {"ranking": True}
    common = {"file_name": f"{part}.jsonl", "formatting": "sharegpt"}
    return common | ranking | {"columns": columns, "tags": _TAGS}


def _factory_line(line: ChatLine) -> ChatLine:
    if "messages" not in line:
        return _pair(line)
    return {"messages": [{"role": m["role"], "content": m["content"]} for m in line["messages"]]}


def _pair(line: ChatLine) -> ChatLine:
    return {
        "messages": line["input"]["messages"],
        "chosen": line["preferred_output"][0],
        "rejected": line["non_preferred_output"][0],
    }


def _weight_notes(lines: Sequence[ChatLine]) -> tuple[str, ...]:
    weighted = sum(
        any(each.get("weight", 1) == 0 for each in line.get("messages", ())) for line in lines
    )
    if not weighted:
        return ()
    return (f"LLaMA-Factory has no weight 0: it learns all answers of {weighted} examples.",)
