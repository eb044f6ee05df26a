"""Documents and what is found in them, as the API shows them."""

from collections.abc import Sequence

from tau.experts.writing.blocks import render_markdown
from tau.experts.writing.documents import KeptDocument
from tau.experts.writing.edits import DroppedEdit
from tau.experts.writing.findings import TextFinding
from tau.experts.writing.rejections import StyleQuestion
from tau.experts.writing.review import Review
from tau.experts.writing.templates import DocumentTemplate, FilledSlot
from tau.server.schemas.writing import (
    BlockOut,
    DecidedEditOut,
    DocumentOut,
    DroppedEditOut,
    FilledSlotOut,
    MarkOut,
    TemplateOut,
    TemplateSlotOut,
)


def mark_out(finding: TextFinding) -> MarkOut:
    """Return a finding."""
    return MarkOut(
        rule=finding.rule,
        kind=finding.kind,
        message=finding.message,
        block=finding.block,
        start=finding.start,
        end=finding.end,
        replacements=list(finding.replacements),
        by=finding.by,
        fact=finding.fact,
        said_on=finding.said_on,
    )


def dropped_out(dropped: DroppedEdit) -> DroppedEditOut:
    """Return an edit that doesn't count."""
    edit = dropped.edit
    return DroppedEditOut(edit.block, edit.find, edit.replace, dropped.reason)


def slot_out(slot: FilledSlot) -> FilledSlotOut:
    """Return what a slot was filled with."""
    return FilledSlotOut(slot.slot, slot.value, slot.fact, slot.said_on)


def template_out(template: DocumentTemplate) -> TemplateOut:
    """Return a template without its text."""
    slots = [TemplateSlotOut(name, slot.label, slot.fill) for name, slot in template.slots.items()]
    return TemplateOut(template.name, template.title, template.language, slots)


def edits_out(review: Review) -> list[DecidedEditOut]:
    """Return the edits of a review with their states."""
    return [
        DecidedEditOut(
            id=placed.edit.id,
            block=placed.edit.block,
            start=review.place(placed.edit.id),
            find=placed.edit.find,
            replace=placed.edit.replace,
            why=placed.edit.why,
            by=placed.edit.by,
            rule=placed.edit.rule,
            state=review.state(placed.edit.id),
        )
        for placed in review.edits
    ]


def document_out(
    kept: KeptDocument,
    question: StyleQuestion | None = None,
    dropped: Sequence[DroppedEdit] = (),
) -> DocumentOut:
    """Return a document."""
    document = kept.review.document
    blocks = [
        BlockOut(block.id, block.text, block.kind, block.level, block.marker)
        for block in document.blocks
    ]
    return DocumentOut(
        id=kept.id,
        version=kept.version,
        title=kept.title,
        format=kept.content.format,
        markdown=render_markdown(document),
        blocks=blocks,
        edits=edits_out(kept.review),
        slots=[slot_out(slot) for slot in kept.content.slots],
        dropped=[dropped_out(each) for each in dropped],
        question=question.question if question else "",
        statement=question.statement if question else "",
    )
