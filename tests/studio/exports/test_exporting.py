"""Exports of what a person has, from a project or a model to the files of an archive."""

import hashlib
import io
import json
import tempfile
import time
import zipfile
from pathlib import Path
from typing import Any, get_args

import pytest
from gguf import GGUFReader

from tau.app import App
from tau.errors import BadInput, NotFound, StoreFull
from tau.models.catalog import CHAT_MODEL
from tau.people import Unlocked
from tau.settings import Settings
from tau.studio.examples.read_context import ReadOptions
from tau.studio.exports.exporting import StudioExports
from tau.studio.exports.formats import NOTES, DataFormat, ExportFormat, ModelFormat
from tau.studio.tuning.log_events import ModelMade, RunCreated, RunMoved, RunPlanned
from tau.studio.tuning.run_spec import RunBase, RunData, RunSpec, SupervisedMethod
from tests.studio.desk import as_lines, requests
from tests.studio.examples.files import chat_line
from tests.studio.tuning.made_runs import another_person, put_base

from .made_gguf import SHAPES, write_adapter, write_base

pytestmark = pytest.mark.anyio
MODEL = f"ft:{CHAT_MODEL}:tau:desk:0a1b2c3d"


class ExportDesk:
    """A project with a frozen test, and a model that was made from it."""

    def __init__(self, app: App, owner: Unlocked, project: str, adapter: bytes) -> None:
        self.app = app
        self.owner = owner
        self.project = project
        self.adapter = adapter
        self._exports = StudioExports(app.studio, app.settings.models_path, app.settings.home)

    @classmethod
    async def open(cls, app: App, tmp_path: Path) -> "ExportDesk":
        owner = await app.people.owner()
        base = put_base(app.settings.models_path, write_base(tmp_path / "base.gguf").read_bytes())
        log = await app.studio.projects.create(owner, "Front desk")
        file = io.BytesIO(as_lines(requests(60)))
        await app.studio.add_file(owner, log.project.id, "desk.jsonl", file, ReadOptions())
        await app.studio.freeze_test(owner, log.project.id, 20)
        adapter = write_adapter(tmp_path / "adapter.gguf")
        desk = cls(app, owner, log.project.id, adapter)
        sha256 = hashlib.sha256(base.read_bytes()).hexdigest()
        train = [each.id for each in log.project.train]
        await desk.make_model(
            MODEL,
            RunCreated(
                at=time.time(),
                project=log.project.id,
                base=CHAT_MODEL,
                examples=tuple(train[:30]),
                validation=tuple(train[30:33]),
            ),
            sha256,
        )
        return desk

    async def make_model(self, name: str, created: RunCreated, base_sha256: str) -> None:
        runs = self.app.studio.runs
        log = await runs.parts.create_log(self.owner)
        runs.folder_of(log).write("adapters/step-1.gguf", self.adapter)
        spec = RunSpec(
            base=RunBase(name=CHAT_MODEL, sha256=base_sha256),
            data=RunData(train="t"),
            method=SupervisedMethod(epochs=5),
        )
        made = ModelMade(
            at=time.time(),
            name=name,
            model_kind="adapter",
            base=CHAT_MODEL,
            base_sha256=base_sha256,
            content_sha256="c",
            step=1,
            file="adapters/step-1.gguf",
        )
        planned, moved = RunPlanned(at=1, spec=spec), RunMoved(at=2, status="succeeded")
        await log.append(created, planned, made, moved)

    async def export(
        self, what: str, kind: ExportFormat, person: Unlocked | None = None
    ) -> dict[str, bytes]:
        with await self._exports.write(person or self.owner, what, kind) as archive:
            zipped = zipfile.ZipFile(archive)
            return {name: zipped.read(name) for name in zipped.namelist()}


@pytest.fixture
async def desk(app: App, tmp_path: Path) -> ExportDesk:
    return await ExportDesk.open(app, tmp_path)


def lines(content: bytes) -> list[Any]:
    return [json.loads(line) for line in content.splitlines()]


async def test_a_projects_examples_stay_apart(desk: ExportDesk) -> None:
    files = await desk.export("front DESK", "openai")
    project = (await desk.app.studio.projects.open(desk.owner, desk.project)).project
    parts = [lines(files[f"{name}.jsonl"]) for name in ("train", "valid", "test")]
    assert len(parts[0]) + len(parts[1]) == len(project.train)
    assert len(parts[1]) > 0
    assert len(parts[2]) == len(project.test) == 20
    said = [{json.dumps(each) for each in part} for part in parts]
    assert not said[0] & said[1]
    assert not (said[0] | said[1]) & said[2]


async def test_nothing_is_written_outside_of_taus_home(
    desk: ExportDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    for kind in get_args(DataFormat) + get_args(ModelFormat):
        assert await desk.export("front desk", kind)


async def test_a_model_is_exported_with_what_it_learned_from(desk: ExportDesk) -> None:
    files = await desk.export(MODEL, "axolotl")
    assert (len(lines(files["train.jsonl"])), len(lines(files["valid.jsonl"]))) == (30, 3)
    assert b"\nnum_epochs: 5\n" in files["config.yml"]
    assert b"HuggingFaceTB/SmolLM2-135M-Instruct" in files["config.yml"]
    project = (await desk.app.studio.projects.open(desk.owner, desk.project)).project
    first = project.train[0].id
    await desk.app.studio.withdraw(desk.owner, desk.project, [first])
    again = await desk.export(MODEL, "axolotl")
    assert len(lines(again["train.jsonl"])) == 29


async def test_a_jobs_model_is_exported_with_its_files(desk: ExportDesk) -> None:
    files = desk.app.studio.files
    content = "\n".join(chat_line(f"Question {at}") for at in range(10)).encode()

    async def pieces() -> Any:
        yield content

    async with files.receive(pieces()) as received:
        record = await files.keep(desk.owner, received, "a.jsonl", "fine-tune")
    name = f"ft:{CHAT_MODEL}:tau::99999999"
    created = RunCreated(at=1, base=CHAT_MODEL, job={"training_file": record.id})
    await desk.make_model(name, created, "other")
    exported = await desk.export(name, "openai")
    assert exported["train.jsonl"].count(b"\n") == 10
    await files.remove(desk.owner, record.id)
    with pytest.raises(NotFound):
        await desk.export(name, "openai")
    with pytest.raises(BadInput, match="another file"):
        await desk.export(name, "peft")


async def test_the_adapter_comes_out_as_it_is_for_peft_and_merged(
    desk: ExportDesk, tmp_path: Path, settings: Settings
) -> None:
    assert await desk.export(MODEL, "gguf") == {"adapter.gguf": desk.adapter}
    peft = await desk.export("Front desk", "peft")
    assert peft.keys() == {"adapter_config.json", "adapter_model.safetensors"}
    merged = await desk.export(MODEL, "merged")
    path = tmp_path / "merged.gguf"
    path.write_bytes(merged["model.gguf"])
    reader = GGUFReader(path)
    assert {each.name for each in reader.tensors} >= SHAPES.keys()
    name = reader.get_field("general.name")
    assert name is not None
    assert name.contents() == MODEL
    assert [each.name for each in settings.home.glob("tmp*")] == []


async def test_an_adapter_that_is_damaged_or_gone_is_not_exported(desk: ExportDesk) -> None:
    [log] = await desk.app.studio.runs.all(desk.owner)
    path = desk.app.studio.runs.folder_of(log).path / "adapters/step-1.gguf"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(NotFound):
        await desk.export(MODEL, "gguf")
    path.unlink()
    with pytest.raises(NotFound):
        await desk.export(MODEL, "merged")


async def test_a_full_disk_is_said(desk: ExportDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tau.studio.exports.exporting.write_merged", full)
    with pytest.raises(StoreFull, match="disk"):
        await desk.export(MODEL, "merged")


async def test_what_does_not_fit_is_in_the_notes(desk: ExportDesk) -> None:
    grader = {"type": "json_keys", "name": "keys"}
    await desk.app.studio.choose_grader(desk.owner, desk.project, grader)
    assert b"`json_keys`" in (await desk.export("Front desk", "promptfoo"))[NOTES]


async def test_nobody_exports_what_is_somebody_elses(desk: ExportDesk) -> None:
    other = await another_person(desk.app)
    for what in ("Front desk", MODEL, desk.project):
        for kind in ("openai", "gguf"):
            with pytest.raises(NotFound):
                await desk.export(what, kind, other)
    await desk.app.studio.runs.delete_model(desk.owner, MODEL)
    with pytest.raises(NotFound):
        await desk.export(MODEL, "gguf")
