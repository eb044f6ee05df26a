"""Requests about documents from which a model writes examples."""

from typing import Annotated

from pydantic import Field

from tau.server.requests.fields import QueryText, RequestBody, ShortText
from tau.studio.writing.plan import MOST_PER_PASSAGE, DocumentOptions


class AddDocumentQuery(RequestBody):
    """What is said about a document: its name, and what is to be written from it.

    Without `model`, the most capable model that is connected writes. `instructions` become the
    system message of the examples.
    """

    name: ShortText = "document"
    model: Annotated[str, Field(max_length=200)] = ""
    instructions: QueryText = ""
    licence: Annotated[str, Field(max_length=200)] = ""
    per_passage: Annotated[int, Field(ge=1, le=MOST_PER_PASSAGE)] = 3

    def options(self) -> DocumentOptions:
        """Return them as the studio takes them."""
        return DocumentOptions(
            model=self.model,
            instructions=self.instructions,
            licence=self.licence,
            per_passage=self.per_passage,
        )
