"""Models for a measurement: ready ones, fetched ones, and none."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from tau.bench import models as bench_models
from tau.bench.models import EmbedderPool, open_embedder, open_models
from tau.errors import DownloadFailed, UnknownModel
from tau.models import Models
from tau.models.types import Embedded

pytestmark = pytest.mark.anyio
TEXTS = [f"text {number}" for number in range(7)]


class Counting:
    """Gives the number in a text as its vector, and remembers how many it was asked at once."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    async def embed(self, name: str, texts: Sequence[str], _kind: str = "passage") -> Embedded:
        self.asked.append(len(texts))
        return Embedded(name, np.array([[float(text.split()[1])] for text in texts], np.float32))


@pytest.mark.parametrize(
    ("engines", "texts", "asked"),
    [(1, 7, [7]), (2, 7, [4, 3]), (3, 7, [3, 3, 1]), (3, 1, [1]), (4, 5, [2, 2, 1])],
)
async def test_texts_are_shared_out_and_come_back_in_order(
    engines: int, texts: int, asked: list[int]
) -> None:
    several = [Counting() for _ in range(engines)]
    made = await EmbedderPool(cast("list[Models]", several)).embed("one", TEXTS[:texts])
    assert made.model == "one"
    assert made.vectors[:, 0].tolist() == list(range(texts))
    assert [count for each in several for count in each.asked] == asked


async def test_a_ready_embedder_embeds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench_models, "available_cores", lambda: 3)
    async with open_embedder("scripted-embedder", "", _unsaid) as embedders:
        assert embedders is not None
        vectors = (await embedders.embed("scripted-embedder", TEXTS)).vectors
    async with open_models() as models:
        alone = (await models.embed("scripted-embedder", TEXTS)).vectors
    assert np.array_equal(vectors, alone)


async def test_what_is_not_there_is_fetched_into_the_folder_that_was_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulled: list[str] = []

    async def pull(_models: Models, name: str, _progress: Any) -> None:
        pulled.append(name)

    monkeypatch.setattr(Models, "pull", pull)
    said: list[str] = []
    async with open_embedder("all-minilm-l6-v2", str(tmp_path), said.append) as embedders:
        assert embedders is not None
    assert pulled == ["all-minilm-l6-v2"]
    assert said == ["Downloading all-minilm-l6-v2 ..."]


async def test_what_cannot_be_fetched_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def pull(*_: Any) -> None:
        raise DownloadFailed("There is no network.")

    monkeypatch.setenv("TAU_HOME", str(tmp_path))
    monkeypatch.setattr(Models, "pull", pull)
    said: list[str] = []
    async with open_embedder("all-minilm-l6-v2", "", said.append) as embedders:
        assert embedders is None
    assert len(said) == 2
    assert "only words are used: There is no network." in said[1]


async def test_offline_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAU_OFFLINE", "true")
    said: list[str] = []
    async with open_embedder("all-minilm-l6-v2", str(tmp_path), said.append) as embedders:
        assert embedders is None
    assert "offline" in said[1]


async def test_a_model_that_nobody_knows_is_told() -> None:
    with pytest.raises(UnknownModel):
        async with open_embedder("no-such-model", "", _unsaid):
            pass


def _unsaid(sentence: str) -> None:
    raise AssertionError(sentence)
