"""Rankings as JSON Lines: what was found for each question, one file for each data set."""

from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import msgspec

from tau.bench.datasets import DatasetQuestion
from tau.errors import BadInput


class RankedMessage(msgspec.Struct, frozen=True):
    """One message of a ranking: its name in the data set, its score and why it was found."""

    name: str
    score: float
    reasons: tuple[str, ...]


class _RankingLine(msgspec.Struct, frozen=True):
    question: str
    kind: str
    text: str
    now: float
    turns: tuple[str, ...]
    sessions: tuple[str, ...]
    tau: list[RankedMessage]
    bm25: list[RankedMessage]


class RankingWriter:
    """Writes the rankings of one data set to a folder, or nowhere if there is none."""

    def __init__(self, folder: Path | None, name: str) -> None:
        self._path = folder / f"{name}.jsonl" if folder is not None else None
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("wb")
            except OSError as error:
                raise BadInput(f"{self._path} cannot be written: {error.strerror}.") from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(
        self, question: DatasetQuestion, tau: list[RankedMessage], bm25: list[RankedMessage]
    ) -> None:
        """Add a line: the question, its evidence, and both rankings, best first."""
        if self._file is not None:
            line = _RankingLine(
                question=question.id,
                kind=question.kind,
                text=question.text,
                now=question.now,
                turns=question.turns,
                sessions=question.sessions,
                tau=tau,
                bm25=bm25,
            )
            self._file.write(msgspec.json.encode(line) + b"\n")
