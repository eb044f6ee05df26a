"""The routes of the studio, and of what it serves of OpenAI's API. Imported when first needed."""

from tau.server.openai import (
    checkpoint_permissions,
    eval_runs,
    evals,
    files,
    graders,
    jobs,
    model_deletion,
    uploads,
)
from tau.server.routes import (
    comparisons,
    documents,
    examples,
    exports,
    lending,
    openai_imports,
    placed_runs,
    releases,
    reviews,
    runs,
    studio,
)

ROUTERS = (  # routes are matched in this order
    studio.router,
    examples.router,
    documents.router,
    lending.router,
    comparisons.router,
    releases.router,
    reviews.router,
    runs.router,
    openai_imports.router,
    exports.router,
    placed_runs.router,
    files.router,
    uploads.router,
    graders.router,
    jobs.router,
    checkpoint_permissions.router,
    model_deletion.router,
    evals.router,
    eval_runs.router,
)
