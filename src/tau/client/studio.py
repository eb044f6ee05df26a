"""Requests about projects of the studio."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any, BinaryIO

import msgspec

from tau.client.http import NO_TIMEOUT, HttpConnection, decode, path_of
from tau.client.lending import LendingClient
from tau.client.releases import ReleasesClient
from tau.client.runs import RunsClient
from tau.client.studio_transfer import StudioTransferClient
from tau.client.uploading import send_file
from tau.errors import BadInput, NotFound
from tau.server.schemas.documents import DocumentJobList, DocumentJobOut
from tau.server.schemas.studio import (
    AddedFileOut,
    CheckOut,
    ComparisonJobOut,
    ComparisonList,
    ExampleList,
    ExampleMessageOut,
    ExampleOut,
    GradedAnswerList,
    ProjectList,
    ProjectOut,
)

_PAGE = 200


class StudioClient:
    """The part of the API that concerns the studio."""

    def __init__(self, http: HttpConnection) -> None:
        self.releases = ReleasesClient(http)
        self._http = http
        self.transfer = StudioTransferClient(http)
        self.lending = LendingClient(http)
        self.runs = RunsClient(http)

    async def all(self) -> list[ProjectOut]:
        """Return every project, the one that changed last first."""
        return (await self._http.get("/api/studio/projects", ProjectList)).projects

    async def find(self, name: str) -> ProjectOut:
        """Return the project with this name or id, with its sources. Raises `NotFound`."""
        for each in await self.all():
            if name == each.id or name.strip().casefold() == each.name.casefold():
                return await self._http.get(_path(each.id), ProjectOut)
        raise NotFound(f"There is no project called {name!r}; `tau studio list` shows yours.")

    async def create(self, name: str) -> ProjectOut:
        """Create a project."""
        return await self._http.send("POST", "/api/studio/projects", ProjectOut, name=name)

    async def remove(self, project: str) -> None:
        """Erase a project for good."""
        await self._http.command("DELETE", _path(project))

    async def add(
        self,
        project: str,
        file: BinaryIO,
        name: str,
        progress: Callable[[int, int], None],
        **about: str,
    ) -> AddedFileOut:
        """Add the examples of a file; `progress` gets the bytes sent and the total."""
        path = _path(project, "files")
        answer = await send_file(self._http, path, file, progress, name=name, **about)
        return decode(answer, AddedFileOut)

    async def add_document(
        self,
        project: str,
        file: BinaryIO,
        name: str,
        progress: Callable[[int, int], None],
        **about: str,
    ) -> DocumentJobOut:
        """Let a model write examples from a document; `progress` is that of sending it."""
        path = _path(project, "documents")
        answer = await send_file(self._http, path, file, progress, name=name, **about)
        return decode(answer, DocumentJobOut)

    async def documents(self, project: str) -> list[DocumentJobOut]:
        """Return the documents of a project that were read, newest first."""
        return (await self._http.get(_path(project, "documents"), DocumentJobList)).documents

    async def stop_document(self, project: str, job: str) -> None:
        """Stop reading a document."""
        await self._http.command("DELETE", _path(project, "documents", job))

    async def check(self, project: str) -> CheckOut:
        """Check the examples of a project."""
        answer = await self._http.request("GET", _path(project, "check"), timeout=NO_TIMEOUT)
        return decode(answer, CheckOut)

    async def examples(self, project: str, only: str = "all") -> list[ExampleOut]:
        """Return all examples of a project, or those of `train`, `test`, `left out`, `waiting`."""
        found: list[ExampleOut] = []
        after: str | None = ""
        while after is not None:
            query = {"only": only, "limit": str(_PAGE), **({"after": after} if after else {})}
            page = await self._http.get(_path(project, "examples"), ExampleList, **query)
            found += page.examples
            after = page.next
        return found

    async def decide(self, project: str, examples: Sequence[str], decision: str) -> ProjectOut:
        """Keep examples or leave them out."""
        return await self._http.send(
            "POST",
            _path(project, "decisions"),
            ProjectOut,
            examples=list(examples),
            decision=decision,
        )

    async def edit(
        self, project: str, example: str, messages: Sequence[ExampleMessageOut]
    ) -> ExampleOut:
        """Change an example; the last message is the assistant's."""
        given = [asdict(each) for each in messages]
        path = _path(project, "examples", example)
        return await self._http.send("PATCH", path, ExampleOut, messages=given)

    async def withdraw(self, project: str, examples: Sequence[str]) -> ProjectOut:
        """Erase examples for good."""
        return await self._http.send(
            "POST", _path(project, "withdrawals"), ProjectOut, examples=list(examples)
        )

    async def freeze(
        self, project: str, *, count: int | None = None, seed: int = 0, source: str | None = None
    ) -> ProjectOut:
        """Put examples aside as the test: those of a source, or as many as `count`."""
        return await self._http.send(
            "POST", _path(project, "test"), ProjectOut, count=count, seed=seed, source=source
        )

    async def choose_grader(self, project: str, grader: dict[str, Any]) -> ProjectOut:
        """Choose how answers are judged."""
        return await self._http.send("PUT", _path(project, "grader"), ProjectOut, grader=grader)

    async def compare(
        self, project: str, model: str | None, methods: Sequence[str], tuned: Sequence[str] = ()
    ) -> ComparisonJobOut:
        """Start to compare methods, and models that the studio made."""
        return await self._http.send(
            "POST",
            _path(project, "comparisons"),
            ComparisonJobOut,
            model=model,
            methods=list(methods) or None,
            tuned=list(tuned),
        )

    async def comparisons(self, project: str) -> ComparisonList:
        """Return the comparisons of a project, and the jobs that make them."""
        return await self._http.get(_path(project, "comparisons"), ComparisonList)

    async def stop(self, project: str, job: str) -> None:
        """Stop a comparison."""
        await self._http.command("DELETE", _path(project, "comparisons", job))

    async def answers(self, project: str, comparison: str, method: str) -> GradedAnswerList:
        """Return what a method answered."""
        path = _path(project, "comparisons", comparison, "answers", method)
        return await self._http.get(path, GradedAnswerList)


def read_grader(text: bytes) -> dict[str, Any]:
    """Return the grader in a file. Raises `BadInput` if it isn't a JSON object."""
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadInput("The file with the grader isn't a JSON object.") from error


def _path(project: str, *more: str) -> str:
    return path_of("studio", "projects", project, *more)
