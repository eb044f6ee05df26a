"""The model card: what a model learned from, how, how well it does, and where it's used. Pure.

It's a fold of what happened, so it can't say anything else. It quotes no example.
"""

from typing import Any

import msgspec

from tau.studio.project import Project
from tau.studio.releases.gate import GateReport
from tau.studio.releases.gate_facts import find_result, withdrawn_examples
from tau.studio.releases.release_events import GateCondition
from tau.studio.releases.release_state import ReleaseState, Standing
from tau.studio.results import Interval, MethodResult
from tau.studio.serving.made_model import MadeModel
from tau.studio.tuning.log_events import ModelKind
from tau.studio.tuning.run_spec import run_sha256


class CardSource(msgspec.Struct, frozen=True):
    """Where examples came from."""

    name: str
    examples: int
    licence: str
    trust: str
    sha256: str


class CardFigure(msgspec.Struct, frozen=True):
    """How a method did on the frozen test."""

    method: str
    kind: str
    passed: Interval
    score: float
    seconds_per_answer: float


class CardTraining(msgspec.Struct, frozen=True, kw_only=True):
    """How it was trained, and what the estimate said before."""

    run_sha256: str
    method: dict[str, Any]
    adapter: dict[str, Any]
    seed: int
    precision: str
    device: str
    trained_tokens: int
    validation_loss: float | None
    estimated_seconds: float
    seconds: float
    estimated_memory_bytes: int
    memory_bytes: int


class CardRelease(msgspec.Struct, frozen=True):
    """Where it's used, or was."""

    alias: str
    at: float
    share: int
    standing: Standing
    reason: str = ""


class ModelCard(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is known of a model."""

    name: str
    kind: ModelKind
    made_at: float
    base: str
    base_sha256: str
    base_licence: str
    content_sha256: str
    project: str
    examples: int
    test_examples: int
    test_sha256: str
    sources: tuple[CardSource, ...]
    training: CardTraining | None
    figures: tuple[CardFigure, ...]
    """Of the comparison in which it answered the test, cheapest method first."""
    parity: dict[str, float]
    gate: tuple[GateCondition, ...]
    releases: tuple[CardRelease, ...]
    withdrawn: int
    """Examples that it learned from and that were withdrawn since."""
    limits: tuple[str, ...]


def make_card(
    project: Project,
    releases: ReleaseState,
    model: MadeModel,
    report: GateReport,
    base_licence: str,
) -> ModelCard:
    """Return the card of a model of a project."""
    comparison, _ = find_result(project, model)
    learned = set(model.created.examples)
    return ModelCard(
        name=model.name,
        kind=model.made.model_kind,
        made_at=model.made.at,
        base=model.made.base,
        base_sha256=model.made.base_sha256,
        base_licence=base_licence,
        content_sha256=model.made.content_sha256,
        project=project.name,
        examples=len(learned),
        test_examples=len(project.test),
        test_sha256=project.split.sha256 if project.split else "",
        sources=_sources(project, learned),
        training=_training(model),
        figures=tuple(
            _figure(each) for each in (comparison.methods if comparison else ()) if each.passed
        ),
        parity=dict(model.measured.figures) if model.measured else {},
        gate=report.conditions,
        releases=tuple(_releases(releases, model.name)),
        withdrawn=len(withdrawn_examples(project, model)),
        limits=_limits(project, model),
    )


def _sources(project: Project, learned: set[str]) -> tuple[CardSource, ...]:
    found = []
    for source in project.sources.values():
        used = [
            each
            for each in project.examples.values()
            if each.id in learned and each.source == source.id
        ]
        if used:
            trusts = ", ".join(sorted({each.trust for each in used}))
            found.append(CardSource(source.name, len(used), source.licence, trusts, source.sha256))
    return tuple(found)


def _training(model: MadeModel) -> CardTraining | None:
    planned, progress = model.run.planned, model.run.progress
    if planned is None:
        return None
    spec, started, finished = planned.spec, progress.started, progress.finished
    validated = [
        each for step, each in sorted(progress.validated.items()) if step <= model.made.step
    ]
    return CardTraining(
        run_sha256=run_sha256(spec),
        method=msgspec.to_builtins(spec.method),
        adapter=msgspec.to_builtins(spec.adapter),
        seed=spec.seed,
        precision=started.precision if started else spec.precision,
        device=started.device if started else "",
        trained_tokens=finished.trained_tokens if finished else 0,
        validation_loss=validated[-1].loss if validated else None,
        estimated_seconds=planned.estimated_seconds,
        seconds=progress.seconds,
        estimated_memory_bytes=planned.estimated_memory_bytes,
        memory_bytes=finished.peak_memory_bytes if finished else 0,
    )


def _figure(result: MethodResult) -> CardFigure:
    return CardFigure(
        result.name,
        result.kind,
        result.passed or Interval(0.0, 0.0, 1.0),
        result.score,
        result.seconds_per_answer,
    )


def _releases(state: ReleaseState, model: str) -> list[CardRelease]:
    return [
        CardRelease(
            each.event.alias,
            each.event.at,
            state.aliases[each.event.alias].shares.get(model, 0),
            state.standing(each),
            each.ended.reason if each.ended else "",
        )
        for each in state.releases
        if each.event.model == model
    ]


def _limits(project: Project, model: MadeModel) -> tuple[str, ...]:
    found = []
    if project.split is not None:
        found.append(
            f"Its figures are of {len(project.test)} examples of this project; other requests may "
            "go otherwise."
        )
    if model.made.model_kind == "classifier":
        found.append("It knows only the answers of its examples, and gives one to any request.")
    else:
        found.append("It may repeat what its examples say; treat it as you treat them.")
    if withdrawn_examples(project, model):
        found.append("Examples that it learned from were withdrawn: it should be trained again.")
    return tuple(found)
