"""How specialists and artifacts look in the API."""

from tau.experts.experts import Expert
from tau.experts.skills.skill import visible
from tau.facts.resolution import CARE
from tau.journal.entries import ArtifactRevised
from tau.memory import Memory
from tau.memory.artifacts import Artifact
from tau.memory.scope import Scope, default_scope
from tau.server.schemas.artifacts import ArtifactOut, VersionOut
from tau.server.schemas.experts import ArtifactSummaryOut, ExpertOut, ScopeOut

MAX_ARTIFACTS = 3


def expert_out(memory: Memory, expert: Expert) -> ExpertOut:
    """Return a specialist with its scope, and what was made with it last."""
    skill = expert.skill
    came_with = skill.scope if skill else default_scope(expert.name)
    made = [each for each in memory.artifacts.all() if each.expert == expert.name]
    shown = [] if expert.name == CARE else made[:MAX_ARTIFACTS]
    common = {
        "name": expert.name,
        "approved": expert.approved,
        "scope": scope_out(expert.scope),
        "changed": expert.scope != came_with,
        "artifacts": [artifact_summary_out(each) for each in shown],
        "problem": expert.problem,
    }
    if skill is None:
        own = bool(expert.problem)
        return ExpertOut(**common, description="", own=own, writes=[], artifact=None)  # type: ignore[arg-type]
    return ExpertOut(
        **common,  # type: ignore[arg-type]
        description=visible(skill.description),
        own=skill.own,
        writes=list(skill.writes),
        artifact=skill.artifact,
        digest=skill.digest,
        license=skill.license,
        compatibility=skill.compatibility,
        body=visible(skill.body),
        files=list(skill.files),
        warnings=list(skill.warnings),
    )


def scope_out(scope: Scope) -> ScopeOut:
    """Return what a specialist may read."""
    topics = None if scope.topics is None else list(scope.topics)
    return ScopeOut(topics, list(scope.experts), scope.learns, scope.enabled)


def artifact_summary_out(artifact: Artifact) -> ArtifactSummaryOut:
    """Return an artifact without its content."""
    return ArtifactSummaryOut(
        id=artifact.id,
        type=artifact.type,
        title=artifact.title,
        expert=artifact.expert,
        conversation=artifact.conversation,
        archived=artifact.archived,
        created_at=artifact.created_at,
        updated_at=artifact.updated_at,
        newest=artifact.newest,
        versions=artifact.versions,
    )


def artifact_out(memory: Memory, artifact: str, version: str | None = None) -> ArtifactOut:
    """Return an artifact with a version: the newest without `version`. Raises `NotFound`."""
    shown = memory.artifacts.version(artifact, version)
    return ArtifactOut(
        artifact_summary_out(memory.artifacts.get(artifact)), version_out(shown), shown.content
    )


def version_out(version: ArtifactRevised) -> VersionOut:
    """Return a version without its content."""
    return VersionOut(
        id=version.id,
        title=version.title,
        parent=version.parent,
        by=version.by,
        cause=version.cause,
        at=version.at,
    )
