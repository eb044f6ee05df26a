"""The GGUF file of a base: its configuration as transformers has it, and its tensors one by one."""

import mmap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from gguf import GGMLQuantizationType, dequantize, quant_shape_to_byte_shape
from transformers import AutoConfig
from transformers.integrations.ggml import GGUF_CONFIG_MAPPING

from tau.models.gguf_reader import InvalidGguf, read_gguf
from tau.studio.worker.failures import RunRefused

SUPPORTED = ("llama", "qwen2", "qwen3")
"""Architectures whose adapters were checked against llama.cpp. Mistral's files say `llama`."""
Weights = npt.NDArray[np.float32]


class BaseFile:
    """A mapped file; nothing of it is in memory but what is used. Raises `RunRefused`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            self._raw = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        try:
            held = read_gguf(self._raw)
        except InvalidGguf as error:
            message = f"The base's file can't be read: {error}."
            raise RunRefused("base_unsupported", message, param="model") from None
        self.metadata: dict[str, Any] = held.metadata
        self._tensors = held.tensors
        self.architecture = str(held.metadata.get("general.architecture", ""))
        self._check()

    def _check(self) -> None:
        if self.architecture not in SUPPORTED:
            known = ", ".join(SUPPORTED)
            message = f"Only models of {known} can be tuned, and this is {self.architecture}."
            raise RunRefused("base_unsupported", message, param="model")
        scaling = self.metadata.get(f"{self.architecture}.rope.scaling.type", "none")
        if scaling != "none" or any("_exps." in name for name in self._tensors):
            message = "Models with experts or with stretched positions can't be tuned."
            raise RunRefused("base_unsupported", message, param="model")

    @property
    def context(self) -> int:
        """Tokens that the model was made for."""
        return int(self.metadata[f"{self.architecture}.context_length"])

    def config(self) -> Any:
        """Return the configuration."""
        names = GGUF_CONFIG_MAPPING[self.architecture]
        held = {
            ours: self.metadata[f"{self.architecture}.{theirs}"]
            for theirs, ours in names.items()
            if ours and f"{self.architecture}.{theirs}" in self.metadata
        }
        if width := self.metadata.get(f"{self.architecture}.attention.key_length"):
            held["head_dim"] = width  # passed over by transformers
        held["vocab_size"] = self.metadata["tokenizer.ggml.tokens"]
        held["tie_word_embeddings"] = "output.weight" not in self._tensors
        for ours, theirs in (("bos", "bos"), ("eos", "eos"), ("pad", "padding")):
            held[f"{ours}_token_id"] = self.metadata.get(f"tokenizer.ggml.{theirs}_token_id")
        return AutoConfig.for_model(self.architecture, **held)

    def weights(self) -> Iterator[tuple[str, Weights]]:
        """Yield each tensor's name and values."""
        for name in self._tensors:
            yield name, self.weight(name)

    def weight(self, name: str) -> Weights:
        """Return the values of a tensor. Raises `RunRefused` if they aren't all there."""
        shape, kind, offset = self._tensors[name]
        try:
            rows = quant_shape_to_byte_shape(shape[::-1], GGMLQuantizationType(kind))
            count = int(np.prod(rows, dtype=np.int64))
            raw = np.frombuffer(self._raw, np.uint8, count, offset).reshape(rows)
            return dequantize(raw, GGMLQuantizationType(kind))
        except (ValueError, NotImplementedError):
            message = f"The base's tensor {name} can't be read."
            raise RunRefused("base_unsupported", message, param="model") from None

    def has(self, name: str) -> bool:
        """Return whether a tensor is there."""
        return name in self._tensors
