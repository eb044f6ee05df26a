"""The face of the room: models by name, aliases, endpoints that people add."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from tau.errors import (
    BadInput,
    DownloadFailed,
    ModelUnavailable,
    RefusedAddress,
    StoreUnavailable,
    UnknownModel,
)
from tau.models import Models, catalog, discovery, scripted_server
from tau.models import directory as directory_module
from tau.models.caller import Caller, current_caller
from tau.models.discovery import DiscoveredModel
from tau.models.packs import PackManifest
from tau.models.types import ModelInfo
from tau.settings import Settings
from tau.storage.database import Database
from tau.storage.schema import endpoints
from tau.storage.sealing import SecretBox

from .upstream import asking

pytestmark = pytest.mark.anyio
KEY = bytes(range(32))
Open = Callable[..., Any]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Open]:
    """Opens `Models` on a database, with settings, and closes them all."""
    made: list[Models] = []

    async def open_models(database: Database, key: bytes = KEY, **given: Any) -> Models:
        settings = Settings(home=tmp_path, model_timeout_seconds=20, **given)
        models = await Models.open(settings, database, SecretBox(key))
        made.append(models)
        return models

    yield open_models
    for models in made:
        await models.close()


async def said(models: Models, name: str, words: str) -> tuple[str, str]:
    chunks = [chunk async for chunk in models.stream(name, asking(words))]
    return "".join(chunk.text for chunk in chunks), chunks[0].raw["model"]


async def test_a_new_tau_knows_its_packs_aliases_and_the_scripted_ones(
    sqlite_database: Database, opened: Open
) -> None:
    models = await opened(sqlite_database)
    infos = {info.name: info for info in await models.directory.list()}
    assert {"smollm2-135m-instruct", "multilingual-e5-small", "scripted"} <= set(infos)
    assert not infos["smollm2-135m-instruct"].ready
    assert infos["scripted"].ready
    assert await models.aliases.all() == {
        "companion": ["smollm2-135m-instruct"],
        "embedder": ["multilingual-e5-small", "all-minilm-l6-v2"],
        "learner": [],
    }
    assert (models.aliases.default_chat(), models.aliases.default_embedder()) == (
        "companion",
        "embedder",
    )
    assert models.aliases.info("companion").size == "small"
    assert models.aliases.names_for("scripted") == ["scripted"]


async def test_a_share_of_the_callers_gets_another_model_and_keeps_it(
    database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(database)
    await models.directory.add("far", scripted_url, "scripted")
    await models.aliases.use("companion", ["far", "scripted"], {"far": 30})
    answered: dict[str, set[str]] = {}
    for number in range(60):
        person = f"person-{number % 20}"
        token = current_caller.set(Caller(person))
        answered.setdefault(person, set()).add((await said(models, "companion", "hi"))[1])
        current_caller.reset(token)
    assert all(len(names) == 1 for names in answered.values())
    assert set.union(*answered.values()) == {"far", "scripted"}
    other = await opened(database)
    assert other.aliases.shares() == {"companion": {"far": 30}}
    with pytest.raises(BadInput, match="no share"):
        await models.aliases.use("companion", ["far"], {"far": 30})
    await models.aliases.use("companion", ["far", "scripted"])
    assert models.aliases.shares() == {}


async def test_names_that_mean_nothing(sqlite_database: Database, opened: Open) -> None:
    models = await opened(sqlite_database)
    with pytest.raises(UnknownModel, match="tau models list"):
        models.aliases.names_for("gpt-9")
    with pytest.raises(UnknownModel):
        await models.complete("gpt-9", asking("hi"))
    with pytest.raises(ModelUnavailable, match="tau models use learner"):
        models.aliases.info("learner")
    with pytest.raises(ModelUnavailable, match="tau models pull smollm2"):
        await models.complete("companion", asking("hi"))
    with pytest.raises(UnknownModel):
        await models.directory.remove("gpt-9")


async def test_an_endpoint_is_added_used_and_removed(
    database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(database)
    about = {"capabilities": ["chat", "learn"], "context_tokens": 32_000}
    await models.directory.add(
        "far", f"{scripted_url}/chat/completions", "scripted", "k-e-y", **about
    )
    await models.aliases.use("companion", ["far", "smollm2-135m-instruct"])
    await models.aliases.use("quick", ["scripted"])

    for each in (models, await opened(database)):  # the other one reads what the first wrote
        assert each.aliases.names_for("companion") == ["far", "smollm2-135m-instruct"]
        assert each.aliases.info("companion").capabilities == frozenset({"chat", "learn"})
        assert await said(each, "companion", "[[say Good.]]") == ("Good.", "far")
        assert await said(each, "quick", "hi") == ("You said: hi", "scripted")
        answer = await each.complete("companion", asking("hi"))
        assert answer["model"] == "far"

    await models.directory.remove("far")
    assert models.aliases.names_for("companion") == ["smollm2-135m-instruct"]
    await models.aliases.use("companion", [])
    assert models.aliases.names_for("companion") == ["smollm2-135m-instruct"]
    with pytest.raises(UnknownModel):
        models.aliases.names_for("far")


async def test_keys_are_sealed_and_a_lost_one_is_told(
    sqlite_database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(sqlite_database)
    await models.directory.add("far", scripted_url, "scripted", "sk-secret-key")
    row = await sqlite_database.run(lambda c: c.execute(select(endpoints)).one())
    assert b"sk-secret-key" not in row.sealed_key
    assert "sk-secret-key" not in repr(models.directory.registry.endpoints)

    app = scripted_server.create_app(key="sk-secret-key")
    async with scripted_server.serving(app) as guarded:
        await models.directory.add("far", guarded, "scripted", "sk-secret-key")
        assert (await said(models, "far", "hi"))[1] == "far"
        other = await opened(sqlite_database, key=bytes(32))
        assert not other.aliases.info("far").ready
        with pytest.raises(ModelUnavailable, match="refuses the key"):
            await said(other, "far", "hi")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"name": "companion"}, BadInput),
        ({"name": "tau"}, BadInput),
        ({"name": "scripted"}, BadInput),
        ({"name": "smollm2-135m-instruct"}, BadInput),
        ({"name": ""}, BadInput),
        ({"name": "a b"}, BadInput),
        ({"url": "ftp://x/v1"}, RefusedAddress),
        ({"url": "http://10.0.0.1/v1"}, RefusedAddress),
        ({"url": "https://user:pw@host/v1"}, RefusedAddress),
        ({"url": "https://host/v1?key=1"}, BadInput),
        ({"key": "line\nbreak"}, BadInput),
        ({"capabilities": ["fly"]}, BadInput),
        ({"capabilities": []}, BadInput),
        ({"context_tokens": -1}, BadInput),
        ({"colour": "red"}, BadInput),
    ],
)
async def test_what_cannot_be_added(
    sqlite_database: Database, opened: Open, given: dict[str, Any], error: type[Exception]
) -> None:
    models = await opened(sqlite_database)
    with pytest.raises(error):
        await models.directory.add(
            **{"name": "far", "url": "https://host/v1", "model": "m", **given}
        )
    assert "far" not in {info.name for info in await models.directory.list()}


async def test_an_address_without_a_path_means_v1(sqlite_database: Database, opened: Open) -> None:
    models = await opened(sqlite_database)
    await models.directory.add("far", "http://127.0.0.1:11434", "m")
    assert models.directory.registry.endpoints["far"].url == "http://127.0.0.1:11434/v1"


async def test_what_an_alias_cannot_mean(sqlite_database: Database, opened: Open) -> None:
    models = await opened(sqlite_database)
    with pytest.raises(UnknownModel):
        await models.aliases.use("companion", ["gpt-9"])
    with pytest.raises(BadInput, match="can't chat"):
        await models.aliases.use("companion", ["all-minilm-l6-v2"])
    with pytest.raises(BadInput, match="can't embed"):
        await models.aliases.use("embedder", ["scripted"])
    with pytest.raises(BadInput, match="is a model"):
        await models.aliases.use("scripted", ["scripted"])
    with pytest.raises(BadInput, match="hyphens"):
        await models.aliases.use("Two Words", ["scripted"])


async def test_an_alias_falls_over_to_the_next(
    sqlite_database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(sqlite_database)
    await models.directory.add("gone", "http://127.0.0.1:9/v1", "m")
    await models.directory.add("far", scripted_url, "scripted")
    await models.aliases.use("companion", ["smollm2-135m-instruct", "gone", "far"])
    assert await said(models, "companion", "hi") == ("You said: hi", "far")
    await models.aliases.use("companion", ["smollm2-135m-instruct", "gone"])
    with pytest.raises(ModelUnavailable, match=r"'gone' cannot be reached.*tau models pull"):
        await said(models, "companion", "hi")


async def test_the_endpoint_of_the_settings_heads_the_companion(
    sqlite_database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(sqlite_database, model_url=scripted_url, model="scripted", model_key="k")
    assert models.aliases.default_chat() == "companion"
    assert models.aliases.names_for("companion") == ["configured", "smollm2-135m-instruct"]
    assert await said(models, "companion", "hi") == ("You said: hi", "configured")
    assert (await models.directory.list())[0].name == "configured"
    await models.aliases.use("companion", ["scripted"])
    assert models.aliases.names_for("companion") == ["configured", "scripted"]


async def test_the_model_of_the_settings_is_the_default(
    sqlite_database: Database, opened: Open
) -> None:
    models = await opened(sqlite_database, model="scripted", embedder="scripted-embedder")
    assert (models.aliases.default_chat(), models.aliases.default_embedder()) == (
        "scripted",
        "scripted-embedder",
    )
    embedded = await models.embed(models.aliases.default_embedder(), ["a", "b"])
    assert (embedded.model, embedded.vectors.shape) == ("scripted-embedder", (2, 64))


async def test_a_bad_address_in_the_settings_is_told_at_once(
    sqlite_database: Database, opened: Open
) -> None:
    with pytest.raises(RefusedAddress):
        await opened(sqlite_database, model_url="http://192.168.0.7/v1")


async def test_checks_say_how_it_went(
    sqlite_database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(sqlite_database)
    check = await models.check("scripted")
    assert check.ok
    assert check.first_token_seconds is not None
    assert "tokens a second" in check.sentence
    check = await models.check("scripted-embedder")
    assert (check.ok, check.sentence) == (True, "scripted-embedder embeds in 64 dimensions.")
    check = await models.check("companion")
    assert (check.ok, check.model) == (False, "smollm2-135m-instruct")
    assert "tau models pull" in check.sentence
    assert not (await models.check("learner")).ok
    with pytest.raises(UnknownModel):
        await models.check("gpt-9")


async def test_what_cannot_be_pulled(sqlite_database: Database, opened: Open) -> None:
    models = await opened(sqlite_database, offline=True)
    with pytest.raises(BadInput, match="not a model that Tau downloads"):
        await models.pull("scripted", lambda *_: None)
    with pytest.raises(UnknownModel):
        await models.pull("gpt-9", lambda *_: None)
    with pytest.raises(DownloadFailed, match="offline"):
        await models.pull("companion", lambda *_: None)
    await models.directory.remove("smollm2-135m-instruct")  # what is not there is removed easily


async def test_what_was_found_can_be_used_by_name(
    sqlite_database: Database,
    opened: Open,
    scripted_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    info = ModelInfo(name="ollama/small", origin="found", about="Ollama")

    async def discover() -> list[DiscoveredModel]:
        return [DiscoveredModel(info, scripted_url, "scripted")]

    monkeypatch.setattr(directory_module, "discover", discover)
    models = await opened(sqlite_database)
    assert await models.directory.discover() == [info]
    assert await said(models, "ollama/small", "hi") == ("You said: hi", "ollama/small")
    await models.aliases.use("companion", ["ollama/small"])
    later = await opened(sqlite_database)  # it was added, so it outlives the finding
    assert await said(later, "companion", "hi") == ("You said: hi", "ollama/small")


async def test_a_database_that_does_not_answer_does_not_silence_the_models(
    sqlite_database: Database, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = await opened(sqlite_database)

    async def away(**_: Any) -> None:
        raise StoreUnavailable("The database does not answer.")

    monkeypatch.setattr(models.directory.registry, "refresh", away)
    assert await said(models, "scripted", "hi") == ("You said: hi", "scripted")


def test_the_usual_ports_are_asked() -> None:
    assert {place.port for place in discovery.SERVER_KINDS} == {11434, 1234, 8080, 8000}


@pytest.mark.model
async def test_the_built_in_pair_answers_by_its_aliases(
    sqlite_database: Database, opened: Open, model_cache: Path
) -> None:
    models = await opened(sqlite_database, models_folder=str(model_cache), threads=1)
    await models.pull("companion", lambda *_: None)
    assert models.aliases.info("companion").ready
    assert (await models.check("companion")).ok
    embedded = await models.embed("embedder", ["Good morning."] * 3)
    assert (embedded.model, embedded.vectors.shape) == ("multilingual-e5-small", (3, 384))


@pytest.mark.model
async def test_warming_up_loads_what_speaks_and_embeds(
    sqlite_database: Database, opened: Open, model_cache: Path
) -> None:
    models = await opened(sqlite_database, models_folder=str(model_cache), threads=1)
    await models.warm_up()
    assert set(models.directory.running()) == {catalog.CHAT_MODEL, catalog.EMBEDDING_MODEL}


async def test_warming_up_passes_over_what_is_not_there(
    sqlite_database: Database, opened: Open, tmp_path: Path
) -> None:
    models = await opened(sqlite_database, models_folder=str(tmp_path))
    await models.warm_up()
    assert models.directory.running() == {}


async def test_who_learns_is_a_choice_and_must_be_able(
    sqlite_database: Database, opened: Open, scripted_url: str
) -> None:
    models = await opened(sqlite_database)
    assert models.aliases.learners() == []
    with pytest.raises(BadInput, match="capable enough"):
        await models.aliases.use("learner", ["smollm2-135m-instruct"])
    await models.directory.add("mine", scripted_url, "scripted")
    await models.aliases.use("learner", ["mine", "qwen3-4b-instruct"])
    assert models.aliases.learners() == ["mine", "qwen3-4b-instruct"]
    await models.aliases.use("learner", [])
    assert models.aliases.learners() == []


async def test_the_embedder_is_wanted_where_its_predecessor_is_in_use(
    sqlite_database: Database, opened: Open, tmp_path: Path
) -> None:
    folder = tmp_path / "packs"
    models = await opened(sqlite_database, models_folder=str(folder))
    assert await models.wanted_embedder() is None, "nothing is in use"
    _downloaded(folder, "all-minilm-l6-v2")
    assert await models.wanted_embedder() == "multilingual-e5-small"
    assert models.aliases.info("embedder").name == "all-minilm-l6-v2"
    await models.aliases.use("embedder", ["all-minilm-l6-v2"])
    assert await models.wanted_embedder() is None, "somebody chose the former one"
    await models.aliases.use("embedder", [])
    _downloaded(folder, "multilingual-e5-small")
    assert await models.wanted_embedder() is None
    assert models.aliases.info("embedder").name == "multilingual-e5-small"


def _downloaded(folder: Path, name: str) -> None:
    pack = catalog.packs()[name]
    (folder / name).mkdir(parents=True)
    (folder / name / "model.gguf").write_bytes(b"weights")
    manifest = PackManifest(name, pack.sources[0], pack.sha256, 7)
    (folder / name / "pack.json").write_bytes(msgspec.json.encode(manifest))
