"""Keeping what a comparison tried: its classifier or its prompt becomes a model, without training.

Both are made again from the same examples and are the same to the last bit, so the figures of the
comparison are theirs.
"""

import time

from tau.errors import BadInput, Conflict, NotFound
from tau.models import Models
from tau.models.directory import CONFIGURED
from tau.people import Unlocked
from tau.studio.events import ComparisonFinished
from tau.studio.examples.example import Example
from tau.studio.methods.classifier import ClassifierMethod
from tau.studio.methods.embedder import ExampleEmbedder
from tau.studio.methods.prompt import PromptMethod
from tau.studio.project import Project
from tau.studio.results import MethodResult
from tau.studio.serving.made_model import MadeModel
from tau.studio.serving.model_names import content_hash, kept_name
from tau.studio.serving.model_runs import ModelRuns
from tau.studio.tuning.log_events import ModelKind, ModelMade, RunCreated, RunMoved


async def keep_method(
    unlocked: Unlocked, project: Project, runs: ModelRuns, models: Models, method: str, suffix: str
) -> MadeModel:
    """Make the classifier or the prompt of the last comparison a model, and return it.

    Raises `NotFound` if there's no such method, `Conflict` if its examples have changed since, and
    `BadInput` for a method that can't be kept.
    """
    finished, result = _result(project, method)
    train = _examples(project, finished)
    kind, content = await _content(models, result, train)
    now = time.time()
    sha256 = content_hash(*(each.encode() for each in (project.id, kind, result.model)), content)
    name = kept_name(result.model, suffix or project.name, sha256)
    for each in await runs.all(unlocked):
        if each.name == name:
            return each
    created = RunCreated(
        at=now,
        project=project.id,
        suffix=suffix,
        base=result.model,
        examples=tuple(each.id for each in train),
        comparison=finished.id,
        method=result.name,
    )
    made = ModelMade(
        at=now,
        name=name,
        model_kind=kind,
        base=result.model,
        base_sha256="",
        content_sha256=sha256,
        content=content,
    )
    done = RunMoved(at=now, status="succeeded", message="Kept from a comparison.")
    await runs.create(unlocked, [created, made, done])
    return await runs.find(unlocked, name)


def _result(project: Project, method: str) -> tuple[ComparisonFinished, MethodResult]:
    for finished in reversed(project.comparisons):
        for each in finished.result.methods:
            if each.name == method and each.passed is not None:
                return finished, each
    raise NotFound(f"No comparison tried a method called {method!r} to the end.")


def _examples(project: Project, finished: ComparisonFinished) -> list[Example]:
    """Return the examples that the method learned from, in their order."""
    learned = set(finished.result.trained_on)
    found = [each for each in project.train if each.id in learned]
    if finished.result.withdrawn or len(found) != len(learned):
        raise Conflict("Its examples have changed since it was compared: tau studio compare")
    return found


async def _content(
    models: Models, result: MethodResult, train: list[Example]
) -> tuple[ModelKind, bytes]:
    if result.kind == "classifier":
        method = ClassifierMethod(ExampleEmbedder(models, result.model))
        refused = await method.prepare(train)
        if method.fitted is None:
            raise BadInput(refused or "There is nothing to keep.")
        return "classifier", method.fitted.to_bytes()
    if result.kind in ("prompt", "strong") and result.model != CONFIGURED:
        prompt = PromptMethod(models, models.aliases.info(result.model))
        if refused := await prompt.prepare(train):
            raise BadInput(refused)
        return "prompt", prompt.kept(train).to_bytes()
    raise BadInput(
        "Only a classifier or a prompt can be kept: similar examples would have to be served "
        "with the model, and a trained model is one already."
    )
