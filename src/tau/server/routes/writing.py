"""The writing specialist: checks, proposed edits, templates. Nothing of a document is kept here."""

from fastapi import APIRouter, BackgroundTasks

from tau.experts.writing.blocks import render_markdown
from tau.experts.writing.review import Review
from tau.experts.writing.templates import all_templates
from tau.server.auth import AppStateDep, CurrentPersonDep
from tau.server.requests.writing import (
    CheckDocumentRequest,
    FillTemplateRequest,
    ProposeEditsRequest,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.writing import (
    CheckedDocumentOut,
    FilledDocumentOut,
    ProposedEditOut,
    ProposedEditsOut,
    TemplateList,
)
from tau.server.writing_presenters import (
    dropped_out,
    edits_out,
    mark_out,
    slot_out,
    template_out,
)

router = APIRouter(prefix="/api/experts/writing", tags=["writing"], responses=ERROR_RESPONSES)


@router.post("/checks", operation_id="checkDocument")
async def check_document(
    asked: CheckDocumentRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> CheckedDocumentOut:
    """Check a document: language, the person's style, and what they said before."""
    report = await app_state.writing.check(
        current.life, asked.document, audience=asked.audience, dialect=asked.dialect
    )
    return CheckedDocumentOut(list(map(mark_out, report.findings)), report.english_unchecked)


@router.post("/proposals", operation_id="proposeEdits")
async def propose_edits(
    asked: ProposeEditsRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> ProposedEditsOut:
    """Have a model propose edits; 400 if none that is set up can rewrite well."""
    proposed = await app_state.writing.propose(
        current.life, Review(asked.document), asked.instruction, audience=asked.audience
    )
    edits = [
        ProposedEditOut(each.id, each.block, each.start, each.find, each.replace, each.why, each.by)
        for each in edits_out(proposed.review)
    ]
    dropped = list(map(dropped_out, proposed.dropped))
    return ProposedEditsOut(edits, dropped, proposed.model, proposed.unread)


@router.get("/templates", operation_id="listTemplates")
async def list_templates(
    current: CurrentPersonDep, app_state: AppStateDep, later: BackgroundTasks
) -> TemplateList:
    """List the templates of documents. Whoever asks will soon have one checked."""
    later.add_task(app_state.writing.prepare, current.life)
    templates = list(map(template_out, all_templates().values()))
    return TemplateList(templates, app_state.writing.editor.is_available)


@router.post("/templates/{name}", operation_id="fillTemplate")
async def fill_template(
    name: PathId, asked: FillTemplateRequest, current: CurrentPersonDep, app_state: AppStateDep
) -> FilledDocumentOut:
    """Return a document made from a template, its slots filled from memory. It isn't kept."""
    document, filled = app_state.writing.fill(current.life, name, asked.values)
    return FilledDocumentOut(render_markdown(document), list(map(slot_out, filled)))
