"""Exports of examples and tests, read back as the other programs read them."""

import asyncio
import io
import json
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tau.studio.examples.example import Example, ExampleMessage
from tau.studio.exports.export import Export, ExportData, chat_line
from tau.studio.exports.inspect_task import export_inspect
from tau.studio.exports.openai_files import export_openai
from tau.studio.exports.promptfoo import export_promptfoo
from tau.studio.exports.training_configs import export_axolotl, export_llama_factory
from tau.studio.graders.grader import (
    ExactGrader,
    Grader,
    JsonKeysGrader,
    JsonMatchGrader,
    MultiGrader,
    PythonGrader,
    StringCheckGrader,
    TextSimilarityGrader,
)
from tau.studio.tuning.run_spec import (
    AdapterShape,
    PreferenceMethod,
    RunBase,
    RunData,
    RunSpec,
    SupervisedMethod,
)
from tau.studio.tuning.training_lines import read_training_lines

BASE = "smollm2-135m-instruct"
PROGRAM = "def grade(sample, item):\n    return float(sample['output_text'] == item['answer'])\n"
CONTAINS = StringCheckGrader(
    input="{{sample.output_text}}", reference="{{item.answer}}", operation="ilike"
)


def example(number: int, answer: str = "") -> Example:
    messages = (
        ExampleMessage("system", "Answer {{now}}."),
        ExampleMessage("user", f"Question {number} {{% raw"),
        ExampleMessage("assistant", "Wait", weight=0),
        ExampleMessage("user", "Well?"),
        ExampleMessage("assistant", answer or f'{{"value": "{{{{ x {number}"}}'),
    )
    return Example(id=f"e{number}", messages=messages, fields={"price": "1"})


EXAMPLES = [example(number) for number in range(12)]
TEST = [example(number) for number in range(20, 24)]
PAIR = {
    "input": {"messages": [{"role": "user", "content": "Hi"}]},
    "preferred_output": [{"role": "assistant", "content": "Hello"}],
    "non_preferred_output": [{"role": "assistant", "content": "What?"}],
}


def data(grader: Grader | None = None, **changed: Any) -> ExportData:
    lines = [chat_line(each) for each in EXAMPLES]
    made = ExportData("Desk", lines[:10], lines[10:], TEST, grader or ExactGrader(), base=BASE)
    return made._replace(**changed)


def rows(export: Export, name: str) -> list[Any]:
    return [json.loads(line) for line in export.files[name].splitlines()]


def flat_yaml(export: Export, name: str) -> dict[str, Any]:
    lines = export.files[name].decode().splitlines()
    pairs = (line.split(": ", 1) for line in lines if not line.startswith("#"))
    return {key: json.loads(value) for key, value in pairs}


def spec(method: SupervisedMethod | PreferenceMethod) -> RunSpec:
    return RunSpec(
        base=RunBase(name=BASE, sha256="b"),
        data=RunData(train="t"),
        method=method,
        adapter=AdapterShape(rank=4, alpha=8),
        window=512,
        seed=3,
    )


def test_openais_files_can_be_trained_on_again() -> None:
    export = export_openai(data())
    lines = read_training_lines(io.BytesIO(export.files["train.jsonl"]), "supervised")
    assert [json.loads(each.content) for each in lines] == [chat_line(e) for e in EXAMPLES[:10]]
    assert len(rows(export, "valid.jsonl")) == 2
    assert [each["item"]["answer"] for each in rows(export, "eval_items.jsonl")] == [
        each.answer for each in TEST
    ]
    assert json.loads(export.files["grader.json"])["type"] == "string_check"


def test_parts_stay_apart() -> None:
    export = export_openai(data())
    said = {name: set(content.splitlines()) for name, content in export.files.items()}
    assert not said["train.jsonl"] & (said["valid.jsonl"] | said["test.jsonl"])


def test_axolotl_gets_the_runs_numbers_and_what_is_learned() -> None:
    method = SupervisedMethod(epochs=2, batch_size=4, learning_rate=1e-4)
    export = export_axolotl(data(spec=spec(method)))
    config = flat_yaml(export, "config.yml")
    assert config["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert (config["num_epochs"], config["gradient_accumulation_steps"]) == (2, 4)
    assert (config["lora_r"], config["lora_alpha"], config["sequence_len"]) == (4, 8, 512)
    assert config["learning_rate"] == 1e-4
    assert [each["path"] for each in config["datasets"] + config["test_datasets"]] == [
        "train.jsonl",
        "valid.jsonl",
    ]
    first = rows(export, "train.jsonl")[0]["messages"]
    assert [each["train"] for each in first] == [False, False, False, False, True]
    assert all(each["path"] in export.files for each in config["datasets"])


def test_llama_factory_finds_its_data_and_says_what_it_cannot_take_over() -> None:
    export = export_llama_factory(data(spec=spec(SupervisedMethod(epochs=2))))
    config, sets = flat_yaml(export, "train.yaml"), json.loads(export.files["dataset_info.json"])
    assert config["stage"] == "sft"
    assert config["template"] == "smollm2"
    for name in (config["dataset"], config["eval_dataset"]):
        assert sets[name]["file_name"] in export.files
    assert rows(export, "train.jsonl")[0]["messages"][0] == {
        "role": "system",
        "content": "Answer {{now}}.",
    }
    assert any("weight 0" in note for note in export.notes)


@pytest.mark.parametrize("write", [export_axolotl, export_llama_factory])
def test_pairs_of_answers_are_exported_for_dpo(write: Any) -> None:
    pairs = data(train=[PAIR] * 10, valid=(), test=(), spec=spec(PreferenceMethod(beta=0.3)))
    export = write(pairs)
    config = flat_yaml(export, "config.yml" if "config.yml" in export.files else "train.yaml")
    assert config.get("rl") or config.get("stage") == "dpo"
    assert 0.3 in config.values()
    assert rows(export, "train.jsonl")[0] == {
        "messages": [{"role": "user", "content": "Hi"}],
        "chosen": {"role": "assistant", "content": "Hello"},
        "rejected": {"role": "assistant", "content": "What?"},
    }


def test_a_base_that_is_unknown_elsewhere_is_named() -> None:
    export = export_axolotl(data(base="mine"))
    assert any("mine" in note for note in export.notes)


@pytest.mark.parametrize(
    ("grader", "kind"),
    [
        (ExactGrader(), "equals"),
        (JsonMatchGrader(), "equals"),
        (CONTAINS, "icontains"),
        (PythonGrader(source=PROGRAM), "python"),
        (
            TextSimilarityGrader(
                input="{{sample.output_text}}",
                reference="{{item.answer}}",
                evaluation_metric="bleu",
            ),
            "bleu",
        ),
    ],
)
def test_promptfoo_gets_the_test_with_assertions(grader: Grader, kind: str) -> None:
    export = export_promptfoo(data(grader))
    config = json.loads(export.files["promptfooconfig.json"])
    assert export.notes == ()
    assert [each["vars"]["messages"] for each in config["tests"]] == [e.chat() for e in TEST]
    assert [each["assert"][0]["type"] for each in config["tests"]] == [kind] * len(TEST)


def test_promptfoo_does_not_expand_templates_in_what_examples_say() -> None:
    config = json.loads(export_promptfoo(data()).files["promptfooconfig.json"])
    value = config["tests"][0]["assert"][0]["value"]
    assert value.startswith('{{ "')
    assert value.endswith('" }}')
    assert json.loads(value.removeprefix("{{ ").removesuffix(" }}")) == TEST[0].answer


UNKNOWN_ELSEWHERE: list[Grader] = [
    JsonKeysGrader(),
    MultiGrader(graders={"a": ExactGrader()}, calculate_output="a"),
    ExactGrader(input="{{sample.output_json.value}}"),
    ExactGrader(reference="{{sample.output_text}}"),
]


@pytest.mark.parametrize("grader", UNKNOWN_ELSEWHERE)
@pytest.mark.parametrize("write", [export_promptfoo, export_inspect])
def test_a_grader_that_cannot_be_expressed_is_named(write: Any, grader: Grader) -> None:
    [note] = write(data(grader)).notes
    assert f"`{grader.__struct_config__.tag}`" in note


class _Dataset(SimpleNamespace):
    pass


@pytest.fixture
def inspect_stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """The names that a task imports from Inspect, as far as a scorer needs them."""

    def passes(*_: Any, **__: Any) -> Any:
        return lambda function: function

    names: dict[str, dict[str, Any]] = {
        "inspect_ai": {"Task": SimpleNamespace, "task": lambda function: function},
        "inspect_ai.dataset": {"json_dataset": _Dataset},
        "inspect_ai.scorer": {
            "Score": SimpleNamespace,
            "Target": object,
            "accuracy": object,
            "scorer": passes,
            "stderr": object,
        },
        "inspect_ai.solver": {"TaskState": object, "generate": object},
    }
    for name, held in names.items():
        module = ModuleType(name)
        vars(module).update(held)
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.parametrize(
    "grader", [ExactGrader(), JsonMatchGrader(), CONTAINS, PythonGrader(source=PROGRAM)]
)
def test_inspects_task_scores_as_the_grader_does(grader: Grader, inspect_stand_in: None) -> None:
    export = export_inspect(data(grader))
    names: dict[str, Any] = {}
    exec(export.files["task.py"].decode(), names)
    score = names["tau_scorer"]()
    for sample in rows(export, "test.jsonl"):
        for said, right in ((sample["target"], True), ("no", False)):
            state = SimpleNamespace(
                output=SimpleNamespace(completion=said), metadata=sample["metadata"]
            )
            got = asyncio.run(score(state, SimpleNamespace(text=sample["target"])))
            assert got.value is right
    assert [each["input"] for each in rows(export, "test.jsonl")] == [each.chat() for each in TEST]
