"""Models of the studio, their gate, releases and reviews as the API returns them."""

import msgspec

from tau.server.schemas.releases import (
    AliasOut,
    BlindPairOut,
    GateConditionOut,
    GateOut,
    MadeModelOut,
    ModelCardOut,
    ReleaseList,
    ReleaseOut,
    RevealedOut,
    ReviewOut,
)
from tau.server.studio_presenters import example_out
from tau.studio.project_log import ProjectLog
from tau.studio.releases.alias_changes import describe_alias
from tau.studio.releases.card_text import card_markdown
from tau.studio.releases.gate import GateReport
from tau.studio.releases.gate_facts import withdrawn_examples
from tau.studio.releases.model_card import ModelCard
from tau.studio.releases.release_events import AliasModels
from tau.studio.releases.release_state import BlindReview, ModelRelease
from tau.studio.releases.reviews import BlindPair, next_pair, revealed
from tau.studio.serving.made_model import MadeModel


def made_model_out(model: MadeModel, alias: str | None, withdrawn: int) -> MadeModelOut:
    """Return a model."""
    return MadeModelOut(
        name=model.name,
        kind=model.made.model_kind,
        base=model.made.base,
        project=model.created.project,
        run=model.run.id,
        made_at=model.made.at,
        step=model.made.step,
        examples=len(model.created.examples),
        withdrawn=withdrawn,
        alias=alias,
        comparison=model.created.comparison,
        method=model.created.method,
    )


def gate_out(model: str, report: GateReport) -> GateOut:
    """Return what the gate says."""
    return GateOut(
        model=model,
        passed=report.passed,
        conditions=[
            GateConditionOut(
                each.kind, each.passed, each.figure, each.sentence, list(each.examples)
            )
            for each in report.conditions
        ],
    )


def release_list(logs: list[ProjectLog], models: list[MadeModel]) -> ReleaseList:
    """Return the releases of projects, newest first, and what their aliases mean now."""
    by_name = {each.name: each for each in models}
    releases = [
        _release_out(log, release, by_name) for log in logs for release in log.releases.releases
    ]
    return ReleaseList(
        releases=sorted(releases, key=lambda each: -each.at),
        aliases=[
            alias_out(alias, meaning)
            for log in logs
            for alias, meaning in log.releases.aliases.items()
        ],
    )


def alias_out(alias: str, meaning: AliasModels) -> AliasOut:
    """Return what an alias means."""
    return AliasOut(alias, list(meaning.models), dict(meaning.shares), describe_alias(meaning))


def card_out(card: ModelCard) -> ModelCardOut:
    """Return a model card."""
    return ModelCardOut(card=msgspec.to_builtins(card), markdown=card_markdown(card))


def review_out(log: ProjectLog, review: BlindReview) -> ReviewOut:
    """Return a blind review, and whose the answers were only once that is revealed."""
    pair = None if review.revealed else next_pair(log.project, review)
    known = revealed(review) if review.revealed else None
    return ReviewOut(
        id=review.event.id,
        pairs=len(review.event.examples),
        voted=len(review.votes),
        next=_pair_out(log, pair) if pair else None,
        revealed=RevealedOut(**msgspec.structs.asdict(known)) if known else None,
        outside_test=not review.event.comparison,
    )


def _pair_out(log: ProjectLog, pair: BlindPair) -> BlindPairOut:
    shown = msgspec.structs.replace(pair.example, messages=pair.example.request)
    return BlindPairOut(example_out(log.project, shown), pair.left, pair.right)


def _release_out(
    log: ProjectLog, release: ModelRelease, models: dict[str, MadeModel]
) -> ReleaseOut:
    event, state = release.event, log.releases
    model, standing = models.get(event.model), state.standing(release)
    share = state.aliases[event.alias].shares.get(event.model, 0) if standing == "share" else 0
    return ReleaseOut(
        model=event.model,
        alias=event.alias,
        project=log.project.id,
        at=event.at,
        share=share,
        standing=standing,
        withdrawn=len(withdrawn_examples(log.project, model)) if model else 0,
        reason=release.ended.reason if release.ended else "",
        automatic=release.ended.automatic if release.ended else False,
    )
