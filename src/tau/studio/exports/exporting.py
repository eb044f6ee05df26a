"""Exports of what a person has: a project, or a model that a run made."""

import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import anyio.to_thread
import msgspec

from tau.errors import BadInput, NotFound, StoreFull
from tau.people import Unlocked
from tau.studio.exports.adapter_content import AdapterContent, read_adapter
from tau.studio.exports.export import ChatLine, Export, ExportData, chat_line
from tau.studio.exports.formats import NOTES, ExportFormat
from tau.studio.exports.inspect_task import export_inspect
from tau.studio.exports.merged_model import base_heads, write_merged
from tau.studio.exports.openai_files import export_openai
from tau.studio.exports.peft_files import export_peft
from tau.studio.exports.promptfoo import export_promptfoo
from tau.studio.exports.training_configs import export_axolotl, export_llama_factory
from tau.studio.files.file_reader import buffered_file
from tau.studio.grading_answers import grader_of
from tau.studio.project import Project
from tau.studio.studio import Studio
from tau.studio.tuning.bases import TuningBase, find_base
from tau.studio.tuning.log_events import ModelMade
from tau.studio.tuning.planning import choose_validation
from tau.studio.tuning.run_folder import DamagedRunFile
from tau.studio.tuning.run_log import RunLog
from tau.studio.tuning.training_lines import FileParam, read_training_lines

_WRITERS = {
    "openai": export_openai,
    "promptfoo": export_promptfoo,
    "inspect": export_inspect,
    "axolotl": export_axolotl,
    "llama-factory": export_llama_factory,
}
_SEED = 7


class _Made(NamedTuple):
    log: RunLog
    model: ModelMade


class StudioExports:
    """Writes exports. What is in them lies plainly in the file that's handed over."""

    def __init__(self, studio: Studio, models_path: Path, home: Path) -> None:
        self._studio = studio
        self._models_path = models_path
        self._home = home

    async def write(self, unlocked: Unlocked, what: str, kind: ExportFormat) -> BinaryIO:
        """Return a zip archive, open at its start; `what` is a model, or a project's name or id.

        Raises `NotFound`, `BadInput` for what can't be exported like that, and `StoreFull`.
        """
        try:
            return await self._written(unlocked, what, kind)
        except OSError:
            raise StoreFull("The export can't be written: the disk may be full.") from None

    async def _written(self, unlocked: Unlocked, what: str, kind: ExportFormat) -> BinaryIO:
        if kind in _WRITERS:
            data = await self._data(unlocked, what)
            return await anyio.to_thread.run_sync(lambda: self._archive(_WRITERS[kind](data)))
        made = await self._model(unlocked, what)
        if made.model.model_kind != "adapter":
            raise BadInput(f"{made.model.name} isn't an adapter, so it can't be exported so.")
        raw = await anyio.to_thread.run_sync(self._read_adapter, made)
        if kind == "gguf":
            return await anyio.to_thread.run_sync(self._archive, Export({"adapter.gguf": raw}))
        base = await self._base(made.model)
        adapter = await anyio.to_thread.run_sync(read_adapter, raw)
        if kind == "peft":
            return await anyio.to_thread.run_sync(self._peft, adapter, base)
        return await anyio.to_thread.run_sync(self._merged, adapter, base, made.model.name)

    async def _data(self, unlocked: Unlocked, what: str) -> ExportData:
        made = await self._find_model(unlocked, what)
        if made is None:
            project = (await self._studio.projects.find(unlocked, what)).project
            return await anyio.to_thread.run_sync(_project_data, project)
        created, planned = made.log.state.created, made.log.state.planned
        assert created is not None  # noqa: S101 - it made a model
        spec = planned.spec if planned else None
        if not created.project:
            return await self._job_data(unlocked, made)
        project = (await self._studio.projects.open(unlocked, created.project)).project
        known = project.examples
        return ExportData(
            name=made.model.name,
            train=[chat_line(known[each]) for each in created.examples if each in known],
            valid=[chat_line(known[each]) for each in created.validation if each in known],
            test=project.test,
            grader=grader_of(project),
            spec=spec,
            base=made.model.base,
        )

    async def _job_data(self, unlocked: Unlocked, made: _Made) -> ExportData:
        state = made.log.state
        job = state.created.job if state.created else {}
        kind = (job.get("method") or {}).get("type", "supervised")

        async def lines(param: FileParam) -> list[ChatLine]:
            if not job.get(param):
                return []
            files = self._studio.files
            record = await files.find(unlocked, job[param])
            file = buffered_file(lambda: files.read(record))
            found = await anyio.to_thread.run_sync(read_training_lines, file, kind, param)
            return [msgspec.json.decode(each.content) for each in found]

        return ExportData(
            name=made.model.name,
            train=await lines("training_file"),
            valid=await lines("validation_file"),
            spec=state.planned.spec if state.planned else None,
            base=made.model.base,
        )

    async def _model(self, unlocked: Unlocked, what: str) -> _Made:
        """Return a model by its name, or the newest result of a project's runs."""
        if made := await self._find_model(unlocked, what):
            return made
        project = (await self._studio.projects.find(unlocked, what)).project
        for log in await self._studio.runs.all(unlocked, project.id):
            model = log.state.result
            if model is not None and model.model_kind == "adapter":
                return _Made(log, model)
        raise NotFound(f"{project.name} has no tuned model yet.")

    async def _find_model(self, unlocked: Unlocked, name: str) -> _Made | None:
        for log in await self._studio.runs.all(unlocked):
            if (model := log.state.models.get(name)) is not None:
                return _Made(log, model)
        return None

    def _read_adapter(self, made: _Made) -> bytes:
        try:
            return self._studio.runs.folder_of(made.log).read(made.model.file)
        except (OSError, DamagedRunFile):
            raise NotFound("The adapter isn't on this machine any more.") from None

    async def _base(self, model: ModelMade) -> TuningBase:
        base = find_base(self._models_path, model.base)
        if await self._studio.runs.parts.hashes.sha256(base) != model.base_sha256:
            raise BadInput(f"{base.name} is another file than the one that was trained on.")
        return base

    def _merged(self, adapter: AdapterContent, base: TuningBase, name: str) -> BinaryIO:
        with _scratch_path(self._home) as path:
            write_merged(base.path, adapter, path, name)
            return self._archive(Export({}), {"model.gguf": path})

    def _peft(self, adapter: AdapterContent, base: TuningBase) -> BinaryIO:
        return self._archive(export_peft(adapter, base_heads(base.path), base.name))

    def _archive(self, export: Export, paths: Mapping[str, Path] | None = None) -> BinaryIO:
        """Return a zip archive of an export, in a file without a name."""
        archive = cast("BinaryIO", tempfile.TemporaryFile(dir=self._home))  # noqa: SIM115 - handed over
        method = zipfile.ZIP_STORED if paths else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(archive, "w", method) as zipped:
            for name, content in export.files.items():
                zipped.writestr(name, content)
            for name, path in (paths or {}).items():
                zipped.write(path, name)
            if export.notes:
                zipped.writestr(NOTES, "\n".join(export.notes) + "\n")
        archive.seek(0)
        return archive


@contextmanager
def _scratch_path(folder: Path) -> Iterator[Path]:
    """Yield the path of an empty file; on Linux one without a name, which no crash leaves."""
    with tempfile.TemporaryFile(dir=folder) as file:
        unnamed = Path(f"/proc/self/fd/{file.fileno()}")
        if unnamed.exists():
            yield unnamed
            return
    with tempfile.TemporaryDirectory(dir=folder) as named:
        yield Path(named) / "scratch"


def _project_data(project: Project) -> ExportData:
    examples = [each for each in project.train if each.answer.strip()]
    held = set(choose_validation(examples, _SEED)) if examples else set()
    return ExportData(
        name=project.name,
        train=[chat_line(each) for each in examples if each.id not in held],
        valid=[chat_line(each) for each in examples if each.id in held],
        test=project.test,
        grader=grader_of(project) if project.examples else None,
    )
