"""Packed and reordered, the program computes what a plain loop of transformers computes."""

import json
from pathlib import Path

import pytest

from tests.studio.worker.tiny_base import LINES, in_training_environment, write_tiny_base

_COMPARE = """
import json, sys
from pathlib import Path
import torch
from tau.studio.tuning.run_spec import AdapterShape, SupervisedMethod
from tau.studio.worker.base_file import BaseFile
from tau.studio.worker.base_model import load_base
from tau.studio.worker.chat_examples import read_examples
from tau.studio.worker.chat_template import ChatTemplate
from tau.studio.worker.lora import add_adapter
from tau.studio.worker.objective import Objective
from tau.studio.worker.token_tree import pack_micro_batches
torch.set_num_threads(1)
file = BaseFile(Path(sys.argv[1]))
template = ChatTemplate(file.path, file.metadata)
raw = "\\n".join(json.dumps(one) for one in json.loads(sys.argv[2])).encode()
examples = read_examples(raw, template, is_paired=False, window=512, param="training_file")
base = load_base(file, torch.float32, torch.device("cpu"))
adapter = add_adapter(base.model, base.blocks, AdapterShape(rank=4), 3)
parameters = adapter.parameters()
random = torch.Generator().manual_seed(1)
for each in parameters.values():
    each.data.normal_(0, 0.05, generator=random)

def gradients():
    found = torch.cat([each.grad.flatten() for each in parameters.values()])
    for each in parameters.values():
        each.grad = None
    return found

total = sum(each.trained_count for each in examples)
objective, ours = Objective(base, adapter, SupervisedMethod()), 0.0
batches = pack_micro_batches([each.sequences for each in examples], 150)
for packed in batches:
    loss = objective.loss(packed).loss / total
    loss.backward()
    ours += loss.item()
our_gradients = gradients()

plain = 0.0
for each in examples:
    sequence = each.sequences[0]
    tokens = torch.tensor(sequence.tokens)[None]
    labels = torch.where(torch.tensor(sequence.trained)[None], tokens, -100)
    loss = base.model(input_ids=tokens, labels=labels).loss * each.trained_count / total
    loss.backward()
    plain += loss.item()
difference = (gradients() - our_gradients).norm() / our_gradients.norm()

from transformers import AutoModelForCausalLM
from transformers.modeling_gguf_pytorch_utils import load_gguf_checkpoint
reference = AutoModelForCausalLM.from_config(file.config(), dtype=torch.float32).eval()
held = load_gguf_checkpoint(file.path, return_tensors=True, model_to_load=reference)["tensors"]
reference.load_state_dict(held, strict=False)
tokens = torch.tensor(examples[0].sequences[0].tokens)[None]
with torch.no_grad(), adapter.off():
    apart = (reference(tokens).logits - base.model(tokens).logits).abs().max()
trained = [token for token, is_trained in zip(*examples[0].sequences[0]) if is_trained]
print(json.dumps({
    "ours": ours, "plain": plain, "gradients": float(difference), "batches": len(batches),
    "apart": float(apart), "request": template.text(list(examples[0].request)),
    "trained": template._tokenizer.decode(trained),
    "whole": template._tokenizer.decode(examples[0].sequences[0].tokens),
}))
"""


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "qwen3"])
def test_loss_and_gradients_are_those_of_a_plain_loop(
    real_base: Path, tmp_path: Path, architecture: str
) -> None:
    path = write_tiny_base(tmp_path / "base.gguf", real_base, architecture)
    lines = [LINES[0], *LINES[:7]]  # one of them twice
    lines[1] = {"messages": [*LINES[1]["messages"], *LINES[2]["messages"][1:]]}
    found = in_training_environment(_COMPARE, str(path), json.dumps(lines))
    assert found["ours"] == pytest.approx(found["plain"], rel=1e-5)
    assert found["gradients"] < 1e-4
    assert found["batches"] > 1
    assert found["apart"] < 1e-4
    assert found["trained"] == "red<|im_end|>"
    assert found["whole"].endswith("assistant\nred<|im_end|>\n")
