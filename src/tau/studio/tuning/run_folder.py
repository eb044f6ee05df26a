"""The folder of a run: what goes into the training program and what comes out of it.

    run.json               the document (`run_spec`)
    train.jsonl            one example a line; `valid.jsonl` likewise
    events.jsonl           what the program reports (`run_events`), appended; never sealed
    stop                   a file that asks the program to write a checkpoint and stop
    checkpoints/step-N     what resuming needs
    adapters/step-N.gguf   the adapter of that step
    answers/step-N.jsonl   answers to validation examples
    parity.json            what the trained model answers, with log-probabilities

Where the program is given a key, everything but `run.json`, `events.jsonl` and `stop` is sealed
with it (AES-256-GCM, a random nonce first, the file's name as associated data). Files are written
beside their name and then renamed, so what has its name is whole. The training program uses it, so
this module imports nothing of Tau's but its neighbours.
"""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

DOCUMENT, TRAIN, VALID = "run.json", "train.jsonl", "valid.jsonl"
EVENTS, STOP, PARITY = "events.jsonl", "stop", "parity.json"
_NONCE_BYTES = 12


class DamagedRunFile(Exception):
    """A sealed file of a run's folder can't be opened: it was changed, or the key is another."""


class RunFolder:
    """The files of a run, by their names."""

    def __init__(self, path: Path, key: bytes | None = None) -> None:
        self.path = path
        self._cipher = AESGCM(key) if key else None

    def read(self, name: str) -> bytes:
        """Return the content of a file. Raises `FileNotFoundError` and `DamagedRunFile`."""
        raw = (self.path / name).read_bytes()
        if self._cipher is None:
            return raw
        try:
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError) as error:
            raise DamagedRunFile(name) from error

    def write(self, name: str, content: bytes) -> None:
        """Write a file; whoever finds its name finds it whole. Raises `OSError`."""
        if self._cipher is not None:
            nonce = os.urandom(_NONCE_BYTES)
            content = nonce + self._cipher.encrypt(nonce, content, name.encode())
        self.write_plain(name, content)

    def write_plain(self, name: str, content: bytes) -> None:
        """Write a file that holds nothing that a person said. Raises `OSError`."""
        path = self.path / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.path / name).is_file()
