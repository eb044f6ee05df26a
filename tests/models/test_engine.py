"""The local engine: real llama.cpp, with a tiny model of random weights and the built-in ones."""

import asyncio
import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from tau.errors import ModelError, ModelUnavailable
from tau.models import catalog, llama_process, llama_server
from tau.models.bert_gguf import convert
from tau.models.embedding import embed_all
from tau.models.engine import LocalEngine
from tau.models.llama_process import LlamaOptions, LlamaProcess
from tau.models.local_model import LocalModel
from tau.models.packs import Packs
from tau.models.threads import ThreadChoice
from tau.models.types import ModelInfo
from tau.settings import Settings
from tests.patience import patient
from tests.processes import is_running

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
    start = LlamaProcess.start

    async def counted(options: LlamaOptions) -> LlamaProcess:
        loaded.append(Path(options.path))
        return await start(options)

    monkeypatch.setattr(LlamaProcess, "start", counted)
    return loaded


class MeasuredEngine(LocalEngine):
    """An engine whose speeds, by number of threads, a test sets."""

    speeds: dict[int, float]

    async def _measure(self, info: ModelInfo, process: LlamaProcess) -> float:
        return self.speeds[process.threads]


def sockets_in(folder: Path) -> list[Path]:
    return list(folder.glob("tau-*"))


def process_of(engine: LocalEngine, path: Path) -> LlamaProcess:
    process = engine._held[path].process
    assert process is not None
    return process


async def test_requests_at_once_load_a_model_once(
    engine: LocalEngine, tiny: list[Path], starts: list[Path]
) -> None:
    async def embed(text: str) -> Any:
        async with engine.loaded(INFO, tiny[0], "embed") as model:
            return await model.embed([text])

    vectors = await asyncio.gather(*(embed("the cat") for _ in range(8)))
    assert len(starts) == 1
    assert all(np.allclose(vectors[0], vector, atol=1e-3) for vector in vectors)


async def test_idle_connections_keep_nobody_waiting(engine: LocalEngine, tiny: list[Path]) -> None:
    """llama.cpp closes a connection after five idle seconds; no request may have to wait for it."""

    async def connect(path: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        await reader.readuntil(b"}")
        return reader, writer

    async with engine.loaded(INFO, tiny[0], "embed") as model:
        socket = process_of(engine, tiny[0])._folder / "llama.sock"
        connections = await asyncio.gather(*(connect(socket) for _ in range(32)))
        await model.embed(["cat"])
        assert not any(reader.at_eof() for reader, _ in connections)
        for _, writer in connections:
            writer.transport.abort()


async def test_another_model_is_loaded_beside_the_first_which_ends_when_it_is_idle(
    engine: LocalEngine, tiny: list[Path], starts: list[Path]
) -> None:
    async def use(path: Path) -> Any:
        async with engine.loaded(INFO, path, "embed") as model:
            return await model.embed(["the cat"])

    async with engine.loaded(INFO, tiny[0], "embed") as model:
        other = await use(tiny[1])
        first = await model.embed(["the cat"])
    assert not np.allclose(first, other, atol=1e-2)
    assert [held.path for held in engine._held.values()] == [tiny[1]]
    assert np.allclose(first, await use(tiny[0]), atol=1e-3)
    assert starts == [tiny[0], tiny[1], tiny[0]]
    assert [held.path for held in engine._held.values()] == [tiny[0]]


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


async def test_a_model_that_cannot_be_loaded_leaves_the_loaded_one_in_place(
    engine: LocalEngine, tiny: list[Path], tmp_path: Path, starts: list[Path]
) -> None:
    broken = tmp_path / "model.gguf"
    broken.write_bytes(b"GGUF and then nonsense" * 100)
    async with engine.loaded(INFO, tiny[0], "embed"):
        with pytest.raises(ModelUnavailable):
            async with engine.loaded(INFO, broken, "embed"):
                pass
    async with engine.loaded(INFO, tiny[0], "embed"):
        pass
    assert starts == [tiny[0], broken]
    assert [held.path for held in engine._held.values()] == [tiny[0]]


async def test_its_socket_is_in_a_folder_of_this_user_alone(
    engine: LocalEngine, tiny: list[Path], capfd: pytest.CaptureFixture[str]
) -> None:
    async with engine.loaded(INFO, tiny[0], "embed") as model:
        await model.embed(["cat"])
        process = process_of(engine, tiny[0])
        assert stat.S_ISSOCK((process._folder / "llama.sock").stat().st_mode)
        assert stat.S_IMODE(process._folder.stat().st_mode) == 0o700
    assert capfd.readouterr() == ("", "")  # llama.cpp keeps quiet
    await engine.close()
    assert not process._folder.exists()


async def test_after_closing_nothing_is_loaded_and_nothing_can_be(
    engine: LocalEngine, tiny: list[Path]
) -> None:
    async with engine.loaded(INFO, tiny[0], "embed"):
        pass
    process = process_of(engine, tiny[0])
    await engine.close()
    assert engine.running() == []
    assert not process.alive
    with pytest.raises(ModelUnavailable, match="about to stop"):
        async with engine.loaded(INFO, tiny[0], "embed"):
            pass


async def test_a_process_that_dies_fails_its_request_and_the_next_one_works(
    engine: LocalEngine, tiny: list[Path], starts: list[Path]
) -> None:
    async with engine.loaded(INFO, tiny[0], "embed") as model:
        await model.embed(["cat"])
        dead = process_of(engine, tiny[0])
        os.kill(dead.pid, signal.SIGKILL)
        await dead._process.wait()
        with pytest.raises(ModelError, match="'tiny'"):
            await model.embed(["cat"])
    async with engine.loaded(INFO, tiny[0], "embed") as model:
        assert (await model.embed(["cat"])).shape == (1, 32)
    assert len(starts) == 2
    assert not dead._folder.exists()


async def test_a_process_that_dies_while_it_loads_is_a_model_that_cannot_be_loaded(
    engine: LocalEngine, tiny: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program.py"
    program.write_text("import sys; sys.stdin.readline(); sys.exit(3)")
    monkeypatch.setattr(llama_process, "_PROGRAM", program)
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        async with engine.loaded(INFO, tiny[0], "embed"):
            pass
    monkeypatch.undo()
    async with engine.loaded(INFO, tiny[0], "embed") as model:
        assert (await model.embed(["cat"])).shape == (1, 32)


async def test_without_a_folder_for_its_socket_a_model_cannot_be_loaded(
    engine: LocalEngine, tiny: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(llama_process, "gettempdir", lambda: str(tmp_path / "nowhere"))
    monkeypatch.setattr(llama_process, "_LONGEST_FOLDER", 1_000)
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        async with engine.loaded(INFO, tiny[0], "embed"):
            pass


async def test_loading_stops_nobody_else(
    engine: LocalEngine, tiny: list[Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The program keeps Python's lock while it loads, as llama.cpp does; Tau's loop goes on."""
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, re; sys.stdin.readline(); re.match('(a+)+b', 'a' * 40)"  # for hours
    )
    monkeypatch.setattr(llama_process, "_PROGRAM", program)

    async def use() -> None:
        async with engine.loaded(INFO, tiny[1], "embed"):
            pass

    loading = asyncio.create_task(use())
    for _ in range(100):
        await asyncio.sleep(0)
    assert not loading.done()
    await engine.close()
    with pytest.raises(ModelUnavailable, match="about to stop"):
        await loading


@pytest.mark.parametrize("steps", [1, 3, 10, 1000])
async def test_stopping_while_a_model_loads_leaves_nothing_behind(
    engine: LocalEngine,
    tiny: list[Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    steps: int,
) -> None:
    monkeypatch.setattr(llama_process, "gettempdir", lambda: str(tmp_path))

    async def use() -> None:
        async with engine.loaded(INFO, tiny[0], "embed"):
            pass

    loading = asyncio.create_task(use())
    for _ in range(steps):
        await asyncio.sleep(0)
    await engine.close()
    await asyncio.gather(loading, return_exceptions=True)
    assert sockets_in(tmp_path) == []


async def test_a_chat_model_that_nobody_uses_is_unloaded_and_comes_back(
    tmp_path: Path, tiny: list[Path]
) -> None:
    engine = LocalEngine(Settings(home=tmp_path, threads=1, model_idle_seconds=0.01))
    chats = msgspec.structs.replace(INFO, context_tokens=64)
    for _ in range(2):
        async with engine.loaded(chats, tiny[0], "chat"):
            process = process_of(engine, tiny[0])
            assert [model.pid for model in engine.running()] == [process.pid]
        await process._process.wait()
        assert engine.running() == []
    async with engine.loaded(INFO, tiny[1], "embed"):
        pass
    assert engine._held[tiny[1]].unloading is None  # every search needs the embedder
    await engine.close()


@pytest.mark.parametrize(
    ("speeds", "kept"), [({2: 5.0, 1: 50.0}, 1), ({2: 5.0, 1: 5.5}, 2), ({2: 10.0, 1: 50.0}, 2)]
)
async def test_where_cores_are_busy_the_number_of_threads_that_is_faster_stays(
    tmp_path: Path, tiny: list[Path], speeds: dict[int, float], kept: int
) -> None:
    busy = ThreadChoice(0, 2, lambda _: 0.5)
    engine = MeasuredEngine(Settings(home=tmp_path), busy)
    engine.speeds = speeds
    async with engine.loaded(INFO, tiny[0], "chat"):
        first = process_of(engine, tiny[0])
    await asyncio.gather(*engine._tasks)
    (model,) = engine.running()
    assert (model.threads, model.tokens_per_second) == (kept, speeds[kept])
    assert first.alive == (kept == 2)
    async with engine.loaded(INFO, tiny[0], "chat"):
        pass
    await engine.close()


async def test_a_slow_reply_leads_to_another_number_of_threads(
    tmp_path: Path, tiny: list[Path]
) -> None:
    now = [0.0]
    free = [2.0]
    choice = ThreadChoice(0, 2, lambda _: free[0], lambda: now[0])
    engine = MeasuredEngine(Settings(home=tmp_path), choice)
    engine.speeds = {2: 40.0, 1: 40.0}
    async with engine.loaded(INFO, tiny[0], "chat"):
        pass
    await asyncio.gather(*engine._tasks)
    assert engine.running()[0].threads == 2
    now[0], free[0], engine.speeds = 1000.0, 0.5, {2: 4.0, 1: 30.0}
    engine.observe(tiny[0], 39.0)
    assert not engine._tasks
    engine.observe(tiny[0], 4.0)
    await asyncio.gather(*engine._tasks)
    assert engine.running()[0].threads == 1
    await engine.close()


def test_no_process_outlives_a_tau_that_is_killed(tiny: list[Path], tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from tau.models.engine import LocalEngine
from tau.models.types import ModelInfo
from tau.settings import Settings

async def main():
    engine = LocalEngine(Settings(home=Path({str(tmp_path)!r}), threads=1))
    info = ModelInfo(name="tiny", origin="pack", capabilities=frozenset({{"embed"}}))
    async with engine.loaded(info, Path({str(tiny[0])!r}), "embed"):
        print(engine.running()[0].pid, engine._held[Path({str(tiny[0])!r})].process._folder)
        sys.stdout.flush()
        await asyncio.sleep(600)

asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child, folder = parent.stdout.readline().decode().split()
        parent.kill()
    while is_running(int(child)):
        time.sleep(0.01)
    assert not Path(folder).exists()


def test_no_process_outlives_a_tau_that_is_killed_while_it_loads(
    tiny: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "socket"
    folder.mkdir()
    options = {
        "path": str(tiny[0]),
        "purpose": "embed",
        "threads": 1,
        "context_tokens": 512,
        "socket": str(folder / "llama.sock"),
    }
    with subprocess.Popen(
        [sys.executable, "-P", llama_server.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdout.close()
        child.stdin.write(json.dumps(options).encode() + b"\n")
        child.stdin.close()
        child.wait(patient(30))
    assert not folder.exists()


def test_the_child_imports_nothing_of_tau_and_gets_nothing_secret() -> None:
    source = Path(llama_server.__file__).read_text("utf-8")
    assert "import tau" not in source
    assert "from tau" not in source


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
