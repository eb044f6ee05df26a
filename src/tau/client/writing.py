"""Requests that check documents and have edits of them proposed."""

from tau.client.http import NO_TIMEOUT, HttpConnection, decode, path_of
from tau.experts.writing.blocks import TextDocument
from tau.server.schemas.writing import (
    CheckedDocumentOut,
    FilledDocumentOut,
    ProposedEditsOut,
    TemplateList,
)

_WRITING = "/api/experts/writing"


class WritingClient:
    """The part of the API that concerns documents."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def check(
        self, document: TextDocument, *, audience: str = "", dialect: str = ""
    ) -> CheckedDocumentOut:
        """Check a document."""
        return await self._http.send(
            "POST",
            f"{_WRITING}/checks",
            CheckedDocumentOut,
            **_body(document),
            audience=audience,
            dialect=dialect,
        )

    async def propose(
        self, document: TextDocument, instruction: str, *, audience: str = ""
    ) -> ProposedEditsOut:
        """Have a model propose edits; it may take minutes. Raises `BadInput` if none can."""
        body = _body(document) | {"instruction": instruction, "audience": audience}
        path = f"{_WRITING}/proposals"
        answer = await self._http.request("POST", path, json=body, timeout=NO_TIMEOUT)
        return decode(answer, ProposedEditsOut)

    async def templates(self) -> TemplateList:
        """Return the templates."""
        return await self._http.get(f"{_WRITING}/templates", TemplateList)

    async def fill(self, template: str, values: dict[str, str]) -> FilledDocumentOut:
        """Return a document made from a template. Raises `ApiError` (404) if there is none."""
        path = path_of("experts", "writing", "templates", template)
        return await self._http.send("POST", path, FilledDocumentOut, values=values)


def _body(document: TextDocument) -> dict[str, object]:
    blocks = [
        {
            "id": block.id,
            "text": block.text,
            "kind": block.kind,
            "level": block.level,
            "marker": block.marker,
        }
        for block in document.blocks
    ]
    return {"blocks": blocks, "plain": document.plain}
