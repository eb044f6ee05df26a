"""Vectors of texts: made once, the same however they were come by, and never with the text."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from tau.bench.models import EmbedderPool
from tau.bench.vectors import CachedEmbedder
from tau.errors import BadInput
from tau.models.types import Embedded, Vectors

pytestmark = pytest.mark.anyio
TEXTS = ["a heron", "the lake", "a heron", "", "bread\ud800"]


class CountingModels:
    """Gives every text a direction of its own and counts what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def embed(self, name: str, texts: Sequence[str], _kind: str = "passage") -> Embedded:
        self.asked.append(list(texts))
        return Embedded(name, np.stack([self.direction(text) for text in texts]))

    @staticmethod
    def direction(text: str) -> Vectors:
        drawn = np.random.default_rng(len(text)).standard_normal(8, dtype=np.float32)
        return np.asarray(drawn / np.linalg.norm(drawn), dtype=np.float32)


def _embedder(
    folder: Path | None, name: str = "one", said: list[str] | None = None
) -> tuple[CachedEmbedder, CountingModels]:
    models = CountingModels()
    say = (said if said is not None else []).append
    return CachedEmbedder(cast("EmbedderPool", models), name, folder, say), models


async def test_each_text_is_embedded_once_and_each_place_has_its_vector() -> None:
    embedder, models = _embedder(None)
    vectors = await embedder.of(TEXTS)
    assert sorted(models.asked[0]) == sorted(set(TEXTS))
    assert np.array_equal(vectors[0], vectors[2])
    for text, vector in zip(TEXTS, vectors, strict=True):
        assert vector == pytest.approx(models.direction(text), abs=1e-3)
    await embedder.of(["a heron"])
    assert len(models.asked) == 1


async def test_kept_vectors_are_those_that_were_made(tmp_path: Path) -> None:
    first, _ = _embedder(tmp_path)
    made = await first.of(TEXTS)
    first.close()
    second, models = _embedder(tmp_path)
    assert np.array_equal(await second.of(TEXTS), made)
    assert models.asked == []


async def test_vectors_of_two_models_are_kept_apart(tmp_path: Path) -> None:
    for name in ("one", "owner/two"):
        embedder, models = _embedder(tmp_path, name)
        await embedder.of(["a heron"])
        embedder.close()
        assert models.asked == [["a heron"]]


async def test_no_text_is_written(tmp_path: Path) -> None:
    embedder, _ = _embedder(tmp_path)
    await embedder.of(["a heron by the lake"])
    embedder.close()
    assert not _says(tmp_path, b"heron")


async def test_a_question_is_embedded_each_time_it_is_asked() -> None:
    embedder, models = _embedder(None)
    first, second = await embedder.now("where?"), await embedder.now("where?")
    assert first.shape == (8,)
    assert np.array_equal(first, second)
    assert models.asked == [["where?"], ["where?"]]


async def test_many_texts_go_in_batches_and_are_told_of() -> None:
    said: list[str] = []
    embedder, models = _embedder(None, said=said)
    await embedder.of([f"text {number}" for number in range(2_100)])
    assert max(map(len, models.asked)) <= 128
    assert len(said) == 1
    assert "texts embedded" in said[0]


def _says(folder: Path, words: bytes) -> bool:
    return any(words in path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("content", [None, b"not a database, but long enough to be read as one"])
async def test_a_folder_that_cannot_keep_vectors_is_told(
    tmp_path: Path, content: bytes | None
) -> None:
    if content is None:
        folder = tmp_path / "file"
        folder.write_text("in the way")
    else:
        folder = tmp_path
        (folder / "one.vectors").write_bytes(content * 10)
    with pytest.raises(BadInput, match="cannot be kept"):
        _embedder(folder)
