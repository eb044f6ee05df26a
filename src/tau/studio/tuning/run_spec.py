"""The document of a run: everything that decides what comes out of it.

`run.json` says what is trained, on what, and how; its SHA-256 identifies the run. The same document
is run by a child process here, by `torchrun`, and by a cluster. The training program reads it, so
this module imports nothing but msgspec and the standard library.
"""

import hashlib
from typing import Literal

import msgspec

FORMAT = 1

Precision = Literal["auto", "float32", "bfloat16"]
"""`auto` is bfloat16 where the processor or the GPU computes in it, else float32."""
Schedule = Literal["cosine", "linear", "constant"]
Shard = Literal["none", "fsdp"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the document. Fields are only ever added, with defaults."""


class RunBase(_Part, frozen=True, kw_only=True):
    """The model that is trained further: a GGUF file, its name at Tau, and its SHA-256."""

    name: str
    sha256: str


class RunData(_Part, frozen=True, kw_only=True):
    """The SHA-256 of the plain text of `train.jsonl` and `valid.jsonl`; empty for no such file."""

    train: str
    valid: str = ""


class AdapterShape(_Part, frozen=True, kw_only=True):
    """The shape of the low-rank adapter (LoRA) on all linear layers of the blocks."""

    rank: int = 16
    alpha: float = 32.0


class _Method(_Part, frozen=True, kw_only=True, tag_field="type"):
    epochs: int = 3
    batch_size: int = 8
    """Examples for each step of the optimizer."""
    micro_tokens: int = 512
    """Tokens that are computed at once; a batch is split, so this decides the memory."""
    learning_rate: float = 4e-4
    schedule: Schedule = "cosine"
    warmup_share: float = 0.05
    """Share of the steps in which the learning rate rises from 0."""
    weight_decay: float = 0.0
    max_gradient_norm: float = 1.0


class SupervisedMethod(_Method, frozen=True, kw_only=True, tag="supervised"):
    """Learn the answers of examples (SFT): the loss is on the assistant's words."""


class PreferenceMethod(_Method, frozen=True, kw_only=True, tag="dpo"):
    """Learn which of two answers is preferred (DPO)."""

    beta: float = 0.1


class RunCheckpoints(_Part, frozen=True, kw_only=True):
    """When the state is written: every so many steps, and how many of them are kept."""

    every_steps: int = 10
    keep: int = 3


class RunValidation(_Part, frozen=True, kw_only=True):
    """What is answered at each checkpoint, so that it can be graded; and for the parity check."""

    answers: int = 24
    """Examples of `valid.jsonl` that are answered, greedily."""
    max_tokens: int = 200
    """Tokens of each of these answers."""


class RunLimits(_Part, frozen=True, kw_only=True):
    """Bounds at which a run stops with its last checkpoint; 0 for none."""

    seconds: float = 0.0
    memory_bytes: int = 0


class RunParallel(_Part, frozen=True, kw_only=True):
    """How many processes take part, and whether the model is split among them."""

    nodes: int = 1
    per_node: int = 1
    shard: Shard = "none"


class RunSpec(_Part, frozen=True, kw_only=True):
    """The document of a run."""

    format: int = FORMAT
    base: RunBase
    data: RunData
    method: SupervisedMethod | PreferenceMethod
    adapter: AdapterShape = AdapterShape()
    window: int = 2048
    """Tokens of a whole example; longer ones are refused before the start."""
    seed: int = 7
    precision: Precision = "auto"
    threads: int = 0
    """Threads for computing; 0 for the cores that are free. A resumed run keeps its number, since
    sums of floats depend on it."""
    checkpoint: RunCheckpoints = RunCheckpoints()
    validation: RunValidation = RunValidation()
    limits: RunLimits = RunLimits()
    parallel: RunParallel = RunParallel()


def encode_run(spec: RunSpec) -> bytes:
    """Return the bytes of `run.json`, the same for equal documents."""
    return msgspec.json.format(msgspec.json.encode(spec, order="sorted"), indent=2) + b"\n"


def decode_run(raw: bytes) -> RunSpec:
    """Return the document in `run.json`. Raises `msgspec.DecodeError`, which names the field."""
    return msgspec.json.decode(raw, type=RunSpec)


def run_sha256(spec: RunSpec) -> str:
    """Return what identifies a run: the SHA-256 of its document."""
    return hashlib.sha256(encode_run(spec)).hexdigest()
