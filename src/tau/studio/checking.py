"""Checking the examples of a project, with its vectors and the model that would answer them."""

import anyio.to_thread

from tau.errors import ModelError
from tau.models import Models
from tau.studio.examples.checks import CheckInput, check_examples
from tau.studio.examples.example import Example
from tau.studio.examples.findings import CheckReport
from tau.studio.project import Project
from tau.studio.project_vectors import ProjectVectors
from tau.text.excerpts import estimate_tokens

_TOKENS_OF_A_MARK = 4  # what a chat template writes around a message


async def check_project(project: Project, vectors: ProjectVectors, models: Models) -> CheckReport:
    """Check the examples of a project. Without an embedder, only wording is compared."""
    left_out = project.left_out
    examples = [each for each in project.examples.values() if each.id not in left_out]
    found, near = await vectors.of(project.id, examples)
    given = CheckInput(
        sources=tuple(project.sources.values()),
        problems=project.problems,
        test=project.test_ids,
        kept=frozenset(project.decisions) - left_out,
        vectors=found,
        near=near,
        count_tokens=_estimate_tokens,
        window=_window(models),
    )
    return await anyio.to_thread.run_sync(check_examples, examples, given)


def _window(models: Models) -> int:
    """Return the tokens that the model for chatting takes, 0 if there is none."""
    try:
        return models.aliases.info(models.aliases.default_chat()).context_tokens
    except ModelError:
        return 0


def _estimate_tokens(example: Example) -> int:
    return sum(estimate_tokens(each.content) + _TOKENS_OF_A_MARK for each in example.messages)
