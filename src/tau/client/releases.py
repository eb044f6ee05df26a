"""Requests about models that a studio made, their releases and blind reviews."""

from collections.abc import Sequence

from tau.client.http import NO_TIMEOUT, HttpConnection, decode, path_of
from tau.errors import NotFound
from tau.server.schemas.releases import (
    GateOut,
    MadeModelList,
    MadeModelOut,
    ModelCardOut,
    ReleaseList,
    ReviewOut,
)


class ReleasesClient:
    """The part of the API that concerns models of the studio and their releases."""

    def __init__(self, http: HttpConnection) -> None:
        self._http = http

    async def models(self) -> list[MadeModelOut]:
        """Return every model that was made, oldest first."""
        return (await self._http.get(path_of("studio", "models"), MadeModelList)).models

    async def model(self, name: str) -> MadeModelOut:
        """Return a model. Raises `NotFound`."""
        for each in await self.models():
            if each.name == name:
                return each
        raise NotFound(f"There is no model called {name!r} of yours.")

    async def keep(self, project: str, method: str, suffix: str) -> MadeModelOut:
        """Make a classifier or prompt of the last comparison a model."""
        path = _path(project, "models")
        body = {"method": method, "suffix": suffix}
        return decode(await self._http.request("POST", path, json=body), MadeModelOut)

    async def try_gate(self, project: str, model: str) -> GateOut:
        """Try what the gate needs to know, and return what it says."""
        answer = await self._http.request(
            "POST", _path(project, "gate"), json={"model": model}, timeout=NO_TIMEOUT
        )
        return decode(answer, GateOut)

    async def all(self) -> ReleaseList:
        """Return the releases of all projects, newest first."""
        return await self._http.get(path_of("studio", "releases"), ReleaseList)

    async def release(self, project: str, model: str, alias: str, share: int) -> ReleaseList:
        """Release a model under an alias."""
        answer = await self._http.request(
            "POST",
            _path(project, "releases"),
            json={"model": model, "alias": alias, "share": share},
            timeout=NO_TIMEOUT,
        )
        return decode(answer, ReleaseList)

    async def change_share(self, project: str, model: str, alias: str, share: int) -> ReleaseList:
        """Give a released model another share of the callers."""
        path = _path(project, "releases", alias)
        return await self._http.send("PATCH", path, ReleaseList, model=model, share=share)

    async def roll_back(self, alias: str, model: str, reason: str) -> ReleaseList:
        """Take back a release."""
        path = path_of("studio", "rollbacks")
        return await self._http.send(
            "POST", path, ReleaseList, alias=alias, model=model, reason=reason
        )

    async def card(self, project: str, model: str) -> ModelCardOut:
        """Return the card of a model."""
        return await self._http.get(_path(project, "card"), ModelCardOut, model=model)

    async def gate(self, project: str, model: str) -> GateOut:
        """Return what the gate says, without trying anything."""
        return await self._http.get(_path(project, "gate"), GateOut, model=model)

    async def read(self, project: str, model: str, examples: Sequence[str], by: str) -> None:
        """Note that answers were read, and by whom."""
        path = _path(project, "readings")
        await self._http.command("POST", path, model=model, examples=list(examples), by=by)

    async def start_review(
        self, project: str, first: str, second: str, count: int, *, outside_test: bool = False
    ) -> ReviewOut:
        """Start a blind review. Outside the test, both methods answer now."""
        body = {"first": first, "second": second, "count": count, "outside_test": outside_test}
        answer = await self._http.request(
            "POST", _path(project, "reviews"), json=body, timeout=NO_TIMEOUT
        )
        return decode(answer, ReviewOut)

    async def vote(self, project: str, review: str, example: str, choice: str) -> ReviewOut:
        """Say which answer of a pair is better."""
        path = _path(project, "reviews", review, "votes")
        return await self._http.send("POST", path, ReviewOut, example=example, choice=choice)

    async def reveal(self, project: str, review: str) -> ReviewOut:
        """Tell whose answers were preferred."""
        return await self._http.send("POST", _path(project, "reviews", review, "reveal"), ReviewOut)


def _path(project: str, *more: str) -> str:
    return path_of("studio", "projects", project, *more)
