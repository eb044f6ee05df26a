"""The local engine: real llama.cpp, with a tiny model of random weights and the built-in ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest

from tau.errors import ModelUnavailable
from tau.models import catalog
from tau.models import engine as engine_module
from tau.models.bert_gguf import convert
from tau.models.embedding import embed_all
from tau.models.engine import LocalEngine, LocalModel, available_cores
from tau.models.packs import Packs
from tau.models.types import ModelInfo
from tau.settings import Settings

from . import bert
from .upstream import asking

pytestmark = pytest.mark.anyio
INFO = ModelInfo(name="tiny", origin="pack", capabilities=frozenset({"embed"}))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two tiny models."""
    paths = []
    for seed in (1, 2):
        folder = tmp_path_factory.mktemp("tiny")
        weights, config, words = bert.write_model(folder, bert.tiny_tensors(seed))
        convert(weights, config, words, folder / "model.gguf", "tiny")
        paths.append(folder / "model.gguf")
    return paths


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[LocalEngine]:
    made = LocalEngine(Settings(home=tmp_path, threads=1, context_tokens=2048))
    yield made
    await made.close()


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The models that were loaded, in order."""
    loaded: list[Path] = []
    start = engine_module._start

    def counted(path: Path, *rest: Any) -> Any:
        loaded.append(path)
        return start(path, *rest)

    monkeypatch.setattr(engine_module, "_start", counted)
    return loaded


async def test_requests_at_once_load_a_model_once(
    engine: LocalEngine, tiny: list[Path], starts: list[Path]
) -> None:
    async def embed(text: str) -> Any:
        async with engine.loaded(INFO, tiny[0], "embed") as model:
            return await model.embed([text])

    vectors = await asyncio.gather(*(embed("the cat") for _ in range(8)))
    assert len(starts) == 1
    assert all(np.allclose(vectors[0], vector, atol=1e-3) for vector in vectors)


async def test_another_model_takes_the_place_when_the_first_is_idle(
    engine: LocalEngine, tiny: list[Path], starts: list[Path]
) -> None:
    async def use(path: Path) -> Any:
        async with engine.loaded(INFO, path, "embed") as model:
            return await model.embed(["the cat"])

    async with engine.loaded(INFO, tiny[0], "embed") as model:
        other = asyncio.create_task(use(tiny[1]))
        first = await model.embed(["the cat"])
        assert not other.done()
    assert not np.allclose(first, await other, atol=1e-2)
    assert np.allclose(first, await use(tiny[0]), atol=1e-3)
    assert starts == [tiny[0], tiny[1], tiny[0]]


async def test_who_walks_away_does_not_waste_the_loading(
    engine: LocalEngine,
    tiny: list[Path],
    starts: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def use() -> None:
        async with engine.loaded(INFO, tiny[0], "embed"):
            pass

    begun = asyncio.Event()
    load = engine._load

    async def loading(*given: Any) -> Any:
        begun.set()
        return await load(*given)

    monkeypatch.setattr(engine, "_load", loading)
    task = asyncio.create_task(use())
    await begun.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await use()
    assert len(starts) == 1


async def test_a_file_that_is_no_model_is_told_and_can_be_mended(
    engine: LocalEngine, tiny: list[Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF and then nonsense" * 100)
    for _ in range(2):
        with pytest.raises(ModelUnavailable, match="tau models pull tiny"):
            async with engine.loaded(INFO, path, "embed"):
                pass
    path.write_bytes(tiny[0].read_bytes())
    async with engine.loaded(INFO, path, "embed") as model:
        assert (await model.embed(["cat"])).shape == (1, 32)


async def test_it_listens_on_loopback_and_only_to_its_key(
    engine: LocalEngine, tiny: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    async with engine.loaded(INFO, tiny[0], "embed") as model:
        await model.embed(["cat"])
        address = engine._slots["embed"].server.listening_address
        assert address.startswith("http://127.0.0.1:")
        async with aiohttp.ClientSession() as stranger:
            for headers in ({}, {"Authorization": "Bearer guess"}):
                async with stranger.post(
                    f"{address}/v1/embeddings", json={"input": "x"}, headers=headers
                ) as response:
                    assert response.status == 401
    assert capfd.readouterr() == ("", "")  # llama.cpp keeps quiet


async def test_after_closing_nothing_is_loaded_and_nothing_can_be(
    engine: LocalEngine, tiny: list[Path]
) -> None:
    async with engine.loaded(INFO, tiny[0], "embed"):
        pass
    await engine.close()
    assert engine._slots["embed"].server is None
    with pytest.raises(ModelUnavailable, match="about to stop"):
        async with engine.loaded(INFO, tiny[0], "embed"):
            pass


async def test_too_long_texts_are_cut_until_they_fit(engine: LocalEngine, tiny: list[Path]) -> None:
    hopeful = ModelInfo(
        name="tiny", origin="pack", capabilities=frozenset({"embed"}), context_tokens=100_000
    )
    model = LocalModel(engine, tiny[0], lambda: hopeful, "embed")
    vectors = await embed_all(model, ["cat", "a b c " * 2000, "the"])
    assert vectors.shape == (3, 32)


async def test_a_pack_that_is_not_there_says_how_to_get_it(engine: LocalEngine) -> None:
    absent = ModelInfo(name="tiny", origin="pack", ready=False)
    model = LocalModel(engine, Path("nowhere"), lambda: absent, "chat")
    with pytest.raises(ModelUnavailable, match="tau models pull tiny"):
        await model.complete(asking("hi"))


def test_there_is_a_core_to_run_on() -> None:
    assert available_cores() >= 1


# the real ones


def real(engine: LocalEngine, cache: Path, name: str) -> LocalModel:
    pack = catalog.packs()[name]
    packs = Packs(cache)
    purpose = "chat" if "chat" in pack.capabilities else "embed"
    info = pack.info(ready=packs.ready(pack), context_tokens=2048)
    return LocalModel(engine, packs.path(pack), lambda: info, purpose)  # type: ignore[arg-type]


@pytest.mark.model
async def test_the_built_in_model_talks(engine: LocalEngine, model_cache: Path) -> None:
    model = real(engine, model_cache, catalog.CHAT_MODEL)
    body = {**asking("Tell me about cats."), "max_tokens": 24, "temperature": 0.0}
    chunks = [chunk async for chunk in model.stream(body)]
    text = "".join(chunk.text for chunk in chunks)
    assert len(text.split()) > 5
    assert chunks[-1].completion_tokens
    answer = await model.complete(body)
    assert answer["choices"][0]["message"]["content"].strip()
    async with aclosing(model.stream(body)) as stream:
        assert (await anext(stream)).text


@pytest.mark.model
async def test_the_built_in_embedder_tells_meanings_apart(
    engine: LocalEngine, model_cache: Path
) -> None:
    model = real(engine, model_cache, catalog.EMBEDDING_MODEL)
    texts = [
        "A kitten rests on a rug.",
        "一只小猫睡在毯子上。",
        "The stock market fell.",
        "股市下跌了。",
    ]
    (question,) = await embed_all(model, ["Where does the little cat sleep?"], "query")
    kitten, chinese_kitten, market, chinese_market = (
        await embed_all(model, texts, "passage") @ question
    )
    assert min(kitten, chinese_kitten) > max(market, chinese_market) + 0.02
    odd = ["", "x" * 20_000, "你好 " * 900, "!" * 5000, "word " * 3000]
    vectors = await embed_all(model, odd, "passage")
    assert vectors.shape == (5, 384)


@pytest.mark.model
async def test_the_former_embedder_agrees_with_the_reference(
    engine: LocalEngine, model_cache: Path
) -> None:
    from gguf import GGUFReader

    reader = GGUFReader(Packs(model_cache).path(catalog.packs()[catalog.FORMER_EMBEDDING_MODEL]))
    tensors = {_theirs(t.name): t.data.astype(np.float32) for t in reader.tensors}
    words = [_their_token(token) for token in reader.fields["tokenizer.ggml.tokens"].contents()]
    model = real(engine, model_cache, catalog.FORMER_EMBEDDING_MODEL)
    texts = ["unbelievable tokenization of embeddings", "good morning my dear friend", "quokkas"]
    for text, vector in zip(texts, await model.embed(texts), strict=True):
        reference = bert.embed(tensors, bert.word_pieces(text, words), 12)
        assert vector @ reference > 0.9999, text


def _their_token(token: str) -> str:
    if token.startswith("▁"):
        return token[1:]
    return token if token.startswith("[") and len(token) > 1 else f"##{token}"


def _theirs(name: str) -> str:
    whole = {
        "token_embd.weight": "embeddings.word_embeddings.weight",
        "position_embd.weight": "embeddings.position_embeddings.weight",
        "token_types.weight": "embeddings.token_type_embeddings.weight",
        "token_embd_norm.weight": "embeddings.LayerNorm.weight",
        "token_embd_norm.bias": "embeddings.LayerNorm.bias",
    }
    if name in whole:
        return whole[name]
    parts = {
        "attn_q": "attention.self.query",
        "attn_k": "attention.self.key",
        "attn_v": "attention.self.value",
        "attn_output": "attention.output.dense",
        "attn_output_norm": "attention.output.LayerNorm",
        "ffn_up": "intermediate.dense",
        "ffn_down": "output.dense",
        "layer_output_norm": "output.LayerNorm",
    }
    _, layer, part, kind = name.split(".")
    return f"encoder.layer.{layer}.{parts[part]}.{kind}"
