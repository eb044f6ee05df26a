"""Requests of the writing specialist."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tau.experts.writing.blocks import (
    MAX_BLOCK_CHARACTERS,
    MAX_BLOCKS,
    Block,
    BlockKind,
    TextDocument,
)
from tau.server.requests.fields import Id, NonEmptyText, RequestBody, check_characters

_Text = Annotated[str, AfterValidator(check_characters), Field(max_length=MAX_BLOCK_CHARACTERS)]
_Short = Annotated[str, AfterValidator(check_characters), Field(max_length=200)]
_Value = Annotated[str, AfterValidator(check_characters), Field(max_length=4_000)]
Dialect = Literal["", "american", "british", "australian", "canadian", "indian"]


class BlockBody(RequestBody):
    """A block of a document: a paragraph, heading, list item, table or cell."""

    id: Id
    text: _Text
    kind: BlockKind = "paragraph"
    level: Annotated[int, Field(ge=0, le=9)] = 0
    marker: Annotated[str, Field(max_length=40)] = ""


class DocumentBody(RequestBody):
    """A document. `plain` says that it has no inline Markdown; `audience` is who reads it."""

    blocks: Annotated[list[BlockBody], Field(max_length=MAX_BLOCKS)]
    plain: bool = False
    audience: _Short = ""

    @property
    def document(self) -> TextDocument:
        """The document itself."""
        blocks = (
            Block(each.id, each.text, each.kind, each.level, each.marker) for each in self.blocks
        )
        return TextDocument(tuple(blocks), plain=self.plain)


class CheckDocumentRequest(DocumentBody):
    """A document to check. `dialect` is that of its English; without it, the person's."""

    dialect: Dialect = ""


class ProposeEditsRequest(DocumentBody):
    """A document, and what should change in it."""

    instruction: Annotated[NonEmptyText, Field(max_length=2_000)]


class FillTemplateRequest(RequestBody):
    """What the slots of a template are filled with, by their names; others come from memory."""

    values: Annotated[dict[Id, _Value], Field(max_length=40)] = Field(default_factory=dict)


class CreateDocumentRequest(RequestBody):
    """A new document: from a template whose slots `values` fill, or of a text in Markdown."""

    template: Id | None = None
    values: Annotated[dict[Id, _Value], Field(max_length=40)] = Field(default_factory=dict)
    markdown: Annotated[str, AfterValidator(check_characters), Field(max_length=500_000)] = ""
    title: _Short = ""
    conversation: Id | None = None


class SaveDocumentRequest(RequestBody):
    """What the person wrote, made from the version `after`: all in Markdown, or some blocks.

    The paragraphs of a Word file are saved as `blocks`, by their ids.
    """

    after: Id
    markdown: Annotated[
        str | None, AfterValidator(lambda text: text and check_characters(text))
    ] = Field(default=None, max_length=500_000)
    blocks: Annotated[dict[Id, _Text], Field(max_length=5_000)] = Field(default_factory=dict)


class AskForEditsRequest(RequestBody):
    """What should change in a document; without it, what the checks find is proposed."""

    instruction: Annotated[str, AfterValidator(check_characters), Field(max_length=2_000)] = ""
    audience: _Short = ""


class DecideEditsRequest(RequestBody):
    """A decision about `edits`, or about all open ones: of a paragraph, or of a rule.

    `undone` takes the decision about one edit back, or without any the newest decision.
    """

    decision: Literal["accepted", "rejected", "undone"]
    edits: Annotated[list[Id], Field(max_length=200)] = Field(default_factory=list)
    block: Id | None = None
    rule: _Short | None = None


class AddStyleRequest(RequestBody):
    """A rule of style in a sentence, such as “We write e-mail with a hyphen”."""

    statement: Annotated[NonEmptyText, Field(max_length=1_000)]


class StyleDocument(RequestBody):
    """A document that shows how the person writes."""

    name: Annotated[NonEmptyText, Field(max_length=200)]
    text: Annotated[str, AfterValidator(check_characters), Field(max_length=500_000)]


class SampleStyleRequest(RequestBody):
    """Three or more documents: with their texts, or the ids of those that are kept."""

    documents: Annotated[list[StyleDocument], Field(max_length=20)] = Field(default_factory=list)
    kept: Annotated[list[Id], Field(max_length=20)] = Field(default_factory=list)


class DecideStyleRequest(RequestBody):
    """A decision about what documents suggest: `features`, or without them all of it."""

    features: Annotated[list[_Short], Field(max_length=100)] = Field(default_factory=list)
    accepted: bool
