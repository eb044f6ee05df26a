"""Style: rules listed, added, removed; sampled from documents, and approved."""

from fastapi import APIRouter

from tau.experts.writing.documents import Documents
from tau.experts.writing.personal_style import PersonalStyle, PersonalStyleRule
from tau.experts.writing.style_sampling import StyleQuotation, StyleSample
from tau.server.auth import CurrentPerson, CurrentPersonDep
from tau.server.requests.writing import (
    AddStyleRequest,
    DecideStyleRequest,
    SampleStyleRequest,
)
from tau.server.responses import ERROR_RESPONSES
from tau.server.routes.parameters import PathId
from tau.server.schemas.writing_style import (
    PersonalStyleOut,
    StyleQuotationOut,
    StyleRuleOut,
    StyleSampleOut,
)

router = APIRouter(prefix="/api/experts/writing/style", tags=["writing"], responses=ERROR_RESPONSES)


@router.get("", operation_id="getPersonalStyle")
async def get_personal_style(current: CurrentPersonDep) -> PersonalStyleOut:
    """Return the person's style with its sources, and what waits for their approval."""
    return _style_out(current)


@router.post("", operation_id="addStyleRule", status_code=201)
async def add_style_rule(asked: AddStyleRequest, current: CurrentPersonDep) -> PersonalStyleOut:
    """Remember a rule in words; 400 if it isn't understood."""
    await PersonalStyle(current.life).add(asked.statement)
    return _style_out(current)


@router.delete("/{fact_id}", operation_id="removeStyleRule")
async def remove_style_rule(fact_id: PathId, current: CurrentPersonDep) -> PersonalStyleOut:
    """Stop applying a rule; the fact is rejected, which can be undone in memory."""
    await PersonalStyle(current.life).remove(fact_id)
    return _style_out(current)


@router.post("/samples", operation_id="sampleStyle", status_code=201)
async def sample_style(asked: SampleStyleRequest, current: CurrentPersonDep) -> PersonalStyleOut:
    """Look for what three or more documents agree on; nothing counts before it's approved."""
    kept = (Documents(current.life).get(name) for name in asked.kept)
    texts = {one.title or one.id: one.review.document.text for one in kept}
    texts |= {one.name: one.text for one in asked.documents}
    await PersonalStyle(current.life).sample(texts)
    return _style_out(current)


@router.post("/samples/decisions", operation_id="decideStyle", status_code=201)
async def decide_style(asked: DecideStyleRequest, current: CurrentPersonDep) -> PersonalStyleOut:
    """Approve or reject what documents suggest: `features`, or without them all of it."""
    await PersonalStyle(current.life).decide(asked.features, accepted=asked.accepted)
    return _style_out(current)


def _style_out(current: CurrentPerson) -> PersonalStyleOut:
    style = PersonalStyle(current.life)
    return PersonalStyleOut(
        [_rule_out(one) for one in style.rules()], [_sample_out(one) for one in style.waiting()]
    )


def _rule_out(rule: PersonalStyleRule) -> StyleRuleOut:
    sample = rule.sample
    return StyleRuleOut(
        fact=rule.fact,
        text=rule.text,
        audience=rule.audience,
        applies=rule.applies,
        said_on=rule.said_on,
        messages=list(rule.messages),
        documents=list(sample.documents) if sample else [],
        quotations=_quotations_out(sample.quotations) if sample else [],
    )


def _sample_out(sample: StyleSample) -> StyleSampleOut:
    return StyleSampleOut(
        feature=sample.feature,
        statement=sample.statement,
        quotations=_quotations_out(sample.quotations),
        documents=list(sample.documents),
        shown=sample.shown,
    )


def _quotations_out(quotations: tuple[StyleQuotation, ...]) -> list[StyleQuotationOut]:
    return [StyleQuotationOut(one.document, one.words) for one in quotations]
