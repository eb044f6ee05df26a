"""Requests that check documents and have edits of them proposed."""

from collections.abc import Mapping, Sequence

from tau.client.http import NO_TIMEOUT, HttpConnection, decode, path_of
from tau.experts.writing.blocks import TextDocument
from tau.server.schemas.writing import (
    CheckedDocumentOut,
    FilledDocumentOut,
    ProposedEditsOut,
    TemplateList,
)
from tau.server.schemas.writing_style import PersonalStyleOut

_WRITING = "/api/experts/writing"
_STYLE = f"{_WRITING}/style"


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

    async def style(self) -> PersonalStyleOut:
        """Return the person's style, and what waits for their approval."""
        return await self._http.get(_STYLE, PersonalStyleOut)

    async def add_style(self, statement: str) -> PersonalStyleOut:
        """Remember a rule in words. Raises `ApiError` (400) if it isn't understood."""
        return await self._http.send("POST", _STYLE, PersonalStyleOut, statement=statement)

    async def remove_style(self, fact: str) -> PersonalStyleOut:
        """Stop applying a rule."""
        path = path_of("experts", "writing", "style", fact)
        return await self._http.send("DELETE", path, PersonalStyleOut)

    async def sample_style(self, texts: Mapping[str, str]) -> PersonalStyleOut:
        """Look for what documents, given by name, agree on."""
        documents = [{"name": name, "text": text} for name, text in texts.items()]
        return await self._http.send(
            "POST", f"{_STYLE}/samples", PersonalStyleOut, documents=documents
        )

    async def decide_style(self, features: Sequence[str], *, accepted: bool) -> PersonalStyleOut:
        """Approve or reject what documents suggest; without features, all of it."""
        return await self._http.send(
            "POST",
            f"{_STYLE}/samples/decisions",
            PersonalStyleOut,
            features=list(features),
            accepted=accepted,
        )


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
