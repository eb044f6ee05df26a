"""A fitted classifier of requests: vectors of an embedder to one of the answers of a task.

It is a few arrays, and can be kept and served without the examples it was fitted with.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence

import msgspec
import numpy as np

from tau.errors import BadInput
from tau.models.types import Vectors
from tau.studio.examples.example import Example
from tau.studio.methods.embedder import request_text
from tau.studio.methods.logistic_regression import LogisticRegression, fit

_LARGEST_BYTES = 64 * 2**20
_DAMAGED = (
    *(ValueError, KeyError, OSError, EOFError, RuntimeError),  # NotImplementedError is the last's
    zipfile.BadZipFile,
    zlib.error,
)


class _Description(msgspec.Struct, frozen=True):
    """What is kept beside the arrays, as JSON. Fields are only ever added."""

    embedder: str
    labels: tuple[str, ...]
    reads_instructions: bool
    strength: float
    temperature: float


class AnswerClassifier(msgspec.Struct, frozen=True, kw_only=True):
    """A classifier with the answers it gives and the embedder it was fitted for."""

    embedder: str
    """The model that made the vectors; those of another mean nothing to it."""
    labels: tuple[str, ...]
    regression: LogisticRegression
    reads_instructions: bool = False
    """Whether the instructions of a request are a part of its text."""

    @classmethod
    def fit(
        cls,
        train: Sequence[Example],
        vectors: Vectors,
        *,
        embedder: str,
        reads_instructions: bool = False,
    ) -> "AnswerClassifier":
        """Fit the vectors of training examples. Blocks while it computes."""
        answers = [each.answer.strip() for each in train]
        numbers = {answer: number for number, answer in enumerate(dict.fromkeys(answers))}
        targets = np.array([numbers[each] for each in answers], dtype=np.int64)
        return cls(
            embedder=embedder,
            labels=tuple(numbers),
            regression=fit(vectors, targets, len(numbers)),
            reads_instructions=reads_instructions,
        )

    def text(self, example: Example) -> str:
        """Return the text of an example that is embedded."""
        return request_text(example, instructions=self.reads_instructions)

    def classify(self, vectors: Vectors) -> list[tuple[str, float]]:
        """Return for vectors of shape (n, dimension) the best answers and their probabilities."""
        probabilities = self.regression.probabilities(vectors)
        best = probabilities.argmax(axis=1)
        return [
            (self.labels[number], float(row[number]))
            for number, row in zip(best, probabilities, strict=True)
        ]

    def to_bytes(self) -> bytes:
        """Return it as a NumPy archive, without pickled objects."""
        regression = self.regression
        description = _Description(
            self.embedder,
            self.labels,
            self.reads_instructions,
            regression.strength,
            regression.temperature,
        )
        kept = io.BytesIO()
        np.savez_compressed(
            kept,
            description=np.frombuffer(msgspec.json.encode(description), dtype=np.uint8),
            mean=regression.mean,
            weights=regression.weights,
            bias=regression.bias,
        )
        return kept.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes) -> "AnswerClassifier":
        """Return what `to_bytes` kept. Raises `BadInput` for anything else."""
        try:
            return cls._read(kept)
        except _DAMAGED as error:
            raise BadInput("This isn't a classifier that Tau kept.") from error

    @classmethod
    def _read(cls, kept: bytes) -> "AnswerClassifier":
        with zipfile.ZipFile(io.BytesIO(kept)) as archive:
            if sum(each.file_size for each in archive.infolist()) > _LARGEST_BYTES:
                raise ValueError("it is too large")
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            described = msgspec.json.decode(arrays["description"].tobytes(), type=_Description)
            parts = [np.asarray(arrays[name], np.float64) for name in ("mean", "weights", "bias")]
        mean, weights, bias = parts
        if weights.shape != (*mean.shape, *bias.shape) or bias.shape != (len(described.labels),):
            raise ValueError("its arrays don't fit each other")
        if not all(np.isfinite(part).all() for part in parts) or described.temperature <= 0:
            raise ValueError("its numbers can't be used")
        return cls(
            embedder=described.embedder,
            labels=described.labels,
            regression=LogisticRegression(
                mean, weights, bias, described.strength, described.temperature
            ),
            reads_instructions=described.reads_instructions,
        )
