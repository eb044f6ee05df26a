"""A training program without torch that speaks the protocol of a run's folder.

What it "learns" is a chain of hashes over its steps, so that a run that was cut off anywhere ends
in the same adapter as one that wasn't. The variable SCRIPT says in JSON how it behaves:

    steps, every     steps in all, and between two checkpoints
    seconds          of each step
    hold_at          the step from which it only waits, until it's asked to stop
    crash_at         the step at which it ends without a word, at every start
    refuse           a failure to report: code, message, line, param
    limit_at         the step at which it stops with its limit reached
    damaged          whether its last adapter isn't what it reports
"""

import hashlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from tau.studio.tuning.run_events import (
    CheckpointSaved,
    RunEstimated,
    RunFailed,
    RunFinished,
    RunPaused,
    RunStarted,
    StepDone,
    StepValidated,
)
from tau.studio.tuning.run_folder import DOCUMENT, EVENTS, PARITY, STOP, TRAIN, VALID, RunFolder
from tau.studio.tuning.run_spec import decode_run


class ScriptedTrainer:
    """The program: `run` returns its exit code."""

    def __init__(self, folder: Path, script: dict[str, Any]) -> None:
        key = json.loads(sys.stdin.readline())["key"]
        self.folder = RunFolder(folder, bytes.fromhex(key) if key else None)
        self.script = script
        self.spec = decode_run((folder / DOCUMENT).read_bytes())
        self.asked = ""
        signal.signal(signal.SIGTERM, lambda *_: setattr(self, "asked", "It was asked to stop."))
        threading.Thread(target=self._watch_input, daemon=True).start()

    def run(self) -> int:
        train = self.folder.read(TRAIN)
        assert hashlib.sha256(train).hexdigest() == self.spec.data.train
        step, state = self._restored()
        steps, examples = self.script["steps"], train.count(b"\n")
        self._report(
            RunStarted,
            steps=steps,
            train_examples=examples,
            tokens_per_epoch=10 * examples,
            trained_tokens_per_epoch=examples,
            parameters=100,
            trainable_parameters=1,
            precision="float32",
            threads=1,
            resumed_from=step,
        )
        if refusal := self.script.get("refuse"):
            self._report(RunFailed, **refusal)
            return 65
        self._report(RunEstimated, seconds=1.0, memory_bytes=1_000)
        if "--estimate" in sys.argv:
            return 0
        while step < steps:
            if reason := self._reason(step):
                self._save(step, state)
                self._report(RunPaused, step=step, reason=reason)
                return 75
            step += 1
            if step == self.script.get("crash_at"):
                os._exit(1)
            state = hashlib.sha256(f"{state} {step} {self.spec.data.train}".encode()).hexdigest()
            time.sleep(self.script.get("seconds", 0.0))
            self._step(step)
            if step % self.script["every"] == 0 or step == steps:
                self._save(step, state)
        self._finish(step, state)
        return 0

    def _reason(self, step: int) -> str:
        while True:
            if self.asked or self.folder.has(STOP):
                return self.asked or "It was asked to stop."
            if step == self.script.get("limit_at"):
                return "It reached its limit of 5 seconds."
            if step < self.script.get("hold_at", step + 1):
                return ""
            time.sleep(0.005)

    def _restored(self) -> tuple[int, str]:
        found = (self.folder.path / "checkpoints").glob("step-*")
        step = max((int(path.name.removeprefix("step-")) for path in found), default=0)
        return step, self.folder.read(f"checkpoints/step-{step}").decode() if step else ""

    def _step(self, step: int) -> None:
        figures = {"loss": 2.0 / step, "accuracy": 0.5, "learning_rate": 1e-4, "tokens": 10}
        done = {"epoch": step / self.script["steps"], "gradient_norm": 1.0, "seconds": 0.1}
        self._report(StepDone, step=step, **figures, **done)

    def _save(self, step: int, state: str) -> None:
        if step == 0:
            return
        adapter = b"GGUF " + state.encode()
        self.folder.write(f"adapters/step-{step}.gguf", adapter)
        self.folder.write(f"answers/step-{step}.jsonl", self._answers(step))
        self.folder.write(f"checkpoints/step-{step}", state.encode())
        self._report(StepValidated, step=step, loss=1.0 / step, accuracy=0.5)
        self._report(
            CheckpointSaved,
            step=step,
            state=f"checkpoints/step-{step}",
            adapter=f"adapters/step-{step}.gguf",
            adapter_sha256=hashlib.sha256(adapter).hexdigest(),
            answers=f"answers/step-{step}.jsonl",
        )

    def _answers(self, step: int) -> bytes:
        """Answer the first examples rightly: as many as there were steps."""
        if not self.folder.has(VALID):
            return b""
        lines = []
        for index, line in enumerate(self.folder.read(VALID).splitlines()):
            known = json.loads(line)
            right = (known.get("messages") or known["preferred_output"])[-1]["content"]
            answer = right if index < step else "no idea"
            lines.append(json.dumps({"index": index, "answer": answer}).encode())
        return b"\n".join(lines)

    def _finish(self, step: int, state: str) -> None:
        adapter = b"GGUF " + state.encode()
        if self.script.get("damaged"):
            self.folder.write(f"adapters/step-{step}.gguf", adapter[:-1])
        self.folder.write(PARITY, b'{"prompts": []}')
        self._report(
            RunFinished,
            step=step,
            adapter=f"adapters/step-{step}.gguf",
            adapter_sha256=hashlib.sha256(adapter).hexdigest(),
            parity=PARITY,
            seconds=1.0,
            peak_memory_bytes=1_000,
            trained_tokens=100,
        )

    def _report(self, kind: type[Any], **fields: Any) -> None:
        path = self.folder.path / EVENTS
        raw = path.read_bytes() if path.exists() else b""
        if raw and not raw.endswith(b"\n"):  # half of a line, from one that was killed
            os.truncate(path, raw.rfind(b"\n") + 1)
        with path.open("ab") as file:
            file.write(msgspec.json.encode(kind(at=time.time(), **fields)) + b"\n")

    def _watch_input(self) -> None:
        sys.stdin.read()
        self.asked = self.asked or "Tau ended."


if __name__ == "__main__":
    sys.exit(ScriptedTrainer(Path(sys.argv[1]), json.loads(os.environ["SCRIPT"])).run())
