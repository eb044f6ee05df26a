"""A tiny base with random weights, and runs of the training program on it."""

import hashlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from gguf import GGUFReader, GGUFWriter, TokenType

from tau.studio.tuning.bundle import stored_bundle
from tau.studio.tuning.environment import python_of
from tau.studio.tuning.run_events import RunEvent, RunFinished
from tau.studio.tuning.run_folder import DOCUMENT, EVENTS, TRAIN, VALID, RunFolder
from tau.studio.tuning.run_spec import RunSpec, encode_run
from tests.studio.training_environment import training_environment

LAYERS, WIDTH, HEADS, KEY_HEADS, INNER = 2, 64, 4, 2, 128
HEAD = WIDTH // HEADS
_VOCABULARY = 2000
_LAST_SECONDS = 20
_MOST_SECONDS = 200
_ROWS = {
    "attn_q": (WIDTH, WIDTH),
    "attn_k": (KEY_HEADS * HEAD, WIDTH),
    "attn_v": (KEY_HEADS * HEAD, WIDTH),
    "attn_output": (WIDTH, WIDTH),
    "ffn_gate": (INNER, WIDTH),
    "ffn_up": (INNER, WIDTH),
    "ffn_down": (WIDTH, INNER),
}


def write_tiny_base(path: Path, tokenizer: Path, architecture: str = "llama") -> Path:
    """Write a GGUF with random weights and the beginning of the vocabulary of another."""
    writer = GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_key_length(HEAD)
    writer.add_value_length(HEAD)
    writer.add_rope_dimension_count(HEAD)
    writer.add_rope_freq_base(10_000.0)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(_VOCABULARY)
    _write_tokenizer(writer, GGUFReader(tokenizer))
    for name, values in _weights(architecture).items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _write_tokenizer(writer: GGUFWriter, source: GGUFReader) -> None:
    fields = {name: source.fields[f"tokenizer.{name}"].contents() for name in _KEPT}
    tokens = fields["ggml.tokens"][:_VOCABULARY]
    held = set(tokens)
    merges = [each for each in fields["ggml.merges"] if set(each.split(" ")) <= held]
    writer.add_tokenizer_model(fields["ggml.model"])
    writer.add_tokenizer_pre(fields["ggml.pre"])
    writer.add_token_list(tokens)
    writer.add_token_types(fields["ggml.token_type"][:_VOCABULARY] or [TokenType.NORMAL])
    writer.add_token_merges([each for each in merges if each.replace(" ", "") in held])
    writer.add_chat_template(fields["chat_template"])
    writer.add_add_bos_token(False)
    for role in ("bos", "eos", "unk", "pad"):
        getattr(writer, f"add_{role}_token_id")({"bos": 1, "eos": 2, "unk": 0, "pad": 2}[role])


_KEPT = (
    "ggml.model", "ggml.pre", "ggml.tokens", "ggml.token_type", "ggml.merges", "chat_template",
)  # fmt: skip


def _weights(architecture: str) -> dict[str, np.ndarray[Any, Any]]:
    random = np.random.default_rng(5)

    def matrix(*shape: int) -> np.ndarray[Any, Any]:
        return random.normal(0, 0.08, shape).astype(np.float32)

    ones = np.ones(WIDTH, dtype=np.float32)
    held = {"token_embd.weight": matrix(_VOCABULARY, WIDTH), "output_norm.weight": ones}
    for block in range(LAYERS):
        for name, shape in _ROWS.items():
            held[f"blk.{block}.{name}.weight"] = matrix(*shape)
        for name in ("attn_norm", "ffn_norm"):
            held[f"blk.{block}.{name}.weight"] = ones
        if architecture == "qwen2":
            for name in ("attn_q", "attn_k", "attn_v"):
                held[f"blk.{block}.{name}.bias"] = matrix(_ROWS[name][0])
        if architecture == "qwen3":
            for name in ("attn_q_norm", "attn_k_norm"):
                held[f"blk.{block}.{name}.weight"] = np.ones(HEAD, dtype=np.float32)
    return held


def chat_line(asked: str, answer: str, **fields: Any) -> dict[str, Any]:
    """Return a line of a training file."""
    messages = [
        {"role": "system", "content": "Answer with the color."},
        {"role": "user", "content": asked},
        {"role": "assistant", "content": answer},
    ]
    return {"messages": messages, **fields}


COLORS = ("red", "blue", "green", "white", "black")
LINES = [chat_line(f"thing number {at} of the shop", COLORS[at % 5]) for at in range(20)]


def json_lines(lines: Sequence[Any]) -> bytes:
    """Return lines as a file."""
    return "".join(json.dumps(each) + "\n" for each in lines).encode()


class RunOnDisk:
    """A run's folder, and the program started in it."""

    def __init__(
        self,
        path: Path,
        base: Path,
        document: dict[str, Any] | None = None,
        *,
        train: bytes | None = None,
        valid: bytes | None = None,
        key: bytes | None = None,
    ) -> None:
        self.path = path
        self.base = base
        self.key = key
        self.folder = RunFolder(path, key)
        train = json_lines(LINES) if train is None else train
        valid = json_lines(LINES[:4]) if valid is None else valid
        self.folder.write(TRAIN, train)
        if valid:
            self.folder.write(VALID, valid)
        self.spec = msgspec.convert(
            {
                "base": {"name": "tiny", "sha256": _sha256(base.read_bytes())},
                "data": {"train": _sha256(train), "valid": _sha256(valid) if valid else ""},
                "method": {"type": "supervised", "epochs": 2, "batch_size": 4},
                "precision": "float32",
                "threads": 1,
                "checkpoint": {"every_steps": 4, "keep": 2},
                "validation": {"answers": 4, "max_tokens": 6},
                **(document or {}),
            },
            RunSpec,
        )
        self.folder.write_plain(DOCUMENT, encode_run(self.spec))

    def start(self, *options: str, **environment: str) -> subprocess.Popen[bytes]:
        """Start the program as Tau does."""
        program = [str(python_of(training_environment())), "-m", "tau.studio.worker"]
        process = subprocess.Popen(
            [*program, str(self.path), "--base", str(self.base), *options],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**clean_environment(), **environment},
        )
        if process.stdin and "--unsealed" not in options and "TAU_RUN_KEY" not in environment:
            key = self.key.hex() if self.key else None
            process.stdin.write(json.dumps({"key": key}).encode() + b"\n")
            process.stdin.flush()
        return process

    def run(self, *options: str, **environment: str) -> int:
        """Run the program to its end; return its exit code."""
        process = self.start(*options, **environment)
        said = process.stderr.read().decode() if process.stderr else ""  # a full pipe blocks it
        code = process.wait(_LAST_SECONDS)
        close(process)
        assert code in (0, 65, 75), said
        return code

    def finish(self, *options: str, **environment: str) -> RunFinished:
        """Run the program to the end of the run; return its last event."""
        code = self.run(*options, **environment)
        assert code == 0, self.events()[-1]
        found: RunFinished = self.events(RunFinished)[-1]
        return found

    def kill_after(self, events: int) -> None:
        """Run the program until it has reported so many events more, and kill it."""
        self.signal_after(events, signal.SIGKILL)

    def signal_after(self, events: int, sent: signal.Signals) -> int:
        """Send a signal after so many events more; return the exit code."""
        before = len(self.events())
        process = self.start()
        self.wait_for(process, lambda: len(self.events()) >= before + events)
        process.send_signal(sent)
        code = process.wait(_MOST_SECONDS)
        close(process)
        return code

    def wait_for(self, process: subprocess.Popen[bytes], is_there: Callable[[], bool]) -> None:
        """Wait until something is there or the process has ended."""
        while process.poll() is None and not is_there():
            try:
                process.wait(0.02)
            except subprocess.TimeoutExpired:
                continue

    def events(self, kind: type[Any] | None = None) -> list[Any]:
        """Return what was reported, or only events of a kind."""
        path = self.path / EVENTS
        lines = path.read_bytes().split(b"\n")[:-1] if path.exists() else []
        held = [msgspec.json.decode(each, type=RunEvent) for each in lines]  # type: ignore[arg-type]
        return [each for each in held if kind is None or isinstance(each, kind)]


def close(process: subprocess.Popen[bytes]) -> None:
    """Close the pipes of a process that ended."""
    for pipe in (process.stdin, process.stderr, process.stdout):
        if pipe:
            pipe.close()


def clean_environment() -> dict[str, str]:
    """Return the variables that the program is started with: the archive, and nothing of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    bundle = stored_bundle(training_environment().parent / "bundles")
    return {**kept, "PYTHONPATH": str(bundle), "PYTHONDONTWRITEBYTECODE": "1"}


def in_training_environment(script: str, *arguments: str) -> Any:
    """Run a script where torch is; return the JSON that it prints last."""
    done = subprocess.run(
        [python_of(training_environment()), "-c", script, *arguments],
        env=clean_environment() | {"HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=_MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
