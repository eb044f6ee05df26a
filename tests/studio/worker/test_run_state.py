"""A checkpoint goes back to where the optimizer of its run keeps its state."""

from tests.studio.worker.tiny_base import in_training_environment

# `meta` stands for a device beside the processor, which a test doesn't have.
SCRIPT = """
import json
import torch
from tau.studio.worker.run_progress import RunProgress
from tau.studio.worker.run_state import encode_state, restore_state

def made(device):
    parameter = torch.nn.Parameter(torch.zeros(2, device=device))
    return {"a": parameter}, torch.optim.AdamW([parameter])

raw = encode_state(*made("cpu"), RunProgress(run_sha256="0", step=3))
parameters, optimizer = made("meta")
restore_state(raw, parameters, optimizer, 3)
print(json.dumps({name: held.device.type for name, held in
                  optimizer.state[parameters["a"]].items()}))
"""


def test_all_of_it_is_on_the_device_of_what_is_trained() -> None:
    devices = in_training_environment(SCRIPT)
    assert devices == dict.fromkeys(["step", "exp_avg", "exp_avg_sq"], "meta")
