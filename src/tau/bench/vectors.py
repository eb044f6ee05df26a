"""Cache of vectors of texts, kept between runs if there is a folder for them.

One SQLite file for each model; a text is known by its SHA-256, so that no text is written. Vectors
are kept as 16-bit floats, which is how a memory keeps them too.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from tau.bench.models import EmbedderPool
from tau.bench.progress import Progress
from tau.errors import BadInput
from tau.models.types import Vectors

_TABLE = "CREATE TABLE IF NOT EXISTS vectors (text BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
_BATCH = 128
_PROGRESS_EVERY = 2_000  # texts


class CachedEmbedder:
    """Embedder of one model with a cache."""

    def __init__(
        self, models: EmbedderPool, model: str, folder: Path | None, progress: Progress
    ) -> None:
        self.model = model
        self._models = models
        self._progress = progress
        self._made = 0
        self._queries: dict[str, Vectors] = {}
        self._kept = _open_cache(folder, model)

    async def now(self, text: str) -> Vectors:
        """Return the vector of a question, made now: so that it can be timed."""
        vectors = (await self._models.embed(self.model, [text], "query")).vectors
        return vectors.reshape(-1)

    async def queries(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the vectors of questions, made once each while this is open."""
        lacking = [text for text in dict.fromkeys(texts) if text not in self._queries]
        if lacking:
            made = (await self._models.embed(self.model, lacking, "query")).vectors
            self._queries |= dict(zip(lacking, made, strict=True))
        return [self._queries[text] for text in texts]

    def holds(self, texts: Sequence[str]) -> bool:
        """Return whether the vectors of all texts are in the cache."""
        return all(self._has(_key(text)) for text in texts)

    async def of(self, texts: Sequence[str]) -> Vectors:
        """Return a vector for each text, embedding those that are not in the cache."""
        keys = [_key(text) for text in texts]
        lacking = {key: text for key, text in zip(keys, texts, strict=True) if not self._has(key)}
        pairs = list(lacking.items())
        for first in range(0, len(pairs), _BATCH):
            await self._make(pairs[first : first + _BATCH])
        return np.stack([self._vector(key) for key in keys])

    def close(self) -> None:
        """Close the file."""
        self._kept.close()

    async def _make(self, pairs: Sequence[tuple[bytes, str]]) -> None:
        vectors = (await self._models.embed(self.model, [text for _, text in pairs])).vectors
        rows = [
            (key, vector.astype("<f2").tobytes())
            for (key, _), vector in zip(pairs, vectors, strict=True)
        ]
        with self._kept:
            self._kept.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
        before, self._made = self._made, self._made + len(rows)
        if before // _PROGRESS_EVERY < self._made // _PROGRESS_EVERY:
            self._progress(f"{self._made:,} texts embedded ...")

    def _has(self, key: bytes) -> bool:
        found = self._kept.execute("SELECT 1 FROM vectors WHERE text = ?", (key,)).fetchone()
        return found is not None

    def _vector(self, key: bytes) -> Vectors:
        (kept,) = self._kept.execute("SELECT vector FROM vectors WHERE text = ?", (key,)).fetchone()
        return np.frombuffer(kept, "<f2").astype(np.float32)


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _open_cache(folder: Path | None, model: str) -> sqlite3.Connection:
    if folder is None:
        kept = sqlite3.connect(":memory:")
        kept.execute(_TABLE)
        return kept
    file = folder / f"{model.replace('/', '_')}.vectors"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as tried:
            tried.execute(_TABLE)
        return sqlite3.connect(file)
    except (OSError, sqlite3.Error) as error:
        raise BadInput(f"Vectors cannot be kept in {file}: {error}.") from error
