"""OpenAI's API for graders: checking one, and trying it on one answer."""

import time
from typing import Any

from fastapi import APIRouter

from tau.errors import InvalidField
from tau.server.auth import AppStateDep, CredentialDep
from tau.server.openai.eval_schemas import (
    GraderRunResult,
    RunGraderRequest,
    ValidatedGrader,
    ValidateGraderRequest,
)
from tau.server.openai.schemas import OpenAIError
from tau.server.responses import error_responses
from tau.studio.evals.sampling import UsageCounter
from tau.studio.graders.grade import Grade, GradeErrorKind, Sample
from tau.studio.graders.grader import Grader, grader_json
from tau.studio.graders.grading import GradingContext, grade
from tau.studio.graders.sandbox import PythonSandbox
from tau.studio.graders.validation import InvalidGrader, validate_grader

router = APIRouter(tags=["openai"], responses=error_responses(OpenAIError))

_ERRORS: dict[str, GradeErrorKind | None] = {
    "formula_parse_error": "formula",
    "invalid_variable_error": "invalid_variable",
    "model_grader_parse_error": "model_parse",
    "model_grader_refusal_error": None,
    "model_grader_server_error": "model_server",
    "other_error": "other",
    "python_grader_runtime_error": "python_runtime",
    "python_grader_server_error": "python_server",
    "sample_parse_error": "sample_parse",
    "truncated_observation_error": None,
    "unresponsive_reward_error": None,
}
"""The errors that OpenAI names, by ours; `None` for those that don't happen here."""


@router.post("/v1/fine_tuning/alpha/graders/validate", operation_id="validateGrader")
async def validate(given: ValidateGraderRequest, _opened: CredentialDep) -> ValidatedGrader:
    """Check a grader, and return it as it's understood."""
    return ValidatedGrader(grader=grader_json(_validated(given.grader)) | given.grader)


@router.post("/v1/fine_tuning/alpha/graders/run", operation_id="runGrader")
async def run(
    given: RunGraderRequest, opened: CredentialDep, app_state: AppStateDep
) -> GraderRunResult:
    """Grade one answer. What keeps it from being graded is in the result's metadata."""
    grader = _validated(given.grader)
    await app_state.studio.served.allow(opened.unlocked)
    models = UsageCounter(app_state.models)
    began = time.monotonic()
    async with PythonSandbox() as sandbox:
        embedder = app_state.models.aliases.default_embedder()
        context = GradingContext(models, embedder, sandbox)
        graded = await grade(grader, given.item or {}, Sample(given.model_sample), context)
    return GraderRunResult(
        reward=graded.value,
        metadata=_metadata(grader, graded, time.monotonic() - began),
        sub_rewards=graded.parts,
        model_grader_token_usage_per_model={each.model: each.tokens.total for each in models.usage},
    )


def _validated(value: dict[str, Any]) -> Grader:
    try:
        return validate_grader(value)
    except InvalidGrader as error:
        raise InvalidField(str(error), ".".join(filter(None, ["grader", error.param]))) from None


def _metadata(grader: Grader, graded: Grade, seconds: float) -> dict[str, Any]:
    errors: dict[str, Any] = {
        name: kind is not None and kind == graded.error_kind for name, kind in _ERRORS.items()
    }
    for name in ("model_grader_server_error", "python_grader_runtime_error"):
        said = " ".join(filter(None, [graded.error, graded.details]))
        errors[f"{name}_details"] = said if errors[name] else None
    errors["python_grader_server_error_type"] = (
        graded.error if errors["python_grader_server_error"] else None
    )
    return {
        "name": grader.name,
        "type": str(grader.__struct_config__.tag),
        "errors": errors,
        "execution_time": seconds,
        "scores": graded.parts or {grader.name: graded.value},
        "token_usage": graded.tokens or None,
        "sampled_model_name": graded.model or None,
    }
