"""Bases with adapters: real llama.cpp with a tiny base, and with the built-in one."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tau.errors import BadInput, ModelError, ModelUnavailable, UnknownModel
from tau.models import adapter_processes, catalog, llama_server
from tau.models.adapter_processes import ADAPTERS_LOADED, AdapterProcesses
from tau.models.adapters import Adapter, AdapterModel
from tau.models.directory import ModelDirectory
from tau.models.engine import LocalEngine
from tau.models.errors import RequestRejected
from tau.models.llama_process import LlamaOptions, LlamaProcess, LoadFailed
from tau.models.local_model import LocalModel
from tau.models.packs import Packs
from tau.models.registry import Registry
from tau.models.types import ModelInfo
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.sealing import SecretBox

from .tiny_llama import sha256, write_adapter, write_llama

pytestmark = pytest.mark.anyio
WINDOW = 256
INFO = ModelInfo(name="tiny", origin="pack", context_tokens=WINDOW, licence="mit")
BODY: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Name three colours, and why you like them."}],
    "max_tokens": 12,
    "temperature": 0.0,
}
Start = tuple[LlamaProcess, int]


class Tuned:
    """A base with as many adapters as a test wants, and what was loaded for them."""

    def __init__(self, home: Path, base: Path, **settings: Any) -> None:
        given = Settings(home=home, threads=1, context_tokens=WINDOW, **settings)
        self.engine = LocalEngine(given)
        self.base = LocalModel(self.engine, base, lambda: INFO, "chat")
        self.processes = AdapterProcesses(given, base, WINDOW, lambda: 1)
        self.contents: dict[str, bytes] = {}
        self.path = base

    def model(self, number: int, content: bytes | None = None) -> AdapterModel:
        name = f"ft:tiny:tau:{number}"
        if name not in self.contents:
            self.contents[name] = content or write_adapter(self.path, number)

        async def load() -> bytes:
            return self.contents[name]

        adapter = Adapter(name, sha256(self.contents[name]), load)
        return AdapterModel(self.processes, self.base, adapter, 30.0)

    def loaded(self) -> list[str]:
        return [adapter.name.rpartition(":")[2] for adapter in self.processes.loaded()[1]]

    async def close(self) -> None:
        await self.processes.close()
        await self.engine.close()


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_llama(tmp_path_factory.mktemp("tiny") / "model.gguf")


@pytest.fixture
async def tuned(tmp_path: Path, base: Path) -> AsyncIterator[Tuned]:
    made = Tuned(tmp_path, base)
    yield made
    await made.close()


@pytest.fixture
def starts(monkeypatch: pytest.MonkeyPatch) -> list[Start]:
    """The processes that were started, and how many adapters each has."""
    started: list[Start] = []
    start = LlamaProcess.start

    async def counted(options: LlamaOptions, adapters: Any = ()) -> LlamaProcess:
        process = await start(options, adapters)
        started.append((process, len(adapters)))
        return process

    monkeypatch.setattr(LlamaProcess, "start", counted)
    return started


async def ask(model: AdapterModel | LocalModel, **more: Any) -> str:
    answer = await model.complete({**BODY, **more})
    assert answer["model"] == model.info.name
    return str(answer["choices"][0]["message"]["content"])


async def settled(tuned: Tuned) -> None:
    """Wait until processes that nobody uses any more have ended."""
    while tuned.processes._ending.tasks:
        await asyncio.gather(*tuned.processes._ending.tasks)


async def alone(tuned: Tuned, numbers: range) -> list[str]:
    """Return the answers of adapters that are asked one after the other."""
    return [await ask(tuned.model(number)) for number in numbers]


async def test_each_adapter_answers_for_itself_whatever_a_client_sends(tuned: Tuned) -> None:
    answers = [await ask(tuned.base), *await alone(tuned, range(2))]
    assert len(set(answers)) == 3
    everything = [{"id": each, "scale": 1.0} for each in range(2)]
    for sent in ({"lora": []}, {"lora": everything}, {"id_slot": 0}, {"id_slot": 9, "lora": "x"}):
        assert [await ask(tuned.model(number), **sent) for number in range(2)] == answers[1:]
    chunks = [chunk async for chunk in tuned.model(1).stream({**BODY, "lora": [], "id_slot": 0})]
    assert "".join(chunk.text for chunk in chunks) == answers[2]
    assert chunks[0].raw["model"] == "ft:tiny:tau:1"


async def test_requests_at_once_load_once_and_get_the_answers_they_get_alone(
    tuned: Tuned, starts: list[Start]
) -> None:
    numbers = [0, 1, 2, 1] * 5
    together = await asyncio.gather(*(ask(tuned.model(number)) for number in numbers))
    assert [adapters for _, adapters in starts] == [3]
    expected = await alone(tuned, range(3))
    assert len(set(expected)) == 3
    assert together == [expected[number] for number in numbers]


async def test_each_adapter_keeps_the_prompt_that_it_has_read(tuned: Tuned) -> None:
    async def prompt_tokens(number: int) -> int:
        timings = (await tuned.model(number).complete(BODY))["timings"]
        return int(timings["prompt_n"])

    await asyncio.gather(*(prompt_tokens(number) for number in range(3)))
    assert [await prompt_tokens(number) for number in (0, 1, 2, 0, 1, 2)] == [1] * 6


async def test_what_was_used_least_recently_is_unloaded_for_what_is_asked_for(
    tuned: Tuned, starts: list[Start]
) -> None:
    first = await alone(tuned, range(ADAPTERS_LOADED))
    await ask(tuned.model(0))
    await ask(tuned.model(ADAPTERS_LOADED))
    await settled(tuned)
    assert sorted(tuned.loaded()) == ["0", "2", "3", "4"]
    assert [process.alive for process, _ in starts] == [False] * ADAPTERS_LOADED + [True]
    assert max(adapters for _, adapters in starts) == ADAPTERS_LOADED
    assert await alone(tuned, range(ADAPTERS_LOADED)) == first


async def test_more_adapters_than_can_be_loaded_are_all_answered(tuned: Tuned) -> None:
    numbers = list(range(ADAPTERS_LOADED + 2)) * 2
    together = await asyncio.gather(*(ask(tuned.model(number)) for number in numbers))
    expected = await alone(tuned, range(ADAPTERS_LOADED + 2))
    assert together == [expected[number] for number in numbers]


async def test_a_new_adapter_cuts_nobody_off(tuned: Tuned, starts: list[Start]) -> None:
    whole = await ask(tuned.model(0), max_tokens=100)
    text = ""
    async for chunk in tuned.model(0).stream({**BODY, "max_tokens": 100}):
        if not text:
            await ask(tuned.model(1))
            assert [process.alive for process, _ in starts] == [True, True]
        text += chunk.text
    assert text == whole
    await settled(tuned)
    assert [process.alive for process, _ in starts] == [False, True]


async def test_a_killed_process_fails_its_request_and_the_next_one_works(tuned: Tuned) -> None:
    answers = await alone(tuned, range(2))
    process, _ = tuned.processes.loaded()
    assert process is not None

    async def kill_while_it_answers() -> None:
        async for _ in tuned.model(0).stream({**BODY, "max_tokens": 200}):
            os.kill(process.pid, signal.SIGKILL)
            await process._process.wait()

    with pytest.raises(ModelError, match="ft:tiny:tau:0"):
        await kill_while_it_answers()
    assert await alone(tuned, range(2)) == answers


async def test_unused_adapters_are_unloaded_and_come_back(tmp_path: Path, base: Path) -> None:
    tuned = Tuned(tmp_path, base, model_idle_seconds=0.01)
    answer = await ask(tuned.model(0))
    (process, _) = tuned.processes.loaded()
    assert process is not None
    await process._process.wait()
    assert tuned.loaded() == []
    assert await ask(tuned.model(0)) == answer
    await tuned.close()


async def test_where_memory_is_short_the_process_ends_before_the_next_one_starts(
    tuned: Tuned, starts: list[Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_processes, "free_memory_bytes", lambda: 0)
    before: list[bool] = []
    start = LlamaProcess.start

    async def watched(options: LlamaOptions, adapters: Any = ()) -> LlamaProcess:
        before.append(any(process.alive for process, _ in starts))
        return await start(options, adapters)

    monkeypatch.setattr(LlamaProcess, "start", watched)
    assert len(set(await alone(tuned, range(3)))) == 3
    assert before == [False, False, False]


async def test_who_never_reads_on_keeps_nobody_waiting(
    tuned: Tuned, starts: list[Start], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter_processes, "PATIENCE_SECONDS", 0.0)
    stream = tuned.model(0).stream({**BODY, "max_tokens": 100})
    await anext(stream)
    await alone(tuned, range(1, 3))  # beside the process that is read from
    await settled(tuned)
    assert [process.alive for process, _ in starts] == [True, False, True]
    monkeypatch.setattr(adapter_processes, "free_memory_bytes", lambda: 0)
    with pytest.raises(ModelUnavailable, match="'ft:tiny:tau:3' could not be loaded"):
        await ask(tuned.model(3))
    await stream.aclose()
    await settled(tuned)
    assert not any(process.alive for process, _ in starts)
    await ask(tuned.model(3))


async def test_an_adapter_that_cannot_be_used_says_why_and_disturbs_no_other(tuned: Tuned) -> None:
    good = await ask(tuned.model(0))
    cut = tuned.model(1, write_adapter(tuned.path, 1)[:-100])
    with pytest.raises(
        ModelUnavailable, match=r"'ft:tiny:tau:1' has an adapter .*: it's cut short"
    ):
        await ask(cut)
    changed = tuned.model(2)
    tuned.contents["ft:tiny:tau:2"] = write_adapter(tuned.path, 3)
    with pytest.raises(ModelUnavailable, match="its file was changed"):
        await ask(changed)
    results = await asyncio.gather(ask(cut), ask(tuned.model(0)), return_exceptions=True)
    assert isinstance(results[0], ModelUnavailable)
    assert results[1] == good


async def test_one_that_llama_cpp_refuses_does_not_keep_others_away(
    tuned: Tuned, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = await ask(tuned.model(0))
    refused = write_adapter(tuned.path, 7)
    start = LlamaProcess.start

    async def choosy(options: LlamaOptions, adapters: Any = ()) -> LlamaProcess:
        if refused in adapters:
            raise LoadFailed("RuntimeError")
        return await start(options, adapters)

    monkeypatch.setattr(LlamaProcess, "start", choosy)
    asked = (tuned.model(7, refused), tuned.model(1), tuned.model(0))
    results = await asyncio.gather(*map(ask, asked), return_exceptions=True)
    assert isinstance(results[0], ModelUnavailable)
    assert [isinstance(each, str) for each in results[1:]] == [True, True]
    assert await ask(tuned.model(0)) == expected


async def test_what_loading_raises_is_raised_to_everybody_who_waits(tuned: Tuned) -> None:
    async def load() -> bytes:
        raise PermissionError

    model = AdapterModel(tuned.processes, tuned.base, Adapter("ft:gone", "00", load), 30.0)
    results = await asyncio.gather(ask(model), ask(model), return_exceptions=True)
    assert [type(each) for each in results] == [PermissionError] * 2
    assert tuned.processes._awaited == {}


async def test_a_base_that_was_replaced_fits_its_adapters_no_longer(
    tmp_path: Path,
) -> None:
    path = write_llama(tmp_path / "model.gguf", seed=1)
    tuned = Tuned(tmp_path, path)
    await ask(tuned.model(0))
    tuned.model(1)
    write_llama(path, seed=2)
    os.utime(path, (1, 1))
    with pytest.raises(ModelUnavailable, match="trained on another version of its base"):
        await ask(tuned.model(1))
    path.unlink()
    with pytest.raises(ModelUnavailable, match="can't be read"):
        await ask(tuned.model(1))
    await tuned.close()


async def test_after_closing_nothing_is_loaded_and_nothing_can_be(tuned: Tuned) -> None:
    await ask(tuned.model(0))
    process, _ = tuned.processes.loaded()
    waiting = asyncio.create_task(ask(tuned.model(1)))
    await asyncio.sleep(0)
    await tuned.processes.close()
    with pytest.raises(ModelUnavailable, match="about to stop"):
        await waiting
    with pytest.raises(ModelUnavailable, match="about to stop"):
        await ask(tuned.model(0))
    assert process is not None
    assert not process.alive


async def test_it_is_a_model_of_its_base_with_one_answer_to_a_request(tuned: Tuned) -> None:
    model = tuned.model(0)
    assert (model.info.name, model.info.licence) == ("ft:tiny:tau:0", "mit")
    assert model.info.capabilities == {"chat"}
    await ask(model, n=1)
    for field in ("n", "n_cmpl"):
        with pytest.raises(RequestRejected, match="one answer"):
            await ask(model, **{field: 2})
    with pytest.raises(RequestRejected, match="can't embed"):
        await model.embed(["a"])


def test_adapters_are_files_in_memory_or_gone_after_loading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "given").write_bytes(b"onetwo")
    for has_memory_files in (True, False):
        if not has_memory_files:
            monkeypatch.delattr(os, "memfd_create", raising=False)
        with (
            (tmp_path / "given").open("rb") as given,
            llama_server.adapter_files(given, [3, 3], tmp_path) as paths,
        ):
            assert [Path(path).read_bytes() for path in paths] == [b"one", b"two"]
            if not has_memory_files:
                assert [Path(path).stat().st_mode & 0o777 for path in paths] == [0o600] * 2
        assert [path.name for path in tmp_path.iterdir()] == ["given"]
    with (
        (tmp_path / "given").open("rb") as given,
        pytest.raises(OSError, match="cut short"),
        llama_server.adapter_files(given, [9], tmp_path),
    ):
        pass


@pytest.fixture
async def directory(
    tmp_path: Path, model_cache: Path, sqlite_database: Database
) -> AsyncIterator[ModelDirectory]:
    settings = Settings(
        home=tmp_path, models_folder=str(model_cache), threads=2, context_tokens=512
    )
    registry = Registry(sqlite_database, SecretBox(bytes(32)))
    made = ModelDirectory(settings, registry, Packs(model_cache))
    yield made
    await made.close()


@pytest.mark.model
async def test_the_real_base_with_two_adapters_by_their_names(directory: ModelDirectory) -> None:
    path = directory._packs.path(catalog.packs()[catalog.CHAT_MODEL])
    names = [f"ft:{catalog.CHAT_MODEL}:tau:desk:{number:08x}" for number in range(2)]
    for number, name in enumerate(names):
        content = write_adapter(path, number, strength=0.2)

        async def load(content: bytes = content) -> bytes:
            return content

        adapter = Adapter(name, sha256(content), load)
        directory.serve(name, directory.adapter_model(catalog.CHAT_MODEL, adapter))
    models = [directory.backend(name) for name in (catalog.CHAT_MODEL, *names, *names[::-1])]
    base, *answers = [(await model.complete(BODY))["choices"][0]["message"] for model in models]
    assert answers[:2] == answers[:1:-1]
    assert base not in answers
    assert answers[0] != answers[1]
    assert set(directory.running()) == {catalog.CHAT_MODEL, *names}
    assert not {info.name for info in await directory.list()} & set(names)
    directory.withdraw(names[0])
    assert [directory.knows(name) for name in names] == [False, True]
    assert set(directory.running()) == {catalog.CHAT_MODEL}  # its process has ended or will


async def test_names_are_safe_and_belong_to_one_model(
    tmp_path: Path, sqlite_database: Database
) -> None:
    registry = Registry(sqlite_database, SecretBox(bytes(32)))
    directory = ModelDirectory(Settings(home=tmp_path), registry, Packs(tmp_path))
    backend = directory.backend("scripted")
    for name in ("", "ft:a b", "ft:é", "scripted", "companion", catalog.CHAT_MODEL, "a" * 129):
        with pytest.raises(BadInput):
            directory.serve(name, backend)
    directory.serve("ft:tiny:tau:desk:12345678", backend)
    directory.serve("ft:tiny:tau:desk:12345678", directory.backend("scripted-embedder"))
    assert directory.backend("ft:tiny:tau:desk:12345678") is not backend
    with pytest.raises(BadInput, match="taken"):
        await directory.add("ft:tiny:tau:desk:12345678", "http://127.0.0.1:9/v1", "m")
    directory.withdraw("ft:tiny:tau:desk:12345678")
    directory.withdraw("ft:tiny:tau:desk:12345678")
    assert not directory.knows("ft:tiny:tau:desk:12345678")

    async def load() -> bytes:
        return b""

    for base in ("unknown", catalog.EMBEDDING_MODEL):
        with pytest.raises(UnknownModel):
            directory.adapter_model(base, Adapter("ft:x", "00", load))
    absent = directory.adapter_model(catalog.CHAT_MODEL, Adapter("ft:x", "00", load))
    with pytest.raises(ModelUnavailable, match="tau models pull"):
        await ask(absent)
    await directory.close()
